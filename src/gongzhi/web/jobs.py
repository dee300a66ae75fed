"""Run by the worker: imports that are too long for a page to wait for."""

import threading

from django.db import connections

from gongzhi.common import clock
from gongzhi.web import long_imports

_threads: list[threading.Thread] = []


def bring_in() -> int:
    """Begin what waits, beside the worker's loop: letters and clocks do not wait for a workbook."""
    _threads[:] = [thread for thread in _threads if thread.is_alive()]
    if _threads or (note := long_imports.take(clock.now())) is None:
        return 0
    thread = threading.Thread(target=_work, args=(note,), name="import", daemon=True)
    _threads.append(thread)
    thread.start()
    return 1


def _work(note: long_imports.Note) -> None:
    try:
        long_imports.work(note)
    finally:
        connections.close_all()
