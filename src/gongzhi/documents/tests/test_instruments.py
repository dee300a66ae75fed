"""Drafted by who answers for the place, adopted by a decision, unchangeable then, public, comparable, printable."""

import datetime as dt
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from docx import Document
from pypdf import PdfReader

from gongzhi.audit.models import Entry, Link
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.documents import actions, clauses, instruments
from gongzhi.documents.models import Instrument
from tests import cast
from tests.cast import NOW, World

TODAY = NOW.date()
FIRST = "# 一、楼道\n楼道不堆物。\n# 二、停车\n车停在线里。"
SECOND = "# 一、楼道\n楼道和门厅不堆物。\n# 二、停车\n车停在线里。\n电动车不上楼。"


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


def draft(world: World, text: str = FIRST, who: str = "secretary", **more: Any) -> Instrument:
    told = {"code": "liuyuan", "place": world.places["PC-1"], "kind": "covenant", "title": "柳园居民公约", **more}
    return actions.draft_instrument(by=world.actor(who), at=NOW, text=text, **told)


def adopt(world: World, who: str = "secretary", **more: Any) -> Instrument:
    told = {"code": "liuyuan", "adopted_on": TODAY, "effective_from": TODAY, "basis": "居民代表会议决议", **more}
    return actions.adopt_instrument(by=world.actor(who), at=NOW, **told)


def two_versions(world: World) -> None:
    draft(world)
    adopt(world, adopted_on=dt.date(2025, 3, 1), effective_from=dt.date(2025, 4, 1), decided_by="resolution:1")
    draft(world, SECOND)
    adopt(world, effective_from=dt.date(2026, 4, 1))


def test_a_draft_is_seen_by_who_may_adopt_it_alone(world: World) -> None:
    draft(world)
    draft(world, SECOND)
    assert Instrument.objects.get().text == SECOND
    assert [one.version for one in instruments.versions_of(world.actor("secretary"), "liuyuan")] == [1]
    for actor in (ANONYMOUS, world.actor("resident"), world.actor("supervisor")):
        with pytest.raises(NotFound):
            instruments.versions_of(actor, "liuyuan")


def test_only_who_answers_for_the_place_writes(world: World) -> None:
    for who in ("resident", "grid_member", "supervisor", "administrator"):
        with pytest.raises(Forbidden):
            draft(world, who=who)
    with pytest.raises(SignInRequired):
        actions.draft_instrument(
            by=ANONYMOUS, at=NOW, code="x1", place=world.places["PC-1"], kind="sop", title="x", text="x"
        )
    with pytest.raises(Forbidden):
        draft(world, place=world.places["PC-2"])


@pytest.mark.parametrize(
    ("more", "code"),
    [({"code": "柳园"}, "code_missing"), ({"title": " "}, "title_missing"), ({"text": "  \n"}, "text_missing")],
)
def test_a_draft_needs_code_name_and_words(world: World, more: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        draft(world, **more)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"basis": " "}, "basis_missing"),
        ({"adopted_on": TODAY + dt.timedelta(days=1), "effective_from": dt.date(2026, 5, 1)}, "adopted_ahead"),
        ({"effective_from": TODAY - dt.timedelta(days=1)}, "effective_too_early"),
    ],
)
def test_adoption_needs_a_decision_that_was_taken(world: World, more: dict[str, Any], code: str) -> None:
    draft(world)
    with pytest.raises(Refused, match=code):
        adopt(world, **more)


def test_versions_follow_each_other_without_gap(world: World) -> None:
    two_versions(world)
    newest, first = instruments.versions_of(ANONYMOUS, "liuyuan")
    assert (first.effective_to, newest.effective_from) == (dt.date(2026, 4, 1), dt.date(2026, 4, 1))
    held = [
        instruments.in_force([newest, first], dt.date(*day)) for day in ((2025, 3, 31), (2026, 3, 31), (2026, 4, 1))
    ]
    assert held == [None, first, newest]
    assert Link.objects.filter(source="instrument:liuyuan/2", relation="replaces").exists()
    assert Link.objects.filter(source="resolution:1", target="instrument:liuyuan/1").exists()
    assert Entry.objects.filter(action="documents.adopt_instrument").count() == 2
    with pytest.raises(NotFound, match="no_draft"):
        adopt(world)


def test_what_was_adopted_keeps_its_words_whoever_reaches_the_database(world: World) -> None:
    draft(world)
    adopt(world)
    for change in ({"text": "别的"}, {"basis": "别的"}, {"adopted_on": dt.date(2020, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Instrument.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Instrument.objects.all().delete()


def test_what_is_ended_holds_no_more_and_stays_readable(world: World) -> None:
    draft(world)
    adopt(world)
    actions.end_instrument(by=world.actor("secretary"), at=NOW, code="liuyuan", on=TODAY)
    versions = instruments.versions_of(ANONYMOUS, "liuyuan")
    assert instruments.in_force(versions, TODAY) is None
    with pytest.raises(NotFound, match="nothing_in_force"):
        actions.end_instrument(by=world.actor("secretary"), at=NOW, code="liuyuan", on=TODAY)


def test_a_code_belongs_to_one_place(world: World) -> None:
    draft(world)
    town = world.places["PC-1-1"]
    with pytest.raises(Conflict, match="instrument_elsewhere"):
        draft(world, place=town)


def test_everybody_reads_compares_and_prints(world: World) -> None:
    two_versions(world)
    client = Client()
    assert "柳园居民公约" in client.get("/instruments/").content.decode()
    assert "车停在线里" in client.get("/instruments/liuyuan").content.decode()
    beside = client.get("/instruments/liuyuan/changes?from=1&to=2").content.decode()
    inside = client.get("/instruments/liuyuan/changes?view=inline").content.decode()
    for page in (beside, inside):
        assert "<ins>和门厅</ins>" in page
        assert "<ins>电动车不上楼。</ins>" in page
        assert 'href="#c2"' in page  # from change to change by the keyboard
    made = Document(io.BytesIO(client.get("/instruments/liuyuan/2.docx").content))
    assert "楼道和门厅不堆物。" in [paragraph.text for paragraph in made.paragraphs]
    reader = PdfReader(io.BytesIO(client.get("/instruments/liuyuan/2.pdf").content))
    assert "电动车不上楼。" in reader.pages[0].extract_text().replace("\n", "")
    assert client.get("/instruments/liuyuan?version=9").status_code == 404
    assert client.get("/instruments/liuyuan/changes?to=1").status_code == 404


def test_the_secretary_writes_and_adopts_on_the_pages(world: World) -> None:
    client = Client()
    client.force_login(world.people["secretary"])
    form = {"code": "liuyuan-sop", "kind": "sop", "place": "PC-1", "title": "办事流程", "text": FIRST}
    page = client.post("/instruments/new", form, follow=True)
    assert "会议通过了" in page.content.decode()
    wrong = client.post("/instruments/liuyuan-sop/adopt", {"basis": "", "adopted_on": "", "effective_from": ""})
    assert wrong.status_code == 422
    told = {"basis": "居委会会议", "adopted_on": "2026-03-18", "effective_from": "2026-03-20"}
    done = client.post("/instruments/liuyuan-sop/adopt", told, follow=True).content.decode()
    assert "办事流程" in done
    assert "会议通过了" not in done
    again = client.post(
        "/instruments/liuyuan-sop/draft", {"kind": "sop", "title": "办事流程", "text": SECOND}, follow=True
    )
    assert "草稿" in again.content.decode()
    assert Client().get("/instruments/liuyuan-sop").content.decode().count("第 2 版") == 0


def test_words_in_a_text_are_words(world: World) -> None:
    draft(world, "# <script>alert(1)</script>\n<b>粗</b>")
    adopt(world)
    page = Client().get("/instruments/liuyuan").content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;粗&lt;/b&gt;" in page


MARKED = """# 一、安静
晚上十点到早上七点不装修、不放音响。【诉求：噪音】
# 二、停车
车停在线里。【诉求：停车、 噪音】
大家互相招呼。"""


def test_a_clause_says_which_demands_it_settles() -> None:
    quiet, parking = clauses.clauses_of(MARKED)
    assert quiet == clauses.Clause("一、安静", "晚上十点到早上七点不装修、不放音响。", ("噪音",))
    assert parking.categories == ("停车", "噪音") and parking.heading == "二、停车"
    assert clauses.clauses_of(FIRST) == []
    assert clauses.unknown_names(MARKED, {"停车"}) == ["噪音"]


def test_a_clause_about_no_kind_of_demand_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="unknown_category"):
        draft(world, "不放音响。【诉求：没有这类、停车】")
    assert not Instrument.objects.exists()
    client = Client()
    client.force_login(world.people["secretary"])
    sent = {"title": "公约", "code": "gy", "kind": "covenant", "place": "PC-1"}
    said = client.post("/instruments/new", {**sent, "text": "不放音响。【诉求：没有这类】"})
    assert said.status_code == 422 and "没有“没有这类”" in said.content.decode()


def test_what_holds_here_about_a_kind_of_demand(world: World) -> None:
    draft(world, MARKED)
    path = world.places["PC-1"].path
    assert instruments.clauses_at(path, ["噪音"], TODAY) == []  # a draft binds nobody
    adopt(world)
    assert [clause.heading for _, clause in instruments.clauses_at(path, ["停车"], TODAY)] == ["二、停车"]
    assert len(instruments.clauses_at(f"{path}9/", ["噪音"], TODAY)) == 2
    assert instruments.clauses_at(path, ["电梯"], TODAY) == []
    draft(world, FIRST)
    adopt(world, effective_from=TODAY)
    assert instruments.clauses_at(path, ["噪音"], TODAY) == []  # the next version took the clause out


@pytest.mark.req("K10", where="/instruments/")
def test_a_procedure_is_a_checklist_with_versions(world: World) -> None:
    """SOP: steps with a box before them are ticked on the page and printed with their box."""
    steps = "# 空巢老人探访\n每周一次。\n□ 先打电话\n□ 看燃气和电"
    draft(world, steps, kind="sop", code="visit-sop", title="探访流程")
    adopt(world, code="visit-sop", basis="社区办公会决定")
    page = Client().get("/instruments/visit-sop").content.decode()
    assert page.count('type="checkbox"') == 2 and "<span>先打电话</span>" in page and "<p>每周一次。</p>" in page
    printed = Document(io.BytesIO(Client().get("/instruments/visit-sop/1.docx").content))
    assert "□ 看燃气和电" in "\n".join(one.text for one in printed.paragraphs)
