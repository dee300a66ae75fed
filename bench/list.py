"""50 rows of a desk of 50,000 cases over the public interface, against a bare page with the very same SQL.

The peer is what remains when everything is left out: Starlette and asyncpg on uvicorn, one process, the same
statements with their values written in, the JSON that PostgreSQL built passed on. Ours has one process too.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from bench._database import own_database
from bench._serving import (
    Cost,
    fill_model,
    free_port,
    granian,
    load,
    measured,
    row,
    serving,
    watched_statements,
)

CASES, REQUESTS, WARM_UP, CONNECTIONS, ROUNDS = 50_000, 1200, 200, 8, 2
SIGNALEN_CPU, SIGNALEN_STATEMENTS = 1150.0, 263  # measured for the design, the same 50 rows
PATH = "/api/v1/cases?limit=50&status=open"

# One report taken in by the product, then copied: places, units and times differ, words and key are shared.
_COPY = """
INSERT INTO cases_case (number, status, channel, category, category_source, priority, privacy, place_id, grid_id, path,
  location, key_id, words, unit_id, routing, received_at, due_at, due_certain, next_clock, next_clock_at, escalation,
  returns, reopens, extensions, pending, solved, external_id)
SELECT 'B-' || n, (ARRAY['reported','accepted','dispatched','in_progress','closed'])[1 + n %% 5], c.channel, c.category,
  c.category_source, c.priority, c.privacy, p.id, p.id, p.path, c.location, c.key_id, c.words, c.unit_id, c.routing,
  c.received_at - n * interval '1 minute', c.due_at, true, '', NULL, 0, 0, 0, 0, '{}', '', ''
FROM generate_series(1, %s) AS n
CROSS JOIN (SELECT * FROM cases_case ORDER BY id LIMIT 1) AS c
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS at, id, path FROM places_place WHERE kind = 'grid') AS p
  ON p.at = n %% (SELECT count(*) FROM places_place WHERE kind = 'grid')"""


def _fill() -> str:
    """The model, its cases, and the token of a dispatcher over all of it."""
    from django.db import connection

    from gongzhi.cases.actions import report_case
    from gongzhi.cases.queries import locate
    from gongzhi.common import clock
    from gongzhi.common.access import system_actor
    from gongzhi.people.actions import create_token
    from gongzhi.places.models import Place
    from gongzhi.places.queries import root_path

    fill_model()
    by, at = system_actor("bench"), clock.now()
    report_case(by=by, at=at, text="5栋门口路灯不亮", where=locate())
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [CASES])
        cursor.execute("ANALYZE")
    place = Place.objects.current().get(path=root_path())
    return create_token(by=by, at=at, role="dispatcher", place=place)


def _statements(token: str) -> list[str]:
    from django.test import Client

    def ask() -> Any:
        return Client(SERVER_NAME="127.0.0.1").get(PATH, headers={"Authorization": f"Bearer {token}"})

    ask()
    with watched_statements() as found:
        answer = ask()
    assert len(answer.json()["items"]) == 50, answer.content[:300]
    return found


def _request(token: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def run() -> dict[str, Any]:
    with own_database():
        began = load()
        token = _fill()
        statements = _statements(token)
        peer_file = Path(os.environ["GONGZHI_DATA"]) / "statements.json"
        peer_file.write_text(json.dumps(statements))
        port, peer_port = free_port(), free_port()
        bare = ["-m", "bench._bare_page", str(peer_port), str(peer_file)]
        with serving(granian(port, workers=1), port) as ours, serving(bare, peer_port, "/") as peer:
            rounds = []
            for server, path in ((ours, PATH), (peer, "/")):
                measured(server, [_request(token, path)] * WARM_UP, connections=CONNECTIONS, expect=b"HTTP/1.1 200")
            for _ in range(ROUNDS):  # in turn, so that a change of the machine's load meets both
                rounds.append(
                    [
                        measured(
                            server, [_request(token, path)] * REQUESTS, connections=CONNECTIONS, expect=b"HTTP/1.1 200"
                        )
                        for server, path in ((ours, PATH), (peer, "/"))
                    ]
                )
        return {"name": "list", "rows": [began, *_table(statements, rounds)]}


def _mean(costs: list[Cost], of: str) -> float:
    return float(sum(getattr(cost, of) for cost in costs) / len(costs))


def _table(statements: list[str], rounds: list[list[Cost]]) -> list[dict[str, Any]]:
    ours, peer = [pair[0] for pair in rounds], [pair[1] for pair in rounds]
    cpu, bare = _mean(ours, "milliseconds"), _mean(peer, "milliseconds")
    database = sum(cost.database / cost.requests for cost in ours) / len(ours) * 1000
    session = sum("people_apitoken" in statement for statement in statements)
    own = f"{session} of them the token's; target ≤2 beside; Signalen {SIGNALEN_STATEMENTS}"
    return [
        row("cases", CASES, "cases"),
        row("statements for 50 rows", len(statements), "statements", own),
        row("ours: CPU, server and database", cpu, "ms/request", f"Signalen: {SIGNALEN_CPU / cpu:.0f} × as much"),
        row("ours: of it the database", database, "ms/request"),
        row("bare page, the same SQL: CPU", bare, "ms/request", f"ours: {cpu / bare:.2f} × it; target ≤1.3"),
        row("ours: rate", _mean(ours, "rate"), "requests/s"),
        row("bare page: rate", _mean(peer, "rate"), "requests/s"),
    ]


if __name__ == "__main__":
    sys.exit("run it with ./gongzhi bench list")
