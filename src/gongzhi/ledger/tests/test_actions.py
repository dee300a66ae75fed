"""Funds, entries, the second look, undoing, closing: each refusal beside its success."""

import datetime as dt
import uuid
from typing import Any

import pytest

from gongzhi.audit.queries import links_of
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.documents.queries import evidence_of
from gongzhi.duties.models import Duty
from gongzhi.ledger import actions, queries, words
from gongzhi.ledger.models import Fund, LedgerEntry
from gongzhi.ledger.tests.conftest import OPENED, TODAY, balance, counted, open_fund, write
from tests.cast import NOW, World


def refused(code: str, act: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.code == code, found.value
    return found.value


@pytest.mark.req("I09")
def test_a_community_fund_is_held_by_who_may(world: World) -> None:
    fund = open_fund(world)
    assert fund.number == "F001" and fund.reference == "fund:F001"
    assert [one.code for one in fund.accounts.order_by("position")][:3] == ["F001", "F001-1", "F001-2"]
    purposes = set(fund.accounts.values_list("purpose", flat=True)) - {""}
    assert purposes == {"help", "service", "environment"}
    refused("host_not_qualified", open_fund, world, host="owners")
    refused("proof_missing", open_fund, world, proof=" ")
    refused("limit_too_high", open_fund, world, second_above=500_001)
    refused("unknown_fund_kind", open_fund, world, kind="community_fund", opened_on=dt.date(2020, 1, 1))
    assert open_fund(world, second_above=100).number == "F002"
    with pytest.raises(Forbidden):
        given = {"kind": "community_fund", "name": "x", "place": world.places["PC-1"], "host": "charity", "proof": "1"}
        body = world.units["committee-1"]
        actions.open_fund(by=world.actor("secretary"), at=NOW, organization=body, opened_on=OPENED, **given)


@pytest.mark.req("I09")
def test_within_the_limit_one_person_above_it_two(world: World) -> None:
    fund = open_fund(world)
    small = write(world, fund, "gift", 500_000)
    assert queries.state_of(small) == "approved" and balance(fund) == 500_000
    big = write(world, fund, "gift", 500_001)
    assert queries.state_of(big) == "waiting" and balance(fund) == 500_000
    decide = actions.decide_entry
    refused("second_person", decide, by=world.actor("secretary"), at=NOW, number=big.number, granted=True)
    with pytest.raises(Forbidden):
        decide(by=world.actor("auditor"), at=NOW, number=big.number, granted=True)
    decide(by=world.actor("supervisor"), at=NOW, number=big.number, granted=True)
    assert balance(fund) == 1_000_001
    refused("entry_decided", decide, by=world.actor("supervisor"), at=NOW, number=big.number, granted=True)


def test_refused_and_withdrawn_entries_stay_and_count_nothing(world: World) -> None:
    fund = open_fund(world)
    ways = ((actions.decide_entry, "supervisor", "refused"), (actions.withdraw_entry, "secretary", "withdrawn"))
    for act, by, state in ways:
        entry = write(world, fund, "gift", 900_000)
        more = {"granted": False} if state == "refused" else {}
        if more:
            refused("reason_missing", act, by=world.actor(by), at=NOW, number=entry.number, **more)
        act(by=world.actor(by), at=NOW, number=entry.number, note="数字写错了", **more)
        entry = LedgerEntry.objects.select_related("approval").get(pk=entry.pk)
        assert queries.state_of(entry) == state and balance(fund) == 0
    entry = write(world, fund, "gift", 900_000)
    refused("not_yours", actions.withdraw_entry, by=world.actor("supervisor"), at=NOW, number=entry.number)
    assert [one.sequence for one in fund.entries.order_by("sequence")] == [1, 2, 3]


@pytest.mark.req("I09")
def test_a_purpose_pays_only_what_it_has(world: World) -> None:
    fund = open_fund(world)
    counted(world, fund, "gift", 400_000)
    counted(world, fund, "assign", 100_000, debit="help")
    short = refused("overdrawn", write, world, fund, "spend_help", 100_001)
    assert short.facts["short"] == "0.01" and short.facts["left"] == "1,000.00"
    counted(world, fund, "spend_help", 100_000)
    assert (balance(fund), balance(fund, "help"), balance(fund, "spent_help")) == (300_000, 0, 100_000)


def test_two_waiting_entries_cannot_both_spend_the_last(world: World) -> None:
    fund = open_fund(world, second_above=0)
    counted(world, fund, "gift", 1_000, debit="help")
    first, second = (write(world, fund, "spend_help", 800) for _ in range(2))
    by = world.actor("supervisor")
    actions.decide_entry(by=by, at=NOW, number=first.number, granted=True)
    refused("overdrawn", actions.decide_entry, by=by, at=NOW, number=second.number, granted=True)
    assert balance(fund, "help") == 200


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"papers": ()}, "papers_missing"),
        ({"uploads": ()}, "papers_missing"),
        ({"party": " "}, "party_missing"),
        ({"narration": ""}, "words_missing"),
        ({"narration": "付给3栋2单元501"}, "not_for_public"),
        ({"narration": "付给业主王小明"}, "not_for_public"),
        ({"narration": "电话 13900001111"}, "not_for_public"),
        ({"about": "person:1"}, "reference_wrong"),
        ({"credit": "main"}, "account_wrong"),
        ({"on": TODAY + dt.timedelta(days=1)}, "in_the_future"),
        ({"on": OPENED - dt.timedelta(days=1)}, "before_opening"),
    ],
)
def test_an_entry_says_all_that_its_kind_asks(world: World, more: dict[str, Any], code: str) -> None:
    fund = open_fund(world)
    counted(world, fund, "gift", 100_000, debit="help")
    refused(code, write, world, fund, "spend_help", 100, **more)


def test_who_was_paid_is_sealed_and_the_papers_too(world: World) -> None:
    fund = open_fund(world)
    entry = counted(world, fund, "gift", 100, party="某某公司")
    assert words.party_of(entry) == "某某公司" and "某某公司".encode() not in bytes(entry.words)
    assert len(queries.papers_of(entry)) == 1
    media = queries.papers_of(entry)[0].media
    assert media.key_id == entry.key_id
    show = actions.show_paper
    refused("second_person", show, by=world.actor("secretary"), at=NOW, number=entry.number, media_id=media.pk)
    show(by=world.actor("supervisor"), at=NOW, number=entry.number, media_id=media.pk)
    show(by=world.actor("supervisor"), at=NOW, number=entry.number, media_id=media.pk)
    assert evidence_of([entry.public_reference]).count() == 1 and queries.shown_papers([entry]) == {media.pk}
    actions.add_papers(by=world.actor("secretary"), at=NOW, number=entry.number, uploads=())


def test_a_form_sent_twice_is_written_once(world: World) -> None:
    fund, request = open_fund(world), uuid.uuid4()
    first = write(world, fund, "gift", 100, request=request)
    assert write(world, fund, "gift", 100, request=request).pk == first.pk and balance(fund) == 100


def test_an_entry_is_undone_once_by_two_with_a_reason(world: World) -> None:
    fund = open_fund(world)
    entry = counted(world, fund, "gift", 300)
    undo = actions.reverse_entry
    refused("words_missing", undo, by=world.actor("secretary"), at=NOW, number=entry.number, reason="")
    undoing = undo(by=world.actor("secretary"), at=NOW, number=entry.number, reason="收款人写错，重记")
    assert undoing.needs_second and balance(fund) == 300
    refused("already_undone", undo, by=world.actor("secretary"), at=NOW, number=entry.number, reason="再来")
    refused("not_counted", undo, by=world.actor("secretary"), at=NOW, number=undoing.number, reason="再来")
    actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=undoing.number, granted=True)
    assert balance(fund) == 0 and balance(fund, "gifts") == 0
    refused("is_an_undoing", undo, by=world.actor("secretary"), at=NOW, number=undoing.number, reason="再来")
    assert {one.relation for one in links_of(undoing.reference)} == {"undoes"}


def test_an_undoing_blocks_where_the_money_is_gone(world: World) -> None:
    fund = open_fund(world)
    gift = counted(world, fund, "gift", 300, debit="help")
    counted(world, fund, "spend_help", 200)
    undoing = actions.reverse_entry(by=world.actor("secretary"), at=NOW, number=gift.number, reason="捐赠退回")
    by = world.actor("supervisor")
    refused("overdrawn", actions.decide_entry, by=by, at=NOW, number=undoing.number, granted=True)


@pytest.mark.req("H07")
def test_the_maintenance_fund_by_decision_or_in_an_emergency(world: World) -> None:
    fund = open_fund(world, "special_maintenance_fund")
    counted(world, fund, "first", 100_000_00)
    refused("decision_missing", write, world, fund, "works", 100, decision="")
    counted(world, fund, "works", 70_000_00, decision="resolution:JY-7")
    assert not Duty.objects.filter(subject=fund.reference).exists()
    refused("situation_missing", write, world, fund, "urgent", 1_00)
    counted(world, fund, "urgent", 1, situation="3栋外墙砖脱落，正下方是路口")
    level = queries.level_of(fund)
    assert level is not None and level.low and level.missing == 1
    counted(world, fund, "urgent", 1_00, situation="电梯停运")
    told = Duty.objects.get(subject=fund.reference)
    assert told.rule == "fund.replenish" and told.holder is not None
    refused("first_total_missing", open_fund, world, "special_maintenance_fund", first_total=None)


@pytest.mark.req("H07")
def test_the_law_of_the_place_lists_what_is_urgent(world: World) -> None:
    from gongzhi.ledger.actions.entering import situations_at
    from gongzhi.packs import shipped
    from gongzhi.packs.actions import load_pack
    from tests.cast import SETUP

    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.owners.decisions.41.toml")
    assert len(situations_at(Fund(path="/410102001/X/"), TODAY)) == 6
    assert situations_at(Fund(path="/321171102/PC/"), TODAY) == ()


@pytest.mark.req("I09")
def test_grants_need_an_own_share_and_have_a_most(world: World) -> None:
    fund = open_fund(world, "grants")
    counted(world, fund, "budget", 30_000_000)
    given = {"about": "project:P-9", "own": 1_000_000}
    refused("own_share_missing", write, world, fund, "grant", 9_000_000, about="project:P-9", own=999_999)
    counted(world, fund, "grant", 9_000_000, **given)
    refused("over_the_most", write, world, fund, "grant", 1_000_001, **given)
    counted(world, fund, "grant", 1_000_000, **given)
    counted(world, fund, "grant", 10_000_000, about="project:P-10", own=2_000_000)


@pytest.mark.req("H07")
def test_the_repair_pool_keeps_back_a_warranty(world: World) -> None:
    pool = open_fund(world, "repair_pool")
    counted(world, pool, "budget", 1_000_000)
    refused("about_missing", write, world, pool, "repair", 100, about="")
    counted(world, pool, "repair", 95_000, about="case:LY-1")
    counted(world, pool, "retain", 5_000, about="case:LY-1")
    assert balance(pool, "roof") == 100_000 and balance(pool, "retained") == -5_000
    counted(world, pool, "release", 5_000, about="case:LY-1")
    assert balance(pool) == 900_000 and balance(pool, "retained") == 0
    assert {one.relation for one in links_of("case:LY-1")} == {"pays_for"}


def test_points_are_earned_spent_and_expire_and_nothing_else(world: World) -> None:
    shop = open_fund(world, "points_shop")
    counted(world, shop, "earn", 100)
    counted(world, shop, "redeem", 30)
    counted(world, shop, "expire", 20)
    assert balance(shop) == 50
    with pytest.raises(NotFound):
        queries.movement_of(shop, "petition")
    refused("overdrawn", write, world, shop, "redeem", 51)


@pytest.mark.req("I17")
def test_a_period_is_closed_by_two_and_takes_no_entry_any_more(world: World) -> None:
    fund = open_fund(world, "community_account")
    january = dt.date(2026, 1, 20)
    counted(world, fund, "rent", 80_000, on=january)
    waits = write(world, fund, "rent", 900_000, on=january)
    by, second = world.actor("secretary"), world.actor("supervisor")
    refused("entries_wait", actions.propose_closing, by=by, at=NOW, number=fund.number)
    actions.withdraw_entry(by=by, at=NOW, number=waits.number)
    period = actions.propose_closing(by=by, at=NOW, number=fund.number)
    assert period.span == "2026-01" and period.totals["income"] == period.totals["closing"] == 80_000
    close = actions.close_period
    refused("second_person", close, by=by, at=NOW, number=fund.number, label="2026-01")
    counted(world, fund, "rent", 1, on=january)
    refused("sums_changed", close, by=second, at=NOW, number=fund.number, label="2026-01")
    actions.propose_closing(by=by, at=NOW, number=fund.number)
    close(by=second, at=NOW, number=fund.number, label="2026-01")
    refused("period_closed", write, world, fund, "rent", 100, on=january)
    refused("period_not_found", close, by=second, at=NOW, number=fund.number, label="2026-01")
    assert queries.closed_until(fund) == dt.date(2026, 1, 31)
    assert actions.propose_closing(by=by, at=NOW, number=fund.number).span == "2026-02"
    with pytest.raises(Conflict):
        actions.close_period(by=second, at=NOW, number=fund.number, label="2026-02")
        actions.propose_closing(by=by, at=NOW, number=fund.number)  # March still runs


@pytest.mark.req("I17")
def test_a_statement_by_days(world: World) -> None:
    fund = open_fund(world, "community_account")
    for month, income, expense in ((1, 50_000, 20_000), (2, 30_000, 45_000)):
        counted(world, fund, "rent", income, on=dt.date(2026, month, 5))
        counted(world, fund, "office", expense, on=dt.date(2026, month, 6))
    found = queries.statement(fund, dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert (found.opening, found.income, found.expense) == (30_000, 30_000, 45_000)
    assert (found.other, found.closing) == (0, 15_000)
    assert found.entries == 2 and found.of("income")[0].account.name == "租金收入"


def test_a_fund_is_closed_when_nothing_is_left(world: World) -> None:
    fund, january = open_fund(world, "points_shop"), dt.date(2026, 1, 9)
    counted(world, fund, "earn", 5, on=january)
    by = world.actor("supervisor")
    refused("fund_not_empty", actions.close_fund, by=by, at=NOW, number=fund.number, on=TODAY)
    counted(world, fund, "expire", 5, on=january)
    refused("periods_open", actions.close_fund, by=by, at=NOW, number=fund.number, on=TODAY)
    refused("forbidden", actions.close_fund, by=world.actor("secretary"), at=NOW, number=fund.number, on=TODAY)
    row = actions.propose_closing(by=world.actor("secretary"), at=NOW, number=fund.number)
    actions.close_period(by=by, at=NOW, number=fund.number, label=row.span)
    actions.close_fund(by=by, at=NOW, number=fund.number, on=TODAY)
    refused("fund_closed", write, world, fund, "earn", 5)
    refused("fund_closed", actions.close_fund, by=by, at=NOW, number=fund.number, on=TODAY)


def test_ceilings_block_too(world: World) -> None:
    fund = open_fund(world, "community_account", ceilings={"office": 1_000})
    counted(world, fund, "rent", 5_000)
    counted(world, fund, "office", 1_000)
    refused("over_ceiling", write, world, fund, "office", 1)


def test_whose_funds_one_sees(world: World) -> None:
    fund = open_fund(world)
    for name in ("secretary", "supervisor", "auditor"):
        assert queries.get_fund_for(world.actor(name), fund.number) == fund
    for name in ("resident", "grid_member", "department", "administrator", "dispatcher"):
        with pytest.raises(NotFound):
            queries.get_fund_for(world.actor(name), fund.number)
    elsewhere = open_fund(world, place=world.places["PC-2"])
    with pytest.raises(NotFound):
        queries.get_fund_for(world.actor("secretary"), elsewhere.number)


@pytest.mark.req("I09")
def test_a_fund_asks_to_be_published_every_quarter(world: World) -> None:
    fund = open_fund(world, opened_on=dt.date(2025, 10, 1))
    by = world.actor("supervisor")
    told = actions.ask_to_publish(by=by, at=NOW, number=fund.number)
    assert told is not None and told.period == "2025-12-31" and told.due_on == dt.date(2026, 1, 15)
    assert actions.ask_to_publish(by=by, at=NOW, number=fund.number) == told
    young = open_fund(world, opened_on=TODAY)
    assert actions.ask_to_publish(by=by, at=NOW, number=young.number) is None
