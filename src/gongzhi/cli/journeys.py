"""A pytest plugin of `./gongzhi test`: browser journeys need Chromium; those not run are named, never forgotten.

Exit code 3 says that everything else passed but journeys are missing; `--no-browser` takes that as wished.
"""

import os
import shutil
from typing import Any

import pytest

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_INCOMPLETE = 3


def find_chromium() -> str | None:
    """The browser for journeys: GONGZHI_CHROMIUM, else the first one on PATH."""
    given = os.environ.get("GONGZHI_CHROMIUM")
    return given or next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_left_out] = []


_left_out = pytest.StashKey[list[str]]()


def _unwanted() -> bool:
    return os.environ.get("GONGZHI_JOURNEYS") == "skip"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_chromium() and not _unwanted():
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        config.hook.pytest_deselected(items=browser)
        items[:] = [item for item in items if item not in browser]
        config.stash[_left_out] = [item.nodeid for item in browser]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Each process that shares the tests left out the same journeys (xdist)."""
    node.config.stash[_left_out] = getattr(node, "workeroutput", {}).get("left_out", [])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["left_out"] = session.config.stash[_left_out]
        return
    nothing_failed = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if session.config.stash[_left_out] and nothing_failed:
        session.exitstatus = pytest.ExitCode.OK if _unwanted() else _INCOMPLETE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash[_left_out]
    if not left_out:
        return
    why = "--no-browser" if _unwanted() else "没有 Chromium：tools/install-browser 可以安装 (no Chromium)"
    terminalreporter.section(f"没有跑的浏览器测试 journeys not run: {len(left_out)} · {why}")
    for name in left_out:
        terminalreporter.write_line(f"NOT RUN {name}")
