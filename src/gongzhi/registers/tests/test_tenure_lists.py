"""The workbook of owners and tenants: template, dry run, wrong rows, undo, and what contradicts, side by side."""

import datetime as dt
import random
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import Client

from gongzhi.audit.imports import Outcome, import_workbook, undo_import
from gongzhi.audit.models import Access, Entry
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.paging import encode_cursor
from gongzhi.common.sheets import find_kind, template_of
from gongzhi.common.spreadsheets import workbook
from gongzhi.packs.models import Pack
from gongzhi.people import vault
from gongzhi.people.models import Person, VaultKey
from gongzhi.places.models import Place
from gongzhi.registers import actions
from gongzhi.registers.models import RegisterConflict, Tenure
from gongzhi.registers.queries import households, lettings, owners, tenures
from gongzhi.registers.sheets_tenures import COLUMNS
from gongzhi.registers.tests.homes import HOUSE, NOW, TODAY, approve, declare, homes, load_law, said
from tests.cast import World, phone_of

pytestmark = pytest.mark.django_db
HEADERS = [column.header for column in COLUMNS]


@pytest.fixture
def doors(world: World) -> dict[str, Place]:
    load_law()
    return homes(world, ("1-101", "1-102", "2-301", "2-302"))


def line(door: str, name: str = "", phone: str = "", share: str = "", **more: str) -> list[str]:
    given = {"房屋代码": f"LY-5-{door}", "身份": "业主", "起始日期": "2020-05-01", "姓名": name, "电话": phone}
    given |= {"份额": share, **more}
    return [given.get(header, "") for header in HEADERS]


def bring(world: World, folder: Path, rows: list[list[str]], who: str = "secretary", dry_run: bool = False) -> Outcome:
    path = folder / "业主-演示数据.xlsx"
    path.write_bytes(workbook(HEADERS, rows))
    return import_workbook([path], kind="tenures", by=world.actor(who), at=NOW, folder=folder, dry_run=dry_run)


def good() -> list[list[str]]:
    return [
        line("1-101", "演示甲", "13811110001", "全部"),
        line("1-102", "演示甲", "13811110001", "1/2"),
        line("1-102", "演示乙", "13811110002", "1/2"),
        line("2-301", 单位代码="property-1"),
        line("2-302", 单位代码="property-1"),
        line("1-101", 身份="租客", 人数="3", 到期日期="2026-12-31", 备案号="ZL-1"),
    ]


@pytest.mark.req("N02", where="/imports/tenures/")
def test_a_list_becomes_a_register_that_adds_up_and_can_be_undone(
    world: World, doors: dict[str, Place], tmp_path: Path
) -> None:
    before = (Person.objects.count(), VaultKey.objects.count(), Tenure.objects.count())
    dry = bring(world, tmp_path, good(), dry_run=True)
    assert (dry.created, dry.wrong, Tenure.objects.count()) == (6, 0, 0)
    assert dry.preview is not None and [row[1] for row in dry.preview.rows] == [3, 2, 1, 0]
    outcome = bring(world, tmp_path, good())
    register = owners.owners_register(world.actor("grid_member"), world.places["LY-5"], TODAY)
    assert register.totals == owners.rules.Totals(units=4, heads=3, area=4 * 8_912, without_owner=0, without_area=0)
    assert [entry.shares for entry in register.entries] == ["complete"] * 4
    person = vault.find_person("phone", "13811110001")
    assert person is not None and not person.has_usable_password()
    assert [one.dwelling for one in tenures.standing(person.pk, "/", TODAY)] == ["LY-5-1-101", "LY-5-1-102"]
    assert bring(world, tmp_path, good()).created == 0
    assert "演示甲" not in str(list(Entry.objects.values_list("changes", flat=True)))
    undo_import(by=world.actor("administrator"), at=NOW, number=outcome.reference.removeprefix("import:"))
    assert (Person.objects.count(), VaultKey.objects.count(), Tenure.objects.count()) == before


@pytest.mark.req("N02")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (line("9-999", "演示甲"), "先导入房屋"),
        (line("1-101", "演示甲", "12"), "电话号码不完整"),
        (line("1-101", "演示甲", share="3/2"), "份额写成"),
        (line("1-101", "演示甲", 人数="2"), "只写一样"),
        (line("1-101"), "只写一样"),
        (line("1-101", 身份="房东", 姓名="演示甲"), "身份写"),
        (line("1-101", "演示甲", 身份="租客", 到期日期="2026-12-31"), "只有业主写姓名"),
        (line("1-101", 身份="租客", 人数="2"), "租客要写到期日期"),
        (line("1-101", 身份="租客", 人数="21", 到期日期="2026-12-31"), "人数写 1 到 20"),
        (line("1-101", 单位代码="nobody"), "没有代码是"),
        (line("1-101", "演示甲", 起始日期="2030-01-01"), "起始日期要在今天"),
        (line("1-101", "演示甲", "13900000010"), "您自己的登记"),
    ],
)
def test_a_wrong_row_says_why(
    world: World, doors: dict[str, Place], tmp_path: Path, row: list[str], words: str
) -> None:
    if "您自己" in words:
        row = line("1-101", "演示甲", phone_of("secretary"))
    outcome = bring(world, tmp_path, [row])
    assert outcome.wrong == 1 and words in outcome.first_wrong[0].reason
    assert not Tenure.objects.exists()


def test_rows_that_contradict_each_other_are_wrong(world: World, doors: dict[str, Place], tmp_path: Path) -> None:
    rows = [
        line("1-101", "演示甲", "13811110001", "2/3"),
        line("1-101", "演示乙", "13811110002", "1/2"),
        line("1-102", "演示丙", "13811110001", "全部"),
        line("1-101", "演示甲", "13811110001", "1/3"),
    ]
    outcome = bring(world, tmp_path, rows)
    reasons = [one.reason for one in outcome.first_wrong]
    assert len(reasons) == 3 and "超过了整套" in reasons[0] and "两个名字" in reasons[1] and "写了两次" in reasons[2]


def test_who_may_not_import(world: World, doors: dict[str, Place], tmp_path: Path) -> None:
    for who in ("grid_member", "resident", "auditor"):
        with pytest.raises(Refused):
            bring(world, tmp_path, good(), who)


@pytest.mark.req("N02", where="/registers/conflicts/")
def test_what_contradicts_is_neither_imported_nor_lost(world: World, doors: dict[str, Place], tmp_path: Path) -> None:
    held = approve(world, declare(world, "resident", doors["1-101"]))
    rows = [
        line("1-101", "演示丁", "13811110009", "全部"),
        line("1-102", "别的名字", phone_of("resident"), "全部"),
    ]
    outcome = bring(world, tmp_path, rows)
    assert (outcome.wrong, Tenure.objects.count()) == (0, 1)
    grid = world.actor("grid_member")
    shares, name = tenures.conflicts_for(grid)
    assert [(one.kind, one.held_id) for one in (shares, name)] == [("shares", held.pk), ("other_name", None)]
    assert "别的名字".encode() not in bytes(name.row)
    assert Access.objects.filter(purpose="import-compare").exists()
    with pytest.raises(Refused, match="four_eyes"):
        actions.decide_conflict(by=world.actor("secretary"), at=NOW, conflict=shares, decision="kept")
    with pytest.raises(Refused, match="bad_choice"):
        actions.decide_conflict(by=grid, at=NOW, conflict=name, decision="took")
    actions.decide_conflict(by=grid, at=NOW, conflict=shares, decision="took")
    held.refresh_from_db()
    assert (held.status, held.reason) == ("ended", "corrected")
    actions.decide_conflict(by=grid, at=NOW, conflict=name, decision="other")
    new = Tenure.objects.get(dwelling=doors["1-102"])
    assert new.person_id not in (None, world.people["resident"].pk)
    assert not RegisterConflict.objects.exclude(row=b"").exists()
    with pytest.raises(Conflict):
        actions.decide_conflict(by=grid, at=NOW, conflict=name, decision="kept")


def test_an_import_is_undone_with_its_conflicts(world: World, doors: dict[str, Place], tmp_path: Path) -> None:
    approve(world, declare(world, "resident", doors["1-101"]))
    keys = VaultKey.objects.count()
    outcome = bring(world, tmp_path, [line("1-101", "演示丁", "13811110009", "全部")])
    assert RegisterConflict.objects.count() == 1
    undo_import(by=HOUSE, at=NOW, number=outcome.reference.removeprefix("import:"))
    assert not RegisterConflict.objects.exists() and VaultKey.objects.count() == keys


@pytest.mark.req("N02")
def test_owners_on_a_day_and_what_is_missing(world: World, doors: dict[str, Place]) -> None:
    by = world.actor("grid_member")
    approve(world, declare(world, "resident", doors["1-101"], said(share=Fraction(1, 2))))
    Place.objects.filter(pk=doors["2-302"].pk).update(features={})
    found = owners.missing_in(by, world.places["LY-5"], TODAY)
    assert [entry.code for entry in found.shares_short] == ["LY-5-1-101"]
    assert len(found.without_owner) == 3 and [e.code for e in found.without_area] == ["LY-5-2-302"]
    assert not found.complete
    declare(world, "neighbour", doors["1-102"])
    assert len(owners.missing_in(by, world.places["LY-5"], TODAY).unproved) == 1
    before = owners.owners_register(by, world.places["LY-5"], dt.date(2025, 4, 30))
    assert before.totals.without_owner == 4 and before.totals.heads == 4
    with pytest.raises(Refused):
        owners.owners_register(world.actor("other_grid_member"), world.places["LY-5"], TODAY)


@pytest.mark.req("N03", where="/registers/lettings/PC-1")
def test_lettings_are_numbers_and_small_ones_are_hidden(world: World, doors: dict[str, Place]) -> None:
    owner = declare(world, "resident", doors["1-101"])
    approve(world, owner)
    count = actions.declare_tenants(
        by=world.actor("resident"),
        at=NOW,
        dwelling=doors["1-101"],
        heads=4,
        since=TODAY,
        expires_on=TODAY + dt.timedelta(days=30),
    )
    approve(world, count)
    by, place = world.actor("secretary"), world.places["PC-1"]
    whole, parts = lettings.lettings_in(by, place, TODAY)
    assert (whole.tenants, whole.dwellings) == (None, None)
    assert [part.tenants for part in parts] == [None]
    Tenure.objects.filter(pk=count.pk).update(heads=5)
    assert lettings.lettings_in(by, place, TODAY)[0].tenants == 5


def test_the_template_and_the_law_are_there(world: World) -> None:
    load_law()
    kind = find_kind("tenures")
    assert kind is not None and template_of(kind)[:2] == b"PK"
    assert Pack.objects.filter(name="cn.owners").exists()


def many_homes(world: World, folder: Path) -> list[str]:
    """Thirty homes of LY-5 with every kind of holder and area; their codes by path."""
    draw = random.Random(7)
    doors = homes(world, tuple(f"{stair}-{floor}01" for stair in range(1, 6) for floor in range(1, 7)))
    rows = []
    for door, place in doors.items():
        known = draw.choice([{"registered": 8_000, "contract": 1}, {"measured": 7_001}, {"contract": 6_999}, {}])
        Place.objects.filter(pk=place.pk).update(features={f"area_{name}": value for name, value in known.items()})
        holder = draw.choice(["nobody", "body", "甲", "甲", "乙", "甲乙"])
        if holder == "body":
            rows.append(line(door, 单位代码="property-1"))
        elif holder != "nobody":
            share = "1/2" if len(holder) == 2 else draw.choice(["全部", "1/3"])
            phones = {"甲": "13811110001", "乙": "13811110002"}
            rows += [line(door, f"演示{name}", phones[name], share) for name in holder]
    assert bring(world, folder, rows).wrong == 0
    return sorted(place.path for place in doors.values())


@pytest.mark.req("N02", where="/registers/owners/LY-5")
def test_the_one_statement_counts_as_the_rules_do_and_pages_join_up(world: World, tmp_path: Path) -> None:
    load_law()
    paths = many_homes(world, tmp_path)
    by, place = world.actor("grid_member"), world.places["LY-5"]
    whole = owners.owners_register(by, place, TODAY)
    assert [entry.path for entry in whole.entries] == paths and whole.next_after == ""
    units = []
    for entry in whole.entries:
        dwelling = Place.objects.get(path=entry.path)
        held = Tenure.objects.filter(tenures.held(TODAY), dwelling=dwelling, capacity="owner")
        holders = frozenset(f"{row.person_id or ''}/{row.organization_id or ''}" for row in held)
        area = owners.rules.counted_area(owners.areas_of(dwelling))
        assert entry.area == area and entry.address == tenures.address_of(dwelling)
        assert sorted(owner.share or 0 for owner in entry.owners) == sorted(tenures.share_of(row) or 0 for row in held)
        units.append(owners.rules.Unit(entry.code, holders, area.hundredths))
    assert whole.totals == owners.rules.totals_of(units) and sum(whole.sources.values()) == 30
    numbers: dict[object, int] = {}
    for unit, entry in zip(units, whole.entries, strict=True):
        assert entry.head == numbers.setdefault(owners.rules.head_key(unit), len(numbers) + 1)
    after, joined = "", []
    while page := owners.owners_register(by, place, TODAY, after=after, most=7):
        assert (page.totals, page.sources) == (whole.totals, whole.sources)
        joined += page.entries
        if not (after := page.next_after):
            break
    assert joined == whole.entries


@pytest.mark.req("N02")
def test_households_page_by_page_are_the_whole(world: World, doors: dict[str, Place], tmp_path: Path) -> None:
    bring(world, tmp_path, good())
    by, place = world.actor("grid_member"), world.places["LY-5"]
    whole = households.households_register(by, place, TODAY)
    assert (whole.count, whole.people, whole.spoken) == (2, 6, 0)
    first = households.households_register(by, place, TODAY, most=1)
    rest = households.households_register(by, place, TODAY, after=first.next_after, most=1)
    assert (first.count, rest.count, rest.next_after) == (2, 2, "")
    assert [home.address for home in [*first.homes, *rest.homes]] == [home.address for home in whole.homes]


def test_a_made_up_cursor_is_refused(world: World, doors: dict[str, Place]) -> None:
    client = Client()
    client.force_login(world.people["grid_member"])
    for cursor in ("x", encode_cursor(5), encode_cursor("\0"), encode_cursor("a", "b")):
        for address in ("owners/LY-5", "households/LY-5", "tenures/", "conflicts/"):
            assert client.get(f"/registers/{address}", {"after": cursor}).status_code == 422, address
