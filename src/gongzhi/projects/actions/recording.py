"""What every action of this room ends with: one event of the project, one entry of the trail."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.text import mask_personal_numbers
from gongzhi.projects.models import Project, ProjectEvent


def happened(
    project: Project,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    code: str = "",
    reference: str = "",
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    on: dt.date | None = None,
) -> ProjectEvent:
    """Written behind the last one; the caller holds the project's row."""
    last = project.events.aggregate(last=Max("sequence"))["last"] or 0
    event = ProjectEvent(project=project, sequence=last + 1, kind=kind, state=project.state, code=code)
    event.reference, event.note, event.facts = reference[:80], mask_personal_numbers(note)[:300], dict(facts or {})
    event.on, event.by, event.at = on or local_date(at), by.reference, at
    event.save(force_insert=True)
    changes = {"state": project.state, "code": code, "reference": reference}
    changes = {name: value for name, value in changes.items() if value}
    record(by=by, at=at, action=f"projects.{kind}", subject=project.reference, changes=changes)
    return event
