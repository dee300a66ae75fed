"""The worker's loop: job functions named by dotted name, each under an advisory lock of PostgreSQL.

A job that fails is logged and tried again at its next turn; a database that is away is waited for.
`NOTIFY gongzhi_jobs` wakes the worker before its time.
"""

import inspect
import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import Error as DatabaseError

from gongzhi.cli import late
from gongzhi.common import clock

CHANNEL = "gongzhi_jobs"
WORKER_NAME = "gongzhi worker"  # the health page looks for it among the connections
_LOG = logging.getLogger(__name__)
_AWAY_PAUSE = 2.0


@dataclass(frozen=True)
class Job:
    """A function `module:name`, taking the time or nothing, and how many seconds lie between its runs."""

    function: str
    every: float


JOBS = (
    Job("gongzhi.notifications.jobs:deliver_due", 2),
    Job("gongzhi.audit.jobs:seal_new", 5),
    Job("gongzhi.cases.jobs:escalate_overdue", 20),
    Job("gongzhi.web.jobs:bring_in", 2),
    Job("gongzhi.cases.jobs:index_old_words", 120),
    Job("gongzhi.cases.jobs:fold_counts", 120),
    Job("gongzhi.cases.jobs:tell_of_calls", 120),
    Job("gongzhi.publications.jobs:expire_due", 600),
    Job("gongzhi.notifications.jobs:forget_old", 24 * 3600),
    Job("gongzhi.registers.jobs:forget_old_facts", 3600),
    Job("gongzhi.duties.jobs:make_due", 3600),
    Job("gongzhi.deliberation.jobs:advance_due", 1800),
    Job("gongzhi.ledger.jobs:ask_to_publish", 3600),
    Job("gongzhi.ledger.jobs:end_points", 3600),
    Job("gongzhi.projects.jobs:ask_for_visits", 3600),
    Job("gongzhi.partnerships.jobs:turn_due", 1800),
    Job("gongzhi.exchange.jobs:turn_due", 60),
    Job("gongzhi.disclosure.jobs:turn_due", 600),
    Job("gongzhi.duties.jobs:sound_alarms", 60),
    Job("gongzhi.documents.jobs:sweep_orphans", 24 * 3600),
    Job("gongzhi.privacy.jobs:forget_expired", 24 * 3600),
    Job("gongzhi.registers.jobs_tenure:remind_expiring", 6 * 3600),
    Job("gongzhi.sheets.jobs:publish_last_month", 6 * 3600),
)


class Worker:
    """Runs JOBS until it is told to stop."""

    def __init__(self, url: str, jobs: tuple[Job, ...] = JOBS) -> None:
        self.url, self.jobs = url, jobs
        self.stopped = threading.Event()
        self.due = {job.function: 0.0 for job in jobs}

    def run_each_once(self) -> int:
        """Every job once; returns how many failed (the exit code)."""
        with self._locks() as locks:
            return min(sum(not self._run(job, locks) for job in self.jobs), 1)

    def run_until_stopped(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopped.set())
        while not self.stopped.is_set():
            try:
                with self._locks() as locks:
                    self._turn(locks)
            except (psycopg.Error, DatabaseError):
                _LOG.warning("the database is away; waiting")
                self.stopped.wait(_AWAY_PAUSE)

    def _locks(self) -> psycopg.Connection:
        """The connection that holds the locks and listens; the jobs use Django's own."""
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10, application_name=WORKER_NAME)

    def _turn(self, locks: psycopg.Connection) -> None:
        locks.execute(f"LISTEN {CHANNEL}".encode())
        while not self.stopped.is_set():
            for job in self.jobs:
                if time.monotonic() >= self.due[job.function] and not self.stopped.is_set():
                    self._run(job, locks)
                    self.due[job.function] = time.monotonic() + job.every
            self._wait(locks)

    def _wait(self, locks: psycopg.Connection) -> None:
        """Until a job is due, somebody notifies, or a second has passed (a stop signal is never far away)."""
        pause = min(self.due.values()) - time.monotonic()
        for _ in locks.notifies(timeout=max(0.05, min(pause, 1.0)), stop_after=1):
            self.due = dict.fromkeys(self.due, 0.0) | {
                job.function: self.due[job.function] for job in self.jobs if job.every > 60
            }

    def _run(self, job: Job, locks: psycopg.Connection) -> bool:
        """Run one job if no other worker does; False when it failed."""
        row = locks.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [job.function]).fetchone()
        if not (row and row[0]):
            return True
        try:
            if function := late.find(job.function):  # else: a room that this version does not have yet
                _call(function)
            return True
        except Exception:  # noqa: BLE001 - one job must not stop the others; it is logged and runs again
            _LOG.exception("job failed: %s", job.function)
            return False
        finally:
            _let_go()
            locks.execute("SELECT pg_advisory_unlock(hashtext(%s))", [job.function])


def _call(function: Callable[..., Any]) -> Any:
    """Jobs take the time as their first argument, or none."""
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    ]
    if not parameters:
        return function()
    if parameters[0].kind is parameters[0].KEYWORD_ONLY:
        return function(**{parameters[0].name: clock.now()})
    return function(clock.now())


def _let_go() -> None:
    from django.db import close_old_connections

    close_old_connections()
