"""Twenty seeded kills during 2,000 concurrent reports: nothing acknowledged is lost, nothing is doubled.

kill -9 of a web process, of PostgreSQL's postmaster (its keeper starts it again) and of the job worker, each at a
moment drawn from the seed, counted in answers. The clients send again with the same key until they have an answer.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.cli.postgres.folders import cluster_folders
from gongzhi.cli.tests.programs import answered, until
from tests.resilience.instance import Answer, Instance, at_once, with_tests

SEED = 20260318
REPORTS = 2000
KILLS = {"web": 12, "postmaster": 3, "worker": 5}
TEXT = "第{n}盏路灯不亮，晚上看不见台阶。"

# What one report leaves behind, counted by the number of its case.
_LEFT = {
    "case": "SELECT number, count(*) FROM cases_case GROUP BY 1",
    "reporter": "SELECT number, count(*) FROM cases_case c JOIN cases_reporter r ON r.case_id = c.id GROUP BY 1",
    "event": "SELECT number, count(*) FROM cases_case c JOIN cases_caseevent e ON e.case_id = c.id GROUP BY 1",
    "clocks": "SELECT number, count(*) FROM cases_case c JOIN cases_clock k ON k.case_id = c.id GROUP BY 1",
    "news": "SELECT payload ->> 'case', count(*) FROM notifications_outboxevent WHERE topic = 'case.report' GROUP BY 1",
    "trail": "SELECT substr(subject, 6), count(*) FROM audit_entry WHERE action = 'cases.report' GROUP BY 1",
    "answer": "SELECT answer ->> 'number', count(*) FROM audit_requestkey WHERE key LIKE 'kill-%%' GROUP BY 1",
    "vault key": "SELECT number, count(*) FROM cases_case c JOIN people_vaultkey v ON v.id = c.key_id GROUP BY 1",
}
_ROWS = dict.fromkeys(_LEFT, 1) | {"clocks": 2}


def reports() -> list[tuple[str, dict[str, Any]]]:
    """Some by code, some by point, some without a place, some with a number to call."""
    more: list[dict[str, Any]] = [
        {"place_code": "LY-5"},
        {"point": {"lat": 32.105, "lng": 119.605}},
        {},
        {"place_code": "PC-2-1-1", "contact": {"name": "演示", "phone": "13700001111"}},
    ]
    return [(f"kill-{n}", {"text": TEXT.format(n=n), **more[n % 4]}) for n in range(REPORTS)]


def moments(seeded: random.Random) -> list[tuple[int, str]]:
    """After how many answers which kind of process dies; postmasters one in each third, since each has to come back."""
    found = [(seeded.randrange(20, REPORTS - 60), kind) for kind in ("web", "worker") for _ in range(KILLS[kind])]
    third = REPORTS // KILLS["postmaster"]
    found += [(seeded.randrange(n * third + 50, (n + 1) * third - 100), "postmaster") for n in range(3)]
    return sorted(found)


class Killer(threading.Thread):
    """Kills what is due when enough answers have come, and starts the job worker again as a service manager would."""

    def __init__(self, instance: Instance, done: list[tuple[str, Answer]], seeded: random.Random) -> None:
        super().__init__(daemon=True)
        self.instance, self.done, self.seeded = instance, done, seeded
        self.killed: Counter[str] = Counter()
        self.over = threading.Event()

    def run(self) -> None:
        for after, kind in moments(self.seeded):
            while len(self.done) < after and not self.over.is_set():
                time.sleep(0.002)
            if pid := self._victim(kind):
                os.kill(pid, signal.SIGKILL)
                self.killed[kind] += 1
            if kind == "worker":
                self.instance.programs["worker"].wait()
                self.instance.start("worker")

    def _victim(self, kind: str) -> int:
        """A living process of that kind; one that has just been killed is waited for."""
        find: dict[str, Callable[[], int]] = {
            "web": lambda: self.seeded.choice(self.instance.web_workers() or [0]),
            "postmaster": self._postmaster,
            "worker": lambda: self.instance.programs["worker"].pid,
        }
        until(lambda: find[kind]() != 0, 120)
        return find[kind]()

    def _postmaster(self) -> int:
        try:
            pid = self.instance.postmaster()
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return 0
        return pid


@pytest.mark.req("D01", where="POST /api/v1/cases")
def test_nothing_acknowledged_is_lost_and_nothing_doubled(instance: Instance) -> None:
    done: list[tuple[str, Answer]] = []
    instance.start("worker")
    killer = Killer(instance, done, random.Random(SEED))
    killer.start()
    at_once(instance.port, reports(), done)
    killer.over.set()
    killer.join(300)
    assert killer.killed == Counter(KILLS)

    assert {answer.status for _, answer in done} == {201}
    acknowledged = {key: answer.body["number"] for key, answer in done}
    assert len(acknowledged) == len(done) == REPORTS
    assert len(set(acknowledged.values())) == REPORTS
    _compare(instance, acknowledged)
    assert answered("audit", "verify", "--data", instance.folder)["valid"]


def _compare(instance: Instance, acknowledged: dict[str, str]) -> None:
    """Every acknowledged number one by one, in every table that a report writes to; and no key twice."""
    kept = dict(instance.rows("SELECT key, answer ->> 'number' FROM audit_requestkey WHERE key LIKE 'kill-%%'", []))
    assert kept == acknowledged
    numbers = set(acknowledged.values())
    for what, query in _LEFT.items():
        counted = dict(instance.rows(query, []))
        wrong = {number: counted.get(number, 0) for number in numbers if counted.get(number, 0) != _ROWS[what]}
        assert not wrong, (what, wrong)
    # Nobody else reported meanwhile: as many cases as keys, so no try has left a second one.
    made = "SELECT count(*) FROM cases_case c WHERE EXISTS (SELECT 1 FROM cases_reporter WHERE case_id = c.id)"
    others = "SELECT count(*) FROM audit_requestkey WHERE key NOT LIKE 'kill-%%'"
    assert instance.rows(made, [])[0][0] == REPORTS + instance.rows(others, [])[0][0]


@pytest.mark.timeout(1200)
def test_the_news_of_every_report_is_handled_once(instance: Instance) -> None:
    """The worker, killed five times, goes on where it was: each event processed, each message queued once."""
    left = """
      SELECT topic, attempts, last_error, count(*) FROM notifications_outboxevent
      WHERE processed_at IS NULL GROUP BY 1, 2, 3"""
    worker = instance.programs["worker"]
    until(lambda: instance.rows(left) == [] or worker.poll() is not None, 900)  # a busy machine takes its time
    assert worker.poll() is None, instance.said("worker").read_text()[-4000:]
    assert instance.rows(left) == []
    sent = """
      SELECT count(*), count(DISTINCT subject) FROM notifications_delivery d
      WHERE kind = 'case_reported' AND EXISTS (
        SELECT 1 FROM cases_case c JOIN cases_reporter r ON r.case_id = c.id
        WHERE d.subject = 'case:' || c.number AND r.contact IS NOT NULL)"""
    assert instance.rows(sent) == [(REPORTS // 4, REPORTS // 4)]


def test_a_worker_that_starts_while_the_database_is_away_waits_for_it(instance: Instance) -> None:
    """A server that restarts must not cost the office its worker: it says why it waits, then does its jobs."""
    keeper = int((cluster_folders(instance.folder).home / "keeper.lock").read_text())
    os.kill(keeper, signal.SIGSTOP)
    try:
        os.kill(instance.postmaster(), signal.SIGKILL)
        with instance.said("late").open("wb") as said:
            command = [sys.executable, "-m", "gongzhi", "worker", "--once", "--data", str(instance.folder)]
            late = subprocess.Popen(command, env=with_tests(DATABASE_URL=instance.url), stderr=said, cwd="/")
        assert until(lambda: "先等着" in instance.said("late").read_text(), 110)
        assert late.poll() is None
    finally:
        os.kill(keeper, signal.SIGCONT)
    assert late.wait(120) == 0, instance.said("late").read_text()[-4000:]
