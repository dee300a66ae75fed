"""Reading places: by code, by point, up and down, by level and size."""

import pytest

from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import NotFound, Refused
from gongzhi.places import actions, locating, queries
from gongzhi.places.models import Place
from gongzhi.places.tests.conftest import AT, HOUSE, square


def test_a_place_is_found_by_its_code_padded_or_not(tree):
    assert queries.get_place("321171102").name == "丁岗镇"
    assert queries.get_place("321171102000").name == "丁岗镇"
    assert queries.get_place(" G1 ").name == "一网格"
    with pytest.raises(NotFound, match="unknown_place"):
        queries.get_place("G404")


def test_of_places_without_districts_the_deepest_is_meant(add):
    city = add("region", "4419", "东莞市")
    area = add("region", "441900", "东莞市", city)
    assert queries.get_place("441900000000") == area
    assert queries.get_place("4419") == city


def test_a_grid_and_a_region_may_share_a_code(tree, add):
    add("grid", "321171102", "全镇网格", tree["321171102"])
    assert queries.get_place("321171102").kind == "grid"
    assert queries.get_place("321171102", "region").name == "丁岗镇"


def test_a_point_finds_the_deepest_grid(tree):
    assert queries.grid_at(119.612, 32.112).code == "G1-1"
    assert queries.grid_at(119.617, 32.117).code == "G1"
    assert queries.grid_at(119.66, 32.12) is None


def test_the_index_follows_changes_of_places(tree, add):
    assert queries.grid_at(119.66, 32.12) is None
    add("grid", "G7", "七网格", tree["321171102002"], polygon=square(119.655, 32.115, 0.01))
    assert queries.grid_at(119.66, 32.12).code == "G7"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_outlines_are_read_once(add, django_assert_num_queries):
    add("grid", "G", polygon=square(119, 32, 0.1))
    assert queries.grid_at(119.05, 32.05).code == "G"
    with django_assert_num_queries(0):
        queries.grid_at(119.06, 32.06)
        assert queries.grid_at(118.0, 32.06) is None


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_code_is_looked_up_once(add, django_assert_num_queries, monkeypatch):
    add("building", "B")
    assert queries.place_for_report(code="B").place.path == "/B/"
    with django_assert_num_queries(0):
        queries.place_for_report(code="B")
    with pytest.raises(NotFound):
        queries.place_for_report(code="C")
    monkeypatch.setattr(locating, "forget", lambda: None)  # as another process sees it: by the revision
    add("building", "C")
    assert queries.place_for_report(code="C").place.path == "/C/"
    Place.objects.filter(code="B").update(path="/X/B/")
    assert queries.place_for_report(code="B").place.path == "/B/"
    locating._kept.answers = locating._kept.answers._replace(until=float("-inf"), revision=-2)
    assert queries.place_for_report(code="B").place.path == "/X/B/"


@pytest.mark.django_db(transaction=True)
def test_another_process_s_change_is_seen_by_the_revision(add, monkeypatch):
    add("grid", "G", polygon=square(119, 32, 0.1))
    assert queries.grid_at(119.05, 32.05).code == "G"
    kept = locating.outlines()
    monkeypatch.setattr(locating, "forget", lambda: None)
    add("grid", "H", polygon=square(118, 32, 0.1))
    assert locating.outlines() is kept
    monkeypatch.setattr(locating._kept, "until", float("-inf"))
    assert queries.grid_at(118.05, 32.05).code == "H"


def test_a_report_by_code_names_the_place_and_its_grid(tree):
    found = queries.place_for_report(code="B5")
    assert (found.place.code, found.grid.code, found.how) == ("B5", "G1-1", "code")
    found = queries.place_for_report(code="G1")
    assert (found.place.code, found.grid.code) == ("G1", "G1")
    with pytest.raises(NotFound):
        queries.place_for_report(code="NOPE")


def test_a_code_without_a_grid_above_it_takes_the_grid_at_the_point(tree):
    found = queries.place_for_report(code="321171102001", longitude=119.612, latitude=32.112)
    assert (found.place.code, found.grid.code, found.how) == ("321171102001", "G1-1", "code")
    assert queries.place_for_report(code="321171102001").grid is None


def test_a_report_by_point_names_the_deepest_place(tree):
    found = queries.place_for_report(longitude=119.612, latitude=32.112)
    assert (found.place.code, found.grid.code, found.how) == ("G1-1", "G1-1", "point")
    found = queries.place_for_report(longitude=119.66, latitude=32.12)
    assert (found.place.code, found.grid, found.how) == ("321171102002", None, "point")


def test_a_report_without_a_place_stays_unlocated(tree):
    assert queries.place_for_report() == (None, None, "unlocated")
    assert queries.place_for_report(longitude=0.0, latitude=0.0).how == "unlocated"
    with pytest.raises(Refused, match="bad_point"):
        queries.place_for_report(longitude=119.6)


def test_locating_a_report_costs_two_statements(tree, django_assert_max_num_queries):
    locating._kept.keep(locating.outlines())
    with django_assert_max_num_queries(2):
        queries.place_for_report(code="B5")
    with django_assert_max_num_queries(1):
        queries.place_for_report(longitude=119.612, latitude=32.112)


def test_dwellings_are_seen_only_from_above_them(tree, over):
    assert not queries.visible_places(ANONYMOUS).filter(kind="dwelling").exists()
    assert queries.visible_places(ANONYMOUS).filter(kind="building").exists()
    assert not queries.visible_places(over("/elsewhere/")).filter(kind="dwelling").exists()
    assert queries.get_place_for(over(tree["G1"].path), "B5-101").name == "101"
    with pytest.raises(NotFound):
        queries.get_place_for(ANONYMOUS, "B5-101")


def test_up_and_down_the_tree(tree, over):
    assert [row.code for row in queries.ancestors(tree["B5"])] == ["321171102", "321171102001", "G1", "G1-1"]
    town = tree["321171102"]
    page = queries.children_page(town, over(town.path), limit=1)
    assert [row.code for row in page.items] == ["321171102001"]
    assert page.items[0].child_count == 1
    rest = queries.children_page(town, over(town.path), cursor=page.next_cursor, limit=1)
    assert ([row.code for row in rest.items], rest.next_cursor) == (["321171102002"], "")
    with pytest.raises(Refused, match="bad_cursor"):
        queries.children_page(town, over(town.path), cursor="???")


def test_a_place_is_summed_up_by_level(tree, over):
    town = tree["321171102"]
    rows = {row.level: (row.places, row.households) for row in queries.levels_under(town.path, over(town.path))}
    assert rows["village"] == (2, None)
    assert rows["grid2"] == (1, 40)
    assert rows["dwelling"] == (1, None)


def test_searching_by_name_and_code(tree, over):
    by = over(tree["321171102"].path)
    assert [row.code for row in queries.search_places(by, "社区")] == ["321171102001", "321171102002"]
    assert [row.code for row in queries.search_places(by, "32117110200")] == ["321171102001", "321171102002"]
    assert queries.search_places(by, " ") == []
    assert queries.search_places(by, "社区", under=tree["321171102002"].path)[0].name == "桥南社区"


def test_grids_are_measured_against_their_target(tree, add):
    grid = tree["321171102001"]
    for code, households in (("T1", 180), ("T2", 181), ("T3", 119), ("T4", None)):
        add("grid", code, code, grid, households=households, target_households=150)
    rows = {row.place.code: row for row in queries.size_report(queries.grids_in(grid), 20)}
    assert {code: row.verdict for code, row in rows.items()} == {
        "T1": "fit",
        "T2": "large",
        "T3": "small",
        "T4": "unknown",
        "G1": "unknown",
    }
    assert rows["T1"].deviation_percent == 20


def test_compounds_without_all_three_are_computed_not_set(tree, add):
    none = {"property_service": False, "responsible_unit": False, "security": False}
    bare = add("region", "X1", "石榴小区", tree["321171102001"], features=none)
    partly = add("region", "X2", "香樟小区", tree["321171102001"], features={**none, "security": True})
    add("region", "X3", "银杏小区", tree["321171102001"], features={**none, "security": None})
    assert queries.without_all_three(tree["321171102"].path) == [bare]
    assert queries.facet_names(bare) == ["三无小区"]
    assert queries.facet_names(partly) == ["三项不全"]
    actions.set_features(by=HOUSE, at=AT, place=bare, features={"property_service": True})
    assert queries.without_all_three(tree["321171102"].path) == []


def test_outlines_are_bounded(tree, monkeypatch):
    whole = queries.outlines_under(tree["321171102"].path)
    assert whole["features"][0]["properties"]["code"] == "321171102"
    assert (len(whole["features"]), whole["complete"]) == (5, True)
    assert len(queries.outlines_under("/321171102/", kind="grid")["features"]) == 2
    monkeypatch.setattr(queries, "MAX_OUTLINES", 2)
    assert not queries.outlines_under("/321171102/")["complete"]
    monkeypatch.setattr(queries, "MAX_POINTS", 7)
    assert len(queries.outlines_under("/321171102/")["features"]) == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_thread_reads_new_outlines_the_others_answer_from_the_old(add, monkeypatch):
    add("grid", "G", polygon=square(119, 32, 0.1))
    old = locating.outlines()
    monkeypatch.setattr(locating, "forget", lambda: None)
    add("grid", "H", polygon=square(118, 32, 0.1))
    locating._kept.until = float("-inf")
    with locating._reading:
        assert locating.outlines() is old
    assert locating.outlines() is not old
