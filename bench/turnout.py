"""The district of `bench tally` in PostgreSQL: 378,400 on 224 rolls, 337,800 ballots cast, counted by the product.

All of it is made up (演示数据). The rolls' lines, the marks of who has cast and the papers go in by COPY, through the
triggers that guard them; rolls are published, votes drawn up, opened and closed by their actions. Then the product
reads and counts every body as its counting desk does, beside SQL that only adds marks up; then 参选率 as the indicator
measures it; then every count is published by its action, with its record written and verified. Every figure of the
product is compared with that of SQL before anything is reported.
"""

import datetime as dt
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from bench._database import backend_cpu, own_database
from bench.tally import BODIES, CAST, REGISTERED, SEATS, Body, bodies

STARTS = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
ENDS = STARTS + dt.timedelta(days=14)
AFTER = ENDS + dt.timedelta(hours=1)
Votes = dict[tuple[str, str], int]

_MARKS = """
SELECT v.number, mark, count(*) FROM ballots_secretpaper p
JOIN ballots_vote v ON v.id = p.vote_id, jsonb_array_elements_text(p.marks) AS mark
WHERE jsonb_typeof(p.marks) = 'array' AND jsonb_array_length(p.marks) <= (v.rule->>'most_marks')::int
GROUP BY v.number, mark"""
_TURNOUT = "SELECT (SELECT count(*) FROM ballots_castmark), (SELECT sum(heads) FROM ballots_rollentry)"


class Spent(NamedTuple):
    """Seconds: by the clock, of this process, of the server."""

    wall: float
    own: float
    server: float

    @property
    def cpu(self) -> float:
        return self.own + self.server


def _spending(work: Callable[[], Any]) -> tuple[Spent, Any]:
    from django.db import connection

    pid = connection.cursor().connection.info.backend_pid
    wall, own, server = time.perf_counter(), time.process_time(), backend_cpu(pid)
    done = work()
    return Spent(time.perf_counter() - wall, time.process_time() - own, backend_cpu(pid) - server), done


def _copied(statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _rolls(district: list[Body]) -> list[Any]:
    """224 villages with a committee and a roll each, its lines by COPY, published by the action."""
    from gongzhi.ballots.actions import publish_roll
    from gongzhi.ballots.models import Roll
    from gongzhi.common.access import system_actor
    from gongzhi.places.models import Place

    root = Place.objects.create(kind="region", level="county", code="YS", name="演示县（演示数据）", path="/YS/",
                                valid_from=STARTS.date())  # fmt: skip
    rolls = []
    for number in range(len(district)):
        place = Place.objects.create(
            kind="grid", level="grid1", code=f"YS-{number}", name=f"演示{number}村", parent=root,
            path=f"/YS/YS-{number}/", valid_from=STARTS.date(),
        )  # fmt: skip
        rolls.append(
            Roll.objects.create(
                number=f"MC-YS-{number}", kind="households", place=place, path=place.path, on=STARTS.date(),
                measures=["heads"], full_names=True, frozen_by="system:bench", frozen_at=STARTS,
            )
        )  # fmt: skip
    _copied(
        'COPY ballots_rollentry (roll_id, position, "group", heads, area, households, due, capacity, consent, salt)'
        " FROM STDIN",
        (
            (roll.pk, position, f"{position % 12 + 1}组", 1, 0, 1, True, "", "", os.urandom(32))
            for roll, (_, lines, _, _) in zip(rolls, district, strict=True)
            for position in range(1, len(lines.entries) + 1)
        ),
    )
    by = system_actor("bench")
    return [publish_roll(by=by, at=STARTS, number=roll.number) for roll in rolls]


def _votes(district: list[Body], rolls: list[Any]) -> list[str]:
    """An election of each body, drawn up and opened by the actions; numbers."""
    from gongzhi.ballots.actions import draft_vote, open_vote
    from gongzhi.ballots.actions.holding import Question
    from gongzhi.ballots.grounds import Ground
    from gongzhi.common.access import system_actor
    from gongzhi.people.models import Organization

    by, numbers = system_actor("bench"), []
    for (rule, *_), roll in zip(district, rolls, strict=True):
        body = Organization.objects.create(
            code=f"{roll.number}-W", kind="villagers_committee", name=f"{roll.place.name}村民委员会（演示数据）",
            place=roll.place, valid_from=STARTS.date(),
        )  # fmt: skip
        words = {code: f"演示{code}" for code in rule.options}
        ground = Ground(rule, {"election": {"made_up": True}}, "record_of_offline")
        vote = draft_vote(
            by=by, at=STARTS, roll=roll, body=body, question=Question("村民委员会选举", words=words), ground=ground,
            closes_at=ENDS,
        )  # fmt: skip
        open_vote(by=by, at=STARTS, number=vote.number)
        numbers.append(vote.number)
    return numbers


def _ballots(district: list[Body]) -> None:
    """Who has cast, and the papers in another order; then the polls are over."""
    from gongzhi.ballots.actions import close_vote
    from gongzhi.ballots.models import RollEntry, Vote
    from gongzhi.common.access import system_actor

    votes = list(Vote.objects.order_by("pk").values_list("pk", "roll", "number"))
    lines = {roll: list(RollEntry.objects.filter(roll=roll).order_by("pk").values_list("pk", flat=True))
             for _, roll, _ in votes}  # fmt: skip
    _copied(
        "COPY ballots_castmark (id, vote_id, entry_id, origin) FROM STDIN",
        (
            (_uuid(), vote, entry, "booth")
            for (vote, roll, _), (_, _, papers, _) in zip(votes, district, strict=True)
            for entry in lines[roll][: len(papers)]
        ),
    )
    _copied(
        "COPY ballots_secretpaper (id, vote_id, marks) FROM STDIN",
        (
            (_uuid(), vote, None if marks is None else json.dumps(sorted(marks)))
            for (vote, _, _), (_, _, papers, _) in zip(votes, district, strict=True)
            for marks in papers
        ),
    )
    for _, _, number in votes:
        close_vote(by=system_actor("bench"), at=AFTER, number=number)


def _uuid() -> str:
    raw = os.urandom(16).hex()
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _counted(numbers: list[str]) -> Votes:
    """What the desk does before it publishes: rule, roll and papers of each body read, then the engine's count."""
    from gongzhi.ballots import queries
    from gongzhi.ballots.models import CastMark, Vote
    from gongzhi.engines.voting.tallies import tally_secret

    found: Votes = {}
    for number in numbers:
        vote = Vote.objects.select_related("roll__place").get(number=number)
        roll = queries.engine_roll(vote, queries.commitments(vote))
        cast = CastMark.objects.filter(vote=vote).count()
        tally = tally_secret(queries.rule_of(vote), roll, queries.sorted_papers(vote), cast=cast)
        assert tally.filled is not None, number
        found |= {(number, one.got.option): one.got.points for one in tally.filled.candidates}
    return found


def _progress(numbers: list[str]) -> int:
    """The bar of every body: how many have cast."""
    from gongzhi.ballots import queries
    from gongzhi.ballots.models import Vote

    rows = Vote.objects.filter(number__in=numbers)
    return sum(queries.progress_of(vote).alternatives[0][0].reached for vote in rows)


def _published(numbers: list[str]) -> int:
    """By the action: record written, verified, sealed; how many seats are filled."""
    from gongzhi.ballots.actions import count_vote
    from gongzhi.common.access import system_actor

    by = system_actor("bench")
    return sum(len(count_vote(by=by, at=AFTER, number=number).result["seats"]["elected"]) for number in numbers)


def _measured() -> tuple[int, int]:
    """参选率 as the indicator takes it: numerator and denominator."""
    from gongzhi.ballots.turnout import ELECTION, _measure
    from gongzhi.common.access import system_actor
    from gongzhi.sheets.lineage import Scope

    counted = _measure(ELECTION, Scope(system_actor("bench"), "", None, None, AFTER))
    return int(counted.numerator), counted.denominator or 0


def _by_sql(statement: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def _row(what: str, value: float, unit: str, note: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "ratio_to": note}


def _said(what: str, spent: Spent, note: str = "") -> dict[str, Any]:
    split = f"{spent.own:.1f} s here, {spent.server:.1f} s of the server; {spent.wall:.1f} s by the clock"
    return _row(what, spent.cpu, "s CPU", f"{split}{'; ' if note else ''}{note}")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run() -> dict[str, Any]:
    """CPU seconds of this process and its server process; raises AssertionError where SQL counts otherwise."""
    district = bodies()
    with own_database():
        return {"name": "turnout", "rows": list(_rows(district))}


def _rows(district: list[Body]) -> Iterator[dict[str, Any]]:
    rolled, rolls = _spending(lambda: _rolls(district))
    opened, numbers = _spending(lambda: _votes(district, rolls))
    filled, _ = _spending(lambda: _ballots(district))
    held = _peak()
    _by_sql("ANALYZE")
    count, mine = _spending(lambda: _counted(numbers))
    peak = _peak()
    plain, marks = _spending(lambda: _by_sql(_MARKS))
    assert {(number, code): n for number, code, n in marks} == {k: n for k, n in mine.items() if n}, "SQL differs"
    bars, came = _spending(lambda: _progress(numbers))
    published, elected = _spending(lambda: _published(numbers))
    rate, turnout = _spending(_measured)
    simple, ((cast, every),) = _spending(lambda: _by_sql(_TURNOUT))
    assert (came, turnout, (cast, every)) == (CAST, (CAST, REGISTERED), (CAST, REGISTERED)), "SQL differs"
    share = f"{CAST:,} of {REGISTERED:,}, {100 * CAST / REGISTERED:.1f} %, {BODIES} bodies, {SEATS} seats"
    yield _said("rolls: lines by COPY, published", rolled)
    yield _said("votes: drawn up, opened, roll digest published", opened)
    yield _said("who has cast and papers by COPY, votes closed", filled)
    yield _said("count: read and counted, all bodies", count, "target: 10")
    yield _said("plain SQL: marks added up only", plain, f"ours takes {count.cpu / max(plain.cpu, 0.01):.1f} of it")
    yield _row("votes counted alike", len(mine), "candidates")
    yield _said("how many have cast: the bar of every body", bars)
    yield _said("published: record written, verified, sealed", published, f"{elected} elected in the first round")
    yield _said("turnout: the indicator over all bodies", rate, share)
    yield _said("plain SQL: two counts", simple, f"ours takes {rate.cpu / max(simple.cpu, 0.01):.1f} of it")
    yield _row("memory: ballots made and loaded", held, "MiB", "most so far")
    yield _row("memory: counted", peak, "MiB", f"{peak - held:.0f} MiB for counting")
    yield _row("memory: published", _peak(), "MiB", "most so far")
