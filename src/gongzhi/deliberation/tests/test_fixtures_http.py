"""The rows of fixtures.md 3.6 that a meeting or a poll in a procedure decides, over HTTP at ±1.

Each row is entered on the course's page one below, at, and one above its number; where the course stands then is read
over the interface. What was tried is undone, so that all rows of a step stand on the same ground.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client

from gongzhi.common import clock
from gongzhi.deliberation import actions, queries
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.tests.courses import given, load_procedures, opened
from gongzhi.engines.procedure_terms import Event
from gongzhi.engines.tests.courses import happy_path
from tests import cast
from tests.cast import NOW, World
from tests.support.pages import client_of

SHORT = "short"  # refused: not enough came
Figures = dict[str, int]


class Step(NamedTuple):
    """A step of a procedure with what is the same in all its rows; `way`: which branches lead to it."""

    procedure: str
    step: str
    figures: Figures
    way: dict[str, str] = {}


def meeting(present: int, yes: int, **more: int) -> Figures:
    return {"present": present, "yes": yes, "no": present - yes, "abstain": 0, **more}


def poll(cast_: int, support: int, elected: int = 5) -> Figures:
    papers = dict.fromkeys(("cast", "participating", "issued", "returned", "valid"), cast_)
    return {**papers, "unreturned": 0, "invalid": 0, "support": support, "elected": elected, "seats": 5, "tied": 0}


def answers(yes: int, of: int) -> Figures:
    return {"yes": yes, "no": of - yes, "abstain": 0}


ASSEMBLY = Step(
    "four_deliberations", "assembly", {"registered": 2496, "registered.households": 800}, {"convene": "assembly"}
)
DELEGATES = Step("four_deliberations", "delegates", {"registered": 45})
PARTY = Step("four_deliberations", "party", {"registered": 60, "due": 60})
CONVERSION = Step("owners_conversion", "consent", {"registered": 30})
FIRST = Step("village_election", "first", {"registered": 1800})
SECOND = Step("village_election", "second", {"registered": 1800}, {"first": "left"})
# What is entered, and the outcome that comes of it: one below, at, one above.
ROWS: dict[str, tuple[Step, dict[int, str], Callable[[int], Figures]]] = {
    "279: 30 owners": (CONVERSION, {28: "refused", 29: "refused", 30: "agreed"}, lambda n: answers(n, 30)),
    "village assembly: 2,496 adults": (
        ASSEMBLY,
        {1248: SHORT, 1249: "passed", 1250: "passed"},
        lambda n: meeting(n, n, **{"present.households": 0}),
    ),
    "village assembly: 800 households": (
        ASSEMBLY,
        {533: SHORT, 534: "passed", 535: "passed"},
        lambda n: meeting(700, 700, **{"present.households": n}),
    ),
    "village assembly: of 1,249": (
        ASSEMBLY,
        {624: "rejected", 625: "passed", 626: "passed"},
        lambda n: meeting(1249, n, **{"present.households": 0}),
    ),
    "rep assembly: 45 members": (DELEGATES, {29: SHORT, 30: "passed", 31: "passed"}, lambda n: meeting(n, n)),
    "rep assembly: of 30": (DELEGATES, {15: "rejected", 16: "passed", 17: "passed"}, lambda n: meeting(30, n)),
    "party meeting: 60 members": (PARTY, {39: SHORT, 40: "agreed", 41: "agreed"}, lambda n: meeting(n, n)),
    "party meeting: half of 60": (PARTY, {29: "not_agreed", 30: "agreed", 31: "agreed"}, lambda n: meeting(40, n)),
    "election: 1,800 registered": (FIRST, {900: "invalid", 901: "filled", 902: "filled"}, lambda n: poll(n, 500)),
    "election: of 1,000": (FIRST, {500: "left", 501: "filled", 502: "filled"}, lambda n: poll(1000, n)),
    "election: second round": (SECOND, {333: "left", 334: "filled", 335: "filled"}, lambda n: poll(1000, n)),
}


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("four_deliberations", "owners_conversion", "village_election"))
    return world


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@contextmanager
def tried() -> Iterator[None]:
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def up_to(
    world: World, step: Step, kind: str = "recorded", more: Mapping[str, Any] | None = None
) -> tuple[Course, Event]:
    """A course just before the step is recorded, and the event that would record it; `more`: how it is opened."""
    procedure = queries.procedure(step.procedure, "/321171102/", NOW.date())
    path, _last = happy_path(procedure.definition, queries.packs.calendar(), NOW.date(), prefer=step.way)
    first = path[0]
    given_first = {"opener": first.by, "matter": first.matter, "figures": first.figures, "about": "演示的事"}
    row = opened(world, step.procedure, **{**given_first, **(more or {})})
    for event in path[1:]:
        if (event.step, event.kind) == (step.step, kind):
            return row, event
        who = "supervisor" if event.kind == "signed" else "secretary"
        names = ("on", "for_day", "figures", "documents", "outcome", "key", "note")
        said = given(event.kind, event.by, event.step, **{name: getattr(event, name) for name in names})
        moment = NOW + (event.entered - NOW.date())
        actions.record_event(by=world.actor(who), at=moment, number=row.number, given=said)
    raise AssertionError(step)


def fields(event: Event, figures: Figures) -> dict[str, str]:
    said = {"body": event.by, "on": event.on.isoformat(), "note": "说明"}
    if event.for_day:
        said["for_day"] = event.for_day.isoformat()
    papers = {f"filed-{code}": "一号盒" for code in event.documents}
    return {**said, **papers, **{f"figure-{name}": str(value) for name, value in figures.items()}}


def outcome_of(number: str, step: str, reader: Any = None) -> str:
    """`reader`: who asks for what is not public."""
    read = reader.get(f"/courses/{number}").json() if reader else Client().get(f"/api/v1/courses/{number}").json()
    return str(next(one["outcome"] for one in read["steps"] if one["code"] == step))


def shows(name: str) -> Any:
    """The requirement that a row proves."""
    requirement = {"279": "H03", "election": "G01"}.get(name.partition(":")[0], "G02")
    return pytest.param(name, marks=pytest.mark.req(requirement, where="/deliberations/{number}"))


@pytest.mark.parametrize("name", [shows(name) for name in ROWS])
def test_the_number_decides_and_one_less_does_not(world: World, today: list[dt.datetime], name: str) -> None:
    step, rows, figures_of = ROWS[name]
    row, event = up_to(world, step)
    today[0] = NOW + (event.entered - NOW.date())
    for number, said in rows.items():
        with tried():
            sent = fields(event, step.figures | figures_of(number))
            answer = client_of(world, "secretary").post(f"/deliberations/{row.number}/record/recorded", sent)
            if said == SHORT:
                assert answer.status_code == 422 and "还差" in answer.content.decode(), number
                assert outcome_of(row.number, step.step) == ""
            else:
                assert answer.status_code == 302, (number, answer.content.decode()[-3000:])
                assert outcome_of(row.number, step.step) == said, number


@pytest.mark.req("G02", where="/deliberations/{number}")
def test_nine_of_45_delegates_call_a_meeting(world: World, today: list[dt.datetime]) -> None:
    row, event = up_to(world, DELEGATES, "noticed")
    today[0] = NOW + (event.entered - NOW.date())
    for calling, taken in ((8, False), (9, True), (10, True)):
        with tried():
            called = {"calling_representatives": calling, "representatives": 45}
            sent = {**fields(event, called), "body": "representatives"}
            answer = client_of(world, "secretary").post(f"/deliberations/{row.number}/record/noticed", sent)
            assert (answer.status_code == 302) is taken, answer.content.decode()[-3000:]
            steps = Client().get(f"/api/v1/courses/{row.number}").json()["steps"]
            assert ("noticed" in {one["phase"] for one in steps}) is taken
