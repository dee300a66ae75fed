"""三率 and the rest: the formulas on worked numbers, in the engine and on the page; every figure opens its rows."""

import datetime as dt
import io
import re
from collections.abc import Callable
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.models import Case, Clock
from gongzhi.cases.queries import parts, rates
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.common import clock
from gongzhi.common.errors import Forbidden
from tests.cast import World

AT = dt.datetime(2026, 3, 31, 15, 0, tzinfo=dt.UTC)
RECEIVED, DUE = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC), dt.datetime(2026, 3, 12, 10, tzinfo=dt.UTC)
ON_TIME, LATE = DUE - dt.timedelta(hours=1), DUE + dt.timedelta(hours=1)
ENDED_ON_TIME = {"status": "closed", "answered_at": ON_TIME, "closed_at": LATE}
ENDED_LATE = {"status": "closed", "answered_at": LATE, "closed_at": LATE}
NOT_DUE = {"status": "in_progress", "due_at": dt.datetime(2026, 4, 20, tzinfo=dt.UTC)}
OVERDUE = {"status": "in_progress"}


@pytest.fixture
def march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def many(report: Callable[..., Case]) -> Callable[..., None]:
    """So many copies of one case in a given condition."""
    pattern = report()
    Case.objects.filter(pk=pattern.pk).update(path="/elsewhere/")
    made = 0

    def _many(count: int, **values: Any) -> None:
        nonlocal made
        first = {"received_at": RECEIVED, "due_at": DUE, "closed_at": None, "unit_id": pattern.unit_id, **values}
        rows = []
        for _ in range(count):
            made += 1
            row = Case(**{f.attname: getattr(pattern, f.attname) for f in Case._meta.concrete_fields if f.name != "id"})
            row.number = f"T-{made:05d}"
            for name, value in first.items():
                setattr(row, name, value)
            rows.append(row)
        Case.objects.bulk_create(rows)

    return _many


def _page(client: Client, world: World, **query: str) -> str:
    client.force_login(world.people["auditor"])
    answer = client.get("/statistics/", query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def _shown(page: str, code: str) -> str:
    found = re.search(rf'id="rate-{code}".*?<b>([\d.]+)%</b>', page, re.S)
    return found[1] if found else "—"


def _tianmen(many: Callable[..., None]) -> None:
    """天门, December: 1054 taken in, 996 filed, 972 due, 911 ended, 737 in time; 953 by patrol; events and parts."""
    event, part = {"category": "environment.garbage"}, {"category": "facility.manhole"}
    patrol, citizen = {"channel": "grid"}, {"channel": "phone"}
    many(700, **ENDED_ON_TIME, **event, **patrol)
    many(30, **ENDED_ON_TIME, **event, **citizen)
    many(172, **ENDED_LATE, **event, **patrol)
    many(54, **OVERDUE, **event, **patrol)
    many(13, **NOT_DUE, **event, **citizen)
    many(2, **NOT_DUE, **event, **patrol)
    many(7, **ENDED_ON_TIME, **part, **patrol)
    many(2, **ENDED_LATE, **part, **patrol)
    many(7, **OVERDUE, **part, **patrol)
    many(9, **NOT_DUE, **part, **patrol)
    many(58, status="referred", **event, **citizen)


def _hundredths(share: Fraction | None) -> str:
    assert share is not None
    return f"{float(100 * share):.2f}"


def test_tianmen_on_the_engine_and_on_the_page(
    world: World, many: Callable[..., None], client: Client, march: None
) -> None:
    _tianmen(many)
    actor = world.actor("auditor")
    whole = rates.rates(actor, Filters(), AT)
    assert whole.received == 1054 and whole.rates["filed"].numerator == 996
    closed, on_time = whole.rates["closed"], whole.rates["on_time"]
    assert (closed.numerator, closed.denominator, on_time.numerator) == (911, 972, 737)
    assert _hundredths(closed.share) == "93.72" and _hundredths(on_time.share) == "75.82"
    assert closed.left_out == {"referred": 58, "not_due": 24}
    assert closed.share + whole.rates["overdue_open"].share == 1  # the overdue unfinished are in the denominator
    by_channel = {one.key: one for one in rates.rates_by(actor, Filters(), AT, group="channel")}
    shares = {key: Fraction(one.rates["filed"].numerator, 996) for key, one in by_channel.items()}
    assert {key: _hundredths(share) for key, share in shares.items()} == {"grid": "95.68", "phone": "4.32"}
    by_category = {one.key: one for one in rates.rates_by(actor, Filters(), AT, group="category")}
    assert _hundredths(by_category["environment"].rates["closed"].share) == "94.35"
    assert _hundredths(by_category["facility"].rates["closed"].share) == "56.25"
    page = _page(client, world)
    assert (_shown(page, "closed"), _shown(page, "on_time")) == ("93.72", "75.82")
    channels = _page(client, world, by="channel")
    assert "占 95.68%" in channels and "占 4.32%" in channels
    categories = _page(client, world, by="category")
    assert "94.35%" in categories and "56.25%" in categories
    assert _shown(_page(client, world, category="facility"), "closed") == "56.25"


def test_jinhua_leaves_the_deferred_out(
    world: World, many: Callable[..., None], client: Client, march: None
) -> None:
    """应结 100, 缓办 4, 按期 72: 72/96 = 75.00 %."""
    many(72, **ENDED_ON_TIME)
    many(20, **ENDED_LATE)
    many(4, **OVERDUE)
    many(4, status="deferred")
    on_time = rates.rates(world.actor("auditor"), Filters(), AT).rates["on_time"]
    assert (on_time.share, on_time.denominator, on_time.left_out) == (Fraction(3, 4), 96, {"deferred": 4})
    page = _page(client, world)
    assert _shown(page, "on_time") == "75.00" and "挂账 4 件" in page


def test_the_three_rates_count_words_not_silence(world: World, many: Callable[..., None]) -> None:
    yes = {"status": "closed", "solved": "yes", "answered_at": ON_TIME}
    many(6, **yes, satisfied=5)
    many(2, **yes, satisfied=3)
    many(1, **yes, satisfied=1)
    many(1, status="rework", solved="no", satisfied=2)
    many(40, status="closed_silent", answered_at=ON_TIME)
    many(5, **yes, satisfied=5, uncounted="unreasonable.settled")
    found = rates.rates(world.actor("auditor"), Filters(), AT)
    resolution, satisfaction = found.rates["resolution"], found.rates["satisfaction"]
    assert (resolution.numerator, resolution.denominator) == (9, 10)
    assert resolution.left_out == {"uncounted": 5, "silent": 40}
    assert satisfaction.share == Fraction(6 + 2 * Fraction(60, 100)) / 10  # k = 60 % of one, from the pack
    assert satisfaction.left_out == {"uncounted": 5, "silent": 40}


def test_response_is_contact_in_time_unless_the_reporter_says_no(world: World, report: Callable[..., Case]) -> None:
    cases = [report() for _ in range(5)]
    due = Clock.objects.filter(kind="first_contact", case=cases[0]).get().due_at
    minute = dt.timedelta(minutes=1)
    for case, values in zip(
        cases,
        [
            {"first_contact_at": due},
            {"first_contact_at": due + minute},
            {"first_contact_at": due - minute, "heard": False},
            {},
            {"main": cases[0]},
        ],
        strict=True,
    ):
        Case.objects.filter(pk=case.pk).update(**values)
    actor = world.actor("auditor")
    after = rates.rates(actor, Filters(), due + minute).rates["response"]
    assert (after.numerator, after.denominator, after.left_out) == (1, 4, {})
    before = rates.rates(actor, Filters(), due - minute).rates["response"]
    assert (before.numerator, before.denominator, before.left_out) == (1, 3, {"not_due": 1})


def test_the_composite_weighs_by_the_pack() -> None:
    shares = [Fraction(9, 10), Fraction(8, 10), Fraction(7, 10)]
    assert rates.composite_of(list(shares), (30, 40, 30)) == Fraction(80, 100)
    assert rates.composite_of([None, *shares[1:]], (30, 40, 30)) is None


def test_every_part_lists_exactly_its_rows(world: World, many: Callable[..., None]) -> None:
    _tianmen(many)
    many(3, status="deferred")
    many(2, status="verified", answered_at=ON_TIME)
    actor = world.actor("auditor")
    whole = rates.rates(actor, Filters(), AT)
    for rate in whole.rates.values():
        assert rate.denominator + sum(rate.left_out.values()) == whole.received
        for part, count in [("all", rate.denominator), ("top", rate.numerator), *rate.left_out.items()]:
            assert filtered(actor, rate.rows(part), AT).count() == count, (rate.code, part)
    for group in rates.GROUPS:
        made = rates.rates_by(actor, Filters(), AT, group=group)
        assert sum(one.received for one in made) == whole.received, group
        for one in made:
            rate = one.rates["closed"]
            assert filtered(actor, rate.rows("all"), AT).count() == rate.denominator, (group, one.key)


def test_places_compare_one_level_down(world: World, many: Callable[..., None]) -> None:
    grids = {code: world.places[code] for code in ("PC-1-1-1", "PC-2-1-1")}
    many(3, path=grids["PC-1-1-1"].path, **ENDED_ON_TIME)
    many(2, path=grids["PC-2-1-1"].path, **ENDED_LATE)
    below = rates.rates_by(world.actor("supervisor"), Filters(), AT, group="place")
    assert {one.name: one.received for one in below} == {"柳园社区": 3, "桥南社区": 2}
    inside = rates.rates_by(world.actor("auditor"), Filters(place=world.places["PC-1"].path), AT, group="place")
    assert [(one.name, one.received) for one in inside] == [("柳园一片", 3)]


def test_units_and_places_may_be_compared_persons_never(world: World) -> None:
    assert set(rates.GROUPS) == {"unit", "place", "category", "channel", "month"} == set(rates._KEYS)
    for person in ("handler", "person", "reporter", "actor", "orders__handler"):
        with pytest.raises(KeyError):
            rates.rates_by(world.actor("auditor"), Filters(), AT, group=person)


def test_rates_need_the_permission(world: World) -> None:
    with pytest.raises(Forbidden):
        rates.rates(world.actor("department"), Filters(), AT)
    with pytest.raises(Forbidden):
        rates.rates(world.actor("secretary"), Filters(place=world.places["PC-2"].path), AT)


def test_the_workbook_says_the_same(world: World, many: Callable[..., None], client: Client, march: None) -> None:
    many(72, **ENDED_ON_TIME)
    many(24, **OVERDUE)
    client.force_login(world.people["auditor"])
    book = load_workbook(io.BytesIO(client.get("/statistics/", {"format": "xlsx", "by": "unit"}).content))
    rows = list(book.active.values)
    assert rows[1][:5] == ("范围", "指标", "分子", "分母", "百分之")
    assert next(row for row in rows if row[:2] == ("全部", "按期结案率"))[2:5] == (72, 96, 75)


def test_an_unknown_part_narrows_nothing(world: World, client: Client) -> None:
    assert not parts.is_part("on_time.person", AT) and not parts.is_part("who.top", AT)
    client.force_login(world.people["auditor"])
    assert client.get("/cases/", {"part": "who.top"}).status_code == 200
    assert client.get("/cases/", {"part": "on_time.deferred", "category": "-"}).status_code == 200
