"""Accounts of persons: joined freely, filled by rules within caps, used from the first to end, never below nothing."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.ledger import actions, bundle, holding, queries, words
from gongzhi.ledger.actions import persons
from gongzhi.ledger.actions.earning import Award, Deed, award, earn
from gongzhi.ledger.actions.ending import expire, warn
from gongzhi.ledger.actions.keeping import erase_ledger, export_ledger
from gongzhi.ledger.actions.objecting import answer_objection, object_to
from gongzhi.ledger.models import Account, Fund, LedgerEntry, Objection, Posting
from gongzhi.ledger.receivers import credit_service
from gongzhi.ledger.tests.conftest import TODAY, balance, open_fund, write
from gongzhi.ledger.tests.members import RULE, held, join, lots, served, spend
from gongzhi.notifications.models import Notice
from gongzhi.notifications.registry import Event
from gongzhi.packs.fund_contents import BACK_ENTRY
from gongzhi.people.actions import appoint
from gongzhi.people.queries import actor_for
from tests.cast import NOW, SETUP, World

pytestmark = pytest.mark.django_db
YEAR = TODAY.replace(year=TODAY.year + 1)


@pytest.fixture
def shop(world: World) -> Fund:
    return open_fund(world, "points_shop")


@pytest.fixture
def bank(world: World) -> Fund:
    return open_fund(world, "time_bank_nanjing")


def given(world: World, fund: Fund, times: int = 1, **more: Any) -> LedgerEntry:
    name = holding.accounts_in(fund, world.people["resident"].pk)["member"].name
    said = {"to": name, "rule": "good_deed", "done": times, "on": TODAY, "reason": "雪天清扫楼前的路"} | more
    return award(by=world.actor("secretary"), at=NOW, number=fund.number, given=Award(**said))


# --- joining ------------------------------------------------------------------------------------------------------


@pytest.mark.req("J09", where="/my/points/")
def test_joining_is_free_and_under_a_pseudonym(world: World, shop: Fund) -> None:
    assert served(world, shop, 120) is None, "who did not join has no account"
    made = join(world, shop)
    assert set(made) == {"member", "honour"} and len({one.name for one in made.values()}) == 1
    assert join(world, shop).keys() == made.keys()
    assert Account.objects.filter(holder=world.people["resident"]).count() == 2
    assert served(world, shop, 120) is not None and held(world, shop) == 2


def test_a_service_from_before_joining_counts_nothing(world: World, shop: Fund) -> None:
    join(world, shop)
    assert served(world, shop, 60, on=TODAY - dt.timedelta(days=1)) is None


def test_who_leaves_says_what_becomes_of_the_rest(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 180)
    with pytest.raises(Refused, match="rest_unknown"):
        persons.leave(by=world.actor("resident"), at=NOW, number=shop.number, rest="keep")
    persons.leave(by=world.actor("resident"), at=NOW, number=shop.number, rest="donate")
    assert held(world, shop) == 0 and balance(shop, "main") == 3
    assert served(world, shop, 60) is None
    with pytest.raises(NotFound, match="not_joined"):
        persons.leave(by=world.actor("resident"), at=NOW, number=shop.number, rest="expire")
    join(world, shop)
    assert served(world, shop, 60) is not None


def test_a_person_holds_no_money(world: World) -> None:
    fund = open_fund(world, "community_fund")
    with pytest.raises(NotFound, match="no_points"):
        join(world, fund)
    row = Account(fund=fund, code=f"{fund.number}-99", position=99, line="main", name="ABC234", kind="assets", floor=0)
    row.holder, row.since = world.people["resident"], TODAY
    with pytest.raises(IntegrityError, match="never money"), transaction.atomic():
        row.save()


def test_an_account_of_a_person_has_no_name_in_it(world: World, shop: Fund) -> None:
    made = join(world, shop)["member"]
    with pytest.raises(IntegrityError, match="ledger_account_of_a_person"), transaction.atomic():
        Account.objects.filter(pk=made.pk).update(name="张三")


# --- earning ------------------------------------------------------------------------------------------------------


@pytest.mark.req("J09", where="/my/points/")
def test_a_service_told_twice_is_written_once(world: World, shop: Fund) -> None:
    join(world, shop)
    payload = {"record": str(uuid.uuid4()), "person": str(world.people["resident"].pk), "minutes": 130}
    payload |= {"organization": world.units["committee-1"].pk, "path": world.places["LY-5"].path}
    payload |= {"how": "codes", "on": TODAY.isoformat()}
    for _ in range(2):
        credit_service(Event(1, "volunteering.served", payload, NOW, NOW))
    assert held(world, shop) == 2 and lots(world, shop) == {YEAR: 2}
    entry = LedgerEntry.objects.get(fund=shop)
    assert entry.proposer_id is None and entry.approval.by_id is None


def test_a_service_elsewhere_is_not_this_fund_s(world: World, shop: Fund) -> None:
    join(world, shop)
    payload = {"record": str(uuid.uuid4()), "person": str(world.people["resident"].pk), "minutes": 60}
    payload |= {"organization": 1, "path": world.places["PC-2"].path, "how": "codes", "on": TODAY.isoformat()}
    credit_service(Event(1, "volunteering.served", payload, NOW, NOW))
    assert held(world, shop) == 0


def test_what_was_written_in_afterwards_is_honour_and_needs_another(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = served(world, shop, 120, origin=BACK_ENTRY)
    assert entry is not None and entry.needs_second and held(world, shop, line="honour") == 0
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=entry.number, granted=True)
    assert held(world, shop, line="honour") == 2 and held(world, shop) == 0
    with pytest.raises(Refused, match="points_short"):
        spend(world, shop, 1)


def test_the_cap_of_a_day_clips_and_says_so(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 6 * 60)
    served(world, shop, 6 * 60)
    assert held(world, shop) == 8
    assert served(world, shop, 60) is None
    assert Notice.objects.filter(kind="points", params__what="clipped").count() == 2


def test_the_cap_of_a_host_clips_everybody_together(world: World, shop: Fund, monkeypatch: pytest.MonkeyPatch) -> None:
    join(world, shop)
    join(world, shop, "neighbour")
    served(world, shop, 8 * 60)
    monkeypatch.setattr(holding, "gained_at", lambda *_: 1_997)
    served(world, shop, 8 * 60, "neighbour")
    assert held(world, shop, "neighbour") == 3


def test_what_is_more_than_the_most_goes_to_all(world: World, bank: Fund) -> None:
    """南京: 1,500 hours; the rest is given."""
    join(world, bank)
    day, at = TODAY, NOW
    for n in range(188):
        served(world, bank, 480, on=day + dt.timedelta(days=n), at=at + dt.timedelta(days=n), host=n)
    assert held(world, bank) == 90_000 and balance(bank, "main") == 188 * 480 - 90_000


@pytest.mark.req("J09", where="/ledger/F001/members")
def test_an_award_needs_two_and_nobody_awards_himself(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = given(world, shop)
    assert held(world, shop) == 0
    with pytest.raises(Refused, match="second_person"):
        actions.decide_entry(by=world.actor("secretary"), at=NOW, number=entry.number, granted=True)
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=entry.number, granted=True)
    assert held(world, shop) == 10
    own = join(world, shop, "secretary")["member"].name
    with pytest.raises(Refused, match="own_account"):
        given(world, shop, to=own)
    others = join(world, shop, "supervisor")["member"].name
    second = given(world, shop, to=others)
    with pytest.raises(Refused, match="own_account"):
        actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=second.number, granted=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rule": "service"}, "rule_unknown"),
        ({"rule": "petition"}, "rule_unknown"),
        ({"to": "ZZZZZZ"}, "no_such_member"),
        ({"on": TODAY + dt.timedelta(days=1)}, "day_wrong"),
        ({"done": 0}, "cap_reached"),
        ({"reason": "张三 13800138000"}, "not_for_public"),
    ],
)
def test_an_award_that_does_not_fit_is_refused(world: World, shop: Fund, change: dict[str, Any], code: str) -> None:
    join(world, shop)
    with pytest.raises(Refused, match=code):
        given(world, shop, **change)


def test_only_the_platform_writes_by_a_rule_and_only_staff_awards(world: World, shop: Fund) -> None:
    name = join(world, shop)["member"].name
    said = Award(name, "good_deed", 1, TODAY, "扫雪")
    with pytest.raises(Forbidden):
        award(by=world.actor("neighbour"), at=NOW, number=shop.number, given=said)
    deed = Deed(uuid.uuid4(), world.people["resident"].pk, 60, 1, TODAY)
    with pytest.raises(Forbidden):
        earn(by=world.actor("secretary"), at=NOW, number=shop.number, deed=deed)


# --- exchanging ---------------------------------------------------------------------------------------------------


@pytest.mark.req("J09", where="/my/points/")
def test_the_first_to_end_is_used_first(world: World, shop: Fund) -> None:
    join(world, shop)
    later = NOW + dt.timedelta(days=40)
    served(world, shop, 180)
    served(world, shop, 240, at=later)
    entry = spend(world, shop, 5, at=later)
    assert lots(world, shop) == {YEAR + dt.timedelta(days=40): 2}
    assert [one.amount for one in entry.postings.order_by("pk")] == [-3, -2, 5]


def test_nobody_spends_what_he_does_not_have(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 120)
    with pytest.raises(Refused, match="points_short"):
        spend(world, shop, 3)
    with pytest.raises(NotFound, match="not_joined"):
        spend(world, shop, 1, "neighbour")
    with pytest.raises(Forbidden):
        spend(world, shop, 1, by=world.actor("neighbour"))
    with pytest.raises(Refused, match="amount_zero"):
        spend(world, shop, -5)


def test_a_request_sent_twice_takes_once(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 240)
    request = uuid.uuid4()
    first, second = (spend(world, shop, 2, request=request) for _ in range(2))
    assert first.pk == second.pk and held(world, shop) == 2
    with pytest.raises(Conflict, match="request_used"):
        spend(world, shop, 1, request=request)


def test_what_could_not_be_exchanged_comes_back_once(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 240)
    request, person = uuid.uuid4(), world.people["resident"].pk
    entry = spend(world, shop, 3, request=request)
    for _ in range(2):
        persons.give_back(by=RULE, at=NOW, person=person, fund=shop, request=request)
    assert held(world, shop) == 4 and lots(world, shop) == {YEAR: 4} and balance(shop, "redeemed") == 0
    with pytest.raises(Conflict, match="already_undone"):
        actions.reverse_entry(by=world.actor("secretary"), at=NOW, number=entry.number, reason="记错了")
    with pytest.raises(NotFound, match="not_spent"):
        persons.give_back(by=RULE, at=NOW, person=person, fund=shop, request=uuid.uuid4())


def test_a_time_bank_gives_services_only(world: World, bank: Fund) -> None:
    join(world, bank)
    served(world, bank, 120)
    with pytest.raises(Refused, match="not_for_this"):
        spend(world, bank, 60, what="goods")
    assert spend(world, bank, 60, what="services").amount == 60


# --- to a relative ------------------------------------------------------------------------------------------------


def offered(world: World, fund: Fund, amount: int) -> LedgerEntry:
    to = holding.accounts_in(fund, world.people["neighbour"].pk)["member"].name
    return persons.offer_transfer(by=world.actor("resident"), at=NOW, number=fund.number, to=to.lower(), amount=amount)


@pytest.mark.req("J12", where="/my/points/")
def test_a_transfer_counts_when_both_agree(world: World, bank: Fund) -> None:
    join(world, bank)
    join(world, bank, "neighbour")
    served(world, bank, 300)
    entry = offered(world, bank, 200)
    assert held(world, bank) == 300
    for name in ("outsider", "supervisor"):
        with pytest.raises(NotFound):
            persons.answer_transfer(by=world.actor(name), at=NOW, number=entry.number, agreed=True)
    with pytest.raises(Forbidden):
        persons.answer_transfer(by=world.actor("resident"), at=NOW, number=entry.number, agreed=True)
    with pytest.raises(Conflict, match="both_agree"):
        actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=entry.number, granted=True)
    assert not queries.waiting_for(world.actor("supervisor"))
    persons.answer_transfer(by=world.actor("neighbour"), at=NOW, number=entry.number, agreed=True)
    assert (held(world, bank), held(world, bank, "neighbour")) == (100, 200)


def test_a_transfer_refused_withdrawn_or_overtaken_moves_nothing(world: World, bank: Fund) -> None:
    join(world, bank)
    join(world, bank, "neighbour")
    served(world, bank, 300)
    first, second, third = (offered(world, bank, 200) for _ in range(3))
    persons.answer_transfer(by=world.actor("neighbour"), at=NOW, number=first.number, agreed=False)
    persons.answer_transfer(by=world.actor("resident"), at=NOW, number=second.number, agreed=False)
    spend(world, bank, 150, what="services")
    with pytest.raises(Conflict, match="points_changed"):
        persons.answer_transfer(by=world.actor("neighbour"), at=NOW, number=third.number, agreed=True)
    assert (held(world, bank), held(world, bank, "neighbour")) == (150, 0)


def test_where_the_rules_know_no_transfer_there_is_none(world: World) -> None:
    fund = open_fund(world, "points_huangshi")
    join(world, fund)
    name = join(world, fund, "neighbour")["member"].name
    served(world, fund, 60)
    assert lots(world, fund) == {dt.date(TODAY.year, 12, 31): 1}
    with pytest.raises(Refused, match="no_transfer"):
        persons.offer_transfer(by=world.actor("resident"), at=NOW, number=fund.number, to=name, amount=1)


# --- ending, undoing ----------------------------------------------------------------------------------------------


def test_what_is_not_used_in_time_ends_and_its_holder_is_told_before(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 180)
    before, after = NOW + dt.timedelta(days=340), NOW + dt.timedelta(days=366)
    for _ in range(2):
        warn(by=RULE, at=before, number=shop.number)
    assert Notice.objects.filter(kind="points", params__what="ending").count() == 1
    assert expire(by=RULE, at=NOW + dt.timedelta(days=365), number=shop.number) == 0
    with pytest.raises(Refused, match="points_short"):
        spend(world, shop, 1, at=after)
    assert expire(by=RULE, at=after, number=shop.number) == 1
    assert expire(by=RULE, at=after, number=shop.number) == 0
    assert held(world, shop) == 0 and balance(shop, "expired") == 3


def test_an_undoing_takes_the_same_lot_away_and_needs_two(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = given(world, shop)
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=entry.number, granted=True)
    undoing = actions.reverse_entry(by=world.actor("secretary"), at=NOW, number=entry.number, reason="不是这一天")
    assert held(world, shop) == 10
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=undoing.number, granted=True)
    assert held(world, shop) == 0 and lots(world, shop) == {}


def test_what_was_used_cannot_be_undone_below_nothing(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = served(world, shop, 240)
    assert entry is not None
    spend(world, shop, 3)
    undoing = actions.reverse_entry(by=world.actor("secretary"), at=NOW, number=entry.number, reason="没有这次服务")
    with pytest.raises(Refused, match="overdrawn"):
        actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=undoing.number, granted=True)


# --- what the database holds by itself; the books -----------------------------------------------------------------


def test_the_database_lets_nobody_use_another_lot_than_there_is(world: World, shop: Fund) -> None:
    join(world, shop)
    served(world, shop, 240)
    account = holding.accounts_in(shop, world.people["resident"].pk)["member"]
    spent = spend(world, shop, 1)
    with pytest.raises(IntegrityError, match="ended is not used"), transaction.atomic():
        Posting.objects.create(entry=spent, account=account, amount=-1, expires_on=TODAY - dt.timedelta(days=1))
    pool = queries.lines_of(shop).get(line="main")
    with pytest.raises(IntegrityError, match="only what a person holds"), transaction.atomic():
        Posting.objects.create(entry=spent, account=pool, amount=1, expires_on=TODAY)


def test_the_books_show_persons_as_one_line(world: World, shop: Fund) -> None:
    made = join(world, shop)["member"]
    join(world, shop, "neighbour")
    served(world, shop, 240)
    served(world, shop, 120, "neighbour")
    spend(world, shop, 1)
    found = queries.statement(shop, TODAY, TODAY)
    assert {row.account.line: row.closing for row in found.rows} == {
        "main": 0, "member": 5, "honour": 0, "earned": 6, "redeemed": 1, "expired": 0
    }  # fmt: skip
    text = "\n".join(bundle.whole_lines(shop))
    assert made.name not in text and f'"{made.code}"' not in text
    assert queries.balances_by_lines(shop) == dict(shop.accounts.values_list("code", "balance"))


def test_the_office_writes_nothing_on_accounts_of_persons_by_hand(world: World, shop: Fund) -> None:
    join(world, shop)
    with pytest.raises(Refused, match="account_wrong"):
        write(world, shop, "earn", 5, debit="member")
    with pytest.raises(Refused, match="account_wrong"):
        write(world, shop, "honour", 5)


# --- objections, rights -------------------------------------------------------------------------------------------


@pytest.mark.req("J09", where="/my/points/")
def test_an_objection_is_answered_by_somebody_else_with_reasons(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = given(world, shop)
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=entry.number, granted=True)
    with pytest.raises(NotFound):
        object_to(by=world.actor("neighbour"), at=NOW, number=entry.number, reason="不是我")
    row = object_to(by=world.actor("resident"), at=NOW, number=entry.number, reason="那天我也扫了后门")
    with pytest.raises(Conflict, match="already_objected"):
        object_to(by=world.actor("resident"), at=NOW, number=entry.number, reason="再说一次")
    said: dict[str, Any] = {"at": NOW, "objection_id": row.pk, "upheld": True, "undo": True}
    said["answer"] = "查了记录，少记一次"
    for name in ("secretary", "supervisor"):
        with pytest.raises(Refused, match="second_person"):
            answer_objection(by=world.actor(name), **said)
    with pytest.raises(NotFound):
        answer_objection(by=world.actor("neighbour"), **said)
    third = second_secretary(world)
    with pytest.raises(Refused, match="reason_missing"):
        answer_objection(by=third, **{**said, "answer": " "})
    row = answer_objection(by=third, **said)
    assert words.objection_of(row) == {"reason": "那天我也扫了后门", "answer": "查了记录，少记一次"}
    assert queries.undone_by(entry) is not None
    assert Notice.objects.filter(kind="points", params__what="answered").count() == 1
    with pytest.raises(IntegrityError, match="stays as it was answered"), transaction.atomic():
        Objection.objects.filter(pk=row.pk).update(upheld=False)


def second_secretary(world: World) -> Actor:
    """Another who writes there, beside the secretary."""
    post = world.posts["secretary"]
    appoint(by=SETUP, at=NOW, person=world.people["outsider"], post=post, decision="x", valid_from=TODAY)
    return actor_for(world.people["outsider"], at=NOW, purpose="test")


def test_who_asks_gets_all_and_who_goes_leaves_no_words(world: World, shop: Fund) -> None:
    join(world, shop)
    entry = served(world, shop, 120)
    assert entry is not None
    person = world.people["resident"].pk
    row = object_to(by=world.actor("resident"), at=NOW, number=entry.number, reason="应该三小时")
    found = export_ledger(person)
    assert found["points"][0]["balance"] == 2 and found["points_lines"][0]["expires_on"] == YEAR
    assert found["objections"][0]["reason"] == "应该三小时"
    erase_ledger(person, NOW)
    erase_ledger(person, NOW)
    assert held(world, shop) == 0 and balance(shop, "expired") == 2
    row = Objection.objects.select_related("key").get(pk=row.pk)
    assert words.objection_of(row)["reason"] == ""


def test_those_who_want_are_listed_by_pseudonym_where_they_are_five(world: World, shop: Fund) -> None:
    names = ["resident", "neighbour", "outsider", "secretary"]
    for name in names:
        join(world, shop, name, listed=True)
        served(world, shop, 60, name)
    assert holding.together(shop, TODAY, TODAY) == holding.Together(None, ())
    join(world, shop, "patch_lead", listed=True)
    found = holding.together(shop, TODAY, TODAY)
    assert found.members == 5 and len(found.listed) == 4
    persons.set_listed(by=world.actor("patch_lead"), at=NOW, number=shop.number, listed=False)
    assert holding.together(shop, TODAY, TODAY) == holding.Together(5, ())
