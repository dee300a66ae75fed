"""What this room holds about a person: which duties they held, did, or spoke about."""

import uuid
from typing import Any

from django.db.models import Q

from gongzhi.duties.models import Duty


def _of(person_id: uuid.UUID) -> Q:
    who = f"person:{person_id}"
    return Q(holder__person_id=person_id) | Q(fulfilled_by=who) | Q(excuse_asked_by=who) | Q(excused_by=who)


def export_duties(person_id: uuid.UUID) -> dict[str, Any]:
    fields = ("rule", "subject", "period", "due_on", "fulfilled_at", "evidence", "note", "excuse", "excused_at")
    return {"duties": list(Duty.objects.filter(_of(person_id)).order_by("due_on").values(*fields))}
