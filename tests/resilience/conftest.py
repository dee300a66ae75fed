"""One instance for all tests that need processes: short folders in /tmp, since a long path kills the socket."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resilience.instance import Instance, running_instance


@pytest.fixture(scope="package")
def instance() -> Iterator[Instance]:
    folder = Path(tempfile.mkdtemp(prefix="gz-res-"))
    try:
        with running_instance(folder / "data") as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
