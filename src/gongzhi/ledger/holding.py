"""Reads: funds in which persons have accounts, what somebody holds, when it ends, what happened on his accounts."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import Account, Fund, LedgerEntry, Objection, Posting, Verdict
from gongzhi.packs.fund_contents import BY_BOTH, FundPack, Persons

UNITS = ("points", "minutes")
FEW = 5  # fewer people than this are never counted in public
NEWEST = 50


def running() -> QuerySet[Fund]:
    rows = Fund.objects.filter(unit__in=UNITS, closed_on=None).select_related("place", "organization")
    return rows.order_by("number")


def brought_by(source: uuid.UUID) -> list[str]:
    """Numbers of the running funds in which a record of service brought something."""
    numbers = running().values_list("number", flat=True)
    asked = {rules.request_of("served", source, number): number for number in numbers}
    found = LedgerEntry.objects.filter(request__in=asked).values_list("request", flat=True)
    return sorted(asked[request] for request in found if request is not None)


def funds_of_persons(rows: QuerySet[Fund] | None = None) -> list[tuple[Fund, FundPack]]:
    """Running funds that people can join, with their rules; two statements."""
    found = list(running() if rows is None else rows)
    kinds = queries.kinds_of(found)
    return [(one, kinds[one.pack]) for one in found if kinds[one.pack].persons is not None]


def get_fund(number: str, *, lock: bool = False) -> tuple[Fund, FundPack, Persons]:
    """Raises NotFound `no_points`: the rules of such a fund are for everybody."""
    rows = running().filter(number=number)
    fund = (rows.select_for_update(of=("self",)) if lock else rows).first()
    kind = queries.kind_of(fund) if fund else None
    if fund is None or kind is None or kind.persons is None:
        raise NotFound("no_points", N_("没有这本积分账，或者已经停用。"))
    return fund, kind, kind.persons


def accounts_in(fund: Fund, person_id: uuid.UUID | None, *, joined: bool = True) -> dict[str, Account]:
    """Somebody's accounts in a fund by line; {} for who did not join, or left."""
    rows = fund.accounts.filter(holder=person_id, holder__isnull=False)
    rows = rows.filter(until=None) if joined else rows
    return {one.line: one for one in rows.order_by("position")}


def accounts_of(person_id: uuid.UUID | None) -> list[Account]:
    rows = Account.objects.filter(holder=person_id, holder__isnull=False)
    return list(rows.select_related("fund__place", "fund__organization").order_by("fund__number", "position"))


def member_called(fund: Fund, name: str) -> dict[str, Account]:
    """The accounts of whoever goes by a pseudonym. Raises NotFound `no_such_member`."""
    rows = fund.accounts.filter(name=name.strip().upper(), holder__isnull=False, until=None)
    found = {one.line: one for one in rows.order_by("position")}
    if not found:
        message = N_("这本账里没有这个代号，或者已经退出。代号在他自己的“我的积分”里。")
        raise NotFound("no_such_member", message, field="to")
    return found


def lots_of(accounts: Iterable[Account]) -> dict[int, list[rules.Lot]]:
    """What lies on each account, by the day it ends; one statement."""
    rows = Posting.objects.filter(account__in=list(accounts), entry__approval__verdict=Verdict.APPROVED)
    found: dict[int, list[rules.Lot]] = {}
    for account, expires_on, amount in (
        rows.order_by()
        .values("account", "expires_on")
        .annotate(sum=Sum("amount"))
        .values_list("account", "expires_on", "sum")
    ):
        found.setdefault(account, []).append(rules.Lot(amount, expires_on))
    return found


def lots_on(account: Account) -> list[rules.Lot]:
    return lots_of([account]).get(account.pk, [])


def counted_entries(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Without what was refused or undone; what waits counts, so that two at once get no more than one after another."""
    rows = rows.exclude(approval__verdict__in=(Verdict.REFUSED, Verdict.WITHDRAWN))
    undone = rows.filter(reversals__approval__verdict=Verdict.APPROVED).values("pk")
    return rows.filter(reverses=None).exclude(pk__in=undone)


def gained_on(account: Account, rule: str, day: dt.date) -> int:
    """What somebody got by a rule for one day."""
    rows = account.fund.entries.filter(facts__rule=rule, facts__day=day.isoformat(), postings__account=account)
    return counted_entries(rows).aggregate(sum=Sum("amount"))["sum"] or 0


def gained_at(fund: Fund, rule: str, host: int, day: dt.date) -> int:
    """What everybody got by a rule from one host in the month of a day."""
    month = day.isoformat()[:7]
    rows = fund.entries.filter(facts__rule=rule, facts__host=host, facts__day__startswith=month)
    return counted_entries(rows).aggregate(sum=Sum("amount"))["sum"] or 0


def entries_on(accounts: Collection[Account]) -> QuerySet[LedgerEntry]:
    """The newest first, with their lines."""
    rows = LedgerEntry.objects.filter(postings__account__in=list(accounts)).distinct()
    rows = rows.select_related("fund", "approval").prefetch_related("postings__account", "objections")
    return rows.order_by("-on", "-number")


def own_entry(person_id: uuid.UUID | None, number: str) -> tuple[LedgerEntry, Account]:
    """An entry on one of somebody's accounts. Raises NotFound `entry_not_found`."""
    rows = Posting.objects.filter(entry__number=number, account__holder=person_id, account__holder__isnull=False)
    found = rows.select_related("entry__fund", "entry__approval", "account").order_by("pk").first()
    if found is None:
        raise NotFound("entry_not_found", N_("没有这一笔，或者它不给您看。请核对编号。"))
    return found.entry, found.account


def holds_in(entry: LedgerEntry, person_id: uuid.UUID | None) -> bool:
    """Whether an entry gives or takes on an account of this person."""
    return entry.postings.filter(account__holder=person_id, account__holder__isnull=False).exists()


def transfers_waiting(person_id: uuid.UUID | None) -> list[LedgerEntry]:
    """What others want to give somebody and wait for his word; what he wants to give."""
    rows = LedgerEntry.objects.filter(movement__in=BY_BOTH, approval=None, postings__account__holder=person_id)
    return list(rows.select_related("fund").prefetch_related("postings__account").order_by("at").distinct())


def objections_for(paths: Iterable[str]) -> QuerySet[Objection]:
    """Of the funds under these paths, the open ones first."""
    within = Q(pk__in=[])
    for path in paths:
        within |= Q(entry__fund__path__startswith=path)
    rows = Objection.objects.filter(within).select_related("entry__fund", "entry__approval", "account", "key")
    return rows.order_by("-upheld", "-at")


@dataclass(frozen=True, slots=True)
class Together:
    """How many take part in a fund and what those who want to be listed got; None where they are too few to tell."""

    members: int | None
    listed: tuple[tuple[str, int], ...]


def together(fund: Fund, first: dt.date, last: dt.date) -> Together:
    """Sums by pseudonym of those who want that, where they are at least five; two statements."""
    spends = queries.kind_of(fund).persons
    joined = fund.accounts.filter(holder__isnull=False, since__lte=last).filter(Q(until=None) | Q(until__gt=last))
    counts = joined.aggregate(all=Count("holder", distinct=True), listed=Count("holder", Q(listed=True), distinct=True))
    members = counts["all"] if counts["all"] >= FEW else None
    if spends is None or counts["listed"] < FEW:
        return Together(members, ())
    got = Q(entry__on__range=(first, last), amount__gt=0, entry__movement="earn")
    rows = queries.counted(fund).filter(got, account__in=joined.filter(listed=True), account__line=spends.spends)
    sums = rows.order_by().values_list("account__name").annotate(sum=Sum("amount"))
    return Together(members, tuple(sorted((name, amount) for name, amount in sums)))
