"""Long work that must not run twice at once, and the database's own clock for what is timed by it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from gongzhi.common.errors import Conflict


@contextmanager
def one_at_a_time(lock: int, running: str) -> Iterator[None]:
    """Hold an advisory lock of the session, across transactions; raises Conflict `import_running` with these words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            raise Conflict("import_running", running)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def database_time() -> dt.datetime:
    """The instant at which the transaction began, as the database says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: dt.datetime = cursor.fetchone()[0]
    return moment
