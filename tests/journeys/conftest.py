"""What journeys share: each has a `world` of its own, and walks it on this street."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import World
from tests.journeys.street import Street


@pytest.fixture
def street(page_at: Callable[..., Any], live_server: Any, world: World) -> Street:
    return Street(page_at, live_server.url, world)
