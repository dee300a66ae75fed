"""What can be counted of places: premises below the standard, 三无 compounds, grids of the right size."""

from collections.abc import Sequence
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.places import queries as places
from gongzhi.places.queries import SizeRow
from gongzhi.sheets.lineage import ALL, TOP, Counted, Left, Line, Scope, Source, register_source, take_page
from gongzhi.sheets.queries import premises
from gongzhi.sheets.queries.figures import narrowed
from gongzhi.sheets.queries.premises import OWNERSHIP, READ, VERDICTS

_TABLES = ("places.Place",)


def _substandard(scope: Scope) -> Counted:
    rows = premises.premises(narrowed(scope, READ), scope.path)
    top, judged = premises.failing_share(rows)
    unknown = len(rows) - judged
    left = (Left("unknown", _("缺户数、没法判断的 {n} 处").format(n=unknown), unknown),) if unknown else ()
    return Counted(Fraction(top), judged, left)


def _substandard_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    wanted = {ALL: ("pass", "fail"), TOP: ("fail",), "unknown": ("unknown",)}[part]
    rows = [row for row in premises.premises(narrowed(scope, READ), scope.path) if row.verdict in wanted]
    lines = [
        Line(
            row.place.pk,
            (
                row.community.name,
                row.place.name,
                f"{row.area:f}",
                "" if row.needed is None else f"{float(row.needed):g}",
                _(OWNERSHIP.get(row.ownership, "")) if row.ownership else "",
                _(VERDICTS[row.verdict]),
            ),
        )
        for row in rows
    ]
    return take_page(sorted(lines, key=lambda line: line.key), after, size)


def _substandard_headers() -> Sequence[str]:
    return [_("社区"), _("阵地"), _("面积（㎡）"), _("标准（㎡）"), _("权属"), _("结论")]


def _without(scope: Scope) -> Counted:
    actor = narrowed(scope, READ)
    known = premises.answered_compounds(actor, scope.path)
    whole = [row for row in premises.compounds(actor, scope.path) if row.whole]
    return Counted(Fraction(len(whole)), len(known))


def _without_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    actor = narrowed(scope, READ)
    if part == TOP:
        rows = [row.place for row in premises.compounds(actor, scope.path) if row.whole]
    else:
        rows = premises.answered_compounds(actor, scope.path)
    lines = [Line(row.pk, (row.code, row.name), reverse("place", args=[row.code])) for row in rows]
    return take_page(sorted(lines, key=lambda line: line.key), after, size)


def _sizes(scope: Scope) -> list[SizeRow]:
    actor = narrowed(scope, READ)
    paths = [scope.path or "/"] if actor.kind == "system" else list(dict.fromkeys(actor.paths_for(READ)))
    found = {row.place.pk: row for path in paths for row in places.size_report(places.grids_under(path))}
    return list(found.values())


def _fitting(scope: Scope) -> Counted:
    rows = _sizes(scope)
    judged = [row for row in rows if row.verdict != "unknown"]
    unknown = len(rows) - len(judged)
    left = (Left("unknown", _("缺户数或目标的 {n} 个").format(n=unknown), unknown),) if unknown else ()
    return Counted(Fraction(sum(row.verdict == "fit" for row in judged)), len(judged), left)


def _fitting_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    wanted = {ALL: ("fit", "small", "large"), TOP: ("fit",), "unknown": ("unknown",)}[part]
    words = {"fit": _("合适"), "small": _("偏小"), "large": _("偏大"), "unknown": _("缺户数或目标")}
    rows = sorted((row for row in _sizes(scope) if row.verdict in wanted), key=lambda row: row.place.pk)
    lines = [
        Line(
            row.place.pk,
            (row.place.code, row.place.name, row.households, row.target, words[row.verdict]),
            reverse("place", args=[row.place.code]),
        )
        for row in rows
    ]
    return take_page(lines, after, size)


def register() -> None:
    register_source(
        Source("places.premises", _TABLES, _substandard, _substandard_lines, _substandard_headers, permission=READ)
    )
    register_source(
        Source(
            "places.three_without", _TABLES, _without, _without_lines, lambda: [_("代码"), _("小区")], permission=READ
        )
    )
    register_source(
        Source(
            "places.grid_size",
            _TABLES,
            _fitting,
            _fitting_lines,
            lambda: [_("代码"), _("网格"), _("户数"), _("目标户数"), _("结论")],
            permission=READ,
        )
    )
