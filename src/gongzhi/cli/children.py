"""Processes that a command forks and must not leave behind: own session, stopped in order, killed at the end.

Forked, not started anew: what the parent has imported is there at once, and its memory is shared.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from gongzhi.cli.words import say
from gongzhi.common.text import N_

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_PATIENCE = 10.0


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Linux: be sent `number` when the parent ends, however it ends (elsewhere nothing happens)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _be_called(name: str) -> None:
    """Linux: the name that ps and top show (15 letters)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"gongzhi-{name}".encode()[:15], 0, 0, 0)


@dataclass
class Child:
    """One process of ours that runs `work`; `start_again` after a crash, `stop` leaves nothing of its group."""

    name: str
    work: Callable[[], object]
    pid: int = 0
    ended: bool = False
    started_at: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        """Fork. The caller has closed its database connections and has no threads."""
        self.started_at, self.ended = time.monotonic(), False
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            self._be_child(parent)

    def _be_child(self, parent: int) -> NoReturn:
        code = 1
        try:
            os.setsid()
            _be_called(self.name)
            die_with_parent()
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)  # stdout is the parent's answer
            if os.getppid() == parent:
                self.work()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        except BaseException:  # noqa: BLE001 - the child must not return into the parent's stack
            traceback.print_exc()
        finally:
            os._exit(code)

    def start_again(self) -> None:
        """After it ended by itself; the pause before the next time doubles while it keeps ending early."""
        lived = time.monotonic() - self.started_at
        self.pause = min(max(self.pause * 2, 1.0), 60.0) if lived < 30 + self.pause else 0.0
        self.stop()
        self.start()

    def has_ended(self) -> bool:
        if self.pid and not self.ended:
            self.ended = os.waitpid(self.pid, os.WNOHANG)[0] != 0
        return self.ended

    def ask_to_stop(self) -> None:
        if self.pid and not self.has_ended():
            os.kill(self.pid, signal.SIGTERM)

    def stop(self) -> None:
        """Ask, wait, then kill whatever of its group is still there."""
        if not self.pid:
            return
        self.ask_to_stop()
        until = time.monotonic() + _PATIENCE
        while not self.has_ended() and time.monotonic() < until:
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if not self.ended:
            os.waitpid(self.pid, 0)
            self.ended = True


def stop_all(children: list[Child]) -> None:
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()


class Stopped(BaseException):
    """SIGINT or SIGTERM: unwind and stop everything; this is a good end."""


def stop_on_signals() -> None:
    def stop(*_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


@contextlib.contextmanager
def running(children: list[Child]) -> Iterator[list[Child]]:
    try:
        for child in children:
            child.start()
        yield children
    finally:
        stop_all(children)


def watch(children: list[Child]) -> None:
    """Until a signal; a child that ends by itself is started again, one that keeps ending more and more slowly."""
    while True:
        time.sleep(0.5)
        for child in children:
            if child.has_ended() and time.monotonic() >= child.started_at + child.pause:
                say(N_("{name} 意外停了，正在重新启动……"), name=child.name)
                child.start_again()
