"""Intake and the list's page at many cases against 50,000: what growth costs. BENCH_CASES says how many (5,000,000)."""

import sys
from typing import Any

from bench._database import own_database
from bench._many import first_case, grow, wanted
from bench._serving import Cost, Server, fill_model, free_port, granian, load, measured, row, serving
from bench.intake import _requests as reports
from bench.list import _request as page

SMALL, REPORTS, PAGES, CONNECTIONS = 50_000, 800, 800, 8
LISTS = {"list: open": "/api/v1/cases?limit=50&status=open", "list: all": "/api/v1/cases?limit=50"}


def _token() -> str:
    from gongzhi.common import clock
    from gongzhi.common.access import system_actor
    from gongzhi.people.actions import create_token
    from gongzhi.places.models import Place
    from gongzhi.places.queries import root_path

    place = Place.objects.current().get(path=root_path())
    return create_token(by=system_actor("bench"), at=clock.now(), role="dispatcher", place=place)


def _measured(server: Server, token: str, prefix: str) -> dict[str, Cost]:
    many = {"connections": CONNECTIONS}
    measured(server, reports(200, f"{prefix}w"), **many, expect=b"HTTP/1.1 201")
    found = {"intake": measured(server, reports(REPORTS, prefix), **many, expect=b"HTTP/1.1 201")}
    for name, path in LISTS.items():
        measured(server, [page(token, path)] * 100, **many, expect=b"HTTP/1.1 200")
        found[name] = measured(server, [page(token, path)] * PAGES, **many, expect=b"HTTP/1.1 200")
    return found


def run() -> dict[str, Any]:
    import os

    os.environ["GONGZHI_TRUSTED_PROXIES"] = "127.0.0.1"  # so that each request counts as another visitor's
    size = wanted()
    with own_database():
        began = load()
        fill_model()
        first_case()
        grow(1, SMALL)
        token = _token()
        with serving(granian(port := free_port(), workers=1), port) as server:
            small = _measured(server, token, "s")
            seconds = grow(SMALL + 1, size)
            large = _measured(server, token, "l")
        rows = [began, row("cases", size, "cases", f"against {SMALL:,}"), row("making them", seconds, "s")]
        for name, before in small.items():
            ratio = large[name].milliseconds / before.milliseconds
            rows.append(row(f"{name}: CPU at {SMALL:,}", before.milliseconds, "ms/request"))
            words = f"{ratio:.2f} × of {SMALL:,}; target ≤1.3"
            rows.append(row(f"{name}: CPU at {size:,}", large[name].milliseconds, "ms/request", words))
        return {"name": "growth", "rows": rows}


if __name__ == "__main__":
    sys.exit("run it with ./gongzhi bench growth")
