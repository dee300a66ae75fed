"""Places merge: posts, mandates, bodies, rosters and open cases go along; the batch is undone, or says why not."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from gongzhi.audit.imports import get_import, import_workbook, undo_import
from gongzhi.cases.actions import report_case
from gongzhi.cases.models import Case
from gongzhi.cases.rules import Where
from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Conflict, Refused
from gongzhi.people import actions, rules
from gongzhi.people.models import Mandate, Organization, Post
from gongzhi.places import comparing
from gongzhi.places.actions import merge_places, rename_place
from gongzhi.places.models import Place, PlaceVersion
from tests import cast
from tests.cast import NOW, SETUP, World

ON = "2026-04-01"
LATER = NOW + dt.timedelta(hours=1)
HEAD = ["旧代码", "旧名称", "调整方式", "新代码", "新名称", "新上级代码"]
HEAD += ["新类型", "占比", "新人口", "新面积", "生效日期"]
MERGED = [
    ["PC-1", "", "合并", "PC-9", "柳桥社区", "", "", "", "", "", ON],
    ["PC-2", "", "merge", "PC-9", "", "", "", "", "", "", ON],
]
SPLIT = [
    ["PC-1-1-1", "", "split", "PC-1-1-8", "", "", "", "30%", "", "", ON],
    ["PC-1-1-1", "", "拆分", "PC-1-1-9", "", "", "", "70%", "", "", ON],
    ["LY-5", "", "keep", "LY-5", "", "PC-1-1-8", "", "", "", "", ON],
]


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


@pytest.fixture
def bring(world: World, tmp_path: Path) -> Any:
    def _bring(kind: str, rows: list[list[str]], at: dt.datetime = NOW) -> str:
        book = Workbook()
        page: Any = book.active
        for row in rows:
            page.append(row)
        book.save(tmp_path / f"{kind}.xlsx")
        asked = {"kind": kind, "by": world.actor("administrator"), "at": at, "folder": tmp_path}
        outcome = import_workbook([tmp_path / f"{kind}.xlsx"], **asked)
        assert outcome.wrong == 0, outcome.first_wrong
        return outcome.reference.removeprefix("import:")

    return _bring


def undo(world: World, number: str, at: dt.datetime = LATER) -> int:
    return undo_import(by=world.actor("administrator"), at=at, number=number)


def report(world: World, code: str) -> str:
    where = Where(path=world.places[code].path, found="code", place_id=world.places[code].pk)
    answer = report_case(by=world.actor("resident"), at=NOW, text="路灯不亮了，看不见路", where=where)
    return str(answer["number"])


def shift(world: World, name: str) -> None:
    times = rules.shift_of(dt.date(2026, 3, 25), dt.time(18), dt.time(8, 30), CHINA)
    actions.add_shifts(by=SETUP, at=NOW, mandate=world.people[name].mandates.get(), shifts=[times])


@pytest.mark.req("A04")
@pytest.mark.req("C11")
def test_a_merger_carries_posts_bodies_mandates_rosters_and_open_cases(world: World, bring: Any) -> None:
    number = report(world, "PC-1")
    shift(world, "secretary")
    bring("boundaries", [HEAD, *MERGED])
    new = Place.objects.get(code="PC-9")
    for unit in ("committee-1", "committee-2", "property-1"):
        assert Organization.objects.get(code=unit).place == new
    assert Post.objects.get(code="post-secretary").place == new
    assert Post.objects.get(code="post-dispatcher").place.code == "PC", "who sits higher stays"
    assert Case.objects.get(number=number).path == new.path
    assert world.actor("secretary").paths_for("cases.read")[0] == new.path, "acts at once over all of it"
    batch = comparing.batches(SETUP)[0]
    found = {"cases": 1, "mandates": 2, "organizations": 3, "posts": 2, "shifts": 1}
    assert dict(batch.carried) == found and len(batch.went_along) == 5


@pytest.mark.req("A04")
def test_what_a_split_does_not_name_goes_to_the_largest_part(world: World, bring: Any) -> None:
    number = report(world, "PC-1-1-1")
    Place.objects.filter(code="LY-5").update(kind="region")
    bring("boundaries", [HEAD, *SPLIT])
    assert Post.objects.get(code="post-grid_member").place.code == "PC-1-1-9"
    assert Case.objects.get(number=number).path.endswith("/PC-1-1-9/")


@pytest.mark.req("A04")
def test_two_places_merged_by_hand_carry_their_people_too(world: World) -> None:
    by, on = world.actor("administrator"), dt.date(2026, 4, 1)
    merge_places(by=by, at=NOW, place=world.places["PC-2"], into=world.places["PC-1"], on=on)
    assert Organization.objects.get(code="committee-2").place.code == "PC-1"


@pytest.mark.req("A04")
def test_a_batch_is_undone_whole(world: World, bring: Any) -> None:
    number = report(world, "PC-1")
    before = set(Place.objects.values_list("code", "name", "path", "parent", "valid_to"))
    done = bring("boundaries", [HEAD, *MERGED])
    assert undo(world, done) > 2
    assert set(Place.objects.values_list("code", "name", "path", "parent", "valid_to")) == before
    assert not PlaceVersion.objects.exists()
    assert Case.objects.get(number=number).path == world.places["PC-1"].path
    assert Organization.objects.get(code="committee-2").place.code == "PC-2"
    assert Post.objects.get(code="post-secretary").place.code == "PC-1"
    assert comparing.batches(SETUP)[0].undone_at == LATER
    assert get_import(SETUP, done).undone_at == LATER
    with pytest.raises(Conflict):
        undo(world, done)
    assert bring("boundaries", [HEAD, *MERGED]), "it can be made again"


@pytest.mark.parametrize("since", ["case", "post", "name", "batch"])
def test_what_was_built_on_a_batch_holds_it(world: World, bring: Any, since: str) -> None:
    done = bring("boundaries", [HEAD, *MERGED])
    new = Place.objects.get(code="PC-9")
    if since == "case":
        where = Where(path=new.path, found="text")
        report_case(by=world.actor("resident"), at=LATER, text="路灯不亮了，看不见路", where=where)
    elif since == "post":
        given = {"code": "fresh", "role": "grid_member", "title": "网格员", "place": new, "organization": None}
        actions.add_post(by=SETUP, at=LATER, seats=1, **given)
    elif since == "name":
        rename_place(by=SETUP, at=LATER, place=new, name="又一个名字", on=dt.date(2026, 5, 1))
    else:
        bring("boundaries", [HEAD, ["PC-9", "", "更名", "PC-9", "大社区", "", "", "", "", "", "2026-05-01"]], LATER)
    with pytest.raises(Refused) as refused:
        undo(world, done)
    assert refused.value.code == "import_in_use" and refused.value.facts["needs"]
    assert Place.objects.current().filter(code="PC-9").exists(), "nothing is half undone"


ROSTER = ["岗位代码", "手机号", "值班日期", "从几点", "到几点"]


def roster_rows(days: tuple[str, ...] = ("2026-03-20", "2026-03-21")) -> list[list[str]]:
    return [ROSTER, *(["post-dispatcher", cast.phone_of("dispatcher"), day, "18:00", "08:30"] for day in days)]


@pytest.mark.req("C11")
def test_a_roster_is_undone_as_a_batch_and_what_was_there_stays(world: World, bring: Any) -> None:
    shift(world, "dispatcher")
    done = bring("roster", roster_rows())
    one = Mandate.objects.get(post__code="post-dispatcher")
    assert len(one.roster) == 3
    assert undo(world, done) == 2
    one.refresh_from_db()
    assert [row["from"][:10] for row in one.roster] == ["2026-03-25"]


def test_a_shift_that_has_begun_or_was_changed_holds_the_roster(world: World, bring: Any) -> None:
    done = bring("roster", roster_rows())
    begun = dt.datetime(2026, 3, 20, 12, 0, tzinfo=dt.UTC)
    with pytest.raises(Refused) as refused:
        undo(world, done, begun)
    assert refused.value.code == "shift_begun"
    one = Mandate.objects.get(post__code="post-dispatcher")
    actions.remove_shift(by=SETUP, at=LATER, mandate=one, begins=one.roster[0]["from"])
    with pytest.raises(Refused) as refused:
        undo(world, done)
    assert refused.value.code == "shift_gone"
    one.refresh_from_db()
    assert len(one.roster) == 1
