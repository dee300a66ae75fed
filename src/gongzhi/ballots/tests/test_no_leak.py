"""Before the result is published nothing that anybody can open depends on what was chosen.

Two votes with the same people taking part at the same moments, one all for, one all against: every page and every
answer is the same for every reader, but for numbers, tokens and the reader's own receipt.
"""

import datetime as dt
import difflib
import re
from typing import Any

import pytest
from django.test import Client

from gongzhi.ballots import actions
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.conftest import AFTER, ground, opened, roll_of
from gongzhi.ballots.tests.test_api import caller
from gongzhi.ballots.tests.test_secrecy import RULE
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from tests.cast import NOW, World

READERS = ("resident", "neighbour", "outsider", "secretary", "supervisor", "auditor", "grid_member")
PAGES = ("", "/roll", "/record.json", "/desk", "/papers")
ANSWERS = ("", "/roll", "/result", "/record")
# Numbers of votes, rolls and their papers, digests, receipts in both forms, tokens of forms.
OWN = re.compile(
    r"(BJ|MC)-\d{6}-\w+|\b[0-9a-f]{64}\b|\b[0-9A-F]{4}(-[0-9A-F]{4}){2}\b|\"\w{64}\"|<svg.*?</svg>",
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def held(world: World, given: Ground, kind: str, mark: str) -> Vote:
    area = 8_960 if kind == "owners" else 0
    people = [Entitlement((world.people[name].pk,), group="5栋", area=area) for name in READERS[:3]]
    vote = opened(world, roll_of(world, people, kind=kind), given)
    for position, name in enumerate(READERS[:2], 1):
        by = world.actor(name)
        actions.cast_ballot(by=by, at=NOW, number=vote.number, position=position, marks=(mark,))
    return vote


def everything(world: World, vote: Vote) -> dict[tuple[str, str], Any]:
    """What each reader is shown, page by page."""
    found: dict[tuple[str, str], Any] = {}
    for reader in READERS:
        client = Client()
        client.force_login(world.people[reader])
        seen = {page: client.get(f"/votes/{vote.number}{page}") for page in PAGES}
        api = caller(world, reader)
        seen |= {f"/api{part}": api.get(f"/votes/{vote.number}{part}") for part in ANSWERS}
        for page, answer in seen.items():
            found[reader, page] = (answer.status_code, OWN.sub("·", answer.content.decode()))
    return found


@pytest.mark.req("H03", where="/votes/{number}")
@pytest.mark.parametrize("kind", ["owners", "adults"], ids=["recorded", "secret"])
def test_what_was_chosen_shows_nowhere_before_the_result(world: World, today: list[dt.datetime], kind: str) -> None:
    given, marks = (ground(), ("yes", "no")) if kind == "owners" else (Ground(RULE, {}), ("li", "wang"))
    one, other = (held(world, given, kind, mark) for mark in marks)
    for moment in (NOW, AFTER):
        today[0] = moment
        first, second = everything(world, one), everything(world, other)
        assert first["resident", ""][0] == 200 and first["resident", "/api"][0] == 200
        for place, shown in first.items():
            differing = list(difflib.unified_diff(shown[1].split("\n"), second[place][1].split("\n"), lineterm="", n=0))
            assert (shown[0], differing) == (second[place][0], []), place
        if moment == AFTER:
            break
        for vote in (one, other):
            actions.close_vote(by=world.actor("secretary"), at=AFTER, number=vote.number)
