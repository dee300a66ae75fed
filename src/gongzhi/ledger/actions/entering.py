"""An entry is written: by a movement of the kind, with its papers; what is within one person's limit counts at once."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.documents.models import EvidencePurpose
from gongzhi.ledger import queries, rules, words
from gongzhi.ledger.actions.deciding import count_in
from gongzhi.ledger.models import Account, Fund, LedgerEntry, Posting, Verdict
from gongzhi.packs import queries as packs
from gongzhi.packs.fund_contents import Movement
from gongzhi.packs.laws import region_of
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.people.queries import person_of
from gongzhi.publications.rules import lint

EMERGENCY_LAW, EMERGENCY_RULE = "cn.owners.decisions", "fund.emergency"


@dataclass(frozen=True)
class Written:
    """What somebody writes down: from the account `credit` to the account `debit` (codes of the pack's accounts).

    `papers`: which of the asked papers the uploads show. `own`: what whoever gets it raised himself. `situation`: of
    an emergency. `request`: of the form, so that one sent twice is written once.
    """

    movement: str
    credit: str
    debit: str
    amount: int
    on: dt.date
    narration: str
    party: str = ""
    about: str = ""
    decision: str = ""
    own: int = 0
    situation: str = ""
    papers: tuple[str, ...] = ()
    uploads: Sequence[Upload] = field(default=())
    request: uuid.UUID | None = None


@transaction.atomic
def propose_entry(*, by: Actor, at: dt.datetime, number: str, written: Written) -> LedgerEntry:
    """Write an entry into a fund; within the limit it counts at once, above it waits for a second person.

    Raises Forbidden, NotFound, Conflict `fund_closed`, `period_closed`, Refused for what is missing (see rules).
    """
    fund = queries.get_fund_for(by, number, lock=True)
    require(by, rules.PROPOSE, path=fund.path)
    check_activity("ledger")
    if before := _before(fund, written.request):
        return before
    movement = queries.movement_of(fund, written.movement)
    check_open(fund, written.on, at)
    _check_asked(fund, movement, written)
    entry = new_entry(fund, proposer=person_of(by), at=at, on=written.on, amount=written.amount)
    entry.movement, entry.narration = movement.code, public_words(written.narration, "narration")
    entry.about = rules.check_reference(written.about, "about")
    entry.decision = rules.check_reference(written.decision, "decision")
    entry.facts, entry.request = _facts(fund, movement, written), written.request
    entry.needs_second = rules.needs_second(written.amount, fund.second_above)
    if party := _party(movement, written.party):
        entry.words = words.seal_party(entry.key, entry.pk, party)
    save_entry(entry, _lines(fund, movement, written), by=by, at=at)
    _attach(entry, written.uploads, by=by, at=at)
    if not entry.needs_second:
        count_in(entry, by=by, at=at, verdict=Verdict.APPROVED)
    return entry


def _before(fund: Fund, request: uuid.UUID | None) -> LedgerEntry | None:
    return fund.entries.filter(request=request).first() if request else None


def check_open(fund: Fund, on: dt.date, at: dt.datetime) -> None:
    if fund.closed_on is not None:
        raise Conflict("fund_closed", N_("这本账已经停用。"))
    closed = queries.closed_until(fund)
    rules.check_day(on, opened_on=fund.opened_on, closed_until=closed, today=local_date(at))


def _check_asked(fund: Fund, movement: Movement, written: Written) -> None:
    """What the kind asks of this movement. Raises Refused with what is missing."""
    rules.check_papers(movement.vouchers, written.papers, len(written.uploads))
    if movement.about and not written.about.strip():
        raise Refused("about_missing", N_("请写这笔钱用在哪件事、哪个项目上。"), field="about")
    if movement.decision and not written.decision.strip():
        message = N_("这一类要先有决定。请写决定的编号，比如 resolution:JY-1。")
        raise Refused("decision_missing", message, field="decision")
    if movement.emergency:
        _check_situation(fund, written)
    if movement.own_share:
        rules.check_own_share(written.amount, written.own, Fraction(movement.own_share))
    if movement.most:
        rules.check_most(written.amount, queries.spent_on(fund, movement.code, written.about.strip()), movement.most)


def situations_at(fund: Fund, on: dt.date) -> tuple[str, ...]:
    """Which situations the law of the place lists as urgent; () where it lists none, or the law is not loaded."""
    try:
        law = packs.law_at(EMERGENCY_LAW, region=region_of(fund.path), on=on)
    except Refused:
        return ()
    rule = law.rules.get(EMERGENCY_RULE)
    return tuple(rule.params.get("situations", ())) if rule else ()


def _check_situation(fund: Fund, written: Written) -> None:
    """Raises Refused `situation_missing`: one of the list where the law has one, else in words."""
    listed = situations_at(fund, written.on)
    said = written.situation.strip()
    if not said or (listed and said not in listed):
        raise Refused("situation_missing", N_("请选是哪一种紧急情况；当地没有列的，写清楚。"), field="situation")


def _facts(fund: Fund, movement: Movement, written: Written) -> dict[str, Any]:
    facts: dict[str, Any] = {"pack": fund.pack, "limit": fund.second_above, "papers": sorted(written.papers)}
    if movement.own_share:
        facts |= {"own": written.own, "own_share": movement.own_share}
    if movement.emergency:
        facts["situation"] = public_words(written.situation, "situation")
    return facts


def public_words(text: str, name: str) -> str:
    """Words for everybody: there, not too long, without people's numbers and doors.

    Raises Refused `words_missing`, `too_long`, `not_for_public`.
    """
    text = tidy(text).replace("\n", " ")
    if not text:
        raise Refused("words_missing", N_("请写一句摘要：付给谁做什么，不写人名。"), field=name)
    if len(text) > rules.LONGEST_NARRATION:
        raise Refused("too_long", N_("写得太长，最多 {longest} 个字。"), longest=rules.LONGEST_NARRATION, field=name)
    found = [one for one in lint.find_in(name, text) if one.kind in (lint.NEVER_IN_CRITICISM | {"name"})]
    if found:
        message = N_("这里会公开，不能写{kind}：{found}。")
        raise Refused("not_for_public", message, kind=lint.WORDS[found[0].kind], found=found[0].found, field=name)
    return text


def _party(movement: Movement, party: str) -> str:
    party = " ".join(party.split())[: rules.LONGEST_PARTY]
    if movement.party != "none" and not party:
        raise Refused("party_missing", N_("请写收款或付款的是谁。名字加密存，公开时不显示。"), field="party")
    return party if movement.party != "none" else ""


def _lines(fund: Fund, movement: Movement, written: Written) -> list[rules.Line]:
    """Raises Refused `account_wrong` for an account that the movement does not take."""
    kind = queries.kind_of(fund)
    for side, codes in (("credit", movement.credit), ("debit", movement.debit)):
        if getattr(written, side) not in kind.free(codes):
            raise Refused("account_wrong", N_("请从列表里选账户。"), field=side)
    rows = fund.accounts.filter(line__in=(written.credit, written.debit), holder=None)
    by_line = dict(rows.values_list("line", "pk"))
    debit, credit = by_line[written.debit], by_line[written.credit]
    return [rules.Line(debit, written.amount), rules.Line(credit, -written.amount)]


def new_entry(fund: Fund, *, proposer: Person | None, at: dt.datetime, on: dt.date, amount: int) -> LedgerEntry:
    """Not saved yet: the next number of the fund, which the caller holds locked, and a key of its own."""
    last = fund.entries.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    entry = LedgerEntry(pk=uuid7(), fund=fund, sequence=last + 1, on=on, amount=amount, at=at)
    entry.number = f"{fund.number}-{entry.sequence:04d}"
    entry.proposer = proposer
    key, _plain = vault.new_key("entry", at)
    key.save(force_insert=True)
    entry.key = key
    return entry


def save_entry(entry: LedgerEntry, lines: Sequence[rules.Line], *, by: Actor, at: dt.datetime) -> None:
    if rules.check_balanced(lines) != entry.amount:
        raise Refused("not_balanced", N_("借和贷不相等，或者少了一行。请重新填。"))
    entry.lines = len(lines)
    entry.save(force_insert=True)
    rows = [Posting(entry=entry, account_id=one.account, amount=one.amount) for one in lines]
    for row, line in zip(rows, lines, strict=True):
        row.expires_on = line.expires_on
    Posting.objects.bulk_create(rows)
    changes: dict[str, Any] = {"movement": entry.movement, "amount": entry.amount, "on": entry.on.isoformat()}
    if entry.reverses_id:
        changes["reverses"] = str(entry.reverses_id)
    record(by=by, at=at, action="ledger.propose", subject=entry.reference, changes=changes)
    for relation, target in (("pays_for", entry.about), ("by_decision", entry.decision)):
        if target:
            link(by=by, at=at, source=entry.reference, relation=relation, target=target)


def _attach(entry: LedgerEntry, uploads: Sequence[Upload], *, by: Actor, at: dt.datetime) -> None:
    for upload in uploads:
        media = store_upload(by=by, at=at, key=entry.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=entry.reference, purpose=EvidencePurpose.RECEIPT)


@transaction.atomic
def reverse_entry(*, by: Actor, at: dt.datetime, number: str, reason: str) -> LedgerEntry:
    """冲销: the same lines the other way round, today, with a reason; a second person approves. Nothing is changed.

    Raises Forbidden, Conflict `not_counted`, `already_undone`, `is_an_undoing`.
    """
    entry = queries.get_entry_for(by, number)
    fund = queries.get_fund_for(by, entry.fund.number, lock=True)
    require(by, rules.PROPOSE, path=fund.path)
    check_activity("ledger")
    if queries.state_of(entry) != "approved":
        raise Conflict("not_counted", N_("这一笔还没有记入，不用冲销。"))
    if entry.reverses_id is not None:
        raise Conflict("is_an_undoing", N_("这一笔本身是冲销。要改回来，按原样再记一笔。"))
    if queries.undone_by(entry) is not None or queries.given_back(entry):
        raise Conflict("already_undone", N_("这一笔已经冲销，或者冲销正在等审批。"))
    return write_undoing(entry, fund, public_words(reason, "reason"), by=by, at=at, proposer=person_of(by))


def write_undoing(
    entry: LedgerEntry, fund: Fund, reason: str, *, by: Actor, at: dt.datetime, proposer: Person | None
) -> LedgerEntry:
    """The lines the other way round, waiting for a second person; the caller holds the fund and has asked the rest."""
    today = local_date(at)
    check_open(fund, today, at)
    undoing = new_entry(fund, proposer=proposer, at=at, on=today, amount=entry.amount)
    undoing.movement, undoing.narration = entry.movement, reason
    undoing.about, undoing.decision, undoing.reverses = entry.about, entry.decision, entry
    undoing.facts, undoing.needs_second = {"pack": fund.pack, "limit": fund.second_above, "papers": []}, True
    lines = [rules.Line(one.account_id, one.amount, one.expires_on) for one in entry.postings.order_by("pk")]
    save_entry(undoing, rules.reversed_lines(lines), by=by, at=at)
    link(by=by, at=at, source=undoing.reference, relation="undoes", target=entry.reference)
    return undoing


@transaction.atomic
def add_papers(*, by: Actor, at: dt.datetime, number: str, uploads: Sequence[Upload]) -> int:
    """More papers to an entry that stands: a receipt that came later; the lines stay as they are, closed or not.

    Raises Refused `too_many`, Conflict `entry_gone`, Forbidden.
    """
    entry = queries.get_entry_for(by, number)
    require(by, rules.PROPOSE, path=entry.fund.path)
    check_activity("ledger")
    if queries.state_of(entry) in ("refused", "withdrawn"):
        raise Conflict("entry_gone", N_("这一笔没有记入，不用补单据。重记一笔，把单据放在那里。"))
    rules.check_papers((), (), len(uploads) + len(queries.papers_of(entry)))
    _attach(entry, uploads, by=by, at=at)
    return len(uploads)


def accounts_by_line(fund: Fund) -> dict[str, Account]:
    return {one.line: one for one in fund.accounts.filter(holder=None).order_by("position")}
