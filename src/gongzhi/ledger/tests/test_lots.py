"""Whatever happens in whatever order: nobody below nothing, the books balanced, nothing ended used."""

import contextlib
import datetime as dt
import uuid
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.ledger import actions, holding, queries, rules
from gongzhi.ledger.actions import persons
from gongzhi.ledger.actions.ending import expire
from gongzhi.ledger.models import Account, Fund, LedgerEntry, Posting
from gongzhi.ledger.rules import Lot
from gongzhi.ledger.tests.conftest import open_fund
from gongzhi.ledger.tests.members import RULE, join, served
from tests.cast import NOW, World

DAY = dt.date(2026, 3, 18)
days = st.none() | st.integers(-400, 400).map(lambda n: DAY + dt.timedelta(days=n))
lots = st.lists(st.builds(Lot, st.integers(0, 50), days), max_size=8)


@given(lots, st.integers(1, 400))
def test_taken_is_the_first_to_end_and_never_what_has_ended(given_lots: list[Lot], amount: int) -> None:
    usable = sorted(
        (one for one in given_lots if one.amount and (one.expires_on is None or one.expires_on >= DAY)),
        key=lambda one: one.expires_on or dt.date.max,
    )
    if amount > sum(one.amount for one in usable):
        with pytest.raises(Refused, match="points_short"):
            rules.taken(given_lots, amount, DAY)
        return
    found = rules.taken(given_lots, amount, DAY)
    assert sum(one.amount for one in found) == amount
    # As many single points as asked, off the front of all of them in the order in which they end.
    single = [one.expires_on for one in usable for _ in range(one.amount)][:amount]
    assert [one.expires_on for one in found for _ in range(one.amount)] == single


@given(lots)
def test_what_lives_and_what_is_over_is_everything(given_lots: list[Lot]) -> None:
    parts = rules.living(given_lots, DAY) + rules.over(given_lots, DAY)
    assert sum(one.amount for one in parts) == sum(one.amount for one in given_lots)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 120))
def test_an_end_is_so_many_months_later_and_never_in_another_month(day: dt.date, months: int) -> None:
    found = rules.expiry(day, months, with_year=False)
    assert found is not None
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months and found.day <= day.day


def test_ends_as_cities_say() -> None:
    assert rules.expiry(DAY, 0, with_year=True) == dt.date(2026, 12, 31)
    assert rules.expiry(DAY, 36, with_year=False) == dt.date(2029, 3, 18)
    assert rules.expiry(dt.date(2024, 2, 29), 12, with_year=False) == dt.date(2025, 2, 28)
    assert rules.expiry(DAY, 0, with_year=False) is None


@given(st.integers(0, 900), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 900)), max_size=3))
def test_no_cap_is_ever_passed(amount: int, limits: list[tuple[int, int]]) -> None:
    got = rules.clipped(amount, limits)
    assert 0 <= got <= amount
    assert all(got == 0 or already + got <= most for most, already in limits if most)


@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 900))
def test_nobody_keeps_more_than_the_most(amount: int, balance: int, most: int) -> None:
    own = rules.kept(amount, balance, most)
    assert 0 <= own <= amount and (not most or own == 0 or balance + own <= most)


steps = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "spend", "give_back", "transfer", "expire", "reverse", "wait", "leave"]),
        st.sampled_from(["resident", "neighbour"]),
        st.integers(1, 9),
    ),
    min_size=4,
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_any_order_of_acts_keeps_the_books_right(world: World, done: list[tuple[str, str, int]]) -> None:
    course = Course(world, open_fund(world, "points_shop"))
    for step, name, n in done:
        course.take(step, name, n)
        course.check()


class Course:
    """One fund with two members and a clock; whatever is refused changes nothing."""

    def __init__(self, world: World, fund: Fund) -> None:
        self.world, self.fund, self.at = world, fund, NOW
        self.spent: list[tuple[str, uuid.UUID]] = []
        for name in ("resident", "neighbour"):
            join(world, fund, name)

    @property
    def today(self) -> dt.date:
        return local_date(self.at)

    def take(self, step: str, name: str, n: int) -> None:
        with contextlib.suppress(Refused):
            getattr(self, f"do_{step}")(name, n)

    def do_earn(self, name: str, n: int) -> None:
        served(self.world, self.fund, n * 60, name, at=self.at)

    def do_spend(self, name: str, n: int) -> None:
        request, person = uuid.uuid4(), self.world.people[name].pk
        before = self.usable(name)
        given: dict[str, Any] = {"person": person, "fund": self.fund, "about": "", "request": request}
        entry = persons.spend(by=RULE, at=self.at, amount=n, **given)
        self.spent.append((name, request))
        found = [-one.amount for one in entry.postings.filter(account__holder=person).order_by("pk")]
        expected = [lot.amount for lot in rules.taken(before, n, self.today)]
        assert found == expected

    def do_give_back(self, name: str, n: int) -> None:
        for who, request in self.spent[:1]:
            person = self.world.people[who].pk
            persons.give_back(by=RULE, at=self.at, person=person, fund=self.fund, request=request)

    def do_transfer(self, name: str, n: int) -> None:
        other = "neighbour" if name == "resident" else "resident"
        to = holding.accounts_in(self.fund, self.world.people[other].pk)
        code = to["member"].name if to else "ZZZZZZ"
        given: dict[str, Any] = {"number": self.fund.number, "to": code, "amount": n}
        entry = persons.offer_transfer(by=self.world.actor(name, self.at), at=self.at, **given)
        persons.answer_transfer(by=self.world.actor(other, self.at), at=self.at, number=entry.number, agreed=True)

    def do_expire(self, name: str, n: int) -> None:
        expire(by=RULE, at=self.at, number=self.fund.number)
        assert not any(rules.over(self.all_lots(who), self.today) for who in ("resident", "neighbour"))

    def do_reverse(self, name: str, n: int) -> None:
        rows = LedgerEntry.objects.filter(fund=self.fund, reverses=None, approval__verdict="approved").order_by("pk")
        if entry := rows[n - 1 : n].first():
            secretary, supervisor = (self.world.actor(one, self.at) for one in ("secretary", "supervisor"))
            made = actions.reverse_entry(by=secretary, at=self.at, number=entry.number, reason="记错了")
            actions.decide_entry(by=supervisor, at=self.at, number=made.number, granted=True)

    def do_wait(self, name: str, n: int) -> None:
        self.at += dt.timedelta(days=n * 30)

    def do_leave(self, name: str, n: int) -> None:
        actor, rest = self.world.actor(name, self.at), "donate" if n % 2 else "expire"
        persons.leave(by=actor, at=self.at, number=self.fund.number, rest=rest)
        persons.join(by=actor, at=self.at, number=self.fund.number)

    def all_lots(self, name: str) -> list[Lot]:
        held = holding.accounts_in(self.fund, self.world.people[name].pk, joined=False)
        return holding.lots_on(held["member"])

    def usable(self, name: str) -> list[Lot]:
        return rules.living(self.all_lots(name), self.today)

    def check(self) -> None:
        accounts = list(Account.objects.filter(fund=self.fund))
        assert all(one.balance >= 0 for one in accounts if one.kind == "assets")
        assert sum(one.balance for one in accounts) == 0, "the fund balances"
        assert queries.balances_by_lines(self.fund) == {one.code: one.balance for one in accounts}
        assert all(lot.amount >= 0 for name in ("resident", "neighbour") for lot in self.all_lots(name))
        used = Posting.objects.filter(entry__fund=self.fund, account__holder__isnull=False, amount__lt=0)
        used = used.exclude(entry__movement="expire").filter(entry__reverses=None)
        assert all(one.expires_on is None or one.expires_on >= one.entry.on for one in used.select_related("entry"))
        assert Posting.objects.filter(entry__fund=self.fund).aggregate(sum=Sum("amount"))["sum"] in (0, None)
