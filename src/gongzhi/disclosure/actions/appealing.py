"""申诉: the author says that a decision was wrong; somebody above who did not decide it answers, until a day."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.disclosure import queries, rules, words
from gongzhi.disclosure.actions.moderating import decide, tell, tell_judges
from gongzhi.disclosure.actions.posting import person_in
from gongzhi.disclosure.models import Appeal, Moderation, State, Verdict
from gongzhi.disclosure.queries import moderating


@transaction.atomic
def appeal(*, by: Actor, at: dt.datetime, number: str, text: str) -> Appeal:
    """Raises SignInRequired, Forbidden `not_author`, Refused `appeal_late`, `missing_words`, Conflict
    `message_state`, `appealed_already`."""
    person = person_in(by)
    row = queries.get_message_for(by, number, at, lock=True)
    rules.check_move("judge", row.state)
    decision, today = moderating.last_taken_down(row), local_date(at)
    assert decision is not None  # noqa: S101 - nothing gets into these states without one
    numbers = queries.numbers(today)
    rules.check_appeal(row.author_id, person, decision.at, at, numbers.appeal_days)
    if Appeal.objects.filter(decision=decision).exists():
        raise Conflict("appealed_already", N_("已经申诉过了。结果会告诉您。"))
    said = tidy(text)[: rules.LONGEST_NOTE]
    if not said:
        raise Refused("missing_words", N_("请写为什么应该放回去。"), field="text")
    made = Appeal(decision=decision, by_id=person, against_id=decision.by_id, at=at)
    made.path, made.words = moderating.appeal_path(decision, today), words.seal(row, "appeal", said)
    made.due_at = at + dt.timedelta(days=numbers.judge_days)
    made.save(force_insert=True)
    judges = moderating.judges_over(made.path, today, [decision.by_id, person])
    tell_judges(judges, row, by=by, at=at, what="filed", mark=str(made.pk))
    record(by=by, at=at, action="disclosure.appeal", subject=row.reference, changes={"of": str(decision)})
    return made


@transaction.atomic
def judge(*, by: Actor, at: dt.datetime, number: int, restored: bool, note: str) -> Moderation:
    """It comes back where it was, or stays down; with words for the author in both cases.

    Raises NotFound `unknown_appeal`, Forbidden, `own_decision`, Refused `missing_words`, Conflict `judged_already`.
    """
    found = moderating.get_appeal_for(by, number, lock=True)
    require(by, rules.JUDGE, path=found.path)
    person = person_in(by)
    row = queries.get_message_for(by, found.decision.message.number, at, lock=True)
    rules.check_judge(found.against_id, row.author_id, person)
    if found.decided_at is not None:
        raise Conflict("judged_already", N_("这个申诉已经定了。请刷新再看。"))
    said = tidy(note)[: rules.LONGEST_NOTE]
    if not said:
        raise Refused("missing_words", N_("请写理由，发的人看得到。"), field="note")
    if restored:
        row.state = State(rules.state_after_restoring(row.expires_on, at))
        row.ended_at = at if row.state == State.OVER else None
        row.save(update_fields=["state", "ended_at"])
    made = decide(row, Verdict.RESTORED if restored else Verdict.UPHELD, by=by, at=at, note=said)
    found.outcome, found.decided_by_id, found.decided_at = made, person, at
    found.save(update_fields=["outcome", "decided_by", "decided_at"])
    tell(row, made, by=by, at=at)
    return made


@transaction.atomic
def urge(*, by: Actor, at: dt.datetime, number: int) -> bool:
    """Its day is past: who judges is told once more; whether this was it."""
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("decision__message")
    found = rows.get(pk=number)
    if found.decided_at is not None or found.urged_at is not None or found.due_at > at:
        return False
    found.urged_at = at
    found.save(update_fields=["urged_at"])
    judges = moderating.judges_over(found.path, local_date(at), [found.against_id, found.by_id])
    row = found.decision.message
    tell_judges(judges, row, by=by, at=at, what="late", mark=str(found.pk))
    record(by=by, at=at, action="disclosure.urge", subject=row.reference, changes={})
    return True
