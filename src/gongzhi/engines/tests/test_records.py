"""Records: whoever changes one is told where; the engine and the program that shares no code with it always agree."""

import copy
import datetime as dt
import hashlib
import importlib.util
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.engines import record_checks, record_shapes
from gongzhi.engines.record_checks import Published, verify_record
from gongzhi.engines.record_shapes import Unreadable, read_record
from gongzhi.engines.records import (
    Decision,
    canonical,
    chained,
    digest,
    entry_commitment,
    receipt,
    record_of_secret_votes,
    record_of_votes,
    roll_digest,
    rule_digest,
)
from gongzhi.engines.rolls import Roll, RollEntry
from gongzhi.engines.tests import voting_rules as known
from gongzhi.engines.voting.ballots import Ballot, Box, Marks, Proxy
from gongzhi.engines.voting.rules import Proxies, Ties

TOOL = Path(__file__).resolve().parents[4] / "tools/verify_record.py"
OPENS, CLOSES = dt.datetime(2026, 3, 8, tzinfo=dt.UTC), dt.datetime(2026, 3, 22, 10, tzinfo=dt.UTC)
DECISION = Decision("V-2026-0001", "演示数据：充电车棚", "业主大会", "321181", "advisory", OPENS, CLOSES)
RULE = replace(known.SPECIAL, proxies=Proxies(2, True), blank="abstain")
Record = dict[str, Any]
Found = list[tuple[str, str]]


def entry(number: int, decision: str = "V-2026-0001") -> str:
    return entry_commitment(decision, f"owner {number}", hashlib.sha256(str(number).encode()).digest())


def owners(count: int = 12) -> Roll:
    return Roll([RollEntry(entry(n), {"heads": 1, "area": 9_000 + n}) for n in range(count)], ("heads", "area"))


def ballot(number: int, answer: str = "yes", origin: str = "online", hours: int = 1, holder: str = "") -> Ballot:
    return Ballot(entry(number), (answer,) if answer else (), origin, OPENS + dt.timedelta(hours=hours), holder)


BALLOTS = [
    *(ballot(n, "yes", hours=n + 1) for n in range(6)),
    ballot(6, "no", hours=2),
    ballot(6, "yes", "paper", 30),
    ballot(7, "yes", "paper", 31),
    ballot(8, "", "at_door", 32),
    ballot(9, "no", "proxy", 33, entry(1)),
]
BOXES = [Box("南门", "paper", 20, 4, 15, 1, 2)]


@pytest.fixture(scope="module")
def recorded() -> Record:
    return record_of_votes(DECISION, RULE, owners(), BALLOTS, proxies=[Proxy(entry(9), entry(1))], boxes=BOXES)


@pytest.fixture(scope="module")
def secret() -> Record:
    rule = known.election(2, ("a", "b", "c", "d"), ties=Ties("lot"))
    roll = Roll([RollEntry(entry(n), {"heads": 1}) for n in range(12)])
    papers: list[Marks] = [("a", "b")] * 2 + [("b", "a")] * 2 + [("a", "c")] * 4 + [("b", "c"), (), None]
    cast = [entry(n) for n in range(11)]
    boxes = [Box("1", "paper", 20, 8, 12, 0, 8), Box("2", "online", 3, 3, 0, 0, 3)]
    rule = replace(rule, majority=known.requirement([known.share("support", "1/3", True, "cast")]))
    return record_of_secret_votes(DECISION, rule, roll, papers, cast=cast, boxes=boxes, lot=("c", "b"))


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location("verify_record", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL_MODULE = _tool()


def failures(record: object, **published: Any) -> Found:
    """What both say; they must say the same."""
    ours = [tuple(each) for each in verify_record(record, Published(**published))]
    theirs = TOOL_MODULE.check(copy.deepcopy(record), **published)
    assert ours == theirs
    return [(code, where) for code, where in ours]


def again(record: Record) -> Record:
    """The chain made anew over what stands there: a forger who knows how records are made."""
    return chained((event["kind"], event["body"]) for event in record["events"])


def places(record: Record, kind: str) -> list[int]:
    return [place for place, event in enumerate(record["events"]) if event["kind"] == kind]


def test_an_honest_record_is_valid(recorded: Record, secret: Record) -> None:
    assert failures(recorded) == [] and failures(secret) == []
    result = recorded["events"][-1]["body"]
    assert result["outcome"] == "passed" and result["amounts"]["yes"]["heads"] == 8
    assert result["amounts"]["participating"]["heads"] == 10
    seats = secret["events"][-1]["body"]["seats"]
    assert (seats["elected"], seats["settled_by"]) == (["a", "c"], "lot")


def test_it_says_the_same_whatever_the_order_in_which_ballots_came(recorded: Record) -> None:
    ballots, entries = list(BALLOTS), list(owners().entries)
    random.Random(3).shuffle(ballots)
    random.Random(4).shuffle(entries)
    roll = Roll(entries, ("heads", "area"))
    proxies = [Proxy(entry(9), entry(1))]
    assert record_of_votes(DECISION, RULE, roll, ballots, proxies=proxies, boxes=BOXES) == recorded


def test_it_survives_being_written_and_read(recorded: Record) -> None:
    assert read_record(json.dumps(recorded, indent=1)) == recorded
    assert failures(TOOL_MODULE.load(canonical(recorded))) == []


Forgery = Callable[[Record], object]


def flip(record: Record) -> None:
    record["events"][places(record, "ballot")[0]]["body"]["marks"] = ["no"]


def flip_the_void(record: Record) -> None:
    for place in places(record, "ballot"):
        record["events"][place]["body"]["voided_by"] = None


def drop(record: Record) -> None:
    del record["events"][places(record, "ballot")[2]]


def reorder(record: Record) -> None:
    one, other = places(record, "ballot")[:2]
    events = record["events"]
    events[one], events[other] = events[other], events[one]


def reorder_and_number(record: Record) -> None:
    reorder(record)
    for number, place in enumerate(places(record, "ballot"), 1):
        record["events"][place]["body"]["number"] = number


def copy_in(record: Record, **changes: Any) -> None:
    """One more ballot after the last, numbered on."""
    last = places(record, "ballot")[-1]
    event = copy.deepcopy(record["events"][last])
    event["body"] |= {"number": event["body"]["number"] + 1, **changes}
    record["events"].insert(last + 1, event)


def duplicate(record: Record) -> None:
    copy_in(record)


def foreign(record: Record) -> None:
    copy_in(record, entry=entry(3, "V-2026-0002"), holder="", origin="paper")


def late(record: Record) -> None:
    copy_in(record, entry=entry(10), at="2026-03-22T10:00:00.000001Z", holder="", origin="online")


def close_at_once(record: Record) -> None:
    opening = record["events"][0]["body"]
    opening["closes_at"] = opening["opens_at"]


def early(record: Record) -> None:
    record["events"][places(record, "ballot")[0]]["body"]["at"] = "2026-03-07T23:59:59.999999Z"


def change_rule(record: Record) -> None:
    record["events"][1]["body"]["majority"][0][0]["share"] = "1/2"


def change_roll(record: Record) -> None:
    record["events"][2]["body"]["entries"][0]["weights"]["area"] += 1


def change_result(record: Record) -> None:
    record["events"][-1]["body"]["amounts"]["yes"]["heads"] += 1


def no_proxy(record: Record) -> None:
    record["events"][places(record, "ballot")[-1]]["body"]["holder"] = entry(2)


def box_over(record: Record) -> None:
    record["events"][places(record, "box")[0]]["body"]["returned"] = 5


def twice_on_roll(record: Record) -> None:
    entries = record["events"][2]["body"]["entries"]
    entries.insert(1, copy.deepcopy(entries[0]))


def by_pigeon(record: Record) -> None:
    record["events"][places(record, "ballot")[0]]["body"]["origin"] = "pigeon"


def weigh_in_gold(record: Record) -> None:
    record["events"][2]["body"]["entries"][1]["weights"]["gold"] = 1


RECORDED: list[tuple[Forgery, str, str, bool]] = [
    (flip, "chain", "events[5]", False),
    (flip, "result", "result.amounts.no.area", True),
    (flip_the_void, "voided", "events[6]", True),
    (drop, "chain", "events[7]", False),
    (drop, "number", "events[7]", True),
    (reorder, "chain", "events[5]", False),
    (reorder, "number", "events[5]", True),
    (reorder_and_number, "ballot_order", "events[6]", True),
    (duplicate, "chain", "events[16]", False),
    (duplicate, "duplicate_ballot", "events[16]", True),
    (foreign, "foreign_ballot", "events[16]", True),
    (late, "late_ballot", "events[16]", True),
    (early, "early_ballot", "events[5]", True),
    (close_at_once, "times", "events[0]", True),
    (change_rule, "rule_changed", "events[1]", False),
    (change_rule, "rule_changed", "events[1]", True),
    (change_roll, "roll_changed", "events[2]", False),
    (change_roll, "roll_changed", "events[2]", True),
    (by_pigeon, "foreign_origin", "events[5]", True),
    (weigh_in_gold, "weights", "events[2].entries[1]", True),
    (twice_on_roll, "roll_order", "events[2].entries[1]", True),
    (change_result, "chain", "events[16]", False),
    (change_result, "result", "result.amounts.yes.heads", True),
    (no_proxy, "proxy_missing", "events[15]", True),
    (box_over, "box", "events[4]", True),
    (box_over, "box_total", "events", True),
]


@pytest.mark.parametrize(("forge", "code", "where", "rechain"), RECORDED)
def test_a_forged_record_is_refused_with_the_place(
    recorded: Record, forge: Forgery, code: str, where: str, rechain: bool
) -> None:
    forged = copy.deepcopy(recorded)
    forge(forged)
    found = failures(again(forged) if rechain else forged)
    assert (code, where) in found
    if rechain:
        assert not {"chain", "seal"} & {code for code, _ in found}


def stuff(record: Record) -> None:
    """One more secret ballot where it sorts."""
    place = places(record, "ballot")[0]
    record["events"].insert(place, copy.deepcopy(record["events"][place]))
    for number, each in enumerate(places(record, "ballot"), 1):
        record["events"][each]["body"]["number"] = number


def name_the_voter(record: Record) -> None:
    record["events"][places(record, "ballot")[0]]["body"]["entry"] = entry(0)


def give_a_time(record: Record) -> None:
    record["events"][places(record, "ballot")[0]]["body"]["at"] = "2026-03-09T00:00:00.000000Z"


def unsort(record: Record) -> None:
    first, *_, last = places(record, "ballot")
    events = record["events"]
    events[first]["body"]["marks"], events[last]["body"]["marks"] = events[last]["body"]["marks"], ["a", "b"]


def handwriting(record: Record) -> None:
    record["events"][places(record, "ballot")[1]]["body"]["marks"] = ["b", "a"]


def cast_by_a_stranger(record: Record) -> None:
    record["events"][3]["body"]["cast"][0] = "0" * 64


def cast_twice(record: Record) -> None:
    cast = record["events"][3]["body"]["cast"]
    cast.insert(0, cast[0])


def another_lot(record: Record) -> None:
    record["events"][places(record, "lot")[0]]["body"]["order"] = ["c", "d"]


def weigh_more(record: Record) -> None:
    record["events"][2]["body"]["entries"][0]["weights"]["heads"] = 2


SECRET: list[tuple[Forgery, str, str]] = [
    (stuff, "ballots_over_cast", "events[17]"),
    (stuff, "box_total", "events"),
    (name_the_voter, "shape", "events[6]"),
    (give_a_time, "shape", "events[6]"),
    (unsort, "ballot_order", "events[7]"),
    (handwriting, "mark_order", "events[7]"),
    (cast_by_a_stranger, "foreign_cast", "events[3].cast[0]"),
    (cast_twice, "cast_order", "events[3].cast[1]"),
    (another_lot, "lot", "events[17]"),
    (weigh_more, "secret_weights", "events[2].entries[0]"),
    (drop, "box_total", "events"),
]


@pytest.mark.parametrize(("forge", "code", "where"), SECRET)
def test_a_forged_secret_record_is_refused_with_the_place(
    secret: Record, forge: Forgery, code: str, where: str
) -> None:
    forged = copy.deepcopy(secret)
    forge(forged)
    assert (code, where) in failures(again(forged))
    assert "chain" in {code for code, _ in failures(forged)}


def test_nothing_in_a_secret_record_says_who_voted_what(secret: Record) -> None:
    papers = [secret["events"][place]["body"] for place in places(secret, "ballot")]
    assert all(set(paper) == {"number", "marks"} for paper in papers)
    assert papers == [
        {"number": number, "marks": marks} for number, marks in enumerate(
            sorted((paper["marks"] for paper in papers), key=canonical), 1
        )
    ]  # fmt: skip


def test_who_rewrites_everything_is_found_by_what_was_published(recorded: Record) -> None:
    """A consistent forgery: other marks, counted anew, chained anew. The notice board and the receipt know better."""
    forged = record_of_votes(
        DECISION, RULE, owners(), [ballot(0, "no"), *BALLOTS[1:]], proxies=[Proxy(entry(9), entry(1))], boxes=BOXES
    )
    assert failures(forged) == []
    assert failures(forged, seal=recorded["seal"]) == [("published_seal", "seal")]
    mine = receipt("V-2026-0001", BALLOTS[0])
    assert failures(recorded, receipts=[mine]) == [] and failures(forged, receipts=[mine]) == [("receipt", mine)]
    assert failures(recorded, rule=rule_digest(RULE), roll=roll_digest(owners()), seal=recorded["seal"]) == []
    assert failures(recorded, rule="0" * 64, roll="0" * 64) == [
        ("rule_changed", "events[1]"), ("roll_changed", "events[2]"),
    ]  # fmt: skip


def test_proxies_over_the_cap_and_strangers_are_named(recorded: Record) -> None:
    forged = copy.deepcopy(recorded)
    given = [(9, 1), (10, 1), (11, 1), (9, 2), (2, 2), (99, 2), (8, 99)]
    forged["events"][3]["body"]["proxies"] = [{"entry": entry(a), "holder": entry(b)} for a, b in given]
    codes = [each for each in failures(again(forged)) if "proxies" in each[1]]
    assert [code for code, _ in codes] == [
        "too_many_proxies", "duplicate_proxy", "own_proxy", "foreign_proxy", "foreign_holder"
    ]  # fmt: skip
    forged["events"][1]["body"]["proxies"] = None
    assert ("proxy_not_allowed", "events[3].proxies[0]") in failures(again(forged))


def test_who_is_not_present_does_not_vote_in_a_meeting() -> None:
    roll = Roll([RollEntry(entry(n), {"heads": 1}) for n in range(45)])
    here = [entry(n) for n in range(30)]
    cast = [ballot(n, "yes", hours=n + 1) for n in range(16)]
    record = record_of_votes(DECISION, known.DELEGATES, roll, cast, present=here)
    assert failures(record) == [] and record["events"][-1]["body"]["outcome"] == "passed"
    forged = copy.deepcopy(record)
    forged["events"][3]["body"]["present"] = [*sorted(here)[1:], "0" * 64]
    assert {"foreign_attendance", "attendance_order", "result"} <= {code for code, _ in failures(again(forged))}
    cut = copy.deepcopy(record)
    del cut["events"][3]
    assert failures(again(cut)) == [("uncountable", "events[1]")]


@pytest.mark.parametrize(
    "record", [None, [], {}, {"format": "gongzhi-record-1"}, {"format": "x", "events": [], "seal": "0" * 64}, "x", 3]
)
def test_what_is_no_record_is_refused(record: object) -> None:
    assert failures(record) == [("format", "format")]


def test_events_stand_in_their_order(recorded: Record) -> None:
    for kind in ("opening", "rule", "roll", "result"):
        cut = copy.deepcopy(recorded)
        cut["events"] = [event for event in cut["events"] if event["kind"] != kind]
        assert failures(again(cut)) == [("event_missing", "events")]
    doubled = copy.deepcopy(recorded)
    doubled["events"].append(doubled["events"][-1])
    assert failures(again(doubled)) == [("event_order", "events[17]")]
    moved = copy.deepcopy(recorded)
    moved["events"].insert(0, moved["events"].pop())
    assert failures(again(moved)) == [("event_order", "events[1]")]


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1, "a": 2}', '{"a": 1.0}', "[NaN]", "[1e3]", "[" * 40 + "]" * 40, "[" * 100_000]
)
def test_what_cannot_be_read_is_said(text: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_record(text)
    file = tmp_path / "record.json"
    file.write_text(text)
    assert TOOL_MODULE.main([str(file)]) == 2


def test_the_program_runs_by_itself(recorded: Record, tmp_path: Path) -> None:
    """Without the package on the path, nor anything installed: `-I -S`."""
    file = tmp_path / "record.json"
    forged = copy.deepcopy(recorded)
    flip(forged)
    for record, code, valid in ((recorded, 0, True), (forged, 1, False)):
        file.write_bytes(canonical(record))
        done = subprocess.run([sys.executable, "-I", "-S", str(TOOL), str(file)], capture_output=True, check=False)
        answer = json.loads(done.stdout)
        assert (done.returncode, answer["valid"], not answer["failures"]) == (code, valid, valid)
    assert TOOL_MODULE.main([str(tmp_path / "none.json")]) == 2


def test_a_record_holds_only_whole_numbers_and_times_with_a_zone() -> None:
    for value in (0.5, b"x", {1: 2}, (1,), {"a": {2}}):
        with pytest.raises(ValueError, match="record"):
            digest(value)
    with pytest.raises(ValueError, match="zone"):
        record_of_votes(DECISION, RULE, owners(), [replace(BALLOTS[0], at=dt.datetime(2026, 3, 9))])  # noqa: DTZ001
    with pytest.raises(ValueError, match="salt"):
        entry_commitment("V", "x", b"short")
    with pytest.raises(ValueError, match="legal_effect"):
        replace(DECISION, legal_effect="strong")
    with pytest.raises(ValueError, match="closes_at"):
        replace(DECISION, closes_at=OPENS)


def test_every_fault_is_documented_and_known_to_both() -> None:
    """The table of docs/reference/records.md names exactly what either can say."""
    table = (TOOL.parent.parent / "docs/reference/records.md").read_text("utf-8").partition("| Code |")[2]
    documented = {code for line in table.splitlines() for code in re.findall(r"`(\w+)`", line.partition(" | ")[0])}
    tool = TOOL.read_text("utf-8")
    package = "".join(Path(module.__file__).read_text("utf-8") for module in (record_checks, record_shapes))
    for source in (tool, package):
        for code in documented:
            stem = re.sub(r"^(rule|roll|attendance|cast)(?=_(changed|order))|(?<=foreign_)(attendance|cast)$", "", code)
            assert f'"{code}"' in source or f'{stem}"' in source, code
    said = set(re.findall(r'(?:say\(|Failure\(|yield |codes?\.append\()"(\w*[a-z])"', tool + package))
    assert said <= documented


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to everything inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in inside for found in [(*path, key), *_spots(each, (*path, key))]]


VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    2,
    -1,
    "",
    "x",
    "yes",
    "1/2",
    "2/4",
    "0/1",
    [],
    {},
    ["yes"],
    [[]],
    {"a": 1},
    "\ud800",
]


@settings(max_examples=400, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["recorded", "secret"]), rechain=st.booleans())
def test_any_change_anywhere_is_refused_and_both_say_the_same(
    recorded: Record, secret: Record, data: st.DataObject, kind: str, rechain: bool
) -> None:
    """Any value put anywhere, or anything taken out: refused unless the whole chain was made anew."""
    record = copy.deepcopy({"recorded": recorded, "secret": secret}[kind])
    *way, last = data.draw(st.sampled_from(_spots(record)))
    part = record
    for key in way:
        part = part[key]
    before = copy.deepcopy(record)
    if data.draw(st.booleans()):
        part[last] = data.draw(st.sampled_from(VALUES))
    else:
        del part[last]
    same = json.dumps(before) == json.dumps(record)
    if rechain:
        try:
            record = again(record)
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        failures(record)
    else:
        assert bool(failures(record)) is not same


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_both_count_any_rule_over_any_ballots_alike(data: st.DataObject) -> None:
    """Recorded votes under drawn rules: shares, limits, methods, ties, proxies, blank papers; both find them valid."""
    share, limit = (
        data.draw(st.sampled_from(["1/2", "2/3", "1/3", "3/4"])),
        data.draw(st.sampled_from(["at_least", "at_most"])),
    )
    inclusive, motion = data.draw(st.booleans()), data.draw(st.booleans())
    counted = {"counts": "yes" if motion else "support", "measure": "area", "share": share, "inclusive": inclusive}
    majority = known.requirement(
        [{**counted, "of": data.draw(st.sampled_from(["cast", "valid", "due"])), "limit": limit}]
    )
    common = {
        "measures": ("heads", "area"), "precedence": known.HEADS_AND_AREA["precedence"], "blank": "abstain",
        "quorum": known.requirement([known.share("cast", "1/4", True, "registered")]), "majority": majority,
        "invalid_participates": data.draw(st.booleans()), "secret": False,
    }  # fmt: skip
    if motion:
        rule = replace(known.SPECIAL, **common)
        marks = st.sampled_from([("yes",), ("no",), ("abstain",), (), None, ("yes", "no")])
    else:
        ranking = data.draw(st.booleans())
        rule = replace(
            known.election(2, tuple("abcd")), **common, rank_by="area", runoff_extra=data.draw(st.integers(0, 2)),
            method="ranking" if ranking else "approval", points=(2, 1) if ranking else (),
            ties=data.draw(st.sampled_from([Ties(), Ties("order", tuple("dcba")), Ties("lot")])),
        )  # fmt: skip
        marks = st.none() | st.lists(st.sampled_from("abcd"), max_size=3).map(tuple)
    areas = data.draw(st.lists(st.integers(1, 3), min_size=6, max_size=6))
    roll = Roll(
        [RollEntry(entry(n), {"heads": 1, "area": area}, due=n > 0) for n, area in enumerate(areas)], rule.measures
    )  # fmt: skip
    cast = [
        Ballot(entry(n), data.draw(marks), origin, OPENS + dt.timedelta(minutes=5))
        for n in range(6)
        for origin in data.draw(st.sampled_from([[], ["online"], ["paper"], ["online", "paper"]]))
    ]
    record = record_of_votes(DECISION, rule, roll, cast)
    assert failures(record) == []
