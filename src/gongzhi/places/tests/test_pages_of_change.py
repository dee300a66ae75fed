"""Pages: renaming, moving, merging, ending a place; a change of boundaries before and after; sizes of grids."""

import datetime as dt
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.places import comparing, queries
from gongzhi.places.actions import change_boundaries, set_features
from gongzhi.places.boundaries import Line, plan_of
from gongzhi.places.models import Place
from tests import cast
from tests.cast import NOW, SETUP

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 4, 1)


@pytest.fixture
def world():
    return cast.build()


@pytest.fixture
def client(world):
    found = Client()
    found.force_login(world.people["administrator"])
    return found


def sheet(response) -> list[tuple]:
    assert response.status_code == 200
    return list(load_workbook(io.BytesIO(response.content)).worksheets[0].iter_rows(values_only=True))


@pytest.mark.req("A03")
def test_a_new_name_from_a_day_on_with_the_old_one_kept(client) -> None:
    address = "/places/PC-1/change/rename"
    assert "处要改" in client.post(address, {"name": "", "on": ON}).content.decode()
    assert client.post(address, {"name": "柳园新社区", "on": ON.isoformat()}).status_code == 302
    assert queries.place_as_of("PC-1", ON).name == "柳园新社区"
    assert queries.place_as_of("PC-1", ON - dt.timedelta(days=1)).name == "柳园社区"
    assert "4月1日</time> 之前" in client.get("/places/PC-1/").content.decode()
    assert "日期要晚于" in client.post(address, {"name": "又一个", "on": ON.isoformat()}).content.decode()


@pytest.mark.req("A03")
def test_moving_and_merging_and_ending(client) -> None:
    move = {"target": "PC-2-1", "on": ON.isoformat()}
    assert client.post("/places/PC-1-1-1/change/move", move).status_code == 302
    assert Place.objects.get(code="LY-5").path == "/321171102/PC/PC-2/PC-2-1/PC-1-1-1/LY-5/"
    assert "没有代码是" in client.post("/places/PC-1-1-2/change/move", {**move, "target": "x"}).content.decode()
    assert "不是同一级" in client.post("/places/PC-1-1-2/change/merge", move).content.decode()
    late = dt.date(2026, 5, 1).isoformat()
    given = {"target": "PC-2-1-1", "on": late}
    assert client.post("/places/PC-1-1-1/change/merge", given).status_code == 302
    assert Place.objects.get(code="LY-5").parent.code == "PC-2-1-1"
    assert Place.objects.get(code="PC-1-1-1").valid_to == dt.date(2026, 5, 1)
    assert "里还有 1 个地点" in client.post("/places/PC-1-1/change/end", {"on": late}).content.decode()
    assert client.post("/places/PC-1-1-2/change/end", {"on": late}).status_code == 302
    assert client.get("/places/PC-1/change/explode").status_code == 404


def test_who_may_change_places_only_in_their_own(world) -> None:
    secretary = Client()
    secretary.force_login(world.people["secretary"])
    assert secretary.get("/places/PC-1-1/change/rename").status_code == 200
    assert secretary.get("/places/PC-2-1/change/rename").status_code == 403


@pytest.mark.req("A04")
def test_a_batch_before_and_after_with_the_units_behind_each_number(client) -> None:
    for code, people in (("PC-1-1-1", 400), ("PC-1-1-2", 600)):
        place = Place.objects.get(code=code)
        set_features(by=SETUP, at=NOW, place=place, features={"population": people, "area_km2": 0.5})
    lines = [Line(code, "merge", "PC-1-1-9", "柳园大网格", population=1500) for code in ("PC-1-1-1", "PC-1-1-2")]
    reference, _ = change_boundaries(by=SETUP, at=NOW, plan=plan_of(lines), on=ON)
    address = f"/places/boundaries/{reference.removeprefix('boundary:')}"
    assert address in client.get("/places/boundaries/").content.decode()
    page = client.get(address).content.decode()
    assert "前后差 50.0%" in page, "the total does not add up"
    rows = sheet(client.get(f"{address}?export=xlsx"))
    assert rows[2][:4] == ("四级网格（楼栋）", 2, 1, "50.0%") and rows[2][4:7] == (500, 1500, 1000)
    before = client.get(f"{address}?when=before&level=grid4").content.decode()
    assert "柳园一网格" in before and "柳园大网格" not in before
    after = sheet(client.get(f"{address}?when=after&level=grid4&export=xlsx"))
    assert [row[0] for row in after[1:]] == ["PC-1-1-9"]
    assert comparing.batches(SETUP)[0].ended == 2


@pytest.mark.req("C03")
@pytest.mark.parametrize(("households", "verdict"), [(119, "small"), (120, "fit"), (180, "fit"), (181, "large")])
def test_grids_out_of_size_by_the_packs_tolerance(client, households, verdict) -> None:
    place = Place.objects.get(code="PC-1-1-1")
    set_features(by=SETUP, at=NOW, place=place, households=households)
    assert "柳园一网格" in client.get(f"/places/grid-sizes/?verdict={verdict}").content.decode()
    others = {"small", "fit", "large"} - {verdict}
    assert all("柳园一网格" not in client.get(f"/places/grid-sizes/?verdict={o}").content.decode() for o in others)
    rows = sheet(client.get(f"/places/grid-sizes/?verdict={verdict}&export=xlsx"))
    assert (rows[2][0], rows[2][3], rows[2][4]) == ("PC-1-1-1", households, 150)


@pytest.mark.req("C03")
def test_the_sizes_of_ones_own_places_only(world) -> None:
    secretary = Client()
    secretary.force_login(world.people["secretary"])
    page = secretary.get("/places/grid-sizes/").content.decode()
    assert "柳园二网格" in page and "桥南一网格" not in page
