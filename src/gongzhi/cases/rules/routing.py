"""Who is responsible for what at a place, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.packs.duty_contents import Duty


@dataclass(frozen=True, slots=True)
class Where:
    """Where a demand lies, and how that was found: code, point, building, text or unknown."""

    path: str
    found: str = "unknown"
    place_id: int | None = None
    grid_id: int | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that can be responsible: where it works, which categories it serves, what kind of unit it is."""

    id: int
    name: str
    path: str
    kind: str
    serves: tuple[str, ...]
    parent_id: int | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Who is responsible and why: `code` is one of duty, fallback, nearest, superior, none; `line` of the duty list."""

    unit: Unit | None
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    line: Duty | None = None


def _superior(unit: Unit, units: dict[int, Unit]) -> Unit | None:
    return units.get(unit.parent_id) if unit.parent_id else None


def _serving(near: Sequence[Unit], categories: Sequence[str], unit_kind: str) -> list[Unit]:
    """Units that serve the category, else those of the kind; nearest first."""
    serving = [u for u in near if set(u.serves) & set(categories) and unit_kind in ("", u.kind)]
    return serving or [u for u in near if unit_kind and u.kind == unit_kind]


def _by_list(
    near: Sequence[Unit], categories: Sequence[str], lines: Sequence[Duty]
) -> tuple[list[Unit], str, Duty | None]:
    """Who leads by the duty list: the first line whose leading unit works here; else who steps in."""
    for line in lines:
        if found := [u for u in _serving(near, categories, line.lead) if line.level in ("", u.level)]:
            return found, "duty", line
    for line in lines:
        if found := _serving(near, categories, line.fallback) if line.fallback else []:
            return found, "fallback", line
    return [], "nearest", None


def choose_route(
    *,
    path: str,
    categories: Sequence[str],
    unit_kind: str,
    units: Sequence[Unit],
    about: int | None = None,
    lines: Sequence[Duty] = (),
) -> Route:
    """The unit that serves the category nearest to the place; never the one the case is about.

    `categories` is the category and its ancestors, nearest first; `lines` what the duty list says of it, which goes
    before the category's own `unit_kind`. Without a serving unit the nearest office takes it; a case about the unit
    that would get it goes to that unit's superior, and says so.
    """
    by_id = {unit.id: unit for unit in units}
    near = sorted((u for u in units if path.startswith(u.path)), key=lambda u: (-len(u.path), u.id))
    serving, code, line = _by_list(near, categories, lines)
    if not lines:
        serving = _serving(near, categories, unit_kind)
        code = "duty" if serving else "nearest"
    chosen: Unit | None = next(iter(serving or [u for u in near if u.kind in OFFICE_KINDS] or near), None)
    seen: set[int] = set()
    while chosen and chosen.id == about and chosen.id not in seen:
        seen.add(chosen.id)
        chosen, code = _superior(chosen, by_id), "superior"
    if chosen is None:
        return Route(None, "none")
    facts = {"unit_kind": line.lead if line else unit_kind, "category": categories[0] if categories else ""}
    return Route(chosen, code, facts, line)


def check_duty(*, unit: str, category: str, open_line: Duty | None, admitted: bool) -> None:
    """A community is given only what its list holds (北京市接诉即办工作条例 17), unless 准入 was granted.

    Raises Refused `category_first`, `outside_duty_list`.
    """
    if admitted or open_line is not None:
        return
    if not category:
        message = N_("还没定类别，看不出在不在社区的职责清单里。先定类别，再派给{unit}。")
        raise Refused("category_first", message, unit=unit)
    raise Refused(
        "outside_duty_list",
        N_("这类事不在社区职责清单里，不能派给{unit}。派给清单上的牵头单位，或请书记、上级先办准入。"),
        unit=unit,
    )


def check_funding(*, clause: str, line: str, exception: str) -> None:
    """Delegated work names its funding line, or the exception is written down. Raises Refused `missing_funding`."""
    if not (line.strip() or exception.strip()):
        raise Refused(
            "missing_funding",
            N_("{clause}。请写经费项目；没有的，写明为什么例外。"),
            clause=clause,
            field="funding",
        )


OFFICE_KINDS = ("community",)
