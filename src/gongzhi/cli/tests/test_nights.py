"""After hours on the models as they are shipped: the demo's roster, and what comes in at night."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from gongzhi.cases import actions as cases
from gongzhi.cases import queries
from gongzhi.cases.actions.waiting import escalate_case
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.cases.receivers_after_hours import tell_who_is_on_duty
from gongzhi.cli.load_model import LOADER, load_model
from gongzhi.cli.showcase import nights
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.clock import CHINA
from gongzhi.notifications.models import Notice
from gongzhi.notifications.registry import Event
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import set_active_model
from gongzhi.people import actions as people
from gongzhi.people.models import Mandate, Post
from gongzhi.people.queries import actor_for
from gongzhi.places.models import Place
from gongzhi.places.queries import root_path

pytestmark = pytest.mark.django_db

# Posts of a model stand from the day on which it is loaded.
NOW = dt.datetime.combine(clock.local_date(clock.now()), dt.time(21, 0), CHINA)
NIGHT = NOW.replace(hour=23)


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    packs.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        for name in shipped.model_names():
            load_model(name)
        yield
        transaction.set_rollback(True)
    packs.forget()


@pytest.fixture(autouse=True)
def _loaded(both: None) -> Iterator[None]:
    packs.forget()
    clear_units()
    yield
    packs.forget()
    clear_units()


def crew_on_duty() -> Crew:
    """A resident, and a holder for each post of a 值班员: nothing else of the model is prepared."""
    crew = Crew(NOW)
    crew.residents.append(people.create_person(by=SHOWCASE, at=NOW, values={"name": "演示"}, is_demo=True))
    posts = Post.objects.filter(code__startswith="duty_officer-", place__path__startswith=root_path())
    for number, post in enumerate(posts.order_by("code")):
        person = people.create_person(by=SHOWCASE, at=NOW, values={"name": f"演示值班{number}"}, is_demo=True)
        people.appoint(by=SHOWCASE, at=NOW, person=person, post=post, decision="演示", valid_from=NOW.date())
        crew.by_unit[post.organization_id or 0] = person
    return crew


@pytest.mark.req("C11")
@pytest.mark.parametrize("name", shipped.model_names())
def test_the_urgent_goes_to_duty_at_night_and_back_in_the_morning(name: str) -> None:
    set_active_model(by=LOADER, at=NOW, name=name)
    crew = crew_on_duty()
    assert nights.keep_nights(NOW) == len(crew.by_unit) > 0
    assert Mandate.objects.exclude(roster=[]).count() == len(crew.by_unit)
    spot = Place.objects.current().under(root_path()).filter(kind="building").order_by("path").first()
    spot = spot or Place.objects.current().under(root_path()).filter(level="compound").order_by("path").first()
    assert spot is not None
    answer = cases.report_case(
        by=crew.actor(crew.residents[0]),
        at=NIGHT,
        text="楼道里有烧焦的味道",
        where=queries.locate(place_code=spot.code),
        category="safety.fire",
    )
    case = Case.objects.get(number=answer["number"])
    by_day = case.unit_id
    tell_who_is_on_duty(Event(id=1, topic="case.report", payload={"case": case.number}, at=NIGHT, now=NIGHT))
    case.refresh_from_db()
    assert case.status == "dispatched" and case.unit_id in crew.by_unit and case.unit_id != by_day
    holder = crew.by_unit[case.unit_id]
    assert [notice.person_id for notice in Notice.objects.filter(kind="case_after_hours")] == [holder.pk]
    assert queries.get_case_for(actor_for(holder, at=NIGHT, purpose="test"), case.number) == case
    morning = case.clocks.get(kind="duty").due_at
    Case.objects.filter(pk=case.pk).update(next_clock="duty", next_clock_at=morning)
    assert escalate_case(by=system_actor("clock"), at=morning, case_id=case.pk) == "handed_back"
    case.refresh_from_db()
    assert (case.status, case.unit_id) == ("reported", by_day)


@pytest.mark.req("C11")
@pytest.mark.parametrize("name", shipped.model_names())
def test_the_demo_shows_a_night(name: str) -> None:
    set_active_model(by=LOADER, at=NOW, name=name)
    crew = crew_on_duty()
    nights.keep_nights(NOW)
    level = {"longling": "compound"}.get(name, "building")
    spot = Place.objects.current().under(root_path()).filter(level=level).order_by("path")[0]
    told = {"text": "{place}的电梯半夜停了", "category": "housing.elevator", "note": "值班的人接了"}
    case = nights.show_a_night(crew, spot, told, NOW)
    assert case is not None and case.status == "in_progress" and case.unit_id in crew.by_unit
    assert [event.move for event in case.events.order_by("id")][:3] == ["report", "night", "start"]
