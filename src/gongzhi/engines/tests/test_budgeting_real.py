"""Real elections: recorded winners, the winners of pabutools, and the second program on results and forged ones."""

import copy
import hashlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.engines.budgeting.elections import Election, Project
from gongzhi.engines.budgeting.pabulib import read_pb, write_pb
from gongzhi.engines.budgeting.rules import BudgetRule
from gongzhi.engines.budgeting.tallies import recorded_winners, tally
from gongzhi.engines.tests.elections import elections
from gongzhi.engines.tests.test_budgeting import ALL

ROOT = Path(__file__).resolve().parents[4]
ORACLE = json.loads(Path(__file__).with_name("pabutools_winners.json").read_text("utf-8"))
ADD1 = BudgetRule("equal-shares", completion="add1")
GOLD = {
    "Netherlands_Assen_2024": ADD1,
    "Poland_Swiecie_2023": ADD1,
    "Poland_Wieliczka_2023_Green_Budget": BudgetRule("equal-shares", completion="add1", stop="overspend"),
}


def program(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tools/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(folder: Path, name: str) -> Election:
    return read_pb((folder / "pabulib" / f"{name}.pb").read_bytes())


@pytest.mark.realdata
@pytest.mark.parametrize("name", GOLD)
def test_the_three_real_equal_shares_elections(real_data: Path, name: str, tmp_path: Path) -> None:
    """As recorded by the cities; every run is made again by the second program."""
    told: list[int] = []
    vote = read(real_data, name)
    outcome = tally(vote, GOLD[name], lambda runs, spent, budget: told.append(runs))
    assert set(outcome.selected) == recorded_winners(vote)
    assert told == list(range(1, len(told) + 1)) and outcome.runs - len(told) in (0, 1)
    assert program("check_budget").check(real_data / "pabulib" / f"{name}.pb", outcome.to_record()) == []
    written = tmp_path / "out.pb"
    written.write_bytes(write_pb(vote, outcome.selected))
    again = read_pb(written.read_bytes())
    assert recorded_winners(again) == set(outcome.selected) and again.ballots == vote.ballots


@pytest.mark.realdata
def test_wieliczka_needs_its_own_end(real_data: Path) -> None:
    """The first exhaustive outcome is another one: that is where pabutools stops."""
    vote = read(real_data, "Poland_Wieliczka_2023_Green_Budget")
    assert set(tally(vote, ADD1).selected) != recorded_winners(vote)


@pytest.mark.realdata
def test_every_file_under_its_recorded_rule(real_data: Path) -> None:
    page = program("pabulib_page")
    assert page.PAGE.read_text("utf-8") == page.page(real_data / "pabulib"), "run tools/pabulib_page.py"


@pytest.mark.realdata
def test_the_same_winners_as_pabutools(real_data: Path) -> None:
    """On all its files with approvals, by five rules; ties in the same published order."""
    wrong, present = [], {path.name for path in (real_data / "pabulib").glob("*.pb")}
    files = {name: answers for name, answers in ORACLE["files"].items() if name in present}
    for name, answers in files.items():
        vote = read(real_data, name.removesuffix(".pb"))
        for asked, answer in answers.items():
            codes = tally(vote, BudgetRule(*asked.split())).selected
            found = hashlib.sha256("\n".join(sorted(codes)).encode()).hexdigest()[:16]
            wrong += [] if found == answer else [(name, asked)]
    assert not wrong and len(files) > 90


# --- the second program ------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(elections() | elections(points=True), st.sampled_from(ALL))
def test_the_second_program_agrees(tmp_path_factory: pytest.TempPathFactory, vote: Election, rule: BudgetRule) -> None:
    scaled = _in_decimals(vote)
    file = tmp_path_factory.getbasetemp() / "drawn.pb"
    file.write_bytes(write_pb(scaled))
    record = json.loads(json.dumps(tally(scaled, rule).to_record()))
    assert program("check_budget").check(file, record) == []


def _in_decimals(vote: Election) -> Election:
    """Amounts that a file can hold: 42 times everything leaves no sixth and no seventh, at most tenths."""
    costs = tuple(Project(each.code, each.cost * 42) for each in vote.projects)
    return Election(costs, vote.ballots, vote.budget * 42, vote.ballot_type)


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "selected": lambda found: found["selected"].pop(),
    "spent": lambda found: found.update(spent=found["spent"] + 1),
    "budget": lambda found: found.update(budget=found["budget"] + 1),
    "trace.share": lambda found: found["trace"].update(share=found["trace"]["share"] + 1),
    "trace.runs": lambda found: found["trace"].update(runs=1),
    "trace.rounds[1].price": lambda found: found["trace"]["rounds"][1].update(price="1/43"),
    "trace.rounds[0].score": lambda found: found["trace"]["rounds"][0].update(score=44),
    "trace.lost": lambda found: found["trace"]["lost"].pop(),
    "trace.voters": lambda found: found["trace"].update(voters=85),
}


@pytest.mark.realdata
def test_forged_results_are_found(real_data: Path) -> None:
    file = real_data / "pabulib/Netherlands_Assen_2024.pb"
    vote = read(real_data, "Netherlands_Assen_2024")
    true = tally(vote, BudgetRule("equal-shares", completion="add1", step=40)).to_record()
    check = program("check_budget").check
    assert check(file, true) == []
    for where, forge in FORGERIES.items():
        forged = copy.deepcopy(true)
        forge(forged)
        assert {"code": "differs", "where": where} in check(file, forged), where
    other = copy.deepcopy(true)
    other["rule"]["completion"] = "none"
    assert check(file, other)


def test_the_second_program_by_itself(tmp_path: Path) -> None:
    """Nothing installed, nothing of ours: 0 valid, 1 not valid, 2 unreadable."""
    file, result = tmp_path / "a.pb", tmp_path / "a.json"
    file.write_text(
        "META\nkey;value\nbudget;9\nPROJECTS\nproject_id;cost\na;4\nb;6\nVOTES\nvoter_id;vote\n1;a\n2;a\n3;b\n", "utf-8"
    )
    record = tally(read_pb(file.read_bytes()), BudgetRule("greedy")).to_record()

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(ROOT / "tools/check_budget.py"), str(file), str(result)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    result.write_text(json.dumps(record), "utf-8")
    assert (run().returncode, json.loads(run().stdout)["valid"]) == (0, True)
    result.write_text(json.dumps({**record, "selected": ["b"]}), "utf-8")
    assert (run().returncode, json.loads(run().stdout)["failures"][0]["where"]) == (1, "selected")
    result.write_text("{}", "utf-8")
    assert run().returncode == 2
