"""The cast, with the shipped schedule rules."""

from typing import Any

import pytest

from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests import cast
from tests.cast import NOW, SETUP, World


def load_schedules() -> None:
    for path in shipped.common_packs():
        if path.parent.name in ("schedules", "papers"):
            load_pack(by=SETUP, at=NOW, path=path)


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_schedules()
    return world
