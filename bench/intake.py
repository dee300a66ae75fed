"""POST a case with everything on, through granian, against pgbench running the very same SQL on the same cluster.

Everything on: validation, idempotency key, rate limit (each request from an address of its own), grid routing,
deadlines of the working calendar, sealing under a key of its own, trail, outbox; fsync on. Wall times only as a ratio
of the two; CPU is that of granian and of all PostgreSQL processes.
"""

import json
import os
import random
import re
from typing import Any

from bench._database import own_database
from bench._serving import fill_model, free_port, granian, load, measured, pgbench, row, serving, watched_statements

REQUESTS, WARM_UP, CONNECTIONS, SECONDS, ROUNDS = 1500, 300, 16, 8, 2
SIGNALEN_CPU, SIGNALEN_STATEMENTS = 160.0, 45  # measured for the design: 45 queries, 155–160 ms CPU
TEXT = "5栋2单元门口路灯不亮，晚上看不见台阶，老人下楼怕摔。"


def _where() -> list[dict[str, Any]]:
    """Codes of real buildings and points in real grids of the model, in turn."""
    from gongzhi.places.models import Place

    rows = Place.objects.current()
    found: list[dict[str, Any]] = [
        {"place_code": code} for code in rows.filter(kind="building").values_list("code", flat=True)[:500]
    ]
    found += [{"place_code": code} for code in rows.filter(kind="grid").values_list("code", flat=True)[:200]]
    points = rows.filter(longitude__isnull=False).values_list("longitude", "latitude")[:500]
    found += [{"point": {"lat": latitude, "lng": longitude}} for longitude, latitude in points]
    random.Random(1).shuffle(found)
    return found


def _requests(count: int, prefix: str) -> list[bytes]:
    places, found = _where(), []
    for n in range(count):
        body = json.dumps({"text": TEXT, **places[n % len(places)]}, ensure_ascii=False).encode()
        head = (
            "POST /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {prefix}-{n}\r\nX-Forwarded-For: 10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        found.append(head.encode() + body)
    return found


def _statements() -> list[str]:
    """What one warm report sends, over the whole application."""
    from django.test import Client

    def report(key: str, path: dict[str, Any]) -> None:
        answer = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR="127.0.0.1").post(
            "/api/v1/cases",
            json.dumps({"text": TEXT, **path}),
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 201, answer.content[:500]

    place = next(path for path in _where() if "place_code" in path)
    report("first", place)
    with watched_statements() as found:
        report("bench-key", place)
    return found


def _script(statements: list[str]) -> str:
    """The same statements for pgbench; what must be unique is drawn anew each time."""
    whole = ";\n".join(statements)
    number = re.search(r"'case:([^']+)'", whole)
    key = re.search(r"VALUES \('([0-9a-f-]{32,36})'", whole)
    assert number and key, whole[:300]
    whole = whole.replace(number[1], "B-:n").replace(key[1], f"{key[1][:-12]}:u").replace("bench-key", "b-:n")
    whole = re.sub(r"report:visitor:[0-9a-f]+", "report:visitor:v:n", whole)
    return f"\\set n random(1, 9000000000)\n\\set u random(100000000000, 999999999999)\n{whole};\n"


def run() -> dict[str, Any]:
    os.environ["GONGZHI_TRUSTED_PROXIES"] = "127.0.0.1"  # so that each request counts as another visitor's
    with own_database():
        began = load()
        fill_model()
        statements = _statements()
        script = _script(statements)
        rounds = []
        with serving(granian(port := free_port(), workers=2), port) as server:
            measured(server, _requests(WARM_UP, "w"), connections=CONNECTIONS, expect=b"HTTP/1.1 201")
            for n in range(ROUNDS):  # in turn, so that a change of the machine's load meets both
                ours = measured(server, _requests(REQUESTS, f"r{n}"), connections=CONNECTIONS, expect=b"HTTP/1.1 201")
                rounds.append((ours, pgbench(script, connections=CONNECTIONS, seconds=SECONDS, protocol="simple")))
        return {"name": "intake", "rows": [began, *_table(statements, rounds)]}


def _table(statements: list[str], rounds: list[Any]) -> list[dict[str, Any]]:
    ours = [cost for cost, _ in rounds]
    rate, peer = sum(c.rate for c in ours) / len(ours), sum(tps for _, (tps, _) in rounds) / len(rounds)
    cpu = sum(c.milliseconds for c in ours) / len(ours)
    database = sum(c.database / c.requests for c in ours) / len(ours) * 1000
    return [
        row("statements a report", len(statements), "statements", f"target ≤3; Signalen {SIGNALEN_STATEMENTS}"),
        row("ours: POST /api/v1/cases", rate, "requests/s", f"{rate / peer:.2f} of pgbench; target ≥0.40"),
        row("pgbench, the same SQL", peer, "tps", f"{CONNECTIONS} connections each"),
        row("ours: CPU, server and database", cpu, "ms/request", f"Signalen: {SIGNALEN_CPU / cpu:.0f} × as much"),
        row("ours: of it the database", database, "ms/request"),
        row("pgbench: CPU of the database", sum(ms for _, (_, ms) in rounds) / len(rounds), "ms/transaction"),
    ]
