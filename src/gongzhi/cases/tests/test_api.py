"""The public contract over HTTP: shapes, replays, refusals, and what each token may see."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gongzhi.audit.models import Access
from gongzhi.cases import actions
from gongzhi.cases.models import Case, Reporter
from gongzhi.documents.models import Evidence, Media
from gongzhi.engines.coordinates import from_wgs84
from gongzhi.people.actions.tokens import create_token
from gongzhi.people.models import Post
from tests.cast import NOW, SETUP, World

TEXT = "5栋2单元门口路灯不亮，晚上看不见台阶。"
RECEIPT = ["number", "track_code", "status", "category", "unit", "due_at"]
PROBLEM = {"type", "title", "status", "detail", "code"}
LAMP = "facility.lighting.streetlight"


def post(body: Any, **headers: str) -> Any:
    content = body if isinstance(body, str) else json.dumps(body)
    return Client().post("/api/v1/cases", content, content_type="application/json", headers=headers)


def get(path: str, token: str = "", **query: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().get(f"/api/v1/{path}", query, headers=headers)


def photo(colour: str = "teal") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(buffer, "JPEG")
    return SimpleUploadedFile("lamp.jpg", buffer.getvalue(), "image/jpeg")


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json().keys() >= PROBLEM and answer.json()["code"] == code, answer.content


@pytest.fixture
def token(world: World) -> Any:
    """`token("dispatcher", "PC")`, or of a department's own post."""

    def _token(role: str, place: str = "PC", unit: str = "") -> str:
        made = create_token(by=SETUP, at=NOW, role=role, place=world.places[place])
        if unit:
            Post.objects.filter(mandates__person__kind="service").update(organization=world.units[unit])
        return made

    return _token


@pytest.fixture
def three(report: Any) -> list[Case]:
    return [report(category=LAMP) for _ in range(3)]


def test_a_report_in_json_gets_a_receipt_and_is_found_by_its_code(world: World) -> None:
    answer = post({"text": TEXT, "place_code": "LY-5", "contact": {"name": "演示", "phone": "137 0000 1111"}})
    assert answer.status_code == 201 and list(answer.json()) == RECEIPT
    told = answer.json()
    assert told["status"] == "reported" and told["unit"] == "路灯管理所" and told["due_at"].endswith("+08:00")
    case = Case.objects.get(number=told["number"])
    assert case.place == world.places["LY-5"] and case.grid == world.places["PC-1-1-1"] and case.location == "code"
    progress = get(f"track/{told['number']}", code=told["track_code"].lower()).json()
    assert list(progress) == ["number", "status", "category", "unit", "received_at", "due_at", "result", "timeline"]
    assert [step["status"] for step in progress["timeline"]] == ["reported"]
    assert list(progress["timeline"][0]) == ["at", "status", "unit", "note"]


def test_a_report_as_a_form_with_photos(world: World) -> None:
    form = {"text": TEXT, "point": '{"lat": 32.105, "lng": 119.605}', "photos[]": [photo(), photo("red")]}
    answer = Client().post("/api/v1/cases", form)
    assert answer.status_code == 201 and list(answer.json()) == RECEIPT
    case = Case.objects.get(number=answer.json()["number"])
    assert Evidence.objects.filter(subject=case.reference, purpose="report").count() == 2
    assert {media.key_id for media in Media.objects.all()} == {case.key_id}


def test_a_form_with_something_else_than_a_photo_leaves_nothing(world: World) -> None:
    form = {"text": TEXT, "photos[]": [photo(), SimpleUploadedFile("a.jpg", b"<html>", "image/jpeg")]}
    refused(Client().post("/api/v1/cases", form), 422, "photo_format")
    assert not Case.objects.exists() and not Media.objects.exists()


def test_the_same_key_and_body_get_the_same_answer(world: World) -> None:
    first = post({"text": TEXT}, Idempotency_Key="k-1")
    again = post({"text": TEXT}, Idempotency_Key="k-1")
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert "Idempotent-Replay" not in first.headers and again.headers["Idempotent-Replay"] == "true"
    refused(post({"text": TEXT + "！"}, Idempotency_Key="k-1"), 409, "idempotency_conflict")
    assert post({"text": TEXT}, Idempotency_Key="k-2").json()["number"] != first.json()["number"]
    refused(post({"text": TEXT}, Idempotency_Key="k" * 81), 422, "bad_key")
    assert Case.objects.count() == 2


def test_a_form_sent_again_is_a_replay_whatever_its_boundary(world: World) -> None:
    answers = [
        Client().post("/api/v1/cases", {"text": TEXT, "photos[]": photo()}, headers={"Idempotency-Key": "f"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json() and answers[1].headers["Idempotent-Replay"] == "true"
    assert Media.objects.count() == 1


def test_two_callers_may_use_the_same_key(world: World, token: Any) -> None:
    mine = post({"text": TEXT}, Idempotency_Key="k", Authorization=f"Bearer {token('dispatcher')}")
    other = post({"text": TEXT}, Idempotency_Key="k")
    assert mine.json()["number"] != other.json()["number"]


def test_the_channel_decides_whether_a_name_is_needed(world: World, token: Any) -> None:
    refused(post({"text": TEXT, "channel": "grid"}), 401, "sign_in_required")
    refused(post({"text": TEXT, "channel": "nothing"}), 422, "unknown_channel")
    bearer = {"Authorization": f"Bearer {token('grid_member', 'PC-1-1-1')}"}
    assert post({"text": TEXT, "channel": "grid", "place_code": "LY-5"}, **bearer).status_code == 201
    wrong = post({"text": TEXT}, Authorization="Bearer gz_wrong")
    refused(wrong, 401, "token_unknown")
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_on_somebody_s_behalf_the_helper_is_recorded(world: World, token: Any) -> None:
    helped = {"text": TEXT, "channel": "counter", "place_code": "LY-5"}
    helped["on_behalf_of"] = {"name": "演示王奶奶", "phone": "13711112222"}
    answer = post(helped, Authorization=f"Bearer {token('grid_member', 'PC-1-1-1')}")
    assert answer.status_code == 201
    reporter = Reporter.objects.get()
    assert reporter.assisted and reporter.helper_id and reporter.person_id is None
    assert "王奶奶" not in bytes(reporter.contact).decode(errors="ignore")


def test_a_way_in_is_for_whom_the_pack_says(world: World, token: Any) -> None:
    mine = {"Authorization": f"Bearer {token('dispatcher')}"}
    imported = post({"text": TEXT, "channel": "import"}, **mine)
    refused(imported, 403, "channel_for_imports")
    assert "import messages" in imported.json()["detail"]
    refused(post({"text": TEXT, "channel": "import"}), 403, "channel_for_imports")
    assert post({"text": TEXT, "channel": "counter"}, **mine).status_code == 201
    unit = {"Authorization": f"Bearer {token('department')}"}
    refused(post({"text": TEXT, "channel": "counter"}, **unit), 403, "channel_for_staff")
    elsewhere = {"Authorization": f"Bearer {token('grid_member', 'PC-1-1-2')}"}
    refused(post({"text": TEXT, "channel": "counter", "place_code": "LY-5"}, **elsewhere), 403, "channel_for_staff")
    assert Case.objects.get().channel == "counter"


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_a_point_is_understood_in_its_own_system(world: World, crs: str) -> None:
    longitude, latitude = from_wgs84(119.605, 32.105, crs)
    answer = post({"text": TEXT, "point": {"lat": latitude, "lng": longitude, "crs": crs}})
    case = Case.objects.get(number=answer.json()["number"])
    assert case.grid == world.places["PC-1-1-1"] and case.location == "point"
    assert (case.longitude, case.latitude) == pytest.approx((119.605, 32.105), abs=2e-6)


def test_a_point_outside_is_said_to_be_unlocated(world: World) -> None:
    answer = post({"text": TEXT, "point": {"lat": 0, "lng": 0}})
    case = Case.objects.get(number=answer.json()["number"])
    assert case.location == "unlocated" and case.grid is None


BAD: dict[str, tuple[Any, int, str]] = {
    "no text": ({}, 422, "invalid"),
    "too short": ({"text": "坏"}, 422, "text_length"),
    "only spaces": ({"text": " \u3000 "}, 422, "text_length"),
    "too long": ({"text": "灯" * 4001}, 422, "text_length"),
    "unknown place": ({"text": TEXT, "place_code": "NOPE"}, 422, "unknown_place"),
    "unknown category": ({"text": TEXT, "category": "nope"}, 422, "unknown_category"),
    "a bad phone": ({"text": TEXT, "contact": {"phone": "12"}}, 422, "bad_phone"),
    "half a point": ({"text": TEXT, "point": {"lat": 1}}, 422, "invalid"),
    "a point off the earth": ({"text": TEXT, "point": {"lat": 91, "lng": 0}}, 422, "invalid"),
    "an unknown system": ({"text": TEXT, "point": {"lat": 1, "lng": 1, "crs": "mars"}}, 422, "invalid"),
    "a nul in the place": ({"text": TEXT, "place_code": "LY\x00-5"}, 422, "invalid"),
    "a nul in the category": ({"text": TEXT, "category": "\x00"}, 422, "unknown_category"),
    "a number for the text": ({"text": 5}, 422, "invalid"),
    "not an object": ([1], 422, "invalid_json"),
    "not JSON": ("{", 422, "invalid_json"),
    "half a character": ('{"text": "\\ud800灯坏了"}', 422, "invalid_json"),
}


@pytest.mark.parametrize(("body", "status", "code"), BAD.values(), ids=list(BAD))
def test_what_is_missing_is_said(world: World, body: Any, status: int, code: str) -> None:
    refused(post(body), status, code)
    assert not Case.objects.exists()


def test_a_nul_in_the_words_is_no_reason_to_fail(world: World) -> None:
    answer = post({"text": f"{TEXT}\x00", "contact": {"name": "演\x00示"}}, Idempotency_Key="k")
    assert answer.status_code == 201


def test_a_wrong_code_and_an_unknown_number_are_the_same(world: World, three: list[Case]) -> None:
    answers = [get(f"track/{three[0].number}", code=code) for code in ("", "WRONG", three[1].number, "\x00")]
    answers += [get("track/PC-260318-9999", code="WRONG")]
    for answer in answers:
        refused(answer, 404, "case_not_found")
    assert len({answer.content for answer in answers}) == 1
    refused(get("track/%00", code="\x00"), 422, "invalid")


def test_a_list_needs_a_token(world: World) -> None:
    refused(get("cases"), 401, "token_required")
    refused(get("cases", token="gz_wrong"), 401, "token_unknown")


def test_a_list_is_walked_by_its_cursor(world: World, token: Any, three: list[Case]) -> None:
    bearer = token("dispatcher")
    first = get("cases", bearer, limit=2).json()
    assert list(first) == ["items", "next_cursor"]
    assert list(first["items"][0]) == [
        "number", "status", "channel", "category", "priority", "place", "unit", "received_at", "due_at", "closed_at",
        "main",
    ]  # fmt: skip
    second = get("cases", bearer, limit=2, cursor=first["next_cursor"]).json()
    assert second["next_cursor"] is None
    numbers = [item["number"] for item in first["items"] + second["items"]]
    assert numbers == [case.number for case in reversed(three)]
    assert get("cases", bearer, limit=3).json()["next_cursor"] is None
    for wrong in ("nonsense", "WyJhIl0", "\x00"):
        refused(get("cases", bearer, cursor=wrong), 422, "bad_cursor")
    for wrong in (0, 201, "many"):
        refused(get("cases", bearer, limit=wrong), 422, "invalid")


def test_a_list_is_narrowed(world: World, token: Any, three: list[Case]) -> None:
    bearer = token("dispatcher")
    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=three[0].number)

    def numbers(**query: Any) -> set[str]:
        return {item["number"] for item in get("cases", bearer, **query).json()["items"]}

    everything = {case.number for case in three}
    assert numbers(status="accepted") == {three[0].number}
    assert numbers(status="open") == everything and numbers(status="closed") == set()
    assert numbers(region="PC-1") == everything and numbers(region="PC-2") == set()
    day = three[1].number.rpartition("-")[0].lower()
    assert numbers(q=day) == everything and numbers(q=three[1].number) == {three[1].number}
    refused(get("cases", bearer, region="NOPE"), 422, "unknown_place")
    for wrong in ({"region": "\x00"}, {"q": "\x00"}, {"status": "lost"}):
        refused(get("cases", bearer, **wrong), 422, "invalid")
    assert numbers(q="%") == numbers(q="_") == set()


def test_each_token_sees_what_its_mandate_covers(world: World, token: Any, three: list[Case]) -> None:
    def seen(bearer: str) -> int:
        return len(get("cases", bearer).json()["items"])

    assert seen(token("dispatcher", "PC-1")) == 3
    assert seen(token("dispatcher", "PC-2")) == 0
    outsider = token("administrator")  # keeps the system, works on no case
    assert seen(outsider) == 0
    refused(get(f"cases/{three[0].number}", outsider), 404, "case_not_found")


def test_a_department_sees_only_what_was_given_to_its_unit(world: World, token: Any, three: list[Case]) -> None:
    bearer = token("department", "PC", unit="utility")
    assert get("cases", bearer).json()["items"] == []
    dispatcher, unit = world.actor("dispatcher"), world.units["utility"].pk
    actions.dispatch_case(by=dispatcher, at=NOW, number=three[0].number, unit_id=unit)
    other = world.units["property-1"].pk
    actions.dispatch_case(by=dispatcher, at=NOW, number=three[1].number, unit_id=other)
    assert [item["number"] for item in get("cases", bearer).json()["items"]] == [three[0].number]
    refused(get(f"cases/{three[1].number}", bearer), 404, "case_not_found")


def test_one_case_with_its_words_and_the_reading_is_logged(world: World, token: Any, report: Any) -> None:
    case = report(text="请打 13700001111 找我，5栋路灯坏了")
    shown = get(f"cases/{case.number}", token("dispatcher")).json()
    assert "路灯坏了" in shown["text"] and "13700001111" not in shown["text"]
    assert [step["status"] for step in shown["timeline"]] == ["reported"]
    assert Access.objects.get().subjects == [case.reference]
    refused(get("cases/%00", token("auditor")), 422, "invalid")


def test_an_unknown_address_under_the_api_is_a_problem_too(world: World) -> None:
    answer = get("nothing")
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"


def test_problems_speak_the_reader_s_language(world: World) -> None:
    detail = post({"text": "坏"}).json()["detail"]
    assert detail.startswith("请用 2 到 4000 个字")
