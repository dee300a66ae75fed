"""Which polygon holds a point: an in-process index for some hundred thousand polygons, in pure Python.

A uniform raster of cells lies over all polygons; a cell knows the polygons whose box touches it. For polygons
that are large for the raster or have many edges, the first look-up in a cell settles whether they cover it
wholly (then a look-up is one dict get), partly (then only their edges in the cell's row are tried) or not at
all. Small ones are tried at once.

Exact: orientation is taken from floats where Shewchuk's error bound ("Adaptive Precision Floating-Point
Arithmetic", 1997, ccwerrboundA) allows, else from fractions. A polygon is closed: a point on its edge, also
on the edge of a hole, lies in it. Where several polygons hold a point, the lowest rank wins, then the lowest
id. Two neighbours never both miss a point near their common edge; the order of building never matters.
Rings are straight lines in degrees (RFC 7946); nothing may cross the antimeridian.
"""

from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

_ROUNDING = 3.3306690738754716e-16
_NEAR = 1e-10  # never below the bound: coordinates are degrees, so |left| + |right| < 2.6e5
_MANY = 40
_NONE: "array[float]" = array("d")


class Outline(NamedTuple):
    """A polygon to find: GeoJSON Polygon or MultiPolygon; a lower rank wins over a higher one."""

    id: int
    geometry: dict[str, Any]
    rank: int = 0


class _Part(NamedTuple):
    """One polygon with its holes; a MultiPolygon gives several. Without edges: covers the whole cell."""

    id: int
    edges: "array[float]"
    west: float
    south: float
    east: float
    north: float


def _exact_side(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> int:
    """The sign of the orientation, by fractions."""
    fx1, fy1, fx2, fy2, fx, fy = map(Fraction, (x1, y1, x2, y2, x, y))
    value = (fx2 - fx1) * (fy - fy1) - (fx - fx1) * (fy2 - fy1)
    return (value > 0) - (value < 0)


def holds(edges: "array[float]", x: float, y: float) -> bool:
    """Whether the closed region bounded by `edges` (even-odd) holds the point."""
    inside = False
    flat = iter(edges)
    for x1, y1, x2, y2 in zip(flat, flat, flat, flat, strict=True):
        if y < y1 or y > y2:
            continue
        if y1 == y2:
            if x1 <= x <= x2 or x2 <= x <= x1:
                return True
            continue
        left = (x2 - x1) * (y - y1)
        right = (x - x1) * (y2 - y1)
        side = left - right
        if -_NEAR < side < _NEAR and abs(side) <= _ROUNDING * (abs(left) + abs(right)):
            side = _exact_side(x1, y1, x2, y2, x, y)
            if side == 0:
                return True
        if side > 0 and y < y2:
            inside = not inside
    return inside


def polygon_rings(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    """The polygons of a geometry, each a list of rings."""
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    if geometry["type"] == "MultiPolygon":
        polygons: list[list[list[list[float]]]] = geometry["coordinates"]
        return polygons
    raise ValueError(f"not a polygon: {geometry['type']}")


def edges_of(rings: list[list[list[float]]]) -> "array[float]":
    """The edges of a polygon's rings, lower end first; rings need not be closed explicitly."""
    edges = array("d")
    extend = edges.extend
    for ring in rings:
        x1, y1 = ring[-1][0], ring[-1][1]
        for point in ring:
            x2, y2 = point[0], point[1]
            if x1 != x2 or y1 != y2:
                extend((x1, y1, x2, y2) if y1 <= y2 else (x2, y2, x1, y1))
            x1, y1 = x2, y2
    return edges


def bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    points = [point for rings in polygon_rings(geometry) for point in rings[0]]
    longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _parts_of(outlines: Iterable[Outline]) -> Iterator[_Part]:
    for outline in sorted(outlines, key=lambda outline: (outline[2], outline[0])):
        for rings in polygon_rings(outline[1]):
            xs, ys = [p[0] for p in rings[0]], [p[1] for p in rings[0]]
            if edges := edges_of(rings):
                yield _Part(outline[0], edges, min(xs), min(ys), max(xs), max(ys))


def _may_touch(edges: "array[float]", west: float, south: float, east: float, north: float) -> bool:
    """Whether any edge may touch a box: never a wrong no."""
    flat = iter(edges)
    for x1, y1, x2, y2 in zip(flat, flat, flat, flat, strict=True):
        if y1 > north or y2 < south or (x1 < west and x2 < west) or (x1 > east and x2 > east):
            continue
        width, height = x2 - x1, y2 - y1
        corners = ((west, south), (west, north), (east, south), (east, north))
        sides = [width * (y - y1) - (x - x1) * height for x, y in corners]
        margin = 1e-12 * (abs(width) + height) * (east - west + north - south)
        if min(sides) <= margin and max(sides) >= -margin:
            return True
    return False


class PolygonIndex:
    """Points to polygon ids; build once, then ask `find` from any thread.

    `cells_per_part` bounds memory: the raster is made coarser until the boxes touch at most that many cells
    on average.
    """

    def __init__(self, outlines: Iterable[Outline], *, cells_per_part: int = 6) -> None:
        self._parts = list(_parts_of(outlines))
        self._rows: dict[tuple[int, int], array[float]] = {}
        self._settled: dict[int, tuple[_Part, ...] | int | None] = {}
        self._touched: dict[int, list[int]] = {}
        self._lay_raster(cells_per_part)
        self._fill_cells()

    def __len__(self) -> int:
        return len(self._parts)

    def _lay_raster(self, cells_per_part: int) -> None:
        parts = self._parts
        self._west = min((part.west for part in parts), default=0.0)
        self._south = min((part.south for part in parts), default=0.0)
        self._east = max((part.east for part in parts), default=0.0)
        self._north = max((part.north for part in parts), default=0.0)
        span = max(self._east - self._west, self._north - self._south, 1e-9)
        sample = parts[:: max(1, len(parts) // 1000)]
        width = median([part.east - part.west for part in sample] or [span]) / 2 or span / 1000
        height = median([part.north - part.south for part in sample] or [span]) / 2 or span / 1000
        while self._cell_count(width, height) > cells_per_part * len(parts) + 1000:
            width, height = width * 1.5, height * 1.5
        self._per_x, self._per_y = 1 / width, 1 / height
        self._columns = int((self._east - self._west) * self._per_x) + 1

    def _cell_count(self, width: float, height: float) -> float:
        return sum(
            ((part.east - part.west) / width + 1) * ((part.north - part.south) / height + 1) for part in self._parts
        )

    def _fill_cells(self) -> None:
        touched, columns = self._touched, self._columns
        west, south, per_x, per_y = self._west, self._south, self._per_x, self._per_y
        for number, part in enumerate(self._parts):
            first, last = int((part.west - west) * per_x), int((part.east - west) * per_x)
            for row in range(int((part.south - south) * per_y), int((part.north - south) * per_y) + 1):
                for cell in range(row * columns + first, row * columns + last + 1):
                    if cell in touched:
                        touched[cell].append(number)
                    else:
                        touched[cell] = [number]

    def _box(self, cell: int) -> tuple[float, float, float, float]:
        """The cell's box, a little larger, so that rounding never puts a point of the cell outside."""
        row, column = divmod(cell, self._columns)
        width, height = 1 / self._per_x, 1 / self._per_y
        west, south = self._west + column * width, self._south + row * height
        pad_x, pad_y = width * 1e-6 + 1e-12, height * 1e-6 + 1e-12
        return west - pad_x, south - pad_y, west + width + pad_x, south + height + pad_y

    def _row_edges(self, number: int, row: int, south: float, north: float) -> "array[float]":
        """The edges of a part that reach a row of cells; kept for parts with many edges."""
        edges = self._parts[number].edges
        if len(edges) < 4 * _MANY:
            return edges
        if (known := self._rows.get((number, row))) is not None:
            return known
        kept = array("d")
        flat = iter(edges)
        for edge in zip(flat, flat, flat, flat, strict=True):
            if edge[1] <= north and edge[3] >= south:
                kept.extend(edge)
        self._rows[number, row] = kept
        return kept

    def _is_small(self, part: _Part) -> bool:
        cells = ((part.east - part.west) * self._per_x + 1) * ((part.north - part.south) * self._per_y + 1)
        return cells < _MANY and len(part.edges) < 4 * _MANY

    def _settle(self, cell: int) -> tuple[_Part, ...] | int | None:
        """Decide once what a cell holds: None, one id that covers it, or parts to try in order."""
        west, south, east, north = self._box(cell)
        found: list[_Part] = []
        for number in self._touched.get(cell, ()):
            part = self._parts[number]
            if self._is_small(part):
                found.append(part)
                continue
            edges = self._row_edges(number, cell // self._columns, south, north)
            if _may_touch(edges, west, south, east, north):
                found.append(part._replace(edges=edges))
            elif holds(edges, (west + east) / 2, (south + north) / 2):
                found.append(part._replace(edges=_NONE))
                break
        covered = bool(found) and not found[0].edges
        settled = found[0].id if covered else tuple(found) or None
        self._settled[cell] = settled
        return settled

    def settle_all(self) -> None:
        """Settle every cell now, so that no look-up pays for it later."""
        for cell in self._touched:
            if cell not in self._settled:
                self._settle(cell)

    def find(self, longitude: float, latitude: float) -> int | None:
        """The id of the polygon that holds the point: lowest rank, then lowest id; None for none."""
        if not (self._west <= longitude <= self._east and self._south <= latitude <= self._north):
            return None
        row = int((latitude - self._south) * self._per_y)
        cell = row * self._columns + int((longitude - self._west) * self._per_x)
        try:
            settled = self._settled[cell]
        except KeyError:
            settled = self._settle(cell)
        if settled is None or isinstance(settled, int):
            return settled
        for key, edges, west, south, east, north in settled:
            if not edges:
                return key
            if west <= longitude <= east and south <= latitude <= north and holds(edges, longitude, latitude):
                return key
        return None

    def find_all(self, longitude: float, latitude: float) -> list[int]:
        """Every polygon that holds the point, best first; not the fast way."""
        if not (self._west <= longitude <= self._east and self._south <= latitude <= self._north):
            return []
        row = int((latitude - self._south) * self._per_y)
        cell = row * self._columns + int((longitude - self._west) * self._per_x)
        parts = (self._parts[number] for number in self._touched.get(cell, ()))
        return list(dict.fromkeys(part.id for part in parts if holds(part.edges, longitude, latitude)))
