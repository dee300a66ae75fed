"""Finding who holds a post, by name, title or body, for those who may read people; names are shown masked."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.audit.actions import log_access
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.text import tidy
from gongzhi.people import vault
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.people.queries.staffing import _reach

# Names are sealed: those of the holders in reach are opened and compared. More are not looked at.
MOST_OPENED = 1_000


def find_holders(actor: Actor, q: str, at: dt.datetime, *, limit: int = 10) -> list[dict[str, Any]]:
    """{name (masked), title, place, organization, post code} of holders whose name, title or body holds the words.

    Raises Forbidden. A hit is written down as a reading of the name.
    """
    require(actor, "people.read")
    wanted, on = tidy(q), local_date(at)
    rows = Mandate.objects.filter(_reach(actor, "post__place__path"), in_force(on), person__erased_at__isnull=True)
    rows = rows.filter(person__kind="person").select_related("post__place", "post__organization").order_by("id")
    mandates = list(rows[:MOST_OPENED])
    people = {mandate.person_id for mandate in mandates}
    named = vault.holding(people, "name", wanted) if wanted else set()
    hits = [mandate for mandate in mandates if mandate.person_id in named or _titled(mandate, wanted)][:limit]
    log_access(by=actor, at=at, subjects=_subjects(hits, named), fields="name", purpose="search")
    shown = vault.shown_to(actor, {mandate.person_id for mandate in hits})
    return [
        {
            "name": shown.get(mandate.person_id, {}).get("name", ""),
            "title": mandate.post.title,
            "place": mandate.post.place.name,
            "organization": mandate.post.organization.name if mandate.post.organization else "",
            "post": mandate.post.code,
        }
        for mandate in hits
    ]


def _titled(mandate: Mandate, wanted: str) -> bool:
    body = mandate.post.organization.name if mandate.post.organization else ""
    return wanted in mandate.post.title or wanted in body


def _subjects(hits: list[Mandate], named: set[uuid.UUID]) -> list[str]:
    return [f"person:{mandate.person_id}" for mandate in hits if mandate.person_id in named]
