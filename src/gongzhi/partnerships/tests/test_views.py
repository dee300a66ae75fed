"""The pages, over HTTP: drafting, signing, working on lines, the matrix, what everybody sees."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.common import clock
from gongzhi.common.paging import encode_cursor
from gongzhi.partnerships import registry
from gongzhi.partnerships.models import Agreement
from gongzhi.partnerships.registry import Contribution
from gongzhi.partnerships.tests.conftest import TODAY, draft, photo, signed, work
from gongzhi.people.actions import create_token
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of, words


def cells(response: Any) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def sent(world: World, **more: Any) -> dict[str, Any]:
    today = clock.local_date(clock.now())
    given = {"title": "底层商铺无偿使用", "role_core": world.units["committee-1"].pk, "starts_on": today.isoformat()}
    return {**given, "role_owner": [world.units["build-centre"].pk], "ends_on": "2046-03-17", **more}


@pytest.mark.req("B13", where="/agreements/")
def test_an_asset_agreement_from_draft_to_use_on_pages(world: World) -> None:
    office, unit = client_of(world, "secretary"), client_of(world, "unit_clerk")
    assert "场地无偿使用协议" in words(office.get("/agreements/new"))
    page = "/agreements/new?kind=asset_use"
    assert office.post(page, sent(world, ends_on="")).status_code == 422
    assert office.post(page, sent(world)).url == "/agreements/XY0001"
    lent = {"kind": "shop", "name": "底层商铺", "pieces": "18", "area": "2515.745", "purpose": "党群服务中心"}
    wrong = office.post("/agreements/XY0001/assets/add", lent)
    assert wrong.status_code == 422 and "最多两位小数" in words(wrong)
    for area, pieces in (("2,515.74", "18"), ("203.53", "1")):
        office.post("/agreements/XY0001/assets/add", {**lent, "area": area, "pieces": pieces})
    shown = words(office.get("/agreements/XY0001"))
    assert "合计 19 间，2,719.27 ㎡" in shown and "2600" not in shown
    body, own = world.units["build-centre"].pk, world.units["committee-1"].pk
    day = clock.local_date(clock.now()).isoformat()
    refused = office.post("/agreements/XY0001/sign", {"organization": body, "on": day})
    assert refused.status_code == 422 and "要上传它签好的协议" in words(refused)
    unit.post("/agreements/XY0001/sign", {"organization": body, "on": day})
    office.post("/agreements/XY0001/sign", {"organization": own, "on": day})
    assert Agreement.objects.get().state == "running"
    use = {"on": day, "amount": "35", "note": "老人活动"}
    assert office.post("/agreements/XY0001/assets/1", use).url == "/agreements/XY0001/assets/1"
    assert "老人活动" in words(unit.get("/agreements/XY0001/assets/1"))
    rows = cells(office.get("/agreements/assets?as=xlsx"))
    assert rows[0][0] == "合计 19 间，2,719.27 ㎡"
    public = words(Client().get("/partners/PC-1"))
    assert "基础设施建设中心" in public and "2,719.27 ㎡" in public


@pytest.mark.req("B08", where="/agreements/matrix")
def test_the_matrix_of_ten_lines_by_units(world: World) -> None:
    units = [("unit", world.units[code]) for code in ("build-centre", "helpers", "utility", "property-1", "command")]
    row = signed(world, "joint_plan", ends_on=None, parties=[("core", world.units["committee-1"]), *units])
    work(world, row, 1, progress=100)
    office = client_of(world, "secretary")
    page = words(office.get(f"/agreements/matrix?kind=joint_plan&year={TODAY.year}"))
    assert "维稳工作连抓" in page and page.count("gz-num\">100%") >= 2
    rows = cells(office.get(f"/agreements/matrix?year={TODAY.year}&as=xlsx"))
    assert len(rows) == 2 + 10 and len(rows[1]) == 2 + 6
    assert rows[2][:2] == ["维稳工作连抓", "100%"] and "牵头 100%" in rows[2] and rows[2].count("配合 100%") == 5
    assert office.get("/agreements/matrix?kind=none").status_code == 404


@pytest.mark.req("B13", where="/agreements/gaps")
def test_ten_categories_of_venues_and_what_fills_them(world: World) -> None:
    parties = [("core", world.units["committee-1"])]
    signed(world, "venue_gaps", ends_on=None, parties=parties)
    signed(world, "asset_use")
    rows = cells(client_of(world, "secretary").get("/agreements/gaps?as=xlsx"))
    assert len(rows) == 2 + 10
    assert rows[2] == ["党群服务", 1, 1, 18, "2515.74"] and rows[4] == ["居家养老", 1, 1, 0, "0.00"]


@pytest.mark.req("B15", where="/partners/")
def test_the_partners_of_a_place_by_what_they_stand_as(world: World) -> None:
    row = signed(world)
    signed(world, "resident_unit", parties=[("core", world.units["committee-1"]), ("unit", world.units["helpers"])])
    signed(world, "instructor", parties=[("core", world.units["committee-1"]), ("sender", world.units["utility"])])
    draft(world, "responsibility", parties=[("core", world.units["committee-1"]), ("unit", world.units["command"])])
    work(world, row, 1, amount=11)
    body = world.units["helpers"].pk
    registry.contributing("test")(lambda path, bodies: [Contribution(body, "认领花坛 2 处", TODAY)])
    try:
        page = words(Client().get("/partners/PC-1"))
    finally:
        registry.forget("test")
    for there in ("柳园社区居委会", "结对", "驻区", "结对共建活动", "11 次", "认领花坛 2 处"):
        assert there in page, there
    for hidden in ("路灯管理所", "指导", "指挥中心", "走访记录"):
        assert hidden not in page, hidden
    assert "还没有共建单位" in words(Client().get("/partners/PC-2"))


@pytest.mark.req("B10", where="/agreements/")
def test_lists_narrow_and_page(world: World) -> None:
    for n in range(3):
        signed(world, title=f"第{n}份")
    parties = [("core", world.units["committee-1"]), ("developer", world.units["build-centre"])]
    anchors = {"presale": dt.date(2025, 1, 1), "move_in": dt.date(2025, 6, 1)}
    late = draft(world, "compound_start", ends_on=None, anchors=anchors, parties=parties)
    office, outside = client_of(world, "secretary"), client_of(world, "helper_clerk")
    assert "第0份" in words(office.get("/agreements/")) and "第0份" not in words(outside.get("/agreements/"))
    assert "第0份" not in words(office.get("/agreements/?state=draft"))
    assert late.title in words(office.get("/agreements/?kind=compound_start"))
    assert "第1份" in words(office.get("/agreements/?q=第1"))
    assert "没有这样的协议" in words(office.get("/agreements/?late=1"))
    assert len(cells(office.get("/agreements/?as=xlsx&kind=pairing"))) == 2 + 3
    assert Client().get("/agreements/").status_code in (302, 401)
    assert client_of(world, "resident").get("/agreements/").status_code == 403


@pytest.mark.req("H05", where="/agreements/")
@pytest.mark.req("I15", where="/agreements/")
@pytest.mark.req("B11", where="/agreements/")
@pytest.mark.parametrize(
    ("kind", "role", "line"),
    [
        ("property_duties", "role_property", "每月一起检查"),
        ("linkage", "role_body", "资源联姻"),
        ("mechanisms", "role_unit", "财政投入机制"),
        ("supervising", "role_unit", "主管单位办的事"),
    ],
)
def test_other_kinds_are_drafted_on_the_same_page(world: World, kind: str, role: str, line: str) -> None:
    office = client_of(world, "secretary")
    partner = world.units["property-1" if kind == "property_duties" else "build-centre"].pk
    given = {**sent(world), role: partner}
    made = office.post(f"/agreements/new?kind={kind}", given)
    assert made.status_code == 302, words(made)
    assert line in words(office.get(made.url))


@pytest.mark.req("A15", where="/agreements/")
def test_a_pilot_has_a_type_and_is_judged_on_pages(world: World) -> None:
    office = client_of(world, "secretary")
    given = {**sent(world), "role_guide": world.units["build-centre"].pk}
    assert office.post("/agreements/new?kind=pilot", given).status_code == 422
    made = office.post("/agreements/new?kind=pilot", {**given, "facet": "smart"})
    assert "智慧科技型" in words(office.get(made.url))
    row = Agreement.objects.get()
    day = clock.local_date(clock.now()).isoformat()
    for party in row.parties.all():
        office.post(f"{made.url}/sign", {"organization": party.organization_id, "on": day, "files": [photo()]})
    assert office.post(f"{made.url}/end", {"reason": "试点结束"}).status_code == 422
    assert office.post(f"{made.url}/judge", {"outcome": "", "reason": "x"}).status_code == 422
    office.post(f"{made.url}/judge", {"outcome": "partly", "reason": "线上办了一半"})
    office.post(f"{made.url}/end", {"reason": "试点结束"})
    page = words(office.get(made.url))
    assert "做到一部分" in page and "试点结束" in page


def test_renewing_and_dropping_on_pages(world: World) -> None:
    office = client_of(world, "secretary")
    row = draft(world)
    assert office.post(f"/agreements/{row.number}/lines/1/drop").status_code == 302
    assert row.lines.count() == 3
    line = {"what": "一起办邻里节", "owner": "1", "partners": ["0"], "evidence": "照片"}
    assert office.post(f"/agreements/{row.number}/lines/add", {**line, "owner": ""}).status_code == 422
    assert office.post(f"/agreements/{row.number}/lines/add", line).status_code == 302
    row = signed(world, title="另一份")
    wrong = office.post(f"/agreements/{row.number}/renew", {"starts_on": "2030-01-01", "ends_on": "2029-01-01"})
    assert wrong.status_code == 422
    made = office.post(f"/agreements/{row.number}/renew", {"starts_on": "2027-03-19", "ends_on": "2028-03-18"})
    assert f"/agreements/{row.number}" in words(office.get(made.url))


@pytest.mark.req("I08")
def test_programs_read_and_record(world: World) -> None:
    row = signed(world, "asset_use")
    token = create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-1"])
    client = Client(headers={"Authorization": f"Bearer {token}"})
    found = client.get("/api/v1/agreements?limit=1").json()
    assert found["items"][0]["number"] == row.number and found["next_cursor"] is None
    whole = client.get(f"/api/v1/agreements/{row.number}").json()
    assert whole["area"] == "2719.27" and len(whole["lines"]) == 4
    body = {"on": TODAY.isoformat(), "note": "到小区走访", "amount": 11, "shows": "case:GZ-1"}
    address = f"/api/v1/agreements/{row.number}/lines/4"
    for _again in range(2):
        done = client.post(address, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
        assert done.status_code == 200 and done.json()["total"] == 11, done.content
    assert Client().get("/api/v1/agreements").status_code == 401


def test_lists_go_on_page_by_page_and_no_cursor_breaks_them(world: World) -> None:
    rows = [draft(world, title=f"协议{n}") for n in range(3)]
    office = client_of(world, "secretary")
    token = create_token(by=SETUP, at=NOW, role="secretary", place=world.places["PC-1"])
    program = Client(headers={"Authorization": f"Bearer {token}"})
    seen, cursor = [], ""
    for _page in range(3):
        found = program.get(f"/api/v1/agreements?limit=1&cursor={cursor}").json()
        seen += [one["number"] for one in found["items"]]
        cursor = found["next_cursor"] or ""
    assert seen == [row.number for row in reversed(rows)] and not cursor
    for odd, status in (("x", 422), (encode_cursor("a"), 200), (encode_cursor([1]), 200), (encode_cursor(None), 200)):
        assert office.get(f"/agreements/?cursor={odd}").status_code == status
        assert program.get(f"/api/v1/agreements?cursor={odd}").status_code == status
