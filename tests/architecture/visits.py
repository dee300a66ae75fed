"""Who may open what, and what a page may cost: the hand-written tables, and one visit to one address."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.architecture.street import Street

HERE = Path(__file__).parent
# Roles beside the cast: a row names them where their answer differs from that of the staff.
BESIDE = ("mediator", "judge", "counsellor", "privacy_officer")
ANSWERS = ("allowed", "sign_in", "refused")
Answer = Literal["allowed", "sign_in", "refused", "broken"]


@dataclass(frozen=True)
class Row:
    """One address (and method) of urls.toml and what each of the cast may expect of it."""

    key: str
    method: str
    name: str
    args: dict[str, str]
    data: dict[str, str]
    expected: dict[str, str]


@cache
def table(file: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / file).read_text("utf-8"))


def rows() -> Iterator[Row]:
    """The rows of urls.toml. A key is `name` or `POST name`; a word in a list is a role or a group."""
    whole = table("urls.toml")
    groups = whole["groups"]
    for key, row in whole["urls"].items():
        method, _, name = key.rpartition(" ")
        expected = {
            role: answer for answer in ANSWERS for word in row.get(answer, []) for role in groups.get(word, [word])
        }
        yield Row(key, method or "GET", name, row.get("args", {}), row.get("data", {}), expected)


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name with namespaces, route) of every address of the product."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield prefix + (pattern.name or ""), str(pattern.pattern)


def filled(values: dict[str, str], street: Street) -> dict[str, Any]:
    """`$number` stands for the street's value of that name."""
    return {key: street.values[value[1:]] if value.startswith("$") else value for key, value in values.items()}


def answer_of(response: Any) -> Answer:
    """How an address answered; anything the visitor could not act on is `broken`."""
    asked_in = response.status_code in (302, 303) and "/sign-in" in response.headers.get("Location", "")
    if response.status_code == 401 or asked_in:
        return "sign_in"
    if response.status_code in (403, 404):
        return "refused"
    return "broken" if response.status_code >= 500 or response.status_code == 405 else "allowed"


def visit(row: Row, client: Client, street: Street) -> Any:
    """One request, whose writes are undone."""
    address = reverse(row.name, kwargs=filled(row.args, street))
    ask = client.post if row.method == "POST" else client.get
    with transaction.atomic():
        response = ask(address, filled(row.data, street))
        transaction.set_rollback(True)
    return response
