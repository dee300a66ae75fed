"""No accepted events go past a gate; a refusal changes nothing; the order of objections does not matter."""

import datetime as dt
from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.engines.procedure import check, deadlines, next_steps, outcome, where_it_stands
from gongzhi.engines.procedure_course import last_day
from gongzhi.engines.procedure_terms import Definition, Event, Step
from gongzhi.engines.tests.courses import CALENDAR, DAY, SMALL, event_for, moved

KINDS = ("noticed", "recorded", "signed", "published", "objected", "answered", "called_off", "fell_through")


def wild(definition: Definition, today: dt.date, random: Random) -> Event:
    """An event that somebody might try: any kind, any step, any body, figures that may or may not add up."""
    step = random.choice(definition.steps)
    kind = random.choice(KINDS)
    yes, no = random.randint(0, 45), random.randint(0, 20)
    return Event(
        kind,  # type: ignore[arg-type]
        today - dt.timedelta(days=random.choice((0, 0, 0, 1, 9))),
        random.choice((step.body, "supervisors", "branch", "committee", "villager")),
        step.code,
        for_day=today + dt.timedelta(days=random.choice((0, 5, 11, 30))),
        figures={"members": 45, "present": yes + no, "yes": yes, "no": no, "abstain": 0},
        documents=random.choice(((), ("proposal", "plan", "minutes", "file", "correction"))),
        outcome=random.choice(("", "passed", "rejected", "upheld")),
        key=random.choice(("", "o1", "o2")),
        note=random.choice(("", "原因")),
    )


def walk(definition: Definition, seed: int, rounds: int = 30) -> tuple[list[Event], int, dt.date]:
    """A course that a crowd pushes along, now lawfully, now not; only accepted events are kept."""
    random, today, refused = Random(seed), DAY, 0
    events: list[Event] = []
    for _ in range(rounds):
        ready = next_steps(definition, events, today, CALENDAR)
        if ready and random.random() < 0.7:
            chosen = random.choice([each for each in ready if each.kind != "aborted"] or list(ready))
            wish = {"decide": random.choice(("passed", "passed", "rejected"))}
            event = event_for(definition, chosen, key=f"o{random.randint(1, 3)}", prefer=wish)
            if chosen.kind == "answered":
                event = moved(event, outcome=random.choice(("rejected", "rejected", "upheld", "withdrawn")))
        else:
            event = wild(definition, today, random)
        today = max(today, event.entered) + dt.timedelta(days=random.choice((0, 0, 1, 6)))
        before = where_it_stands(definition, events, today, CALENDAR)
        if check(definition, events, event, today, CALENDAR):
            refused += 1
            assert where_it_stands(definition, events, today, CALENDAR) == before
        else:
            events.append(event)
    return events, refused, today


def passed(step: Step, events: Sequence[Event], after: dt.date) -> bool:
    """Whether everything that a step asks for is in the list itself; written without the engine on purpose."""
    own = [event for event in events if event.step == step.code]
    by_kind = {kind: [event for event in own if event.kind == kind] for kind in KINDS}
    if step.records:
        [record] = by_kind["recorded"]
        assert set(step.evidence) <= set(record.documents)
        if "present" in record.figures and step.quorum:
            assert 3 * record.figures["present"] >= 2 * record.figures["members"]
        if step.notice:
            notice = by_kind["noticed"][-1]
            assert notice.for_day and (notice.for_day - notice.on).days > step.notice.days
            assert record.on >= notice.for_day
    assert {event.by for event in by_kind["signed"]} == set(step.sign_off)
    if step.gate:
        [posted] = by_kind["published"]
        assert after > last_day(step.gate.days, posted.on, CALENDAR).on
        assert {event.key for event in by_kind["objected"]} == {event.key for event in by_kind["answered"]}
    return True


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_no_accepted_sequence_goes_past_a_gate(seed: int) -> None:
    events, _, today = walk(SMALL, seed)
    stands = where_it_stands(SMALL, events, today, CALENDAR)
    begun = [state for state in stands.steps if state.phase not in ("locked", "left_out")]
    for state, following in zip(begun, [*begun[1:], None], strict=True):
        if state.phase != "done":
            continue
        own = [event.on for event in events if following and event.step == following.code]
        assert passed(SMALL.step(state.code), events, min(own, default=today))
    if stands.ending and stands.ending.kind == "decided":
        assert [state.phase for state in stands.steps] == ["done"] * len(SMALL.steps)
        found = outcome(SMALL, events, CALENDAR)
        assert found and found.outcome == "passed" and 2 * found.figures["yes"] > found.figures["present"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_same_events_give_the_same_state(seed: int) -> None:
    events, _, today = walk(SMALL, seed, rounds=18)
    for asked in (where_it_stands, next_steps, deadlines):
        assert asked(SMALL, list(events), today, CALENDAR) == asked(SMALL, tuple(events), today, CALENDAR)
    assert [event.on for event in events] == sorted(event.on for event in events)
    for position in range(len(events)):  # every beginning of a course is a course
        where_it_stands(SMALL, events[:position], today, CALENDAR)


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(["o1", "o2", "o3"]),
    st.permutations(["o1", "o2", "o3"]),
    st.lists(st.sampled_from(["rejected", "upheld", "withdrawn"]), min_size=3, max_size=3),
)
def test_the_order_of_objections_does_not_matter(came: list[str], went: list[str], said: list[str]) -> None:
    outcomes = dict(zip(["o1", "o2", "o3"], said, strict=True))

    def course(first: list[str], second: list[str]) -> tuple[Event, ...]:
        head = (
            Event("opened", DAY, "branch"),
            Event("recorded", DAY, "branch", "propose", documents=("proposal",)),
            Event("signed", DAY, "supervisors", "propose"),
            Event("published", DAY, "committee", "draft"),
        )
        later = DAY + dt.timedelta(days=2)
        objected = [Event("objected", later, "villager", "draft", key=key) for key in first]
        answered = [
            Event("answered", later, "committee", "draft", key=key, outcome=outcomes[key], documents=("correction",))
            for key in second
        ]
        return (*head, *objected, *answered)

    for days in (2, 4, 5, 6, 20):
        today = DAY + dt.timedelta(days=days)
        one = where_it_stands(SMALL, course(came, went), today, CALENDAR)
        assert one == where_it_stands(SMALL, course(["o1", "o2", "o3"], ["o3", "o2", "o1"]), today, CALENDAR)
        assert (one.current == "decide") == (days > 7 or today > last_day(SMALL.steps[1].gate.days, DAY, CALENDAR).on)  # type: ignore[union-attr]


def test_a_crowd_reaches_every_ending_and_is_refused_often() -> None:
    """The walk is worth something: it ends in all ways, and most wild tries are turned away."""
    found = [walk(SMALL, seed, rounds=60) for seed in range(40)]
    endings = {
        stands.ending.code
        for events, _, today in found
        if (stands := where_it_stands(SMALL, events, today + dt.timedelta(days=30), CALENDAR)).ending
    }
    assert endings == {"decided", "rejected", "stopped"}
    assert sum(refused for _, refused, _ in found) > 300
