"""Reads: which funds somebody may see, their entries, what waits, statements, funding lines that others may cite."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Case, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.documents.models import Evidence
from gongzhi.documents.queries import evidence_of
from gongzhi.ledger import rules
from gongzhi.ledger.models import Account, BookPeriod, Fund, LedgerEntry, Posting, Verdict
from gongzhi.packs import kinds
from gongzhi.packs import queries as packs
from gongzhi.packs.fund_contents import BY_BOTH, GIVE_BACK, FundPack, Movement
from gongzhi.packs.models import Pack

PAGE = 50
_SEEN_BY = (rules.READ, rules.PROPOSE, rules.APPROVE, rules.OPEN)


# --- kinds of funds -----------------------------------------------------------------------------------------------


def kinds_in_force(on: dt.date) -> dict[str, tuple[FundPack, str]]:
    """Every kind of fund that may be opened on a day, with the reference of its version; by name."""
    return kinds.kinds_in_force("fund", FundPack, on)


def kind_of(fund: Fund) -> FundPack:
    """The rules under which a fund was opened."""
    return kinds.kind_by_reference(fund.pack, FundPack)


def kinds_of(funds: Iterable[Fund]) -> dict[str, FundPack]:
    """The rules of many funds, by the reference of their version; one statement."""
    wanted = {fund.pack for fund in funds}
    names = {reference.split("/")[1] for reference in wanted}
    rows = Pack.objects.filter(kind="fund", name__in=names)
    found = {row.reference: packs.content_of(row) for row in rows if row.reference in wanted}
    return {reference: pack for reference, pack in found.items() if isinstance(pack, FundPack)}


def movement_of(fund: Fund, code: str) -> Movement:
    """Raises NotFound `unknown_movement`."""
    found = kind_of(fund).movement(code)
    if found is None:
        raise NotFound("unknown_movement", N_("这种账本没有这一类收支。请从列表里选。"), field="movement")
    return found


# --- who sees what ------------------------------------------------------------------------------------------------


def _reach(actor: Actor, field: str, permissions: Iterable[str] = _SEEN_BY) -> Q:
    if actor.kind == "system":
        return Q()
    found = Q(pk__in=[])
    for path in {path for permission in permissions for path in actor.paths_for(permission)}:
        found |= Q(**{f"{field}__startswith": path})
    return found


def visible_funds(actor: Actor) -> QuerySet[Fund]:
    """Funds under the paths over which the actor reads, writes, approves or opens; neighbours read what is public."""
    return Fund.objects.filter(_reach(actor, "path")).select_related("place", "organization").order_by("number")


def get_fund_for(actor: Actor, number: str, *, lock: bool = False) -> Fund:
    """Raises NotFound `fund_not_found`."""
    rows = visible_funds(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise NotFound("fund_not_found", N_("没有这本账，或者它不给您看。公开的账目在“公开”里。"))
    return found


def visible_entries(actor: Actor) -> QuerySet[LedgerEntry]:
    rows = LedgerEntry.objects.filter(_reach(actor, "fund__path"))
    return rows.select_related("fund__place", "fund__organization", "approval", "key")


def entries_of(actor: Actor, fund: Fund) -> QuerySet[LedgerEntry]:
    return visible_entries(actor).filter(fund=fund)


def get_entry_for(actor: Actor, number: str) -> LedgerEntry:
    """Raises NotFound `entry_not_found`."""
    found = visible_entries(actor).filter(number=number).first()
    if found is None:
        raise NotFound("entry_not_found", N_("没有这一笔，或者它不给您看。请核对编号。"))
    return found


def may(actor: Actor, permission: str, fund: Fund) -> bool:
    return allows(actor, permission, path=fund.path)


def funds_page(actor: Actor, *, kind: str = "", place: str = "") -> list[Fund]:
    """The actor's funds with what each holds, by number; one statement."""
    rows = visible_funds(actor)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(place__code=place) if place else rows
    held = Sum("accounts__balance", filter=Q(accounts__kind="assets"))
    holding = dict(rows.annotate(held=Coalesce(held, 0)).values_list("pk", "held"))
    waiting = LedgerEntry.objects.filter(fund__in=rows, approval=None).exclude(movement__in=BY_BOTH)
    asked = set(waiting.order_by().values_list("fund_id", flat=True))
    found = list(rows)
    for fund in found:
        fund.held, fund.waits = holding.get(fund.pk, 0), fund.pk in asked  # type: ignore[attr-defined]  # carried along for the list
    return found


# --- entries ------------------------------------------------------------------------------------------------------


def entries_page(
    rows: QuerySet[LedgerEntry], *, cursor: str = "", limit: int = PAGE, waiting: bool = False, account: str = ""
) -> Page[LedgerEntry]:
    """The newest first, by day and number; a cursor is the last row's."""
    rows = rows.filter(approval=None) if waiting else rows
    rows = rows.filter(postings__account__in=_accounts_called(account)).distinct() if account else rows
    if cursor:
        on, number = decode_cursor(cursor, 2)
        day = _day(on)
        number = number if isinstance(number, str) and "\0" not in number else ""
        rows = rows.filter(Q(on__lt=day) | Q(on=day, number__lt=number))
    rows = rows.order_by("-on", "-number").prefetch_related("postings__account")
    return page_of(rows[: limit + 1], limit, lambda row: (row.on.isoformat(), row.number))


def _accounts_called(code: str) -> QuerySet[Account]:
    """The account of this code; of a line that stands for persons, theirs too."""
    line = Q(fund__accounts__code=code, fund__accounts__holder=None, line=F("fund__accounts__line"))
    return Account.objects.filter(Q(code=code) | line)


def _day(text: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        return dt.date.min


def waiting_for(actor: Actor) -> QuerySet[LedgerEntry]:
    """Entries that wait for a second person where the actor approves; the actor's own stand there too."""
    rows = LedgerEntry.objects.filter(_reach(actor, "fund__path", (rules.APPROVE,)), approval=None)
    rows = rows.exclude(movement__in=BY_BOTH)
    rows = rows.select_related("fund__place", "fund__organization", "approval", "key")
    return rows.prefetch_related("postings__account").order_by("at", "number")


def periods_waiting(actor: Actor) -> QuerySet[BookPeriod]:
    rows = BookPeriod.objects.filter(_reach(actor, "fund__path", (rules.APPROVE,)), closed_at=None)
    return rows.select_related("fund__place").order_by("first")


def state_of(entry: LedgerEntry) -> str:
    """waiting, approved, refused, withdrawn."""
    decided = getattr(entry, "approval", None)
    return str(decided.verdict) if decided else "waiting"


def undone_by(entry: LedgerEntry) -> LedgerEntry | None:
    """The entry that undoes this one, approved or waiting."""
    rows = entry.reversals.exclude(approval__verdict__in=(Verdict.REFUSED, Verdict.WITHDRAWN))
    return rows.select_related("approval").first()


def papers_of(entry: LedgerEntry) -> list[Evidence]:
    return [row for row in evidence_of([entry.reference]) if row.media.erased_at is None]


def shown_papers(entries: Sequence[LedgerEntry]) -> set[uuid.UUID]:
    """The papers of these entries that everybody may see."""
    rows = evidence_of([entry.public_reference for entry in entries])
    return {row.media_id for row in rows if row.media.erased_at is None}


def count_papers(entries: QuerySet[LedgerEntry]) -> int:
    """How many papers lie with these entries; nothing says whose."""
    subjects = [f"entry:{number}" for number in entries.values_list("number", flat=True)]
    return evidence_of(subjects).filter(media__erased_at=None).count()


def spent_on(fund: Fund, movement: str, about: str) -> int:
    """What of a movement went to one matter, waiting entries counted: nobody gets twice what he may get once."""
    rows = fund.entries.filter(movement=movement, about=about, reverses=None)
    rows = rows.exclude(approval__verdict__in=(Verdict.REFUSED, Verdict.WITHDRAWN))
    undone = rows.filter(reversals__approval__verdict=Verdict.APPROVED).values("pk")
    return rows.exclude(pk__in=undone).aggregate(sum=Sum("amount"))["sum"] or 0


# --- statements ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in a statement, as people read it: more is more, whatever side it stands on."""

    account: Account
    opening: int
    more: int
    less: int

    @property
    def closing(self) -> int:
        return self.opening + self.more - self.less

    @property
    def change(self) -> int:
        return self.more - self.less


@dataclass(frozen=True, slots=True)
class Statement:
    """收支表: what a fund had, got, paid and has left between two days, both counted."""

    fund: Fund
    first: dt.date
    last: dt.date
    rows: tuple[AccountRow, ...]
    entries: int

    def of(self, kind: str) -> list[AccountRow]:
        return [row for row in self.rows if row.account.kind == kind]

    def _sum(self, kind: str, what: str) -> int:
        return sum(getattr(row, what) for row in self.of(kind))

    @property
    def opening(self) -> int:
        return self._sum("assets", "opening")

    @property
    def closing(self) -> int:
        return self._sum("assets", "closing")

    @property
    def income(self) -> int:
        return self._sum("income", "change")

    @property
    def expense(self) -> int:
        return self._sum("expenses", "change")

    @property
    def other(self) -> int:
        """What moved the money beside income and expense: opening balances, what is owed."""
        return self.closing - self.opening - self.income + self.expense

    @property
    def totals(self) -> dict[str, int]:
        """As a closed period keeps them."""
        names = ("opening", "income", "expense", "other", "closing", "entries")
        return {name: getattr(self, name) for name in names}


def counted(fund: Fund) -> QuerySet[Posting]:
    """The lines that count: of approved entries."""
    return Posting.objects.filter(entry__fund=fund, entry__approval__verdict=Verdict.APPROVED)


def statement(fund: Fund, first: dt.date, last: dt.date) -> Statement:
    """By the days of the entries, from their lines: two statements whatever there is; persons are one line together."""
    within = Q(entry__on__range=(first, last))
    sums = counted(fund).filter(entry__on__lte=last).values("account__line")
    found = {
        row["account__line"]: row
        for row in sums.annotate(
            before=Coalesce(Sum("amount", filter=Q(entry__on__lt=first)), 0),
            debits=Coalesce(Sum("amount", filter=within & Q(amount__gt=0)), 0),
            credits=Coalesce(Sum("amount", filter=within & Q(amount__lt=0)), 0),
        )
    }
    rows = tuple(_row(account, found.get(account.line)) for account in lines_of(fund))
    entries = fund.entries.filter(approval__verdict=Verdict.APPROVED, on__range=(first, last)).count()
    return Statement(fund, first, last, rows, entries)


def _row(account: Account, sums: Mapping[str, Any] | None) -> AccountRow:
    if sums is None:
        return AccountRow(account, 0, 0, 0)
    more, less = sums["debits"], -sums["credits"]
    if account.kind not in rules.DEBITS_ADD:
        more, less = less, more
    return AccountRow(account, rules.natural(account.kind, sums["before"]), more, less)


def balances_by_lines(fund: Fund) -> dict[str, int]:
    """Every account added up from its lines: what its balance has to be."""
    sums = dict(counted(fund).values_list("account__code").annotate(sum=Sum("amount")))
    return {code: int(sums.get(code, 0)) for code in fund.accounts.values_list("code", flat=True)}


def closed_until(fund: Fund) -> dt.date | None:
    """The last day that is closed."""
    last: dt.date | None = fund.periods.filter(closed_at__isnull=False).aggregate(last=Max("last"))["last"]
    return last


def lines_of(fund: Fund) -> QuerySet[Account]:
    """The accounts of the books: one for each line of the kind, whoever holds a share of it."""
    return fund.accounts.filter(holder=None).order_by("position")


def held_by_line(fund: Fund) -> dict[str, int]:
    """What each line comes to, accounts of persons added up."""
    return dict(fund.accounts.order_by().values_list("line").annotate(sum=Sum("balance")))


def given_back(entry: LedgerEntry) -> bool:
    """Whether what was exchanged came back already."""
    back = rules.request_of(GIVE_BACK, entry.request, entry.fund.number)
    return entry.request is not None and LedgerEntry.objects.filter(request=back).exists()


def left_in(fund: Fund) -> list[Account]:
    """What still holds money or owes it."""
    rows = fund.accounts.filter(kind__in=("assets", "liabilities")).exclude(balance=0)
    return list(rows.order_by("position"))


def has_open_entries(fund: Fund) -> bool:
    """Whether something was entered after the last closed day."""
    return fund.entries.filter(approval__verdict=Verdict.APPROVED, on__gt=closed_until(fund) or dt.date.min).exists()


def level_of(fund: Fund, accounts: Sequence[Account] | None = None) -> rules.Level | None:
    """How full a fund is against what its alarm is a share of; None for funds without one."""
    alarm = kind_of(fund).alarm
    if alarm is None or not fund.first_total:
        return None
    rows = accounts if accounts is not None else list(fund.accounts.all())
    left = sum(one.balance for one in rows if one.kind == "assets")
    return rules.Level(left, fund.first_total, Fraction(alarm.share))


# --- funding lines (费随事转) ---------------------------------------------------------------------------------------


def funding_lines(path: str, on: dt.date) -> QuerySet[Account]:
    """Accounts with money that work at a place may cite: of funds there or above that are open on the day."""
    above = [path[: i + 1] for i, letter in enumerate(path) if letter == "/"]
    running = Q(fund__closed_on__isnull=True) | Q(fund__closed_on__gt=on)
    rows = Account.objects.filter(running, kind="assets", fund__path__in=above, fund__opened_on__lte=on)
    own_first = Case(When(fund__path=path, then=Value(0)), default=Value(1))
    return rows.filter(fund__unit="fen").select_related("fund").order_by(own_first, F("code"))


def line_cited(text: str, path: str, on: dt.date) -> Account | None:
    """The account that a text begins with the code of ("F003-1 委托事务经费"); None where it names none.

    Raises NotFound `unknown_line` for a code that looks like one and is none, or not of here.
    """
    code = text.strip().partition(" ")[0]
    if not (code.startswith("F") and code[1:4].isdigit()):
        return None
    found = funding_lines(path, on).filter(code=code).first()
    if found is None:
        message = N_("这里没有可以用的经费 {line}。请从列表里选，或者直接写经费项目的名字。")
        raise NotFound("unknown_line", message, line=code[:12], field="funding")
    return found
