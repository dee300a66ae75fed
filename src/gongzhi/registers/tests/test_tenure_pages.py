"""The pages over HTTP: side by side, reveal with a purpose, exports with masks; the interface for programs."""

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.audit.models import Access
from gongzhi.people.actions import create_token
from gongzhi.people.queries import actor_for_token
from gongzhi.places.models import Place
from gongzhi.registers.models import Tenure
from gongzhi.registers.tests.homes import HOUSE, NOW, approve, declare, homes, load_law, paper
from tests.cast import World
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def doors(world: World) -> dict[str, Place]:
    load_law()
    return homes(world)


def cells(answer: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()]


@pytest.mark.req("N02", where="/my/home/declare")
def test_a_declaration_over_http_says_what_is_missing(world: World, doors: dict[str, Place]) -> None:
    client = client_of(world, "resident")
    data = {"room": "1-101", "capacity": "owner", "proof": "certificate", "since": "2024-05-01", "share": "全部"}
    assert "还差照片" in client.post("/my/home/declare?at=LY-5", data).content.decode()
    late = {**data, "room": "9-999", "photos": paper()}
    assert "没有找到" in client.post("/my/home/declare?at=LY-5", late).content.decode()
    sent = client.post("/my/home/declare?at=LY-5", {**data, "photos": paper()})
    assert sent.status_code == 302 and Tenure.objects.get().dwelling == doors["1-101"]
    assert "待审核" in client.get("/my/home/").content.decode()
    assert client_of(world, "neighbour").get("/my/home/").content.decode().count("柳园小区5栋") == 0


def test_the_desk_shows_both_sides_and_will_not_go_over_the_whole(world: World, doors: dict[str, Place]) -> None:
    approve(world, declare(world, "resident", doors["1-101"]))
    row = declare(world, "neighbour", doors["1-101"])
    client = client_of(world, "grid_member")
    page = client.get(f"/registers/tenures/{row.pk}").content.decode()
    assert "代替哪一条" in page and "超过整套" in page and "演示resident" not in page
    refused = client.post(f"/registers/tenures/{row.pk}/approve", {"replaces": ""})
    assert refused.status_code == 422 and "超过了整套" in refused.content.decode()
    old = Tenure.objects.exclude(pk=row.pk).get()
    assert client.post(f"/registers/tenures/{row.pk}/approve", {"replaces": str(old.pk)}).status_code == 302


def test_a_name_is_shown_once_for_a_purpose_and_written_down(world: World, doors: dict[str, Place]) -> None:
    row = declare(world, "resident", doors["1-101"])
    client = client_of(world, "grid_member")
    assert client.post(f"/registers/tenures/{row.pk}/show", {"purpose": " "}).status_code == 422
    page = client.post(f"/registers/tenures/{row.pk}/show", {"purpose": "和证对姓名"}).content.decode()
    assert "演示resident" in page
    reading = Access.objects.get(purpose="和证对姓名")
    assert reading.subjects == [f"person:{world.people['resident'].pk}"]
    assert "演示resident" not in client.get(f"/registers/tenures/{row.pk}").content.decode()


@pytest.mark.req("N02", where="/registers/owners/LY-5")
def test_exports_are_masked_and_exact(world: World, doors: dict[str, Place]) -> None:
    approve(world, declare(world, "resident", doors["1-101"]))
    client = client_of(world, "secretary")
    rows = cells(client.get("/registers/owners/LY-5?export=xlsx"))
    assert "业主人数 3" in rows[0][0] and "267.36" in rows[0][0]
    assert rows[2][0] == "LY-5-1-101" and rows[2][4] == "89.12" and rows[2][2].startswith("演*")
    assert client.get("/registers/owners/LY-5?on=2020-01-01&export=xlsx").status_code == 200
    for page in ("households", "missing", "lettings"):
        assert client.get(f"/registers/{page}/LY-5?export=xlsx").content[:2] == b"PK"


def test_areas_are_written_exactly_by_who_may_change_places(world: World, doors: dict[str, Place]) -> None:
    client, address = client_of(world, "secretary"), "/registers/dwellings/LY-5-1-101/areas"
    assert "面积写成" in client.post(address, {"measured": "89.123"}).content.decode()
    assert client.post(address, {"registered": "", "measured": "90.1", "contract": "91"}).status_code == 302
    place = Place.objects.get(code="LY-5-1-101")
    assert place.features == {"area_registered": None, "area_measured": 9_010, "area_contract": 9_100}
    assert "还没登记，按实测算" in client.get("/registers/dwellings/LY-5-1-101").content.decode()


@pytest.mark.req("N02", where="/api/v1/registers/owners")
def test_a_program_reads_the_register_with_a_purpose(world: World, doors: dict[str, Place]) -> None:
    approve(world, declare(world, "resident", doors["1-101"]))
    by = world.actor("administrator")
    token = create_token(by=by, at=NOW, role="secretary", place=world.places["PC-1"])
    bearer = {"headers": {"Authorization": f"Bearer {token}"}}
    client = Client()
    assert client.get("/api/v1/registers/owners?region=LY-5&purpose=x").status_code == 401
    assert client.get("/api/v1/registers/owners?region=LY-5", **bearer).json()["code"] == "purpose_missing"
    assert client.get("/api/v1/registers/owners?region=PC-2&purpose=vote", **bearer).status_code == 403
    answer = client.get("/api/v1/registers/owners?region=LY-5&purpose=vote&limit=2", **bearer).json()
    assert (answer["units"], answer["heads"], answer["area"], len(answer["items"])) == (3, 3, 26_736, 2)
    assert answer["items"][0]["owners"][0]["share"] == "1" and "演" not in str(answer["items"])
    rest = client.get(
        f"/api/v1/registers/owners?region=LY-5&purpose=vote&limit=2&cursor={answer['next_cursor']}", **bearer
    ).json()
    assert [item["code"] for item in rest["items"]] == ["LY-5-2-301"] and rest["next_cursor"] == ""
    actor = actor_for_token(token, at=NOW, purpose="")
    assert Access.objects.filter(actor=actor.reference, fields="owners", purpose="vote").count() == 2
    assert HOUSE.kind == "system"
