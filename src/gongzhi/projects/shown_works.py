"""Single lines of works as links and duties show them; warranties that end; the note on a report under warranty."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.cases.models import Case
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.page_notes import PageNote, register_page_note
from gongzhi.common.refusals import worded
from gongzhi.common.text import N_
from gongzhi.duties.registry import Expiry, Shown, evidence, expiring, naming
from gongzhi.packs.project_contents import Defect
from gongzhi.projects import queries, rules
from gongzhi.projects.models import WorksLine
from gongzhi.projects.queries import works


@evidence("works")
def shown_line(actor: Actor, identifier: str) -> Shown | None:
    """For whoever works with the project."""
    rows = WorksLine.objects.filter(project__in=queries.worked_by(actor).values("pk"))
    rows = rows.select_related("project", "place").defer("place__polygon")
    found = rows.filter(pk=identifier).first() if identifier.isdecimal() else None
    if found is None:
        return None
    return Shown(f"{found.place.name} {found.part}", reverse("works-line", args=[found.project.number, found.position]))


@expiring("works")
def warranties_ending(first: dt.date, last: dt.date) -> Iterator[Expiry]:
    """Whoever leads the unit that answers for the work looks once more; else who looked after the project."""
    lines = list(works.ends_of(first, last))
    leaders = works.leaders_of({line.project.owner_id for line in lines}, last)
    for line in lines:
        assert line.warranty_until is not None  # noqa: S101 - the filter says so
        holder = leaders.get(line.project.owner_id, line.project.sponsor_id)
        yield Expiry(line.reference, line.path, line.warranty_until, holder)


@naming("works")
def called_lines(identifiers: Iterable[str]) -> dict[str, str]:
    keys = [one for one in identifiers if one.isdecimal()]
    rows = WorksLine.objects.filter(pk__in=keys).select_related("place").defer("place__polygon")
    return {str(one.pk): _("{place} {part}").format(place=one.place.name, part=one.part) for one in rows}


def under_warranty(actor: Actor, case: Case, at: dt.datetime) -> list[PageNote]:
    """On the desk page of a report: what is warranted there that its category is about, and by whom."""
    return [
        PageNote(_told(line, defect), _way(actor, line))
        for line, defect in works.warranted_at(case.path, case.category, local_date(at))
    ]


def _told(line: WorksLine, defect: Defect) -> str:
    message = N_("{place} {part}的{defect}修过，保修到 {day}，由{contractor}管。先叫他们来看。")
    assert line.warranty_until is not None and line.contractor is not None  # noqa: S101 - the database says so
    facts = {"place": line.place.name, "part": line.part, "defect": defect.name, "contractor": line.contractor.name}
    return worded(message, {"day": line.warranty_until, **facts})


def _way(actor: Actor, line: WorksLine) -> str:
    if not queries.may(actor, rules.READ, line.project):
        return ""
    return reverse("works-line", args=[line.project.number, line.position])


def register() -> None:
    register_page_note("case", under_warranty)
