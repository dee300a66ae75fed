"""Short folders in /tmp (a long path kills the socket), and root's or a plain user's right to use the cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gongzhi.cli.tests.programs import open_folder


@pytest.fixture(autouse=True)
def _without_the_database_of_the_test_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here starts its own cluster."""
    for name in ("DATABASE_URL", "GONGZHI_DATA", "GONGZHI_DEMO", "GONGZHI_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as parent:
        yield parent / "data"
