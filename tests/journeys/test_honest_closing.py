"""A lamp that was not mended: closed in silence, drawn for a call, called by others, opened again, counted honestly."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Entry
from gongzhi.cases import actions
from gongzhi.cases.jobs import escalate_overdue, fold_counts, tell_of_calls
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cases.rules import Where, week_of
from gongzhi.common import clock
from gongzhi.people.models import ConsentRecord
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.req("C11")
def test_from_silence_to_a_call_to_an_honest_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.build()
    moment = {"now": NOW}
    monkeypatch.setattr(clock, "now", lambda: moment["now"])

    def visit(who: str) -> Client:
        client = Client()
        client.force_login(world.people[who])
        return client

    def post(who: str, name: str, *given: Any, **data: Any) -> None:
        answer = visit(who).post(reverse(name, args=given), data)
        assert answer.status_code == 302, (who, name, answer.status_code, answer.content.decode()[:2000])

    ConsentRecord.objects.create(person=world.people["resident"], purpose="callback", version="1", granted_at=NOW)
    grid, home = world.places["PC-1-1-1"], world.places["LY-5"]
    where = Where(path=home.path, found="code", place_id=home.pk, grid_id=grid.pk)
    said = {"by": world.actor("resident"), "at": NOW, "text": "楼道里堆着旧家具，半个月了", "where": where}
    number = actions.report_case(**said)["number"]
    Case.objects.filter(number=number).update(category="")

    # the unit says it is done, another person checks, the reporter says nothing
    post("dispatcher", "case-move", number, "dispatch", unit_id=world.units["utility"].pk)
    post("department", "case-move", number, "start")
    post("department", "case-move", number, "answer", note="清走了")
    post("grid_member", "case-move", number, "verify")
    moment["now"] = NOW + dt.timedelta(days=30)
    escalate_overdue()
    assert Case.objects.get(number=number).status == "closed_silent"
    page = visit("department").get(reverse("case-page", args=[number])).content.decode()
    assert "超期默认" not in page  # how it ended is not for the side that did the work
    statistics = visit("supervisor").get(reverse("statistics")).content.decode()
    assert "到期没有回答 1 件" in statistics  # in no rate of the reporter's word

    # the week is over: a draw, and another unit calls
    week = week_of(moment["now"].astimezone(clock.CHINA).date())
    moment["now"] += dt.timedelta(days=8)
    actions.report_case(**{**said, "at": moment["now"]})  # the first of the trail after that week: the seed
    post("supervisor", "callback-draws", place="PC", week=week)
    order = WorkOrder.objects.get(role="callback")
    assert order.unit_id != world.units["utility"].pk
    caller = "dispatcher" if order.unit_id == world.units["command"].pk else "secretary"
    assert "tel:139" in visit(caller).post(reverse("callback-contact", args=[order.pk])).content.decode()
    post(caller, "callback", order.pk, reached="yes", solved="no", satisfied="1", heard="true", note="家具还在原处")
    page = visit("department").get(reverse("case-page", args=[number])).content.decode()
    assert "家具还在原处" not in page

    # the next working morning the unit learns that, and why
    moment["now"] += dt.timedelta(days=4)
    assert tell_of_calls() == 1
    page = visit("department").get(reverse("case-page", args=[number])).content.decode()
    assert "家具还在原处" in page and "重新打开" in page
    entry = Entry.objects.get(action="cases.draw_callbacks")
    drawn = visit("supervisor").get(reverse("callback-draw", args=[entry.pk])).content.decode()
    assert "照样再抽一遍，结果一样" in drawn

    # the figures: not solved, overdue and open; every one opens its rows
    fold_counts()
    district = visit("supervisor").get(reverse("district")).content.decode()
    assert "超期没办完" in district
    rows = visit("supervisor").get(reverse("case-list"), {"part": "resolution.rest"}).content.decode()
    assert number in rows
    assert number in visit("supervisor").get(reverse("case-list"), {"part": "overdue_open.top"}).content.decode()
    found = visit("auditor").get(reverse("audit-cases"), {"status": "open"}).content.decode()
    assert number in found and "旧家具" not in found
    answer = visit("auditor").post(reverse("audit-cases-export"), {"purpose": "季度抽查"})
    assert answer["Content-Type"].endswith("sheet")
    assert visit("auditor").post(reverse("audit-cases-export")).status_code == 422
