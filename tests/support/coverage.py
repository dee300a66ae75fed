"""Which tests prove which requirement, and did they pass: `.coverage-run.json` for tools/coverage_page.py.

    @pytest.mark.req("A01", "A02", where="/places")

Only a run of everything writes the file; such a run fails when a test on the committed page did not pass.
Where several processes share the tests, each tells the first what it collected; that one hears every outcome.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.database import IN_CI

ROOT = Path(__file__).resolve().parents[2]
RUN_FILE = ROOT / ".coverage-run.json"
PAGE = ROOT / "docs/reference/coverage.md"
_SELECTIONS = ("keyword", "markexpr", "deselect", "lf", "ignore", "ignore_glob", "no_browser", "collectonly")
_LISTED = re.compile(r"`([\w/.-]+\.py::[\w:]+)`")


@dataclass(frozen=True)
class Proof:
    """One test function that claims to show one requirement, and the screen or command where it is seen."""

    requirement: str
    test: str
    where: str


_proofs = pytest.StashKey[set[Proof]]()
_outcomes = pytest.StashKey[dict[str, str]]()


def function_id(nodeid: str) -> str:
    """The node id without parameters: what the page names."""
    return nodeid.partition("[")[0]


def listed_on(page: Path) -> set[str]:
    return set(_LISTED.findall(page.read_text("utf-8"))) if page.exists() else set()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_proofs] = set()
    config.stash[_outcomes] = {}
    config.pluginmanager.register(Outcomes(config.stash[_outcomes]))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("req"):
            for requirement in mark.args:
                where = mark.kwargs.get("where", "")
                config.stash[_proofs].add(Proof(requirement, function_id(item.nodeid), where))


class Outcomes:
    """Keeps the worst phase of every test; several parameters count as one test."""

    rank = ("passed", "skipped", "failed")

    def __init__(self, outcomes: dict[str, str]) -> None:
        self.outcomes = outcomes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = function_id(report.nodeid)
        worst = max(self.outcomes.get(test, "passed"), report.outcome, key=self.rank.index)
        self.outcomes[test] = worst


def _is_complete(config: pytest.Config) -> bool:
    if os.environ.get("GONGZHI_JOURNEYS") == "skip" or any(
        config.getoption(name, default=None) for name in _SELECTIONS
    ):
        return False
    asked = {Path(config.invocation_params.dir, arg).resolve() for arg in config.args}
    return asked >= {(ROOT / path).resolve() for path in config.getini("testpaths")}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process that shared the tests has ended: its marks count as ours (xdist)."""
    told = getattr(node, "workeroutput", {}).get("proofs", ())
    node.config.stash[_proofs] |= {Proof(*proof) for proof in told}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["proofs"] = [[proof.requirement, proof.test, proof.where] for proof in config.stash[_proofs]]
        return
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not _is_complete(config):
        return
    outcomes = config.stash[_outcomes]
    proofs = sorted(config.stash[_proofs], key=lambda proof: (proof.requirement, proof.test))
    rows = [{**asdict(proof), "outcome": outcomes.get(proof.test, "not run")} for proof in proofs]
    RUN_FILE.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if _unshown(outcomes):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _unshown(outcomes: dict[str, str]) -> list[str]:
    """Tests the page names that did not pass. A skip (no browser, no real data) is only honest outside CI."""
    allowed = {"passed"} if IN_CI else {"passed", "skipped"}
    return sorted(test for test in listed_on(PAGE) if outcomes.get(test, "not run") not in allowed)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not _is_complete(config):
        return
    for test in _unshown(config.stash[_outcomes]):
        terminalreporter.line(f"on {PAGE.relative_to(ROOT)} but not passed in this run: {test}", red=True)
