"""`tally budget FILE.pb`: the contract's shape, no database; 0 done, 1 a file that cannot be read, 2 wrong usage."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongzhi.cli.main import run
from gongzhi.cli.verbs import tally
from gongzhi.engines.budgeting.faults import FAULTS
from gongzhi.engines.budgeting.pabulib import read_pb

SOURCE = Path(tally.__file__).parents[3]
FILE = """META
key;value
budget;12
vote_type;approval
PROJECTS
project_id;cost;name
p1;6;演示数据：路灯
p2;6;演示数据：晒谷场
p3;6;演示数据：停车位
VOTES
voter_id;vote
1;p1
2;p1,p2
3;p2
4;p3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "vote.pb"
    path.write_text(FILE, "utf-8")
    return path


def counted(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["tally", "budget", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_shape_of_the_contract(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = counted(capsys, file, "--rule", "greedy")
    assert set(answer) == {"selected", "spent", "budget", "rule", "trace"}
    assert (answer["selected"], answer["spent"], answer["budget"]) == (["p1", "p2"], 12, 12)
    defaults = {"utility": "cost", "completion": "none", "stop": "exhaustive", "step": 1}
    assert answer["rule"].items() >= {"name": "greedy", **defaults}.items()


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "greedy-threshold", "equal-shares", "phragmen"])
@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_every_rule(file: Path, capsys: pytest.CaptureFixture[str], rule: str, utility: str) -> None:
    assert counted(capsys, file, "--rule", rule, "--utility", utility)["spent"] <= 12


@pytest.mark.parametrize("completion", ["none", "add1", "add1u"])
@pytest.mark.parametrize("stop", ["exhaustive", "overspend"])
@pytest.mark.parametrize("step", ["1", "0.5", "1/3"])
def test_every_completion(
    file: Path, capsys: pytest.CaptureFixture[str], completion: str, stop: str, step: str
) -> None:
    answer = counted(capsys, file, "--rule", "equal-shares", "--completion", completion, "--stop", stop, "--step", step)
    assert answer["rule"]["step"] == {"1": 1, "0.5": 0.5, "1/3": "1/3"}[step]
    assert len(answer["selected"]) == (1 if completion == "none" else 2)


def test_the_trace_says_who_paid_and_what_was_missing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = counted(capsys, file, "--rule", "equal-shares")["trace"]
    assert trace["share"] == 3 and trace["stopped"] == "none_affordable"
    assert trace["rounds"][0]["payers"] == 2 and trace["rounds"][0]["largest"] == 3
    assert {each["project"]: each["missing"] for each in trace["lost"]} == {"p2": 3, "p3": 3}
    assert trace["ties"] == [{"projects": ["p1", "p2"], "chosen": "p1", "by": "code"}]


def test_a_lot_settles_what_is_equal(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tally", "budget", str(file)]) == 0
    assert "p1 p2" in capsys.readouterr().err
    (tmp_path / "lot.txt").write_text("p2\np3\np1\n", "utf-8")
    assert counted(capsys, file, "--order", tmp_path / "lot.txt")["selected"] == ["p2"]
    (tmp_path / "lot.txt").write_text("p2\n", "utf-8")
    assert run(["tally", "budget", str(file), "--order", str(tmp_path / "lot.txt")]) == 2


def test_the_result_as_a_file(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.pb"
    answer = counted(capsys, file, "--rule", "greedy", "--write", out)
    again = read_pb(out.read_bytes())
    assert [each.code for each in again.projects if each.recorded == "1"] == answer["selected"]
    assert run(["tally", "budget", str(file), "--write", str(out)]) == 1


def test_a_wrong_file_is_refused_with_its_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace("4;p3", "4;p9"), "utf-8")
    assert run(["tally", "budget", str(file)]) == 1
    said = capsys.readouterr()
    assert "第 15 行" in said.err and "p9" in said.err and not said.out
    assert run(["tally", "budget", str(file.with_name("none.pb"))]) == 1


@pytest.mark.parametrize(
    "wrong",
    [["--rule", "lottery"], ["--step", "0"], ["--step", "x"], ["--rule", "greedy", "--completion", "add1"]],
)
def test_wrong_usage_is_two(file: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code: object = run(["tally", "budget", str(file), *wrong])
    except SystemExit as stop:
        code = stop.code
    assert code == 2 and capsys.readouterr().out == ""


def test_every_fault_of_a_file_has_its_words() -> None:
    assert set(tally.FAULTS) == set(FAULTS)


def test_it_loads_no_database(file: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from gongzhi.cli.main import run\n"
        f"assert run(['tally', 'budget', {str(file)!r}]) == 0\n"
        "assert not {'psycopg', 'django'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
