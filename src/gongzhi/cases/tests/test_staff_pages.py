"""The staff's pages: who gets in, what they show, what their forms do. Each refusal beside its success."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from PIL import Image

from gongzhi.audit.models import Access
from gongzhi.cases import actions
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.rules import Where
from gongzhi.common import clock
from gongzhi.documents.models import Evidence
from gongzhi.packs import queries as packs
from tests.cast import ROLES, World

Report = Callable[..., Case]
HOUR = dt.timedelta(hours=1)
HTMX = {"HX-Request": "true"}


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("lamp.jpg", buffer.getvalue(), "image/jpeg")


def table_of(response: Any) -> list[Any]:
    """Every cell of a workbook that was answered."""
    sheet = load_workbook(io.BytesIO(response.content)).active
    return [value for row in sheet.iter_rows(values_only=True) for value in row]


@pytest.fixture
def visit(world: World) -> Callable[[str], Client]:
    """A browser in which somebody of the cast is signed in."""

    def _visit(who: str) -> Client:
        client = Client()
        if who != "anonymous":
            client.force_login(world.people[who])
        return client

    return _visit


Visit = Callable[[str], Client]


class Loop:
    """Cases moved on by the cast, now: pages read the clock."""

    def __init__(self, world: World, report: Report) -> None:
        self.world, self.report = world, report
        self.now = clock.now()

    def reported(self, **more: Any) -> Case:
        return self.report(at=more.pop("at", self.now - HOUR), **more)

    def dispatched(self, unit: str = "utility", **more: Any) -> Case:
        case = self.reported(**more)
        by = self.world.actor("dispatcher", self.now)
        pk = self.world.units[unit].pk
        return actions.dispatch_case(by=by, at=self.now, number=case.number, unit_id=pk)

    def started(self, **more: Any) -> Case:
        case = self.dispatched(**more)
        return actions.start_work(by=self.world.actor("department", self.now), at=self.now, number=case.number)

    def answered(self, **more: Any) -> Case:
        number = self.started(photos=[photo()], **more).number
        by = self.world.actor("department", self.now)
        return actions.submit_result(by=by, at=self.now, number=number, note="换了灯头", photos=[photo()])


@pytest.fixture
def loop(world: World, report: Report) -> Loop:
    return Loop(world, report)


# Who gets in: every page and everyone of the cast.
GRID = {"grid_member", "other_grid_member", "patch_lead"}
READERS = {*GRID, "dispatcher", "secretary", "supervisor", "auditor", "department", "property"}
DOORS = {
    "/desk/": {"dispatcher"},
    "/desk/?part=queue": {"dispatcher"},
    "/inbox/": {"department", "property"},
    "/grid/": {*GRID, "dispatcher", "secretary"},
    "/verify/": {*GRID, "dispatcher", "secretary", "supervisor"},
    "/morning/": {"secretary", "supervisor"},
    "/cases/": READERS,
}


@pytest.mark.parametrize("address", DOORS)
def test_doors(address: str, visit: Visit, world: World, loop: Loop) -> None:
    loop.answered()
    wrong = {}
    for who in ROLES:
        status = visit(who).get(address).status_code
        if (status == 200) != (who in DOORS[address]) or status not in (200, 403):
            wrong[who] = status
    assert not wrong
    assert visit("anonymous").get(address).status_code in (302, 401)


def test_the_page_of_one_case(visit: Visit, loop: Loop) -> None:
    case = loop.dispatched()
    let_in = {"grid_member", "patch_lead", "dispatcher", "department", "secretary", "supervisor", "auditor"}
    statuses = {who: visit(who).get(f"/desk/{case.number}").status_code for who in ROLES}
    assert {who for who, status in statuses.items() if status == 200} == let_in
    assert {statuses[who] for who in ROLES if who not in let_in} == {403, 404}
    assert visit("dispatcher").get("/desk/NO-SUCH").status_code == 404


# The desk.
def test_the_desk_shows_the_case_and_says_why_whom(visit: Visit, loop: Loop) -> None:
    loop.dispatched(who="neighbour")
    case = loop.reported(text="路灯不亮，请打13800002046")
    page = visit("dispatcher").get("/desk/").content.decode()
    assert case.number in page
    assert "138****2046" in page and "13800002046" not in page
    assert "路灯管理所" in page and "小区外道路的路灯由市政养护单位修。" in page
    assert "手上 1 件，没有超期" in page
    assert "“路灯”" in page and "“灯不亮”" in page


def test_one_line_in_the_access_log_for_a_page(visit: Visit, loop: Loop) -> None:
    cases = [loop.reported(), loop.reported(who="neighbour")]
    before = Access.objects.count()
    visit("dispatcher").get("/desk/")
    rows = Access.objects.order_by("id")[before:]
    assert len(rows) == 1
    assert set(rows[0].subjects) == {case.reference for case in cases} and rows[0].fields == "words"


def test_tabs_and_their_counts(visit: Visit, loop: Loop, world: World) -> None:
    new = loop.reported()
    late = loop.dispatched(at=loop.now - dt.timedelta(days=30))
    returned, department = loop.dispatched(), world.actor("department", loop.now)
    reason = "return.not_ours"
    actions.return_case(by=department, at=loop.now, number=returned.number, reason=reason, note="归物业")
    client = visit("dispatcher")
    found = {tab: client.get("/desk/", {"tab": tab}).context for tab in ("todo", "returned", "soon", "asked")}
    assert [row["view"].case for row in found["todo"]["rows"]] == [new]
    assert [row["view"].case for row in found["returned"]["rows"]] == [returned]
    assert [row["view"].case for row in found["soon"]["rows"]] == [late]
    assert not found["asked"]["rows"]
    assert [tab["count"] for tab in found["todo"]["tabs"]] == [1, 1, 1, 0]


def test_who_returned_it_is_not_suggested_first(visit: Visit, loop: Loop, world: World) -> None:
    case, department = loop.dispatched(), world.actor("department", loop.now)
    actions.return_case(by=department, at=loop.now, number=case.number, reason="return.not_ours", note="归物业")
    cards = visit("dispatcher").get("/desk/", {"tab": "returned"}).context["suggestions"].cards
    assert cards[0].unit.name == "柳园物业"
    assert [card.code for card in cards if card.unit.name == "路灯管理所"] in ([], ["returned"])


def test_the_queue_goes_on_without_an_offset(visit: Visit, loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.cases.views.desk.PAGE", 2)
    cases = [loop.reported(at=loop.now - n * HOUR) for n in range(1, 6)]
    client, address, seen = visit("dispatcher"), "/desk/", []
    while address:
        context = client.get(address).context
        seen += [row["view"].case for row in context["rows"]]
        address = context["next_url"]
    assert sorted(seen, key=lambda c: c.pk) == cases and len(seen) == 5
    assert seen == sorted(seen, key=lambda c: (c.order_at, c.pk)), "the nearest clock first"
    assert client.get("/desk/?cursor=nonsense").status_code == 422


def test_a_confidential_one_is_sent_on_unread(visit: Visit, loop: Loop, world: World) -> None:
    case = loop.reported(text="楼上两口子天天吵，想找人调解，13800002046", category="facility.lighting.streetlight")
    Case.objects.filter(pk=case.pk).update(privacy="confidential")
    address, client = f"/desk/{case.number}", visit("dispatcher")
    for page in (client.get(address), client.get("/desk/"), client.get("/cases/")):
        words = page.content.decode()
        assert case.number in words and "天天吵" not in words and "139****0000" not in words
    assert not Access.objects.filter(subjects__contains=[case.reference]).exists(), "nothing was read"
    assert client.post(f"{address}/contact", {"purpose": "回访"}).status_code == 403
    assert visit("grid_member").get(address).status_code == visit("secretary").get(address).status_code == 404
    assert client.post(f"{address}/dispatch", {"unit_id": world.units["utility"].pk}).status_code == 302
    assert "天天吵" in visit("department").get(address).content.decode(), "the handling unit reads it"
    assert visit("department").post(f"{address}/contact", {"purpose": "回访"}).status_code == 200


def test_dispatch_without_script(visit: Visit, loop: Loop, world: World) -> None:
    case, client = loop.reported(), visit("dispatcher")
    address, given = f"/desk/{case.number}/dispatch", {"unit_id": world.units["utility"].pk, "next": "/desk/?tab=todo"}
    missing = client.post(address, {"next": "/desk/"})
    assert missing.status_code == 422 and "还没选派给谁" in missing.content.decode()
    answer = client.post(address, given)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?tab=todo")
    case.refresh_from_db()
    assert (case.status, case.unit) == ("dispatched", world.units["utility"])
    for who in ("grid_member", "secretary", "department", "auditor"):
        assert visit(who).post(address, given).status_code == 403


def test_dispatch_by_the_desks_script(visit: Visit, loop: Loop, world: World) -> None:
    case, other = loop.reported(), loop.reported(who="neighbour")
    given = {"unit_id": world.units["utility"].pk, "tab": "todo", "open": other.number}
    answer = visit("dispatcher").post(f"/desk/{case.number}/dispatch", given, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200 and case.number not in page
    assert f'data-number="{other.number}" aria-current="true"' in page
    elsewhere = visit("dispatcher").post(
        f"/desk/{other.number}/dispatch", {"unit_id": world.units["committee-2"].pk}, headers=HTMX
    )
    assert elsewhere.status_code == 422 and elsewhere["HX-Retarget"] == "#gz-refusal"
    assert "不管这个地方" in elsewhere.content.decode()


def test_a_second_press_changes_nothing_and_a_late_one_is_told(visit: Visit, loop: Loop) -> None:
    case, client = loop.reported(), visit("dispatcher")
    seen = client.get(f"/desk/{case.number}").context["last_event"]
    for _ in range(2):
        assert client.post(f"/desk/{case.number}/accept", {"seen": seen}).status_code == 302
    assert CaseEvent.objects.filter(case=case, move="accept").count() == 1
    late = visit("secretary").post(f"/desk/{case.number}/accept", {"seen": seen})
    assert late.status_code == 409
    assert f'href="/desk/{case.number}"' in late.content.decode(), "the way on"


def test_never_sent_to_another_site(visit: Visit, loop: Loop) -> None:
    case = loop.reported()
    answer = visit("dispatcher").post(f"/desk/{case.number}/accept", {"next": "https://evil.example/"})
    assert answer["Location"] == f"/desk/{case.number}"


def test_unknown_moves_and_moves_of_others(visit: Visit, loop: Loop) -> None:
    case = loop.reported()
    assert visit("dispatcher").post(f"/desk/{case.number}/explode").status_code == 404
    assert visit("dispatcher").post(f"/desk/{case.number}/confirm").status_code == 404, "the reporter's own"
    assert visit("dispatcher").get(f"/desk/{case.number}/accept").status_code == 405
    assert visit("outsider").post(f"/desk/{case.number}/accept").status_code == 403


def test_another_category(visit: Visit, loop: Loop) -> None:
    case = loop.reported()
    given = {"category": "facility.lighting.corridor"}
    assert visit("dispatcher").post(f"/desk/{case.number}/category", given).status_code == 302
    case.refresh_from_db()
    assert (case.category, case.category_source) == ("facility.lighting.corridor", "staff")
    assert visit("dispatcher").post(f"/desk/{case.number}/category", {"category": "no"}).status_code == 422
    assert visit("grid_member").post(f"/desk/{case.number}/category", given).status_code == 403


def test_numbers_in_the_clear_only_for_a_purpose(visit: Visit, loop: Loop) -> None:
    case = loop.dispatched()
    address, client = f"/desk/{case.number}/contact", visit("department")
    assert "13900000000" not in client.get(f"/desk/{case.number}").content.decode()
    asked = client.post(address, {})
    assert asked.status_code == 422 and "13900000000" not in asked.content.decode()
    shown = client.post(address, {"purpose": "上门前联系"})
    assert "13900000000" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    part = client.post(address, {"purpose": "上门前联系"}, headers=HTMX)
    assert "13900000000" in part.content.decode() and "<html" not in part.content.decode()
    assert Access.objects.filter(fields="contact", purpose="上门前联系").count() == 2
    for who in ("auditor", "supervisor", "patch_lead"):
        assert visit(who).post(address, {"purpose": "上门前联系"}).status_code == 403


# Work.
def test_from_the_inbox_to_the_check(visit: Visit, loop: Loop) -> None:
    case, department = loop.dispatched(photos=[photo()]), visit("department")
    row = department.get("/inbox/").context["groups"][0]["rows"][0]
    assert row["view"].case == case
    assert department.post(f"/desk/{case.number}/start", {"next": "/inbox/"})["Location"] == "/inbox/"
    page = f"/desk/{case.number}"
    told = {"note": "去看了，是灯头坏了", "stage": "before", "photos": [photo()]}
    assert department.post(f"{page}/record", told).status_code == 302
    lacking = department.post(f"{page}/answer", {"note": "修好了，夜里试过"})
    assert lacking.status_code == 422
    assert "这类事要附一张办完后的照片" in lacking.content.decode() and "修好了，夜里试过" in lacking.content.decode()
    assert department.post(f"{page}/answer", {"note": "修好了", "photos": [photo(), photo()]}).status_code == 302
    case.refresh_from_db()
    assert case.status == "answered"
    purposes = list(Evidence.objects.filter(subject=case.reference).order_by("id").values_list("purpose", flat=True))
    assert purposes == ["report", "before", "after", "after"]
    assert department.post(f"{page}/verify").status_code == 403
    rows = visit("grid_member").get("/verify/").context["rows"]
    assert [row["view"].case for row in rows] == [case]
    assert set(rows[0]["shots"]) == {"before", "after"}
    assert visit("grid_member").post(f"{page}/verify", {"next": "/verify/"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "verified"


def test_a_file_that_is_no_photo_leaves_nothing(visit: Visit, loop: Loop) -> None:
    case = loop.started()
    text = SimpleUploadedFile("lamp.jpg", b"not a picture", "image/jpeg")
    given = {"note": "看了", "stage": "work", "photos": [text]}
    answer = visit("department").post(f"/desk/{case.number}/record", given)
    assert answer.status_code == 422 and "不是照片" in answer.content.decode()
    assert not CaseEvent.objects.filter(case=case, move="record").exists()


def test_the_same_note_is_not_written_twice(visit: Visit, loop: Loop) -> None:
    case, client = loop.started(), visit("department")
    seen = client.get(f"/desk/{case.number}").context["last_event"]
    for _ in range(2):
        client.post(f"/desk/{case.number}/record", {"note": "去看了", "stage": "work", "seen": seen})
    assert CaseEvent.objects.filter(case=case, move="record").count() == 1


def test_a_return_wants_its_clause(visit: Visit, loop: Loop) -> None:
    case, client = loop.dispatched(), visit("department")
    lacking = client.post(f"/desk/{case.number}/return", {"note": "不归我们"})
    assert lacking.status_code == 422 and "还没选理由" in lacking.content.decode()
    given = {"reason": "return.not_ours", "note": "归物业"}
    assert client.post(f"/desk/{case.number}/return", given).status_code == 302
    page = visit("dispatcher").get(f"/desk/{case.number}").content.decode()
    assert "不归本单位" in page and "退过一次" in page


def test_extension_asked_and_granted_on_the_desk(visit: Visit, loop: Loop) -> None:
    case = loop.started()
    given = {"reason": "extension.parts", "note": "等灯头"}
    assert visit("department").post(f"/desk/{case.number}/ask_extension", given).status_code == 302
    desk = visit("dispatcher").get("/desk/", {"tab": "asked"})
    assert [offer["step"].move for offer in desk.context["moves"]][:2] == ["grant_extension", "refuse_extension"]
    assert visit("department").post(f"/desk/{case.number}/grant_extension").status_code == 403
    assert visit("dispatcher").post(f"/desk/{case.number}/grant_extension").status_code == 302
    again = visit("dispatcher").post(f"/desk/{case.number}/grant_extension")
    assert again.status_code == 409


def test_deferral_asked_and_decided_by_another(visit: Visit, loop: Loop) -> None:
    case = loop.reported()
    dispatcher, page = visit("dispatcher"), f"/desk/{case.number}"
    dispatcher.post(f"{page}/accept")
    until = (loop.now + dt.timedelta(days=60)).date().isoformat()
    past = {"reason": "defer.funds", "note": "要换整条线", "until": "2020-01-01"}
    assert "要在今天以后" in dispatcher.post(f"{page}/ask_deferral", past).content.decode()
    assert dispatcher.post(f"{page}/ask_deferral", {**past, "until": until}).status_code == 302
    todos = visit("secretary").get("/morning/").context["todos"]
    assert any("批一件挂账" in todo["title"] for todo in todos)
    assert dispatcher.post(f"{page}/defer").status_code == 403
    assert visit("secretary").post(f"{page}/defer").status_code == 302
    case.refresh_from_db()
    assert case.status == "deferred"


def test_the_inbox_holds_only_the_units_own_in_order(visit: Visit, loop: Loop) -> None:
    late = loop.dispatched(at=loop.now - dt.timedelta(days=30))
    fresh = loop.dispatched()
    other = loop.dispatched(unit="property-1")
    loop.answered()
    context = visit("department").get("/inbox/").context
    assert [group["tone"] for group in context["groups"]] == ["over", "running"]
    assert [row["view"].case for group in context["groups"] for row in group["rows"]] == [late, fresh]
    assert context["handed"] == {"answered": 1, "returned": 0, "verified": 0}
    property_rows = visit("property").get("/inbox/").context["groups"][0]["rows"]
    assert [row["view"].case for row in property_rows] == [other]


def test_nobody_is_offered_their_own_work_to_check(visit: Visit, loop: Loop, world: World) -> None:
    from gongzhi.people.actions import appoint
    from tests.cast import SETUP

    case = loop.answered()
    person, post = world.people["department"], world.posts["patch_lead"]
    start = dt.date(2020, 1, 1)
    appoint(by=SETUP, at=loop.now, person=person, post=post, decision="test", valid_from=start)
    assert not visit("department").get("/verify/").context["rows"]
    assert case.number not in table_of(visit("department").get("/verify/?format=xlsx"))
    assert case.number in table_of(visit("patch_lead").get("/verify/?format=xlsx"))
    refused = visit("department").post(f"/desk/{case.number}/verify")
    assert refused.status_code == 422 and "要由别人来核查" in refused.content.decode()
    assert len(visit("patch_lead").get("/verify/").context["rows"]) == 1


def test_a_disagreement_is_reviewed_one_level_up(visit: Visit, loop: Loop, world: World) -> None:
    case, at = loop.answered(), loop.now
    actions.verify_case(by=world.actor("grid_member", at), at=at, number=case.number)
    resident = world.actor("resident", at)
    actions.answer_case_question(by=resident, at=at, number=case.number, solved="disagree", note="道理不对")
    assert [row["view"].case for row in visit("supervisor").get("/verify/").context["disputed"]] == [case]
    assert not visit("secretary").get("/verify/").context["disputed"]
    given = {"note": "红线以外，由区里统一换"}
    assert visit("dispatcher").post(f"/desk/{case.number}/explain", given).status_code == 403
    assert visit("supervisor").post(f"/desk/{case.number}/explain", given).status_code == 302


# The grid's day.
def test_the_grid_shows_what_lies_in_it(visit: Visit, loop: Loop) -> None:
    waiting, running = loop.reported(), loop.dispatched()
    Case.objects.filter(pk=waiting.pk).update(longitude=119.603, latitude=32.104)
    context = visit("grid_member").get("/grid/").context
    assert [row["view"].case for row in context["tasks"]] == [waiting]
    assert [row["view"].case for row in context["running"]] == [running]
    assert [pin["n"] for pin in context["map"]["pins"]] == ["1"]
    assert context["map"]["backdrop"].endswith("under=PC-1-1-1")
    elsewhere = visit("other_grid_member").get("/grid/").context
    assert not elsewhere["tasks"] and not elsewhere["running"]


def test_no_pin_on_a_home(visit: Visit, loop: Loop, world: World) -> None:
    case = loop.reported()
    Case.objects.filter(pk=case.pk).update(longitude=119.603, latitude=32.104)
    world.places["LY-5"].kind = "dwelling"
    world.places["LY-5"].save()
    assert not visit("grid_member").get("/grid/").context["map"]["pins"]


# The morning and the list.
def test_the_mornings_numbers_open_onto_their_rows(visit: Visit, loop: Loop) -> None:
    loop.reported(at=loop.now - dt.timedelta(days=1))
    late = loop.dispatched(at=loop.now - dt.timedelta(days=30))
    loop.answered()
    client = visit("secretary")
    context = client.get("/morning/").context
    facts = {fact["word"]: fact for fact in context["facts"]}
    assert facts["昨天收到"]["value"] in (1, 2), "an hour ago may have been yesterday"
    assert (facts["超期没办完"]["value"], facts["超期没办完"]["note"]) == (1, "在办 3 件")
    rows = client.get(facts["超期没办完"]["url"]).context["rows"]
    assert [row["view"].case for row in rows] == [late]
    for fact in facts.values():
        assert len(client.get(fact["url"]).context["rows"]) == fact["value"]
    assert any("核查 1 件" in todo["title"] for todo in context["todos"])


def test_late_and_told_to_me(visit: Visit, loop: Loop, world: World) -> None:
    from gongzhi.common.access import system_actor

    case = loop.dispatched(at=loop.now - dt.timedelta(days=30))
    for _ in range(6):
        actions.escalate_case(by=system_actor("clock"), at=loop.now, case_id=case.pk)
    assert [todo["title"] for todo in visit("secretary").get("/morning/").context["todos"]] == [
        "5栋门口路灯不亮，晚上看不见台阶。"
    ]


def test_filters_and_paging_of_the_list(
    visit: Visit, loop: Loop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, sent = loop.reported(), loop.dispatched()
    client = visit("auditor")

    def found(**query: Any) -> list[Case]:
        return [row["view"].case for row in client.get("/cases/", query).context["rows"]]

    assert found() == [sent, new]
    assert found(status="reported") == [new] and found(status="open") == [sent, new]
    assert found(unit=world.units["utility"].pk, status="dispatched") == [sent]
    assert found(place=world.places["PC-2"].path) == []
    assert found(q=new.number.lower()) == [new]
    assert found(received="2020-01-01") == []
    assert found(status="<b>", unit="x", received="x") == [sent, new], "what is not understood narrows nothing"
    monkeypatch.setattr("gongzhi.cases.views.listing.PAGE", 1)
    first = client.get("/cases/", {"status": "open"}).context
    assert "status=open" in first["next_url"]
    assert [row["view"].case for row in client.get(first["next_url"]).context["rows"]] == [new]


def test_the_auditor_only_reads(visit: Visit, loop: Loop) -> None:
    case = loop.answered()
    page = visit("auditor").get(f"/desk/{case.number}")
    assert not page.context["moves"] and "<form method=\"post\" enctype" not in page.content.decode()
    assert "现在没有要您办的" in page.content.decode()


def test_ones_own_complaint_is_not_among_ones_work(visit: Visit, loop: Loop) -> None:
    case = loop.dispatched(who="property")
    assert not visit("property").get("/cases/").context["rows"]
    assert visit("property").get(f"/desk/{case.number}").status_code == 404


# What a page costs: statements beside the session's and the shell's.
COSTS = {
    # With helpers, precedents and likely duplicates of the open case; whether suggesting is in use (privacy: two).
    ("dispatcher", "/desk/"): 17,
    ("department", "/inbox/"): 5,  # with what it received first and answers for
    ("grid_member", "/grid/"): 2,
    ("grid_member", "/verify/"): 3,
    ("secretary", "/morning/"): 3,
    ("auditor", "/cases/"): 3,
}
FRAME = ("django_session", "people_person", "people_mandate", "notifications_notice")


@pytest.mark.parametrize(("who", "address"), COSTS)
def test_statements(who: str, address: str, visit: Visit, loop: Loop, here: Where) -> None:
    for n in range(6):
        loop.reported(who=("resident", "neighbour")[n % 2])
        loop.dispatched()
        loop.answered()
    client = visit(who)
    client.get(address)  # fills the caches of the shell
    # What is remembered holds for seconds, which a slow machine may have used up: the best of three.
    ours = min((_own_statements(client, address) for _ in range(3)), key=len)
    assert len(ours) <= COSTS[who, address], "\n".join(sql[:200] for sql in ours)


def _own_statements(client: Client, address: str) -> list[str]:
    packs.remember()
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    frame = tuple(f"FROM {table}" for table in FRAME)
    found = [one["sql"] for one in asked.captured_queries]
    return [sql for sql in found if not any(table in sql.partition(" WHERE ")[0].replace('"', "") for table in frame)]
