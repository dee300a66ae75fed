"""规划: eleven chapters, each with goals and measures and maybe a figure; it begins when all are written."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from docx import Document

from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.projects import actions, plans, queries
from gongzhi.projects.actions import Measure, Source
from gongzhi.projects.models import Project
from gongzhi.projects.tests.conftest import TODAY, move, open_problem, propose, show_all, sponsor_of
from tests.cast import NOW, World

UNTIL = TODAY + dt.timedelta(days=300)
FIGURE = "cases.resolution"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def plan(world: World) -> Project:
    """Approved: asked, paid for with work, with a sponsor."""
    project = propose(world, kind="plan", title="柳园社区三年治理规划")
    show_all(world, project)
    work = Source("in_kind", "社区出人写", thing="两个人写半年")
    actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=work)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    return move(world, project, "approve")


def write(world: World, plan: Project, section: str, **more: object) -> None:
    given = {"goal": "有人管", "name": "每栋选一位楼长", "shown": "楼长名单", "due_on": UNTIL, **more}
    measure = Measure(section=section, **given)  # type: ignore[arg-type]  # as the tests give it
    actions.add_measure(by=world.actor("secretary"), at=NOW, number=plan.number, measure=measure)


@pytest.mark.req("M06", where="/projects/{number}/plan")
def test_a_plan_begins_when_each_of_its_eleven_chapters_has_a_measure(world: World, plan: Project) -> None:
    sections = queries.kind_of(plan).sections
    assert len(sections) == 11
    for one in sections[:-1]:
        write(world, plan, one.code)
    with pytest.raises(Conflict) as refused:
        move(world, plan, "start", "secretary")
    assert (refused.value.code, refused.value.facts["missing"]) == ("chapters_empty", "创新")
    write(world, plan, sections[-1].code, goal="试新办法")
    assert move(world, plan, "start", "secretary").state == "implementing"
    chapters = plans.chapters_of(plan, TODAY)
    assert plans.counts(chapters) == (0, 11) and list(chapters[-1].goals) == ["试新办法"]
    assert plan.milestones.filter(section="").count() == 3  # the kind's own steps stand beside the measures


@pytest.mark.req("M06", where="/projects/{number}/plan")
def test_a_measure_keeps_what_its_figure_was_and_what_it_is_to_reach(world: World, plan: Project) -> None:
    write(world, plan, "review", indicator=FIGURE, target=Decimal("90"))
    row = plan.milestones.get(section="review")
    now = plans.figures_now(world.actor("secretary"), plan, NOW)
    assert set(now) == {FIGURE} and row.start == now[FIGURE]
    (chapter,) = (one for one in plans.chapters_of(plan, TODAY, {FIGURE: Decimal("90")}) if one.goals)
    assert chapter.measures[0].reached
    after = UNTIL + dt.timedelta(1)
    (chapter,) = (one for one in plans.chapters_of(plan, after, {FIGURE: Decimal("89.9")}) if one.goals)
    assert not chapter.measures[0].reached and chapter.measures[0].late


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("section_unknown", {"section": "elsewhere"}),
        ("line_missing", {"goal": " "}),
        ("due_in_the_past", {"due_on": TODAY - dt.timedelta(1)}),
        ("indicator_unknown", {"indicator": "nothing.like.this", "target": Decimal(1)}),
        ("target_missing", {"indicator": FIGURE}),
        ("target_missing", {"target": Decimal(1)}),
    ],
)
def test_what_cannot_be_written_is_refused(world: World, plan: Project, code: str, more: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        write(world, plan, **{"section": "goal", **more})  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not plan.milestones.exclude(section="").exists()


def test_only_who_runs_it_writes_and_only_a_plan_has_chapters(world: World, plan: Project) -> None:
    measure = Measure("goal", "有人管", "选楼长", "名单", UNTIL)
    with pytest.raises(Forbidden):
        actions.add_measure(by=world.actor("auditor"), at=NOW, number=plan.number, measure=measure)
    other = propose(world, problem=open_problem(world, "另一个问题"))
    with pytest.raises(Refused) as refused:
        actions.add_measure(by=world.actor("secretary"), at=NOW, number=other.number, measure=measure)
    assert refused.value.code == "no_plan"


@pytest.mark.req("M06", where="/works/{number}/plan")
def test_the_owner_writes_on_the_page_and_everybody_reads(world: World, plan: Project) -> None:
    secretary, anybody, auditor = Client(), Client(), Client()
    secretary.force_login(world.people["secretary"])
    auditor.force_login(world.people["auditor"])
    page = f"/projects/{plan.number}/plan"
    given = {"section": "goal", "goal": "有人管", "name": "选楼长", "shown": "名单", "due_on": f"{UNTIL:%Y-%m-%d}"}
    assert auditor.post(page, given).status_code == 403
    refused = secretary.post(page, {**given, "target": "9"})
    assert refused.status_code == 422 and "选了指标，也要写到多少" in refused.content.decode()
    assert secretary.post(page, given).status_code == 302
    assert "选楼长" in auditor.get(page).content.decode() and "写进规划" not in auditor.get(page).content.decode()
    shown = anybody.get(f"/works/{plan.number}/plan").content.decode()
    assert "1 条措施，做完 0 条" in shown and "选楼长" in shown and "还没写" in shown
    paper = Document(io.BytesIO(anybody.get(f"/works/{plan.number}/plan?as=docx").content))
    assert any("选楼长" in cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    plain = propose(world, problem=open_problem(world, "另一个问题"))
    assert secretary.get(f"/projects/{plain.number}/plan").status_code == 404
