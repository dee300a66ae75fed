"""Coordinates between WGS-84, GCJ-02 (maps published in China), BD-09 (Baidu) and CGCS2000.

Longitude first, degrees, everywhere. GCJ-02 and BD-09 were never published officially; the formulas are the
widely reproduced reconstruction of 2013 (wuyongzheng, googollee and others; "eviltransform"), which agrees
with the maps to about a metre. CGCS2000 and WGS-84 differ by centimetres and are taken as equal.
The inverse has no closed form: it is found by fixed-point iteration to 1e-9 degrees (about 0.1 mm), so that a
round trip through this module closes to less than 1 mm; the metre of the reconstruction itself remains.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Any, Literal, get_args

Crs = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
CRS_NAMES: tuple[str, ...] = get_args(Crs)
Point = tuple[float, float]

# Krasovsky 1940, on which the shift is computed.
_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = pi * 3000.0 / 180.0
_CLOSE_ENOUGH = 1e-9
_MEAN_RADIUS = 6371008.8


def in_shifted_area(longitude: float, latitude: float) -> bool:
    """Whether the shift applies: the rectangle of the reconstruction, not a border."""
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def _waves(x: float, y: float) -> Point:
    """The shift in metres-like units, east and north, of a point relative to (105, 35)."""
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    root = sqrt(abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return east, north


def wgs84_to_gcj02(longitude: float, latitude: float) -> Point:
    """The published-map position of a GPS position; unchanged outside the shifted area."""
    if not in_shifted_area(longitude, latitude):
        return longitude, latitude
    east, north = _waves(longitude - 105.0, latitude - 35.0)
    phi = radians(latitude)
    flattened = 1.0 - _ECCENTRICITY_SQUARED * sin(phi) ** 2
    meridian = _SEMI_MAJOR * (1.0 - _ECCENTRICITY_SQUARED) / (flattened * sqrt(flattened))
    parallel = _SEMI_MAJOR / sqrt(flattened) * cos(phi)
    return longitude + east * 180.0 / (parallel * pi), latitude + north * 180.0 / (meridian * pi)


def gcj02_to_bd09(longitude: float, latitude: float) -> Point:
    radius = hypot(longitude, latitude) + 0.00002 * sin(latitude * _BAIDU)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * _BAIDU)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def _inverse(forward: Callable[[float, float], Point], longitude: float, latitude: float) -> Point:
    """The point that `forward` sends to the given one, by fixed-point iteration (the shift varies slowly)."""
    x, y = longitude, latitude
    for _ in range(30):
        moved_x, moved_y = forward(x, y)
        error_x, error_y = moved_x - longitude, moved_y - latitude
        x, y = x - error_x, y - error_y
        if abs(error_x) < _CLOSE_ENOUGH and abs(error_y) < _CLOSE_ENOUGH:
            break
    return x, y


def gcj02_to_wgs84(longitude: float, latitude: float) -> Point:
    """The GPS position of a published-map position."""
    if not in_shifted_area(longitude, latitude):
        return longitude, latitude
    return _inverse(wgs84_to_gcj02, longitude, latitude)


def bd09_to_gcj02(longitude: float, latitude: float) -> Point:
    return _inverse(gcj02_to_bd09, longitude, latitude)


def to_wgs84(longitude: float, latitude: float, crs: str) -> Point:
    """A position in `crs` as WGS-84; raises ValueError for a name not in CRS_NAMES."""
    if crs in ("wgs84", "cgcs2000"):
        return longitude, latitude
    if crs == "gcj02":
        return gcj02_to_wgs84(longitude, latitude)
    if crs == "bd09":
        return gcj02_to_wgs84(*bd09_to_gcj02(longitude, latitude))
    raise ValueError(f"unknown crs {crs!r}: one of {', '.join(CRS_NAMES)}")


def from_wgs84(longitude: float, latitude: float, crs: str) -> Point:
    """A WGS-84 position in `crs`; raises ValueError for a name not in CRS_NAMES."""
    if crs in ("wgs84", "cgcs2000"):
        return longitude, latitude
    shifted = wgs84_to_gcj02(longitude, latitude)
    if crs == "gcj02":
        return shifted
    if crs == "bd09":
        return gcj02_to_bd09(*shifted)
    raise ValueError(f"unknown crs {crs!r}: one of {', '.join(CRS_NAMES)}")


def convert(longitude: float, latitude: float, source: str, target: str) -> Point:
    """A position from one system into another, by way of WGS-84."""
    return from_wgs84(*to_wgs84(longitude, latitude, source), target)


def convert_geometry(geometry: dict[str, Any], source: str, target: str) -> dict[str, Any]:
    """A GeoJSON geometry with every position converted."""

    def moved(value: Any) -> Any:
        if isinstance(value[0], int | float):
            return list(convert(value[0], value[1], source, target))
        return [moved(item) for item in value]

    return {"type": geometry["type"], "coordinates": moved(geometry["coordinates"])}


def distance(one: Point, other: Point) -> float:
    """Metres between two WGS-84 positions on a sphere (haversine; up to 0.5% off the ellipsoid)."""
    (x1, y1), (x2, y2) = one, other
    half = sin(radians(y2 - y1) / 2) ** 2
    half += cos(radians(y1)) * cos(radians(y2)) * sin(radians(x2 - x1) / 2) ** 2
    return 2 * _MEAN_RADIUS * atan2(sqrt(half), sqrt(1 - half))
