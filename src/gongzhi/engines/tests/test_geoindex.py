"""The index against a naive loop over exact fractions."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.geoindex import Outline, PolygonIndex, bounds, polygon_rings


def on_segment(a, b, p):
    (x1, y1), (x2, y2), (x, y) = a, b, p
    turn = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
    return turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)


def naive_holds(rings, point):
    """Even-odd by fractions, closed boundary: written apart from the engine."""
    p = tuple(map(Fraction, point))
    inside = False
    for ring in rings:
        ring = [tuple(map(Fraction, corner)) for corner in ring]
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            if on_segment(a, b, p):
                return True
            if (a[1] > p[1]) != (b[1] > p[1]):
                crossing = a[0] + (p[1] - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
                inside ^= p[0] < crossing
    return inside


def naive_find_all(outlines, point):
    ordered = sorted(outlines, key=lambda outline: (outline.rank, outline.id))
    return [
        outline.id for outline in ordered if any(naive_holds(rings, point) for rings in polygon_rings(outline.geometry))
    ]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [[*map(list, ring)] for ring in rings]}


def box(west, south, east, north):
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def has_extent(corners):
    """A ring of one repeated point bounds nothing and is never found."""
    return len(set(corners)) > 1


# Coarse coordinates make points on edges and corners common; fine ones reach the rounding path.
coarse = st.integers(0, 12).map(float)
fine = st.floats(100.0, 101.0, allow_nan=False, width=64)
outline_kinds = st.one_of(
    st.lists(st.tuples(coarse, coarse), min_size=3, max_size=9).filter(has_extent).map(polygon),
    st.tuples(coarse, coarse, coarse, coarse)
    .filter(lambda b: b[2] - b[0] > 2 and b[3] - b[1] > 2)
    .map(lambda b: polygon(box(*b), box(b[0] + 1, b[1] + 1, b[2] - 1, b[3] - 1))),
    st.lists(st.tuples(coarse, coarse), min_size=2, max_size=3).map(
        lambda corners: {
            "type": "MultiPolygon",
            "coordinates": [[[list(c) for c in box(x, y, x + 2, y + 1)]] for x, y in corners],
        }
    ),
)


@given(
    st.lists(st.tuples(outline_kinds, st.integers(0, 2)), min_size=1, max_size=8),
    st.lists(st.tuples(coarse | st.floats(-1, 14), coarse | st.floats(-1, 14)), min_size=1, max_size=20),
    st.randoms(use_true_random=False),
)
def test_finds_what_a_naive_loop_finds_in_any_order_of_building(geometries, points, order):
    outlines = [Outline(number, geometry, rank) for number, (geometry, rank) in enumerate(geometries)]
    shuffled = order.sample(outlines, len(outlines))
    index = PolygonIndex(shuffled)
    for point in points:
        expected = naive_find_all(outlines, point)
        assert index.find_all(*point) == expected
        assert index.find(*point) == (expected[0] if expected else None)


@given(st.lists(st.tuples(fine, fine), min_size=3, max_size=6).filter(has_extent), st.data())
def test_stays_exact_on_points_within_rounding_of_an_edge(corners, data):
    outlines = [Outline(1, polygon(corners))]
    index = PolygonIndex(outlines)
    start, end = data.draw(st.sampled_from(list(pairwise(corners))))
    share = data.draw(st.floats(0, 1))
    near = tuple(a + (b - a) * share for a, b in zip(start, end, strict=True))
    assert index.find_all(*near) == naive_find_all(outlines, near)


@pytest.mark.parametrize("cells_per_part", [1, 6, 200])
def test_large_outlines_with_many_edges_agree_with_the_naive_loop(cells_per_part):
    rnd = random.Random(7)
    ring = [(x / 40, rnd.random()) for x in range(81)] + [(2.0, 5.0), (1.0, 5.0 - rnd.random()), (0.0, 5.0)]
    hole = [(0.5 + x / 100, 2 + rnd.random()) for x in range(60)] + [(1.0, 3.5)]
    small = [Outline(10 + i, polygon(box(i / 10, 4, i / 10 + 0.1, 4.1)), rank=-1) for i in range(20)]
    outlines = [Outline(1, polygon(ring, hole)), Outline(2, polygon(box(0, 0, 2, 6))), *small]
    index = PolygonIndex(outlines, cells_per_part=cells_per_part)
    for _ in range(300):
        point = (rnd.uniform(-0.1, 2.1), rnd.uniform(-0.1, 6.1))
        expected = naive_find_all(outlines, point)
        assert index.find(*point) == (expected[0] if expected else None)
    index.settle_all()
    assert index.find(0.05, 4.05) == 10


def test_neighbours_share_their_edge_and_the_lower_id_wins():
    index = PolygonIndex([Outline(2, polygon(box(0, 0, 1, 1))), Outline(1, polygon(box(1, 0, 2, 1)))])
    assert index.find(1, 0.5) == 1
    assert index.find_all(1, 0.5) == [1, 2]
    assert index.find(0.5, 0.5) == 2
    assert index.find(2.1, 0.5) is None


def test_one_point_of_a_tiling_falls_into_at_least_one_tile_and_rarely_two():
    rnd = random.Random(3)
    corner = {(i, j): (i + rnd.uniform(-0.3, 0.3), j + rnd.uniform(-0.3, 0.3)) for i in range(9) for j in range(9)}
    tiles = [
        Outline(i * 8 + j, polygon([corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]))
        for i in range(8)
        for j in range(8)
    ]
    index = PolygonIndex(tiles)
    for _ in range(3000):
        assert len(index.find_all(rnd.uniform(0.5, 7.5), rnd.uniform(0.5, 7.5))) == 1


def test_nothing_to_find_in_an_empty_index():
    assert PolygonIndex([]).find(0, 0) is None
    assert PolygonIndex([Outline(1, polygon([(1, 1), (1, 1), (1, 1)]))]).find(1, 1) is None


def test_bounds_and_refusal_of_other_geometries():
    assert bounds(polygon(box(1, 2, 3, 4))) == (1, 2, 3, 4)
    with pytest.raises(ValueError, match="not a polygon"):
        polygon_rings({"type": "Point", "coordinates": [1, 2]})
