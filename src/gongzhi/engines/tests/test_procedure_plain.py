"""Events survive the way into a row and back; what is no event is refused."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.procedure import check, where_it_stands
from gongzhi.engines.procedure_plain import event_of, event_values, refusal_values
from gongzhi.engines.procedure_terms import Event
from gongzhi.engines.tests.courses import CALENDAR, DAY, SMALL, happy_path, moved

NAMES = st.sampled_from(["yes", "no", "present", "yes.area", "registered.households"])
EVENTS = st.builds(
    Event,
    st.sampled_from(["opened", "noticed", "recorded", "signed", "published", "objected", "answered", "aborted"]),
    st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)),
    st.sampled_from(["committee", "assembly"]),
    step=st.sampled_from(["", "decide"]),
    entered_on=st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)),
    for_day=st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)),
    figures=st.dictionaries(NAMES, st.integers(-5, 10**9), max_size=4),
    documents=st.lists(st.sampled_from(["plan", "minutes"]), max_size=2).map(tuple),
    outcome=st.sampled_from(["", "passed"]),
    key=st.sampled_from(["", "o1"]),
    matter=st.sampled_from(["", "cn.village#matter.1"]),
    note=st.text(max_size=5),
)


@given(EVENTS)
def test_an_event_comes_back_as_it_went(event: Event) -> None:
    assert event_of(json.loads(json.dumps(event_values(event)))) == event


def test_a_course_can_be_replayed_from_its_rows() -> None:
    events, last = happy_path(SMALL, CALENDAR)
    again = [event_of(json.loads(json.dumps(event_values(event)))) for event in events]
    assert where_it_stands(SMALL, again, last, CALENDAR) == where_it_stands(SMALL, events, last, CALENDAR)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kind": "forced", "on": "2026-03-02", "by": "committee"},
        {"kind": "opened", "on": "2026-03-02", "by": ""},
        {"kind": "opened", "on": "tomorrow", "by": "committee"},
        {"kind": "opened", "on": "2026-03-02", "by": "committee", "status": "decided"},
        {"kind": "recorded", "on": "2026-03-02", "by": "committee", "figures": {"yes": 0.5}},
        {"kind": "recorded", "on": "2026-03-02", "by": "committee", "figures": {"yes": True}},
    ],
)
def test_what_is_no_event_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        event_of(values)


def test_refusals_are_plain() -> None:
    events, _ = happy_path(SMALL, CALENDAR)
    [*before, last] = events[:6]
    for refusal in check(SMALL, before, moved(last, figures={}, documents=(), by="nobody"), last.on, CALENDAR):
        assert json.loads(json.dumps(refusal_values(refusal)))["code"] == refusal.code
    [refusal] = check(SMALL, (), moved(events[0], on=DAY, matter="land"), DAY, CALENDAR)
    assert json.dumps(refusal_values(refusal))
