"""Days on the pages as 民法典 201–203 counts them: not the first one, and a last one that rests moves on."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.deliberation.jobs import advance_due
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.deliberation.tests.walking import Walk, Walker
from tests import cast
from tests.cast import World

HEARING = Walk("hearing", "", "host", figures={"select": {"invited": 20}})


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(("hearing",))
    return world


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T01:00:00+00:00")


def posted(world: World, patch: pytest.MonkeyPatch, day: str) -> Walker:
    """A hearing is announced for seven days, from this day on."""
    walker = Walker(world, patch, at(day))
    walker.open(HEARING, world.units["committee-1"])
    walker.act(HEARING)
    return walker


def said(walker: Walker) -> str:
    return str(walker.runner.get(walker.address).content.decode())


def object_(walker: Walker) -> int:
    return walker.neighbour.post(f"{walker.address}/object", {"words": "数字对不上"}).status_code


@pytest.mark.parametrize(
    ("begins", "until"),
    [
        ("2026-03-03", "2026-03-10"),  # a Tuesday: the third is not counted
        ("2026-03-07", "2026-03-16"),  # the last day would be a Saturday: it moves to Monday
        ("2026-09-24", "2026-10-08"),  # the last day would be 1 October: it moves past the holidays
        ("2026-02-10", "2026-02-24"),  # 春节, 15 to 23 February
    ],
)
def test_a_posting_ends_on_a_working_day(
    begins: str, until: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = posted(world, monkeypatch, begins)
    assert f"公示到 {until} 为止" in said(walker)
    walker.now = at(until)
    advance_due(walker.now)
    walker.row.refresh_from_db()
    assert walker.row.current == "announce" and "提异议" in said(walker)
    walker.now = at(until) + dt.timedelta(days=1)
    advance_due(walker.now)
    walker.row.refresh_from_db()
    assert walker.row.current == "select" and object_(walker) in (409, 422)


def test_somebody_objects_on_the_last_day_and_the_gate_stays_shut(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = posted(world, monkeypatch, "2026-09-24")
    walker.now = at("2026-10-08")
    assert object_(walker) == 302
    walker.now = at("2026-10-20")
    advance_due(walker.now)
    walker.row.refresh_from_db()
    page = said(walker)
    assert walker.row.current == "announce" and "还有 1 条异议没答复" in page
    assert "第 1 条异议 10月12日 前答复" in page  # three days after the eighth is Sunday the eleventh


@pytest.mark.req("F06", where="/deliberations/")
def test_seven_whole_days_lie_between_the_papers_and_the_hearing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = posted(world, monkeypatch, "2026-03-03")
    while walker.row.current != "hear":
        walker.act(HEARING)
        walker.row.refresh_from_db()
    form = walker.forms(walker.runner)["noticed"]
    first = dt.date.fromisoformat(walker.filled(form, HEARING, "hear")["for_day"])
    assert (first - walker.now.date()).days == 8
