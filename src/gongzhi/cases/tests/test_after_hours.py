"""下班以后: the urgent goes to who is on the roster, the rest waits; what was not begun comes back in the morning."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.cases import actions
from gongzhi.cases.actions.after_hours import route_at_night
from gongzhi.cases.actions.waiting import escalate_case
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cases.receivers_after_hours import tell_who_is_on_duty
from gongzhi.cases.rules.night import night_duty
from gongzhi.common.access import system_actor
from gongzhi.common.clock import CHINA
from gongzhi.notifications.registry import Event
from gongzhi.packs.model_office import NightDuty
from gongzhi.people import actions as people
from gongzhi.people import rules as people_rules
from tests.cast import SETUP, World

CLOCK = system_actor("clock")
URGENT, PLAIN = "safety.fire", "facility.lighting.streetlight"


def china(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=CHINA)  # type: ignore[misc, arg-type]


# name: (when it comes in, the day of the shift 08:00 to 08:30, when work begins again)
OFF = {
    "evening": (china(2026, 3, 18, 22, 0), dt.date(2026, 3, 18), china(2026, 3, 19, 9, 0)),
    "before work": (china(2026, 3, 18, 7, 0), dt.date(2026, 3, 17), china(2026, 3, 18, 9, 0)),
    "weekend": (china(2026, 3, 21, 10, 0), dt.date(2026, 3, 21), china(2026, 3, 23, 9, 0)),
    "eve of a Saturday on which people work": (
        china(2026, 2, 27, 20, 0),
        dt.date(2026, 2, 27),
        china(2026, 2, 28, 9, 0),
    ),
    "holiday": (china(2026, 5, 1, 10, 0), dt.date(2026, 5, 1), china(2026, 5, 6, 9, 0)),
}
ON = {"morning": china(2026, 3, 18, 9, 30), "a Saturday on which people work": china(2026, 2, 28, 10, 0)}


def on_duty(world: World, *days: dt.date) -> None:
    """Somebody of the command centre who takes orders up is on duty from 08:00 of these days, round the clock."""
    at = china(2026, 1, 5, 10, 0)
    post = people.add_post(
        by=SETUP,
        at=at,
        code="night-desk",
        role="department",
        title="值班员",
        place=world.places["PC"],
        organization=world.units["command"],
        seats=1,
    )
    people.appoint(by=SETUP, at=at, person=world.people["neighbour"], post=post, decision="test", valid_from=at.date())
    one = world.people["neighbour"].mandates.get()
    shifts = [people_rules.shift_of(day, dt.time(8, 0), dt.time(7, 59), CHINA) for day in days]
    people.add_shifts(by=SETUP, at=at, mandate=one, shifts=shifts)


@pytest.fixture
def comes_in(report: Callable[..., Case]) -> Callable[..., Case]:
    """A case comes in, and the outbox is worked through at the same moment."""

    def _comes_in(at: dt.datetime, category: str = URGENT, **more: Any) -> Case:
        case = report(at=at, category=category, **more)
        event = Event(id=1, topic="case.report", payload={"case": case.number}, at=at, now=at)
        tell_who_is_on_duty(event)
        tell_who_is_on_duty(event)
        case.refresh_from_db()
        return case

    return _comes_in


def morning(case: Case, at: dt.datetime) -> str:
    done = escalate_case(by=CLOCK, at=at, case_id=case.pk)
    case.refresh_from_db()
    return done


@pytest.mark.req("C11")
@pytest.mark.parametrize("when", OFF)
def test_urgent_at_night_goes_to_duty_and_back_in_the_morning(
    when: str, world: World, comes_in: Callable[..., Case]
) -> None:
    at, day, opening = OFF[when]
    on_duty(world, day)
    case = comes_in(at)
    assert (case.status, case.unit) == ("dispatched", world.units["command"])
    order = WorkOrder.objects.get(case=case)
    normal = order.facts["normal"]
    assert order.facts["night"] and normal != case.unit_id
    clock = case.clocks.get(kind="duty")
    assert clock.due_at == opening
    Case.objects.filter(pk=case.pk).update(next_clock="duty", next_clock_at=opening)
    assert morning(case, opening) == "handed_back"
    assert (case.status, case.unit_id) == ("reported", normal)
    assert not WorkOrder.objects.filter(case=case, ended_at__isnull=True).exists()
    assert [event.move for event in case.events.order_by("id")] == ["report", "night", "morning"]
    assert case.first_contact_at is None, "a clock has met nobody"


@pytest.mark.req("C11")
@pytest.mark.parametrize("when", ON)
def test_in_working_hours_it_goes_the_usual_way(when: str, world: World, comes_in: Callable[..., Case]) -> None:
    on_duty(world, ON[when].date())
    case = comes_in(ON[when])
    assert case.status == "reported" and not WorkOrder.objects.filter(case=case).exists()


@pytest.mark.req("C11")
def test_what_was_begun_at_night_stays_where_it_is(world: World, comes_in: Callable[..., Case]) -> None:
    at, day, opening = OFF["evening"]
    on_duty(world, day)
    case = comes_in(at)
    case = actions.start_work(by=world.actor("neighbour", at), at=at, number=case.number)
    assert case.first_contact_at == at
    Case.objects.filter(pk=case.pk).update(next_clock="duty", next_clock_at=opening)
    assert morning(case, opening) == "begun"
    assert (case.status, case.unit) == ("in_progress", world.units["command"])
    assert case.next_clock != "duty"


@pytest.mark.req("C11")
def test_what_waits_for_the_morning(world: World, comes_in: Callable[..., Case]) -> None:
    at, day, _opening = OFF["evening"]
    assert comes_in(at).status == "reported", "nobody is on the roster"
    dispatcher = world.people["dispatcher"].mandates.get()
    shift = people_rules.shift_of(day, dt.time(8, 0), dt.time(7, 59), CHINA)
    people.add_shifts(by=SETUP, at=at, mandate=dispatcher, shifts=[shift])
    assert comes_in(at).status == "reported", "a dispatcher on duty has it on the desk, and dispatches it"
    on_duty(world, day)
    assert comes_in(at, PLAIN).status == "reported", "it is not urgent"
    about = comes_in(at, about_unit_id=world.units["command"].pk)
    assert about.status == "reported", "it is about the body on duty"
    late = comes_in(ON["morning"])
    assert route_at_night(by=CLOCK, at=at, number=late.number) is None, "it came in by day"


def test_the_nearest_work_line_says_who() -> None:
    every = NightDuty(body="a", priorities=("urgent",))
    fire, safety = NightDuty(category="safety.fire", body="b"), NightDuty(category="safety", body="c")
    entries = (every, safety, fire)
    assert night_duty(entries, ["safety.fire", "safety"], "small") is fire
    assert night_duty(entries, ["safety.other", "safety"], "small") is safety
    assert night_duty(entries, ["order"], "urgent") is every
    assert night_duty(entries, ["order"], "small") is None
