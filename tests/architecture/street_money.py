"""A vote on money of the street that is counted: eight on its roll, six papers."""

import datetime as dt
from typing import Any

from gongzhi.ballots import actions as ballots
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.budgets import Proposal
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests import cast

VOTERS = ("resident", "neighbour", "grid_member", "patch_lead", "secretary", "supervisor")


def build(world: cast.World) -> dict[str, Any]:
    load_pack(by=cast.SETUP, at=cast.NOW, path=shipped.FOLDER / "laws/cn.budgeting.toml")
    by, now = world.actor("secretary"), clock.now()
    begun, place = now - dt.timedelta(days=20), world.places["LY-5"]
    people = [Entitlement((world.people[name].pk,), group="5栋") for name in VOTERS]
    roll = ballots.freeze_roll(by=by, at=begun, place=place, kind="residents", measures=("heads",), entries=people)
    ballots.publish_roll(by=by, at=begun, number=roll.number)
    roll.refresh_from_db()
    vote = ballots.draft_budget_vote(
        by=by, at=begun, roll=roll, body=world.units["committee-1"], question=Question("今年的钱做哪几件事？"),
        budget=20_000, form="approval", way="equal-shares", closes_at=now - dt.timedelta(days=1),
        proposals=[Proposal("1", "楼道感应灯", 8_000), Proposal("2", "门口石凳", 3_000), Proposal("3", "车棚", 15_000)],
    )  # fmt: skip
    ballots.open_vote(by=by, at=begun, number=vote.number)
    for place_on, name in enumerate(VOTERS, 1):
        marks = ["1", "2"] if place_on % 2 else ["3"]
        given: dict[str, Any] = {"number": vote.number, "position": place_on, "marks": marks}
        ballots.cast_ballot(by=world.actor(name), at=begun + dt.timedelta(hours=1), **given)
    for act in (ballots.close_vote, ballots.count_vote):
        act(by=by, at=now, number=vote.number)
    return {"spent": vote.number}
