"""What the room holds about a person; how courses move when places merge."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.people.models import Mandate


def export_deliberation(person_id: uuid.UUID) -> dict[str, Any]:
    """What the person entered or objected to, and what was about a post of theirs."""
    entered = ProcedureEvent.objects.filter(by=f"person:{person_id}").order_by("at", "id")
    rows = entered.values("course__number", "event", "at")
    found = [{"number": r["course__number"], "kind": r["event"]["kind"], "at": r["at"]} for r in rows]
    held = Mandate.objects.filter(person_id=person_id).values_list("pk", flat=True)
    about = Course.objects.filter(concerns__in=[f"mandate:{pk}" for pk in held]).order_by("opened_at")
    return {"procedures": found, "about_my_posts": list(about.values("number", "about", "opened_on", "status"))}


def erase_deliberation(person_id: uuid.UUID, at: dt.datetime) -> None:
    """The record of a decision stays whole (村民委员会组织法 第34条: archives); it names nobody."""
