"""异议: somebody says an entry on his account is wrong; another than who wrote or approved it answers, with reasons."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.ledger import holding, queries, rules, words
from gongzhi.ledger.actions import holding as hands
from gongzhi.ledger.actions.entering import reverse_entry
from gongzhi.ledger.actions.persons import ACTIVITY
from gongzhi.ledger.models import LedgerEntry, Objection
from gongzhi.people import vault
from gongzhi.people.queries import person_of


@transaction.atomic
def object_to(*, by: Actor, at: dt.datetime, number: str, reason: str) -> Objection:
    """One open objection at a time to an entry; the words are sealed.

    Raises NotFound `entry_not_found`, Refused `reason_missing`, Conflict `already_objected`.
    """
    person = person_of(by)
    check_activity(ACTIVITY)
    entry, account = holding.own_entry(person.pk, number)
    text = _said(reason, N_("请写哪里不对。"))
    key, _plain = vault.new_key("objection", at)
    key.save(force_insert=True)
    row = Objection(pk=uuid7(), entry=entry, account=account, key=key, at=at)
    row.words = words.seal_objection(key, row.pk, text)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("already_objected", N_("这一笔的异议正在等答复。")) from error
    record(by=by, at=at, action="ledger.object", subject=entry.reference, changes={})
    return row


def _said(text: str, missing: str) -> str:
    text = tidy(text)[: rules.LONGEST_REASON]
    if not text:
        raise Refused("reason_missing", missing, field="reason")
    return text


@transaction.atomic
def answer_objection(
    *, by: Actor, at: dt.datetime, objection_id: uuid.UUID, upheld: bool, answer: str, undo: bool = False
) -> Objection:
    """By somebody who neither wrote nor approved the entry; `undo`: the entry is undone, by yet another person's word.

    Raises Forbidden, NotFound `objection_not_found`, Refused `reason_missing`, `second_person`, `own_account`.
    """
    row = open_objection(by=by, objection_id=objection_id, lock=True)
    require(by, rules.PROPOSE, path=row.entry.fund.path)
    check_activity(ACTIVITY)
    _check_somebody_else(row, by)
    said = _said(answer, N_("请写理由，让提出的人明白。"))
    row.words = words.seal_objection(row.key, row.pk, words.objection_of(row)["reason"], said)
    row.upheld, row.answered_by, row.answered_at = upheld, person_of(by), at
    row.save(update_fields=["words", "upheld", "answered_by", "answered_at"])
    record(by=by, at=at, action="ledger.answer_objection", subject=row.entry.reference, changes={"upheld": upheld})
    if upheld and undo and queries.undone_by(row.entry) is None:
        reverse_entry(by=by, at=at, number=row.entry.number, reason=N_("异议成立"))
    row.account.fund = row.entry.fund
    hands.tell(row.account, "answered", by=by, at=at, key=f"{row.pk}-answered")
    return row


def open_objection(*, by: Actor, objection_id: uuid.UUID, lock: bool = False) -> Objection:
    """One that waits for an answer where the actor writes entries. Raises NotFound `objection_not_found`."""
    rows = holding.objections_for(by.paths_for(rules.PROPOSE))
    rows = rows.select_for_update(of=("self",)) if lock else rows
    row = rows.filter(pk=objection_id, upheld=None).first()
    if row is None:
        raise NotFound("objection_not_found", N_("没有这条异议，或者已经答复。请刷新看看。"))
    return row


def _check_somebody_else(row: Objection, by: Actor) -> None:
    entry: LedgerEntry = row.entry
    decided = getattr(entry, "approval", None)
    if by.person_id in (entry.proposer_id, decided.by_id if decided else None):
        raise Refused("second_person", N_("这一笔是您记的或者批的，请另一位来答复。"))
    if row.account.holder_id == by.person_id:
        raise Refused("own_account", N_("这一笔记在您自己的账户上。请另一位来答复。"))
