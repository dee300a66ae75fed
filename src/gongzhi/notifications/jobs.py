"""The delivery job: events to their receivers, then messages out. Safe to kill, safe to run twice."""

import datetime as dt
import time
from dataclasses import dataclass, field

from gongzhi.common.access import system_actor
from gongzhi.notifications import actions
from gongzhi.notifications.actions.delivering import deliver_next
from gongzhi.notifications.actions.handling import run_next_event
from gongzhi.notifications.outgoing import SENDER

BUDGET = 10.0  # seconds; then the worker's other jobs have their turn, and a stop signal is heard


@dataclass
class Run:
    """What one run did: events handled and failed, messages sent and not sent."""

    events: int = 0
    events_failed: int = 0
    sent: int = 0
    not_sent: int = 0


@dataclass
class Watch:
    """The time that was passed in, moving on: leases and pauses of a long run stay true."""

    start: dt.datetime
    budget: float = BUDGET
    _since: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> dt.datetime:
        return self.start + dt.timedelta(seconds=time.monotonic() - self._since)

    @property
    def over(self) -> bool:
        return time.monotonic() - self._since > self.budget


def deliver_due(now: dt.datetime, *, budget: float = BUDGET) -> Run:
    """Handle the events and send the messages that are due, for at most about `budget` seconds.

    Any number of workers may run it at once: rows are claimed with SKIP LOCKED. An error of the database ends
    the run and is raised; whatever was claimed is due again later.
    """
    run, watch = Run(), Watch(now, budget)
    while not watch.over and (handled := run_next_event(by=SENDER, at=watch.now)) is not None:
        run.events += handled
        run.events_failed += not handled
    _send_due(run, watch)
    return run


def _send_due(run: Run, watch: Watch) -> None:
    """One delivery after another; a channel that is down rests until the next run."""
    resting: list[str] = []
    while not watch.over and (outcome := deliver_next(by=SENDER, at=watch.now, resting=resting)) is not None:
        run.sent += outcome.sent
        run.not_sent += not outcome.sent
        if outcome.channel_down:
            resting.append(outcome.channel)


def forget_old(now: dt.datetime) -> int:
    """Nightly: remove what was handled and sent long ago; how many rows went."""
    return actions.forget_old(by=system_actor("forget_old"), at=now)
