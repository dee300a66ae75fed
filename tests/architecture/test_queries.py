"""A page asks the database a bounded number of times, however much is on it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongzhi.packs import queries as packs
from tests.architecture.visits import Row, rows, table, visit

BOUNDS = table("queries.toml")


def row_of(name: str) -> Row:
    return next(row for row in rows() if row.name == name and row.method == "GET")


@pytest.mark.django_db
@pytest.mark.parametrize("name", BOUNDS)
def test_a_page_stays_within_its_statements(name: str, street: Any) -> None:
    client = Client()
    street.sign_in(client, BOUNDS[name]["role"])
    visit(row_of(name), client, street)  # the first visit fills caches
    packs.remember()  # for five seconds; a slow machine may have used them up
    with CaptureQueriesContext(connection) as asked:
        response = visit(row_of(name), client, street)
    statements = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert response.status_code == 200
    assert len(statements) <= BOUNDS[name]["most"], "\n".join(one[:160] for one in statements)
