"""楼栋矩阵: the buildings of one's grid, a cell a dwelling: what is open there, when somebody last looked. No names."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Count, Max, Q

from gongzhi.cases.models import OPEN, Case
from gongzhi.cases.queries.desk import worked_by
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.places.models import Place

MOST_BUILDINGS, MOST_CELLS = 60, 400
STALE_DAYS = 90
_STAIR = re.compile(r"[0-9A-Za-z一二三四五六七八九十东西南北中甲乙丙丁]+单元")


@dataclass(frozen=True, slots=True)
class Cell:
    """One dwelling, or a building's common parts: how many matters are open, when one was last worked on."""

    code: str
    name: str
    open: int = 0
    late: int = 0
    last_on: dt.date | None = None
    stair: str = ""

    def tone(self, today: dt.date) -> str:
        """over, soon (something is open), done (looked at lately) or none: the words beside it say the same."""
        if self.late:
            return "over"
        if self.open:
            return "soon"
        recent = self.last_on is not None and (today - self.last_on).days <= STALE_DAYS
        return "done" if recent else ""


@dataclass(frozen=True, slots=True)
class Block:
    """One building with its cells, the common parts first."""

    code: str
    name: str
    cells: list[Cell] = field(default_factory=list)

    @property
    def stairs(self) -> list[tuple[str, list[Cell]]]:
        """(单元, its cells) in the order of the doors; "" for the common parts and what names no stairwell."""
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.stair, []).append(cell)
        return list(found.items())

    @property
    def open(self) -> int:
        return sum(cell.open for cell in self.cells)


def buildings_of(actor: Actor) -> list[Place]:
    """The buildings in the grids that the actor goes round."""
    reach = Q(pk__in=[])
    for path in actor.paths_for("cases.accept"):
        reach |= Q(path__startswith=path)
    rows = Place.objects.current().filter(reach, kind="building").defer("polygon")
    return list(rows.order_by("path")[:MOST_BUILDINGS])


def matrix_of(actor: Actor, buildings: Iterable[Place], at: dt.datetime) -> list[Block]:
    """Each building as its cells: two statements whatever their number."""
    houses = list(buildings)
    if not houses:
        return []
    reach = Q(pk__in=[])
    for house in houses:
        reach |= Q(path__startswith=house.path)
    homes = Place.objects.current().filter(reach, kind="dwelling").defer("polygon").order_by("path")[:MOST_CELLS]
    marks = _marks(actor, [house.pk for house in houses], reach, at)
    below: dict[int, list[Cell]] = {}
    for home in homes:
        cell = _cell(home, _short(home.name), marks)
        below.setdefault(home.parent_id or 0, []).append(replace(cell, stair=stair_of(home.name)))
    return [Block(house.code, house.name, [_cell(house, "", marks), *below.get(house.pk, [])]) for house in houses]


def _cell(place: Place, name: str, marks: dict[int, tuple[int, int, dt.date | None]]) -> Cell:
    return Cell(place.code, name, *marks.get(place.pk, (0, 0, None)))


def stair_of(name: str) -> str:
    """2单元 of 柳园小区5栋 2单元 201; "" where the name has none."""
    found = _STAIR.search(name)
    return found[0] if found else ""


def _short(name: str) -> str:
    """201 of 柳园小区5栋 2单元 201."""
    return name.split(" ")[-1]


def _marks(
    actor: Actor, houses: list[int], reach: Q, at: dt.datetime
) -> dict[int, tuple[int, int, dt.date | None]]:
    """(open, late, last worked on) by place, of what the actor may know of; confidential matters are not among it."""
    homes = Place.objects.filter(reach, kind="dwelling").values("pk")
    cases = worked_by(actor).filter(Q(place_id__in=houses) | Q(place_id__in=homes)).exclude(privacy="confidential")
    own = Case.objects.filter(pk__in=cases.values("pk"))
    still = Q(status__in=OPEN)
    rows = own.values("place_id").annotate(
        open_now=Count("pk", filter=still, distinct=True),
        late=Count("pk", filter=still & Q(due_at__lt=at), distinct=True),
        last=Max("events__at"),
    )
    return {
        row["place_id"]: (row["open_now"], row["late"], local_date(row["last"]) if row["last"] else None)
        for row in rows.order_by()
    }
