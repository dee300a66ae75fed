"""Before and after a change of boundaries: what was on the day before, what is from the day on. Reads only."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from gongzhi.audit.models import Entry, Link
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.places import boundaries, queries
from gongzhi.places.actions.adjusting import SHELF
from gongzhi.places.actions.reverting import UNDONE
from gongzhi.places.boundaries import Compared, Target, Unit
from gongzhi.places.models import Kind, Place, PlaceVersion

READ = "places.read"


class Batch(NamedTuple):
    """One change of boundaries that was made."""

    number: str
    at: dt.datetime
    on: dt.date
    root: str
    made: int
    ended: int
    carried: tuple[tuple[str, int], ...] = ()
    undone_at: dt.datetime | None = None

    @property
    def went_along(self) -> list[tuple[str, int]]:
        """What went to the successors, in words, with how many."""
        words = carried_words()
        return [(words[word], count) for word, count in self.carried if word in words]


def batches(by: Actor, limit: int = 30) -> list[Batch]:
    """The newest changes first."""
    require(by, READ)
    links = Link.objects.filter(source=SHELF, relation="changed").order_by("-id")[:limit]
    entries = Entry.objects.filter(subject__in=[row.target for row in links], action="places.change_boundaries")
    undone = _undone([row.target for row in links])
    return [_batch(entry, undone.get(entry.subject)) for entry in entries.order_by("-id")]


def _undone(references: Sequence[str]) -> dict[str, dt.datetime]:
    return dict(Entry.objects.filter(subject__in=references, action=UNDONE).values_list("subject", "at"))


def carried_words() -> dict[str, str]:
    """What can go along with a place, as people call it."""
    return {
        "cases": _("没办完的诉求"),
        "posts": _("岗位"),
        "mandates": _("任职"),
        "organizations": _("组织"),
        "shifts": _("值班"),
        "charges": _("责任区"),
        "duties": _("没做完的职责"),
        "publications": _("公开的信息"),
        "gatherings": _("要开的会"),
        "topics": _("议题"),
        "courses": _("走着的程序"),
        "votes": _("没完的表决"),
        "funds": _("账本"),
        "agreements": _("协议"),
        "messages": _("帖子"),
        "appeals": _("申诉"),
        "projects": _("没办完的项目"),
    }


def get_batch(by: Actor, number: str) -> Batch:
    require(by, READ)
    found = Entry.objects.filter(subject=f"boundary:{number}", action="places.change_boundaries").first()
    if found is None:
        raise NotFound("unknown_boundary_change", N_("没有这次区划调整。"))
    return _batch(found, _undone([found.subject]).get(found.subject))


def _batch(entry: Entry, undone_at: dt.datetime | None) -> Batch:
    said = entry.changes
    carried = said["carried"] if isinstance(said["carried"], dict) else {"cases": said["carried"]}
    return Batch(
        number=entry.subject.removeprefix("boundary:"),
        at=entry.at,
        on=dt.date.fromisoformat(said["on"]),
        root=said["root"],
        made=said["made"],
        ended=said["ended"],
        carried=tuple(carried.items()),
        undone_at=undone_at,
    )


def units_on(path: str, on: dt.date) -> list[Unit]:
    """Regions and grids at or below a path as they were on a date: old boundaries stay countable."""
    held = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    versions = {
        version.place_id: version
        for version in PlaceVersion.objects.filter(held, valid_to__gt=on).order_by("-valid_to")
        if version.path.startswith(path)
    }
    near = Q(path__startswith=path) | Q(pk__in=versions)
    rows = Place.objects.on(on).filter(near, kind__in=(Kind.REGION, Kind.GRID)).defer("polygon")
    found = []
    for row in rows:
        version = versions.get(row.pk)
        known = version.features if version else row.features
        name = version.name if version else row.name
        unit = Unit(row.code, name, row.level, known.get("type", ""), known.get("population"), known.get("area_km2"))
        found.append(unit)
    return found


def unit_after(target: Target, known: dict[str, Unit]) -> Unit:
    """What a unit will be, from the batch and what its sources bring."""
    first = known[target.sources[0][0]]
    population, area = boundaries.inherited(target, known)
    return Unit(
        target.code,
        target.name or first.name,
        first.level,
        target.type or first.type,
        population if target.population is None else target.population,
        area if target.area is None else target.area,
    )


def compared(before: Sequence[Unit], after: Sequence[Unit]) -> list[Compared]:
    order = [code for code, _name in queries.levels()]
    levels = sorted(
        {unit.level for unit in (*before, *after)}, key=lambda level: order.index(level) if level in order else 99
    )
    return boundaries.compare(before, after, levels)


def report_of(batch: Batch) -> list[Compared]:
    """Before and after of a batch, from what was and is on those days; levels that did not change are left out."""
    day_before = batch.on - dt.timedelta(days=1)
    rows = compared(units_on(batch.root, day_before), units_on(batch.root, batch.on))
    changed = {row.level for row in rows if row.before != row.after}
    return [row for row in rows if row.level in changed]


def units_of(batch: Batch, level: str, type_: str, when: str) -> list[Unit]:
    """The units behind one figure: `when` is "before" or "after", `type_` "" for all."""
    on = batch.on - dt.timedelta(days=1) if when == "before" else batch.on
    rows = [unit for unit in units_on(batch.root, on) if unit.level == level and (not type_ or unit.type == type_)]
    return sorted(rows, key=lambda unit: unit.code)


def headers() -> list[str]:
    return [
        _("层级"),
        _("调整前（个）"),
        _("调整后（个）"),
        _("撤并率"),
        _("平均人口：前"),
        _("平均人口：后"),
        _("增减（人）"),
        _("平均面积：前（平方公里）"),
        _("平均面积：后（平方公里）"),
        _("增减（平方公里）"),
        _("总人口：前"),
        _("总人口：后"),
    ]


def lines(rows: Sequence[Compared]) -> list[list[Any]]:
    """The report's table: one line a level or type."""
    names = queries.level_names()
    return [
        [
            f"{names.get(row.level, row.level)}{'：' + row.type if row.type else ''}",
            row.before.count,
            row.after.count,
            f"{row.merge_rate}%" if row.merge_rate is not None else None,
            row.before.mean_population,
            row.after.mean_population,
            row.more_population,
            row.before.mean_area,
            row.after.mean_area,
            row.more_area,
            row.before.population if row.before.populated else None,
            row.after.population if row.after.populated else None,
        ]
        for row in rows
    ]


def tolerance() -> int:
    """By how many percent totals may differ unmentioned: the model's number."""
    try:
        office = packs.active_model().office
    except Refused:
        return 0
    return office.consistency_percent if office else 0


def warnings(rows: Sequence[Compared]) -> list[str]:
    """Totals that differ more than they should, in words; nobody is stopped by them."""
    names, words = queries.level_names(), {"population": _("总人口"), "area": _("总面积")}
    text = _("{level}的{what}前后差 {percent}%：{before} → {after}。可能有人划到别的层级，也可能填错了，请核对。")
    return [
        text.format(
            level=f"{names.get(one.level, one.level)}{one.type and '（' + one.type + '）'}",
            what=words[one.what],
            percent=one.percent,
            before=f"{one.before:,.10g}",
            after=f"{one.after:,.10g}",
        )
        for one in boundaries.doubts(rows, tolerance())
    ]
