"""What the rooms of people and places below can count; registered here, as they lie under this room.

The functions are the reports' own (people.queries.reporting, staffing): a figure here and there is one figure.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.people.models import Employment
from gongzhi.people.queries import reporting, staffing
from gongzhi.people.queries.reporting import SharedUnit
from gongzhi.sheets.lineage import ALL, TOP, Counted, Left, Line, Scope, Source, register_source, take_page
from gongzhi.sheets.queries.figures import narrowed

READ = staffing.READ
_TABLES = ("people.Post", "people.Mandate")
_POSTS = 200


def _on(scope: Scope) -> dt.date:
    """Posts are counted as of a day: the last one asked for, else today."""
    return scope.until or local_date(scope.at)


def _filled(scope: Scope) -> Counted:
    seats = staffing.all_seats(staffing.seats_by_role(narrowed(scope, READ), _on(scope)))
    return Counted(Fraction(seats.filled), seats.seats)


def _vacant(scope: Scope) -> Counted:
    seats = staffing.all_seats(staffing.seats_by_role(narrowed(scope, READ), _on(scope)))
    return Counted(Fraction(seats.vacant), seats.seats)


def _posts(scope: Scope) -> list[Any]:
    """Every post of the scope with `held`, in the order of codes."""
    actor, found, cursor = narrowed(scope, READ), [], ""
    while True:
        rows, cursor = staffing.posts_page(actor, _on(scope), cursor=cursor, limit=_POSTS)
        found += rows
        if not cursor:
            return found


def _post_lines(keep: Callable[[Any], bool]) -> Callable[[Scope, str, int, int], Sequence[Line]]:
    def fetch(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
        posts = [post for post in _posts(scope) if part == ALL or keep(post)]
        lines = [
            Line(n, (post.title, post.place.name, post.seats, post.held), reverse("post", args=[post.code]))
            for n, post in enumerate(posts, 1)
        ]
        return take_page(lines, after, size)

    return fetch


def _post_headers() -> Sequence[str]:
    return [_("岗位"), _("管哪里"), _("编制"), _("在岗")]


def _units(scope: Scope) -> list[SharedUnit]:
    return [unit for one in reporting.sharing(narrowed(scope, READ), _on(scope)) for unit in one.units]


def _shared(scope: Scope) -> Counted:
    units = _units(scope)
    vacant = sum(unit.vacant for unit in units)
    left = (Left("vacant", _("有空缺的 {n} 个（算在分母里）").format(n=vacant), vacant),) if vacant else ()
    return Counted(Fraction(sum(unit.shared for unit in units)), len(units), left)


def _shared_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    units = [unit for unit in _units(scope) if part == ALL or (unit.shared if part == TOP else unit.vacant)]
    words = {True: _("一人兼任"), False: _("两人分任")}
    lines = [
        Line(n, (unit.place.code, unit.place.name, _("有空缺") if unit.vacant else words[unit.shared]))
        for n, unit in enumerate(units, 1)
    ]
    return take_page(lines, after, size)


def _coverage(scope: Scope) -> Counted:
    rows = reporting.coverage(narrowed(scope, READ), _on(scope))
    return Counted(Fraction(sum(row.held for row in rows)), sum(row.units for row in rows))


def _coverage_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    rows = [row for row in reporting.coverage(narrowed(scope, READ), _on(scope)) if part == ALL or row.held]
    lines = [Line(n, (row.title, row.level, row.units, row.held)) for n, row in enumerate(rows, 1)]
    return take_page(lines, after, size)


def _register_employed(code: str) -> None:
    """Grid members of one employment type out of all; rows are posts, never names."""

    def measure(scope: Scope) -> Counted:
        rows = reporting.employed_rows(narrowed(scope, READ), _on(scope), "grid_member")
        return Counted(Fraction(sum(row.employment == code for row in rows)), len(rows))

    def fetch(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
        on = _on(scope)
        rows = reporting.employed_rows(narrowed(scope, READ), on, "grid_member", None if part == ALL else code)
        lines = [
            Line(n, (row.post.title, row.post.place.name, reporting.years_of(row, on))) for n, row in enumerate(rows, 1)
        ]
        return take_page(lines, after, size)

    def by_place(scope: Scope) -> Mapping[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for row in reporting.employed_rows(system_actor("figures"), _on(scope), "grid_member"):
            before, this = found.get(row.post.place.path, (0, 0)), row.employment == code
            found[row.post.place.path] = (before[0] + this, before[1] + (not this))
        return found

    headers = lambda: [_("岗位"), _("管哪里"), _("任职年数")]  # noqa: E731 - translated when asked
    name = f"people.grid_members.{code}"
    register_source(Source(name, _TABLES, measure, fetch, headers, permission=READ, by_place=by_place))


def _source(name: str, measure: Any, fetch: Any, headers: Any, tables: tuple[str, ...] = _TABLES) -> None:
    register_source(Source(name, tables, measure, fetch, headers, permission=READ))


def register() -> None:
    _source("people.filled", _filled, _post_lines(lambda post: post.held > 0), _post_headers)
    _source("people.vacant", _vacant, _post_lines(lambda post: post.held < post.seats), _post_headers)
    _source("people.shared", _shared, _shared_lines, lambda: [_("代码"), _("地点"), _("结论")])
    headers = lambda: [_("岗位"), _("层级"), _("单位数"), _("有人")]  # noqa: E731 - translated when asked
    _source("people.coverage", _coverage, _coverage_lines, headers, (*_TABLES, "places.Place"))
    for code in (Employment.FULL_TIME, Employment.PART_TIME):
        _register_employed(code)
