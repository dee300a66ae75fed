"""A small procedure, step by step: what counts, what is refused and why, what runs until when."""

import datetime as dt
from dataclasses import replace

import pytest

from gongzhi.engines.procedure import accepted, check, deadlines, next_steps, outcome, where_it_stands
from gongzhi.engines.procedure_terms import Event, StepRefused
from gongzhi.engines.tests.courses import CALENDAR, SMALL, day, happy_path, moved

OPENED = Event("opened", day("3-2"), "branch", matter="fund")
PROPOSED = Event("recorded", day("3-2"), "branch", "propose", documents=("proposal",))
SIGNED = Event("signed", day("3-3"), "supervisors", "propose")
POSTED = Event("published", day("3-4"), "committee", "draft")
NOTICED = Event("noticed", day("3-10"), "committee", "decide", for_day=day("3-21"), documents=("plan",))
FIGURES = {"members": 45, "present": 30, "yes": 16, "no": 10, "abstain": 4}
DECIDED = Event("recorded", day("3-21"), "assembly", "decide", figures=FIGURES, documents=("minutes",))
WITNESSED = Event("signed", day("3-21"), "supervisors", "decide")
TOLD = Event("published", day("3-22"), "committee", "result")
TOLD_SIGNED = Event("signed", day("3-23"), "supervisors", "result")
FILED = Event("recorded", day("3-31"), "committee", "archive", documents=("file",))
COURSE = (OPENED, PROPOSED, SIGNED, POSTED, NOTICED, DECIDED, WITNESSED, TOLD, TOLD_SIGNED, FILED)


def until(event: Event) -> tuple[Event, ...]:
    return COURSE[: COURSE.index(event)]


def codes(before: tuple[Event, ...], event: Event, today: dt.date | None = None) -> list[str]:
    return [refusal.code for refusal in check(SMALL, before, event, today or event.on, CALENDAR)]


def test_a_whole_course_is_accepted_and_ends() -> None:
    events: tuple[Event, ...] = ()
    for event in COURSE:
        events = accepted(SMALL, events, event, event.on, CALENDAR)
    stands = where_it_stands(SMALL, events, day("4-1"), CALENDAR)
    assert stands.status == "ended" and stands.ending and stands.ending.kind == "decided"
    assert [state.phase for state in stands.steps] == ["done"] * 5
    assert next_steps(SMALL, events, day("4-1"), CALENDAR) == deadlines(SMALL, events, day("4-1"), CALENDAR) == ()


@pytest.mark.parametrize(
    ("event", "changes", "code"),
    [
        (PROPOSED, {"documents": ()}, "documents_missing"),
        (PROPOSED, {"by": "committee"}, "wrong_body"),
        (PROPOSED, {"on": day("3-1")}, "backdated"),
        (SIGNED, {"by": "branch"}, "not_a_signer"),
        (POSTED, {"step": "decide", "kind": "published"}, "step_skipped"),
        (POSTED, {"step": "propose", "kind": "recorded"}, "step_done"),
        (POSTED, {"step": "nowhere"}, "unknown_step"),
        (NOTICED, {"on": day("3-9")}, "step_skipped"),
        (NOTICED, {"by": "villager"}, "may_not_call"),
        (NOTICED, {"by": "delegates"}, "callers_short"),
        (NOTICED, {"by": "delegates", "figures": {"calling": 8, "delegates": 45}}, "callers_short"),
        (NOTICED, {"for_day": day("3-20")}, "notice_short"),
        (NOTICED, {"for_day": None}, "day_missing"),
        (NOTICED, {"documents": ()}, "documents_missing"),
        (NOTICED, {"for_day": day("7-1")}, "too_late"),
        (DECIDED, {"on": day("3-20")}, "before_the_day"),
        (DECIDED, {"figures": {"members": 45, "present": 30}}, "figures_missing"),
        (DECIDED, {"figures": FIGURES | {"present": 29, "abstain": 3}}, "quorum_short"),
        (DECIDED, {"figures": FIGURES | {"abstain": 5}}, "sum_wrong"),
        (DECIDED, {"figures": FIGURES | {"members": 29}}, "figure_beyond"),
        (DECIDED, {"figures": FIGURES | {"yes": -1, "abstain": 21}}, "figure_negative"),
        (DECIDED, {"outcome": "rejected"}, "outcome_contradicts"),
        (WITNESSED, {"kind": "published", "by": "assembly"}, "nothing_to_publish"),
        (TOLD_SIGNED, {"kind": "published", "by": "committee"}, "published_already"),
        (FILED, {"on": day("3-30")}, "step_skipped"),
    ],
)
def test_what_does_not_count(event: Event, changes: dict[str, object], code: str) -> None:
    assert codes(until(event), event) == []
    assert code in codes(until(event), moved(event, **changes))


def test_a_refusal_says_exactly_what_is_missing() -> None:
    short = FIGURES | {"present": 26, "abstain": 0}
    [refusal] = check(SMALL, until(DECIDED), moved(DECIDED, figures=short), day("3-21"), CALENDAR)
    one = refusal.facts["needs"]["alternatives"][0][0]
    assert (one["reached"], one["bound"], one["missing"], one["base"]) == (26, 30, 4, 45)
    assert refusal.facts["needs"]["article"] == "第26条"
    [skipped] = check(SMALL, until(NOTICED), moved(NOTICED, on=day("3-9")), day("3-9"), CALENDAR)
    assert skipped.facts["waits_for"] == "draft" and skipped.facts["until"] == "2026-03-09"


def test_eight_of_forty_five_delegates_are_too_few_nine_are_enough() -> None:
    calling = {"calling": 9, "delegates": 45}
    assert codes(until(NOTICED), moved(NOTICED, by="delegates", figures=calling)) == []


def test_nothing_lies_in_the_future_and_late_entries_have_a_limit() -> None:
    assert codes(until(PROPOSED), PROPOSED, today=day("3-1")) == ["in_future"]
    assert "entered_late" in codes(until(PROPOSED), moved(PROPOSED, entered_on=day("3-5")), today=day("3-5"))
    three = replace(SMALL, late_entry_days=3)
    late = moved(PROPOSED, entered_on=day("3-5"))
    assert check(three, until(PROPOSED), late, day("3-5"), CALENDAR) == ()
    late = moved(POSTED, entered_on=day("3-5"))  # the days of others run from a posting
    [refusal] = check(three, until(POSTED), late, day("3-5"), CALENDAR)
    assert refusal.code == "not_entered_at_once"
    assert "in_future" in codes(until(SIGNED), moved(SIGNED, entered_on=day("3-2")))


def test_half_is_not_more_than_half() -> None:
    even = moved(DECIDED, figures=FIGURES | {"yes": 15, "no": 15, "abstain": 0})
    events = (*until(DECIDED), even, WITNESSED)
    stands = where_it_stands(SMALL, events, day("3-22"), CALENDAR)
    assert stands.status == "ended" and stands.ending and stands.ending.kind == "rejected"
    assert [state.phase for state in stands.steps][-2:] == ["left_out", "left_out"]
    found = outcome(SMALL, events, CALENDAR)
    assert found and found.outcome == "rejected" and found.figures["yes"] == 15


def test_a_decision_stands_from_the_vote_on_with_its_sums() -> None:
    assert outcome(SMALL, until(DECIDED), CALENDAR) is None
    found = outcome(SMALL, (*until(DECIDED), DECIDED), CALENDAR)
    assert found and (found.step, found.outcome, found.on) == ("decide", "passed", day("3-21"))
    assert found.worked[0]["alternatives"][0][0]["bound"] == 30
    assert found.worked[1]["alternatives"][0][0]["bound"] == 16


def test_an_open_objection_keeps_the_gate_shut() -> None:
    objected = Event("objected", day("3-6"), "villager", "draft", key="o1")
    events = (*COURSE[:4], objected)
    assert codes(events, moved(NOTICED, for_day=day("4-30"))) == ["step_skipped"]
    states = {state.code: state for state in where_it_stands(SMALL, events, day("3-20"), CALENDAR).steps}
    assert states["draft"].phase == "public" and states["draft"].objections == ("o1",)
    assert [due.code for due in deadlines(SMALL, events, day("3-7"), CALENDAR)] == [
        "decide_objection",
        "public_until",
        "expires",
    ]
    answered = Event("answered", day("3-12"), "committee", "draft", key="o1", outcome="rejected")
    assert codes(events, moved(answered, by="branch")) == ["wrong_body"]
    assert codes(events, moved(answered, outcome="maybe")) == ["outcome_unknown"]
    assert codes(events, moved(answered, outcome="upheld")) == ["documents_missing"]
    assert codes((*events, answered), moved(NOTICED, on=day("3-12"), for_day=day("3-23"))) == []
    assert codes((*events, answered), moved(answered, on=day("3-12"))) == ["objection_late"]


def test_objections_come_in_time_or_not_at_all() -> None:
    """Five days from 4 March end on Monday 9 March: the period ends on a working day anyway."""
    late = Event("objected", day("3-10"), "villager", "draft", key="o1")
    assert codes(COURSE[:4], moved(late, on=day("3-9"))) == []
    assert codes(COURSE[:4], late) == ["objection_late"]
    assert codes(COURSE[:3], moved(late, on=day("3-3"))) == ["nothing_published"]


def test_an_objection_that_is_right_stops_where_the_gate_says_so() -> None:
    objected = Event("objected", day("3-24"), "villager", "result", key="o1")
    answered = Event("answered", day("3-25"), "supervisors", "result", key="o1", outcome="upheld")
    events = (*COURSE[:9], objected, answered)
    assert where_it_stands(SMALL, events, day("3-30"), CALENDAR).status == "running"
    stands = where_it_stands(SMALL, events, day("3-31"), CALENDAR)
    assert stands.status == "ended" and stands.ending and stands.ending.code == "stopped"
    assert codes(events, FILED) == ["ended_already"]


def test_the_last_day_of_rest_moves_on() -> None:
    """A posting of 7 days from Sunday 22 March would end on Sunday 29: its last day is Monday (民法典 203)."""
    events = COURSE[:9]
    [public] = [due for due in deadlines(SMALL, events, day("3-24"), CALENDAR) if due.code == "public_until"]
    assert public.on == day("3-30")


def test_a_meeting_that_fell_through_is_called_again() -> None:
    few = {"members": 45, "present": 29}
    fell = Event("fell_through", day("3-21"), "assembly", "decide", figures=few)
    assert codes(until(DECIDED), moved(fell, figures={"members": 45, "present": 30})) == ["quorum_met"]
    assert codes(until(DECIDED), moved(fell, figures={})) == ["figures_missing"]
    events = (*until(DECIDED), fell)
    assert codes(events, DECIDED) == ["notice_missing"]
    assert codes(events, moved(NOTICED, on=day("3-21"), for_day=day("4-1"))) == []


def test_a_meeting_is_called_off_with_a_reason_only() -> None:
    off = Event("called_off", day("3-12"), "committee", "decide", note="下大雪")
    assert codes(until(DECIDED), moved(off, note="")) == ["reason_missing"]
    assert codes(until(DECIDED), moved(off, by="villager")) == ["may_not_call"]
    assert codes((*until(DECIDED), off), NOTICED) == ["backdated"]
    assert codes((*until(DECIDED), off), moved(NOTICED, on=day("3-12"), for_day=day("3-23"))) == []
    assert codes(until(NOTICED), moved(off, on=day("3-10"))) == ["nothing_called"]


def test_stopping_takes_a_reason_and_comes_before_the_decision() -> None:
    stop = Event("aborted", day("3-5"), "branch", note="撤回提议")
    assert codes(COURSE[:4], moved(stop, note="")) == ["reason_missing"]
    assert codes(COURSE[:4], moved(stop, by="committee")) == ["may_not_abort"]
    assert where_it_stands(SMALL, (*COURSE[:4], stop), day("3-6"), CALENDAR).status == "aborted"
    assert codes((*COURSE[:4], stop), moved(NOTICED)) == ["aborted"]
    assert codes(COURSE[:6], moved(stop, on=day("3-21"))) == ["decided_already"]


def test_what_comes_too_late_lapses() -> None:
    stands = where_it_stands(SMALL, COURSE[:4], day("6-9"), CALENDAR)
    assert stands.status == "expired" and stands.current == ""
    assert codes(COURSE[:4], moved(NOTICED, on=day("6-9"), for_day=day("6-20"))) == ["expired"]
    assert where_it_stands(SMALL, COURSE[:4], day("6-8"), CALENDAR).status == "running"


def test_a_matter_of_one_body_is_refused_elsewhere() -> None:
    assert codes((), OPENED) == []
    [refusal] = check(SMALL, (), moved(OPENED, matter="land"), day("3-2"), CALENDAR)
    assert refusal.code == "reserved_matter" and refusal.facts["article"] == "第278条"
    assert refusal.facts["bodies"] == ["owners_assembly"] and refusal.facts["decided_by"] == ["assembly"]
    assert codes((), moved(OPENED, by="committee")) == ["may_not_call"]
    assert codes((OPENED,), OPENED) == ["opened_already"]
    assert codes((), PROPOSED) == ["not_opened"]


def test_forged_events_are_found_where_they_stand() -> None:
    forged = (OPENED, moved(DECIDED, on=day("3-3")))
    with pytest.raises(StepRefused) as raised:
        where_it_stands(SMALL, forged, day("4-1"), CALENDAR)
    assert raised.value.position == 1 and raised.value.refusals[0].code == "step_skipped"
    with pytest.raises(StepRefused):
        accepted(SMALL, (OPENED,), moved(DECIDED, on=day("3-3")), day("4-1"), CALENDAR)


def test_what_may_be_done_next_counts_when_it_is_done() -> None:
    events, last = happy_path(SMALL, CALENDAR)
    stands = where_it_stands(SMALL, events, last, CALENDAR)
    assert stands.ending and stands.ending.code == "decided"
    assert [event.kind for event in events] == [event.kind for event in COURSE]
