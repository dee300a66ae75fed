"""The desk: from an empty draft to a release through the forms, and the interface for programs."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.people import actions as people
from gongzhi.people.actions.tokens import create_token
from gongzhi.publications import actions, queries
from gongzhi.publications.models import Publication, State
from gongzhi.publications.tests.conftest import Make, photo
from tests import cast
from tests.cast import NOW, World
from tests.support.pages import client_of


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))


@pytest.mark.req("O05", where="/publications/")
def test_a_notice_is_written_covered_and_released_by_two(world: World) -> None:
    writer, second = client_of(world, "secretary"), client_of(world, "supervisor")
    begun = writer.post("/publications/new", {"kind": "notice", "place": "PC-1"})
    number = begun.headers["Location"].split("/")[2]
    given = {
        "title": "停水通知", "subject_kind": "facility", "about": "5栋水管", "body": "周四停水，找王师傅13812345678。",
        "fact_contact": "居委会", "wanted_expiry": "2026-04-01",
    }  # fmt: skip
    saved = writer.post(f"/publications/{number}/edit", given, headers={"HX-Request": "true"})
    assert "已存草稿" in saved.content.decode()
    page = writer.get(f"/publications/{number}").content.decode()
    assert "手机号：13812345678" in page and "还缺" in page
    refused = writer.post(f"/publications/{number}/step/submit")
    assert refused.status_code == 422 and "没有不该公开的号码" in refused.content.decode()
    writer.post(f"/publications/{number}/step/cover")
    writer.post(f"/publications/{number}/pictures", {"pictures": [photo()]})
    writer.post(f"/publications/{number}/step/submit")
    assert "要另一位有发布权的人" in writer.get(f"/publications/{number}").content.decode()
    assert "看过了，发布" in second.get(f"/publications/{number}").content.decode()
    second.post(f"/publications/{number}/step/release")
    text = Client().get(f"/n/{number}").content.decode()
    assert "周四停水，找▇▇▇▇▇▇。" in text or "找▇▇▇" in text
    assert "13812345678" not in text
    assert "公开中" in second.get("/publications/?state=released").content.decode()


def test_a_form_has_no_field_for_a_person_on_a_criticism(world: World, draft: Make) -> None:
    writer = client_of(world, "secretary")
    page = writer.get(f"/publications/{draft('exposure').number}/edit").content.decode()
    assert "named_phone" not in page and 'value="person"' not in page and "是哪个单位的事" in page
    praise = writer.get(f"/publications/{draft('praise', facts={}).number}/edit").content.decode()
    assert "named_phone" in praise


def test_naming_somebody_asks_for_their_consent(world: World, draft: Make) -> None:
    made, writer = draft("praise", facts={}), client_of(world, "secretary")
    given = {"title": "谢谢", "subject_kind": "matter", "body": "谢谢", "named_phone": cast.phone_of("neighbour")}
    answer = writer.post(f"/publications/{made.number}/edit", given)
    assert answer.status_code == 422 and "没有同意公开名字" in answer.content.decode()
    people.grant_consent(by=world.actor("neighbour"), at=NOW, purpose="publication", version="1")
    assert writer.post(f"/publications/{made.number}/edit", given).status_code == 302
    assert Publication.objects.get(pk=made.pk).named == world.people["neighbour"]


def test_the_notice_to_the_other_side_is_a_paper_with_its_word(world: World, draft: Make) -> None:
    made, writer = draft("exposure"), client_of(world, "secretary")
    assert writer.get(f"/publications/{made.number}/notice.docx").status_code == 422
    writer.post(f"/publications/{made.number}/pictures", {"pictures": [photo()], "evidence": "yes"})
    writer.post(f"/publications/{made.number}/step/notify")
    paper = writer.get(f"/publications/{made.number}/notice.docx")
    assert paper.content[:2] == b"PK"
    code = queries.reply_code(made)
    answer = Client().post(f"/n/{made.number}/reply", {"code": code, "text": "已经在清了。"})
    assert answer.status_code == 302
    wrong = Client().post(f"/n/{made.number}/reply", {"code": "WRONG", "text": "已经在清了。"})
    assert wrong.status_code == 422 and "回应码不对" in wrong.content.decode()
    assert "等您看" in client_of(world, "supervisor").get("/publications/").content.decode()


@pytest.mark.usefixtures("templates")
@pytest.mark.req("O03", where="/publications/NUMBER/article")
def test_an_article_is_taken_elsewhere_whole(world: World, draft: Make) -> None:
    made, writer = draft(), client_of(world, "secretary")
    writer.post(f"/publications/{made.number}/pictures", {"pictures": [photo()]})
    assert writer.get(f"/publications/{made.number}/article").status_code == 422  # not yet public
    writer.post(f"/publications/{made.number}/step/submit")
    client_of(world, "supervisor").post(f"/publications/{made.number}/step/release")
    page = writer.get(f"/publications/{made.number}/article").content.decode()
    assert "&lt;p&gt;5月20日上午9点到11点" in page  # the markup, to copy
    names = zipfile.ZipFile(io.BytesIO(writer.get(f"/publications/{made.number}/article.zip").content)).namelist()
    assert names == ["article.html", "article.txt", "article.docx", "picture-1.jpg"]


def test_a_list_is_exported(world: World, release: Make) -> None:
    release()
    answer = client_of(world, "secretary").get("/publications/?state=released&format=xlsx")
    assert answer.headers["Content-Type"].endswith("sheet")


@pytest.mark.req("O03", where="/api/v1/publications")
def test_programs_read_what_is_public_and_hand_in_drafts(world: World, release: Make) -> None:
    done = release()
    listed = Client().get("/api/v1/publications?region=PC-1&kind=notice").json()
    assert [one["number"] for one in listed["items"]] == [done.number] and listed["next_cursor"] is None
    told = Client().get(f"/api/v1/publications/{done.number}").json()
    assert told["sha256"] == bytes(done.digest).hex() and told["title"] == "换水管请绕行"
    assert Client().get("/api/v1/publications/GG-000000-XXXXX").status_code == 404
    body = {"kind": "notice", "place_code": "PC-1", "title": "停电", "body": "周五停电", "facts": {"contact": "居委会"}}
    sent = {"data": json.dumps(body), "content_type": "application/json"}
    assert Client().post("/api/v1/publications", **sent).status_code == 401
    token = create_token(by=cast.SETUP, at=NOW, role="secretary", place=world.places["PC-1"])
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    made = Client().post("/api/v1/publications", headers=headers, **sent)
    assert made.status_code == 201 and made.json()["state"] == "draft"
    again = Client().post("/api/v1/publications", headers=headers, **sent)
    assert again.json() == made.json() and again.headers["Idempotent-Replay"] == "true"
    assert Publication.objects.filter(state=State.DRAFT).count() == 1
    assert Client().get(f"/api/v1/publications/{made.json()['number']}").status_code == 404  # a draft is nobody's
    actions.drop_publication(by=world.actor("secretary"), at=NOW, number=made.json()["number"])
