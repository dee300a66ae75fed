"""Counting a whole district: 378,400 registered in 224 bodies, 337,800 ballots, 1,158 seats (S4), all 演示数据.

First by the engine, secret ballots of a committee's election (村组法 第15条) with invalid and blank papers among them,
and the second round of every body that has seats left, until all 1,158 are filled. The first round's ballots by plain
SQL too, which only counts marks. Then owners' votes of the same size on heads and area. Then the records of all bodies:
written, verified by the engine, verified by the program that shares no code with it. Every figure of SQL and of the
verifications is compared before anything is reported.
"""

import datetime as dt
import importlib.util
import os
import random
import resource
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from bench._database import backend_cpu
from gongzhi.engines.record_checks import verify_record
from gongzhi.engines.records import Decision, Record, canonical, entry_commitment, record_of_secret_votes
from gongzhi.engines.rolls import Roll, RollEntry
from gongzhi.engines.thresholds import Requirement
from gongzhi.engines.voting.ballots import Ballot, Marks
from gongzhi.engines.voting.rules import Least, Rule
from gongzhi.engines.voting.tallies import Tally, tally_recorded, tally_secret

BODIES, REGISTERED, CAST, SEATS = 224, 378_400, 337_800, 1_158
OPENS = dt.datetime(2026, 3, 8, tzinfo=dt.UTC)
CLOSES = dt.datetime(2026, 3, 22, tzinfo=dt.UTC)
Body = tuple[Rule, Roll, list[Marks], list[str]]


def _share(counts: str, share: str, inclusive: bool, of: str, measure: str = "heads") -> dict[str, Any]:
    return {"counts": counts, "measure": measure, "share": share, "inclusive": inclusive, "of": of}


def _election(seats: int) -> Rule:
    """Two more candidates than seats; the numbers are those of the article, written here for the benchmark only."""
    options = tuple(f"c{number}" for number in range(seats + 2))
    return Rule(
        "bench", "1", "election", "村组法第15条", "approval", options,
        Requirement.from_params([[_share("cast", "1/2", False, "registered")]]),
        Requirement.from_params([[_share("support", "1/2", False, "cast")]]),
        seats=seats, most_marks=seats, contested=True, secret=True, runoff_extra=1,
        traits={"c0": ("woman",)}, composition=(Least("woman", 1),),
    )  # fmt: skip


def _second(rule: Rule, tally: Tally) -> Rule:
    """另行选举: those who came next, for the seats left, elected by a third of the ballots cast (第15条)."""
    filled = tally.filled
    assert filled is not None
    return replace(
        rule, code="second", options=filled.runoff, seats=filled.left, most_marks=filled.left, runoff_extra=None,
        majority=Requirement.from_params([[_share("support", "1/3", True, "cast")]]), traits={}, composition=(),
    )  # fmt: skip


def second_rounds(district: list[Body], tallies: list[Tally], seed: int = 6) -> list[Tally]:
    """The round after the first where seats were left: the same people come, and mark those they prefer by their order.

    Every third voter marks as many as there are seats from the top of the paper, the others from its bottom.
    """
    found = []
    for (rule, roll, _, cast), tally in zip(district, tallies, strict=True):
        filled = tally.filled
        if filled is None or not filled.left:
            continue
        again = _second(rule, tally)
        top, rest = filled.runoff[: again.seats], filled.runoff[-again.seats :]
        papers: list[Marks] = [rest if place % 3 == 2 else top for place in range(len(cast))]
        found.append(tally_secret(again, roll, papers, cast=len(cast)))
    return found


def elected_in(tallies: list[Tally]) -> int:
    return sum(len(tally.filled.elected) for tally in tallies if tally.filled)


def _owners() -> Rule:
    both = ("heads", "area")
    return Rule(
        "bench", "1", "special", "民法典第278条", "resolution", ("yes", "no", "abstain"),
        Requirement.from_params([[_share("participating", "2/3", True, "registered", each) for each in both]]),
        Requirement.from_params([[_share("yes", "3/4", True, "participating", each) for each in both]]),
        measures=both, precedence=(("paper", "booth", "at_door", "proxy"), ("online",)),
    )  # fmt: skip


def _part(total: int, number: int) -> int:
    """The total in BODIES parts that differ by one at most."""
    return total // BODIES + (number < total % BODIES)


def bodies(seed: int = 5) -> list[Body]:
    """A body's rule, roll, papers and who has cast; 1 in 50 papers blank, unreadable or with too many marks."""
    rnd = random.Random(seed)
    found = []
    for number in range(BODIES):
        rule = _election(_part(SEATS, number))
        names = [
            entry_commitment(f"B{number}", str(n), n.to_bytes(16, "big")) for n in range(_part(REGISTERED, number))
        ]
        papers: list[Marks] = []
        for _ in range(_part(CAST, number)):
            wrong = rnd.random() < 0.02
            # Most voters name most of the first candidates; the last three are rarely named.
            chosen = [each for place, each in enumerate(rule.options) if rnd.random() < (0.8 if place < 4 else 0.35)]
            papers.append(rnd.choice([(), None, rule.options]) if wrong else tuple(chosen[: rule.seats]))
        found.append((rule, Roll([RollEntry(name, {"heads": 1}) for name in names]), papers, names[: len(papers)]))
    return found


def _timed(work: Any) -> tuple[float, Any]:
    began = time.process_time()
    done = work()
    return time.process_time() - began, done


def _by_sql(district: list[Body]) -> tuple[float, float, dict[tuple[int, str], int]]:
    """CPU seconds of the server to load and to count, and the votes by body and candidate. The table is temporary."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as server, server.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE papers (body int, seats int, marks text[])")
        pid = server.info.backend_pid
        began = backend_cpu(pid)
        with cursor.copy("COPY papers FROM STDIN") as copy:
            for number, (rule, _, papers, _) in enumerate(district):
                for marks in papers:
                    copy.write_row((number, rule.seats, None if marks is None else list(marks)))
        loaded = backend_cpu(pid)
        cursor.execute(
            "SELECT body, mark, count(*) FROM papers, unnest(marks) AS mark"
            " WHERE cardinality(marks) <= seats GROUP BY body, mark"
        )
        votes = {(body, mark): count for body, mark, count in cursor.fetchall()}
        return loaded - began, backend_cpu(pid) - loaded, votes


def _votes(tallies: list[Tally]) -> dict[tuple[int, str], int]:
    return {
        (number, each.got.option): each.got.points
        for number, tally in enumerate(tallies)
        if tally.filled
        for each in tally.filled.candidates
    }


def _owners_votes(district: list[Body], seed: int = 7) -> list[tuple[Roll, list[Ballot]]]:
    rnd, found = random.Random(seed), []
    for _, roll, _, names in district:
        entries = [RollEntry(each.entry, {"heads": 1, "area": rnd.randint(4_000, 18_000)}) for each in roll.entries]
        cast = [Ballot(name, (rnd.choices(("yes", "no", "abstain"), (8, 1, 1))[0],), "online", OPENS) for name in names]
        cast += [Ballot(name, ("no",), "paper", OPENS) for name in names[:: len(names) // 9]]
        found.append((Roll(entries, ("heads", "area")), cast))
    return found


def _record(number: int, body: Body) -> Record:
    rule, roll, papers, cast = body
    effect = "record_of_offline"
    decision = Decision(f"B{number}", "演示数据", "村民委员会选举", "", effect, OPENS, CLOSES)
    return record_of_secret_votes(decision, rule, roll, papers, cast=cast)


def _records(district: list[Body]) -> tuple[float, float, float, int]:
    """One body after the other: CPU seconds to write, to verify, to verify by the other program; bytes in all."""
    program, spent, size = _second_program(), [0.0, 0.0, 0.0], 0
    for number, body in enumerate(district):
        write, record = _timed(lambda number=number, body=body: _record(number, body))
        verify, wrong = _timed(lambda record=record: verify_record(record))
        again, other = _timed(lambda record=record: program.check(record))
        assert not wrong and not other, f"record {number} is refused"
        spent = [sum(each) for each in zip(spent, (write, verify, again), strict=True)]
        size += len(canonical(record))
    return spent[0], spent[1], spent[2], size


def _second_program() -> Any:
    path = Path(__file__).resolve().parent.parent / "tools/verify_record.py"
    spec = importlib.util.spec_from_file_location("verify_record", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _peak() -> float:
    """Most memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(what: str, value: float, unit: str, ratio_to: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "ratio_to": ratio_to}


def run() -> dict[str, Any]:
    """CPU seconds of this process (SQL: of the server's); raises AssertionError when two counts differ."""
    district = bodies()
    held = _peak()
    count, tallies = _timed(lambda: [tally_secret(r, roll, papers, cast=len(c)) for r, roll, papers, c in district])
    load, query, votes = _by_sql(district)
    mine = _votes(tallies)
    assert votes == {key: count for key, count in mine.items() if count}, "SQL counts otherwise"
    counted = _peak()
    owners, rule = _owners_votes(district), _owners()
    recorded, _ = _timed(lambda: [tally_recorded(rule, roll, cast) for roll, cast in owners])
    write, verify, again, size = _records(district)
    later, rounds = _timed(lambda: second_rounds(district, tallies))
    elected, filled = elected_in(tallies), elected_in(rounds)
    assert elected + filled == SEATS, "seats stay empty after the second round"
    rows = [
        _row("registered", REGISTERED, "people", f"{BODIES} bodies, {SEATS} seats, {elected} in the first round"),
        _row("second rounds: made and counted", later, "s CPU", f"{len(rounds)} bodies, the other {filled}"),
        _row("ballots", CAST, "ballots", f"turnout {100 * CAST / REGISTERED:.1f} %"),
        _row("elections: count all bodies", count, "s CPU", "target: 10"),
        _row("elections: count", CAST / count, "ballots/s"),
        _row("plain SQL: load by COPY", load, "s CPU"),
        _row("plain SQL: count marks only", query, "s CPU", f"ours takes {count / query:.2f} of it" if query else ""),
        _row("plain SQL: votes counted alike", len(mine), "candidates"),
        _row("owners' votes: settle and count, two bases", recorded, "s CPU"),
        _row("records: write", write, "s CPU", f"{size / 2**20:.0f} MiB"),
        _row("records: verify", verify, "s CPU"),
        _row("records: verify by tools/verify_record.py", again, "s CPU", f"ours takes {verify / again:.2f} of it"),
        _row("memory: rolls and ballots made", held, "MiB", "most so far"),
        _row("memory: counted", counted, "MiB", f"{counted - held:.0f} MiB for counting"),
        _row("memory: records, one at a time", _peak(), "MiB", "most so far"),
    ]
    return {"name": "tally", "rows": rows}
