"""Call-backs: drawn so that anyone can repeat it, made by others, unseen by the side that did the work."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Access, Entry
from gongzhi.cases import actions
from gongzhi.cases.actions import calling as calls
from gongzhi.cases.jobs import tell_of_calls
from gongzhi.cases.models import Case, CaseEvent, WorkOrder
from gongzhi.cases.queries import calling, get_case_for, page_json, row_of, timeline_of
from gongzhi.cases.tests.joint_cast import sheet
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.notifications.models import Notice
from gongzhi.people.models import ConsentRecord
from tests.cast import NOW, World, phone_of

WEEK = "2026-W12"
MONDAY = dt.datetime(2026, 3, 23, 2, 0, tzinfo=dt.UTC)


def _done(world: World, report: Callable[..., Case], word: str = "yes") -> Case:
    """A lamp mended by the lamp office, checked, and answered by the resident (or not at all)."""
    case = report()
    Case.objects.filter(pk=case.pk).update(category="")  # so that an answer needs no photo
    number, handler = case.number, world.actor("department")
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=number, unit_id=world.units["utility"].pk)
    actions.start_work(by=handler, at=NOW, number=number)
    actions.submit_result(by=handler, at=NOW, number=number, note="换了灯泡")
    actions.verify_case(by=world.actor("grid_member"), at=NOW, number=number)
    if word == "silent":
        Case.objects.filter(pk=case.pk).update(status="closed_silent", closed_at=NOW)
    else:
        actions.answer_case_question(by=world.actor("resident"), at=NOW, number=number, solved="yes", satisfied=4)
        actions.close_case(by=world.actor("secretary"), at=NOW, number=number)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def agreed(world: World) -> None:
    ConsentRecord.objects.create(person=world.people["resident"], purpose="callback", version="1", granted_at=NOW)


@pytest.fixture
def drawn(world: World, report: Callable[..., Case], agreed: None) -> list[Case]:
    cases = [_done(world, report, "silent") for _ in range(7)]
    actions.accept_case(by=world.actor("dispatcher"), at=MONDAY, number=report(at=MONDAY).number)  # a trail after
    calls.draw_callbacks(by=world.actor("supervisor"), at=MONDAY, place="PC", week=WEEK)
    return cases


def test_the_draw_can_be_repeated_with_nothing_but_the_trail(world: World, drawn: list[Case]) -> None:
    entry = Entry.objects.get(action="cases.draw_callbacks")
    facts = entry.changes
    lots = {hashlib.sha256(f"{facts['seed']}\n{n}".encode()).hexdigest(): n for n in facts["population"]}
    assert facts["drawn"] == [lots[key] for key in sorted(lots)][: facts["size"]]
    assert sorted(facts["population"]) == sorted(case.number for case in drawn)
    assert facts["size"] == 5  # 10 % of 7, at least 5: both from the pack
    assert facts["digest"] == hashlib.sha256("".join(f"{n}\n" for n in facts["population"]).encode()).hexdigest()
    assert calling.redrawn(entry)["holds"]
    entry.changes["drawn"] = entry.changes["drawn"][::-1]
    assert not calling.redrawn(entry)["holds"]


def test_nobody_chooses_the_seed_or_draws_twice(world: World, drawn: list[Case]) -> None:
    entry = Entry.objects.get(action="cases.draw_callbacks")
    first = Entry.objects.filter(at__gte=dt.datetime(2026, 3, 22, 16, tzinfo=dt.UTC)).order_by("id").first()
    assert first is not None and first.pk < entry.pk
    assert entry.changes["seed"].startswith("draw:PC:2026-W12|")
    with pytest.raises(Conflict) as refused:
        calls.draw_callbacks(by=world.actor("supervisor"), at=MONDAY, place="PC", week=WEEK)
    assert refused.value.code == "drawn_before"


def test_who_may_draw_and_from_what(world: World, report: Callable[..., Case], agreed: None) -> None:
    with pytest.raises(Forbidden):
        calls.draw_callbacks(by=world.actor("dispatcher"), at=MONDAY, place="PC", week=WEEK)
    for week, code in (("2026-W13", "week_not_over"), ("2026-12", "bad_week"), ("2026-W60", "bad_week")):
        with pytest.raises(Refused) as refused:
            calls.draw_callbacks(by=world.actor("supervisor"), at=MONDAY, place="PC", week=week)
        assert refused.value.code == code


def test_only_who_agreed_is_called(world: World, report: Callable[..., Case]) -> None:
    _done(world, report)
    found = calling.population_of(world.places["PC"].path, WEEK)
    assert (found.numbers, found.not_agreed) == ((), 1)


def test_another_unit_calls_than_any_that_had_to_do_with_it(world: World, drawn: list[Case]) -> None:
    orders = list(WorkOrder.objects.filter(role="callback").select_related("case"))
    assert len(orders) == 5
    for order in orders:
        assert order.unit_id != order.case.unit_id
        assert order.unit_id in {world.units["command"].pk, world.units["committee-1"].pk}
        assert order.due_at is not None


def _caller(world: World, order: WorkOrder) -> str:
    return "dispatcher" if order.unit_id == world.units["command"].pk else "secretary"


def test_the_call_shows_numbers_with_consent_only_and_says_why(world: World, drawn: list[Case]) -> None:
    order = WorkOrder.objects.filter(role="callback").first()
    who = _caller(world, order)
    other = "secretary" if who == "dispatcher" else "dispatcher"
    rows = calls.reveal_caller_contact(by=world.actor(who), at=MONDAY, order_id=order.pk)
    assert rows[0]["phone"].startswith("139")
    assert Access.objects.filter(purpose="callback", actor=world.actor(who).reference).exists()
    with pytest.raises(NotFound):
        calls.reveal_caller_contact(by=world.actor(other), at=MONDAY, order_id=order.pk)
    ConsentRecord.objects.update(withdrawn_at=MONDAY)
    with pytest.raises(Refused) as refused:
        calls.reveal_caller_contact(by=world.actor(who), at=MONDAY, order_id=order.pk)
    assert refused.value.code == "consent_withdrawn"


def test_what_is_said_counts_and_reopens_only_the_next_morning(
    world: World, drawn: list[Case], monkeypatch: Any
) -> None:
    order = WorkOrder.objects.filter(role="callback").order_by("pk").first()
    by = world.actor(_caller(world, order))
    said = {"reached": True, "solved": "no", "heard": True, "satisfied": 2, "note": "灯还是不亮"}
    with pytest.raises(Refused) as refused:
        calls.record_call(by=by, at=MONDAY, order_id=order.pk, **{**said, "note": " "})
    assert refused.value.code == "missing_note"
    calls.record_call(by=by, at=MONDAY, order_id=order.pk, **said)
    case = Case.objects.get(pk=order.case_id)
    assert (case.solved, case.satisfied, case.status) == ("no", 2, "closed_silent")
    assert "灯还是不亮" not in str(WorkOrder.objects.get(pk=order.pk).facts)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + dt.timedelta(hours=8))
    assert tell_of_calls() == 0
    monkeypatch.setattr(clock, "now", lambda: MONDAY + dt.timedelta(days=1))
    assert tell_of_calls() == 1 and tell_of_calls() == 0
    case.refresh_from_db()
    event = CaseEvent.objects.filter(case=case).order_by("-id").first()
    assert (case.status, event.move, event.actor) == ("rework", "reopen", "system:word")
    with pytest.raises(NotFound):
        calls.record_call(by=by, at=MONDAY, order_id=order.pk, **said)


def test_not_reached_often_enough_ends_without_a_word(world: World, drawn: list[Case]) -> None:
    order = WorkOrder.objects.filter(role="callback").first()
    for _ in range(3):
        calls.record_call(by=world.actor(_caller(world, order)), at=MONDAY, order_id=order.pk, reached=False)
    order.refresh_from_db()
    assert order.ended_at and order.facts["outcome"] == "unreachable"
    assert Case.objects.get(pk=order.case_id).solved == ""


_NOISE = re.compile(
    r'name="csrf-token" content="[^"]*"|"X-CSRFToken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"'
    r"|\b\d+ (?:分钟|小时|天)"
)


def _everything(client: Client, world: World, numbers: list[str], who: str = "department") -> dict[str, str]:
    """Every page and answer that the handler can reach, without what changes at each loading."""
    client.force_login(world.people[who])
    found = {}
    names = ["inbox", "case-list", "notices", "me", "grid-today", "verify", "desk", "statistics", "callbacks"]
    addresses = [reverse(name) for name in names]
    states = ("verified", "confirmed", "closed", "closed_silent")
    addresses += [f"{reverse('case-list')}?status={status}" for status in states]
    addresses += [reverse("case-page", args=[number]) for number in numbers]
    addresses += [f"{reverse('case-list')}?format=xlsx"]
    for address in addresses:
        answer = client.get(address)
        body = answer.content.decode(errors="replace") if "spreadsheet" not in answer.get("Content-Type", "") else ""
        found[address] = f"{answer.status_code} {_NOISE.sub('', body)}"
    actor = world.actor(who)
    for status in ("", *states, "open"):
        found[f"api {status}"] = page_json(actor, status=status).decode()
    for number in numbers:
        case = get_case_for(actor, number)
        told = timeline_of(case, public_only=False, reader=actor)
        found[f"api {number}"] = f"{row_of(actor, case, MONDAY).case.status} {told}"
    return found


def test_the_handler_sees_neither_draw_nor_call_nor_rating(
    world: World, report: Callable[..., Case], agreed: None, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    cases = [_done(world, report, "silent") for _ in range(2)]
    waiting = report()
    Case.objects.filter(pk=waiting.pk).update(category="")
    handler = world.actor("department")
    unit_id = world.units["utility"].pk
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=waiting.number, unit_id=unit_id)
    actions.start_work(by=handler, at=NOW, number=waiting.number)
    actions.submit_result(by=handler, at=NOW, number=waiting.number, note="换了灯泡")
    actions.verify_case(by=world.actor("grid_member"), at=NOW, number=waiting.number)
    numbers = [case.number for case in cases] + [waiting.number]
    before = _everything(client, world, numbers)
    notices = Notice.objects.filter(person=world.people["department"]).count()
    # the resident rates; a sample is drawn and called
    actions.answer_case_question(
        by=world.actor("resident"), at=MONDAY, number=waiting.number, solved="yes", satisfied=1, heard=False
    )
    calls.draw_callbacks(by=world.actor("supervisor"), at=MONDAY, place="PC", week=WEEK)
    for order in WorkOrder.objects.filter(role="callback"):
        by = world.actor(_caller(world, order))
        calls.record_call(by=by, at=MONDAY, order_id=order.pk, reached=True, solved="yes", satisfied=2, heard=True)
    assert WorkOrder.objects.filter(role="callback").count() == 2
    after = _everything(client, world, numbers)
    for address, body in before.items():
        assert body.splitlines() == after[address].splitlines(), address
    assert Notice.objects.filter(person=world.people["department"]).count() == notices


def test_of_a_reopened_case_the_handler_learns_that_and_why(
    world: World, drawn: list[Case], client: Client, monkeypatch: Any
) -> None:
    order = WorkOrder.objects.filter(role="callback").first()
    by = world.actor(_caller(world, order))
    said = {"solved": "partly", "note": "灯还是不亮", "satisfied": 2}
    calls.record_call(by=by, at=MONDAY, order_id=order.pk, reached=True, **said)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + dt.timedelta(days=1))
    tell_of_calls()
    client.force_login(world.people["department"])
    page = client.get(reverse("case-page", args=[order.case.number])).content.decode()
    assert "灯还是不亮" in page and "重新打开" in page
    assert "部分解决" not in page and "没全解决" not in page


def test_pages_of_draw_and_call(world: World, drawn: list[Case], client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    client.force_login(world.people["supervisor"])
    assert "2026-W12" in client.get(reverse("callback-draws")).content.decode()
    entry = Entry.objects.get(action="cases.draw_callbacks")
    page = client.get(reverse("callback-draw", args=[entry.pk])).content.decode()
    assert "照样再抽一遍，结果一样" in page and entry.changes["seed"] in page
    note, _heads, *lines = sheet(client, reverse("callback-draw", args=[entry.pk]))
    assert entry.changes["seed"] in str(note[0]) and [line[0] for line in lines] == entry.changes["drawn"]
    assert sheet(client, reverse("callback-draws"))[1][1:4] == ("2026-W12", len(lines), len(drawn))
    again = client.post(reverse("callback-draws"), {"place": "PC", "week": WEEK})
    assert again.status_code == 422 and "已经抽过" in again.content.decode()
    order = WorkOrder.objects.filter(role="callback").first()
    client.force_login(world.people[_caller(world, order)])
    assert client.get(reverse("callbacks")).status_code == 200
    _who, heads, *lines = sheet(client, reverse("callbacks"))
    assert order.case.number in {line[0] for line in lines} and heads[-1] == "没打通几次"
    assert phone_of("resident") not in str(lines)
    shown = client.post(reverse("callback-contact", args=[order.pk])).content.decode()
    assert "tel:139" in shown
    missing = client.post(reverse("callback", args=[order.pk]), {"reached": "yes"})
    assert missing.status_code == 422
    done = client.post(reverse("callback", args=[order.pk]), {"reached": "yes", "solved": "yes", "satisfied": "5"})
    assert done.status_code == 302 and Case.objects.get(pk=order.case_id).satisfied == 5
    client.force_login(world.people["department"])
    assert client.get(reverse("callbacks")).status_code == 403
    assert client.get(reverse("callback", args=[order.pk])).status_code == 403
