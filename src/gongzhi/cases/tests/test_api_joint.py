"""The staff's steps over the interface: the page's table of moves, idempotent, refused for who may not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gongzhi.cases.models import Case, CaseEvent, WorkOrder
from gongzhi.cases.tests.joint_cast import in_work
from gongzhi.people.actions.tokens import create_token
from tests.cast import NOW, SETUP, World

Report = Callable[..., Case]
TOKENS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _new_tokens() -> None:
    TOKENS.clear()


def post(world: World, role: str, path: str, body: dict[str, Any], **headers: str) -> Any:
    """A call by a program that holds the role over the community."""
    if role not in TOKENS:
        TOKENS[role] = create_token(by=SETUP, at=NOW, role=role, place=world.places["PC"])
    more = {"HTTP_AUTHORIZATION": f"Bearer {TOKENS[role]}", **headers}
    return Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", **more)


def test_a_whistle_once_however_often_it_is_sent(world: World, report: Report) -> None:
    case = in_work(world, report())
    body = {"units": [world.units["property-1"].pk], "note": "来看现场"}
    path = f"/cases/{case.number}/moves/whistle"
    first = post(world, "secretary", path, body, HTTP_IDEMPOTENCY_KEY="a1")
    again = post(world, "secretary", path, body, HTTP_IDEMPOTENCY_KEY="a1")
    assert first.status_code == again.status_code == 200, first.content
    assert first.json() == again.json() and again["Idempotent-Replay"] == "true"
    assert WorkOrder.objects.filter(case=case, role="whistle").count() == 1
    other = post(world, "secretary", path, {**body, "note": "别处"}, HTTP_IDEMPOTENCY_KEY="a1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    elsewhere = post(world, "secretary", f"/cases/{case.number}/moves/urge", body, HTTP_IDEMPOTENCY_KEY="a1")
    assert elsewhere.json()["code"] == "idempotency_conflict"


def test_what_is_missing_and_who_may_not(world: World, report: Report) -> None:
    case = in_work(world, report())
    path = f"/cases/{case.number}/moves"
    missing = post(world, "secretary", f"{path}/whistle", {"units": []})
    assert missing.json()["code"] in ("missing_units", "missing_note")
    assert post(world, "auditor", f"{path}/urge", {}).status_code == 403
    assert post(world, "department", f"{path}/urge", {}).status_code == 404  # of no unit that has it
    assert post(world, "secretary", f"{path}/unheard_of", {}).json()["code"] == "unknown_move"
    assert Client().post(f"/api/v1{path}/urge").status_code == 401
    assert not CaseEvent.objects.filter(case=case, move__in=["whistle", "urge"]).exists()


def test_a_list_with_a_line_and_a_finding(world: World) -> None:
    unit, until = world.units["utility"].pk, "2027-03-27"
    body = {"text": "柳园路灯改造清单", "unit_id": unit, "until": until, "place_code": "PC-1"}
    head = post(world, "secretary", "/lists", body)
    assert head.status_code == 201, head.content
    line = {"text": "换灯", "standard": "都亮", "unit_id": unit, "until": until, "co_units": []}
    item = post(world, "secretary", f"/lists/{head.json()['number']}/items", line)
    assert (item.status_code, item.json()["status"]) == (201, "dispatched")
    finding = {**body, "finding": "巡查2026-07"}
    assert post(world, "secretary", "/rectifications", finding).status_code == 201
    assert post(world, "dispatcher", "/rectifications", finding).status_code == 403
