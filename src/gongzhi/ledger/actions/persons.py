"""Persons in a fund of points or minutes: join, leave, use, get back, give to a relative. All of their own will."""

import datetime as dt
import os
import uuid

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.ledger import holding, queries, rules
from gongzhi.ledger.actions import holding as hands
from gongzhi.ledger.actions.deciding import count_in
from gongzhi.ledger.models import Account, Approval, Fund, LedgerEntry, Posting, Verdict
from gongzhi.packs.fund_contents import BY_BOTH, DONATE, EXPIRE, GIVE_BACK, REDEEM, TRANSFER, FundPack, Persons
from gongzhi.people.models import Person
from gongzhi.people.queries import person_of

ACTIVITY = "points"
PSEUDONYM = 6


@transaction.atomic
def join(*, by: Actor, at: dt.datetime, number: str, listed: bool = False) -> dict[str, Account]:
    """Of one's own will; again, nothing changes. `listed`: stand in what is published, by the pseudonym.

    Raises SignInRequired, NotFound `no_points`, Conflict `activity_off`.
    """
    person = person_of(by)
    check_activity(ACTIVITY)
    fund, kind, _persons = holding.get_fund(number, lock=True)
    had = holding.accounts_in(fund, person.pk, joined=False)
    if any(one.until is None for one in had.values()):
        return had
    today = local_date(at)
    if had:
        fund.accounts.filter(holder=person).update(since=today, until=None, listed=listed)
    else:
        _open_accounts(fund, kind, person, today, listed=listed)
    record(by=by, at=at, action="ledger.join", subject=fund.reference, changes={"listed": listed})
    return holding.accounts_in(fund, person.pk)


def _open_accounts(fund: Fund, kind: FundPack, person: Person, today: dt.date, *, listed: bool) -> None:
    """One for each line of persons, under one pseudonym that says nothing of who it is."""
    position = fund.accounts.aggregate(last=Max("position"))["last"] + 1
    name = readable_code(os.urandom(16), str(person.pk), PSEUDONYM)
    while fund.accounts.filter(name=name).exists():
        name = readable_code(os.urandom(16), str(person.pk), PSEUDONYM)
    rows = []
    for i, line in enumerate(kind.persons_lines):
        row = Account(fund=fund, code=f"{fund.number}-{position + i}", position=position + i, line=line, name=name)
        row.kind, row.floor, row.holder = "assets", 0, person
        row.since, row.listed = today, listed
        rows.append(row)
    Account.objects.bulk_create(rows)


@transaction.atomic
def set_listed(*, by: Actor, at: dt.datetime, number: str, listed: bool) -> None:
    """Whether one stands in what is published from now on. Raises NotFound `not_joined`."""
    fund, _kind, _persons = holding.get_fund(number)
    _own(fund, person_of(by))
    fund.accounts.filter(holder=by.person_id).update(listed=listed)
    record(by=by, at=at, action="ledger.list_member", subject=fund.reference, changes={"listed": listed})


@transaction.atomic
def leave(*, by: Actor, at: dt.datetime, number: str, rest: str) -> None:
    """Leave; what is left ends or is given to all, as chosen (`rest`: expire, donate). What was is kept.

    Raises NotFound `not_joined`, Refused `rest_unknown`.
    """
    person = person_of(by)
    fund, _kind, persons = holding.get_fund(number, lock=True)
    held = _own(fund, person)
    if rest not in persons.leaving:
        raise Refused("rest_unknown", N_("请选剩下的怎么办。"), field="rest")
    end_all(fund, persons, held, by=by, at=at, proposer=person, donate=rest == "donate")
    fund.accounts.filter(holder=person).update(until=local_date(at), listed=False)
    record(by=by, at=at, action="ledger.leave", subject=fund.reference, changes={"rest": rest})


def end_all(
    fund: Fund,
    persons: Persons,
    held: dict[str, Account],
    *,
    by: Actor,
    at: dt.datetime,
    proposer: Person | None,
    donate: bool,
) -> None:
    """Nothing is left on these accounts: what can be exchanged is given to all or ends, the rest ends."""
    today = local_date(at)
    for line, account in held.items():
        lots = [one for one in holding.lots_on(account) if one.amount > 0]
        alive = rules.living(lots, today) if donate and line == persons.spends else []
        gone = [one for one in lots if one not in alive]
        for movement, part, target in ((DONATE, alive, hands.POOL), (EXPIRE, gone, hands.EXPIRED)):
            if part:
                lines = hands.emptied(account, part, hands.line_of(fund, target))
                told = N_("退出时捐出来") if movement == DONATE else N_("退出时作废")
                hands.write(fund, hands.Change(movement, told, lines, proposer=proposer), by=by, at=at)


def _own(fund: Fund, person: Person) -> dict[str, Account]:
    held = holding.accounts_in(fund, person.pk)
    if not held:
        raise NotFound("not_joined", N_("您没有参加这一本，或者已经退出。先参加。"))
    return held


# --- exchanging ---------------------------------------------------------------------------------------------------


@transaction.atomic
def spend(
    *,
    by: Actor,
    at: dt.datetime,
    person: uuid.UUID,
    fund: Fund | str,
    amount: int,
    about: str,
    request: uuid.UUID,
    what: str = "",
) -> LedgerEntry:
    """兑换: take an amount off a person's account, the first to end first; the same request is written once.

    `about`: "claim:…". `what`: services or goods; a fund that gives only one of them asks. By the person, by a room
    for that person (system), or by who writes entries there. Raises Forbidden, NotFound `no_points`, `not_joined`,
    Refused `points_short`, `not_for_this`; Conflict `request_used`.
    """
    check_activity(ACTIVITY)
    found, _kind, persons = holding.get_fund(_number(fund), lock=True)
    _may_use(by, found, person)
    if before := hands.written_before(found, request, REDEEM):
        return _same(before, person, amount)
    if set(persons.redeem) != {"services", "goods"} and what not in persons.redeem:
        only = N_("这一本只能换服务。") if "services" in persons.redeem else N_("这一本只能换物品。")
        raise Refused("not_for_this", only)
    account = _own(found, Person(pk=person))[persons.spends]
    lines = [*hands.taken(account, amount, local_date(at)), rules.Line(hands.line_of(found, hands.REDEEMED), amount)]
    proposer = person_of(by) if by.kind == "person" else None
    about = rules.check_reference(about, "about")
    change = hands.Change(REDEEM, N_("兑换"), lines, request=request, about=about, proposer=proposer)
    return hands.write(found, change, by=by, at=at)


@transaction.atomic
def give_back(*, by: Actor, at: dt.datetime, person: uuid.UUID, fund: Fund | str, request: uuid.UUID) -> LedgerEntry:
    """没兑成: what `spend` took by this request goes back into the same lots, once; what ended meanwhile ends again.

    Raises NotFound `not_spent`, Conflict `already_undone`.
    """
    found, _kind, _persons = holding.get_fund(_number(fund), lock=True)
    _may_use(by, found, person)
    spent = hands.written_before(found, request, REDEEM)
    if spent is None or not holding.holds_in(spent, person):
        raise NotFound("not_spent", N_("没有这一笔兑换，不用退回。"))
    again = rules.request_of(GIVE_BACK, request, found.number)
    if before := hands.written_before(found, again, GIVE_BACK):
        return before
    if queries.undone_by(spent) is not None:
        raise Conflict("already_undone", N_("这一笔已经冲销，或者冲销正在等审批。"))
    lines = [rules.Line(one.account_id, -one.amount, one.expires_on) for one in spent.postings.order_by("pk")]
    proposer = person_of(by) if by.kind == "person" else None
    change = hands.Change(GIVE_BACK, N_("没兑成，退回"), lines, request=again, about=spent.about, proposer=proposer)
    return hands.write(found, change, by=by, at=at)


def _number(fund: Fund | str) -> str:
    return fund if isinstance(fund, str) else fund.number


def _may_use(by: Actor, fund: Fund, person: uuid.UUID) -> None:
    """Raises Forbidden."""
    if by.kind != "system" and by.person_id != person:
        require(by, rules.PROPOSE, path=fund.path)


def _same(entry: LedgerEntry, person: uuid.UUID, amount: int) -> LedgerEntry:
    if entry.amount != amount or not holding.holds_in(entry, person):
        raise Conflict("request_used", N_("这张单子已经办过别的事。请刷新，再办一次。"))
    return entry


# --- to a relative ------------------------------------------------------------------------------------------------


@transaction.atomic
def offer_transfer(
    *, by: Actor, at: dt.datetime, number: str, to: str, amount: int, request: uuid.UUID | None = None
) -> LedgerEntry:
    """转给家人: written by who gives, counts when who gets it agrees. `to`: the relative's pseudonym.

    Raises Refused `no_transfer`, `points_short`, `to_oneself`; NotFound `no_such_member`.
    """
    person = person_of(by)
    check_activity(ACTIVITY)
    fund, _kind, persons = holding.get_fund(number, lock=True)
    if before := hands.written_before(fund, request, TRANSFER):
        return before
    if not persons.to_relatives:
        raise Refused("no_transfer", N_("这一本的规矩不能转给别人。"))
    source = _own(fund, person)[persons.spends]
    target = holding.member_called(fund, to)[persons.spends]
    if target.pk == source.pk:
        raise Refused("to_oneself", N_("这是您自己的代号。请填家人的。"), field="to")
    away = hands.taken(source, amount, local_date(at))
    lines = [*away, *(rules.Line(target.pk, -one.amount, one.expires_on) for one in away)]
    change = hands.Change(TRANSFER, N_("转给家人"), lines, request=request, proposer=person, second=True)
    entry = hands.write(fund, change, by=by, at=at)
    hands.tell(target, "offered", by=by, at=at, key=f"{entry.number}-offered", amount=amount)
    return entry


@transaction.atomic
def answer_transfer(*, by: Actor, at: dt.datetime, number: str, agreed: bool) -> LedgerEntry:
    """Who gets it says yes or no; who gave it may take it back until then.

    Raises NotFound `entry_not_found`, Conflict `entry_decided`, `points_changed`, Refused `over_most_kept`.
    """
    person = person_of(by)
    entry, _account = holding.own_entry(person.pk, number)
    fund, _kind, persons = holding.get_fund(entry.fund.number, lock=True)
    if entry.movement not in BY_BOTH or Approval.objects.filter(entry=entry).exists():
        raise Conflict("entry_decided", N_("这一笔已经定了。请刷新看看。"))
    entry = fund.entries.select_related("fund").get(pk=entry.pk)
    if entry.proposer_id == person.pk:
        if agreed:
            raise Forbidden("not_yours", N_("要收的人自己同意。您可以撤回。"))
        count_in(entry, by=by, at=at, verdict=Verdict.WITHDRAWN)
        return entry
    if agreed:
        _check_transfer(entry, persons, local_date(at))
    count_in(entry, by=by, at=at, verdict=Verdict.APPROVED if agreed else Verdict.REFUSED)
    return entry


def _check_transfer(entry: LedgerEntry, persons: Persons, today: dt.date) -> None:
    """Both still take part, the lots are still the first to end, and the one who gets it may keep it."""
    lines = list(Posting.objects.filter(entry=entry).select_related("account").order_by("pk"))
    away = [one for one in lines if one.amount < 0]
    source, target = away[0].account, next(one.account for one in lines if one.amount > 0)
    changed = Conflict("points_changed", N_("这期间有变化，这一笔不能收了。请对方重新转。"))
    if source.until or target.until:
        raise changed
    try:
        now = rules.taken(holding.lots_on(source), entry.amount, today)
    except Refused as refused:
        raise changed from refused
    if [(lot.amount, lot.expires_on) for lot in now] != [(-one.amount, one.expires_on) for one in away]:
        raise changed
    if rules.kept(entry.amount, target.balance, persons.most_kept) < entry.amount:
        raise Refused("over_most_kept", N_("收下会超过一个人最多能存的 {most}。"), most=persons.most_kept)
