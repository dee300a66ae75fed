"""A round of the street that is counted: two projects on one paper, six who voted."""

import datetime as dt
from typing import Any

from gongzhi.ballots import actions as ballots
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.budgets import Proposal
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.projects import actions as projects
from tests import cast

VOTERS = ("resident", "neighbour", "grid_member", "patch_lead", "secretary", "supervisor")


def build(world: cast.World) -> dict[str, Any]:
    for path in ("laws/cn.budgeting.toml", "projects/participatory.toml"):
        load_pack(by=cast.SETUP, at=cast.NOW, path=shipped.FOLDER / path)
    by, now = world.actor("secretary"), clock.now()
    begun, place = now - dt.timedelta(days=20), world.places["LY-5"]
    people = [Entitlement((world.people[name].pk,), group="5栋") for name in VOTERS]
    roll = ballots.freeze_roll(by=by, at=begun, place=place, kind="residents", measures=("heads",), entries=people)
    ballots.publish_roll(by=by, at=begun, number=roll.number)
    roll.refresh_from_db()
    proposals = [
        Proposal(str(code), name, cost, ref=_project(world, name, begun))
        for code, (name, cost) in enumerate((("楼道感应灯", 8_000), ("电动车棚加顶", 15_000)), 1)
    ]
    vote = ballots.draft_budget_vote(
        by=by, at=begun, roll=roll, body=world.units["committee-1"], question=Question("今年的钱做哪几件事？"),
        budget=20_000, form="approval", way="equal-shares", closes_at=now - dt.timedelta(days=1), proposals=proposals,
    )  # fmt: skip
    ballots.open_vote(by=by, at=begun, number=vote.number)
    for position, name in enumerate(VOTERS, 1):
        given: dict[str, Any] = {"number": vote.number, "position": position, "marks": ["1" if position % 2 else "2"]}
        ballots.cast_ballot(by=world.actor(name), at=begun + dt.timedelta(hours=1), **given)
    for act in (ballots.close_vote, ballots.count_vote):
        act(by=by, at=now, number=vote.number)
    return {"spent": vote.number, "spending_roll": roll.number}


def _project(world: cast.World, name: str, at: dt.datetime) -> str:
    by, place = world.actor("secretary"), world.places["LY-5"]
    problem = projects.open_problem(by=by, at=at, place=place, name=name)
    given: dict[str, Any] = {"kind": "participatory", "title": name, "owner": world.units["committee-1"]}
    return projects.propose(by=by, at=at, problem=problem, **given).reference
