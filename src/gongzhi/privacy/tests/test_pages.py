"""Pages: one press each way, one's own copy, the officer's desk; and every page that named an erased person's case."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gongzhi.audit.actions import log_access, verify_trail
from gongzhi.cases.actions.merging import merge_case
from gongzhi.cases.actions.voicing import reply_letter
from gongzhi.cases.models import Case
from gongzhi.cases.queries import track_code_for
from gongzhi.people import vault
from gongzhi.people.models import ConsentRecord
from gongzhi.privacy import queries
from gongzhi.privacy.actions import breaches, exports, rights
from tests.cast import NOW, SETUP, World, phone_of

Report = Callable[..., Case]
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: NOW)


def test_what_is_done_stands_in_public_in_plain_words(world: World) -> None:
    page = Client().get("/privacy/").content.decode()
    for row in queries.current():
        assert row.title in page and row.purpose.split("，")[0] in page, row.code
    assert "没有人脸识别" in page and "不给人贴标签" in page


def test_withdrawing_is_as_easy_as_granting(world: World, sign_in: SignIn) -> None:
    """The same page, one form each way with nothing to fill in, one request each (个人信息保护法 15)."""
    client = sign_in("resident")
    steps = {}
    for way, address in (("give", "/my/consents/callback/give"), ("withdraw", "/my/consents/callback/withdraw")):
        page = client.get("/my/consents/").content.decode()
        form = page[page.index(f'action="{address}"') :]
        form = form[: form.index("</form>")]
        steps[way] = (form.count("<button"), form.count("<select"), form.count('type="text"'), form.count("<a "))
        response = client.post(address)
        assert response.status_code == 302 and response.headers["Location"] == "/my/consents/"
    assert steps["give"] == steps["withdraw"] == (1, 0, 0, 0)
    assert ConsentRecord.objects.get(person=world.people["resident"]).withdrawn_at is not None


def test_a_child_is_asked_for_a_guardian_on_the_page(world: World, sign_in: SignIn) -> None:
    client = sign_in("resident")
    client.post("/my/consents/minor", {"minor": "yes"})
    assert client.post("/my/consents/callback/give").status_code == 422
    done = client.post("/my/consents/callback/give", {"guardian": "演示母亲", "relation": "母亲"})
    assert done.status_code == 302
    assert ConsentRecord.objects.filter(how="guardian", withdrawn_at__isnull=True).count() == 1


def test_readers_are_named_by_post_never_by_name(world: World, sign_in: SignIn, report: Report) -> None:
    from gongzhi.cases.actions import reveal_contact

    case = report()
    reveal_contact(by=world.actor("dispatcher"), at=NOW, number=case.number, purpose="约时间上门")
    page = sign_in("resident").get("/my/readings/").content.decode()
    assert "指挥中心 分拨员" in page and "约时间上门" in page and case.number in page
    assert "演示dispatcher" not in page and str(world.people["dispatcher"].pk) not in page
    assert "约时间上门" not in sign_in("neighbour").get("/my/readings/").content.decode()


def test_i_see_which_post_saw_my_values_and_why_but_no_name(world: World, sign_in: SignIn) -> None:
    address = "/my/readings/"
    assert "还没有人看过" in sign_in("resident").get(address).content.decode()
    who, fields = [world.people["resident"].pk], ["name", "phone"]
    vault.reveal(by=world.actor("dispatcher"), at=NOW, person_ids=who, fields=fields, purpose="上门前联系")
    page = sign_in("resident").get(address).content.decode()
    assert "指挥中心 分拨员" in page and "姓名、电话" in page and "上门前联系" in page
    assert "演示dispatcher" not in page
    assert address in sign_in("resident").get("/me").content.decode()
    assert "还没有人看过" in sign_in("neighbour").get(address).content.decode()


def test_readings_are_turned_page_by_page(world: World, sign_in: SignIn) -> None:
    subject = f"person:{world.people['neighbour'].pk}"
    for n in range(65):
        log_access(by=world.actor("auditor"), at=NOW, subjects=[subject], fields="name", purpose=f"第{n}次")
    client, address, found = sign_in("neighbour"), "/my/readings/", []
    while address:
        response = client.get(address)
        found += re.findall(r"第(\d+)次", response.content.decode())
        address = response.context["next_url"]
    assert found == [str(n) for n in range(64, -1, -1)]
    assert client.get("/my/readings/?cursor=x").status_code == 422


def test_the_rights_desk_from_asking_to_the_file(world: World, sign_in: SignIn, report: Report) -> None:
    report()
    mine, desk = sign_in("resident"), sign_in("privacy_officer")
    assert mine.post("/my/rights/", {"right": ""}).status_code == 422
    assert mine.post("/my/rights/", {"right": "copy", "text": "给我一份"}).status_code == 302
    number = Case.objects.get(channel="rights").number
    assert number in desk.get("/privacy/desk/").content.decode()
    page = desk.get(f"/privacy/requests/{number}/").content.decode()
    assert "给我一份" in page and phone_of("resident") not in page
    assert desk.post(f"/privacy/requests/{number}/show", {"purpose": ""}).status_code == 422
    shown = desk.post(f"/privacy/requests/{number}/show", {"purpose": "核对是不是本人"}).content.decode()
    assert phone_of("resident") in shown
    assert desk.post(f"/privacy/requests/{number}/answer", {"do": "copy"}).status_code == 302
    assert "路灯" in mine.get(f"/my/rights/{number}/copy").content.decode()
    archive = zipfile.ZipFile(io.BytesIO(mine.get(f"/my/rights/{number}/file?as=zip").content))
    assert sorted(archive.namelist()) == [f"my-information.{end}" for end in ("docx", "json", "xlsx")]
    assert phone_of("resident") in archive.read("my-information.json").decode()
    assert sign_in("neighbour").get(f"/my/rights/{number}/file").status_code == 404
    assert desk.get(f"/my/rights/{number}/file").status_code == 404


@pytest.mark.usefixtures("all_in_use")
def test_every_page_is_sound_after_an_erasure(world: World, sign_in: SignIn, report: Report) -> None:
    """Someone who reported, was merged and was published is erased: each page that named the case still stands."""
    done, main, alive = report(), report("neighbour"), report(text="小区大门口的垃圾桶满了没人收")
    same = report(text="5栋门口的路灯一直不亮")
    merge_case(by=world.actor("dispatcher"), at=NOW, number=same.number, into=main.number)
    agreed = [{"code": "publish", "label": "可以公开吗", "kind": "yes_no", "value": "是"}]
    letter = report(text="书记您好，想说说停车的事", channel="letter", answers=agreed)
    told = {"publish": True, "public_text": "有居民问停车，下周开会一起定。"}
    reply_letter(by=world.actor("secretary"), at=NOW, number=letter.number, note="下周开会", **told)
    Case.objects.filter(pk__in=[done.pk, letter.pk]).update(status="closed", closed_at=NOW)
    numbers = [case.number for case in (done, main, alive, same, letter)]
    asked = rights.ask_right(by=world.actor("resident"), at=NOW, right="delete", text="都删了")
    desk = sign_in("privacy_officer")
    page = desk.get(f"/privacy/requests/{asked['number']}/").content.decode()
    assert "没办完" in page and "留痕" in page, "what stays is shown before the button is pressed"
    assert desk.post(f"/privacy/requests/{asked['number']}/answer", {"do": "erase"}).status_code == 302
    assert verify_trail(by=SETUP, at=NOW).valid
    pages = [reverse(name) for name in ("public", "letters", "privacy", "healthz")]
    pages += [f"/track/{number}?code={track_code_for(number)}" for number in [*numbers, asked["number"]]]
    for address in pages:
        response = Client().get(address)
        assert response.status_code in (200, 302), address
        assert phone_of("resident") not in response.content.decode(), address
    for who in ("dispatcher", "secretary", "grid_member", "supervisor", "auditor", "department", "neighbour"):
        client = sign_in(who)
        for number in numbers:
            response = client.get(reverse("case-page", args=[number]))
            assert response.status_code in (200, 302, 403, 404), (who, number)
            assert phone_of("resident") not in response.content.decode()
        for name in ("case-list", "desk", "morning", "inbox", "grid-today", "statistics", "audit-cases", "my-readings"):
            assert client.get(reverse(name)).status_code in (200, 302, 403), (who, name)
    page = desk.get(f"/privacy/requests/{asked['number']}/").content.decode()
    assert "账号已经注销" in page


def test_an_export_from_request_to_watermark(
    world: World, officer: object, all_in_use: None, sign_in: SignIn, report: Report
) -> None:
    case, mine, desk = report(), sign_in("dispatcher"), sign_in("privacy_officer")
    assert mine.get("/privacy/exports/?status=open").status_code == 200
    assert mine.post("/privacy/exports/", {"reason": "用", "scope": ""}).status_code == 422
    reason = "3月20日停水，逐户打电话通知"
    assert mine.post("/privacy/exports/", {"reason": reason, "scope": "status=open"}).status_code == 302
    number = Case.objects.get(channel="export_request").number
    assert mine.get(f"/privacy/exports/{number}/file").status_code == 409
    assert reason in desk.get("/privacy/exports/").content.decode()
    decided = desk.post(f"/privacy/exports/{number}/decide", {"granted": "yes", "note": "停水要通知"})
    assert decided.status_code == 302
    sheet = load_workbook(io.BytesIO(mine.get(f"/privacy/exports/{number}/file").content)).active
    rows = list(sheet.values)
    assert reason in rows[0][0] and "指挥中心 分拨员" in rows[0][0] and number in rows[0][0]
    assert reason in sheet.oddHeader.center.text and reason in sheet.oddFooter.center.text
    assert (case.number, phone_of("resident")) in [(row[0], row[4]) for row in rows[2:]]
    assert sign_in("grid_member").get(f"/privacy/exports/{number}/file").status_code == 404
    assert exports.CHANNEL == "export_request"


def test_a_breach_on_its_pages_and_on_paper(world: World, sign_in: SignIn, report: Report) -> None:
    case, desk = report(), sign_in("privacy_officer")
    told = {"text": "名单发错了群", "kinds": "称呼、电话", "persons": "12", "harm": "骚扰电话", "drill": "on"}
    assert sign_in("grid_member").post("/privacy/breaches/", told).status_code == 302
    assert sign_in("grid_member").post("/privacy/breaches/", {"text": "x"}).status_code == 422
    number = Case.objects.get(channel=breaches.CHANNEL).number
    address = f"/privacy/breaches/{number}/"
    assert "演练" in desk.get(address).content.decode()
    assert desk.post(address, {"do": "close"}).status_code == 422
    for step in ("contain", "risk", "authority"):
        assert desk.post(address, {"do": "step", "step": step, "note": "写下做了什么"}).status_code == 302
    assert desk.post(address, {"do": "tell", "cases": "没有", "advice": "别转账"}).status_code == 422
    assert desk.post(address, {"do": "tell", "cases": case.number, "advice": "接到电话别转账"}).status_code == 302
    assert desk.get(f"{address}paper").content[:2] == b"PK"
    assert desk.post(address, {"do": "close"}).status_code == 302


def test_the_register_its_assessment_and_the_clearing(world: World, sign_in: SignIn) -> None:
    desk, second = sign_in("privacy_officer"), sign_in("second_privacy_officer")
    assert desk.get("/privacy/register/").status_code == 200
    assert desk.get("/privacy/register/?as=xlsx").content[:2] == b"PK"
    assert desk.post("/privacy/register/export/switch", {"in_use": "yes"}).status_code == 409
    answers = {"legal": "只办这件事", "impact": "熟人可能猜出", "risk": "文件丢失", "fit": "两个人批，有水印"}
    assert desk.post("/privacy/register/export/assess", {**answers, "result": ""}).status_code == 422
    assert desk.post("/privacy/register/export/assess", {**answers, "result": "go_with"}).status_code == 302
    assert desk.post("/privacy/register/export/approve").status_code == 422
    assert second.post("/privacy/register/export/approve").status_code == 302
    assert queries.get_activity("export").in_use
    assert "批准" in desk.get("/privacy/register/export/").content.decode()
    assert sign_in("auditor").get("/privacy/register/export/").status_code == 200
    assert desk.get("/privacy/retention/").status_code == 200
    assert desk.post("/privacy/retention/").status_code == 302


@pytest.mark.parametrize("page", ["desk", "register", "retention", "exports"])
def test_the_desk_is_not_for_residents(world: World, sign_in: SignIn, page: str) -> None:
    address = f"/privacy/{page}/"
    assert sign_in("resident").get(address).status_code == 403
    assert Client().get(address).status_code in (302, 401)


@pytest.mark.usefixtures("all_in_use")
def test_the_officer_changes_an_activity_and_the_version_before_is_kept(world: World, sign_in: SignIn) -> None:
    client, address = sign_in("privacy_officer"), reverse("privacy-change", args=["export"])
    row = queries.get_activity("export")
    names = ("title", "purpose", "ground", "article", "receivers", "retention", "stays", "measures", "traits")
    same = {name: getattr(row, name) for name in names}
    assert client.get(address).status_code == 200
    assert client.post(address, {**same, "retention": "12 小时"}).status_code == 422, "a reason is needed"
    assert client.post(address, {**same, "reason": "照街道 3 号文改"}).status_code == 422, "nothing was changed"
    wrong = client.post(address, {**same, "ground": "consent", "reason": "照街道 3 号文改"})
    assert wrong.status_code == 422 and "不能写成本人同意" in wrong.content.decode()
    done = client.post(address, {**same, "retention": "批准后 12 小时内取", "reason": "照街道 3 号文改"})
    assert done.status_code == 302
    fresh = queries.get_activity("export")
    assert (fresh.version, fresh.reason, fresh.in_use) == (row.version + 1, "照街道 3 号文改", True)
    page = client.get(reverse("privacy-activity", args=["export"])).content.decode()
    assert "照街道 3 号文改" in page and "批准后 24 小时内取" in page and "批准后 12 小时内取" in page
    client.post(address, {**same, "receivers": "申请的岗位和物业", "reason": "物业一起通知停水"})
    assert not queries.get_activity("export").in_use, "who receives it is wider: assessed anew before it goes on"
    assert sign_in("dispatcher").get(address).status_code == 403
    assert sign_in("dispatcher").post(address, same).status_code == 403
