"""The demo's stories can be told at every hour of the week: deadlines fall differently, no step comes too late."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from gongzhi.cases.queries.routing import clear_units
from gongzhi.cli.demo_content import DEFAULT_MODEL
from gongzhi.cli.load_model import load_model
from gongzhi.cli.showcase import building, privacy
from gongzhi.cli.showcase.staff import Crew, make_crew
from gongzhi.common import clock
from gongzhi.common.progress import Silent
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped

pytestmark = pytest.mark.django_db

# Steps that are refused once the deadline is past, or that move it.
_TIMED = {"pause", "extend", "defer", "whistle", "rule", "supervise"}
# Deadlines are those of the model: the one that the demo starts with is walked closely, the others more coarsely.
_CLOSELY, _COARSELY = 3, 8


@pytest.fixture(scope="module", params=shipped.model_names())
def crew(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[Crew]:
    packs.forget()
    clear_units()
    with django_db_blocker.unblock(), transaction.atomic():
        load_model(request.param)
        clear_units()
        people = make_crew(clock.now(), Silent(), building._spots())
        privacy.approve_register(people, people.now)
        yield people
        transaction.set_rollback(True)
    packs.forget()
    clear_units()


@pytest.mark.parametrize("day", range(7))
def test_no_step_of_a_story_comes_too_late_at_any_hour(crew: Crew, day: int) -> None:
    told = enumerate(tomllib.loads(building.STORIES.read_text("utf-8"))["story"])
    timed = [(number, story) for number, story in told if _TIMED & {step[0] for step in story.get("steps", ())}]
    assert len(timed) >= len(_TIMED)
    spots = building._spots()
    step = _CLOSELY if packs.active_model().name == DEFAULT_MODEL else _COARSELY
    for hour in range(day % step, 24, step):
        now = crew.now + dt.timedelta(days=day, hours=hour)
        with transaction.atomic():
            for number, story in timed:
                building._tell(story, crew, spots[number * 7 % len(spots)], now)
            transaction.set_rollback(True)
