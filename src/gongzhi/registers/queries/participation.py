"""How residents take part in the registers, for indicators: homes verified, entries they confirmed, forms answered."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.clock import local_date
from gongzhi.places.models import Kind, Place
from gongzhi.registers.models import CollectionTask, Tenure
from gongzhi.registers.queries import tenures
from gongzhi.registers.queries.facts import subjects_under
from gongzhi.registers.queries.tenures import READ
from gongzhi.sheets.lineage import ALL, TOP, Counted, Line, Scope, Source, register_source, take_page
from gongzhi.sheets.queries.figures import narrowed


def _reach(scope: Scope, field: str) -> Q:
    found = Q(pk__in=[])
    for path in narrowed(scope, READ).paths_for(READ) if scope.actor.kind != "system" or scope.path else ("/",):
        found |= Q(**{f"{field}__startswith": path})
    return found


def _homes(scope: Scope, part: str) -> QuerySet[Place]:
    """Dwellings; those of the numerator have an owner or somebody living there whose papers were accepted."""
    homes = Place.objects.on(_on(scope)).filter(_reach(scope, "path"), kind=Kind.DWELLING)
    if part == ALL:
        return homes
    return homes.filter(pk__in=Tenure.objects.filter(tenures.held(_on(scope))).values("dwelling_id"))


def _on(scope: Scope) -> dt.date:
    return scope.until or local_date(scope.at)


def _verified(scope: Scope) -> Counted:
    return Counted(Fraction(_homes(scope, TOP).count()), _homes(scope, ALL).count())


def _home_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    rows = _homes(scope, part).filter(pk__gt=after).select_related("parent").order_by("pk")[:size]
    return [
        Line(row.pk, (row.code, tenures.address_of(row)), reverse("owners-register", args=[row.parent.code]))
        for row in rows
        if row.parent
    ]


def _named(scope: Scope, part: str) -> QuerySet[Tenure]:
    """Who is named at a dwelling; of the numerator those who declared it themselves or said yes to it."""
    rows = Tenure.objects.filter(tenures.held(_on(scope)), _reach(scope, "dwelling__path"), person__isnull=False)
    return rows if part == ALL else rows.filter(confirmed_at__isnull=False)


def _confirmed(scope: Scope) -> Counted:
    return Counted(Fraction(_named(scope, TOP).count()), _named(scope, ALL).count())


def _named_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    rows = _named(scope, part).filter(pk__gt=after).select_related("dwelling__parent").order_by("pk")[:size]
    words = {True: _("本人认过"), False: _("还没认")}
    return [
        Line(
            row.pk,
            (tenures.address_of(row.dwelling), row.get_capacity_display(), words[bool(row.confirmed_at)]),
            reverse("tenure", args=[row.pk]),
        )
        for row in rows
    ]


def _confirmed_by_place(scope: Scope) -> Mapping[str, tuple[int, int]]:
    rows = Tenure.objects.filter(tenures.held(_on(scope)), person__isnull=False)
    yes = Case(When(confirmed_at__isnull=False, then=Value(1)), default=Value(0), output_field=IntegerField())
    found: dict[str, tuple[int, int]] = {}
    counted = rows.annotate(yes=yes).values_list("yes").annotate(path=F("dwelling__parent__path"), n=Count("pk"))
    for said, path, n in counted.order_by():
        before = found.get(path, (0, 0))
        found[path] = (before[0] + n, before[1]) if said else (before[0], before[1] + n)
    return found


def _tasks(scope: Scope) -> list[tuple[CollectionTask, int, int]]:
    """Every task opened in the days asked about: (task, subjects answered, subjects asked)."""
    rows = CollectionTask.objects.filter(_reach(scope, "path")).select_related("form", "place").order_by("pk")
    if scope.since:
        rows = rows.filter(opened_at__date__gte=scope.since)
    if scope.until:
        rows = rows.filter(opened_at__date__lte=scope.until)
    answered = dict(rows.values_list("pk").annotate(n=Count("facts__subject", distinct=True)))
    return [
        (row, min(answered.get(row.pk, 0), asked), asked)
        for row in rows
        if (asked := subjects_under(row.form.about, row.path).count())
    ]


def _answered(scope: Scope) -> Counted:
    rows = _tasks(scope)
    return Counted(Fraction(sum(done for _, done, _asked in rows)), sum(asked for _, _done, asked in rows))


def _task_lines(scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    lines = [
        Line(task.pk, (task.form.title, task.place.name, done, asked), reverse("collection-task", args=[task.pk]))
        for task, done, asked in _tasks(scope)
        if part == ALL or done
    ]
    return take_page(lines, after, size)


def register() -> None:
    _source("registers.homes_verified", ("registers.Tenure", "places.Place"), _verified, _home_lines,
            lambda: [_("代码"), _("房屋")])  # fmt: skip
    register_source(
        Source(
            "registers.confirmed",
            ("registers.Tenure",),
            _confirmed,
            _named_lines,
            lambda: [_("房屋"), _("身份"), _("本人认没认")],
            permission=READ,
            by_place=_confirmed_by_place,
        )
    )
    _source("registers.answered", ("registers.CollectionTask", "registers.Fact"), _answered, _task_lines,
            lambda: [_("表"), _("地点"), _("答了的"), _("问的")])  # fmt: skip


def _source(
    name: str,
    tables: tuple[str, ...],
    measure: Callable[[Scope], Counted],
    fetch: Callable[[Scope, str, int, int], Sequence[Line]],
    headers: Callable[[], Sequence[str]],
) -> None:
    register_source(Source(name, tables, measure, fetch, headers, permission=READ))
