"""A council called, noticed, attended, decided, closed; its tasks done and looked at again next time."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongzhi.audit.models import Link
from gongzhi.cases.models import Case
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.gatherings import actions, papers, queries, words
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.gatherings.actions.holding import Decided
from gongzhi.gatherings.matters import OWN
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.gatherings.queries import agendas
from gongzhi.notifications.jobs import deliver_due
from gongzhi.notifications.models import Notice
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from tests.cast import NOW, World

DAY = dt.timedelta(days=1)
START = NOW + 7 * DAY


def meeting(starts: dt.datetime = START, **more: Any) -> Meeting:
    return Meeting(starts, starts + dt.timedelta(hours=2), **{"where": "社区二楼", **more})


def called(world: World, body: Organization, kind: str = "council", **more: Any) -> Gathering:
    values = {"kind": kind, "body": body, "title": "三月议事会", "meeting": meeting(), **more}
    return actions.call_gathering(by=world.actor("secretary"), at=NOW, **values)


def noticed(world: World, body: Organization, *items: tuple[str, str], **more: Any) -> Gathering:
    row = called(world, body, **more)
    by = world.actor("secretary")
    for kind, title in items or (("matter", "车棚怎么修"),):
        actions.add_item(by=by, at=NOW, number=row.number, kind=kind, title=title, matter=OWN)
    return actions.notice_gathering(by=by, at=NOW, number=row.number)


def opened(world: World, body: Organization, *items: tuple[str, str], came: int = 3) -> Gathering:
    row = noticed(world, body, *items)
    by = world.actor("secretary")
    seats = list(Attendance.objects.filter(gathering=row).order_by("id").values_list("pk", flat=True))
    states = dict.fromkeys(seats[:came], "came")
    actions.mark_attendance(by=by, at=START, number=row.number, states=states)
    return actions.open_gathering(by=by, at=START, number=row.number)


def test_a_council_meets_from_notice_to_minutes(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    row = opened(world, council, ("matter", "东门车棚漏雨"), ("motion", "每月第一个周六一起大扫除"))
    assert (row.due, row.status) == (4, "open")
    until = (START + 10 * DAY).date()
    unit = world.units["property-1"].pk
    given = Decided("assign", "物业换棚顶", unit, until)
    actions.decide_item(by=by, at=START, number=row.number, position=1, decided=given)
    motion = actions.count_motion(
        by=by, at=START, number=row.number, position=2, hands={"for": 2, "against": 1, "abstained": 0}
    )
    assert (motion.decision, motion.votes["needed"]) == ("pass", 2)
    closed = actions.close_gathering(by=by, at=START, number=row.number, said="棚顶破了两年，先修再刷漆。")
    assert "棚顶".encode() not in bytes(closed.words) and words.opened(closed)["said"].startswith("棚顶")
    values = papers.minutes_of(closed)
    assert values["came"] == "应到 4 人，实到 3 人" and values["chair"] == "议事长"
    assert values["decided"][0][0] == "东门车棚漏雨" and values["decided"][0][1] == "柳园物业"
    assert "同意 2，反对 1" in values["decided"][1][1]


@pytest.mark.req("E01", where="/gatherings/")
def test_what_was_handed_out_is_a_task_and_opens_the_next_meeting(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    first = actions.begin_series(
        by=by, at=NOW, kind="council", body=council, title="月度议事会", every="month", first=meeting()
    )
    actions.add_item(by=by, at=NOW, number=first.number, kind="matter", title="路灯")
    actions.notice_gathering(by=by, at=NOW, number=first.number)
    with pytest.raises(Conflict, match="next_called"):
        actions.call_next(by=by, at=NOW, series_id=first.series_id or 0)
    seats = Attendance.objects.filter(gathering=first).values_list("pk", flat=True)
    actions.mark_attendance(by=by, at=START, number=first.number, states=dict.fromkeys(seats, "came"))
    actions.open_gathering(by=by, at=START, number=first.number)
    given = Decided("assign", "换灯泡", world.units["property-1"].pk, (START + 20 * DAY).date())
    actions.decide_item(by=by, at=START, number=first.number, position=1, decided=given)
    actions.close_gathering(by=by, at=START, number=first.number, said="三盏不亮")
    (done,) = queries.outcomes_of(first)
    assert done.case is not None and (done.case.channel, done.unit) == ("listitem", "柳园物业")
    assert Link.objects.filter(source=first.reference, relation="tasked", target=done.case.reference).exists()
    second = actions.call_next(by=by, at=START + DAY, series_id=first.series_id or 0)
    assert second.starts_at == dt.datetime(2026, 4, 25, 1, 0, tzinfo=dt.UTC)
    assert [(item.kind, item.why, item.title) for item in second.items.all()] == [
        ("follow_up", "follow_up", "路灯：换灯泡")
    ]
    Case.objects.filter(pk=done.case.pk).update(status="closed")
    assert not agendas.agenda_offers(by, second, START + DAY)
    actions.end_series(by=by, at=START + DAY, series_id=first.series_id or 0)
    with pytest.raises(NotFound, match="no_series"):
        actions.call_next(by=by, at=START + DAY, series_id=first.series_id or 0)


def test_notice_needs_its_days_an_agenda_and_somebody(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    short = called(world, council, meeting=meeting(NOW + 3 * DAY))
    actions.add_item(by=by, at=NOW, number=short.number, kind="matter", title="停车")
    with pytest.raises(Refused, match="notice_short"):
        actions.notice_gathering(by=by, at=NOW, number=short.number)
    actions.move_gathering(by=by, at=NOW, number=short.number, meeting=meeting(NOW + 4 * DAY))
    actions.notice_gathering(by=by, at=NOW, number=short.number)
    bare = called(world, council, meeting=meeting(START + DAY))
    with pytest.raises(Refused, match="empty_agenda"):
        actions.notice_gathering(by=by, at=NOW, number=bare.number)
    Organization.objects.filter(pk=council.pk).update(kind="council")
    for post in council.posts.all():
        post.mandates.update(valid_to=NOW.date())
    actions.add_item(by=by, at=NOW, number=bare.number, kind="matter", title="停车")
    with pytest.raises(Refused, match="nobody_due"):
        actions.notice_gathering(by=by, at=NOW, number=bare.number)


def test_the_noticed_hear_of_it_once_and_of_every_change(world: World, council: Organization) -> None:
    row = noticed(world, council)
    deliver_due(NOW)
    deliver_due(NOW)
    mine = Notice.objects.filter(person=world.people["resident"], kind="gathering")
    assert mine.count() == 1
    by = world.actor("secretary")
    with pytest.raises(Refused, match="notice_short"):
        actions.move_gathering(by=by, at=NOW, number=row.number, meeting=meeting(NOW + DAY))
    actions.move_gathering(by=by, at=NOW, number=row.number, meeting=meeting(START + DAY))
    actions.call_off(by=by, at=NOW, number=row.number, reason="停电")
    deliver_due(NOW)
    assert sorted(mine.values_list("params__what", flat=True)) == ["moved", "notice", "off"]


def test_too_few_decide_nothing(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    row = opened(world, council, ("motion", "换门禁"), ("matter", "路灯"), came=2)
    given = {"for": 2, "against": 0, "abstained": 0}
    with pytest.raises(Refused, match="no_quorum") as refused:
        actions.count_motion(by=by, at=START, number=row.number, position=1, hands=given)
    assert (refused.value.facts["needed"], refused.value.facts["missing"]) == (3, 1)
    with pytest.raises(Refused, match="no_quorum"):
        actions.decide_item(by=by, at=START, number=row.number, position=2, decided=Decided("close", "已修好"))
    third = Attendance.objects.filter(gathering=row).exclude(state="came").order_by("id")[0]
    actions.mark_attendance(by=by, at=START, number=row.number, states={third.pk: "came"})
    actions.decide_item(by=by, at=START, number=row.number, position=2, decided=Decided("close", "已修好"))
    with pytest.raises(Conflict, match="item_decided"):
        actions.decide_item(by=by, at=START, number=row.number, position=2, decided=Decided("close", "再来"))


@pytest.mark.req("F13", where="/gatherings/")
def test_who_sits_in_speaks_and_does_not_count(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    row = noticed(world, council, ("motion", "换门禁"))
    assert actions.invite_body(by=by, at=NOW, number=row.number, body=world.units["property-1"]) == 1
    assert actions.invite_body(by=by, at=NOW, number=row.number, body=world.units["property-1"]) == 0
    code = queries.check_in_code(row)
    mine = actions.check_in(by=world.actor("property"), at=START, number=row.number, code=code.lower())
    assert (mine.capacity, mine.state) == ("observer", "came")
    there = queries.presence_at(row)
    assert (there.due, there.came, there.observers, there.may_vote) == (4, 0, 1, False)
    for name in ("secretary", "resident", "neighbour"):
        actions.check_in(by=world.actor(name), at=START, number=row.number, code=code)
    actions.open_gathering(by=by, at=START, number=row.number)
    hands = {"for": 4, "against": 0, "abstained": 0}
    with pytest.raises(Refused, match="votes_over"):
        actions.count_motion(by=by, at=START, number=row.number, position=1, hands=hands)


def test_who_may_check_in(world: World, council: Organization) -> None:
    row = noticed(world, council)
    code = queries.check_in_code(row)
    with pytest.raises(SignInRequired):
        actions.check_in(by=ANONYMOUS, at=START, number=row.number, code=code)
    with pytest.raises(Refused, match="wrong_code"):
        actions.check_in(by=world.actor("resident"), at=START, number=row.number, code="AAAAAA")
    guest = actions.check_in(by=world.actor("department"), at=START, number=row.number, code=code)
    assert guest.capacity == "observer"  # a council is open to whoever comes


@pytest.mark.parametrize("who", ["resident", "grid_member", "dispatcher", "auditor", "department"])
def test_who_may_not_call_or_hold(world: World, council: Organization, who: str) -> None:
    with pytest.raises(Forbidden):
        actions.call_gathering(by=world.actor(who), at=NOW, kind="council", body=council, title="会", meeting=meeting())
    row = noticed(world, council)
    for act in (actions.open_gathering, actions.notice_gathering):
        with pytest.raises(Forbidden):
            act(by=world.actor(who), at=START, number=row.number)


def test_a_body_calls_only_its_own_kinds_and_in_its_own_place(world: World, council: Organization) -> None:
    with pytest.raises(Refused, match="wrong_body"):
        called(world, world.units["committee-1"])
    with pytest.raises(Forbidden):
        called(world, world.units["committee-2"], kind="talk")
    with pytest.raises(NotFound, match="unknown_gathering_kind"):
        called(world, council, kind="party")
    with pytest.raises(Refused, match="bad_times"):
        called(world, council, meeting=Meeting(START, START, "社区"))
    with pytest.raises(Refused, match="in_the_past"):
        called(world, council, meeting=meeting(NOW - DAY))
    with pytest.raises(Refused, match="missing_where"):
        called(world, council, meeting=meeting(where=" "))


def test_a_room_holds_one_meeting_at_a_time(world: World, council: Organization) -> None:
    room = Place.objects.create(
        kind="venue",
        level="venue",
        code="V-1",
        name="同心合议厅",
        parent=world.places["PC-1"],
        path="/321171102/PC/PC-1/V-1/",
    )
    first = called(world, council, meeting=meeting(venue=room))
    assert first.where == "同心合议厅"
    with pytest.raises(Conflict, match="venue_taken"):
        called(world, council, meeting=meeting(START + dt.timedelta(hours=1), venue=room))
    called(world, council, meeting=meeting(START + dt.timedelta(hours=2), venue=room))
    with pytest.raises(IntegrityError), transaction.atomic():
        Gathering.objects.filter(where="同心合议厅").exclude(pk=first.pk).update(starts_at=START)
    actions.call_off(by=world.actor("secretary"), at=NOW, number=first.number, reason="改期")
    called(world, council, meeting=meeting(venue=room))


def test_what_residents_may_know(world: World, council: Organization) -> None:
    secret, stranger = called(world, council), world.actor("other_grid_member")
    with pytest.raises(NotFound):
        queries.get_gathering_for(stranger, secret.number)
    row = noticed(world, council)
    assert queries.get_gathering_for(ANONYMOUS, row.number).pk == row.pk


def test_before_its_hour_and_out_of_order_nothing_happens(world: World, council: Organization) -> None:
    by = world.actor("secretary")
    row = noticed(world, council)
    with pytest.raises(Refused, match="not_yet"):
        actions.open_gathering(by=by, at=START - DAY, number=row.number)
    with pytest.raises(Conflict, match="wrong_step"):
        actions.close_gathering(by=by, at=START, number=row.number, said="散会")
    actions.open_gathering(by=by, at=START, number=row.number)
    with pytest.raises(Refused, match="missing_minutes"):
        actions.close_gathering(by=by, at=START, number=row.number, said=" ")
    actions.close_gathering(by=by, at=START, number=row.number, said="议到一半停电")
    assert [item.decision for item in row.items.all()] == ["defer"]
    with pytest.raises(Conflict, match="wrong_step"):
        actions.call_off(by=by, at=START, number=row.number, reason="晚了")


def test_the_database_keeps_a_meeting_that_was_never_noticed_closed(world: World, council: Organization) -> None:
    row = called(world, council)
    with pytest.raises(IntegrityError), transaction.atomic():
        Gathering.objects.filter(pk=row.pk).update(opened_at=START)
