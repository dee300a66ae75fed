"""A small neighbourhood, and cases in any state."""

from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.rules import Where
from tests import cast
from tests.cast import NOW, World


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


@pytest.fixture
def here(world: World) -> Where:
    grid, building = world.places["PC-1-1-1"], world.places["LY-5"]
    return Where(path=building.path, found="code", place_id=building.pk, grid_id=grid.pk)


@pytest.fixture
def report(world: World, here: Where) -> Callable[..., Case]:
    """Report a broken street lamp as `who`; returns the case."""

    def _report(who: str = "resident", text: str = "5栋门口路灯不亮，晚上看不见台阶。", **more: Any) -> Case:
        answer = actions.report_case(
            by=world.actor(who), at=more.pop("at", NOW), text=text, where=more.pop("where", here), **more
        )
        return Case.objects.get(number=answer["number"])

    return _report
