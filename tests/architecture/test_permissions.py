"""Every address × everyone of the cast, against the hand-written table in urls.toml."""

from typing import Any

import pytest
from django.test import Client

from tests.architecture.source import tell
from tests.architecture.visits import BESIDE, Row, answer_of, patterns, rows, table, visit

# Addresses of the framework itself that hold nothing of ours.
NOT_OURS: set[str] = set()


def test_every_address_is_declared() -> None:
    declared = {row.name for row in rows()} | NOT_OURS
    tell(
        sorted({f"{name or '(no name)'}: {route}" for name, route in patterns() if name not in declared}),
        "Give the address a name and a row in tests/architecture/urls.toml: who is let in, asked in, refused.",
    )


def test_every_declared_address_exists() -> None:
    names = {name for name, _ in patterns()}
    tell([row.key for row in rows() if row.name not in names], "No such address: take it out of urls.toml.")


def test_every_row_answers_for_everyone_once() -> None:
    cast = set(table("urls.toml")["groups"]["everyone"])
    wrong = [row.key for row in rows() if not cast <= set(row.expected) <= cast | set(BESIDE)]
    tell(wrong, "Every role in exactly one list.")


def test_everyone_beside_the_cast_opens_something() -> None:
    opened = {role for row in rows() for role, answer in row.expected.items() if answer == "allowed"}
    tell(sorted(set(BESIDE) - opened), "Name the pages that this role opens in urls.toml.")


@pytest.mark.django_db
@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.key)
def test_each_of_the_cast_gets_the_declared_answer(row: Row, street: Any) -> None:
    wrong = []
    for role, expected in row.expected.items():
        client = Client(raise_request_exception=False)
        street.sign_in(client, role)
        response = visit(row, client, street)
        if (got := answer_of(response)) != expected:
            wrong.append(f"{row.key} as {role}: {got} ({response.status_code}), declared {expected}")
    tell(wrong, "Mend the check in the action or view, or the table if the table is wrong.")
