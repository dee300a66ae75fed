"""What the room holds about a person; what goes along when places or bodies merge."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q

from gongzhi.common.clock import local_date
from gongzhi.projects import rules
from gongzhi.projects.models import Acceptance, Problem, Project, ProjectEvent, WorksLine


def export_projects(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person proposed, entered, looked after and said at acceptances."""
    who = f"person:{person_id}"
    return {
        "problems": list(Problem.objects.filter(stated_by=who).values("number", "name", "stated_at")),
        "entered": list(ProjectEvent.objects.filter(by=who).order_by("at").values("project__number", "kind", "at")),
        "looked_after": list(
            Project.objects.filter(sponsor__person=person_id).values("number", "title", "sponsored_on")
        ),
        "accepted": list(
            Acceptance.objects.filter(person=person_id).order_by("at").values("project__number", "satisfied", "at")
        ),
    }


def erase_projects(person_id: uuid.UUID, at: dt.datetime) -> None:
    """A voice stays counted and belongs to nobody any more; its words go."""
    rows = Acceptance.objects.filter(person=person_id)
    rows.filter(satisfied=True).update(person=None, words=b"")
    rows.filter(satisfied=False).update(person=None, words=b"-")


def hand_on_projects(organization_id: int, heir_id: int, at: dt.datetime) -> int:
    """A body went up in another: what it runs, mends or has warranted is answered for by the heir."""
    mending = Q(state__in=("ordered", "done")) | Q(warranty_until__gte=local_date(at))
    WorksLine.objects.filter(mending, contractor=organization_id).update(contractor=heir_id)
    rows = Project.objects.filter(owner=organization_id).exclude(state__in=rules.OVER)
    return rows.update(owner=heir_id)
