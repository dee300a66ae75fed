"""Participatory budgets: Łódź 2022 from the file to the winners, and 100,000 made-up voters with 200 projects.

The file lies beside the project (shared/data/pabulib); without it only the made-up election is counted. pabutools is
GPL and no dependency: name the Python of a virtual environment that has it in PABUTOOLS_PYTHON, and the same file is
counted by it in the same call; the winners must be equal before a figure is shown. That takes minutes.
"""

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gongzhi.engines.budgeting.elections import Election, Project
from gongzhi.engines.budgeting.equal_shares import Profile, equal_shares
from gongzhi.engines.budgeting.pabulib import read_pb
from gongzhi.engines.budgeting.rules import BudgetRule
from gongzhi.engines.budgeting.tallies import tally
from tests.support.database import REAL_DATA

FILE = REAL_DATA / "pabulib/Poland_Lodz_2022.pb"
EQUAL, PHRAGMEN = BudgetRule("equal-shares"), BudgetRule("phragmen")
ADD1 = BudgetRule("equal-shares", completion="add1")
VOTERS, PROJECTS = 100_000, 200
PEER = """
import json, sys, time
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares, sequential_phragmen
spent = [time.process_time()]
instance, profile = parse_pabulib(sys.argv[1]); spent.append(time.process_time())
many = profile.as_multiprofile(); spent.append(time.process_time())
equal = method_of_equal_shares(instance, many, sat_class=Cost_Sat); spent.append(time.process_time())
phragmen = sequential_phragmen(instance, many); spent.append(time.process_time())
steps = [after - before for before, after in zip(spent, spent[1:])]
print(json.dumps([steps, sorted(map(str, equal)), sorted(map(str, phragmen))]))
"""


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    done = work()
    return time.process_time() - began, done


def _row(what: str, value: float, unit: str, ratio_to: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 3), "unit": unit, "ratio_to": ratio_to}


def _process(*options: str) -> tuple[float, list[str]]:
    """CPU seconds of the whole command, and the winners."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "gongzhi", "tally", "budget", str(FILE), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, json.loads(done.stdout)["selected"]


def _peer() -> tuple[list[float], list[str], list[str]] | None:
    python = os.environ.get("PABUTOOLS_PYTHON")
    if not python:
        return None
    done = subprocess.run([python, "-c", PEER, str(FILE)], capture_output=True, text=True, check=True)
    steps, equal, phragmen = json.loads(done.stdout.splitlines()[-1])
    return steps, equal, phragmen


def lodz() -> list[dict[str, Any]]:
    read, vote = _timed(lambda: read_pb(FILE.read_bytes()))
    prepare, profile = _timed(lambda: Profile(vote, EQUAL))
    rule, run = _timed(lambda: equal_shares(profile, Fraction(vote.budget) / vote.voters, explain=False))
    load, by_load = _timed(lambda: tally(vote, PHRAGMEN))
    more, completed = _timed(lambda: tally(vote, ADD1))
    whole, winners = _process("--rule", "equal-shares")
    assert winners == run.selected, "the command finds other winners"
    notes = dict.fromkeys(("read", "rule", "phragmen", "whole"), "PABUTOOLS_PYTHON is not set")
    if peer := _peer():
        (parsed, joined, equal, loads), by_equal, by_loads = peer
        assert sorted(run.selected) == by_equal and sorted(by_load.selected) == by_loads, "pabutools: other winners"
        total = parsed + joined + equal
        times = {"read": parsed / read, "rule": equal / rule, "phragmen": loads / load, "whole": total / whole}
        spent = {"read": parsed, "rule": equal, "phragmen": loads, "whole": total}
        notes = {name: f"pabutools takes {times[name]:,.0f} × ({spent[name]:.1f} s)" for name in times}
    size = f"{vote.voters:,} voters × {len(vote.projects)}"
    return [
        _row(f"Łódź 2022, {size}: read", read, "s CPU", notes["read"]),
        _row("Łódź 2022: made ready", prepare, "s CPU"),
        _row(f"Łódź 2022: equal shares, {len(run.selected)} rounds", rule, "s CPU", notes["rule"]),
        _row("Łódź 2022: phragmen", load, "s CPU", notes["phragmen"]),
        _row(f"Łódź 2022: equal shares with add1, {completed.runs} runs", more, "s CPU"),
        _row("Łódź 2022: the whole command, file to result", whole, "s CPU", f"target: 2; {notes['whole']}"),
    ]


def made_up(seed: int = 22) -> Election:
    """Two to ten projects a voter; popular projects and neighbourhoods, so that ballots differ as real ones do."""
    rnd = random.Random(seed)
    codes = [str(number) for number in range(PROJECTS)]
    projects = tuple(Project(code, rnd.randrange(5_000, 600_000, 500), "演示数据") for code in codes)
    ballots: Counter[tuple[tuple[str, int], ...]] = Counter()
    for _ in range(VOTERS):
        near = rnd.randrange(10) * (PROJECTS // 10)
        chosen = {codes[int(PROJECTS * rnd.random() ** 3)] for _ in range(rnd.randint(1, 4))}
        chosen |= {codes[near + rnd.randrange(PROJECTS // 10)] for _ in range(rnd.randint(1, 6))}
        ballots[tuple((code, 1) for code in sorted(chosen))] += 1
    return Election(projects, ballots, 10_000_000)


def run() -> dict[str, Any]:
    """CPU seconds; raises AssertionError where two ways find other winners."""
    rows = lodz() if FILE.exists() else []
    vote = made_up()
    prepare, profile = _timed(lambda: Profile(vote, EQUAL))
    rule, one = _timed(lambda: equal_shares(profile, Fraction(vote.budget) / vote.voters, explain=False))
    load, by_load = _timed(lambda: tally(vote, PHRAGMEN))
    more, completed = _timed(lambda: tally(vote, ADD1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows += [
        _row(f"made up, {VOTERS:,} voters × {PROJECTS}: made ready", prepare, "s CPU", f"{len(vote.ballots):,} kinds"),
        _row(f"made up: equal shares, {len(one.selected)} rounds", rule, "s CPU"),
        _row(f"made up: phragmen, {len(by_load.selected)} rounds", load, "s CPU"),
        _row(f"made up: equal shares with add1, {completed.runs} runs", more, "s CPU", completed.stopped),
        _row("most memory", peak, "MiB"),
    ]
    return {"name": "budget", "rows": rows}
