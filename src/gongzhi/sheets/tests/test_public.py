"""The public figures of a community: set down once, of what is public alone, nobody's answer in them."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.cases import actions as cases
from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.common.errors import Refused
from gongzhi.sheets import rules
from gongzhi.sheets.actions.filling import fill_sheet, weigh_sheet
from gongzhi.sheets.actions.publishing import publish_month
from gongzhi.sheets.jobs import publish_last_month
from gongzhi.sheets.models import Sheet, SheetEntry
from gongzhi.sheets.queries import public
from tests.cast import NOW, SETUP, World

MONTH = NOW.date().replace(day=1)
LATER = NOW + dt.timedelta(days=60)
Answered = Callable[[int, int], None]


@pytest.fixture
def answered(world: World) -> Answered:
    """So many demands in one community that were solved, and so many that were not, by the reporters' own word."""

    def make(solved: int, unsolved: int) -> None:
        where = queries.locate(place_code="LY-5")
        for n in range(solved + unsolved):
            text = f"第{n}盏路灯不亮，晚上看不见台阶。"
            cases.report_case(by=world.actor("resident"), at=NOW, text=text, where=where)
            told = {"status": "closed", "closed_at": NOW, "solved": "yes" if n < solved else "no"}
            Case.objects.filter(solved="", closed_at=None).update(**told)

    return make


def figures_of(world: World, place: str = "PC-1") -> dict[str, Any]:
    return {one.code: one for one in public.public_figures(world.places[place], MONTH)}


@pytest.mark.req("M09", where="/c/PC-1/figures")
def test_a_month_is_set_down_once_and_stays(world: World, answered: Answered) -> None:
    answered(6, 5)
    with pytest.raises(Refused) as early:
        publish_month(by=SETUP, at=NOW, month=MONTH)
    assert early.value.code == "month_not_over"
    assert publish_month(by=SETUP, at=LATER, month=MONTH) > 0
    one = figures_of(world)["cases.resolution"]
    assert (one.numerator, one.denominator, f"{one.value}") == (6, 11, "54.55")
    Case.objects.filter(solved="no").update(solved="yes")
    assert publish_month(by=SETUP, at=LATER, month=MONTH) == 0
    assert figures_of(world)["cases.resolution"] == one
    sheet = Sheet.objects.get(code="public")
    assert sheet.frozen_at and public.months_of(world.places["PC-1"]) == [MONTH]
    dates = {"since": MONTH, "until": NOW.date()}
    for attempt in (
        lambda: weigh_sheet(by=SETUP, at=LATER, code="public", weights={}),
        lambda: fill_sheet(by=SETUP, at=LATER, sheet=sheet, place=world.places["PC-1"], **dates, marks={}, evidence={},
                           notes={}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "public_sheet"


def test_the_job_waits_until_the_month_has_been_over_for_long_enough(world: World, answered: Answered) -> None:
    answered(6, 5)
    assert public.month_due(dt.date(2026, 4, 5)) == dt.date(2026, 2, 1)
    assert public.month_due(dt.date(2026, 4, 11)) == dt.date(2026, 3, 1)
    end = public.month_span(MONTH)[1]
    publish_last_month(dt.datetime.combine(end + dt.timedelta(days=5), dt.time(9), NOW.tzinfo))
    assert "cases.resolution" not in set(SheetEntry.objects.filter(since=MONTH).values_list("item", flat=True))
    publish_last_month(dt.datetime.combine(end + dt.timedelta(days=12), dt.time(9), NOW.tzinfo))
    assert figures_of(world)["cases.resolution"].denominator == 11


@pytest.mark.req("M09", where="/c/PC-1/figures")
@pytest.mark.parametrize(("solved", "unsolved"), [(4, 6), (6, 1), (2, 1), (8, 0), (0, 9)])
def test_few_answers_and_answers_all_alike_are_not_told(
    world: World, answered: Answered, solved: int, unsolved: int
) -> None:
    answered(solved, unsolved)
    publish_month(by=SETUP, at=LATER, month=MONTH)
    found = figures_of(world)
    assert found["cases.resolution"].value is None and found["cases.resolution"].denominator is None
    assert found["cases.closed"].denominator == solved + unsolved, "what is not an answer is told: its rows are public"
    assert not SheetEntry.objects.filter(item="cases.resolution").exists(), "nor from the place above"


def test_what_is_private_is_in_no_public_figure(world: World, answered: Answered) -> None:
    answered(6, 5)
    Case.objects.filter(pk__in=list(Case.objects.values_list("pk", flat=True)[:2])).update(privacy="confidential")
    publish_month(by=SETUP, at=LATER, month=MONTH)
    assert figures_of(world)["cases.filed"].denominator == 9


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=6, max_size=6))
def test_no_answer_follows_from_the_pages_of_all_places(grids: list[tuple[int, int]]) -> None:
    """Six grids in two communities of a street: what a page leaves out is never one, and never few by subtraction."""
    paths = [f"/S/{'A' if n < 3 else 'B'}/{n}/" for n in range(6)]
    sides = dict(zip(paths, grids, strict=True))
    for upper in ("/S/A/", "/S/B/", "/S/"):
        inside = [pair for path, pair in sides.items() if path.startswith(upper) and path in paths]
        sides[upper] = (sum(a for a, _ in inside), sum(b for _, b in inside))
    told = rules.told_answers(sides, 5)
    for path in told:
        assert all(n == 0 or n >= 5 for n in sides[path]) and (all(sides[path]) or not any(sides[path]))
    for upper in ("/S/", "/S/A/", "/S/B/"):
        parts = [path for path in sides if rules.nearest(path, sides) == upper]
        kept = [path for path in parts if path not in told]
        if upper in told and kept:
            assert len(kept) > 1
            for side in (0, 1):
                left = sides[upper][side] - sum(sides[path][side] for path in parts if path in told)
                few = any(0 < sides[path][side] < 5 for path in kept)
                assert not few or left - (len(kept) - 1) >= 5


# Over HTTP


@pytest.mark.req("M09", where="/c/PC-1/figures")
@pytest.mark.req("O03", where="/c/PC-1/figures")
def test_everybody_reads_the_figures_with_their_definition(world: World, answered: Answered, as_: Any) -> None:
    client = Client()
    assert "这里还没有公布过" in client.get("/c/PC-1/figures").content.decode()
    answered(6, 5)
    publish_month(by=SETUP, at=LATER, month=MONTH)
    page = client.get("/c/PC-1/figures").content.decode()
    for word in (
        "54.55%",
        "6 ÷ 11",
        "说了解决没解决的",
        "反映人说已解决",
        "95% 区间",
        "最少几个才算",
        "不公布",
        "/public",
    ):
        assert word in page, word
    assert "/c/PC-1/figures" in client.get("/c/PC-1/").content.decode()
    assert client.get("/c/PC-1/figures", {"month": "2020-01"}).status_code == 404
    assert client.get("/c/PC-1/figures", {"month": "0000-01"}).status_code == 404
    assert client.get("/c/LY-5-1-101/figures").status_code == 404
    data = json.loads(client.get("/c/PC-1/figures.json").content)
    one = next(row for row in data["figures"] if row["code"] == "cases.resolution")
    assert (one["numerator"], one["denominator"], one["value"]) == ("6", 11, "54.55") and one["question"]
    table = client.get("/c/PC-1/figures.csv", {"month": f"{MONTH:%Y-%m}"})
    assert (
        "cases.resolution" in table.content.decode("utf-8-sig") and "attachment" in table.headers["Content-Disposition"]
    )
    assert client.get("/c/PC-1/figures.xml").status_code == 404
    staff = as_("secretary").get("/sheets/weighted/public/").content.decode()
    assert "公开的指标" in staff and "存权重" not in staff
