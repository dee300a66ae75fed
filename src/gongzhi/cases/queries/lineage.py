"""What cases can be counted for indicators: the ten rates of the statistics page, and how residents use their rights.

The rates are those of `rates`, the rows `listing.filtered`: an indicator and the statistics page are one figure.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.cases.models import Case, Status
from gongzhi.cases.queries import parts, rates
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.cases.queries.published import listed
from gongzhi.cases.queries.reading import category_name
from gongzhi.common.access import require
from gongzhi.common.clock import local_date
from gongzhi.packs import queries as packs
from gongzhi.sheets.lineage import ALL, TOP, Counted, Left, Line, Scope, Source, register_source

_TABLES = ("cases.Case",)
Rows = Callable[[Scope, str], QuerySet[Case]]


def filters_of(scope: Scope) -> Filters:
    return Filters(place=scope.path, since=scope.since, until=scope.until, public=scope.public)


def _rate(code: str) -> Callable[[Scope], Counted]:
    def measure(scope: Scope) -> Counted:
        rate = rates.rate_of(scope.actor, filters_of(scope), scope.at, code=code)
        left = [Left(part, _(parts.LEFT_OUT[part]).format(n=n), n) for part, n in rate.left_out.items()]
        return Counted(rate.weighted, rate.denominator, tuple(left))

    return measure


def _rate_rows(code: str) -> Rows:
    def rows(scope: Scope, part: str) -> QuerySet[Case]:
        narrowed = replace(filters_of(scope), part="")
        wanted = (parts.TOP, parts.BASIC) if part == TOP else parts.COUNTED if part == ALL else (part,)
        found = parts.annotated(filtered(scope.actor, narrowed, scope.at))
        return found.annotate(part=parts.part_of(code, scope.at)).filter(part__in=wanted)

    return rows


def _fetch(rows: Rows) -> Callable[[Scope, str, int, int], Sequence[Line]]:
    def fetch(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
        require(scope.actor, "statistics.read", path=scope.path or None)
        found = rows(scope, part).filter(pk__gt=after).select_related("place", "unit").defer("place__polygon")
        return [_line(case) for case in found.order_by("pk")[:size]]

    return fetch


def _line(case: Case) -> Line:
    cells: tuple[Any, ...] = (
        case.number,
        local_date(case.received_at),
        category_name(case.category),
        case.place.name if case.place else "",
        case.unit.name if case.unit else "",
        _day(case.answered_at),
    )
    return Line(case.pk, cells, reverse("case-page", args=[case.number]))


def _day(at: dt.datetime | None) -> dt.date | None:
    return local_date(at) if at else None


def headers() -> Sequence[str]:
    return [_("编号"), _("收到"), _("类别"), _("地点"), _("单位"), _("答复")]


def _among(top: Callable[[], Q], base: Callable[[], Q] = Q) -> tuple[Callable[[Scope], Counted], Rows]:
    """Cases that fit `top`, out of those that fit `base`."""

    def rows(scope: Scope, part: str) -> QuerySet[Case]:
        found = filtered(scope.actor, filters_of(scope), scope.at).filter(base())
        return found.filter(top()) if part == TOP else found

    def measure(scope: Scope) -> Counted:
        require(scope.actor, "statistics.read", path=scope.path or None)
        return Counted(Fraction(rows(scope, TOP).count()), rows(scope, ALL).count())

    return measure, rows


def _channels(*kinds: str) -> Callable[[], Q]:
    return lambda: Q(channel__in=[one.code for one in packs.active_model().channels if one.kind in kinds])


_ASKED = Q(status__in=[Status.VERIFIED, Status.CONFIRMED, Status.CLOSED, Status.CLOSED_SILENT], main__isnull=True)
_PROPOSED = ("suggestion",)
_EXPRESSED = ("letter", "suggestion")
USES: dict[str, tuple[Callable[[], Q], Callable[[], Q]]] = {
    "cases.listed": (listed, lambda: Q(main__isnull=True)),
    "cases.suggestions_adopted": (lambda: Q(outcome="adopted"), _channels(*_PROPOSED)),
    "cases.expressed": (_channels(*_EXPRESSED), Q),
    "cases.word_given": (lambda: ~Q(solved=""), lambda: _ASKED),
}


def register() -> None:
    for code in parts.DEFINITIONS:
        source = Source(
            f"cases.{code}", ("cases.Case", "cases.Clock", "cases.CaseEvent"), _rate(code), _fetch(_rate_rows(code)),
            headers,
        )  # fmt: skip
        register_source(source)
    for name, (top, base) in USES.items():
        measure, rows = _among(top, base)
        register_source(Source(name, _TABLES, measure, _fetch(rows), headers))
