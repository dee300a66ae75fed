"""A made-up district with the figures of S4: 32 towns become 19, 351 villages and 50 communities 168 and 56.

演示数据: every name and code is invented; only counts, means and totals are the source's.
"""

from fractions import Fraction
from typing import Any

from gongzhi.places.models import Place

ROOT = "990001"
TOWNS, TOWNS_AFTER = 32, 19
VILLAGES, VILLAGES_AFTER, COMMUNITIES, COMMUNITIES_AFTER = 351, 168, 50, 56
GROUPS, GROUPS_AFTER = 3081, 1502
PEOPLE, VILLAGERS, VILLAGERS_AFTER, GROUPED, GROUPED_AFTER = 596_600, 444_717, 419_328, 597_714, 596_294
# Square metres, so that shares are whole: 806.17 km², villages 737.1 → 705.6, groups 801.06 → 811.08.
AREA, VILLAGE_AREA, VILLAGE_AREA_AFTER = 806_170_000, 737_100_000, 705_600_000
GROUP_AREA, GROUP_AREA_AFTER = 801_060_000, 811_080_000


def shares(total: int, count: int) -> list[int]:
    """A total cut into so many whole parts that differ by at most one."""
    base, more = divmod(total, count)
    return [base + (at < more) for at in range(count)]


def _km2(square_metres: int) -> float:
    return float(Fraction(square_metres, 1_000_000))


def _features(population: int, area: int, kind: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"population": population, "area_km2": _km2(area)}
    return {**found, "type": kind} if kind else found


def build_district() -> Place:
    """The district before the change, in the database."""
    root = _root()
    towns = _rows(TOWNS, "T", "street", [root], shares(PEOPLE, TOWNS), shares(AREA, TOWNS), "演示镇")
    left = PEOPLE - VILLAGERS, AREA - VILLAGE_AREA
    villages = _rows(
        VILLAGES, "V", "village", towns, shares(VILLAGERS, VILLAGES), shares(VILLAGE_AREA, VILLAGES), "演示村", "村"
    )
    communities = _rows(
        COMMUNITIES,
        "C",
        "village",
        towns,
        shares(left[0], COMMUNITIES),
        shares(left[1], COMMUNITIES),
        "演示社区",
        "社区",
    )
    homes = [*villages, *communities]
    _rows(GROUPS, "G", "group", homes, shares(GROUPED, GROUPS), shares(GROUP_AREA, GROUPS), "演示组")
    return root


def _root() -> Place:
    return Place.objects.create(
        kind="region", level="area", code=ROOT, name="演示区（演示数据）", path=f"/{ROOT}/", valid_from="2000-01-01"
    )


def _rows(
    count: int,
    letter: str,
    level: str,
    parents: list[Place],
    people: list[int],
    areas: list[int],
    word: str,
    kind: str = "",
) -> list[Place]:
    """Units dealt to the parents in turn."""
    found = []
    for at in range(count):
        parent, code = parents[at % len(parents)], f"YS-{letter}{at:04d}"
        found.append(
            Place(
                kind="region",
                level=level,
                code=code,
                name=f"{word}{at + 1}",
                parent=parent,
                path=f"{parent.path}{code}/",
                valid_from="2000-01-01",
                features=_features(people[at], areas[at], kind),
            )
        )
    return Place.objects.bulk_create(found)


HEADER = ["旧代码", "旧名称", "调整方式", "新代码", "新名称", "新上级代码", "新类型", "占比"]
HEADER += ["新人口", "新面积（平方公里）", "生效日期"]


def batch_rows(on: str = "2020-12-01") -> list[list[Any]]:
    """The batch as a workbook's rows: each old unit goes to the new unit of its turn."""
    people, areas = shares(PEOPLE, TOWNS_AFTER), shares(AREA, TOWNS_AFTER)
    rows = []
    for n in range(TOWNS):
        new = n % TOWNS_AFTER
        row = [f"YS-T{n:04d}", "", "合并", f"YS-NT{new:04d}", f"演示新镇{new + 1}", ROOT, "", "100%"]
        rows.append([*row, people[new], _km2(areas[new]), on])
    # 225 old villages and communities become the 168 + 56: the sixth new community is carved out of villages.
    people = [*shares(VILLAGERS_AFTER, VILLAGES_AFTER), *shares(PEOPLE - VILLAGERS_AFTER, COMMUNITIES_AFTER)]
    areas = [*shares(VILLAGE_AREA_AFTER, VILLAGES_AFTER), *shares(AREA - VILLAGE_AREA_AFTER, COMMUNITIES_AFTER)]
    olds = [f"YS-V{n:04d}" for n in range(VILLAGES)] + [f"YS-C{n:04d}" for n in range(COMMUNITIES)]
    # Communities stay communities; the villages fill up all the rest.
    news = [n % (VILLAGES_AFTER + 6) for n in range(VILLAGES)] + [VILLAGES_AFTER + 6 + n for n in range(COMMUNITIES)]
    for old, new in zip(olds, news, strict=True):
        kind = "村" if new < VILLAGES_AFTER else "社区"
        row = [old, "", "合并", f"YS-NV{new:04d}", f"演示新{kind}{new + 1}", f"YS-NT{new % TOWNS_AFTER:04d}", kind]
        rows.append([*row, "100%", people[new], _km2(areas[new]), on])
    parents = [f"YS-NV{n:04d}" for n in range(VILLAGES_AFTER + COMMUNITIES_AFTER)]
    people, areas = shares(GROUPED_AFTER, GROUPS_AFTER), shares(GROUP_AREA_AFTER, GROUPS_AFTER)
    for at in range(GROUPS):
        new = at % GROUPS_AFTER
        row = [f"YS-G{at:04d}", "", "合并", f"YS-NG{new:04d}", f"演示新组{new + 1}", parents[new % len(parents)], ""]
        rows.append([*row, "100%", people[new], _km2(areas[new]), on])
    return rows
