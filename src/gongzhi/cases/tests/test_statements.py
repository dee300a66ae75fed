"""What a report costs the database: counted over HTTP, outside a transaction, as in life."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongzhi.cases.models import Case
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests import cast

MOST = 3
TEXT = "5栋2单元门口路灯不亮，晚上看不见台阶。"
BODIES: dict[str, dict[str, Any]] = {
    "text only": {},
    "place_code": {"place_code": "LY-5"},
    "a point": {"point": {"lat": 32.105, "lng": 119.605}},
    "a point of a phone's map": {"point": {"lat": 32.105, "lng": 119.605, "crs": "gcj02"}},
    "a contact": {"contact": {"name": "演示", "phone": "13700001111"}},
}


@pytest.mark.django_db(transaction=True)
def test_a_report_costs_at_most_three_statements() -> None:
    """A process learns its packs, units and places once, and looks again after a few seconds: the second counts."""
    world = cast.build()
    load_pack(by=cast.SETUP, at=cast.NOW, path=next(shipped.duty_packs("pingchang")))  # routed by the duty list
    path = world.places["LY-5"].path
    for name, more in BODIES.items():
        for key in ("", f"key of {name}"):
            _report(more, f"{key} 1" if key else "")
            with CaptureQueriesContext(connection) as spent:
                number = _report(more, f"{key} 2" if key else "")
            told = [str(query["sql"])[:120] for query in spent.captured_queries]
            assert len(told) <= MOST, (name, key, told)
            assert ("place_code" in more) == (Case.objects.get(number=number).path == path)


def _report(more: dict[str, Any], key: str) -> str:
    body = json.dumps({"text": TEXT, **more})
    headers = {"Idempotency-Key": key} if key else {}
    answer = Client().post("/api/v1/cases", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["number"])
