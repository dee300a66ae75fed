"""The cast with the shipped indicator packs, and the made-up district of S4 brought in from workbooks (演示数据)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import gongzhi.packs as packs_room
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack
from tests import cast
from tests.cast import NOW, SETUP, World


def load_indicators() -> None:
    for path in sorted((Path(packs_room.__file__).parent / "data/indicators").glob("*.toml")):
        load_pack(by=SETUP, at=NOW, path=path)


@pytest.fixture
def world(db: Any) -> World:
    made = cast.build()
    load_indicators()
    packs.remember()
    return made


@pytest.fixture
def as_(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A browser of one of the cast, at the cast's time."""
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: NOW)

    def enter(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        return client

    yield enter
