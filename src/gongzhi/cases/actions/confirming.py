"""The reporter's word: three questions asked apart, and the right to open the case again."""

import datetime as dt

from django.db import transaction

from gongzhi.cases import queries, rules, timing
from gongzhi.cases.actions.laddering import call_after_reopening
from gongzhi.cases.actions.moving import begin, finish, meet_clocks, require_own_word, start_clock, write_event
from gongzhi.cases.models import Case
from gongzhi.common.access import Actor, system_actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


@transaction.atomic
def answer_case_question(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    solved: str,
    heard: bool | None = None,
    satisfied: int | None = None,
    note: str = "",
    track_code: str = "",
) -> Case:
    """居民确认: `solved` is yes, partly, no or disagree; `heard` and `satisfied` (1–5) are other questions.

    Anything but yes keeps number and clock: the work goes on, or the level above reviews the explanation.
    """
    if solved not in rules.SOLVED_MOVES:
        raise Refused("missing_answer", N_("请选一个回答：已解决、部分解决、未解决或不同意说明。"), field="solved")
    move = rules.SOLVED_MOVES[solved]
    case, joined = _asked(by=by, number=number, move=move, note=note, track_code=track_code)
    if satisfied is not None and not 1 <= satisfied <= 5:
        raise Refused("bad_rating", N_("满意程度请选 1 到 5。"), field="satisfied")
    case.solved, case.heard, case.satisfied = solved, heard, satisfied
    meet_clocks(case, at, "confirm")
    if move == "disagree":
        start_clock(case, _review(case, at))
    elif move == "unsolved":
        _again(case, at)
    _say(case, joined, by=by, at=at, move=move, note=note, facts={"solved": solved})
    return case


def _asked(*, by: Actor, number: str, move: str, note: str, track_code: str) -> tuple[Case, Case | None]:
    """The case that is worked on, locked; and the one merged into it whose reporter speaks, if it is not its own."""
    own = queries.get_case_for(by, number, track_code=track_code)
    if own.main is None:
        return begin(by=by, number=number, move=move, given={"note": note}, track_code=track_code), None
    require_own_word(by, own, track_code)
    code = queries.track_code_for(own.main.number)
    return begin(by=by, number=own.main.number, move=move, given={"note": note}, track_code=code), own


def _say(
    case: Case, joined: Case | None, *, by: Actor, at: dt.datetime, move: str, note: str, facts: dict[str, str]
) -> None:
    """A neighbour's words stay under the key of the neighbour's own case: the first reporter does not read them."""
    if joined is None:
        finish(case, by=by, at=at, move=move, note=note, facts=facts)
        return
    finish(case, by=by, at=at, move=move, facts={**facts, "from": joined.number})
    write_event(joined, by=by, at=at, move=move, note=note, facts=facts)


@transaction.atomic
def reopen_case(*, by: Actor, at: dt.datetime, number: str, note: str, track_code: str = "") -> Case:
    """再打开 a finished case: the number stays, the promise to resolve runs again."""
    case, joined = _asked(by=by, number=number, move="reopen", note=note, track_code=track_code)
    open_again(case, by=by, at=at, note="" if joined else note)
    if joined is not None:
        write_event(joined, by=by, at=at, move="reopen", note=note)
    return case


def open_again(case: Case, *, by: Actor, at: dt.datetime, note: str) -> None:
    """Number and promise stay; the second time the ladder is called at once. The case is locked by the caller."""
    case.reopens, case.closed_at = case.reopens + 1, None
    if case.solved in ("", "yes"):
        case.solved = "no"
    _again(case, at)
    finish(case, by=by, at=at, move="reopen", note=note)
    call_after_reopening(case, by=system_actor("ladder"), at=at)


def _review(case: Case, at: dt.datetime) -> timing.Planned:
    planned = timing.plan_for(case.priority, "resolve", at)
    return timing.Planned("review", at, planned.due_at, planned.certain, planned.period)


def _again(case: Case, at: dt.datetime) -> None:
    """The resolve clock was stopped by the check; it runs again towards the date first promised."""
    planned = timing.plan_for(case.priority, "resolve", case.received_at)
    due = max(case.due_at or planned.due_at, planned.due_at)
    start_clock(case, timing.Planned("resolve", case.received_at, due, planned.certain, planned.period))
