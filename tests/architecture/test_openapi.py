"""docs/reference/openapi.json is what the product serves; a change of the interface is seen in review."""

import json
from collections import Counter
from importlib.util import find_spec

import pytest
from django.test import Client
from ninja import Schema

from tests.architecture.source import ROOT

SNAPSHOT = ROOT / "docs/reference/openapi.json"


@pytest.mark.skipif(find_spec("gongzhi.api.urls") is None, reason="the api is not there yet")
@pytest.mark.django_db
def test_the_snapshot_is_what_is_served() -> None:
    served = Client().get("/api/v1/openapi.json")
    assert served.status_code == 200
    schema = served.json()
    assert schema["openapi"].startswith("3.1")
    assert SNAPSHOT.exists(), "Run tools/openapi_snapshot.py and commit docs/reference/openapi.json."
    assert json.loads(SNAPSHOT.read_text("utf-8")) == schema, "Run tools/openapi_snapshot.py, and look at the change."


def test_no_two_shapes_share_a_name() -> None:
    """In the document a name stands for one shape: the second of the name would answer for the first as well."""
    found = Counter[str]()
    for model in _shapes(Schema):
        if model.__module__.startswith("gongzhi.") and not model.__name__.startswith("_"):
            found[model.__name__] += 1
    assert [name for name, count in found.items() if count > 1] == []


def _shapes(base: type[Schema]) -> set[type[Schema]]:
    below = set(base.__subclasses__())
    return below.union(*(_shapes(one) for one in below))
