"""The cast, the privacy officer beside it, the register as shipped, and cases to ask about."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

import gongzhi.packs as packs_room
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.rules import Where
from gongzhi.common.access import Actor
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.queries import actor_for
from gongzhi.privacy.actions.register import approve_assessment
from gongzhi.privacy.queries import waiting
from tests import cast
from tests.cast import NOW, SETUP, World

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Once for each file; every test works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = cast.build()
        cast.add_privacy_officers(world)
        laws = Path(packs_room.__file__).parent / "data/laws"
        for name in ("cn.privacy", "cn.processing"):
            load_pack(by=SETUP, at=NOW, path=laws / f"{name}.toml")
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: Any) -> World:
    return built


@pytest.fixture
def officer(world: World) -> Actor:
    return world.actor("privacy_officer")


@pytest.fixture
def all_in_use(world: World, officer: Actor) -> None:
    for row in list(waiting()):
        approve_assessment(by=officer, at=NOW, code=row.code)


@pytest.fixture
def here(world: World) -> Where:
    grid, building = world.places["PC-1-1-1"], world.places["LY-5"]
    return Where(path=building.path, found="code", place_id=building.pk, grid_id=grid.pk)


@pytest.fixture
def report(world: World, here: Where) -> Callable[..., Case]:
    def _report(who: str = "resident", text: str = "5栋门口路灯不亮，晚上看不见台阶。", **more: Any) -> Case:
        answer = actions.report_case(
            by=world.actor(who), at=more.pop("at", NOW), text=text, where=more.pop("where", here), **more
        )
        return Case.objects.get(number=answer["number"])

    return _report


@pytest.fixture
def sign_in(world: World) -> Callable[[str], Client]:
    def _sign_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return _sign_in


@pytest.fixture
def stranger(world: World) -> Callable[[str], tuple[Any, Actor]]:
    """Another resident with an account, and as whom they act."""

    def _stranger(phone: str) -> tuple[Any, Actor]:
        person = people.create_person(by=SETUP, at=NOW, values={"name": "演示住户", "phone": phone})
        return person, actor_for(person, at=NOW, purpose="test")

    return _stranger
