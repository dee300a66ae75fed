"""Talks that were held and bodies that spoke for themselves, for indicators of taking part."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.cases.queries.voices import TalkRow, talk_rows
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.publications.models import Publication, Reply
from gongzhi.sheets.lineage import ALL, Counted, Line, Scope, Source, register_source, take_page
from gongzhi.sheets.queries.figures import READ

_PUBLIC = ("released", "expired")


def _paths(scope: Scope) -> tuple[str, ...]:
    """Where the actor reads statistics, no further than what is asked about."""
    require(scope.actor, READ, path=scope.path or None)
    if scope.actor.kind == "system":
        return (scope.path or "/",)
    held = scope.actor.paths_for(READ)
    inside = [path for path in held if path.startswith(scope.path)]
    return tuple(dict.fromkeys(inside + [scope.path for path in held if scope.path.startswith(path)]))


def _talks(scope: Scope) -> list[TalkRow]:
    """Places at which a talk is due every so many weeks, as of the last day asked about."""
    scopes = tuple(one for one in scope.actor.scopes if READ in one.permissions)
    held = tuple(replace(one, path=path, permissions=one.permissions | {"cases.read"}) for one in scopes[:1]
                 for path in _paths(scope))  # fmt: skip
    actor = Actor("token", scopes=held, purpose=scope.actor.purpose, name=scope.actor.name)
    return talk_rows(actor, scope.until or local_date(scope.at))


def _talks_held(scope: Scope) -> Counted:
    rows = _talks(scope)
    return Counted(Fraction(sum(bool(row.held) for row in rows)), len(rows))


def _talk_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    rows = sorted((row for row in _talks(scope) if part == ALL or row.held), key=lambda row: row.place.pk)
    lines = [
        Line(
            row.place.pk,
            (row.place.code, row.place.name, len(row.held), row.items),
            reverse("talks"),
        )
        for row in rows
    ]
    return take_page(lines, after, size)


def _noticed(scope: Scope, part: str) -> QuerySet[Publication]:
    """Public items about somebody who was told before; of the numerator those beside which their own words stand."""
    reach = Q(pk__in=[])
    for path in _paths(scope):
        reach |= Q(path__startswith=path)
    rows = Publication.objects.filter(reach, state__in=_PUBLIC, noticed_at__isnull=False)
    if scope.since:
        rows = rows.filter(released_at__date__gte=scope.since)
    if scope.until:
        rows = rows.filter(released_at__date__lte=scope.until)
    spoke = Reply.objects.filter(publication=OuterRef("pk"), state="shown")
    return rows if part == ALL else rows.filter(Exists(spoke))


def _spoke(scope: Scope) -> Counted:
    return Counted(Fraction(_noticed(scope, "top").count()), _noticed(scope, ALL).count())


def _spoke_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    rows = list(_noticed(scope, part).select_related("place").order_by("released_at", "number"))
    lines = [
        Line(n, (row.number, _day(row.released_at), row.place.name), reverse("publication", args=[row.number]))
        for n, row in enumerate(rows, 1)
    ]
    return take_page(lines, after, size)


def _day(at: dt.datetime | None) -> dt.date | None:
    return local_date(at) if at else None


def register() -> None:
    register_source(
        Source(
            "cases.talks_held",
            ("audit.Link", "places.Place"),
            _talks_held,
            _talk_lines,
            lambda: [_("代码"), _("地点"), _("谈了几次"), _("记了几件")],
        )
    )
    register_source(
        Source(
            "publications.spoke",
            ("publications.Publication", "publications.Reply"),
            _spoke,
            _spoke_lines,
            lambda: [_("编号"), _("公开"), _("地点")],
        )
    )
