"""Problems, projects and visits as links, duties and entries show them (duties.registry)."""

from collections.abc import Iterable

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.duties.registry import Shown, evidence, naming
from gongzhi.projects import queries
from gongzhi.projects.models import Project, ProjectEvent


@evidence("project")
def shown_project(actor: Actor, number: str) -> Shown | None:
    """The desk for its staff, the public page for everybody else."""
    found = queries.worked_by(actor).filter(number=number).first()
    if found is not None and actor.kind != "system":
        return Shown(f"{number} {found.title}", reverse("project", args=[number]))
    found = queries.visible_to(actor).filter(number=number).first()
    return Shown(f"{number} {found.title}", reverse("work", args=[number])) if found else None


@evidence("problem")
def shown_problem(actor: Actor, number: str) -> Shown | None:
    found = queries.visible_to(actor).filter(problem__number=number).first()
    return Shown(found.problem.name, reverse("work", args=[found.number])) if found else None


@evidence("visit")
def shown_visit(actor: Actor, identifier: str) -> Shown | None:
    """A visit of a project that the actor works with."""
    rows = ProjectEvent.objects.filter(kind="visit", project__in=queries.worked_by(actor)).select_related("project")
    found = rows.filter(pk=identifier).first() if identifier.isdecimal() else None
    return Shown(found.note, reverse("project", args=[found.project.number])) if found else None


@naming("project")
def called_projects(numbers: Iterable[str]) -> dict[str, str]:
    rows = Project.objects.filter(number__in=list(numbers)).values_list("number", "title")
    return {number: f"{number} {title}" for number, title in rows}
