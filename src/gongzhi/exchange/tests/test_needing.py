"""Wishes and mutual help: asked for, looked at, taken on, done; who is told what, and when."""

import datetime as dt

import pytest

from gongzhi.audit.models import Access
from gongzhi.exchange import actions, jobs
from gongzhi.exchange.models import Need
from gongzhi.exchange.queries import needs
from gongzhi.exchange.tests.conftest import published, refused, wish
from gongzhi.notifications.models import OutboxEvent
from tests.cast import NOW, World


@pytest.mark.req("J01", where="/help/")
def test_a_wish_is_checked_published_taken_done_and_thanked(world: World) -> None:
    row = wish(world)
    assert not needs.wall().exists()
    check = {"at": NOW, "number": row.number, "publish": True}
    refused("forbidden", actions.check_need, by=world.actor("resident"), **check)
    actions.check_need(by=world.actor("secretary"), **check)
    assert needs.wall().get() == row
    refused("own_need", actions.take_need, by=world.actor("resident"), at=NOW, number=row.number)
    taken = actions.take_need(by=world.actor("neighbour"), at=NOW, number=row.number, note="我有一副新的")
    refused("taken_already", actions.take_need, by=world.actor("neighbour"), at=NOW, number=row.number)
    refused("not_told_yet", actions.read_need, by=world.actor("neighbour"), at=NOW, number=row.number)
    yes = {"at": NOW, "number": row.number, "claim": taken.number}
    refused("not_yours", actions.accept_help, by=world.actor("outsider"), **yes)
    actions.accept_help(by=world.actor("resident"), **yes)
    told = actions.read_need(by=world.actor("neighbour"), at=NOW, number=row.number)
    assert told["phone"] == "13900000000"
    assert Access.objects.get(fields="name,phone,address").actor == world.actor("neighbour").reference
    actions.deliver_help(by=world.actor("neighbour"), at=NOW, number=row.number)
    refused("not_yours", actions.confirm_help, by=world.actor("secretary"), **yes)
    actions.confirm_help(by=world.actor("resident"), thanks="谢谢这位邻居", **yes)
    done = needs.wall(done=True).get()
    assert done.thanks == "谢谢这位邻居" and done.status == "done"


def test_the_public_card_holds_the_need_and_nobodys_name(world: World) -> None:
    refused("not_for_public", wish, world, title="给5栋301的王奶奶送饭")
    refused("not_for_public", wish, world, about="电话 13912345678")
    refused("no_cash", wish, world, title="孩子上学求捐款")
    row = published(world)
    columns = {name: str(getattr(row, name)) for name in ("title", "about", "reason", "thanks")}
    assert not any("13900000000" in text or "有花" in text for text in columns.values())


def test_a_helper_needs_the_persons_yes_and_a_child_a_guardians(world: World) -> None:
    other = {"by": "grid_member", "for_other": True}
    refused("consent_missing", wish, world, **other)
    refused("name_missing", wish, world, consent="said", name="", **other)
    refused("guardian_missing", wish, world, minor=True)
    row = wish(world, consent="signed", minor=True, guardian="母亲，当面同意", **other)
    assert row.person_id is None and row.helper == world.people["grid_member"] and row.minor
    check = {"at": NOW, "number": row.number, "publish": True}
    actions.check_need(by=world.actor("secretary"), **check)
    own = wish(world, by="secretary", title="想学跳舞")
    refused("second_person", actions.check_need, by=world.actor("secretary"), at=NOW, number=own.number, publish=True)


def test_no_more_than_a_few_at_once_and_a_form_sent_twice_asks_once(world: World) -> None:
    for n in range(3):
        wish(world, title=f"第{n}个心愿")
    refused("too_many_open", wish, world, title="第四个")
    assert Need.objects.count() == 3
    refused("category_missing", wish, world, "neighbour", category="x")
    refused("unknown_need_kind", wish, world, "neighbour", kind="x")


def test_what_is_not_published_says_why_and_what_is_withdrawn_frees_the_helper(world: World) -> None:
    row = wish(world)
    no = {"at": NOW, "number": row.number, "publish": False}
    refused("words_missing", actions.check_need, by=world.actor("secretary"), **no)
    actions.check_need(by=world.actor("secretary"), reason="这件事请走报修", **no)
    row = published(world)
    taken = actions.take_need(by=world.actor("neighbour"), at=NOW, number=row.number)
    refused("not_yours", actions.withdraw_need, by=world.actor("neighbour"), at=NOW, number=row.number)
    actions.withdraw_need(by=world.actor("resident"), at=NOW, number=row.number)
    taken.refresh_from_db()
    assert taken.state == "cancelled"
    refused("not_now", actions.take_need, by=world.actor("neighbour"), at=NOW, number=row.number)


def test_a_helper_may_step_back_and_another_comes(world: World) -> None:
    row = published(world)
    for name in ("neighbour", "outsider"):
        actions.take_need(by=world.actor(name), at=NOW, number=row.number)
    first = row.claims.get(person=world.people["neighbour"])
    actions.accept_help(by=world.actor("secretary"), at=NOW, number=row.number, claim=first.number)
    assert row.claims.get(person=world.people["outsider"]).state == "refused"
    actions.step_back(by=world.actor("neighbour"), at=NOW, number=row.number)
    refused("not_told_yet", actions.read_need, by=world.actor("neighbour"), at=NOW, number=row.number)
    again = actions.take_need(by=world.actor("outsider"), at=NOW, number=row.number)
    actions.accept_help(by=world.actor("resident"), at=NOW, number=row.number, claim=again.number)


def test_the_clock_ends_what_nobody_took_and_silence_is_no_thanks(world: World) -> None:
    row = published(world)
    taken = actions.take_need(by=world.actor("neighbour"), at=NOW, number=row.number)
    actions.accept_help(by=world.actor("resident"), at=NOW, number=row.number, claim=taken.number)
    actions.deliver_help(by=world.actor("neighbour"), at=NOW, number=row.number)
    other = published(world, by="neighbour", title="想学剪纸")
    assert jobs.turn_due(NOW) == 0
    jobs.turn_due(NOW + dt.timedelta(days=8))
    row.refresh_from_db()
    assert row.status == "done" and row.thanks == ""
    assert row.claims.get().steps.order_by("-id").first().step == "settle"  # type: ignore[union-attr]  # it is there
    jobs.turn_due(NOW + dt.timedelta(days=61))
    other.refresh_from_db()
    assert other.status == "lapsed"


@pytest.mark.req("J12", where="/help/")
def test_a_neighbours_minutes_are_told_to_whoever_keeps_records(world: World) -> None:
    row = published(world, kind="mutual", category="elder", title="陪老人去一趟医院", minutes=120)
    taken = actions.take_need(by=world.actor("neighbour"), at=NOW, number=row.number)
    actions.accept_help(by=world.actor("resident"), at=NOW, number=row.number, claim=taken.number)
    actions.deliver_help(by=world.actor("neighbour"), at=NOW, number=row.number)
    actions.confirm_help(by=world.actor("resident"), at=NOW, number=row.number, claim=taken.number)
    told = OutboxEvent.objects.get(topic="exchange.helped").payload
    assert told["minutes"] == 120 and told["person"] == str(world.people["neighbour"].pk)
