"""The database of a test run, and the real data beside the project."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase

ROOT = Path(__file__).resolve().parents[2]
REAL_DATA = ROOT.parent / "shared" / "data"
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A database for each process that shares the tests; says what to do when none is named at all."""
    if not os.environ.get("DATABASE_URL"):
        pytest.exit(
            "These tests need PostgreSQL. Run ./gongzhi test (it starts one), or set DATABASE_URL.",
            returncode=2,
        )


@pytest.fixture(scope="module", autouse=True)
def nothing_remembered_of_other_files() -> None:
    """No file of tests starts with the model, the places or the units that the one before left in memory."""
    from gongzhi.cases.queries.routing import clear_units
    from gongzhi.packs import queries as packs
    from gongzhi.places import locating
    from gongzhi.privacy.queries import forget_activities

    packs.forget()
    locating.forget()
    clear_units()
    forget_activities()


@pytest.fixture(autouse=True)
def no_activity_remembered() -> None:
    """No test starts with what the one before, rolled back since, had switched on or off."""
    from gongzhi.privacy.queries import forget_activities

    forget_activities()


def _set_maintenance(reason: str) -> None:
    for connection in connections.all(initialized_only=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gongzhi.maintenance', %s, false)", [reason])


def _flushing_append_only_tables(teardown: Callable[..., Any]) -> Callable[..., Any]:
    """Lift the triggers of append-only tables for the flush after a transactional test, and only for it."""

    def teardown_with_maintenance(self: TransactionTestCase) -> None:
        _set_maintenance("test flush")
        try:
            teardown(self)
        finally:
            _set_maintenance("")

    return teardown_with_maintenance


def pytest_configure() -> None:
    # TestCase (rollback) has its own teardown; only the class that flushes is touched.
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _flushing_append_only_tables(original)  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if REAL_DATA.is_dir() or IN_CI:
        return  # in CI a missing folder fails in the `real_data` fixture
    skip = pytest.mark.skip(reason=f"no real data at {REAL_DATA}")
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; a test that uses it is marked `realdata`."""
    if not REAL_DATA.is_dir():
        pytest.fail(f"The real data is missing: expected a folder {REAL_DATA}.")
    return REAL_DATA


@pytest.fixture(autouse=True)
def _real_data_present(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("realdata"):
        request.getfixturevalue("real_data")
