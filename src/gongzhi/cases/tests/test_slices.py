"""Answers over the API, how urgent a hazard is, the receipt of a referral, stairwells, cases without a place."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

import gongzhi.packs as packs_room
from gongzhi.cases import actions, queries
from gongzhi.cases.actions.merging import merge_case
from gongzhi.cases.models import Case, Clock
from gongzhi.cases.queries.matrix import Block, Cell, stair_of
from gongzhi.cases.tests.confidants import load_laws
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack, set_active_model
from tests.cast import NOW, SETUP, World

Report = Callable[..., Case]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def asked(world: World) -> World:
    """The cast's town under the model with the six services, and the form of one of them."""
    folder = Path(packs_room.__file__).parent / "data"
    load_pack(by=SETUP, at=NOW, path=folder / "models/longling/model.toml")
    set_active_model(by=SETUP, at=NOW, name="longling")
    load_pack(by=SETUP, at=NOW, path=folder / "forms/hazard.toml")
    packs.remember()
    return world


def send(**body: object) -> tuple[int, dict[str, object]]:
    given = {"text": "充电棚的线露在外面", "channel": "hazard", "place_code": "LY-5", **body}
    answer = Client().post("/api/v1/cases", json.dumps(given), content_type="application/json")
    return answer.status_code, answer.json()


@pytest.mark.req("C12")
@pytest.mark.req("L04", where="/report?service=hazard")
def test_answers_come_over_the_api_checked_by_the_channels_form(asked: World) -> None:
    status, told = send(answers={"kind": "电气线路", "severity": "随时会出事"})
    assert status == 201
    case = Case.objects.get(number=told["number"])
    assert case.category == "safety.wiring" and case.priority == "urgent"
    shown = queries.row_of(asked.actor("dispatcher"), case, NOW)
    assert ("哪一类", "电气线路") in shown.answers
    status, told = send(answers={"kind": "电气线路", "severity": "不急"})
    later = Case.objects.get(number=told["number"])
    assert later.priority == "small" and later.due_at > case.due_at  # type: ignore[operator]
    assert Clock.objects.get(case=later, kind="resolve").period["amount"] > Clock.objects.get(
        case=case, kind="resolve"
    ).period["amount"]
    for answers, code in (
        ({"kind": "电气线路"}, "bad_answer"),
        ({"kind": "别的", "severity": "不急"}, "bad_answer"),
        ({"kind": "电气线路", "severity": "不急", "colour": "红"}, "unknown_answer"),
    ):
        status, told = send(answers=answers)
        assert (status, told["code"]) == (422, code)
    assert send()[0] == 201  # who sends none is asked nothing, as ever
    assert send(channel="web", answers={"kind": "x"})[1]["code"] in ("no_questions", "sign_in_required")


def test_a_merged_case_names_its_main_one(world: World, report: Report) -> None:
    main, other = report(), report("neighbour")
    merge_case(by=world.actor("dispatcher"), at=NOW, number=other.number, into=main.number)
    items = {item["number"]: item for item in json.loads(queries.page_json(world.actor("dispatcher")))["items"]}
    assert items[other.number]["main"] == main.number and items[main.number]["main"] is None


@pytest.mark.req("D14")
def test_the_receipt_of_a_referral_is_recorded_and_read_by_the_reporter(world: World, report: Report) -> None:
    load_laws()
    case, by = report(text="要信访", category="referral.petition"), world.actor("dispatcher")
    actions.refer_case(by=by, at=NOW, number=case.number, reason="refer.petition", note="转市信访局")
    given = {"receipt": "XF-2026-118", "office": "市信访局来访窗口", "received_on": NOW.date()}
    with pytest.raises((Forbidden, NotFound)):
        actions.record_receipt(by=world.actor("department"), at=NOW + HOUR, number=case.number, **given)
    for missing, code in (("receipt", "missing_receipt"), ("office", "missing_office")):
        with pytest.raises(Refused, match=code):
            actions.record_receipt(by=by, at=NOW + HOUR, number=case.number, **{**given, missing: " "})
    with pytest.raises(Refused, match="bad_day"):
        actions.record_receipt(by=by, at=NOW, number=case.number, **{**given, "received_on": dt.date(2099, 1, 1)})
    with pytest.raises(Conflict, match="wrong_state"):
        actions.record_receipt(by=by, at=NOW, number=report().number, **given)
    done = actions.record_receipt(by=by, at=NOW + HOUR, number=case.number, **given)
    assert done.status == "referred"
    client = Client()
    client.force_login(world.people["dispatcher"])
    page = client.get(f"/desk/{case.number}").content.decode()
    assert "回执 XF-2026-118 · 市信访局来访窗口" in page and 'id="receipt-office"' in page
    client.force_login(world.people["resident"])
    assert "XF-2026-118" in client.get(f"/track/{case.number}/petition").content.decode()


def test_doors_stand_under_their_stairwell() -> None:
    names = ["柳园小区5栋 1单元 101", "柳园小区5栋 2单元 101", "柳园小区5栋 2单元 102", "柳园小区5栋 门卫室"]
    cells = [Cell("", "", stair=""), *(Cell(name, name.split(" ")[-1], stair=stair_of(name)) for name in names)]
    stairs = Block("LY-5", "柳园小区5栋", cells).stairs
    assert [(stair, len(found)) for stair, found in stairs] == [("", 2), ("1单元", 1), ("2单元", 2)]
