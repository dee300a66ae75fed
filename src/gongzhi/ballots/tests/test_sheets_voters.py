"""The workbook of voters: template, dry run, wrong rows, and undone as long as the roll is not published."""

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client

from gongzhi.audit.imports import Outcome, import_workbook, undo_import
from gongzhi.audit.models import Entry
from gongzhi.ballots import actions, electorates, rules
from gongzhi.ballots.models import Elector, Roll, RollEntry
from gongzhi.ballots.sheets_voters import COLUMNS
from gongzhi.ballots.tests.elections import load_laws
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.spreadsheets import workbook
from gongzhi.people import vault
from gongzhi.people.models import Person
from tests import cast
from tests.cast import NOW, World, phone_of

HEADERS = [column.header for column in COLUMNS]
CLASS = "户籍在本村，在本村居住"


@pytest.fixture
def world(db: None) -> World:
    world = cast.build()
    load_laws()
    return world


@pytest.fixture
def roll(world: World) -> Roll:
    return drawn_up(world)


def drawn_up(world: World, law: str = electorates.VILLAGE, place: str = "PC-1") -> Roll:
    """A roll for which people register, still empty."""
    where, by = world.places[place], world.actor("administrator" if place != "PC-1" else "secretary")
    return actions.freeze_roll(
        by=by if place == "PC-1" else cast.SETUP, at=NOW, place=where, kind="voters", measures=("heads",), entries=[],
        full_names=True, law=law, polls_on=local_date(NOW) + dt.timedelta(days=30),
        basis=electorates.basis_of(law, where.path, local_date(NOW)),
    )  # fmt: skip


def line(roll: Roll, name: str, group: str = "一组", phone: str = "", capacity: str = CLASS) -> list[str]:
    return [roll.number, name, group, phone, capacity]


def bring(world: World, folder: Path, rows: list[list[str]], who: str = "secretary", dry_run: bool = False) -> Outcome:
    path = folder / "选民-演示数据.xlsx"
    path.write_bytes(workbook(HEADERS, rows))
    return import_workbook([path], kind="voters", by=world.actor(who), at=NOW, folder=folder, dry_run=dry_run)


@pytest.mark.req("G01", where="/setup/import/voters/")
def test_a_list_of_voters_is_checked_brought_in_and_undone(world: World, roll: Roll, tmp_path: Path) -> None:
    before = Person.objects.count()
    rows = [
        line(roll, "演示甲", phone="13811110001"),
        line(roll, "演示乙", "二组"),
        line(roll, "演示丙", "二组", phone_of("resident"), "1"),
    ]
    dry = bring(world, tmp_path, rows, dry_run=True)
    assert (dry.read, dry.imported, dry.wrong, dry.created) == (3, 3, 0, 3) and not RollEntry.objects.exists()
    done = bring(world, tmp_path, rows)
    assert done.created == 3 and Person.objects.count() == before + 2, "who has an account keeps it"
    assert list(roll.entries.values_list("position", "group", "capacity")) == [
        (1, "一组", "1"), (2, "二组", "1"), (3, "二组", "1"),
    ]  # fmt: skip
    assert Elector.objects.filter(entry__roll=roll, person=world.people["resident"]).exists()
    [held] = vault.people_by_phone(["13811110001"]).values()
    assert vault.own_values(Person.objects.get(pk=held))["name"] == "演示甲"
    entry = Entry.objects.get(action="imports.bring_in")
    assert "演示" not in str(entry.changes) and "138" not in str(entry.changes["kind"])
    again = bring(world, tmp_path, [rows[0], line(roll, "演示丁")])
    assert (again.imported, again.created) == (2, 1), "who is there already stays as they are"
    by = world.actor("secretary")
    undo_import(by=by, at=NOW, number=again.reference.removeprefix("import:"))
    undo_import(by=by, at=NOW, number=done.reference.removeprefix("import:"))
    assert not RollEntry.objects.exists() and Person.objects.count() == before


def test_after_it_is_published_nothing_is_brought_in_or_undone(world: World, roll: Roll, tmp_path: Path) -> None:
    done = bring(world, tmp_path, [line(roll, "演示甲")])
    by = world.actor("secretary")
    actions.publish_roll(by=by, at=NOW, number=roll.number)
    with pytest.raises(Refused, match="import_in_use"):
        undo_import(by=by, at=NOW, number=done.reference.removeprefix("import:"))
    late = bring(world, tmp_path, [line(roll, "演示乙")])
    assert late.wrong == 1 and "已经公布" in late.first_wrong[0].reason
    assert RollEntry.objects.count() == 1


def test_wrong_rows_come_back_with_the_reason(world: World, roll: Roll, tmp_path: Path) -> None:
    other = drawn_up(world, place="PC-2")
    actions.enter_voters(
        by=cast.SETUP, at=NOW, number=other.number, capacity="1",
        people=[rules.Registered("演示", "一组", phone_of("neighbour"))],
    )  # fmt: skip
    rows = [
        line(roll, "演示甲", phone="13811110001"),
        line(roll, "演示甲又", phone="13811110001"),
        line(roll, "演示乙", phone="123"),
        line(roll, ""),
        line(roll, "演示丙", capacity="随便"),
        line(other, "演示丁"),
        ["MC-000000-XXXXX", "演示戊", "一组", "", CLASS],
        line(roll, "演示己", phone=phone_of("neighbour")),
    ]
    done = bring(world, tmp_path, rows)
    assert (done.read, done.created, done.wrong) == (8, 1, 7)
    reasons = [one.reason for one in done.first_wrong]
    for said, reason in zip(
        ("写了两次", "手机号", "是空的", "属于哪一种", "不由您办", "不由您办", "第13条"), reasons, strict=True
    ):
        assert said in reason, reason
    assert done.wrong_file is not None and done.wrong_file.exists()


def test_who_may(world: World, roll: Roll, tmp_path: Path) -> None:
    for who in ("resident", "grid_member", "auditor"):
        with pytest.raises(Forbidden):
            bring(world, tmp_path, [line(roll, "演示甲")], who)
    secretary = Client()
    secretary.force_login(world.people["secretary"])
    assert secretary.get("/setup/import/voters/template").status_code == 200
    page = secretary.get(f"/votes/rolls/{roll.number}").content.decode()
    assert "/setup/import/voters/" in page and roll.number in page
    resident = Client()
    resident.force_login(world.people["resident"])
    assert "/setup/import/voters/" not in resident.get(f"/votes/rolls/{roll.number}").content.decode()
