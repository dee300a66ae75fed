"""What the room holds about a person; what goes along when places or bodies merge."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.ledger import holding, words
from gongzhi.ledger.actions.persons import end_all
from gongzhi.ledger.models import Account, Approval, BookPeriod, Fund, LedgerEntry, Objection, Posting
from gongzhi.people.models import VaultKey


def export_ledger(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person wrote, decided and closed; who was paid is no account here and is answered by the office."""
    written = LedgerEntry.objects.filter(proposer=person_id).order_by("at")
    decided = Approval.objects.filter(by=person_id).order_by("at")
    added = BookPeriod.objects.filter(proposed_by=person_id).order_by("proposed_at")
    closed = BookPeriod.objects.filter(closed_by=person_id).order_by("closed_at")
    return {
        "written": list(written.values("number", "on", "narration", "at")),
        "decided": list(decided.values("entry__number", "verdict", "note", "at")),
        "added_up": list(added.values("fund__number", "span", "proposed_at")),
        "closed": list(closed.values("fund__number", "span", "closed_at")),
        **_export_points(person_id),
    }


def _export_points(person_id: uuid.UUID) -> dict[str, Any]:
    """The person's own points and minutes: accounts, every line with the day it ends, objections in his words."""
    accounts = Account.objects.filter(holder=person_id).order_by("fund", "position")
    lines = Posting.objects.filter(account__holder=person_id).order_by("entry__at", "pk")
    names = ("entry__number", "entry__on", "entry__movement", "entry__narration", "amount", "expires_on")
    objections = Objection.objects.filter(account__holder=person_id).select_related("entry", "key").order_by("at")
    columns = ("fund__name", "line", "name", "balance", "since", "until", "listed")
    return {
        "points": list(accounts.values(*columns)),
        "points_lines": list(lines.values(*names, "entry__approval__verdict")),
        "objections": [
            {"entry": one.entry.number, "at": one.at, "upheld": one.upheld, **words.objection_of(one)}
            for one in objections
        ],
    }


def erase_ledger(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Accounts are kept as the law of accounts asks; the account of who wrote them has no name any more.

    Somebody's points end, his accounts close under their pseudonym, and the words of his objections are gone.
    """
    by = system_actor("ledger")
    for number in accounts_open(person_id):
        fund, _kind, persons = holding.get_fund(number, lock=True)
        held = holding.accounts_in(fund, person_id)
        end_all(fund, persons, held, by=by, at=at, proposer=None, donate=False)
        fund.accounts.filter(holder=person_id).update(until=local_date(at), listed=False)
    keys = Objection.objects.filter(account__holder=person_id).values("key")
    VaultKey.objects.filter(pk__in=keys).update(wrapped=b"", destroyed_at=at)


def accounts_open(person_id: uuid.UUID) -> list[str]:
    """Numbers of the running funds in which somebody takes part."""
    rows = holding.running().filter(accounts__holder=person_id, accounts__until=None)
    return list(rows.values_list("number", flat=True).distinct())


def hand_on_funds(organization_id: int, heir_id: int, at: dt.datetime) -> int:
    """A body went up in another: its running funds are held by the heir."""
    return Fund.objects.filter(organization=organization_id, closed_on=None).update(organization=heir_id)
