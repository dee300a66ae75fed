"""`verify RECORD` by itself: 0 valid, 1 not valid, 2 unreadable; no database, no instance."""

import datetime as dt
import json
from pathlib import Path

import pytest

from gongzhi.cli.main import run
from gongzhi.engines.records import Decision, canonical, entry_commitment, record_of_votes
from gongzhi.engines.rolls import Roll, RollEntry
from gongzhi.engines.tests.voting_rules import DELEGATES
from gongzhi.engines.voting.ballots import Ballot

OPENS = dt.datetime(2026, 3, 8, tzinfo=dt.UTC)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    entries = [entry_commitment("V-1", str(number), bytes([number] * 16)) for number in range(3)]
    roll = Roll([RollEntry(entry, {"heads": 1}) for entry in entries])
    decision = Decision("V-1", "演示数据", "村民代表会议", "321181", "advisory", OPENS, OPENS + dt.timedelta(hours=3))
    cast = [Ballot(entry, ("yes",), "paper", OPENS) for entry in entries[:2]]
    file = tmp_path / "record.json"
    file.write_bytes(canonical(record_of_votes(decision, DELEGATES, roll, cast, present=entries)))
    return file


def test_a_record_is_counted_again(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seal = json.loads(record.read_bytes())["seal"]
    assert run(["verify", str(record), "--seal", seal, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"valid": True, "failures": []}


def test_a_flipped_ballot_is_named(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record.write_text(record.read_text("utf-8").replace('"marks":["yes"]', '"marks":["no"]', 1), "utf-8")
    assert run(["verify", str(record), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert not answer["valid"] and answer["failures"][0] == {"code": "chain", "where": "events[4]"}


def test_what_cannot_be_read_is_two(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(record.with_name("none.json"))]) == 2
    record.write_text("{", "utf-8")
    assert run(["verify", str(record)]) == 2
    assert capsys.readouterr().out == ""
