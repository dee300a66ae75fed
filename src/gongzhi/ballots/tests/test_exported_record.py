"""Records of real votes, exported over HTTP: both programs find them valid and refuse every one of eight forgeries.

Each forgery is tried as it is, and with the whole chain made anew by somebody who knows how records are made.
"""

import copy
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongzhi.ballots import actions
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.tests.conftest import AFTER, CLOSES, FUND, TODAY, ground, opened, roll_of
from gongzhi.ballots.tests.test_api import caller
from gongzhi.ballots.tests.test_secrecy import RULE
from gongzhi.cli.main import run
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.engines.records import chained
from tests.cast import NOW, ROLES, World

TOOL = Path(__file__).parents[4] / "tools/verify_record.py"
Record = dict[str, Any]
Forgery = Callable[[Record], None]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def export(world: World, number: str, today: list[dt.datetime]) -> Record:
    by = world.actor("secretary")
    today[0] = AFTER
    actions.close_vote(by=by, at=AFTER, number=number)
    actions.count_vote(by=by, at=AFTER, number=number)
    answer = caller(world, "resident").get(f"/votes/{number}/record")
    assert answer.status_code == 200
    return dict(json.loads(answer.content))


def owners_vote(world: World, today: list[dt.datetime]) -> Record:
    """Heads and area: online, by proxy, out of a box that voids one online; one owner stays at home."""
    names = ("resident", "neighbour", "outsider", "dispatcher", "auditor")
    people = [Entitlement((world.people[name].pk,), area=8_960 + place) for place, name in enumerate(names)]
    vote = opened(world, roll_of(world, people), ground(FUND))
    common = {"at": NOW, "number": vote.number}
    for place, name in enumerate(names[:3], 1):
        mark = "no" if place == 3 else "yes"
        actions.cast_ballot(by=world.actor(name), position=place, marks=(mark,), **common)
    holder = world.people["resident"]
    actions.give_proxy(by=world.actor("secretary"), position=4, holder=holder, signed_on=TODAY, **common)
    actions.cast_ballot(by=world.actor("resident"), position=4, marks=("yes",), **common)
    box = actions.add_box(by=world.actor("secretary"), code="南门", origin="paper", **common)
    numbers = {"printed": 2, "issued": 1, "unused": 1, "spoiled": 0, "returned": 1}
    for teller in ("secretary", "grid_member"):
        paper = {"box_id": box.pk, "numbers": numbers, "papers": [(3, ("yes",))]}
        actions.enter_box(by=world.actor(teller), **paper, **common)
    return export(world, vote.number, today)


def secret_vote(world: World, today: list[dt.datetime]) -> Record:
    people = [Entitlement((world.people[name].pk,)) for name in ROLES[:8]]
    vote = opened(world, roll_of(world, people, kind="adults"), Ground(RULE, {}))
    for place, mark in enumerate(("wang", "li", "li", "zhao", "li", "li")):
        by = world.actor(ROLES[place])
        actions.cast_ballot(by=by, at=NOW, number=vote.number, position=place + 1, marks=(mark,))
    return export(world, vote.number, today)


def parts(record: Record, kind: str) -> list[Record]:
    return [event["body"] for event in record["events"] if event["kind"] == kind]


def put_ballots(record: Record, bodies: list[Record]) -> None:
    """These ballots in place of those that stand there, numbered as they come."""
    events = record["events"]
    first = next(place for place, event in enumerate(events) if event["kind"] == "ballot")
    others = [event for event in events if event["kind"] != "ballot"]
    new = [
        {"kind": "ballot", "body": body | {"number": number}, "hash": events[first]["hash"]}
        for number, body in enumerate(bodies, 1)
    ]
    record["events"] = [*others[:first], *new, *others[first:]]


def flip(record: Record) -> None:
    standing = [body for body in parts(record, "ballot") if not body.get("voided_by")]
    standing[0]["marks"] = ["no"] if standing[0]["marks"] == ["yes"] else ["zhao"]


def drop(record: Record) -> None:
    put_ballots(record, parts(record, "ballot")[:-1])


def reorder(record: Record) -> None:
    put_ballots(record, parts(record, "ballot")[::-1])


def duplicate(record: Record) -> None:
    bodies = parts(record, "ballot")
    put_ballots(record, [*bodies[:1], *copy.deepcopy(bodies[:1]), *bodies[1:]])


def foreign(record: Record) -> None:
    """A ballot of somebody who is not on the roll; of a secret vote: a stranger among those who cast, and a paper."""
    bodies, stranger = parts(record, "ballot"), "0" * 64
    if cast := parts(record, "cast"):
        cast[0]["cast"] = [stranger, *cast[0]["cast"]]
        put_ballots(record, [*copy.deepcopy(bodies[:1]), *bodies])
    else:
        put_ballots(record, [*bodies, copy.deepcopy(bodies[-1]) | {"entry": stranger, "holder": "", "voided_by": None}])


def late(record: Record) -> None:
    """The last ballot came after the close; of a secret vote, whose papers have no time: one was put in after it."""
    bodies = parts(record, "ballot")
    if parts(record, "cast"):
        put_ballots(record, [*bodies, copy.deepcopy(bodies[-1])])
    else:
        bodies[-1]["at"] = (CLOSES + dt.timedelta(microseconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def change_rule(record: Record) -> None:
    parts(record, "rule")[0]["majority"][0][0]["share"] = "1/100"


def change_roll(record: Record) -> None:
    entries = parts(record, "roll")[0]["entries"]
    entries.pop()


FORGERIES: tuple[Forgery, ...] = (flip, drop, reorder, duplicate, foreign, late, change_rule, change_roll)


def verdicts(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[tuple[int, Any]]:
    """Exit code and answer of `./gongzhi verify` and of the program that stands alone."""
    code = run(["verify", str(path), "--json", *more])
    ours = (code, json.loads(capsys.readouterr().out))
    done = subprocess.run([sys.executable, str(TOOL), str(path), *more], capture_output=True, text=True)
    return [ours, (done.returncode, json.loads(done.stdout))]


@pytest.mark.req("H03", where="/api/v1/votes/{number}/record")
@pytest.mark.parametrize("hold", [owners_vote, secret_vote], ids=["recorded, heads and area", "secret"])
def test_both_programs_refuse_every_forgery(
    world: World, today: list[dt.datetime], tmp_path: Path, capsys: pytest.CaptureFixture[str], hold: Any
) -> None:
    record = hold(world, today)
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    seal = ("--seal", record["seal"])
    assert verdicts(path, capsys, *seal) == [(0, {"valid": True, "failures": []})] * 2
    for forge in FORGERIES:
        forged = copy.deepcopy(record)
        forge(forged)
        again = chained((event["kind"], event["body"]) for event in forged["events"])
        for kind, tampered in (("as it is", forged), ("chained anew", again)):
            path.write_text(json.dumps(tampered, ensure_ascii=False), "utf-8")
            (code, ours), (other, theirs) = verdicts(path, capsys)
            assert (code, other) == (1, 1), (forge.__name__, kind, ours, theirs)
            assert ours == theirs and ours["failures"], (forge.__name__, kind)


def test_who_rewrites_everything_is_found_by_the_seal_on_the_wall(
    world: World, today: list[dt.datetime], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another vote that is honest in itself, passed off as this one: the seal and the receipt know better."""
    record, path = owners_vote(world, today), tmp_path / "record.json"
    today[0] = NOW
    path.write_text(json.dumps(owners_vote(world, today), ensure_ascii=False), "utf-8")
    assert [code for code, _ in verdicts(path, capsys)] == [0, 0]
    for code, answer in verdicts(path, capsys, "--seal", record["seal"]):
        assert code == 1 and answer["failures"][0]["code"] == "published_seal"
    path.write_text("{", "utf-8")
    assert [run(["verify", str(path), "--json"]), subprocess.run([sys.executable, TOOL, path]).returncode] == [2, 2]
