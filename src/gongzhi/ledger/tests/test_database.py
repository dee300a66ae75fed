"""What nobody gets around, whatever he sends to the database: balance, floors, two persons, closed periods."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.common.errors import Refused
from gongzhi.ledger import actions, queries
from gongzhi.ledger.models import Account, Approval, BookPeriod, Fund, LedgerEntry, Posting, Verdict
from gongzhi.ledger.tests.conftest import balance, build, counted, open_fund, write
from tests.cast import NOW, World


def refuses(statement: str, *values: Any) -> str:
    """The database's own words for a statement that it does not take."""
    with pytest.raises(IntegrityError) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(found.value)


def test_what_was_written_stays(world: World) -> None:
    entry = counted(world, open_fund(world), "gift", 100)
    line = entry.postings.first()
    assert line is not None
    for statement, pk in (
        ("UPDATE ledger_ledgerentry SET amount = 1 WHERE id = %s", entry.pk),
        ("DELETE FROM ledger_ledgerentry WHERE id = %s", entry.pk),
        ("UPDATE ledger_posting SET amount = 1 WHERE id = %s", line.pk),
        ("DELETE FROM ledger_posting WHERE id = %s", line.pk),
        ("UPDATE ledger_approval SET verdict = 'refused' WHERE entry_id = %s", entry.pk),
        ("DELETE FROM ledger_approval WHERE entry_id = %s", entry.pk),
    ):
        assert "append-only" in refuses(statement, pk)
    refuses("DELETE FROM ledger_account WHERE code = %s", "F001")
    assert "only an approved entry" in refuses("UPDATE ledger_account SET balance = 5 WHERE code = %s", "F001")
    assert "stays what it is" in refuses("UPDATE ledger_account SET kind = 'equity' WHERE code = %s", "F001")


def put(fund: Fund, world: World, amounts: dict[str, int], *, lines: int | None = None, **more: Any) -> LedgerEntry:
    """Rows as somebody with the database's password would write them."""
    model = write(world, fund, "gift", 1)
    debits = sum(amount for amount in amounts.values() if amount > 0)
    entry = LedgerEntry(fund=fund, number=f"X-{model.sequence}", sequence=model.sequence + 1000, on=model.on)
    entry.amount, entry.lines, entry.movement, entry.narration = debits, lines or len(amounts), "gift", "x"
    entry.key, entry.proposer, entry.at, entry.needs_second = model.key, model.proposer, NOW, more.get("needs", False)
    entry.save(force_insert=True)
    for line, amount in amounts.items():
        Posting.objects.create(entry=entry, account=more.get(line) or fund.accounts.get(line=line), amount=amount)
    return entry


def whole() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_entry_balances_when_the_transaction_ends(world: World) -> None:
    fund, other = open_fund(world), open_fund(world)
    put(fund, world, {"main": 100, "gifts": -100})
    whole()
    for amounts, more in (
        ({"main": 100, "gifts": -99}, {}),
        ({"main": 100, "gifts": -100}, {"lines": 3}),
        ({"main": 100, "gifts": -100}, {"main": other.accounts.get(line="main")}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            put(fund, world, amounts, **more)
            whole()
    entry = put(fund, world, {"main": 7, "gifts": -7})
    with pytest.raises(IntegrityError), transaction.atomic():
        for line, amount in (("main", 5), ("gifts", -5)):  # balanced, and later: no line is added to what stands
            Posting.objects.create(entry=entry, account=fund.accounts.get(line=line), amount=amount)
        whole()


def test_an_approval_is_of_a_whole_entry_by_another(world: World) -> None:
    fund = open_fund(world)
    entry = put(fund, world, {"main": 100, "gifts": -100}, needs=True)
    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        Approval.objects.create(entry=entry, verdict=Verdict.APPROVED, by=entry.proposer, at=NOW)
    with pytest.raises(IntegrityError, match="withdraws"), transaction.atomic():
        Approval.objects.create(entry=entry, verdict=Verdict.WITHDRAWN, by=world.people["supervisor"], at=NOW)
    with pytest.raises(IntegrityError, match="lines"), transaction.atomic():
        short = put(fund, world, {"main": 100, "gifts": -100}, lines=3)
        Approval.objects.create(entry=short, verdict=Verdict.APPROVED, by=world.people["supervisor"], at=NOW)
    before = balance(fund)
    Approval.objects.create(entry=entry, verdict=Verdict.APPROVED, by=world.people["supervisor"], at=NOW)
    assert balance(fund) == before + 100


def test_the_floor_holds_without_the_action(world: World) -> None:
    fund = open_fund(world)
    with pytest.raises(IntegrityError, match="not_below_floor"), transaction.atomic():
        entry = put(fund, world, {"spent_help": 5, "help": -5})
        Approval.objects.create(entry=entry, verdict=Verdict.APPROVED, by=world.people["supervisor"], at=NOW)


def test_a_closed_period_holds_without_the_action(world: World) -> None:
    fund = open_fund(world, "community_account")
    period = BookPeriod.objects.create(
        fund=fund, span="2026-03", first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31), totals={},
        proposed_by=world.people["secretary"], proposed_at=NOW,
    )  # fmt: skip
    entry = write(world, fund, "rent", 900_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        period.closed_by, period.closed_at = world.people["secretary"], NOW
        period.save()
    period.closed_by = world.people["supervisor"]
    period.save()
    with pytest.raises(IntegrityError, match="closed period"), transaction.atomic():
        Approval.objects.create(entry=entry, verdict=Verdict.APPROVED, by=world.people["supervisor"], at=NOW)
    with pytest.raises(IntegrityError, match="stays closed"), transaction.atomic():
        period.delete()


_WAYS = st.sampled_from([("gift", "gifts", "help"), ("assign", "main", "help"), ("spend_help", "help", "spent_help")])


@pytest.mark.req("I09")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(_WAYS, st.integers(1, 900_000), st.booleans()), max_size=7))
def test_balances_are_the_sum_of_the_lines(world: World, steps: list[Any]) -> None:
    """Whatever is written, refused, approved and undone: every balance is its lines', nothing is below its floor."""
    with transaction.atomic():
        fund = open_fund(world)
        counted(world, fund, "gift", 500_000)
        for (movement, credit, debit), amount, undo in steps:
            try:
                with transaction.atomic():
                    entry = counted(world, fund, movement, amount, credit=credit, debit=debit)
                    if undo:
                        back = actions.reverse_entry(
                            by=world.actor("secretary"), at=NOW, number=entry.number, reason="写错了"
                        )
                        actions.decide_entry(by=world.actor("supervisor"), at=NOW, number=back.number, granted=True)
            except Refused as refused:
                assert refused.code == "overdrawn"
        whole()
        stored = dict(fund.accounts.values_list("code", "balance"))
        assert stored == queries.balances_by_lines(fund)
        assert sum(stored.values()) == 0
        assert not fund.accounts.filter(floor__isnull=False, balance__lt=F("floor")).exists()
        today = queries.statement(fund, fund.opened_on, NOW.date())
        assert today.closing == sum(b for code, b in stored.items() if code in {"F001", "F001-1", "F001-2", "F001-3"})
        transaction.set_rollback(True)


@pytest.mark.req("I09")
@pytest.mark.django_db(transaction=True)
def test_two_connections_cannot_overdraw_together() -> None:
    """Eight approvals at once of 300 each out of 1,000: three count, five are refused, nothing is lost."""
    world = build()
    fund = open_fund(world, second_above=0)
    counted(world, fund, "gift", 1_000, debit="help")
    numbers = [write(world, fund, "spend_help", 300).number for _ in range(8)]
    by, ready, outcomes = world.actor("supervisor"), threading.Barrier(8), list[str]()

    def approve(number: str) -> None:
        try:
            ready.wait(10)
            actions.decide_entry(by=by, at=NOW, number=number, granted=True)
            outcomes.append("approved")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["approved"] * 3 + ["overdrawn"] * 5
    assert balance(fund, "help") == 100 and Account.objects.get(code="F001-1").floor == 0
    assert dict(fund.accounts.values_list("code", "balance")) == queries.balances_by_lines(fund)


@pytest.mark.django_db(transaction=True)
def test_two_connections_cannot_overdraw_without_the_action() -> None:
    """The same with bare rows: the lock and the check are the database's."""
    world = build()
    fund = open_fund(world, second_above=0)
    counted(world, fund, "gift", 1_000, debit="help")
    entries = [write(world, fund, "spend_help", 700) for _ in range(2)]
    ready, outcomes, second = threading.Barrier(2), list[str](), world.people["supervisor"]

    def approve(entry: LedgerEntry) -> None:
        try:
            ready.wait(10)
            Approval.objects.create(entry=entry, verdict=Verdict.APPROVED, by=second, at=NOW)
            outcomes.append("approved")
        except IntegrityError:
            outcomes.append("blocked")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["approved", "blocked"] and balance(fund, "help") == 300
