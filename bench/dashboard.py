"""A district's page over many cases, from the roll-up; the same figures counted from the cases for comparison.

BENCH_CASES says how many cases (5,000,000). CPU is that of granian and of all PostgreSQL processes.
"""

import sys
import time
from typing import Any

from bench._database import own_database
from bench._many import first_case, grow, wanted
from bench._serving import fill_model, free_port, granian, load, measured, row, serving, watched_statements

REQUESTS, WARM_UP, CONNECTIONS = 100, 10, 2
PATH = "/statistics/district"


def _session() -> str:
    """The cookie of a supervisor over all of it."""
    from django.test import Client

    from gongzhi.common import clock
    from gongzhi.common.access import system_actor
    from gongzhi.people.actions import create_token
    from gongzhi.people.models import ApiToken
    from gongzhi.places.models import Place
    from gongzhi.places.queries import root_path

    place = Place.objects.current().get(path=root_path())
    create_token(by=system_actor("bench"), at=clock.now(), role="supervisor", place=place)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(ApiToken.objects.latest("pk").person)
    answer = client.get(PATH)
    assert answer.status_code == 200, answer.status_code
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _request(cookie: str) -> bytes:
    return f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def _from_rows() -> float:
    """Seconds for the same counts from the cases themselves, once."""
    from django.db import connection

    from gongzhi.cases import sql

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ANALYZE {sql.COUNT_ALL.partition(')')[2]}")
    return time.perf_counter() - began


def run() -> dict[str, Any]:
    size = wanted()
    with own_database():
        began = load()
        fill_model()
        first_case()
        seconds = grow(1, size)
        cookie = _session()
        from django.test import Client

        from gongzhi.cases.models import CaseCount, PlaceCount

        groups, sums = CaseCount.objects.count(), PlaceCount.objects.count()
        client = Client(SERVER_NAME="127.0.0.1", headers={"cookie": cookie})
        with watched_statements() as statements:
            assert client.get(PATH).status_code == 200
        with serving(granian(port := free_port(), workers=1), port) as server:
            ask = [_request(cookie)]
            measured(server, ask * WARM_UP, connections=CONNECTIONS, expect=b"HTTP/1.1 200")
            cost = measured(server, ask * REQUESTS, connections=CONNECTIONS, expect=b"HTTP/1.1 200")
        counted = _from_rows() * 1000
        return {
            "name": "dashboard",
            "rows": [
                began,
                row("cases", size, "cases", f"{groups:,} groups in the roll-up, {sums:,} sums"),
                row("making them", seconds, "s"),
                row("statements a page", len(statements), "statements"),
                row("page: CPU, server and database", cost.milliseconds, "ms/request", "target ≤50"),
                row("page: of it the database", cost.database / cost.requests * 1000, "ms/request"),
                row("the same counts from the cases", counted, "ms", f"{counted / cost.milliseconds:.0f} × the page"),
            ],
        }


if __name__ == "__main__":
    sys.exit("run it with ./gongzhi bench dashboard")
