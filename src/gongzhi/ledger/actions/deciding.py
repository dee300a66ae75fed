"""The second look: approved it counts, refused or withdrawn it stands there and counts nothing."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import attach_evidence
from gongzhi.documents.models import EvidencePurpose
from gongzhi.ledger import queries, rules
from gongzhi.ledger.actions.telling import tell_if_low
from gongzhi.ledger.holding import holds_in
from gongzhi.ledger.models import Approval, LedgerEntry, Verdict
from gongzhi.packs.fund_contents import BY_BOTH
from gongzhi.people.queries import person_of


@transaction.atomic
def decide_entry(*, by: Actor, at: dt.datetime, number: str, granted: bool, note: str = "") -> LedgerEntry:
    """A second person lets an entry count, or refuses it with a reason.

    Raises Forbidden, Refused `second_person`, `reason_missing`, `overdrawn`; Conflict `entry_decided`, `period_closed`.
    """
    entry = _waiting(by, number)
    require(by, rules.APPROVE, path=entry.fund.path)
    check_activity("ledger")
    rules.check_second_person(entry.proposer_id, by.person_id)
    if holds_in(entry, by.person_id):
        raise Refused("own_account", N_("这一笔记在您自己的账户上。请另一位来批。"))
    if not granted:
        count_in(entry, by=by, at=at, verdict=Verdict.REFUSED, note=_reason(note))
        return entry
    closed = queries.closed_until(entry.fund)
    rules.check_day(entry.on, opened_on=entry.fund.opened_on, closed_until=closed, today=local_date(at))
    count_in(entry, by=by, at=at, verdict=Verdict.APPROVED, note=tidy(note)[: rules.LONGEST_REASON])
    return entry


@transaction.atomic
def withdraw_entry(*, by: Actor, at: dt.datetime, number: str, note: str = "") -> LedgerEntry:
    """Who wrote it takes it back before anybody decided. Raises Forbidden `not_yours`, Conflict `entry_decided`."""
    entry = _waiting(by, number)
    require(by, rules.PROPOSE, path=entry.fund.path)
    if entry.proposer_id != by.person_id:
        message = N_("只有记这一笔的人能撤回。您可以批准或者退回。")
        raise Refused("not_yours", message)
    count_in(entry, by=by, at=at, verdict=Verdict.WITHDRAWN, note=tidy(note)[: rules.LONGEST_REASON])
    return entry


def _waiting(by: Actor, number: str) -> LedgerEntry:
    """The entry, its fund locked: one decision at a time in a fund."""
    entry = queries.get_entry_for(by, number)
    if entry.movement in BY_BOTH:
        raise Conflict("both_agree", N_("转给家人要收的人自己同意，别人不能替他批。"))
    queries.get_fund_for(by, entry.fund.number, lock=True)
    if Approval.objects.filter(entry=entry).exists():
        raise Conflict("entry_decided", N_("这一笔已经定了。请刷新看看。"))
    return entry


def _reason(note: str) -> str:
    note = tidy(note)[: rules.LONGEST_REASON]
    if not note:
        raise Refused("reason_missing", N_("请写为什么不同意，让记账的人明白。"), field="note")
    return note


def count_in(entry: LedgerEntry, *, by: Actor, at: dt.datetime, verdict: Verdict, note: str = "") -> Approval:
    """Write the decision; the database adds the lines to the balances and blocks what goes below a floor.

    The caller holds the fund locked. Raises Refused `overdrawn`, `over_ceiling` with what is missing.
    """
    if verdict == Verdict.APPROVED:
        _check_room(entry)
    decider = person_of(by) if entry.proposer_id or by.kind == "person" else None
    row = Approval(entry=entry, verdict=verdict, by=decider, note=note, at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        # What another path did in this moment: the database has the last word.
        raise Conflict("blocked", N_("现在记不进去：余额、结账或者审批变了。请刷新再看。")) from error
    entry.approval = row
    changes = {"verdict": [None, str(verdict)], "alone": entry.proposer_id == row.by_id}
    record(by=by, at=at, action="ledger.decide", subject=entry.reference, changes=changes)
    if verdict == Verdict.APPROVED:
        tell_if_low(entry.fund, by=by, at=at)
    return row


def _check_room(entry: LedgerEntry) -> None:
    """In words what the check of the account would say without any."""
    for line in entry.postings.select_related("account").order_by("account"):
        account, unit = line.account, entry.fund.unit
        rules.check_floor(account.name, account.balance, line.amount, account.floor, unit)
        rules.check_ceiling(account.name, account.balance, line.amount, account.ceiling, unit)


@transaction.atomic
def show_paper(*, by: Actor, at: dt.datetime, number: str, media_id: uuid.UUID) -> None:
    """公开一张票据: everybody may see it from now on; by another than who wrote the entry, after covering names.

    Raises Forbidden, NotFound `paper_not_found`, Refused `second_person`, Conflict `not_counted`.
    """
    entry = queries.get_entry_for(by, number)
    require(by, rules.APPROVE, path=entry.fund.path)
    rules.check_second_person(entry.proposer_id, by.person_id)
    if queries.state_of(entry) != "approved":
        raise Conflict("not_counted", N_("这一笔还没有记入，票据先不公开。"))
    found = next((row.media for row in queries.papers_of(entry) if row.media_id == media_id), None)
    if found is None or found.kind != "image":
        raise NotFound("paper_not_found", N_("没有这张票据。只有照片能公开，公开前先遮住人名和号码。"))
    if media_id not in queries.shown_papers([entry]):
        purpose = EvidencePurpose.RECEIPT
        attach_evidence(by=by, at=at, media=found, subject=entry.public_reference, purpose=purpose)
