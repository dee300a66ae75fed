"""区划调整: the plan, the batch in one transaction, before and after with the figures of S4, and every refusal."""

import datetime as dt
from fractions import Fraction

import pytest
from openpyxl import Workbook

from gongzhi.audit.imports import import_workbook, undo_import
from gongzhi.audit.queries import links_of
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.places import actions, boundaries, comparing, queries
from gongzhi.places.boundaries import Line
from gongzhi.places.models import Place
from gongzhi.places.tests import offices
from tests import cast

AT = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)
HOUSE = system_actor("test")
ON = dt.date(2026, 4, 1)


def plan(*lines: Line) -> boundaries.Plan:
    return boundaries.plan_of(lines)


# The plan alone


def test_a_batch_as_a_plan() -> None:
    found = plan(
        Line("A", "merge", "N", "新村"),
        Line("B", "merge", "N"),
        Line("C", "split", "C", share=Fraction(2, 5)),
        Line("C", "split", "D", "南村", share=Fraction(3, 5)),
        Line("E", "abolish", ""),
    )
    assert found.wrong == []
    assert found.ended == {"A", "B", "E"} and found.kept == {"C"}
    assert found.targets["N"].sources == [("A", 1), ("B", 1)] and found.targets["N"].name == "新村"
    assert found.becomes["C"] == [("C", Fraction(2, 5)), ("D", Fraction(3, 5))]


@pytest.mark.parametrize(
    ("text", "share"), [("40%", Fraction(2, 5)), ("0.4", Fraction(2, 5)), ("1/3", Fraction(1, 3)), ("", None)]
)
def test_shares_are_read_exactly(text, share) -> None:
    assert boundaries.read_share(text) == share


@pytest.mark.parametrize("text", ["0", "101%", "一半", "-1"])
def test_a_share_outside_is_refused(text) -> None:
    with pytest.raises(ValueError):
        boundaries.read_share(text)


def test_shares_that_do_not_add_up_and_two_names_are_wrong() -> None:
    found = plan(
        Line("C", "split", "X", "甲", share=Fraction(1, 2)),
        Line("C", "split", "Y", share=Fraction(2, 5)),
        Line("D", "merge", "X", "乙"),
    )
    assert len(found.wrong) == 2


# The batch in the database


@pytest.fixture
def villages(add) -> dict[str, Place]:
    town = add("region", "T", "演示镇", level="street", valid_from=dt.date(2000, 1, 1))
    found = {"T": town}
    for code, people in (("A", 1000), ("B", 500), ("C", 900)):
        features = {"population": people, "area_km2": 2.0, "type": "村"}
        found[code] = add(
            "region", code, f"{code}村", town, level="village", features=features, valid_from=dt.date(2000, 1, 1)
        )
    found["A1"] = add("region", "A1", "一组", found["A"], level="group", valid_from=dt.date(2000, 1, 1))
    found["B1"] = add("building", "B1", "1栋", found["B"], level="building")
    return found


@pytest.mark.req("A04")
def test_merging_carries_children_and_keeps_the_past(villages) -> None:
    merged = plan(Line("A", "merge", "N", "新村"), Line("B", "merge", "N"))
    reference, made = actions.change_boundaries(by=HOUSE, at=AT, plan=merged, on=ON)
    new = Place.objects.get(code="N")
    assert made == [new.pk] and reference.startswith("boundary:")
    assert (new.features["population"], new.features["area_km2"], new.parent.code) == (1500, 4.0, "T")
    for code in ("A1", "B1"):
        assert Place.objects.get(code=code).path == f"/T/N/{code}/"
    old = queries.place_as_of("A", ON - dt.timedelta(days=1))
    assert (old.name, old.path) == ("A村", "/T/A/")
    assert queries.as_of(Place.objects.get(code="A1"), ON - dt.timedelta(days=1)).path == "/T/A/A1/"
    assert not Place.objects.current().filter(code="A").exists()
    became = links_of(villages["A"].reference).get(relation="became")
    assert became.target == new.reference


@pytest.mark.req("A04")
def test_keeping_a_code_with_new_numbers_keeps_the_old_numbers_countable(villages) -> None:
    taken_in = plan(Line("A", "merge", "A", "大村", population=1600), Line("B", "merge", "A"))
    actions.change_boundaries(by=HOUSE, at=AT, plan=taken_in, on=ON)
    before = {unit.code: unit for unit in comparing.units_on("/T/", ON - dt.timedelta(days=1))}
    after = {unit.code: unit for unit in comparing.units_on("/T/", ON)}
    assert (before["A"].name, before["A"].population) == ("A村", 1000)
    assert (after["A"].name, after["A"].population) == ("大村", 1600)
    assert "B" in before and "B" not in after


def test_splitting_needs_a_place_for_every_child(villages) -> None:
    halves = [Line("A", "split", "X", share=Fraction(1, 2)), Line("A", "split", "Y", share=Fraction(1, 2))]
    with pytest.raises(Refused) as refused:
        actions.change_boundaries(by=HOUSE, at=AT, plan=plan(*halves), on=ON)
    assert refused.value.code == "children_undecided"
    assert Place.objects.current().filter(code="A").exists(), "nothing is half done"
    said = [*halves, Line("A1", "keep", "A1", parent="Y")]
    actions.change_boundaries(by=HOUSE, at=AT, plan=plan(*said), on=ON)
    assert Place.objects.get(code="A1").path == "/T/Y/A1/"
    assert Place.objects.get(code="X").features["population"] == 500


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([Line("A", "abolish", "")], "children_undecided"),
        ([Line("Z", "abolish", "")], "boundary_unknown"),
        ([Line("A", "merge", "N", parent="nowhere"), Line("B", "merge", "N")], "boundary_unknown"),
        ([Line("A", "split", "N", share=Fraction(1, 3))], "boundary_plan_wrong"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_whole(villages, lines, code) -> None:
    before = Place.objects.count()
    with pytest.raises((Refused, Conflict)) as refused:
        actions.change_boundaries(by=HOUSE, at=AT, plan=plan(*lines), on=ON)
    assert refused.value.code == code
    assert Place.objects.count() == before


def test_a_day_before_the_last_change_is_refused(villages) -> None:
    merged = plan(Line("A", "merge", "N"), Line("B", "merge", "N"))
    with pytest.raises(Refused) as refused:
        actions.change_boundaries(by=HOUSE, at=AT, plan=merged, on=dt.date(1999, 1, 1))
    assert refused.value.code == "ends_before_it_begins"


def test_only_who_may_change_all_of_it(villages, over) -> None:
    merged = plan(Line("A", "merge", "N"), Line("B", "merge", "N"))
    with pytest.raises(Forbidden):
        actions.change_boundaries(by=over("/T/A/"), at=AT, plan=merged, on=ON)
    actions.change_boundaries(by=over("/T/"), at=AT, plan=merged, on=ON)


# The survey's figures


def workbook(path, rows):
    book = Workbook()
    book.active.append(offices.HEADER)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.fixture
def model(db):
    from pathlib import Path

    import gongzhi.packs as packs_room
    from gongzhi.packs import queries as packs
    from gongzhi.packs.actions import load_pack, set_active_model

    folder = Path(packs_room.__file__).parent / "data"
    for name in ("calendars/cn.toml", "models/pingchang/model.toml"):
        load_pack(by=cast.SETUP, at=AT, path=folder / name)
    set_active_model(by=cast.SETUP, at=AT, name="pingchang")
    packs.remember()
    yield
    packs.forget()


@pytest.mark.req("A04")
@pytest.mark.req("A05")
def test_the_survey_before_and_after(model, tmp_path) -> None:
    offices.build_district()
    file = workbook(tmp_path / "演示数据-区划调整.xlsx", offices.batch_rows())
    asked = {"kind": "boundaries", "by": HOUSE, "at": AT, "folder": tmp_path}
    dry = import_workbook([file], dry_run=True, **asked)
    assert (dry.read, dry.wrong, dry.reference) == (3514, 0, "")
    assert Place.objects.filter(valid_to__isnull=False).count() == 0, "a dry run writes nothing"
    done = import_workbook([file], **asked)
    assert (done.read, done.imported, done.wrong) == (3514, 3514, 0)
    batch = comparing.batches(HOUSE)[0]
    rows = {(row.level, row.type): row for row in comparing.report_of(batch)}
    town, every, group = rows["street", ""], rows["village", ""], rows["group", ""]
    village, community = rows["village", "村"], rows["village", "社区"]
    assert (town.before.count, town.after.count, town.merge_rate) == (32, 19, 40.6)
    assert (town.after.mean_population, town.after.mean_area) == (31_400, 42.43)
    assert (village.before.count, village.after.count, village.merge_rate) == (351, 168, 52.1)
    assert (community.before.count, community.after.count) == (50, 56)
    assert (every.before.count, every.after.count, every.merge_rate) == (401, 224, 44.1)
    assert (village.before.mean_population, village.after.mean_population) == (1267, 2496)
    assert village.more_population == 1229
    assert (village.before.mean_area, village.after.mean_area, village.more_area) == (2.1, 4.2, 2.1)
    assert (group.before.count, group.after.count, group.merge_rate) == (3081, 1502, 51.2)
    assert (group.before.mean_population, group.after.mean_population, group.more_population) == (194, 397, 203)
    assert (group.before.mean_area, group.after.mean_area, group.more_area) == (0.26, 0.54, 0.28)
    found = boundaries.doubts(rows.values(), 3)
    assert ("village", "村", "population") in {(one.level, one.type, one.what) for one in found}
    assert not [one for one in found if one.level in ("street", "group") or not one.type], "the rest adds up"
    # The preview said the same before anything was written.
    assert dry.preview.rows == tuple(tuple(line) for line in comparing.lines(comparing.report_of(batch)))
    assert any("25" in word or "444,717" in word for word in comparing.warnings(rows.values()))


def test_one_wrong_row_stops_the_whole_batch_and_a_good_one_is_undone(model, villages, tmp_path) -> None:
    asked = {"kind": "boundaries", "by": HOUSE, "at": AT, "folder": tmp_path}
    row = ["A", "", "合并", "N", "新村", "", "", "", "", "", "2026-04-01"]
    wrong = [["Z", *row[1:]], ["B", "", "更名", "N", *row[4:]], ["B", *row[1:10], "明天"]]
    bad = workbook(tmp_path / "bad.xlsx", [row, *wrong])
    with pytest.raises(Refused) as refused:
        import_workbook([bad], **asked)
    assert refused.value.code == "rows_wrong" and refused.value.facts["count"] == 3
    assert not Place.objects.filter(code="N").exists()
    good = workbook(tmp_path / "good.xlsx", [row, ["B", *row[1:]]])
    number = import_workbook([good], **asked).reference.removeprefix("import:")
    assert undo_import(by=HOUSE, at=AT, number=number) == 5, "two villages, what lay in them, and the new one"
    assert not Place.objects.filter(code="N").exists()
    assert Place.objects.current().get(code="A1").path == "/T/A/A1/"
