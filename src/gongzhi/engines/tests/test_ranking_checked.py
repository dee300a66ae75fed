"""Rankings worked out again by tools/check_ranking.py, which shares no code with the engine; forged ones are found."""

import copy
import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from gongzhi.engines.ranking.composites import asked_composite, compose
from gongzhi.engines.ranking.rankings import Definition, asked, rank
from gongzhi.engines.ranking.shrinkage import Prior, Priors, Seen
from gongzhi.engines.tests.test_ranking_sheets import FIGURES, SHEET
from gongzhi.engines.tests.test_ranking_shrinkage import pumps, rats, schools

PROGRAM = Path(__file__).resolve().parents[4] / "tools/check_ranking.py"
SOLVED = Definition("solved", "1", "share", "higher", "2026-03", F(5), 5, F(1, 20), draws=100, decimals=4)
Pair = tuple[dict[str, Any], dict[str, Any]]


def check(kept: dict[str, Any], result: dict[str, Any]) -> list[tuple[str, str]]:
    spec = importlib.util.spec_from_file_location("check_ranking", PROGRAM)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[tuple[str, str]] = module.check(kept, result)
    return found


def both(definition: Definition, rows: list[Seen], **more: Any) -> Pair:
    kept, result = asked(definition, rows, versions={}, **more), rank(definition, rows, versions={}, **more).to_record()
    return json.loads(json.dumps(kept)), json.loads(json.dumps(result))


def grids(seed: int = 4) -> list[Seen]:
    """Sixty grids of two kinds of compound, one kind with too few of them, some with few cases or none."""
    rnd = random.Random(seed)
    rows = []
    for number in range(60):
        kind = "old" if number % 2 else "new"
        size = rnd.choice([0, 3, 8, 20, 60, 200])
        share = rnd.betavariate(*((40, 10) if kind == "old" else (54, 6)))
        rows.append(Seen(f"g{number:02}", sum(rnd.random() < share for _ in range(size)), size, kind))
    return [*rows, Seen("x1", 7, 9, "market"), Seen("x2", None, None, "market")]


@pytest.mark.parametrize(
    ("definition", "rows", "more"),
    [
        (SOLVED, grids(), {}),
        (SOLVED, grids(), {"only": "old"}),
        (replace(SOLVED, better="lower", control="strict", draws=0), rats(), {}),
        (SOLVED, rats(), {"priors": Priors(Prior(F(1, 7), F(17), "given"), {})}),
        (replace(SOLVED, kind="rate", better="lower", least_size=F(2)), pumps(), {}),
        (replace(SOLVED, kind="mean", decimals=1), schools(), {}),
    ],
)
def test_a_second_program_finds_the_same(definition: Definition, rows: list[Seen], more: dict[str, Any]) -> None:
    assert check(*both(definition, rows, **more)) == []


def test_sheets_too() -> None:
    result = compose(SHEET, FIGURES, versions={"m": "1"}).to_record()
    kept = asked_composite(SHEET, FIGURES, versions={"m": "1"})
    assert check(json.loads(json.dumps(kept)), result) == []
    result["standings"][0]["value"] = "99"
    assert ("value", "B") in check(kept, result)


def _standing(result: dict[str, Any], unit: str) -> dict[str, Any]:
    return next(each for each in result["standings"] if each["unit"] == unit)


FORGERIES: dict[tuple[str, str], Callable[[dict[str, Any], dict[str, Any]], object]] = {
    ("inputs", ""): lambda kept, result: kept["rows"][0].update(stratum="old"),
    ("definition", ""): lambda kept, result: result["definition"].update(least_size="4"),
    ("strength", "whole"): lambda kept, result: result["priors"]["whole"].update(strength="60"),
    ("mean", "whole"): lambda kept, result: result["priors"]["whole"].update(mean="0.9"),
    ("strength", "old"): lambda kept, result: result["priors"]["strata"]["old"].update(strength="500"),
    ("value", "g05"): lambda kept, result: _standing(result, "g05").update(value="0.99"),
    ("row", "g05"): lambda kept, result: _standing(result, "g05").update(seen="1"),
    ("rank", "g05"): lambda kept, result: _standing(result, "g05").update(rank=1),
    ("interval", "g05"): lambda kept, result: _standing(result, "g05").update(interval=["0.80000", "0.90000"]),
    ("value", "x2"): lambda kept, result: _standing(result, "x2").update(value="0.9"),
    ("unranked", "x2"): lambda kept, result: _standing(result, "x2").update(unranked="few"),
    ("units", ""): lambda kept, result: result["standings"].pop(),
    ("order", ""): lambda kept, result: result["standings"].reverse(),
    ("engine", ""): lambda kept, result: result.update(engine="other"),
}


@pytest.mark.parametrize("found", FORGERIES)
def test_forged_rankings_are_found(found: tuple[str, str]) -> None:
    kept, result = copy.deepcopy(both(replace(SOLVED, draws=0), grids()))
    FORGERIES[found](kept, result)
    assert found in check(kept, result)


def test_the_second_program_by_itself(tmp_path: Path) -> None:
    """Nothing installed, nothing of ours: 0 valid, 1 not valid, 2 unreadable."""
    kept, result = both(SOLVED, rats()[:20])
    one, other = tmp_path / "asked.json", tmp_path / "result.json"
    one.write_text(json.dumps(kept), "utf-8")

    def run(text: str) -> tuple[int, dict[str, Any]]:
        other.write_text(text, "utf-8")
        command = [sys.executable, "-I", str(PROGRAM), str(one), str(other)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)

    assert run(json.dumps(result)) == (0, {"valid": True, "failures": []})
    result["standings"][0]["value"] = "1"
    assert run(json.dumps(result))[0] == 1
    assert run("{}")[0] == 2
