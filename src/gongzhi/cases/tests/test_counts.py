"""The roll-up equals the rows after any steps, folded or not; the district's page reads it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.cases import actions, sql
from gongzhi.cases.actions.counting import fold_counts, recount
from gongzhi.cases.jobs import fold_counts as fold_job
from gongzhi.cases.models import OPEN, Case, CaseCount, PlaceCount
from gongzhi.cases.queries import rates
from gongzhi.cases.queries.counts import district, first_month
from gongzhi.cases.queries.listing import Filters
from gongzhi.cases.tests.joint_cast import sheet
from gongzhi.common import clock
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from tests.cast import NOW, World

_COLUMNS = "month, path, unit_id, status, scored"
_SUMS = "cases, dated, in_time, said, solved, rated, satisfied, extended"


def _rolled() -> list[Any]:
    with connection.cursor() as cursor:
        summed = ", ".join(f"sum({name})" for name in _SUMS.split(", "))
        grouped = f"GROUP BY {_COLUMNS} HAVING sum(cases) <> 0 ORDER BY {_COLUMNS}"
        cursor.execute(f"SELECT {_COLUMNS}, {summed} FROM cases_casecount {grouped}")
        return cursor.fetchall()


def _counted() -> list[Any]:
    """The same from the cases: what a recount would write."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_casecount")
        cursor.execute(sql.COUNT_ALL)
        found = _rolled()
        transaction.set_rollback(True)
    return found


def _summed(statement: str) -> list[Any]:
    """Sums of places, those that are nothing left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) AS sums WHERE cases <> 0 ORDER BY 1, 2, 3, 4")
        return cursor.fetchall()


def _kept_sums() -> list[Any]:
    return _summed(f"SELECT path, by, member, month, {', '.join(sql.SUMS)} FROM cases_placecount")


def assert_counts_are_the_rows() -> None:
    """The fine rows are what the cases say, and the sums are what the folded ones add up to."""
    assert _rolled() == _counted()
    assert _kept_sums() == _summed(sql.place_sums("cases_casecount", where="folded"))


def _places_above(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:n]) + "/" for n in range(2, len(parts))}


def _from_rows(path: str, at: dt.datetime) -> dict[str, Any]:
    """What the page of a place shows, counted from its cases one by one."""
    whole, months, places, units = Counter[str](), Counter[Any](), Counter[str](), Counter[Any]()
    for case in Case.objects.filter(path__startswith=path, main=None, uncounted="", privacy__in=["open", "named"]):
        month = local_date(case.received_at).replace(day=1)
        unfinished = case.status in OPEN
        if month < first_month(at) and not unfinished:
            continue
        whole["received"] += 1
        whole["open"] += unfinished
        months[month] += 1
        places[case.path.removeprefix(path).partition("/")[0]] += 1
        if unfinished:
            units[case.unit_id] += 1
    return {"whole": whole, "months": months, "places": places, "units": units}


def assert_pages_are_the_rows(world: World, at: dt.datetime) -> None:
    """Every place's page shows what its cases are, and the same as after a count made anew."""
    above = [_places_above(path) for path in Case.objects.values_list("path", flat=True)]
    top, supervisor = world.places["PC"].path, world.actor("supervisor")
    read = {path: district(supervisor, path, at) for path in set().union(*above) if path.startswith(top)}
    assert read
    for path, found in read.items():
        rows = _from_rows(path, at)
        assert found.whole.received == rows["whole"]["received"] and found.whole.open == rows["whole"]["open"]
        assert {key: count.received for key, count in found.months.items()} == rows["months"]
        assert {key: count.received for key, count in found.places.items()} == rows["places"]
        assert {key: count.open for key, count in found.units.items()} == rows["units"]
    with transaction.atomic():
        recount()
        assert {path: district(supervisor, path, at) for path in read} == read
        transaction.set_rollback(True)


_STEPS: list[tuple[str, Callable[[World, str, dt.datetime], Any]]] = [
    ("accept", lambda w, n, at: actions.accept_case(by=w.actor("dispatcher"), at=at, number=n)),
    (
        "dispatch",
        lambda w, n, at: actions.dispatch_case(
            by=w.actor("dispatcher"), at=at, number=n, unit_id=w.units["utility"].pk
        ),
    ),
    ("start", lambda w, n, at: actions.start_work(by=w.actor("department"), at=at, number=n)),
    ("answer", lambda w, n, at: actions.submit_result(by=w.actor("department"), at=at, number=n, note="换了灯")),
    (
        "return",
        lambda w, n, at: actions.return_case(
            by=w.actor("department"), at=at, number=n, reason="return.not_ours", note="归物业"
        ),
    ),
    (
        "extend",
        lambda w, n, at: actions.ask_extension(
            by=w.actor("department"), at=at, number=n, reason="extension.parts", note="等灯"
        ),
    ),
    ("grant", lambda w, n, at: actions.decide_extension(by=w.actor("dispatcher"), at=at, number=n, granted=True)),
    ("verify", lambda w, n, at: actions.verify_case(by=w.actor("grid_member"), at=at, number=n)),
    ("rework", lambda w, n, at: actions.rework_case(by=w.actor("grid_member"), at=at, number=n, note="还不亮")),
    (
        "yes",
        lambda w, n, at: actions.answer_case_question(
            by=w.actor("resident"), at=at, number=n, solved="yes", satisfied=5
        ),
    ),
    (
        "no",
        lambda w, n, at: actions.answer_case_question(
            by=w.actor("resident"), at=at, number=n, solved="no", satisfied=1, note="不亮"
        ),
    ),
    ("reopen", lambda w, n, at: actions.reopen_case(by=w.actor("resident"), at=at, number=n, note="又坏了")),
    ("close", lambda w, n, at: actions.close_case(by=w.actor("dispatcher"), at=at, number=n)),
    (
        "defer",
        lambda w, n, at: actions.ask_deferral(
            by=w.actor("dispatcher"), at=at, number=n, reason="defer.funds", note="等钱", until=dt.date(2026, 5, 1)
        ),
    ),
    ("approve", lambda w, n, at: actions.decide_deferral(by=w.actor("secretary"), at=at, number=n, granted=True)),
    ("resume", lambda w, n, at: actions.resume_case(by=w.actor("dispatcher"), at=at, number=n)),
    ("fold", lambda w, n, at: fold_counts()),
]


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from([name for name, _ in _STEPS])), max_size=25))
def test_after_any_steps_the_counts_are_the_rows(
    world: World, report: Callable[..., Case], steps: list[tuple[int, str]]
) -> None:
    numbers, table, at = [report().number, report(at=NOW - dt.timedelta(days=40)).number], dict(_STEPS), NOW
    Case.objects.update(category="")  # so that an answer needs no photo
    happy = [(0, step) for step in ("accept", "dispatch", "start", "answer", "verify", "yes")]
    for which, name in [*happy[: len(steps) % 7], *steps]:
        at += dt.timedelta(hours=5)
        try:
            table[name](world, numbers[which], at)
        except Refused:
            continue
    assert_counts_are_the_rows()
    assert_pages_are_the_rows(world, at)
    fold_counts()
    assert_counts_are_the_rows()
    assert_pages_are_the_rows(world, at)
    kept = _kept_sums()
    fold_counts()
    assert _kept_sums() == kept
    recount()
    assert _kept_sums() == kept
    assert not CaseCount.objects.filter(folded=False).exists()


def test_what_is_confidential_is_not_counted(world: World, report: Callable[..., Case]) -> None:
    case = report()
    Case.objects.filter(pk=case.pk).update(privacy="protected")
    assert recount() == 0
    assert district(world.actor("supervisor"), world.places["PC"].path, NOW).whole.received == 0


def test_places_below_the_kept_levels_and_old_months_are_read_too(world: World, report: Callable[..., Case]) -> None:
    cases = [report(), report(), report(at=NOW - dt.timedelta(days=700)), report(at=NOW - dt.timedelta(days=700))]
    deep = world.places["PC"].path + "a/b/c/d/e/f/g/"
    assert deep.count("/") > sql.KEPT + 1
    Case.objects.filter(pk__in=[case.pk for case in cases[1:]]).update(path=deep)
    Case.objects.filter(pk=cases[3].pk).update(status="closed")
    recount()
    assert_pages_are_the_rows(world, NOW)
    assert district(world.actor("supervisor"), deep, NOW).whole.received == 2
    assert not PlaceCount.objects.filter(path=deep).exists()


def test_a_fold_that_breaks_off_leaves_all_as_it_was(world: World, report: Callable[..., Case]) -> None:
    report(), report()
    fold_counts()
    report()
    before = _rolled(), _kept_sums(), CaseCount.objects.filter(folded=False).count()
    with transaction.atomic():
        assert fold_counts() == 1
        transaction.set_rollback(True)
    assert (_rolled(), _kept_sums(), CaseCount.objects.filter(folded=False).count()) == before
    assert fold_counts() == 1 and fold_counts() == 0
    assert_counts_are_the_rows()


def test_an_empty_roll_up_is_made_anew(world: World, report: Callable[..., Case]) -> None:
    report(), report()
    CaseCount.objects.all().delete()
    assert fold_job() == 1
    assert CaseCount.objects.get().cases == 2


def test_the_district_reads_what_the_rates_count(world: World, report: Callable[..., Case]) -> None:
    day = dt.timedelta(days=1)
    fine, late, running = report(), report(), report()
    Case.objects.update(category="")  # so that an answer needs no photo
    for case, at in ((fine, NOW), (late, NOW + 30 * day)):
        dispatcher, handler = world.actor("dispatcher"), world.actor("department")
        actions.dispatch_case(by=dispatcher, at=at, number=case.number, unit_id=world.units["utility"].pk)
        actions.start_work(by=handler, at=at, number=case.number)
        actions.submit_result(by=handler, at=at, number=case.number, note="换了灯", photos=[])
        actions.verify_case(by=world.actor("grid_member"), at=at, number=case.number)
        actions.answer_case_question(by=world.actor("resident"), at=at, number=case.number, solved="yes")
    at = NOW + 60 * day
    assert Case.objects.get(pk=running.pk).due_at < at
    supervisor = world.actor("supervisor")
    found = district(supervisor, world.places["PC"].path, at)
    whole = rates.rates(supervisor, Filters(place=world.places["PC"].path), at)
    assert found.whole.received == whole.received == 3
    assert found.whole.on_time == whole.rates["on_time"].share
    assert found.whole.closed == whole.rates["closed"].share
    assert found.whole.solved == whole.rates["resolution"].share
    assert found.whole.overdue == 1 and found.places["PC-1"].overdue == 1
    assert {key: count.received for key, count in found.places.items()} == {"PC-1": 3}
    with pytest.raises(Forbidden):
        district(world.actor("secretary"), world.places["PC"].path, at)


def test_the_district_s_tables_are_a_file_too(
    world: World, report: Callable[..., Case], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(), report()
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=60))
    client.force_login(world.people["supervisor"])
    assert "format=xlsx" in client.get("/statistics/district").content.decode()
    _note, heads, *lines = sheet(client, "/statistics/district")
    found = {line[0]: line for line in lines}
    assert heads[:5] == ("哪一类", "名称", "收到", "没办完", "超期") and found["地方"][2:5] == (2, 2, 2)
    assert found["月份"][1:4] == ("2026-03", 2, 2)
