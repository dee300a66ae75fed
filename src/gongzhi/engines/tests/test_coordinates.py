"""Conversions: known positions, round trips, refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.coordinates import CRS_NAMES, convert, convert_geometry, distance, to_wgs84

# 天安门 in the three systems, as many published examples give it (to about a metre).
TIANANMEN = {"wgs84": (116.3913, 39.9075), "gcj02": (116.397542, 39.908903), "bd09": (116.403911, 39.915259)}

china = st.tuples(st.floats(73.0, 135.0), st.floats(3.0, 53.0))


def test_a_known_place_moves_as_published():
    for crs in ("gcj02", "bd09"):
        assert distance(convert(*TIANANMEN["wgs84"], "wgs84", crs), TIANANMEN[crs]) < 15


@given(china, st.sampled_from(CRS_NAMES), st.sampled_from(CRS_NAMES))
def test_there_and_back_closes_within_a_millimetre(point, one, other):
    assert distance(convert(*convert(*point, one, other), other, one), point) < 0.001


@given(china)
def test_the_shift_is_some_hundred_metres(point):
    assert 10 < distance(convert(*point, "wgs84", "gcj02"), point) < 1500


def test_outside_china_nothing_is_shifted():
    assert convert(2.35, 48.85, "wgs84", "gcj02") == (2.35, 48.85)


def test_an_unknown_system_is_refused():
    with pytest.raises(ValueError, match="unknown crs"):
        to_wgs84(1, 2, "wgs72")
    with pytest.raises(ValueError, match="unknown crs"):
        convert(1, 2, "wgs84", "beijing54")


def test_geometries_keep_their_shape():
    square = {
        "type": "Polygon",
        "coordinates": [[[119.0, 32.0], [119.1, 32.0], [119.1, 32.1], [119.0, 32.0]]],
    }
    moved = convert_geometry(square, "gcj02", "wgs84")
    assert len(moved["coordinates"][0]) == 4
    assert moved["coordinates"][0][0] == moved["coordinates"][0][3] != [119.0, 32.0]


def test_distance_of_one_degree_of_latitude():
    assert distance((119.0, 32.0), (119.0, 33.0)) == pytest.approx(111_195, rel=0.001)
