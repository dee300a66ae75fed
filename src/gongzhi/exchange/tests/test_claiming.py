"""Booking a time: once, in line, for a household, within its limits; each refusal beside what goes."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from gongzhi.exchange import actions, jobs, words
from gongzhi.exchange.actions import Wanted
from gongzhi.exchange.actions.rooms import hold_room, let_go_room
from gongzhi.exchange.models import Claim, Fulfilment, Slot
from gongzhi.exchange.queries import code_of
from gongzhi.exchange.tests.conftest import at_hour, claim, offer, refused
from gongzhi.people import actions as people
from gongzhi.places.models import Place
from gongzhi.registers.tests.homes import approve, declare, said
from tests.cast import NOW, SETUP, World


@pytest.mark.req("I06", where="/share/")
def test_a_venue_is_booked_approved_used_and_confirmed(world: World) -> None:
    row = offer(world)
    span = at_hour(2, 9, 120)
    held = claim(world, row, span=span)
    assert held.state == "asked" and held.dwelling is not None
    refused("claim_not_found", actions.approve_claim, by=world.actor("outsider"), at=NOW, number=held.number)
    refused("not_the_provider", actions.approve_claim, by=world.actor("resident"), at=NOW, number=held.number)
    actions.approve_claim(by=world.actor("property"), at=NOW, number=held.number)
    later = span.end + dt.timedelta(minutes=1)
    assert jobs.turn_due(later) == 1
    held.refresh_from_db()
    assert held.state == "delivered"
    refused("not_yours", actions.confirm_claim, by=world.actor("property"), at=later, number=held.number)
    actions.confirm_claim(by=world.actor("resident"), at=later, number=held.number)
    actions.rate_claim(by=world.actor("resident"), at=later, number=held.number, points=5, words="很干净")
    refused("rated_already", actions.rate_claim, by=world.actor("resident"), at=later, number=held.number, points=1)
    assert [one.step for one in held.steps.order_by("id")] == ["book", "approve", "deliver", "confirm", "rate"]


def test_a_time_is_given_once_and_then_one_waits_in_line(world: World) -> None:
    row = offer(world, "parking", title="3号车位")
    span = at_hour(1, 9, 60)
    first = claim(world, row, span=span)
    assert first.state == "held"
    found = refused("slot_taken", claim, world, row, "neighbour", span=span)
    assert found.facts["waiting"] is True
    second = claim(world, row, "neighbour", span=span, wait=True)
    assert second.state == "waiting" and Slot.objects.count() == 1
    actions.cancel_claim(by=world.actor("resident"), at=NOW, number=first.number)
    second.refresh_from_db()
    assert second.state == "held" and second.slot.let_go_at is None
    first.slot.refresh_from_db()
    assert first.slot.let_go_at == NOW


def test_the_database_itself_keeps_two_bookings_apart(world: World) -> None:
    row = offer(world, "parking", title="3号车位")
    held = claim(world, row, span=at_hour(1, 9, 60)).slot
    twin = Slot(resource=held.resource, about="gathering:HY-1", starts_at=held.starts_at, ends_at=held.ends_at)
    twin.blocked = held.blocked
    with pytest.raises(IntegrityError, match="exchange_slot_once"), transaction.atomic():
        twin.save()
    twin.resource = "offer:other#1"
    twin.save()
    with pytest.raises(Exception, match="append"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_fulfilment SET step = 'x'")
    assert Fulfilment.objects.filter(step="book").count() == 1


def test_two_offers_of_one_room_are_one_room(world: World) -> None:
    room = Place.objects.create(
        kind="venue", level="venue", code="V-1", name="柳园议事厅", parent=world.places["PC-1"],
        path=f"{world.places['PC-1'].path}V-1/", valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    talks = offer(world, "seat", title="议事厅办讲座", venue=room)
    sports = offer(world, "seat", title="议事厅打乒乓", venue=room)
    span = at_hour(1, 9, 60)
    claim(world, talks, span=span)
    refused("slot_taken", claim, world, sports, "neighbour", span=span)


def test_pieces_alike_are_given_until_none_is_left(world: World) -> None:
    row = offer(world, "seat", title="折叠椅", pieces=2)
    span = at_hour(1, 9, 60)
    found = {claim(world, row, by, span=span).slot.resource for by in ("resident", "neighbour")}
    assert found == {f"offer:{row.number}#1", f"offer:{row.number}#2"}
    refused("slot_taken", claim, world, row, "outsider", span=span)


@pytest.mark.req("H12", where="/share/")
def test_what_households_share_is_for_those_who_live_there_and_a_household_has_its_limit(world: World) -> None:
    row = offer(world, "kitchen", title="邻里厨房")
    found = refused("not_verified", claim, world, row, "outsider", span=at_hour(1, 9))
    assert found.facts["place"] == "柳园社区"
    for day in (1, 2, 3):
        claim(world, row, span=at_hour(day, 9))
    refused("too_many_open", claim, world, row, span=at_hour(4, 9))
    flatmate(world, "outsider")
    refused("too_many_open", claim, world, row, "outsider", span=at_hour(4, 9))
    claim(world, row, "neighbour", span=at_hour(4, 9))


def flatmate(world: World, name: str) -> None:
    """Somebody else of the resident's household."""
    door = Place.objects.get(kind="dwelling", code="LY-5-1-101")
    approve(world, declare(world, name, door, said("family", "household_book")))


def test_a_series_is_booked_whole_or_not_at_all(world: World) -> None:
    row = offer(world)
    taken = claim(world, row, "neighbour", span=at_hour(8, 9))
    wanted = Wanted(span=at_hour(1, 9), weeks=3)
    order = {"by": world.actor("resident"), "at": NOW, "number": row.number, "wanted": wanted}
    found = refused("slot_taken", actions.claim_offer, **order)
    assert found.facts["days"] == "03-26" and Claim.objects.count() == 1
    actions.cancel_claim(by=world.actor("neighbour"), at=NOW, number=taken.number)
    made = actions.claim_offer(**order)
    assert len(made) == 3 and len({one.series for one in made}) == 1
    refused("too_many_weeks", claim, world, row, "neighbour", span=at_hour(2, 9), weeks=9)


def test_a_form_sent_twice_books_once(world: World) -> None:
    row = offer(world, "parking", title="3号车位")
    key = uuid.uuid4()
    first = claim(world, row, span=at_hour(1, 9, 60), request=key)
    assert claim(world, row, span=at_hour(1, 9, 60), request=key) == first
    assert Claim.objects.count() == 1


def test_what_is_closed_paused_or_over_is_not_booked(world: World) -> None:
    row = offer(world, closed=[at_hour(3, 9).start.date()])
    refused("closed_then", claim, world, row, span=at_hour(3, 9))
    refused("closed_then", claim, world, row, span=at_hour(2, 13))
    refused("length_wrong", claim, world, row, span=at_hour(2, 9, 45))
    refused("not_on_a_step", claim, world, row, span=at_hour(2, 9, 60, minute=10))
    refused("time_missing", claim, world, row)
    actions.pause_offer(by=world.actor("property"), at=NOW, number=row.number, reason="刷墙")
    refused("not_open", claim, world, row, span=at_hour(2, 9))
    actions.resume_offer(by=world.actor("property"), at=NOW, number=row.number)
    claim(world, row, span=at_hour(2, 9))


def test_who_does_not_come_pauses_and_may_say_why(world: World) -> None:
    """Three times in ninety days; the appeal is answered by somebody else, and what is excused does not count."""
    row = offer(world, "parking", title="3号车位")
    numbers = []
    for day in (1, 2, 3):
        span = at_hour(day, 9)
        held = claim(world, row, span=span)
        numbers.append(held.number)
        refused("too_early", actions.miss_claim, by=world.actor("property"), at=span.start, number=held.number)
        late = span.start + dt.timedelta(minutes=16)
        actions.miss_claim(by=world.actor("property"), at=late, number=held.number)
    at = at_hour(3, 12).start
    found = refused("pausing", claim, world, row, span=at_hour(5, 9), at=at)
    assert found.facts["misses"] == 3
    actions.appeal_miss(by=world.actor("resident"), at=at, number=numbers[2], words="那天送孩子去医院了")
    refused("appealed", actions.appeal_miss, by=world.actor("resident"), at=at, number=numbers[2], words="x")
    answer = {"at": at, "number": numbers[2], "excuse": True, "note": "情况属实"}
    refused("same_person", actions.answer_appeal, by=world.actor("property"), **answer)
    actions.answer_appeal(by=world.actor("secretary"), **answer)
    claim(world, row, span=at_hour(5, 9), at=at)
    refused("nothing_appealed", actions.answer_appeal, by=world.actor("secretary"), **answer)
    over = at + dt.timedelta(days=9)
    refused("appeal_over", actions.appeal_miss, by=world.actor("resident"), at=over, number=numbers[0], words="x")


def test_calling_off_late_is_refused_and_says_whom_to_tell(world: World) -> None:
    row = offer(world, "parking", title="3号车位")
    span = at_hour(1, 9)
    held = claim(world, row, span=span)
    late = span.start - dt.timedelta(hours=1)
    refused("too_late_to_cancel", actions.cancel_claim, by=world.actor("resident"), at=late, number=held.number)
    refused("not_yours", actions.cancel_claim, by=world.actor("property"), at=NOW, number=held.number)
    actions.recall_claim(by=world.actor("property"), at=late, number=held.number, note="车位漏水")
    held.refresh_from_db()
    assert held.state == "cancelled"


@pytest.mark.req("I05", where="/exchange/catalogue/")
def test_a_community_orders_from_the_list_the_provider_answers_delivers_and_is_rated(world: World) -> None:
    row = offer(world, "service", by="secretary", body="utility", title="路灯安全讲解", per_month=1, hours=[])
    wanted = Wanted(organization=world.units["committee-1"])
    order = {"at": NOW, "number": row.number}
    refused("for_bodies", actions.claim_offer, by=world.actor("resident"), wanted=wanted, **order)
    made = actions.claim_offer(by=world.actor("secretary"), wanted=wanted, **order)[0]
    assert made.state == "asked"
    refused("used_up", actions.claim_offer, by=world.actor("secretary"), wanted=wanted, **order)
    no = {"by": world.actor("department"), "at": NOW, "number": made.number}
    refused("reason_missing", actions.refuse_claim, reason="x", **no)
    actions.approve_claim(by=world.actor("department"), at=NOW, number=made.number, note="下周三来")
    actions.deliver_claim(by=world.actor("department"), at=NOW, number=made.number, note="讲了一场")
    actions.dispute_claim(by=world.actor("secretary"), at=NOW, number=made.number, note="还差一场")
    actions.deliver_claim(by=world.actor("department"), at=NOW, number=made.number)
    actions.confirm_claim(by=world.actor("secretary"), at=NOW, number=made.number)
    actions.rate_claim(by=world.actor("secretary"), at=NOW, number=made.number, points=4)


def test_a_stock_runs_down_and_comes_back(world: World) -> None:
    """A courtesy is looked at by a second person; a code hands it over; what is called off is there again."""
    row = offer(world, "merchant", title="早餐八折", stock=2, hours=[])
    refused("not_open", claim, world, row)
    check = {"at": NOW, "number": row.number, "approve": True}
    refused("forbidden", actions.check_offer, by=world.actor("property"), **check)
    actions.check_offer(by=world.actor("secretary"), **check)
    first = claim(world, row)
    claim(world, row, "neighbour")
    refused("used_up", claim, world, row, "outsider")
    actions.cancel_claim(by=world.actor("resident"), at=NOW, number=first.number)
    row.refresh_from_db()
    assert row.stock == 1
    again = claim(world, row, "outsider")
    hand = {"at": NOW, "number": again.number}
    refused("code_wrong", actions.hand_over, by=world.actor("property"), code="XXXXXXXX", **hand)
    actions.hand_over(by=world.actor("property"), code=code_of(again).lower(), **hand)
    again.refresh_from_db()
    assert again.state == "delivered"
    refused("not_now", actions.hand_over, by=world.actor("property"), code=code_of(again), **hand)


def test_a_merchant_that_leaves_keeps_what_it_promised_until_its_last_day(world: World) -> None:
    row = offer(world, "merchant", title="早餐八折", stock=5, hours=[])
    actions.check_offer(by=world.actor("secretary"), at=NOW, number=row.number, approve=True)
    held = claim(world, row)
    last = NOW.date() + dt.timedelta(days=10)
    actions.end_offer(by=world.actor("property"), at=NOW, number=row.number, reason="搬走了", on=last)
    held.refresh_from_db()
    assert held.state == "held"
    refused("not_open", claim, world, row, "neighbour")
    row = offer(world, "merchant", title="理发九折", stock=5, hours=[])
    actions.check_offer(by=world.actor("secretary"), at=NOW, number=row.number, approve=True)
    gone = claim(world, row, "neighbour")
    actions.end_offer(by=world.actor("property"), at=NOW, number=row.number, reason="搬走了")
    gone.refresh_from_db()
    assert gone.state == "cancelled" and gone.steps.last() is not None


@pytest.mark.req("J07", where="/exchange/offers/")
def test_the_community_suspends_a_merchant_and_only_the_community_takes_it_back(world: World) -> None:
    row = offer(world, "merchant", title="早餐八折", stock=5, hours=[])
    actions.check_offer(by=world.actor("secretary"), at=NOW, number=row.number, approve=True)
    actions.pause_offer(by=world.actor("secretary"), at=NOW, number=row.number, reason="有人反映不给优惠")
    refused("held_back", actions.resume_offer, by=world.actor("property"), at=NOW, number=row.number)
    actions.resume_offer(by=world.actor("secretary"), at=NOW, number=row.number)
    claim(world, row)


def test_people_leave_and_what_they_wrote_is_gone(world: World) -> None:
    row = offer(world, "parking", title="3号车位")
    held = claim(world, row, span=at_hour(1, 9), note="车牌稍后告诉门岗")
    people.erase_account(by=SETUP, at=NOW, person=world.people["resident"])
    held.refresh_from_db()
    assert held.state == "cancelled" and held.dwelling is None and words.opened(held) == {}
    claim(world, row, "neighbour", span=at_hour(1, 9))


@pytest.mark.req("I06", where="/share/")
def test_a_meeting_and_a_booking_keep_out_of_one_another(world: World) -> None:
    """Whoever comes first has the room; a meeting that is called off lets it go."""
    room = Place.objects.create(
        kind="venue", level="venue", code="V-2", name="柳园活动室", parent=world.places["PC-1"],
        path=f"{world.places['PC-1'].path}V-2/", valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    row = offer(world, "seat", title="活动室的位子", venue=room, pieces=2)
    span, later = at_hour(1, 9, 60), at_hour(1, 15, 60)
    claim(world, row, span=span)
    body = {"venue": room, "about": "gathering:HY-1", "at": NOW}
    refused("room_taken", hold_room, starts_at=span.start, ends_at=span.end, **body)
    hold_room(starts_at=later.start, ends_at=later.end, **body)
    refused("slot_taken", claim, world, row, "neighbour", span=later)
    assert let_go_room(about="gathering:HY-1", at=NOW) == 2
    claim(world, row, "neighbour", span=later)
