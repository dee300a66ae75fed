"""What a resident can do on the pages: report without script, keep the receipt, follow, confirm, reopen, look on."""

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from gongzhi.audit.models import Access
from gongzhi.cases import actions, words
from gongzhi.cases.models import Case, Reporter
from gongzhi.cases.queries import track_code_for
from gongzhi.cases.queries.published import private_categories
from gongzhi.documents.models import Evidence
from tests.cast import NOW, World

TEXT = "5栋门口路灯不亮，晚上看不见台阶。"


def photo(name: str = "lamp.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def filled(client: Client, address: str = "/report", **more: Any) -> dict[str, Any]:
    """The form as the page gives it, filled in."""
    page = client.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    chosen = re.search(r'<option value="([^"]+)" selected', page)
    return {**hidden, "place": chosen[1] if chosen else "", "text": TEXT, "apart": "1", **more}


def send(client: Client, **more: Any) -> Any:
    return client.post("/report", filled(client, **more))


@pytest.fixture
def signed_in(world: World) -> Callable[[str], Client]:
    def _signed_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        return client

    return _signed_in


@pytest.fixture
def verified(world: World, report: Callable[..., Case]) -> Case:
    """A case that the lamp office answered and the grid member checked."""
    case = report(photos=[photo()])
    by = world.actor
    actions.accept_case(by=by("dispatcher"), at=NOW, number=case.number)
    actions.dispatch_case(by=by("dispatcher"), at=NOW, number=case.number, unit_id=world.units["utility"].pk)
    actions.start_work(by=by("department"), at=NOW, number=case.number, note="下午去看")
    actions.submit_result(
        by=by("department"), at=NOW, number=case.number, note="换了灯头，夜里试过能亮。", photos=[photo()]
    )
    actions.verify_case(by=by("grid_member"), at=NOW, number=case.number)
    case.refresh_from_db()
    return case


@pytest.mark.req("D09")
def test_a_visitor_reports_with_photo_and_keeps_the_receipt(world: World, client: Client) -> None:
    answer = send(client, name="王女士", phone="138 0013 8000", detail="2单元门口", photos=[photo(), photo("b.jpg")])
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("report-sent", args=[case.number])
    page = client.get(answer.headers["Location"]).content.decode()
    assert case.number in page and track_code_for(case.number) in page
    assert "路灯" in page and "猜的" in page
    assert 'name="gz-delivered" content="report"' in page
    assert Evidence.objects.filter(subject=case.reference, purpose="report").count() == 2
    assert words.open_words(case.key, case.words) == {"text": TEXT, "detail": "2单元门口"}
    contact = words.open_part(case.key, "contact", Reporter.objects.get().contact)
    assert contact == {"name": "王女士", "phone": "13800138000"}
    # Another browser sees nothing of it, and cannot tell it from a number that never was.
    stranger = Client()
    for number in (case.number, "GZ-260318-9999"):
        assert stranger.get(reverse("report-sent", args=[number])).status_code == 404
        hidden = stranger.get(reverse("track-case", args=[number]))
        assert hidden.status_code == 404 and "查询码" in hidden.content.decode()


def test_pressing_twice_is_one_report_and_a_change_in_between_is_said(world: World, client: Client) -> None:
    form = filled(client)
    first, second = client.post("/report", form), client.post("/report", {**form, "kept_at": NOW.isoformat()})
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1
    changed = client.post("/report", {**form, "text": "另一件事，井盖坏了"})
    page = changed.content.decode()
    assert changed.status_code == 422 and "已经送达" in page and "井盖坏了" in page
    assert Case.objects.count() == 1
    again = {**form, **dict(re.findall(r'name="(key)" value="([^"]*)"', page)), "text": "另一件事，井盖坏了"}
    assert client.post("/report", again).status_code == 302
    assert Case.objects.count() == 2


def test_what_is_wrong_is_summed_up_and_nothing_typed_is_lost(world: World, client: Client) -> None:
    broken = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"text": " "}, "还没写是什么事"),
        ({"phone": "12"}, "电话号码不完整"),
        ({"photos": [broken]}, "不是照片"),
        ({"photos": [photo(str(n)) for n in range(7)]}, "最多 6 张"),
        ({"place": "NOWHERE"}, "没有代码是 NOWHERE 的地点"),
    ]
    for values, words_shown in wrong:
        answer = send(client, **{"detail": "南门车棚", "name": "王女士", **values})
        page = answer.content.decode()
        assert answer.status_code == 422, values
        assert "gz-errsum" in page and words_shown in page, values
        assert "南门车棚" in page and "王女士" in page
        assert ("照片要重新选" in page) == ("photos" in values)
    assert not Case.objects.exists()


@pytest.mark.req("D01")
def test_a_scanned_code_fills_in_the_place(world: World, client: Client) -> None:
    page = client.get("/r/LY-5")
    assert page.status_code == 200 and "柳园小区5栋" in page.content.decode()
    form = filled(client, "/r/LY-5")
    assert form["place"] == "LY-5"
    client.post("/report", form)
    case = Case.objects.select_related("place", "grid").get()
    assert (case.channel, case.location) == ("qr", "code")
    assert case.place.code == "LY-5" and case.grid.code == "PC-1-1-1"
    lost = client.get("/r/GONE")
    assert lost.status_code == 404 and "直接报事" in lost.content.decode()


def test_a_code_on_a_home_names_only_its_building(world: World, client: Client) -> None:
    above = world.places["LY-5"]
    above.__class__.objects.create(
        kind="dwelling", code="LY-5-201", name="5栋2单元201", parent=above, path=f"{above.path}LY-5-201/"
    )
    page = client.get("/r/LY-5-201").content.decode()
    shown = re.sub(r"LY-5-201|\w{64}", "", page)  # the code in its address, and tokens, which may hold any digits
    assert "201" not in shown and "柳园小区5栋" in page
    assert "5栋2单元201" not in client.get("/report/places?q=201").content.decode()


def test_a_place_is_found_by_name_with_and_without_script(world: World, client: Client) -> None:
    found = client.get("/report/places?q=5栋").content.decode()
    assert '<option value="LY-5" selected>' in found and "柳园一网格" in found
    assert client.get("/report/places?q=").status_code == 204
    assert "没找到" in client.get("/report/places?q=火星").content.decode()
    answer = client.post("/report", filled(client, q="5栋", find="1", detail="东门"), follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200 and '<option value="LY-5" selected>' in page
    assert "东门" in page and TEXT in page
    # Without anything to look for the button that stands first sends the report: Enter does in every browser.
    assert client.post("/report", filled(client, find="1")).status_code == 302


def test_a_pin_gives_the_grid_and_half_a_pin_is_none(world: World, client: Client) -> None:
    send(client, lat="32.105", lng="119.615")
    case = Case.objects.get()
    assert case.location == "point" and case.grid_id == world.places["PC-1-1-2"].pk
    send(client, lat="32.105")
    assert Case.objects.latest("id").location == "unlocated"


def test_helping_somebody_is_recorded(world: World, signed_in: Callable[[str], Client]) -> None:
    asked = Client().get("/report?for=other")
    assert asked.status_code in (302, 401)
    client = signed_in("neighbour")
    form = filled(client, "/report?for=other")
    nameless = client.post("/report", form)
    assert nameless.status_code == 422 and "还没写替谁反映" in nameless.content.decode()
    sent = client.post("/report", {**form, "name": "王奶奶", "phone": "13711112222"}, follow=True)
    assert "发给他（她）本人" in sent.content.decode()
    reporter = Reporter.objects.get()
    assert (reporter.person_id, reporter.helper_id, reporter.assisted) == (None, world.people["neighbour"].pk, True)
    number = Case.objects.get().number
    assert "王奶奶" not in sent.content.decode()
    assert "代办" in client.get(reverse("track-case", args=[number])).content.decode()


def test_at_the_counter_staff_write_down_which_way_it_came_and_for_whom(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    assert 'name="channel" value="web"' in signed_in("neighbour").get("/report?for=other").content.decode()
    client = signed_in("dispatcher")
    page = client.get("/report/for").content.decode()
    assert "您在替别人反映" in page and '<option value="counter" selected' in page and "import" not in page
    form = {**filled(client, "/report/for"), "place": "", "name": "王奶奶", "phone": "13711112222"}
    assert client.post("/report", {**form, "channel": "import"}).status_code == 422
    sent = client.post("/report", {**form, "channel": "phone"}, follow=True)
    assert "发给他（她）本人" in sent.content.decode()
    reporter = Reporter.objects.select_related("case").get()
    assert (reporter.case.channel, reporter.assisted) == ("phone", True)
    assert reporter.helper_id == world.people["dispatcher"].pk
    grid_member = signed_in("grid_member")
    assert '<option value="grid" selected' in grid_member.get("/report/for").content.decode()
    outside = {**filled(grid_member, "/report/for"), "place": "PC-2-1-1", "name": "王奶奶", "channel": "grid"}
    refused = grid_member.post("/report", outside)
    assert refused.status_code == 422 and "由工作人员替人填" in refused.content.decode()


def test_a_report_about_a_unit_does_not_go_to_it(world: World, client: Client) -> None:
    about = world.units["property-1"]
    send(client, text="物业垃圾三天没有清运", place="LY-5", about_unit=str(about.pk))
    case = Case.objects.get()
    assert case.about_unit_id == about.pk and case.unit_id not in (None, about.pk)


def test_what_waited_for_a_signal_says_when_it_was_written(world: World, client: Client) -> None:
    from django.utils import timezone

    hour_ago = timezone.now() - timezone.timedelta(hours=1)
    for kept, said in ((hour_ago.isoformat(), True), ("2020-01-01T00:00:00Z", False), ("nonsense", False)):
        send(client, kept_at=kept)
        case = Case.objects.latest("id")
        assert ("没有网络" in words.open_words(case.key, case.words)["detail"]) is said


def test_too_many_reports_are_slowed_down(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.cases.submitting.REPORTS", 2)
    assert [send(client).status_code for _ in range(3)] == [302, 302, 429]


def test_only_ways_in_of_this_page_are_taken(world: World, client: Client) -> None:
    send(client, channel="grid")
    assert Case.objects.get().channel == "web"


@pytest.mark.req("D09")
def test_number_and_code_open_the_progress_and_leave_the_address(world: World, verified: Case) -> None:
    client, code = Client(), track_code_for(verified.number)
    answer = client.get("/track", {"number": verified.number.lower(), "code": code.lower()})
    clean = reverse("track-case", args=[verified.number])
    assert answer.status_code == 302 and answer.headers["Location"] == clean
    page = client.get(clean).content.decode()
    assert code not in page
    assert "派给路灯管理所" in page and "下午去看" in page and "换了灯头" in page and TEXT in page
    assert Access.objects.filter(subjects__contains=[verified.reference], purpose="track").exists()
    picture = re.search(r'<img src="([^"]+)"', page)
    assert picture and client.get(picture[1].replace("&amp;", "&")).status_code == 200
    assert client.get(picture[1].partition("?")[0]).status_code == 404
    client.post("/track/forget")
    assert client.get(clean).status_code == 404
    linked = client.get(f"{clean}?code={code}")
    assert linked.headers["Location"] == clean
    posted = Client().post("/track", {"number": verified.number, "code": code})
    assert posted.headers["Location"] == clean


def test_a_wrong_code_and_an_unknown_number_are_the_same(
    world: World, verified: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    numbers = (verified.number, "GZ-000000-0000")
    answers = [client.post("/track", {"number": number, "code": "22222222"}) for number in numbers]
    pages = [re.sub(r"[A-Z]+-\d{6}-\d{4,}|\w{64}", "", answer.content.decode()) for answer in answers]
    assert pages[0] == pages[1]
    assert [a.status_code for a in answers] == [404, 404]
    assert "请核对编号和查询码" in pages[0]
    assert client.get(f"/track/{verified.number}?code=22222222").status_code == 404
    assert client.post("/track", {"number": "", "code": ""}).status_code == 422
    monkeypatch.setattr("gongzhi.cases.views.resident_opening.TRIES", 3)
    assert client.post("/track", {"number": verified.number, "code": "22222222"}).status_code == 429
    for move in ("answer", "reopen"):
        assert client.post(f"/track/{verified.number}/{move}", {"solved": "yes", "note": "x"}).status_code == 404


@pytest.mark.req("N06")
def test_the_reporter_says_whether_it_is_solved(
    world: World, verified: Case, signed_in: Callable[[str], Client]
) -> None:
    client, address = signed_in("resident"), reverse("track-case", args=[verified.number])
    page = client.get(address).content.decode()
    asked = re.findall(r'<input type="radio"[^>]*>', page)
    assert len(asked) == 4 + 2 + 5 and not any("checked" in one for one in asked)
    answer = reverse("track-confirm", args=[verified.number])
    empty = client.post(answer, {})
    assert empty.status_code == 422 and "请选一个回答" in empty.content.decode()
    silent = client.post(answer, {"solved": "no"})
    assert silent.status_code == 422 and "还差什么" in silent.content.decode()
    told = client.post(answer, {"solved": "yes", "heard": "no", "satisfied": "2"}, follow=True)
    assert told.redirect_chain and "已解决" in told.content.decode()
    verified.refresh_from_db()
    assert (verified.status, verified.heard, verified.satisfied) == ("confirmed", False, 2)
    assert client.post(answer, {"solved": "yes"}).status_code == 409
    again = reverse("track-reopen", args=[verified.number])
    assert client.post(again, {"note": ""}).status_code == 422
    assert client.post(again, {"note": "又不亮了"}).status_code == 302
    verified.refresh_from_db()
    assert verified.status == "rework"
    for name in ("neighbour", "grid_member", "department"):
        assert signed_in(name).get(address).status_code == 404


def test_by_code_without_an_account_one_answers_too(world: World, verified: Case) -> None:
    client = Client()
    client.get("/track", {"number": verified.number, "code": track_code_for(verified.number)})
    client.post(reverse("track-confirm", args=[verified.number]), {"solved": "partly", "note": "灯亮了，罩子还裂着"})
    verified.refresh_from_db()
    assert (verified.status, verified.solved, verified.heard, verified.satisfied) == ("rework", "partly", None, None)


def test_mine_is_mine_page_by_page(
    world: World,
    report: Callable[..., Case],
    signed_in: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = [report(text=f"第{n}件：路灯不亮").number for n in range(3)]
    report("neighbour", text="隔壁楼的垃圾没人收")
    monkeypatch.setattr("gongzhi.cases.views.resident_track.PAGE", 2)
    client = signed_in("resident")
    first = client.get("/my/cases").content.decode()
    assert numbers[2] in first and numbers[0] not in first and "隔壁楼" not in first
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward and numbers[0] in client.get(onward[1]).content.decode()
    assert client.get("/my/cases?cursor=nonsense").status_code == 422
    assert numbers[0] in client.get("/track").content.decode()
    assert Client().get("/my/cases").status_code in (302, 401)


@pytest.mark.req("D09")
def test_everybody_sees_how_matters_stand_but_no_words_and_no_homes(
    world: World, report: Callable[..., Case], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: NOW)
    lamp = report()
    report(text="楼上邻居吵架打人", category="dispute.neighbour")
    page = client.get("/public").content.decode()
    assert lamp.number in page and "路灯" in page and "柳园一网格" in page
    assert "不亮" not in page and "柳园小区5栋" not in page
    assert "纠纷" not in page.replace("纠纷、信访、咨询等", "")
    assert "不到 5 件的，也不报数" in page and ">1 件</a>" in page
    for _ in range(4):
        report(text="楼上邻居吵架打人", category="dispute.neighbour")
    assert "另有 5 件，不逐条公开" in client.get("/public").content.decode()
    assert lamp.number in client.get("/public?show=received").content.decode()
    for show in ("finished", "overdue"):
        assert lamp.number not in client.get(f"/public?show={show}").content.decode()
    Case.objects.filter(pk=lamp.pk).update(due_at=NOW - (NOW - NOW.replace(hour=0)))
    assert lamp.number in client.get("/public?show=overdue").content.decode()
    monkeypatch.setattr("gongzhi.cases.views.resident_public.PAGE", 1)
    report()
    onward = re.search(r'href="([^"]+)" rel="next"', client.get("/public").content.decode())
    assert onward and lamp.number in client.get(onward[1].replace("&amp;", "&")).content.decode()
    assert client.get("/public?cursor=x").status_code == 422
    assert {"dispute.property", "referral.legal"} <= private_categories()


@pytest.mark.req("N06")
def test_the_first_page_asks_for_my_word_first(
    world: World, verified: Case, signed_in: Callable[[str], Client]
) -> None:
    page = signed_in("resident").get("/").content.decode()
    assert "等您点一下" in page and reverse("track-case", args=[verified.number]) in page
    assert "柳园一网格的网格员" in page and "小区这个月" in page
    assert "演示" not in page
    other = signed_in("neighbour").get("/").content.decode()
    assert "等您点一下" not in other and "您还没有报过事" in other


def test_keys_of_forms_are_words_nobody_guesses(world: World, client: Client) -> None:
    keys = {filled(client)["key"] for _ in range(3)}
    assert len(keys) == 3 and all(uuid.UUID(key).version == 4 for key in keys)
    assert send(client, key="1").status_code == 422
