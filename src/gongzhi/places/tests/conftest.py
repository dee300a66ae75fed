"""A small tree of places and actors over parts of it; nothing remembered from the test before."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from gongzhi.common.access import Actor, Scope, system_actor
from gongzhi.packs import queries as packs
from gongzhi.places import actions, locating
from gongzhi.places.models import Place

AT = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)
HOUSE = system_actor("test")


def square(west: float, south: float, side: float) -> dict[str, object]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    locating.forget()
    packs.forget()
    yield
    locating.forget()
    packs.forget()


@pytest.fixture
def over() -> Callable[..., Actor]:
    """An actor whose one mandate over a path gives these permissions."""

    def _over(path: str, *permissions: str) -> Actor:
        scope = Scope(1, "secretary", frozenset(permissions or {"places.change", "places.read"}), path)
        return Actor(kind="person", scopes=(scope,), purpose="test")

    return _over


@pytest.fixture
def add(db: object) -> Callable[..., Place]:
    """`add("grid", "G1", "一网格", parent)` by the house itself."""

    def _add(kind: str, code: str, name: str = "", parent: Place | None = None, **more: object) -> Place:
        return actions.add_place(by=HOUSE, at=AT, kind=kind, code=code, name=name or code, parent=parent, **more)

    return _add


@pytest.fixture
def tree(add: Callable[..., Place]) -> dict[str, Place]:
    """A town with two communities; in the first a grid with a building, each smaller than what it lies in."""
    town = add("region", "321171102", "丁岗镇", level="street", polygon=square(119.6, 32.1, 0.1))
    one = add("region", "321171102001", "平昌社区", town, level="village", polygon=square(119.6, 32.1, 0.05))
    two = add("region", "321171102002", "桥南社区", town, level="village", polygon=square(119.65, 32.1, 0.05))
    grid = add("grid", "G1", "一网格", one, level="grid1", polygon=square(119.61, 32.11, 0.01), households=150)
    small = add("grid", "G1-1", "一网格一片", grid, level="grid2", polygon=square(119.61, 32.11, 0.005), households=40)
    house = add("building", "B5", "5栋", small, level="building", longitude=119.612, latitude=32.112)
    home = add("dwelling", "B5-101", "101", house, level="dwelling")
    return {place.code: place for place in (town, one, two, grid, small, house, home)}
