"""Point → grid on 100,000 polygons, in process, against a shapely STRtree asked point by point.

The polygons tile a rectangle: neighbours share crooked edges, 12 corners each, no gaps. Both answer the same
200,000 points; the answers are compared before anything is reported.
"""

import random
import sys
import time
from typing import Any

from gongzhi.engines.geoindex import Outline, PolygonIndex

SIDE = 317  # 100,489 polygons
CELL = 0.001
WEST, SOUTH = 119.0, 32.0
POINTS = 200_000
Position = tuple[float, float]


def _between(one: Position, other: Position, rnd: random.Random) -> list[Position]:
    """Two points that make an edge crooked."""
    return [
        tuple(a + (b - a) * share / 3 + rnd.uniform(-0.05, 0.05) * CELL for a, b in zip(one, other, strict=True))
        for share in (1, 2)
    ]  # type: ignore[misc]


def tiling(side: int = SIDE, seed: int = 1) -> list[Outline]:
    """side × side polygons that share their edges exactly."""
    rnd = random.Random(seed)
    corner = {
        (i, j): (WEST + (i + rnd.uniform(-0.3, 0.3)) * CELL, SOUTH + (j + rnd.uniform(-0.3, 0.3)) * CELL)
        for i in range(side + 1)
        for j in range(side + 1)
    }
    across = {(i, j): _between(corner[i, j], corner[i + 1, j], rnd) for i in range(side) for j in range(side + 1)}
    up = {(i, j): _between(corner[i, j], corner[i, j + 1], rnd) for i in range(side + 1) for j in range(side)}
    outlines = []
    for i in range(side):
        for j in range(side):
            ring = [corner[i, j], *across[i, j], corner[i + 1, j], *up[i + 1, j], corner[i + 1, j + 1]]
            ring += [*reversed(across[i, j + 1]), corner[i, j + 1], *reversed(up[i, j]), corner[i, j]]
            outlines.append(Outline(i * side + j, {"type": "Polygon", "coordinates": [ring]}))
    return outlines


def _points(count: int, seed: int = 2) -> list[Position]:
    rnd = random.Random(seed)
    width = SIDE * CELL
    return [(WEST + rnd.random() * width, SOUTH + rnd.random() * width) for _ in range(count)]


def _ours(outlines: list[Outline], points: list[Position]) -> tuple[float, float, float, list[int | None]]:
    """Seconds to build, to answer cold, to answer warm; and the answers."""
    began = time.process_time()
    index = PolygonIndex(outlines)
    built = time.process_time()
    find = index.find
    for x, y in points:
        find(x, y)
    cold = time.process_time()
    answers = [find(x, y) for x, y in points]
    return built - began, cold - built, time.process_time() - cold, answers


def _shapely(outlines: list[Outline], points: list[Position]) -> tuple[float, float, list[int | None]] | None:
    try:
        import shapely
    except ImportError:
        print("no shapely: pip install -r requirements/bench.txt for the peer", file=sys.stderr)
        return None
    began = time.process_time()
    shapes = [shapely.Polygon(outline.geometry["coordinates"][0]) for outline in outlines]
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    built = time.process_time()
    answers = []
    for x, y in points:
        found = tree.query(shapely.Point(x, y), predicate="intersects")
        answers.append(int(found.min()) if len(found) else None)
    return built - began, time.process_time() - built, answers


def _row(what: str, value: float, unit: str, ratio_to: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "ratio_to": ratio_to}


def run() -> dict[str, Any]:
    """CPU seconds of this process; raises AssertionError when the two disagree about a point."""
    outlines, points = tiling(), _points(POINTS)
    build, cold, warm, answers = _ours(outlines, points)
    rows = [
        _row("polygons", len(outlines), "polygons"),
        _row("ours: build", build, "s CPU"),
        _row("ours: first look-ups", POINTS / cold, "points/s"),
        _row("ours: look-ups", POINTS / warm, "points/s", "target: 50,000"),
    ]
    if (peer := _shapely(outlines, points)) is not None:
        peer_build, peer_time, peer_answers = peer
        different = sum(one != other for one, other in zip(answers, peer_answers, strict=True))
        assert different == 0, f"{different} of {POINTS} points answered differently"
        rows += [
            _row("shapely STRtree: build", peer_build, "s CPU", f"ours takes {build / peer_build:.2f} of it"),
            _row("shapely STRtree: loop", POINTS / peer_time, "points/s", f"ours is {peer_time / warm:.1f} × as fast"),
            _row("points answered alike", POINTS - different, "points", f"of {POINTS}"),
        ]
    return {"name": "route", "rows": rows}
