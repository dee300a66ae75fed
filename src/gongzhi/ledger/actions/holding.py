"""What every act on accounts of persons shares: lines with the days they end, an entry by a rule or by its holder."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_
from gongzhi.ledger import holding, queries, rules
from gongzhi.ledger.actions.deciding import count_in
from gongzhi.ledger.actions.entering import check_open, new_entry, save_entry
from gongzhi.ledger.models import Account, Fund, LedgerEntry, Verdict
from gongzhi.notifications.actions import notify_person
from gongzhi.people.models import Person

POOL, EARNED, REDEEMED, EXPIRED = "main", "earned", "redeemed", "expired"


@dataclass(frozen=True)
class Change:
    """One entry on accounts of persons; `proposer` None: by a rule of the kind. `second`: waits for somebody else."""

    movement: str
    narration: str
    lines: Sequence[rules.Line]
    request: uuid.UUID | None = None
    about: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    proposer: Person | None = None
    second: bool = False


def written_before(fund: Fund, request: uuid.UUID | None, movement: str) -> LedgerEntry | None:
    """What this request wrote already. Raises Conflict `request_used` where it wrote something else."""
    found = LedgerEntry.objects.filter(request=request).select_related("fund").first() if request else None
    if found is not None and (found.fund_id != fund.pk or found.movement != movement):
        raise Conflict("request_used", N_("这张单子已经办过别的事。请刷新，再办一次。"))
    return found


def write(fund: Fund, change: Change, *, by: Actor, at: dt.datetime) -> LedgerEntry:
    """The caller holds the fund locked; what needs nobody else counts at once."""
    today = local_date(at)
    check_open(fund, today, at)
    amount = rules.check_balanced(change.lines)
    entry = new_entry(fund, proposer=change.proposer, at=at, on=today, amount=amount)
    entry.movement, entry.narration = change.movement, change.narration[: rules.LONGEST_NARRATION]
    entry.about, entry.request, entry.needs_second = change.about, change.request, change.second
    entry.facts = {"pack": fund.pack, "limit": fund.second_above, "papers": [], **change.facts}
    save_entry(entry, change.lines, by=by, at=at)
    if not change.second:
        count_in(entry, by=by, at=at, verdict=Verdict.APPROVED)
    return entry


def line_of(fund: Fund, code: str) -> int:
    """The fund's own account of a line."""
    return queries.lines_of(fund).values_list("pk", flat=True).get(line=code)


def taken(account: Account, amount: int, today: dt.date) -> list[rules.Line]:
    """Lines that take an amount off an account, the first to end first. Raises Refused `points_short`."""
    lots = rules.taken(holding.lots_on(account), amount, today)
    return [rules.Line(account.pk, -lot.amount, lot.expires_on) for lot in lots]


def emptied(account: Account, lots: Sequence[rules.Lot], target: int) -> list[rules.Line]:
    """Lines that move whole lots off an account to one of the fund's."""
    lines = [rules.Line(account.pk, -lot.amount, lot.expires_on) for lot in lots]
    return [*lines, rules.Line(target, sum(lot.amount for lot in lots))]


def tell(account: Account, what: str, *, by: Actor, at: dt.datetime, key: str, **params: Any) -> None:
    """News of somebody's account, once for each `key`."""
    said = {"number": account.fund.number, "fund": account.fund.name, "what": what, **params}
    if account.holder_id is not None:
        notify_person(
            by=by,
            at=at,
            person_id=account.holder_id,
            kind="points",
            params=said,
            subject=account.fund.reference,
            dedupe_key=f"points-{key}",
        )
