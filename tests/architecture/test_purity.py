"""Rules and engines decide from what they are given; time is passed in everywhere below the edges."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Source, dotted, read, sources, tell

CLOCKS = (
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
    "clock.now",
    "time.time",
    "time.time_ns",
    "time.localtime",
)
# Where a clock may be read: the edges, and the two files that wrap it.
CLOCK_ROOMS = {"web", "api", "cli", "config"}
CLOCK_MODULES = {"views", "jobs", "api", "admin"}
CLOCK_FILES = {
    "people/bearer.py": "an edge: the interface asks it who is calling",
    "common/clock.py": "the clock itself",
    "common/refusals.py": "an edge: today decides whether a day is said with its year",
    "common/ids.py": "a version-7 UUID holds the time of its making; no rule reads it",
}
OUTSIDE = {"open", "print", "input", "os.getenv", "os.environ.get", "os.urandom"}
FILES = ("read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink")
IMPURE_IMPORTS = {
    "django",
    "ninja",
    "psycopg",
    "socket",
    "urllib",
    "http",
    "subprocess",
    "secrets",
    "logging",
}


def _import_names(tree: ast.Module) -> dict[str, str]:
    """Local name → full dotted name, for imports anywhere in the file."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def calls(source: Source) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the full name of what is called."""
    names = _import_names(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            first, dot, rest = dotted(node.func).partition(".")
            yield names.get(first, first) + dot + rest, node


def clock_reads(source: Source) -> Iterator[str]:
    for name, node in calls(source):
        if any(name == clock or name.endswith("." + clock) for clock in CLOCKS):
            yield f"{source.at(node)} {name}()"


def may_read_clock(source: Source) -> bool:
    return source.room in CLOCK_ROOMS or bool(CLOCK_MODULES & set(source.parts[1:])) or source.path in CLOCK_FILES


def impurities(source: Source) -> Iterator[str]:
    yield from clock_reads(source)
    for node in ast.walk(source.tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        impure = [name for name in modules if name.partition(".")[0] in IMPURE_IMPORTS and name != "urllib.parse"]
        yield from (f"{source.at(node)} import {name}" for name in impure)
    for name, node in calls(source):
        if _is_unseeded_random(name, node) or name in OUTSIDE or (name.rpartition(".")[2] in FILES and "." in name):
            yield f"{source.at(node)} {name}()"


def _is_unseeded_random(name: str, node: ast.Call) -> bool:
    if name == "random.Random":
        return not node.args and not node.keywords
    seeded = name.startswith("random.Random()")  # the inner call is looked at by itself
    return (name.startswith("random.") and not seeded) or name in ("uuid.uuid4", "uuid.uuid1")


def is_pure_by_promise(source: Source) -> bool:
    return source.room == "engines" or "rules" in source.parts[1:]


def test_rules_and_engines_are_pure() -> None:
    tell(
        [line for source in sources() if is_pure_by_promise(source) for line in impurities(source)],
        "Pass the value, the time or the seed in; a rule and an engine read nothing and write nothing.",
    )


def test_only_the_edges_read_the_clock() -> None:
    tell(
        [line for source in sources() if not may_read_clock(source) for line in clock_reads(source)],
        "Take `at` as an argument; only web, api, jobs and cli ask common.clock.now().",
    )


@pytest.mark.parametrize(
    "text",
    [
        "import datetime as dt\ndt.datetime.now()",
        "from datetime import date\ndate.today()",
        "from gongzhi.common.clock import now\nnow()",
        "from gongzhi.common import clock\nclock.now()",
        "from django.utils import timezone\ntimezone.now()",
        "import time\ntime.time()",
    ],
)
def test_a_clock_is_seen(text: str) -> None:
    assert list(clock_reads(read(text)))


@pytest.mark.parametrize(
    "text",
    [
        "import random\nrandom.choice(x)",
        "import random\nrandom.Random()",
        "import secrets",
        "from django.db import models",
        "open('x')",
        "from pathlib import Path\nPath('x').read_text()",
        "import os\nos.getenv('X')",
        "print(1)",
    ],
)
def test_an_impurity_is_seen(text: str) -> None:
    assert list(impurities(read(text)))


@pytest.mark.parametrize(
    "text",
    ["import random\nrandom.Random(seed).choice(x)", "import datetime as dt\ndt.date(2026, 3, 18)", "now(1)"],
)
def test_pure_code_is_let_be(text: str) -> None:
    assert not list(impurities(read(text)))
