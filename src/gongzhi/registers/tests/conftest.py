"""The fixed cast in their neighbourhood."""

from typing import Any

import pytest

from tests import cast
from tests.cast import World


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()
