"""Looking after a space: readers say what should not stand, a post that is not the author's decides, with a reason."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden
from gongzhi.common.text import N_, tidy
from gongzhi.disclosure import queries, rules, words
from gongzhi.disclosure.actions.posting import end, neighbour, person_in
from gongzhi.disclosure.models import Alert, Message, Moderation, State, Verdict
from gongzhi.disclosure.queries import moderating
from gongzhi.notifications.actions import notify_person


@transaction.atomic
def alert(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str = "") -> Alert:
    """A reader says that a message should not stand. Who it was is told to nobody.

    Raises SignInRequired, Forbidden `not_a_neighbour`, `own_message`, Refused `missing_reason`, Conflict
    `alerted_already`, `message_state`.
    """
    row = queries.get_message_for(by, number, at, lock=True)
    person = neighbour(by, row.path, at)
    if person == row.author_id:
        raise Forbidden("own_message", N_("自己发的，直接撤下就行。"))
    rules.check_move("alert", row.state)
    rules.check_reason(reason, queries.reasons(local_date(at)))
    said = tidy(note)[: rules.LONGEST_NOTE]
    made = Alert(message=row, by_id=person, reason=reason, at=at)
    made.note = words.seal(row, "alert", said) if said else b""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("alerted_already", N_("您已经报过了，正在看。")) from error
    record(by=by, at=at, action="disclosure.alert", subject=row.reference, changes={"reason": reason})
    return made


def _locked(by: Actor, number: str, move: str, at: dt.datetime) -> Message:
    """Raises NotFound, Forbidden, `own_message`, Conflict `message_state`."""
    row = queries.get_message_for(by, number, at, lock=True)
    require(by, rules.MODERATE, path=row.path)
    rules.check_own(row.author_id, person_in(by))
    rules.check_move(move, row.state)
    return row


def decide(
    row: Message,
    verdict: Verdict,
    *,
    by: Actor,
    at: dt.datetime,
    reason: rules.Reason | None = None,
    note: str = "",
) -> Moderation:
    """Write a decision; the caller has checked who may."""
    path, post = moderating.level_of(by, row.path)
    made = Moderation(message=row, verdict=verdict, by_id=person_in(by), post_id=post, path=path, at=at)
    made.reason, made.basis = (reason.code, reason.basis[:200]) if reason else ("", "")
    made.pack = queries.reference(local_date(at))
    made.note = words.seal(row, "note", note) if note else b""
    made.save(force_insert=True)
    row.alerts.filter(answered_at__isnull=True).update(answered_at=at)
    changes = {"verdict": str(verdict), "reason": made.reason}
    record(by=by, at=at, action="disclosure.decide", subject=row.reference, changes=changes)
    return made


def tell(row: Message, made: Moderation, *, by: Actor, at: dt.datetime, reason: str = "") -> None:
    """The author hears what was decided and why; nobody else does."""
    if row.author_id is None:
        return
    params = {"number": row.number, "verdict": str(made.verdict), "reason": reason, "basis": made.basis}
    notify_person(
        by=by, at=at, person_id=row.author_id, kind="message_decided", params=params, subject=row.reference,
        dedupe_key=f"message:{made.pk}",
    )  # fmt: skip


@transaction.atomic
def admit(*, by: Actor, at: dt.datetime, number: str) -> Moderation:
    """What was to be read first is shown now. Raises Forbidden, `own_message`, Conflict `message_state`."""
    row = _locked(by, number, "admit", at)
    row.state = State.SHOWN
    row.save(update_fields=["state"])
    made = decide(row, Verdict.ADMITTED, by=by, at=at)
    tell(row, made, by=by, at=at)
    return made


def _take_down(by: Actor, at: dt.datetime, row: Message, verdict: Verdict, reason: str, note: str) -> Moderation:
    why = rules.check_reason(reason, queries.reasons(local_date(at)))
    end(row, State(str(verdict)), at)
    made = decide(row, verdict, by=by, at=at, reason=why, note=tidy(note)[: rules.LONGEST_NOTE])
    tell(row, made, by=by, at=at, reason=why.name)
    return made


@transaction.atomic
def refuse(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str = "") -> Moderation:
    """Not shown, with a reason of the pack. Raises Forbidden, `own_message`, Refused `missing_reason`, Conflict."""
    return _take_down(by, at, _locked(by, number, "refuse", at), Verdict.REFUSED, reason, note)


@transaction.atomic
def hide(*, by: Actor, at: dt.datetime, number: str, reason: str, note: str = "") -> Moderation:
    """Taken down, with a reason of the pack and the law behind it; its words are kept (网络安全法 47).

    Raises Forbidden, `own_message`, Refused `missing_reason`, Conflict `message_state`.
    """
    return _take_down(by, at, _locked(by, number, "hide", at), Verdict.HIDDEN, reason, note)


@transaction.atomic
def keep(*, by: Actor, at: dt.datetime, number: str) -> Moderation:
    """What readers reported stays. Raises Forbidden, `own_message`, Conflict `nothing_alerted`, `message_state`."""
    row = _locked(by, number, "keep", at)
    if not row.alerts.filter(answered_at__isnull=True).exists():
        raise Conflict("nothing_alerted", N_("没有等着看的举报。请刷新再看。"))
    return decide(row, Verdict.KEPT, by=by, at=at)


def tell_judges(judges: list[uuid.UUID], row: Message, *, by: Actor, at: dt.datetime, what: str, mark: str) -> None:
    """Who judges hears that an appeal came, or that it is late."""
    params = {"number": row.number, "what": what}
    for person in judges:
        notify_person(
            by=by, at=at, person_id=person, kind="message_appeal", params=params, subject=row.reference,
            dedupe_key=f"message-appeal:{mark}:{what}",
        )  # fmt: skip
