"""A step's meeting: called with the procedure's days and quorum, held as a gathering, its figures and minutes taken."""

import datetime as dt

import pytest

from gongzhi.audit.models import Link
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.deliberation import actions, queries
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.tests.courses import given, load_procedures, opened, walk
from gongzhi.gatherings import actions as gatherings
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.gatherings.models import Attendance, Gathering
from gongzhi.gatherings.queries import presence_at
from tests.cast import World

DAY = dt.timedelta(days=1)


@pytest.fixture
def course(world: World) -> tuple[Course, dt.datetime]:
    load_procedures(("four_deliberations",))
    row = opened(world)
    at = walk(world, row, until="assembly", prefer={"convene": "assembly"})
    row.refresh_from_db()
    assert row.current == "assembly"
    return row, at


def convened(world: World, row: Course, at: dt.datetime) -> Gathering:
    starts = at + 20 * DAY
    meeting = Meeting(starts, starts + dt.timedelta(hours=2), "村部大院")
    return actions.convene_step(by=world.actor("secretary"), at=at, number=row.number, meeting=meeting)


def recorded(world: World, row: Course, at: dt.datetime, **figures: int) -> None:
    event = given("recorded", "villagers_assembly", "assembly", on=at.date(), figures=figures)
    actions.record_event(by=world.actor("secretary"), at=at, number=row.number, given=event)


@pytest.mark.req("F08", where="/deliberations/")
def test_a_step_meets_and_its_figures_come_from_the_door(world: World, course: tuple[Course, dt.datetime]) -> None:
    (row, at), by = course, world.actor("secretary")
    meeting = convened(world, row, at)
    assert meeting.terms["quorum"]["share"] == "1/2" and meeting.items.get().title == row.about
    assert Link.objects.filter(source=row.subject, target=meeting.reference, relation="meets_at").exists()
    day = meeting.starts_at.date()
    noticed = given("noticed", "villagers_committee", "assembly", for_day=day, documents=["plan"])
    with pytest.raises(Refused) as refused:
        actions.record_event(by=by, at=at, number=row.number, given=noticed)
    assert refused.value.code == "meeting_not_noticed"
    gatherings.notice_gathering(by=by, at=at, number=meeting.number)
    with pytest.raises(Refused) as refused:
        other = given("noticed", "villagers_committee", "assembly", for_day=day + DAY, documents=["plan"])
        actions.record_event(by=by, at=at, number=row.number, given=other)
    assert refused.value.code == "meeting_differs"
    actions.record_event(by=by, at=at, number=row.number, given=noticed)
    seats = Attendance.objects.filter(gathering=meeting).values_list("pk", flat=True)
    starts = meeting.starts_at
    gatherings.mark_attendance(by=by, at=starts, number=meeting.number, states=dict.fromkeys(seats, "came"))
    gatherings.open_gathering(by=by, at=starts, number=meeting.number)
    came = presence_at(meeting).came
    figures = {"present": came, "registered": came, "yes": came, "no": 0, "abstain": 0}
    figures |= {"present.households": came, "registered.households": came}
    with pytest.raises(Refused) as refused:
        recorded(world, row, starts, **figures)
    assert refused.value.code == "meeting_not_over"
    gatherings.close_gathering(by=by, at=starts, number=meeting.number, said="大家同意改排水沟。")
    with pytest.raises(Refused) as refused:
        recorded(world, row, starts, **{**figures, "present": came + 1, "yes": came + 1})
    assert refused.value.code == "figures_differ"
    recorded(world, row, starts, **figures)
    last = queries.Followed(row, starts.date()).rows[-1]
    assert last.evidence["gathering"] == meeting.reference and last.evidence["minutes"].startswith("media:")


def test_a_meeting_is_called_once_and_in_time(world: World, course: tuple[Course, dt.datetime]) -> None:
    row, at = course
    soon = Meeting(at + dt.timedelta(hours=1), at + dt.timedelta(hours=3), "村部大院")
    with pytest.raises(Refused) as refused:
        actions.convene_step(by=world.actor("secretary"), at=at, number=row.number, meeting=soon)
    assert refused.value.code == "meeting_too_early"
    with pytest.raises(Forbidden):
        actions.convene_step(by=world.actor("resident"), at=at, number=row.number, meeting=soon)
    convened(world, row, at)
    with pytest.raises(Conflict) as again:
        convened(world, row, at)
    assert again.value.code == "meeting_called"
