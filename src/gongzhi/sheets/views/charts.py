"""A line chart drawn on the server: points in a box, no script; the table beside it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 220, 48, 32, 28, 40


@dataclass(frozen=True, slots=True)
class Point:
    """One year in the chart."""

    x: int
    y: int
    year: int
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Points from left to right, the polyline through them, and where the base line lies."""

    points: tuple[Point, ...]
    path: str
    base: int
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(values: Sequence[tuple[int, Decimal, str]]) -> Chart | None:
    """(year, value, as shown) from the first year to the last; years keep their distance, the scale begins at 0."""
    if len(values) < 2:
        return None
    years = [year for year, _, _ in values]
    low = min(Decimal(0), *(value for _, value, _ in values))
    high = max(Decimal(0), *(value for _, value, _ in values))
    span, years_span = (high - low) or Decimal(1), (years[-1] - years[0]) or 1
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def height_of(value: Decimal) -> int:
        return round(TOP + up * float((high - value) / span))

    points = tuple(
        Point(round(LEFT + across * (year - years[0]) / years_span), height_of(value), year, word)
        for year, value, word in values
    )
    path = " ".join(f"{point.x},{point.y}" for point in points)
    return Chart(points, path, height_of(Decimal(0)))
