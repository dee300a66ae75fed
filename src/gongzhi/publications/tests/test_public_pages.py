"""The public site: what everybody reads, when it ends, how it is checked, what subscribers get."""

import datetime as dt
import hashlib
import json
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.documents.actions import adopt_instrument, draft_instrument
from gongzhi.publications import actions
from gongzhi.publications.jobs import expire_due
from gongzhi.publications.models import Publication, State
from gongzhi.publications.tests.conftest import Make, photo
from tests.cast import NOW, SETUP, World

ATOM = "{http://www.w3.org/2005/Atom}"
RIGHT = {"wrong": "日期写成了5月20日", "right": "是5月21日", "why": "抄施工单位的通知时抄错", "title": "换水管请绕行"}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def page(address: str, status: int = 200) -> str:
    response = Client().get(address)
    assert response.status_code == status, (address, response.status_code)
    return response.content.decode()


@pytest.mark.req("O05", where="/c/CODE/")
def test_a_community_s_page_shows_what_is_for_it_and_nothing_of_others(
    world: World, release: Make, draft: Make
) -> None:
    notice, secret = release(), draft(title="还没发的一条")
    here, above, other = (page(f"/c/{code}/") for code in ("PC-1", "PC", "PC-2"))
    assert "换水管请绕行" in here and f"/n/{notice.number}" in here
    assert "换水管请绕行" in above and "换水管请绕行" not in other  # seen from above, not next door
    assert "还没发的一条" not in here and page(f"/n/{secret.number}", 404)
    inside = page("/c/PC-1-1-1/")  # the grid below it gets it, too
    assert "换水管请绕行" in inside
    assert 'type="application/atom+xml"' in here and "社区书记" in here
    assert page("/c/LY-5/", 404)  # no page of its own for a building


@pytest.mark.parametrize("way", ["/accounts/PC-1", "/partners/PC-1", "/works/at/PC-1"])
def test_the_community_s_page_leads_to_what_other_rooms_show_everybody(world: World, way: str) -> None:
    assert f'href="{way}"' in page("/c/PC-1/") and page(way)


@pytest.mark.req("O05")
@pytest.mark.req("F11", where="/c/CODE/")
def test_the_covenant_is_read_from_the_community_s_page(world: World) -> None:
    by, day = world.actor("secretary"), NOW.date()
    for place, code, title in (("PC-1", "liuyuan", "柳园公约"), ("PC-2", "qiaonan", "桥南公约")):
        common = {"by": SETUP if place == "PC-2" else by, "at": NOW, "code": code}
        text = {"place": world.places[place], "kind": "covenant", "title": title, "text": "# 楼道不堆物"}
        draft_instrument(**common, **text)
        if place == "PC-1":
            assert "柳园公约" not in page("/c/PC-1/")  # a draft is nobody's covenant
        adopt_instrument(**common, adopted_on=day, effective_from=day, basis="居民代表会议")
    here = page("/c/PC-1/")
    assert "/instruments/liuyuan" in here and "柳园公约" in here and "桥南公约" not in here
    assert "/deliberations/at/PC-1/" in here and "柳园公约" in page("/c/PC-1-1-1/")  # it holds below, too


def test_pinned_stands_first_and_a_running_notice_says_its_days(world: World, release: Make) -> None:
    old = release(title="先看我")
    release(title="后来的")
    release("public_notice", title="选址公示")
    actions.pin_publication(by=world.actor("supervisor"), at=NOW, number=old.number, pinned=True)
    text = page("/c/PC-1/")
    assert text.index("先看我") < text.index("选址公示") < text.index("后来的")
    assert "还剩 7 天" in text


@pytest.mark.req("O05")
def test_openings_are_counted_once_a_day_and_of_nobody(release: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    done, visitor = release(), Client()
    for _ in range(3):
        visitor.get(f"/n/{done.number}")
    assert Publication.objects.get(pk=done.pk).reads == 1
    visitor.head(f"/n/{done.number}")
    Client().get(f"/n/{done.number}", headers={"Sec-Purpose": "prefetch"})
    assert Publication.objects.get(pk=done.pk).reads == 1 and "次阅读" not in page(f"/n/{done.number}")
    for _ in range(9):
        Client().get(f"/n/{done.number}")
    assert "约 10 次阅读" in page(f"/n/{done.number}")
    at(monkeypatch, NOW + dt.timedelta(days=1))
    visitor.get(f"/n/{done.number}")
    assert Publication.objects.get(pk=done.pk).reads == 13
    assert "gz_session" not in visitor.cookies  # nobody gets a session for reading


@pytest.mark.req("O01", where="/n/NUMBER/verify")
def test_anybody_can_check_the_hash(release: Make) -> None:
    done = release()
    digest = bytes(done.digest).hex()
    record = Client().get(f"/n/{done.number}/record.json").content
    assert hashlib.sha256(record).hexdigest() == digest and digest in page(f"/n/{done.number}")
    told = json.loads(record)
    assert told["scope"]["code"] == "PC-1" and told["released_by"] == "督办" and told["written_by"] == "社区书记"
    assert "三处一样" in page(f"/n/{done.number}/verify")
    pasted = Client().post(f"/n/{done.number}/verify", {"record": record.decode()})
    assert "对得上" in pasted.content.decode()
    tampered = Client().post(f"/n/{done.number}/verify", {"record": record.decode().replace("9点", "8点")})
    assert "对不上" in tampered.content.decode()


@pytest.mark.req("O01", where="/n/NUMBER")
def test_a_correction_stands_beside_the_old_text(world: World, release: Make) -> None:
    done = release()
    body = "5月21日上午9点到11点，小区消防通道旁要换水管，请绕行。"
    proposed = actions.propose_correction(by=world.actor("secretary"), at=NOW, number=done.number, body=body, **RIGHT)
    assert "日期写成了" not in page(f"/n/{done.number}")  # one alone corrects nothing
    actions.decide_correction(
        by=world.actor("supervisor"), at=NOW, number=done.number, correction_id=proposed.pk, granted=True
    )
    text = page(f"/n/{done.number}")
    for words in (
        "更正过",
        "日期写成了5月20日",
        "是5月21日",
        "抄错",
        "5月21日上午9点",
        "看更正前的原文",
        "5月20日上午9点",
    ):
        assert words in text
    assert text.index("5月21日上午9点") < text.index("5月20日上午9点")
    assert "有更正" in page("/c/PC-1/") and "5月21日上午9点" in page("/c/PC-1/feed.atom")
    record = Client().get(f"/n/{done.number}/record.json").content.decode()
    assert "5月20日" in record and "5月21日" not in record  # the released record stays


@pytest.mark.req("O01")
def test_what_is_over_leaves_a_line_and_no_content(
    world: World, release: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    exposure = release("exposure", title="东门通道堵了", body="东门消防通道堆满杂物。")
    answered, after = release("notice", title="换水管"), NOW + dt.timedelta(days=40)
    at(monkeypatch, after)
    assert "东门消防通道堆满杂物" not in page(f"/n/{exposure.number}")  # the date alone ends it
    assert expire_due(after) == 2 and expire_due(after) == 0
    text = page(f"/n/{exposure.number}")
    assert "已经到期" in text and bytes(exposure.digest).hex() in text
    assert "东门" not in text and "东门" not in page("/c/PC-1/archive")
    assert "换水管" in page("/c/PC-1/archive") and "小区消防通道旁" in page(f"/n/{answered.number}")  # kept by its kind
    for part in ("record.json", "print", "paper.docx", "paper.pdf"):
        assert page(f"/n/{exposure.number}/{part}", 404)
    assert "东门" not in page(f"/n/{exposure.number}/verify")


def test_withdrawn_says_why_and_shows_nothing(world: World, release: Make) -> None:
    done = release(body="一段不该发的话，写错了人家的事。")
    actions.withdraw_publication(by=world.actor("supervisor"), at=NOW, number=done.number, why="事实没有核实清楚")
    text = page(f"/n/{done.number}")
    assert "已经撤下" in text and "事实没有核实清楚" in text and "不该发的话" not in text
    assert "换水管" not in page("/c/PC-1/") and "撤下" in page("/c/PC-1/archive")
    assert page(f"/n/{done.number}/record.json", 404)


def test_rectified_comes_down_at_once_with_a_public_note(world: World, release: Make) -> None:
    done = release("exposure", title="东门通道堵了")
    later = NOW + dt.timedelta(days=6)
    actions.record_rectified(by=world.actor("secretary"), at=later, number=done.number, note="3月24日清空，画了黄线")
    assert Publication.objects.get(pk=done.pk).state == State.EXPIRED
    text = page(f"/n/{done.number}")
    assert "已整改" in text and "清空，画了黄线" in text and "东门通道堵了" not in text


def test_pictures_are_public_as_long_as_the_item_is(world: World, draft: Make) -> None:
    made, by = draft(), world.actor("secretary")
    row = actions.add_pictures(by=by, at=NOW, number=made.number, uploads=[photo()])[0]
    address = f"/media/{row.media_id}"
    assert Client().get(address).status_code == 404
    actions.submit_publication(by=by, at=NOW, number=made.number)
    actions.release_publication(by=world.actor("supervisor"), at=NOW, number=made.number)
    shown = Client().get(address)
    told = json.loads(Client().get(f"/n/{made.number}/record.json").content)
    assert hashlib.sha256(shown.content).hexdigest() == told["pictures"][0]["sha256"]
    assert f'property="og:image" content="http://127.0.0.1:8000{address}"' in page(f"/n/{made.number}")
    actions.withdraw_publication(by=world.actor("supervisor"), at=NOW, number=made.number, why="不用了")
    assert Client().get(address).status_code == 404


def test_evidence_of_a_criticism_is_never_public(world: World, release: Make) -> None:
    done = release("exposure")
    from gongzhi.documents.queries import evidence_of

    media = evidence_of([done.evidence_reference]).get().media_id
    assert Client().get(f"/media/{media}").status_code == 404
    inside = Client()
    inside.force_login(world.people["supervisor"])
    assert inside.get(f"/media/{media}").status_code == 200


@pytest.mark.req("O03", where="/c/CODE/feed.atom")
def test_the_atom_feed_holds_what_rfc_4287_asks(world: World, release: Make) -> None:
    done = release(body="甲 < 乙 & 丙，绕行。\n第二段。")
    answer = Client().get("/c/PC-1/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):  # 4.1.1
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    entry = root.find(f"{ATOM}entry")
    assert entry is not None and entry.findtext(f"{ATOM}id") == f"http://127.0.0.1:8000/n/{done.number}"
    for name in ("title", "updated", "published", "content"):  # 4.1.2
        assert entry.findtext(f"{ATOM}{name}")
    assert dt.datetime.fromisoformat(str(entry.findtext(f"{ATOM}updated"))).tzinfo
    content = entry.find(f"{ATOM}content")
    assert content is not None and content.get("type") == "html"
    assert "<p>甲 &lt; 乙 &amp; 丙，绕行。</p><p>第二段。</p>" in str(content.text)


@pytest.mark.req("O03")
def test_every_feed_answers_304_until_something_changes(
    world: World, release: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    release()
    for name in ("feed.atom", "feed.rss", "feed.json", "calendar.ics"):
        first = Client().get(f"/c/PC-1/{name}")
        assert first.status_code == 200 and first.headers["Last-Modified"]
        again = Client().get(f"/c/PC-1/{name}", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and not again.content
    mark = Client().get("/c/PC-1/feed.atom").headers["ETag"]
    at(monkeypatch, NOW + dt.timedelta(days=31))  # nothing was written, yet the item is over
    after = Client().get("/c/PC-1/feed.atom", headers={"If-None-Match": mark})
    assert after.status_code == 200 and b"<entry>" not in after.content


@pytest.mark.req("O03")
def test_rss_json_and_calendar_say_the_same(world: World, release: Make) -> None:
    done = release("activity", title="义诊", ends_at="2026-04-01T03:00:00+00:00")
    channel = ET.fromstring(Client().get("/c/PC-1/feed.rss").content).find("channel")
    assert channel is not None and channel.findtext("item/title") == "义诊"
    told = Client().get("/c/PC-1/feed.json?kind=activity").json()
    assert told["version"].endswith("1.1") and told["items"][0]["title"] == "义诊"
    assert Client().get("/c/PC-1/feed.json?kind=notice").json()["items"] == []
    calendar = Client().get("/c/PC-1/calendar.ics").content.decode()
    assert "DTSTART:20260401T010000Z\r\n" in calendar and "DTEND:20260401T030000Z\r\n" in calendar
    assert "SUMMARY:活动：义诊" in Client().get(f"/n/{done.number}/event.ics").content.decode()


@pytest.mark.req("O05", where="/n/NUMBER/print")
def test_paper_for_the_notice_board(release: Make) -> None:
    done = release()
    sheet = page(f"/n/{done.number}/print")
    assert f"/n/{done.number}/qr.svg" in sheet and "data-print" in sheet
    assert b"<svg" in Client().get(f"/n/{done.number}/qr.svg").content


def test_the_list_is_paged_by_key(world: World, release: Make) -> None:
    numbers = [release(title=f"第{n}条", at=NOW - dt.timedelta(minutes=n)).number for n in range(23)]
    seen, address = [], "/c/PC-1/all"
    for _ in range(2):
        text = page(address)
        seen += [number for number in numbers if f"/n/{number}" in text]
        address = "/c/PC-1/all?" + text.partition('href="?kind=&amp;cursor=')[2].partition('"')[0].join(
            ["kind=&cursor=", ""]
        )
    assert seen == numbers
    assert Client().get("/c/PC-1/all?cursor=zzz").status_code == 422
