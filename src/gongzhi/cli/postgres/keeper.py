"""The keeper of one cluster: starts postgres, starts it again after a crash, stops it when nobody uses it any more.

Run as a plain file with the standard library only (`python -I keeper.py SPEC`), so that it is small and starts at once.
Whoever uses the cluster holds a shared lock on `users.lock`; the kernel frees it even after `kill -9`. The keeper tries
to take that lock alone, a few times a second: when it gets it, the last user has gone.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

_PAUSE = 0.2
_STOP_SECONDS = 30
_FAILURES_ALLOWED, _WITHIN_SECONDS = 4, 60
_PR_SET_PDEATHSIG = 1


def _die_with_keeper() -> None:
    """In the child, after it has become the service user: stop fast (SIGINT) when the keeper is killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


class Keeper:
    """Holds postgres for one cluster; `spec`: command, locks, log, socket, user and group where root lends it."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self.failures: list[float] = []

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        self._start()
        while not self.stopping and not self._unused():
            if self.child and self.child.poll() is not None and not self._again(self.child.returncode):
                return 1
            time.sleep(_PAUSE)
        self._stop()
        with contextlib.suppress(OSError):
            os.rmdir(self.spec["socket"])
        return 0

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _unused(self) -> bool:
        """Take the users' lock alone; once taken it is kept until the cluster is down."""
        try:
            fcntl.flock(self.spec["users_fd"], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _start(self) -> None:
        lent = {name: self.spec[name] for name in ("user", "group") if self.spec.get(name) is not None}
        if lent:
            lent["extra_groups"] = []
        with open(self.spec["log"], "ab") as log:
            self.child = subprocess.Popen(
                self.spec["command"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self.spec["environment"],
                start_new_session=True,
                preexec_fn=_die_with_keeper,
                **lent,
            )

    def _again(self, code: int) -> bool:
        """Start once more after a crash, unless somebody stopped it on purpose or it crashes on and on."""
        now = time.monotonic()
        self.failures = [at for at in self.failures if now - at < _WITHIN_SECONDS] + [now]
        if code == 0 or len(self.failures) > _FAILURES_ALLOWED:
            return False
        time.sleep(_PAUSE * 2 ** len(self.failures))
        self._start()
        return True

    def _stop(self) -> None:
        """Fast shutdown; immediate where that takes too long. What was committed is safe either way."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.child is None or self.child.poll() is not None:
                return
            self.child.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(_STOP_SECONDS)


def main() -> int:
    spec = json.loads(sys.argv[1])
    own = os.open(spec["keeper_lock"], os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    os.ftruncate(own, 0)
    os.pwrite(own, str(os.getpid()).encode(), 0)
    spec["users_fd"] = os.open(spec["users_lock"], os.O_RDWR | os.O_CREAT, 0o600)
    return Keeper(spec).run()


if __name__ == "__main__":
    sys.exit(main())
