"""Workbooks of every kind: templates, dry run, wrong rows, one transaction, twice the same, undone while free."""

import datetime as dt

import pytest
from openpyxl import Workbook, load_workbook

from gongzhi.audit.imports import get_import, import_workbook, imports_made, keys_of, ranges_of, undo_import
from gongzhi.audit.models import Entry
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.sheets import Row, WrongRow, kinds, template_of
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions, vault
from gongzhi.people.models import Mandate, Organization, Person, Post, VaultKey, VaultValue
from gongzhi.places.actions import rename_place
from gongzhi.places.models import Place
from tests import cast
from tests.cast import NOW, SETUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return cast.build()


@pytest.fixture
def bring(world, tmp_path):
    """`bring("grids", [header, *rows], dry_run=True)` by the administrator; returns the outcome."""

    def _bring(kind, rows, by=None, **more):
        path = tmp_path / f"演示数据-{kind}.xlsx"
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
        actor = by or world.actor("administrator")
        return import_workbook([path], kind=kind, by=actor, at=NOW, folder=tmp_path, **more)

    return _bring


def cells(path) -> list[tuple]:
    return [row for sheet in load_workbook(path).worksheets for row in sheet.iter_rows(values_only=True)]


def number_of(outcome) -> str:
    return outcome.reference.removeprefix("import:")


GRIDS = ["代码", "名称", "层级", "上级代码", "户数", "目标户数"]
GOOD = [
    ["YS-1-1", "演示一网格", "四级网格（楼栋）", "YS-1", 152, ""],
    ["YS-1", "演示一片", "三级网格（片区）", "PC-1", "", ""],
]
HOMES = ["楼栋代码", "单元", "房号", "户主", "电话"]


# Ranges and cells


@pytest.mark.parametrize("keys", [[], [1], [1, 2, 3, 7, 9, 10], [5, 4, 3]])
def test_keys_come_back_from_their_ranges(keys) -> None:
    assert keys_of(ranges_of(keys)) == sorted(keys)


def test_a_hundred_thousand_keys_of_one_insert_are_one_word() -> None:
    assert ranges_of(range(1, 100_001)) == ["1-100000"]
    assert keys_of(["018f6e2a-aaaa-7bbb-8ccc-123456789abc"]) == ["018f6e2a-aaaa-7bbb-8ccc-123456789abc"]


@pytest.mark.parametrize("text", ["2026-03-18", "2026/3/18", "2026年3月18日", dt.date(2026, 3, 18)])
def test_days_are_read_as_offices_write_them(text) -> None:
    assert Row({"on": text}).day("on", "日期") == dt.date(2026, 3, 18)


@pytest.mark.parametrize("text", ["明天", "2026-13-01", "18"])
def test_other_days_are_wrong(text) -> None:
    with pytest.raises(WrongRow):
        Row({"on": text}).day("on", "日期")


# Templates


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_template_has_the_headers_its_own_reader_finds(kind, tmp_path, world) -> None:
    for name in ("laws/cn.owners.toml", "sharing/common.toml"):  # what tenures and offers are read by
        load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / name)
    path = tmp_path / "t.xlsx"
    path.write_bytes(template_of(kind))
    rows = cells(path)
    assert list(rows[0]) == [column.header for column in kind.columns]
    asked = {"kind": kind.name, "by": SETUP, "at": NOW, "folder": tmp_path, "dry_run": True}
    assert import_workbook([path], **asked).read == 0, "an empty template is read and holds nothing"


# Places


@pytest.mark.req("C02")
def test_grids_in_any_order_and_twice_the_same(bring, tmp_path) -> None:
    dry = bring("grids", [GRIDS, *GOOD], dry_run=True)
    assert (dry.read, dry.imported, dry.wrong, dry.created) == (2, 2, 0, 2)
    assert not Place.objects.filter(code="YS-1").exists(), "a dry run writes nothing"
    done = bring("grids", [GRIDS, *GOOD])
    assert done.report.as_json() == {"read": 2, "imported": 2, "wrong": 0, "wrong_file": None}
    made = Place.objects.get(code="YS-1-1")
    assert (made.path, made.households, made.level) == ("/321171102/PC/PC-1/YS-1/YS-1-1/", 152, "grid4")
    entries = Entry.objects.count()
    again = bring("grids", [GRIDS, *GOOD])
    assert (again.imported, again.created, again.reference) == (2, 0, "")
    assert Entry.objects.count() == entries, "nothing new, nothing to remember"


def test_wrong_rows_come_back_with_the_reason(bring) -> None:
    rows = [
        GRIDS,
        *GOOD,
        ["YS-2", "", "三级网格（片区）", "PC-1", "", ""],
        ["YS-3", "演示三片", "什么网格", "PC-1", "", ""],
        ["YS-4", "演示四片", "三级网格（片区）", "nowhere", "", ""],
        ["YS-4-1", "演示四一", "四级网格（楼栋）", "YS-4", "", ""],
        ["YS-5", "演示五片", "三级网格（片区）", "PC-1", "许多", ""],
        ["PC-1", "别的名称", "二级网格（基层社区）", "PC", "", ""],
        ["YS-1", "又一片", "三级网格（片区）", "PC-1", "", ""],
    ]
    done = bring("grids", rows)
    assert (done.read, done.imported, done.wrong) == (9, 2, 7)
    found = cells(done.wrong_file)
    reasons = {row[0]: row[-1] for row in found[1:]}
    assert "是空的" in reasons["YS-2"] and "没有“什么网格”" in reasons["YS-3"]
    assert "没有上级 nowhere" in reasons["YS-4"] and "上级那一行有错" in reasons["YS-4-1"]
    assert "要写数字" in reasons["YS-5"] and "已经有了" in reasons["PC-1"] and "写了两次" in reasons["YS-1"]
    assert [row.line for row in done.first_wrong] == [4, 5, 6, 7, 8, 9, 10]


def test_a_dwelling_is_an_address_and_never_a_person(bring) -> None:
    rows = [HOMES, ["LY-5", "1", "101", "演示某人", "13900000001"], ["LY-5", "2单元", "301室", "", ""]]
    done = bring("dwellings", rows)
    assert done.created == 2
    home = Place.objects.get(code="LY-5-2-301")
    assert (home.name, home.kind, home.parent.code) == ("2单元 301室", "dwelling", "LY-5")
    kept = "".join(str(vars(row)) for row in Place.objects.filter(code__startswith="LY-5-"))
    assert "演示某人" not in kept and "13900000001" not in kept
    assert "演示某人" not in str(list(Entry.objects.values_list("changes", flat=True)))


def test_only_inside_ones_own_places(bring, world) -> None:
    secretary = world.actor("secretary")
    inside = bring("grids", [GRIDS, ["YS-9", "演示九片", "三级网格（片区）", "PC-1", "", ""]], by=secretary)
    outside = bring("grids", [GRIDS, ["YS-8", "演示八片", "三级网格（片区）", "PC-2", "", ""]], by=secretary)
    assert (inside.imported, outside.wrong) == (1, 1)
    assert "不在您管的地方" in outside.first_wrong[0].reason
    with pytest.raises(Forbidden):
        bring("grids", [GRIDS, *GOOD], by=world.actor("resident"))
    with pytest.raises(SignInRequired):
        bring("grids", [GRIDS, *GOOD], by=ANONYMOUS)


def test_a_file_that_is_no_table_and_a_kind_that_is_none(bring, world, tmp_path) -> None:
    with pytest.raises(Refused) as refused:
        bring("grids", [["什么", "都不是"], [1, 2]])
    assert refused.value.code == "no_header"
    with pytest.raises(NotFound):
        bring("everything", [GRIDS])


# Organizations, posts and people

BODIES = ["代码", "名称", "类别", "上级代码", "地点代码", "责任单位类型", "另管的分类"]
SOME_BODIES = [
    ["ys-sub", "演示物业二部", "物业服务单位", "ys-top", "PC-1", "", ""],
    ["ys-top", "演示物业", "物业服务单位", "command", "PC-1", "物业服务处", ""],
]
STAFF = ["岗位代码", "岗位名称", "角色", "地点代码", "组织代码", "名额", "任职条件", "姓名", "手机号"]
STAFF += ["任职依据", "从哪天起", "用工类型", "待遇"]
FIRST = ["ys-wgy", "网格员", "网格员", "PC-1-1-1", "", 2, "热心居民", "演示甲", "13811110001", "演示文1号"]
SOME_STAFF = [
    [*FIRST, "2026-01-01", "专职", "每月补贴 200 元"],
    ["ys-wgy", "", "", "", "", "", "", "演示乙", "13811110002", "", "", "兼职", ""],
    ["ys-kong", "片长", "片长", "PC-1-1", "", "", "两委成员", "", "", "", "", "", ""],
]


def test_organizations_with_parents_in_any_order(bring) -> None:
    done = bring(
        "organizations", [BODIES, *SOME_BODIES, ["ys-lost", "演示走失", "物业服务单位", "nobody", "PC-1", "", ""]]
    )
    assert (done.imported, done.wrong) == (2, 1), done.first_wrong
    body = Organization.objects.get(code="ys-sub")
    assert (body.parent.code, body.parent.features) == ("ys-top", {"unit_kind": "property"})
    assert bring("organizations", [BODIES, *SOME_BODIES]).created == 0


@pytest.mark.req("C02")
@pytest.mark.req("C05")
def test_posts_and_people_with_the_telephone_in_the_vault_only(bring, tmp_path) -> None:
    done = bring("people", [STAFF, *SOME_STAFF])
    assert (done.read, done.imported, done.wrong, done.created) == (3, 3, 0, 3)
    person = vault.find_person("phone", "13811110001")
    mandate = Mandate.objects.get(person=person)
    assert (mandate.post.title, mandate.post.eligibility, mandate.post.seats) == ("网格员", "热心居民", 2)
    assert (mandate.employment, mandate.terms) == ("full_time", {"stipend": "每月补贴 200 元"})
    assert mandate.valid_from == dt.date(2026, 1, 1)
    assert Post.objects.get(code="ys-kong").mandates.count() == 0, "an empty post is a vacancy"
    trail = str(list(Entry.objects.values_list("changes", flat=True)))
    assert "13811110001" not in trail and "演示甲" not in trail and "200 元" not in trail
    assert bring("people", [STAFF, *SOME_STAFF]).created == 0


def test_people_who_cannot_be_appointed_are_wrong_rows(bring, world) -> None:
    base = ["ys-a", "审计", "审计", "PC", "", 1, ""]
    rows = [
        STAFF,
        [*base, "演示丙", "13811110003", "", "", "", ""],
        [*base, "演示丁", "13811110004", "", "", "", ""],
        ["ys-b", "分拨员", "指挥中心分拨员", "PC", "", 1, "", "演示丙", "13811110003", "", "", "", ""],
        ["ys-c", "网格员", "网格员", "PC-1-1-1", "", 1, "", "演示戊", "123", "", "", "", ""],
        ["ys-d", "网格员", "网格员", "PC-1-1-1", "", 1, "", "演示己", "", "", "", "", ""],
        ["ys-e", "网格员", "国王", "PC-1-1-1", "", 1, "", "", "", "", "", "", ""],
        ["ys-f", "", "", "", "", "", "", "演示庚", "13811110005", "", "", "", ""],
        ["ys-g", "网格员", "网格员", "PC-1-1-1", "", 1, "", "演示辛", "13811110006", "", "", "临时", ""],
    ]
    done = bring("people", rows)
    assert (done.imported, done.wrong) == (1, 7)
    reasons = [line.reason for line in done.first_wrong]
    for word, reason in zip(
        ["已满", "兼任", "不完整", "还要写手机号", "没有“国王”", "要写“岗位名称”", "用工类型写"], reasons, strict=True
    ):
        assert word in reason


# Undoing


def test_an_import_is_undone_whole_while_nothing_holds_it(bring, world) -> None:
    administrator = world.actor("administrator")
    before = {
        model: model.objects.count() for model in (Place, Organization, Post, Person, Mandate, VaultKey, VaultValue)
    }
    done = [
        bring("grids", [GRIDS, *GOOD]),
        bring("organizations", [BODIES, *SOME_BODIES]),
        bring("people", [STAFF, *SOME_STAFF]),
        bring("dwellings", [HOMES, ["LY-5", "1", "101", "", ""]]),
    ]
    assert [one.number for one in imports_made(administrator)] == [number_of(one) for one in reversed(done)]
    for outcome in reversed(done):
        assert undo_import(by=administrator, at=NOW, number=number_of(outcome)) > 0
    assert {model: model.objects.count() for model in before} == before
    assert vault.find_person("phone", "13811110001") is None
    with pytest.raises(Conflict):
        undo_import(by=administrator, at=NOW, number=number_of(done[0]))
    assert bring("grids", [GRIDS, *GOOD]).created == 2, "what was undone can come again"


def test_what_is_used_is_not_undone_and_the_page_says_by_what(bring, world) -> None:
    administrator = world.actor("administrator")
    grids = bring("grids", [GRIDS, *GOOD])
    bring("people", [STAFF, ["ys-x", "网格员", "网格员", "YS-1-1", *[""] * 9]])
    with pytest.raises(Refused) as refused:
        undo_import(by=administrator, at=NOW, number=number_of(grids))
    assert refused.value.code == "import_in_use" and refused.value.facts["needs"] == ["职位 网格员"]
    assert Place.objects.filter(code="YS-1").exists()


def test_a_name_changed_since_holds_it_too(bring, world) -> None:
    grids = bring("grids", [GRIDS, *GOOD])
    place = Place.objects.get(code="YS-1-1")
    rename_place(by=SETUP, at=NOW, place=place, name="演示新名", on=dt.date(2026, 4, 1))
    with pytest.raises(Refused) as refused:
        undo_import(by=world.actor("administrator"), at=NOW, number=number_of(grids))
    assert "地点沿革" in refused.value.facts["words"]


def test_who_has_signed_in_stays(bring, world) -> None:
    people = bring("people", [STAFF, *SOME_STAFF])
    person = vault.find_person("phone", "13811110001")
    person.last_login = NOW
    person.save(update_fields=["last_login"])
    with pytest.raises(Refused) as refused:
        undo_import(by=world.actor("administrator"), at=NOW, number=number_of(people))
    assert "登录过" in refused.value.facts["words"]


def test_undoing_ends_after_the_models_days_and_is_the_administrators_or_ones_own(bring, world) -> None:
    grids = bring("grids", [GRIDS, *GOOD])
    administrator = world.actor("administrator")
    with pytest.raises(NotFound):
        undo_import(by=world.actor("secretary"), at=NOW, number=number_of(grids))
    with pytest.raises(Forbidden):
        undo_import(by=world.actor("dispatcher"), at=NOW, number=number_of(grids))
    late = NOW + dt.timedelta(days=7, seconds=1)
    with pytest.raises(Refused) as refused:
        undo_import(by=administrator, at=late, number=number_of(grids))
    assert refused.value.code == "undo_too_late"
    undo_import(by=administrator, at=NOW + dt.timedelta(days=7), number=number_of(grids))
    with pytest.raises(NotFound):
        get_import(administrator, "nothing")


def test_nothing_is_half_imported(bring, world, monkeypatch) -> None:
    """The last person's number is taken while the rows are written: nobody came in."""
    taken = actions.appoint

    def appoint(**given):
        if Mandate.objects.filter(post__code="ys-wgy").exists():
            raise Refused("post_full", "x")
        return taken(**given)

    monkeypatch.setattr(actions, "appoint", appoint)
    before = Person.objects.count(), Post.objects.count()
    with pytest.raises(Refused):
        bring("people", [STAFF, *SOME_STAFF])
    assert (Person.objects.count(), Post.objects.count()) == before
