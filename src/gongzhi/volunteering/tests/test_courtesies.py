"""礼遇: hours that were confirmed open a courtesy and become points; what was entered afterwards does neither."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.queries import code_of
from gongzhi.exchange.tests.conftest import claim, load_sharing, offer, published, refused
from gongzhi.ledger import actions as ledger
from gongzhi.ledger.models import LedgerEntry
from gongzhi.ledger.tests.conftest import open_fund
from gongzhi.ledger.tests.members import held, join, spend
from gongzhi.notifications.jobs import deliver_due
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.rules import CONSENTS
from gongzhi.publications import actions as publications
from gongzhi.publications.actions import Subject
from gongzhi.publications.rules.records import Words
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.linking import hours_served
from gongzhi.volunteering.papers import certificate_values
from gongzhi.volunteering.tests.test_actions import LATER, recorded
from tests.cast import NOW, SETUP, World


@pytest.mark.req("J06", where="/share/")
@pytest.mark.req("J09", where="/my/points/")
def test_hours_open_a_courtesy_and_become_points_that_buy(world: World) -> None:
    load_sharing()
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    fund = open_fund(world, kind="points_shop", host="committee")
    join(world, fund)
    check = {"at": NOW, "approve": True}
    gift = offer(world, "courtesy", title="公交月票", needs_hours=2, stock=1, bearer="街道", hours=[])
    goods = offer(world, "points_goods", title="洗衣液", fund=fund.number, cost=1, stock=1, hours=[])
    for row in (gift, goods):
        exchange.check_offer(by=world.actor("secretary"), number=row.number, **check)
    found = refused("hours_missing", claim, world, gift)
    assert found.facts["hours"] == 0
    refused("points_short", claim, world, goods)
    record = recorded(world)
    assert hours_served(record.person_id) == record.minutes // 60 >= 2
    deliver_due(LATER)
    assert held(world, fund) > 0
    at = LATER + dt.timedelta(minutes=5)
    for row in (gift, goods):
        mine = claim(world, row, at=at)
        exchange.hand_over(by=world.actor("property", at), at=at, number=mine.number, code=code_of(mine))


@pytest.mark.req("J05", where="/my/volunteering/")
def test_the_record_has_honours_by_consent_and_what_the_helped_wrote(world: World) -> None:
    """表彰奖励、评价: an honour stands in it once it is public with the person's own consent (志愿服务条例 19, 20)."""
    load_sharing()
    recorded(world)
    resident = world.actor("resident")
    wish = published(world, by="neighbour", title="想有人教用手机")
    taken = exchange.take_need(by=resident, at=NOW, number=wish.number)
    answer: dict[str, Any] = {"by": world.actor("neighbour"), "at": NOW, "number": wish.number, "claim": taken.number}
    exchange.accept_help(**answer)
    exchange.deliver_help(by=resident, at=NOW, number=wish.number)
    exchange.confirm_help(**answer, thanks="教得很耐心")
    facts = {"given_by": "街道", "given_on": "2026-03-01", "document": "街道〔2026〕3 号"}
    text = Words(title="热心志愿者", body="一年里帮了三十户。", about="志愿服务", facts=facts)
    given: dict[str, Any] = {"kind": "honour", "place": world.places["PC-1"], "text": text}
    given |= {"subject": Subject("matter"), "by": world.actor("secretary"), "at": NOW}
    given["named"] = world.people["resident"]
    with pytest.raises(Refused, match="no_consent_to_name"):
        publications.begin_publication(**given)
    people.grant_consent(by=resident, at=NOW, purpose="publication", version=CONSENTS["publication"].version)
    made = publications.begin_publication(**given)
    publications.submit_publication(by=given["by"], at=NOW, number=made.number)
    own = queries.own_record(resident, local_date(NOW))
    assert own.awards == [] and own.thanks == [(local_date(NOW), "教得很耐心")]
    publications.release_publication(by=world.actor("supervisor"), at=NOW, number=made.number)
    assert [one.title for one in queries.own_record(resident, local_date(NOW)).awards] == ["热心志愿者"]
    assert queries.own_record(world.actor("neighbour"), local_date(NOW)).awards == []
    issue = {"host": world.units["committee-1"].pk, "first": local_date(NOW), "last": local_date(LATER)}
    row = actions.issue_certificate(by=resident, at=LATER, **issue)
    lines = certificate_values(row, resident, "/volunteering/verify")["text"]
    assert "表彰奖励情况：热心志愿者" in lines and "评价情况：受助的人写过 1 次感谢" in lines


@pytest.mark.parametrize("spent", [False, True])
def test_a_record_put_right_takes_back_what_it_brought(world: World, spent: bool) -> None:
    """Once a second person has looked; what was spent meanwhile never drives anybody below nothing."""
    load_sharing()
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    fund = open_fund(world, kind="points_shop", host="committee")
    join(world, fund)
    record = recorded(world)
    deliver_due(LATER)
    full, at = held(world, fund), LATER + dt.timedelta(minutes=5)
    assert full == 2
    if spent:
        spend(world, fund, 1, at=at)
    # Who confirmed it may put it right; whoever served may not.
    actions.reverse(by=world.actor("secretary", at), at=at, number=record.pk, reason="人没有来")
    for minutes in (6, 7):
        deliver_due(at + dt.timedelta(minutes=minutes))
    undoing = LedgerEntry.objects.get(fund=fund, reverses__isnull=False)
    assert undoing.needs_second and undoing.proposer is None and held(world, fund) == full - spent
    decide: dict[str, Any] = {"by": world.actor("supervisor", at), "at": at, "number": undoing.number}
    if spent:
        with pytest.raises(Refused):
            ledger.decide_entry(**decide, granted=True)
        ledger.decide_entry(**decide, granted=False, note="换掉了一分")
        assert held(world, fund) == full - 1
    else:
        ledger.decide_entry(**decide, granted=True)
        assert held(world, fund) == 0


def test_a_neighbour_s_help_becomes_minutes_once_another_looked(world: World) -> None:
    load_sharing()
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    fund = open_fund(world, kind="time_bank_nanjing", host="committee")
    join(world, fund)
    wish = published(world, by="neighbour", kind="mutual", category="elder", title="陪老人去医院", minutes=90)
    taken = exchange.take_need(by=world.actor("resident"), at=NOW, number=wish.number)
    answer: dict[str, Any] = {"by": world.actor("neighbour"), "at": NOW, "number": wish.number, "claim": taken.number}
    exchange.accept_help(**answer)
    exchange.deliver_help(by=world.actor("resident"), at=NOW, number=wish.number)
    deliver_due(NOW + dt.timedelta(minutes=1))
    assert not LedgerEntry.objects.filter(fund=fund).exists()
    exchange.confirm_help(**answer)
    for minutes in (2, 3):
        deliver_due(NOW + dt.timedelta(minutes=minutes))
    entry = LedgerEntry.objects.get(fund=fund)
    assert entry.needs_second and held(world, fund) == 0
    ledger.decide_entry(by=world.actor("supervisor"), at=NOW, number=entry.number, granted=True)
    assert held(world, fund) == 90
