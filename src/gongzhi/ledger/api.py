"""Endpoints of the ledger: funds the bearer may see, their entries page by page, a statement. Nothing is written."""

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from gongzhi.common import clock
from gongzhi.common.errors import NotFound
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import LedgerEntry
from gongzhi.people.bearer import caller_of, signed_in

router = Router(tags=["ledger"], auth=signed_in)
_PLAIN = r"^[^\x00]*$"
Number = Annotated[str, Field(max_length=12, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Label = Annotated[str, Field(max_length=10, pattern=_PLAIN, description="2026-03, 2026-Q1; none: the current one")]
Unit = Literal["fen", "points", "minutes"]
Kind = Literal["assets", "liabilities", "income", "expenses", "equity"]


class AccountOut(Schema):
    """`balance` is signed as in the books: debits less credits, in the fund's unit (fen: hundredths of a yuan)."""

    code: str
    name: str
    kind: Kind
    purpose: str
    floor: int | None
    ceiling: int | None
    balance: int


class FundOut(Schema):
    number: str
    name: str
    kind: str = Field(description="name of the pack of kind fund")
    unit: Unit
    place: str
    organization: str
    opened_on: dt.date
    closed_on: dt.date | None
    second_above: int = Field(description="an entry of more than this needs a second person")
    accounts: list[AccountOut]


class FundPage(Schema):
    items: list[FundOut]
    next_cursor: str | None = Field(description="always null: a list of funds is whole")


class LineOut(Schema):
    account: str
    amount: int = Field(description="above zero a debit, below a credit")


class EntryOut(Schema):
    """One entry; who was paid is not in it."""

    number: str
    on: dt.date
    movement: str
    narration: str
    amount: int
    state: Literal["waiting", "approved", "refused", "withdrawn"]
    about: str
    decision: str
    reverses: str | None
    lines: list[LineOut]


class EntryPage(Schema):
    items: list[EntryOut]
    next_cursor: str | None


class StatementRow(Schema):
    """As people read it: more is more, whatever side the account stands on."""

    account: str
    name: str
    kind: Kind
    opening: int
    more: int
    less: int
    closing: int


class StatementOut(Schema):
    fund: str
    unit: Unit
    first: dt.date
    last: dt.date
    opening: int
    income: int
    expense: int
    other: int
    closing: int
    entries: int
    rows: list[StatementRow]


@router.get("/funds", response={200: FundPage, **PROBLEMS}, operation_id="list_funds")
def list_funds(request: HttpRequest) -> dict[str, Any]:
    """The funds of the bearer's places with their accounts."""
    rows = queries.visible_funds(caller_of(request)).prefetch_related("accounts")
    return {"items": [_fund(one) for one in rows], "next_cursor": None}


def _fund(fund: Any) -> dict[str, Any]:
    names = ("number", "name", "kind", "unit", "opened_on", "closed_on", "second_above")
    every = sorted(fund.accounts.all(), key=lambda one: one.position)
    accounts = [one for one in every if one.holder_id is None]
    for one in accounts:
        one.balance = sum(own.balance for own in every if own.line == one.line)
    columns = ("code", "name", "kind", "purpose", "floor", "ceiling", "balance")
    return {
        **{name: getattr(fund, name) for name in names},
        "place": fund.place.code,
        "organization": fund.organization.name,
        "accounts": [{name: getattr(one, name) for name in columns} for one in accounts],
    }


@router.get("/funds/{number}/entries", response={200: EntryPage, **PROBLEMS}, operation_id="list_entries")
def list_entries(
    request: HttpRequest,
    number: Number,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Cursor = "",
    account: Number = "",
    waiting: bool = False,
) -> dict[str, Any]:
    """Entries of a fund, the newest first; `account`: a code; `waiting`: those that a second person has not seen."""
    actor = caller_of(request)
    fund = queries.get_fund_for(actor, number)
    rows = queries.entries_of(actor, fund).select_related("reverses")
    found = queries.entries_page(rows, cursor=cursor, limit=limit, account=account, waiting=waiting)
    return {"items": [_entry(one) for one in found.items], "next_cursor": found.next_cursor or None}


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    names = ("number", "on", "movement", "narration", "amount", "about", "decision")
    lines = sorted(entry.postings.all(), key=lambda one: one.pk)
    return {
        **{name: getattr(entry, name) for name in names},
        "state": queries.state_of(entry),
        "reverses": entry.reverses.number if entry.reverses else None,
        "lines": [{"account": one.account.code, "amount": one.amount} for one in lines],
    }


@router.get("/funds/{number}/statement", response={200: StatementOut, **PROBLEMS}, operation_id="read_statement")
def read_statement(
    request: HttpRequest,
    number: Number,
    period: Annotated[
        str, Field(max_length=10, pattern=_PLAIN, description="2026-03 or 2026-Q1; none: the current")
    ] = "",
) -> dict[str, Any]:
    """What the fund had, got, paid and has left in a month or quarter."""
    fund = queries.get_fund_for(caller_of(request), number)
    today = clock.local_date(clock.now())
    label = period or rules.span_of(queries.kind_of(fund).publish_every, today).label
    last = max(today, fund.opened_on)
    spans = [span for every in ("month", "quarter") for span in rules.spans_between(every, fund.opened_on, last)]
    span = next((one for one in spans if one.label == label), None)
    if span is None:
        raise NotFound("no_such_period", N_("这本账没有这一期。请从列表里选。"))
    found = queries.statement(fund, span.first, span.last)
    columns = ("opening", "more", "less", "closing")
    return {
        "fund": fund.number,
        "unit": fund.unit,
        "first": found.first,
        "last": found.last,
        **found.totals,
        "rows": [
            {
                "account": row.account.code,
                "name": row.account.name,
                "kind": row.account.kind,
                **{name: getattr(row, name) for name in columns},
            }
            for row in found.rows
        ],
    }
