"""研判: what comes often, what drags on, what many people or an emergency make important; with rows behind it."""

import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases.models import Case
from gongzhi.cases.queries import listing, triage
from gongzhi.packs import queries as packs
from tests.cast import NOW, World

MONTH = dt.date(2026, 3, 1)
LIGHT = "facility.lighting.streetlight"


@pytest.mark.req("D07")
def test_a_matter_is_hot_from_the_packs_number_of_cases_on(report: Callable[..., Case], world: World) -> None:
    actor, least = world.actor("secretary"), packs.active_model().triage.hot_from
    for n in range(least - 1):
        report(who=("resident", "neighbour")[n % 2], category=LIGHT)
    assert triage.hot_topics(actor, MONTH, NOW) == []
    report(category=LIGHT)
    (topic,) = triage.hot_topics(actor, MONTH, NOW)
    assert (topic.category, topic.place, topic.cases, topic.reporters, topic.before) == (
        LIGHT,
        "柳园社区",
        least,
        least,
        0,
    )
    assert listing.filtered(actor, topic.rows, NOW).count() == topic.cases
    (april,) = [triage.hot_topics(actor, dt.date(2026, 4, 1), NOW)]
    assert april == []


@pytest.mark.req("D07")
def test_last_months_count_stands_beside(report: Callable[..., Case], world: World) -> None:
    for days in (0, 1, 2, 20, 40):
        report(category=LIGHT, at=NOW - dt.timedelta(days=days))
    (topic,) = triage.hot_topics(world.actor("secretary"), MONTH, NOW)
    assert (topic.cases, topic.before) == (3, 2)


def test_a_secretary_sees_the_own_community_only(report: Callable[..., Case], world: World) -> None:
    for _ in range(3):
        report(category=LIGHT)
    assert triage.hot_topics(world.actor("supervisor"), MONTH, NOW)
    other = world.actor("other_grid_member")
    assert triage.hot_topics(other, MONTH, NOW) == []
    assert triage.hard_cases(other, NOW) == []


def test_what_drags_on_is_hard_and_says_why(report: Callable[..., Case], world: World) -> None:
    actor, numbers = world.actor("secretary"), packs.active_model().triage
    late, again, fresh = report(), report(who="neighbour"), report()
    due = NOW - dt.timedelta(days=numbers.hard_overdue_days)
    Case.objects.filter(pk=late.pk).update(due_at=due)
    Case.objects.filter(pk=again.pk).update(reopens=numbers.hard_reopens)
    found = {one.case.number: one.reasons for one in triage.hard_cases(actor, NOW)}
    assert found == {late.number: ("overdue",), again.number: ("reopened",)}
    Case.objects.filter(pk=late.pk).update(due_at=due + dt.timedelta(seconds=1))
    assert fresh.number not in found
    assert late.number not in {one.case.number for one in triage.hard_cases(actor, NOW)}


def test_an_emergency_is_important_and_the_page_exports_its_agenda(
    report: Callable[..., Case], world: World, client: Client
) -> None:
    urgent = report(text="地下室配电箱冒烟，有焦味，请快来看。")
    Case.objects.filter(pk=urgent.pk).update(priority="urgent")
    client.force_login(world.people["secretary"])
    page = client.get("/triage/?month=2026-03")
    assert [row["view"].case.number for row in page.context["important"]] == [urgent.number]
    answer = client.get("/triage/?month=2026-03&format=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("类", "事项", "地点")
    assert any(row[0] == "重点" and row[6] == urgent.number for row in rows)
    assert client.get("/triage/?month=nonsense").status_code == 200
    client.force_login(world.people["resident"])
    assert client.get("/triage/").status_code == 403
