"""Works packages: what each step needs, who may, money against the books, warranties, the workbook."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from openpyxl import Workbook, load_workbook

from gongzhi.audit.imports import import_workbook, undo_import
from gongzhi.common.errors import Forbidden, NotFound
from gongzhi.common.registry import carry_along
from gongzhi.duties.registry import expiries
from gongzhi.ledger.models import Fund
from gongzhi.ledger.tests.conftest import counted, open_fund, photo
from gongzhi.projects import actions
from gongzhi.projects.actions import Source
from gongzhi.projects.actions.keeping import hand_on_projects
from gongzhi.projects.actions.works import Given, Spot, add_works_lines, inspect_warranty, step_line
from gongzhi.projects.models import Project, ProjectEvent, WorksLine
from gongzhi.projects.queries import works as reads
from gongzhi.projects.rules import works as works_rules
from gongzhi.projects.tests.conftest import TODAY, move, propose, refused, show_all, sponsor_of
from tests.cast import NOW, World

BUDGET = 120_000


def pool(world: World, *, books: bool = True, kind: str = "repair_pool") -> tuple[Project, Fund | None]:
    """A pool that runs; with books, money of the pool fund."""
    fund = open_fund(world, "repair_pool") if books else None
    facts = {"homes": "798"} if kind == "repair_pool" else {"defects": "6"}
    project = propose(world, kind, title="渗漏维修", facts=facts)
    show_all(world, project)
    account = fund.accounts.get(line="main").code if fund else ""
    source = Source("fund" if fund else "public", "维修基金池", 50_000_000, account=account)
    actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    move(world, project, "approve")
    return move(world, project, "start", "secretary"), fund


def spot(world: World, part: str = "2 单元屋面", **more: Any) -> Spot:
    given: dict[str, Any] = {"place": world.places["LY-5"], "part": part, "defect": "roof", "homes": 6}
    return Spot(**{**given, **more})


def listed(world: World, project: Project, *spots: Spot) -> list[WorksLine]:
    wanted = spots or (spot(world),)
    return add_works_lines(by=world.actor("secretary"), at=NOW, number=project.number, spots=wanted)


def step(
    world: World, project: Project, verb: str, by: str = "secretary", position: int = 1, **given: Any
) -> WorksLine:
    actor, made = world.actor(by), Given(**given)
    return step_line(by=actor, at=NOW, number=project.number, position=position, verb=verb, given=made)


def ordered(world: World, project: Project, position: int = 1) -> WorksLine:
    step(world, project, "triage", position=position, urgency="now")
    step(world, project, "budget", position=position, budget=BUDGET)
    return step(world, project, "order", position=position, contractor=world.units["property-1"])


def accepted(world: World, project: Project, position: int = 1) -> WorksLine:
    ordered(world, project, position)
    step(world, project, "done", position=position, uploads=[photo()])
    return step(world, project, "accept", "supervisor", position=position)


def test_a_line_goes_from_the_list_to_its_warranty(world: World) -> None:
    project, fund = pool(world)
    listed(world, project)
    refused("step_not_possible", lambda: step(world, project, "accept"))
    refused("urgency_unknown", lambda: step(world, project, "triage", urgency="whenever"))
    step(world, project, "triage", urgency="now", uploads=[photo()])
    refused("amount_wrong", lambda: step(world, project, "budget", budget=0))
    step(world, project, "budget", budget=BUDGET)
    refused("contractor_missing", lambda: step(world, project, "order"))
    refused("contractor_missing", lambda: step(world, project, "order", contractor=world.units["committee-2"]))
    step(world, project, "order", contractor=world.units["property-1"])
    refused("evidence_missing", lambda: step(world, project, "done"))
    step(world, project, "done", uploads=[photo()])
    refused("own_work", lambda: step(world, project, "accept"))
    refused("reason_missing", lambda: step(world, project, "redo", "supervisor", reason="漏"))
    step(world, project, "redo", "supervisor", reason="试水以后还在漏")
    step(world, project, "done", uploads=[photo()])
    line = step(world, project, "accept", "supervisor")
    assert line.warranty_until == TODAY.replace(year=TODAY.year + 5)
    refused("entry_missing", lambda: step(world, project, "pay", amount=BUDGET))
    refused("entry_unknown", lambda: step(world, project, "pay", amount=BUDGET, entry="F001-0099"))
    assert fund is not None
    counted(world, fund, "budget", 1_000_000)
    entry = counted(world, fund, "repair", BUDGET, about=project.reference)
    refused("entry_too_small", lambda: step(world, project, "pay", amount=BUDGET + 1, entry=entry.number))
    assert step(world, project, "pay", amount=BUDGET, entry=entry.number).entry == entry
    assert works_rules.all_of(reads.totals_of(project)).paid == reads.spent_in_books(project) == BUDGET
    verbs = [one.code for one in ProjectEvent.objects.filter(project=project, kind="works").order_by("sequence")]
    assert verbs[0] == "add" and verbs[-1] == "pay.1" and "redo.1" in verbs


def test_one_entry_pays_several_lines_but_no_more_than_it_is(world: World) -> None:
    project, fund = pool(world)
    assert fund is not None
    listed(world, project, spot(world), spot(world, "3 单元屋面"))
    for position in (1, 2):
        accepted(world, project, position)
    counted(world, fund, "budget", 1_000_000)
    entry = counted(world, fund, "repair", 200_000, about=project.reference)
    step(world, project, "pay", amount=120_000, entry=entry.number)
    refused("entry_too_small", lambda: step(world, project, "pay", position=2, amount=80_001, entry=entry.number))
    step(world, project, "pay", position=2, amount=70_000, entry=entry.number)
    whole = works_rules.all_of(reads.totals_of(project))
    assert reads.spent_in_books(project) - whole.paid == 10_000


def test_an_entry_about_something_else_pays_nothing(world: World) -> None:
    project, fund = pool(world)
    assert fund is not None
    listed(world, project)
    accepted(world, project)
    counted(world, fund, "budget", 1_000_000)
    other = counted(world, fund, "repair", BUDGET, about="project:P00099")
    refused("entry_unknown", lambda: step(world, project, "pay", amount=BUDGET, entry=other.number))


def test_money_from_elsewhere_needs_a_paper(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    accepted(world, project)
    refused("paper_missing", lambda: step(world, project, "pay", amount=BUDGET))
    line = step(world, project, "pay", amount=BUDGET, uploads=[photo()])
    assert (line.paid, line.entry) == (BUDGET, None)


def test_what_is_listed_is_checked(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    refused("listed_already", lambda: listed(world, project))
    refused("listed_already", lambda: listed(world, project, spot(world, "外墙"), spot(world, "外墙")))
    refused("defect_unknown", lambda: listed(world, project, spot(world, defect="canopy")))
    refused("place_outside", lambda: listed(world, project, spot(world, place=world.places["PC-2-1-1"])))
    refused("part_names_a_home", lambda: listed(world, project, spot(world, "502室")))
    refused("homes_wrong", lambda: listed(world, project, spot(world, "外墙", homes=5_001)))
    assert project.works.count() == 1
    step(world, project, "drop", reason="业主自己修好了")
    assert [one.position for one in listed(world, project)] == [2]
    assert works_rules.all_of(reads.totals_of(project)).lines == 1


def test_a_project_without_defects_has_no_lines(world: World) -> None:
    project = propose(world)
    refused("no_works_lines", lambda: listed(world, project))


def test_before_the_approval_lines_are_listed_and_none_is_ordered(world: World) -> None:
    project = propose(world, "works_package", title="打包改造", facts={"defects": "6"})
    add_works_lines(
        by=world.actor("secretary"), at=NOW, number=project.number, spots=[spot(world, "北门", defect="road")]
    )
    step(world, project, "triage", urgency="soon")
    step(world, project, "budget", budget=BUDGET)
    refused("not_running", lambda: step(world, project, "order", contractor=world.units["property-1"]))


def test_who_only_reads_or_is_a_neighbour_changes_nothing(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    with pytest.raises(Forbidden):
        step(world, project, "triage", "auditor", urgency="now")
    for stranger in ("resident", "property"):
        with pytest.raises(NotFound):
            add_works_lines(by=world.actor(stranger), at=NOW, number=project.number, spots=[spot(world, "外墙")])
    assert step(world, project, "triage", "supervisor", urgency="now").state == "triaged"


def test_the_database_keeps_the_steps_whole(world: World) -> None:
    project, _ = pool(world, books=False)
    (line,) = listed(world, project)
    for wrong in ({"state": "done"}, {"state": "accepted"}, {"paid": 5}, {"state": "elsewhere"}, {"budget": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorksLine.objects.filter(pk=line.pk).update(**wrong)


# --- warranties ------------------------------------------------------------------------------------------------------


def test_somebody_looks_once_more_before_a_warranty_ends(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    refused("no_warranty", lambda: inspect(world, project))
    line = accepted(world, project)
    assert line.warranty_until is not None
    (expiry,) = expiries("works", line.warranty_until - dt.timedelta(days=30), line.warranty_until)
    assert (expiry.subject, expiry.on, expiry.path) == (line.reference, line.warranty_until, line.path)
    assert expiry.holder == world.people["secretary"].mandates.get().pk
    assert not expiries("works", TODAY, line.warranty_until - dt.timedelta(days=1))
    refused("evidence_missing", lambda: inspect(world, project, uploads=()))
    refused("line_missing", lambda: inspect(world, project, found=" "))
    assert inspect(world, project) == line


def inspect(world: World, project: Project, **more: Any) -> WorksLine:
    given: dict[str, Any] = {"found": "试水没漏", "uploads": [photo()], "number": project.number, "position": 1}
    return inspect_warranty(by=world.actor("secretary"), at=NOW, **{**given, **more})


def test_only_reports_of_that_sort_at_that_place_are_under_warranty(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    line = accepted(world, project)
    path = world.places["LY-5"].path
    ((found, defect),) = reads.warranted_at(path, "housing.leak", TODAY)
    assert (found, defect.code) == (line, "roof")
    assert reads.warranted_at(world.places["PC-1-1-1"].path, "housing.leak", TODAY)
    assert not reads.warranted_at(path, "housing.service", TODAY)
    assert not reads.warranted_at(path, "", TODAY)
    assert not reads.warranted_at(world.places["PC-2-1-1"].path, "housing.leak", TODAY)
    assert line.warranty_until is not None
    assert not reads.warranted_at(path, "housing.leak", line.warranty_until + dt.timedelta(days=1))


def test_the_next_to_end_comes_first_page_by_page(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project, *(spot(world, f"{n} 单元屋面") for n in (1, 2, 3)))
    for position in (1, 2, 3):
        accepted(world, project, position)
    WorksLine.objects.filter(position=2).update(warranty_until=TODAY + dt.timedelta(days=9))
    actor = world.actor("secretary")
    first = reads.warranties_page(actor, TODAY, limit=2)
    assert [one.position for one in first.items] == [2, 1]
    assert [one.position for one in reads.warranties_page(actor, TODAY, cursor=first.next_cursor).items] == [3]
    assert not reads.warranties_page(world.actor("resident"), TODAY).items


def test_places_and_bodies_that_change_take_lines_along(world: World) -> None:
    project, _ = pool(world, books=False)
    listed(world, project)
    accepted(world, project)
    old = world.places["PC-1"].path
    carry_along({old: "/elsewhere/"}, NOW)
    assert WorksLine.objects.get().path == world.places["LY-5"].path.replace(old, "/elsewhere/")
    heir = world.units["utility"]
    hand_on_projects(world.units["property-1"].pk, heir.pk, NOW)
    assert WorksLine.objects.get().contractor == heir


# --- the workbook ----------------------------------------------------------------------------------------------------

HEADS = ("项目编号", "楼栋或小区代码", "部位", "毛病", "影响户数", "看到什么")


def book(folder: Path, *rows: tuple[Any, ...]) -> Path:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (HEADS, *rows):
        sheet.append(row)
    path = folder / "lines.xlsx"
    made.save(path)
    return path


@pytest.mark.req("H07", where="/setup/import/works-lines/")
def test_a_workbook_is_checked_first_and_its_wrong_rows_come_back(world: World, tmp_path: Path) -> None:
    project, _ = pool(world)
    number, by = project.number, world.actor("secretary")
    good = [(number, "LY-5", f"{n} 单元屋面", "屋面渗漏", 14, "天花板水印") for n in range(1, 58)]
    wrong = [
        (number, "LY-5", "502室", "屋面渗漏", 1, ""),
        (number, "LY-5", "外墙", "会飞", 1, ""),
        (number, "PC-2-1-1", "外墙", "外墙渗漏", 1, ""),
        ("P00099", "LY-5", "外墙", "外墙渗漏", 1, ""),
        (number, "LY-5", "外墙", "外墙渗漏", "几户", ""),
    ]
    path = book(tmp_path, *good, *wrong)
    given: dict[str, Any] = {"kind": "works-lines", "by": by, "at": NOW, "folder": tmp_path}
    dry = import_workbook([path], dry_run=True, **given)
    assert (dry.read, dry.created, dry.wrong, WorksLine.objects.count()) == (62, 57, 5, 0)
    done = import_workbook([path], **given)
    assert done.created == 57 and done.wrong_file is not None
    rows = list(load_workbook(done.wrong_file).worksheets[0].iter_rows(values_only=True))
    assert any("不写门牌号" in str(cell) for row in rows for cell in row)
    assert works_rules.all_of(reads.totals_of(project)).homes == 798
    again = import_workbook([path], **given)
    assert (again.created, WorksLine.objects.count()) == (0, 57)
    assert ProjectEvent.objects.filter(project=project, kind="works").count() == 1


def test_an_import_is_undone_until_somebody_looked(world: World, tmp_path: Path) -> None:
    project, _ = pool(world)
    by = world.actor("secretary")
    path = book(tmp_path, (project.number, "LY-5", "外墙", "外墙渗漏", 1, ""))
    made = import_workbook([path], kind="works-lines", by=by, at=NOW, folder=tmp_path)
    number = made.reference.removeprefix("import:")
    step(world, project, "triage", urgency="later")
    refused("import_in_use", lambda: undo_import(by=by, at=NOW, number=number))
    WorksLine.objects.update(state="listed")
    assert undo_import(by=by, at=NOW, number=number) == 1


def test_who_may_not_run_projects_brings_in_nothing(world: World, tmp_path: Path) -> None:
    project, _ = pool(world)
    path = book(tmp_path, (project.number, "LY-5", "外墙", "外墙渗漏", 1, ""))
    for stranger in ("resident", "auditor"):
        with pytest.raises(Forbidden):
            import_workbook([path], kind="works-lines", by=world.actor(stranger), at=NOW, folder=tmp_path)
    assert not WorksLine.objects.exists()


@pytest.mark.req("H08", where="/projects/{number}/lines")
def test_a_package_is_finished_when_nothing_on_its_list_is_left(world: World) -> None:
    project, _fund = pool(world)
    listed(world, project, spot(world), spot(world, "3 单元屋面"))
    for row in project.milestones.order_by("position"):
        given = {"number": project.number, "position": row.position, "uploads": [photo()]}
        actions.finish_milestone(by=world.actor("secretary"), at=NOW, **given)
    ordered(world, project)
    step(world, project, "drop", position=2, reason="和旁边一处合在一起修")
    refused("lines_open", lambda: move(world, project, "finish", "secretary"))
    step(world, project, "done", uploads=[photo()])
    assert move(world, project, "finish", "secretary").state == "acceptance"
    refused("lines_open", lambda: move(world, project, "accept", "secretary"))
