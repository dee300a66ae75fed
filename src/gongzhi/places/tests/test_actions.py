"""Places are made, renamed, moved and ended by those who may, and the past stays."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from gongzhi.audit.models import Entry
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, Refused, SignInRequired
from gongzhi.places import actions, locating, queries
from gongzhi.places.models import Place, PlaceVersion
from gongzhi.places.tests.conftest import AT, HOUSE, square

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def test_a_place_is_made_below_one_s_own_place_only(tree, over):
    secretary = over(tree["321171102001"].path)
    made = actions.add_place(
        by=secretary, at=AT, kind="grid", code="G2", name=" 二网格\u3000", parent=tree["321171102001"]
    )
    assert (made.name, made.path) == ("二网格", "/321171102/321171102001/G2/")
    with pytest.raises(Forbidden):
        actions.add_place(by=secretary, at=AT, kind="grid", code="G3", name="三网格", parent=tree["321171102002"])
    with pytest.raises(Forbidden):
        actions.add_place(by=secretary, at=AT, kind="region", code="99", name="另一省")
    with pytest.raises(SignInRequired):
        actions.add_place(by=ANONYMOUS, at=AT, kind="grid", code="G3", name="三网格", parent=tree["321171102001"])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "G1"}, "place_code_taken"),
        ({"code": "a/b"}, "bad_place_code"),
        ({"code": ""}, "bad_place_code"),
        ({"name": " "}, "place_needs_name"),
        ({"longitude": 119.0}, "bad_point"),
        ({"polygon": {"type": "Polygon", "coordinates": []}}, "bad_outline"),
        ({"longitude": 1.0, "latitude": 1.0, "crs": "mars"}, "unknown_crs"),
    ],
)
def test_a_place_that_cannot_be_is_refused(tree, values, code):
    asked = {"kind": "grid", "code": "G9", "name": "九网格", "parent": tree["321171102001"], **values}
    with pytest.raises(Refused) as refusal:
        actions.add_place(by=HOUSE, at=AT, **asked)
    assert refusal.value.code == code


def test_a_renamed_place_keeps_its_old_name_for_the_days_before(tree, over):
    place = tree["321171102001"]
    actions.rename_place(by=over(place.path), at=AT, place=place, name="平昌社区管理服务中心", on=MAY)
    assert queries.place_as_of("321171102001", dt.date(2026, 4, 30)).name == "平昌社区"
    assert queries.place_as_of("321171102001", MAY).name == "平昌社区管理服务中心"
    assert [version.name for version in queries.history_of(place)] == ["平昌社区"]
    with pytest.raises(Forbidden):
        actions.rename_place(by=over(tree["321171102002"].path), at=AT, place=place, name="别的", on=JUNE)
    with pytest.raises(Refused, match="ends_before_it_begins"):
        actions.rename_place(by=HOUSE, at=AT, place=place, name="别的", on=MAY)


def test_a_moved_place_takes_everything_below_along_and_remembers_where_it_was(tree, over):
    grid, target = tree["G1"], tree["321171102002"]
    with pytest.raises(Forbidden):
        actions.move_place(by=over(grid.path), at=AT, place=grid, parent=target, on=MAY)
    actions.move_place(by=over(tree["321171102"].path), at=AT, place=grid, parent=target, on=MAY)
    home = queries.get_place("B5-101")
    assert home.path == "/321171102/321171102002/G1/G1-1/B5/B5-101/"
    assert queries.as_of(home, dt.date(2026, 4, 1)).path == "/321171102/321171102001/G1/G1-1/B5/B5-101/"
    assert queries.as_of(grid, dt.date(2026, 4, 1)).parent_id == tree["321171102001"].pk
    assert queries.get_place("G1").parent_id == target.pk


def test_a_place_never_lies_in_itself(tree):
    with pytest.raises(Refused, match="place_in_itself"):
        actions.move_place(by=HOUSE, at=AT, place=tree["G1"], parent=tree["G1-1"], on=MAY)
    with pytest.raises(Refused, match="place_in_itself"):
        actions.move_place(by=HOUSE, at=AT, place=tree["G1"], parent=tree["G1"], on=MAY)


def test_a_place_ends_when_it_is_empty_and_its_code_can_be_given_again(tree, add):
    with pytest.raises(Conflict, match="place_not_empty"):
        actions.end_place(by=HOUSE, at=AT, place=tree["B5"], on=MAY)
    ended = actions.end_place(by=HOUSE, at=AT, place=tree["B5-101"], on=MAY)
    assert queries.find_place("B5-101") is None
    assert queries.place_as_of("B5-101", dt.date(2026, 4, 30)).place == ended
    with pytest.raises(Conflict, match="place_ended"):
        actions.rename_place(by=HOUSE, at=AT, place=ended, name="102", on=JUNE)
    again = add("dwelling", "B5-101", "101", tree["B5"], valid_from=JUNE)
    assert queries.place_as_of("B5-101", JUNE).place == again


def test_an_outline_in_another_system_is_stored_as_wgs84(tree, over):
    grid = tree["G1"]
    actions.change_outline(by=over(grid.path), at=AT, place=grid, longitude=119.6, latitude=32.1, crs="gcj02")
    grid.refresh_from_db()
    assert 0.001 < abs(grid.longitude - 119.6) < 0.01
    assert queries.grid_at(119.614, 32.114).code == "G1-1"
    actions.change_outline(by=HOUSE, at=AT, place=tree["G1-1"], polygon=square(119.69, 32.19, 0.001))
    assert queries.grid_at(119.614, 32.114).code == "G1"
    with pytest.raises(Forbidden):
        actions.change_outline(by=over("/elsewhere/"), at=AT, place=grid, polygon=square(1, 1, 1))


def test_features_are_merged_and_the_computed_facet_is_not_taken_by_hand(tree, over):
    place = tree["321171102001"]
    by = over(place.path)
    actions.set_features(
        by=by, at=AT, place=place, features={"security": False}, facets=["resettlement"], households=900
    )
    actions.set_features(by=by, at=AT, place=place, features={"property_service": False})
    place.refresh_from_db()
    assert (place.features, place.households) == ({"security": False, "property_service": False}, 900)
    with pytest.raises(Refused, match="computed_facet"):
        actions.set_features(by=by, at=AT, place=place, facets=["three_without"])


def test_who_administers_a_region_is_kept_beside_the_statistics(tree, add, over):
    real = add("region", "321102", "京口区")
    town = tree["321171102"]
    actions.set_civil_code(by=over(town.path), at=AT, place=town, civil_code="321102100", civil_parent=real)
    town.refresh_from_db()
    assert (town.statistical_code, town.civil_code, town.civil_parent) == ("321171102000", "321102100", real)
    for place, code in ((town, "12"), (tree["G1"], "321102")):
        with pytest.raises(Refused, match="bad_civil_code"):
            actions.set_civil_code(by=HOUSE, at=AT, place=place, civil_code=code)


def test_every_change_raises_the_revision_and_leaves_a_trace(tree):
    before, traces = locating.revision(), Entry.objects.count()
    actions.rename_place(by=HOUSE, at=AT, place=tree["G1"], name="甲网格", on=MAY)
    assert locating.revision() == before + 1
    entry = Entry.objects.latest("id")
    assert Entry.objects.count() == traces + 1
    assert (entry.action, entry.subject) == ("places.rename_place", tree["G1"].reference)


def row(kind, code, parent="", **more):
    return actions.PlaceRow(kind=kind, level="", code=code, name=code, parent=parent, **more)


def test_a_model_s_places_load_in_any_order_once(db, over):
    rows = [
        row("building", "B", "G"),
        row("grid", "G", "44"),
        row("region", "44"),
        row("region", "45", civil_parent="44"),
    ]
    assert actions.bulk_load_places(by=HOUSE, at=AT, rows=rows) == (4, 0)
    assert actions.bulk_load_places(by=HOUSE, at=AT, rows=rows) == (0, 4)
    assert queries.get_place("B").path == "/44/G/B/"
    assert queries.get_place("45").civil_parent.code == "44"
    with pytest.raises(Refused, match="unknown_parent"):
        actions.bulk_load_places(by=HOUSE, at=AT, rows=[row("grid", "H", "nowhere")])
    with pytest.raises(Forbidden):
        actions.bulk_load_places(by=over("/44/"), at=AT, rows=[row("grid", "H", "45")])
    assert actions.bulk_load_places(by=over("/44/"), at=AT, rows=[row("grid", "H", "44")]).created == 1


@pytest.mark.parametrize(
    "values",
    [
        {"longitude": 5.0},
        {"path": "/elsewhere/"},
        {"kind": "planet"},
        {"name": ""},
        {"code": ""},
        {"valid_from": MAY, "valid_to": MAY},
        {"code": "G1", "path": "/G1/"},
    ],
)
def test_the_database_itself_refuses_what_cannot_be(tree, values):
    whole = {"kind": "grid", "code": "Z", "name": "z", "path": "/Z/", **values}
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(**whole)


def test_the_database_refuses_two_names_for_one_day(tree):
    values = {"place": tree["G1"], "name": "x", "path": "/G1/"}
    PlaceVersion.objects.create(**values, valid_to=MAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceVersion.objects.create(**values, valid_from=dt.date(2026, 4, 1), valid_to=JUNE)
    PlaceVersion.objects.create(**values, valid_from=MAY, valid_to=JUNE)
