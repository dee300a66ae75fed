"""The cast, with the laws and the procedures that the tests run."""

from typing import Any

import pytest

from gongzhi.deliberation.tests.courses import load_procedures
from tests import cast
from tests.cast import World


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures()
    return world
