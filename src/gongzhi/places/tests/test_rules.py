"""Codes and outlines, without a database."""

import datetime as dt

import pytest

from gongzhi.common.errors import Refused
from gongzhi.places import rules


@pytest.mark.parametrize(
    ("code", "padded"),
    [
        ("44", "440000000000"),
        ("440307015", "440307015000"),
        ("440307015001", "440307015001"),
        ("4403070", ""),
        ("G1", ""),
    ],
)
def test_the_statistical_code_has_twelve_digits(code, padded):
    assert rules.statistical_code(code) == padded


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("440307015000", ["440307015000", "440307015"]),
        ("441900000000", ["441900000000", "441900000", "441900", "4419"]),
        ("440300", ["440300", "4403"]),
        ("440307", ["440307"]),
        ("11", []),
        ("PC-1", []),
    ],
)
def test_a_padded_code_may_mean_shorter_ones_deepest_first(given, meant):
    assert rules.shortened_codes(given) == meant


@pytest.mark.parametrize(
    ("path", "upwards", "above"),
    [
        ("/3211/PC/PC-1/", ["/3211/", "/3211/PC/", "/3211/PC/PC-1/"], "/3211/PC/"),
        ("/3211/", ["/3211/"], "/3211/"),
        ("/", [], "/"),
    ],
)
def test_what_a_path_lies_in(path, upwards, above):
    assert rules.upwards(path) == upwards
    assert rules.level_above(path) == above


def test_the_parent_code_is_the_next_shorter():
    assert [rules.parent_code(code) for code in ("44", "4403", "440307", "440307015", "440307015001", "x")] == [
        "",
        "44",
        "4403",
        "440307",
        "440307015",
        "",
    ]


def test_the_civil_code_is_implied_but_for_zones_of_the_statistics():
    assert rules.civil_code_of("44") == "440000"
    assert rules.civil_code_of("440307009") == "440307009"
    assert rules.civil_code_of("321171") == ""
    assert rules.civil_code_of("321171102001") == ""


@pytest.mark.parametrize(
    "outline",
    [
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 1], [1, 2]]]},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 200], [3, 1], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[1, 1], ["2", 2], [3, 1], [1, 1]]]},
        {"type": "Polygon", "coordinates": 7},
        {"type": "MultiPolygon", "coordinates": []},
    ],
)
def test_what_is_no_outline_is_refused(outline):
    with pytest.raises(Refused) as refusal:
        rules.check_outline(outline)
    assert refusal.value.code == "bad_outline"


def test_an_outline_is_taken_and_one_too_fine_is_refused():
    ring = [[119.0, 32.0], [119.1, 32.0], [119.1, 32.1], [119.0, 32.0]]
    rules.check_outline({"type": "Polygon", "coordinates": [ring]})
    rules.check_outline({"type": "MultiPolygon", "coordinates": [[ring], [ring]]})
    fine = [[119.0, 32.0]] * (rules.MAX_OUTLINE_POINTS + 1)
    with pytest.raises(Refused, match="outline_too_fine"):
        rules.check_outline({"type": "Polygon", "coordinates": [fine]})


def test_an_end_must_come_after_the_beginning():
    day = dt.date(2026, 3, 18)
    rules.check_span(None, day)
    rules.check_span(day, day + dt.timedelta(days=1))
    with pytest.raises(Refused, match="ends_before_it_begins"):
        rules.check_span(day, day)
