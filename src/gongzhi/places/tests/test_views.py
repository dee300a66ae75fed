"""The pages: the tree for staff, sheets and codes for the wall, outlines for maps."""

import datetime as dt
import io
import json
import re

import pytest
import segno
from django.test import Client
from openpyxl import load_workbook

from gongzhi.places import actions, queries
from gongzhi.places.models import Place
from gongzhi.places.views.tree import report_url
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.support.pages import text_of


@pytest.fixture
def world(db) -> World:
    return cast.build()


@pytest.fixture
def sign_in(world):
    def _sign_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["second_factor"] = True
        session.save()
        return client

    return _sign_in


def test_staff_see_their_own_places_first_and_the_tree(sign_in):
    page = text_of(sign_in("secretary").get("/places/"))
    assert page.index("您负责的") < page.index("柳园社区") < page.index("从最上一级看") < page.index("丁岗镇")


@pytest.mark.req("A01")
@pytest.mark.req("C01")
def test_a_place_s_page_leads_up_and_down_and_sums_up_each_level(sign_in):
    page = text_of(sign_in("secretary").get("/places/PC/"))
    assert "丁岗镇" in page
    assert page.index("下级") < page.index("柳园社区") < page.index("桥南社区") < page.index("合计")
    assert "四级网格（楼栋） 3 个" in page
    deeper = text_of(sign_in("secretary").get("/places/PC-1-1-1/"))
    assert all(name in deeper for name in ("平昌社区", "柳园社区", "柳园一片", "柳园小区5栋"))


@pytest.mark.req("C03")
def test_a_place_s_page_measures_its_grids(sign_in, world):
    for code, households in (("PC-1-1-1", 150), ("PC-1-1-2", 400)):
        actions.set_features(by=SETUP, at=NOW, place=world.places[code], households=households)
    page = text_of(sign_in("secretary").get("/places/PC-1-1/"))
    assert "2 个网格中，1 个在目标范围内" in page
    assert "166%，偏大" in page


@pytest.mark.req("A11")
def test_a_place_s_page_says_what_a_compound_lacks(sign_in, world):
    lacking = {"property_service": False, "responsible_unit": False, "security": False}
    actions.set_features(by=SETUP, at=NOW, place=world.places["LY-5"], features=lacking)
    assert "三无小区" in text_of(sign_in("secretary").get("/places/LY-5/"))


def test_a_place_s_page_tells_its_earlier_names(sign_in, world):
    actions.rename_place(by=SETUP, at=NOW, place=world.places["PC-1"], name="柳园新社区", on=dt.date(2026, 3, 1))
    page = text_of(sign_in("secretary").get("/places/PC-1/"))
    assert page.index("以前") < page.index("3月1日 之前") < page.rindex("柳园社区")


def test_searching(sign_in):
    client = sign_in("secretary")
    assert "桥南一网格" in text_of(client.get("/places/", {"q": "桥南一网"}))
    assert "没有找到" in text_of(client.get("/places/", {"q": "月球"}))


def test_a_long_list_is_turned_page_by_page(sign_in, world):
    parent = world.places["PC-2"]
    rows = [
        actions.PlaceRow(kind="grid", level="", code=f"Z{n:03}", name=f"第{n:03}格", parent="PC-2") for n in range(60)
    ]
    actions.bulk_load_places(by=SETUP, at=NOW, rows=rows)
    client = sign_in("secretary")
    first = client.get(f"/places/{parent.code}/")
    shown = text_of(first).partition("网格大小")[0]
    assert "第048格" in shown
    assert "第058格" not in shown
    following = re.search(r'href="([^"]+)" rel="next"', first.content.decode())[1]
    assert "第058格" in text_of(client.get(following.replace("&amp;", "&")))
    taken = load_workbook(io.BytesIO(client.get(f"/places/{parent.code}/?export=xlsx").content)).active
    names = [row[1] for row in taken.iter_rows(min_row=2, values_only=True)]
    assert [name for name in names if name.startswith("第")] == [f"第{n:03}格" for n in range(60)]


def test_the_top_of_the_tree_and_what_was_found_as_a_table(sign_in, world):
    client = sign_in("secretary")

    def names(query: str) -> list[str]:
        rows = load_workbook(io.BytesIO(client.get(f"/places/?export=xlsx{query}").content)).active
        return [row[1] for row in rows.iter_rows(min_row=2, values_only=True)]

    assert names("") == ["丁岗镇"]
    assert "柳园小区5栋" in names("&q=柳园小区")


@pytest.mark.parametrize("path", ["/places/", "/places/PC-1/"])
def test_residents_do_not_browse_the_tree(sign_in, client, world, path):
    assert sign_in("resident").get(path).status_code == 403
    assert client.get(path).status_code in (302, 401)


def test_the_sheet_names_the_place_and_nothing_personal(client, world):
    page = client.get("/places/LY-5/sheet")
    assert page.status_code == 200
    text = text_of(page)
    assert "扫码报事" in text
    assert "柳园小区5栋" in text
    assert not re.search(r"1[3-9]\d{9}|演示", text)
    assert 'src="/places/LY-5/qr.svg"' in page.content.decode()
    assert client.get("/places/NOPE/sheet").status_code == 404


@pytest.mark.req("D01")
def test_the_code_carries_the_place_only(client, world, settings):
    settings.HOST_URL = "https://gz.example"
    place = world.places["LY-5"]
    assert report_url(place) == "https://gz.example/r/LY-5"
    answer = client.get("/places/LY-5/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    # Drawn again from the address alone it is the same picture: nothing else is in it.
    out = io.BytesIO()
    segno.make("https://gz.example/r/LY-5", error="q", micro=False).save(
        out, kind="svg", scale=8, border=4, light="#ffffff", title="扫码报事", xmldecl=False
    )
    assert answer.content == out.getvalue()


def test_a_home_has_no_public_code(client, world, sign_in):
    actions.add_place(by=SETUP, at=NOW, kind="dwelling", code="LY-5-101", name="101", parent=world.places["LY-5"])
    assert client.get("/places/LY-5-101/qr.svg").status_code == 404
    answer = sign_in("secretary").get("/places/LY-5-101/qr.svg")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, max-age=300")


def test_outlines_are_geojson_with_a_tag_that_changes_with_the_places(client, world):
    first = client.get("/places/outlines", {"under": "PC-1"})
    body = json.loads(first.content)
    assert first["Content-Type"] == "application/geo+json"
    assert {f["properties"]["code"] for f in body["features"]} == {"PC-1", "PC-1-1", "PC-1-1-1", "PC-1-1-2"}
    again = client.get("/places/outlines", {"under": "PC-1"}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    actions.rename_place(by=SETUP, at=NOW, place=world.places["PC-1"], name="新名", on=dt.date(2026, 3, 1))
    changed = client.get("/places/outlines", {"under": "PC-1"}, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert client.get("/places/outlines", {"under": "NOPE"}).status_code == 404


def test_pages_stay_cheap(sign_in, world, django_assert_max_num_queries):
    client = sign_in("secretary")
    client.get("/places/PC/")
    with django_assert_max_num_queries(24):
        client.get("/places/PC/")
    with django_assert_max_num_queries(22):
        client.get("/places/")
    assert queries.children(Place.objects.get(code="PC"), SETUP).count() == 2
