"""Reads of works packages: lines, sums, contractors, what is under warranty where."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet, Sum

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.packs.project_contents import Defect
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place
from gongzhi.projects import queries
from gongzhi.projects.models import Project, ProjectEvent, WorksLine
from gongzhi.projects.rules import works as works_rules
from gongzhi.projects.rules.works import LineFigures, Total

PAGE = 100
PLACES = ("region", "grid", "building", "venue")


def defects_of(project: Project) -> dict[str, Defect]:
    """The sorts of defects of its kind, by code; none where its kind has no lines."""
    return {one.code: one for one in queries.kind_of(project).defects}


def lines_page(
    project: Project, *, defect: str = "", state: str = "", cursor: str = "", limit: int = PAGE
) -> Page[WorksLine]:
    """In the order of the list."""
    given = {"defect": defect, "state": state}
    rows = WorksLine.objects.filter(project=project, **{name: value for name, value in given.items() if value})
    if cursor:
        (after,) = decode_cursor(cursor, 1)
        rows = rows.filter(position__gt=after if isinstance(after, int) else 0)
    rows = rows.select_related("place", "contractor", "entry").defer("place__polygon")
    return page_of(rows.order_by("position")[: limit + 1], limit, lambda row: (row.position,))


def get_line(project: Project, position: int, *, lock: bool = False) -> WorksLine:
    """Raises NotFound `works_line_unknown`."""
    rows = WorksLine.objects.filter(project=project).select_related("place", "contractor", "entry")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(position=position).first()
    if found is None:
        raise NotFound("works_line_unknown", N_("清单里没有这一处。请刷新再看。"))
    return found


def events_of_line(project: Project, line: WorksLine) -> list[ProjectEvent]:
    """What happened to one line since it was listed, the newest first."""
    rows = ProjectEvent.objects.filter(project=project, kind="works", reference=line.reference)
    return list(rows.order_by("-sequence"))


def totals_of(project: Project) -> list[Total]:
    """By sort of defect; one statement."""
    rows = WorksLine.objects.filter(project=project).exclude(state="dropped")
    fields = ("defect", "state", "homes", "budget", "paid")
    return works_rules.totals(LineFigures(*row) for row in rows.values_list(*fields))


def spent_in_books(project: Project) -> int:
    """What the entries about the project come to, in fen."""
    return sum(queries.spent_by_fund(project).values())


def books_pay(project: Project) -> bool:
    """Whether some of its money runs through books here: then a payment cites an entry."""
    return project.lines.filter(dropped_at=None, account__isnull=False).exists()


def possible_places(project: Project) -> QuerySet[Place]:
    """The place of the project and what lies in it, without homes."""
    rows = Place.objects.current().filter(path__startswith=project.path, kind__in=PLACES)
    return rows.defer("polygon").order_by("path")


def possible_contractors(project: Project, on: dt.date) -> QuerySet[Organization]:
    """Bodies of the place, of those above it and of those in it; and such as belong to no place."""
    above = [project.path[: i + 1] for i, letter in enumerate(project.path) if letter == "/"]
    near = Q(place__isnull=True) | Q(place__path__in=above) | Q(place__path__startswith=project.path)
    return Organization.objects.filter(in_force(on), near).order_by("name", "id")


def paid_by_entry(entry_id: uuid.UUID, *, but: int | None = None) -> int:
    """What lines say was paid by one entry; `but` leaves one line out."""
    rows = WorksLine.objects.filter(entry=entry_id)
    rows = rows if but is None else rows.exclude(pk=but)
    return int(rows.aggregate(sum=Sum("paid"))["sum"] or 0)


# --- warranties ------------------------------------------------------------------------------------------------------


def warranted_for(actor: Actor, on: dt.date) -> QuerySet[WorksLine]:
    """What is still warranted in projects that the actor works with, the next to end first."""
    rows = WorksLine.objects.filter(warranty_until__gte=on, project__in=queries.worked_by(actor).values("pk"))
    rows = rows.select_related("project__owner", "place", "contractor").defer("place__polygon")
    return rows.order_by("warranty_until", "id")


def warranties_page(actor: Actor, on: dt.date, *, cursor: str = "", limit: int = PAGE) -> Page[WorksLine]:
    rows = warranted_for(actor, on)
    if cursor:
        until, key = decode_cursor(cursor, 2)
        day = _day(until)
        rows = rows.filter(Q(warranty_until__gt=day) | Q(warranty_until=day, pk__gt=key if isinstance(key, int) else 0))
    return page_of(rows[: limit + 1], limit, lambda row: (str(row.warranty_until), row.pk))


def _day(given: object) -> dt.date:
    """The day of a cursor; another word counts as the first day of all."""
    try:
        return dt.date.fromisoformat(str(given))
    except ValueError:
        return dt.date.min


def warranted_at(path: str, category: str, on: dt.date) -> list[tuple[WorksLine, Defect]]:
    """Works under warranty at a place, around it and in it whose sort of defect names the category; few rows."""
    if not category:
        return []
    above = [path[: i + 1] for i, letter in enumerate(path) if letter == "/"]
    rows = WorksLine.objects.filter(Q(path__in=above) | Q(path__startswith=path), warranty_until__gte=on)
    rows = rows.select_related("project", "place", "contractor").defer("place__polygon").order_by("-accepted_on", "id")
    found = ((line, queries.kind_of(line.project).defect_of(line.defect)) for line in rows[:20])
    return [(line, defect) for line, defect in found if defect is not None and category in defect.categories][:3]


def leaders_of(bodies: Collection[int], on: dt.date) -> dict[int, int]:
    """By body: the mandate of whoever leads it."""
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__organization__in=bodies)
    rows = rows.filter(post__role__in=queries.SPONSORS, substitute_for__isnull=True, person__kind="person")
    ordered = sorted(rows.values_list("post__organization", "post__role", "pk"), key=_further_up, reverse=True)
    return {body: mandate for body, _role, mandate in ordered}


def _further_up(row: tuple[int, str, int]) -> tuple[int, int]:
    return queries.SPONSORS.index(row[1]), row[2]


def ends_of(first: dt.date, last: dt.date) -> QuerySet[WorksLine]:
    """Warranties that end between two days, both counted."""
    rows = WorksLine.objects.filter(warranty_until__range=(first, last)).select_related("project")
    return rows.order_by("warranty_until", "id")
