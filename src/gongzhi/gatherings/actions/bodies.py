"""A body that governs itself is founded with its charter; later its charter, scope or term is another one."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.documents.actions import adopt_instrument, draft_instrument
from gongzhi.gatherings.queries.body_places import charters_at
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

CHARTER_OF = "charter_of"


@dataclass(frozen=True, slots=True)
class Charter:
    """The charter of a body: one that is there (`code`), or a new one, adopted by the decision that is named."""

    code: str = ""
    text: str = ""


@transaction.atomic
def found_body(
    *, by: Actor, at: dt.datetime, kind: str, place: Place, decision: str, charter: Charter | None = None, **told: Any
) -> Organization:
    """The body in the register with its seats; its charter is written in with it, adopted by the same decision.

    `told` and what is raised: see `people.actions.found_body`; a new charter needs `documents.adopt` there.
    """
    check_activity("gatherings")
    body = people.found_body(by=by, at=at, kind=kind, place=place, decision=decision, **told)
    if charter is not None and charter.text.strip():
        _write_charter(by, at, body, charter.text, decision)
    elif charter is not None and charter.code:
        choose_charter(by=by, at=at, body=body, code=charter.code)
    body.refresh_from_db(fields=["features"])
    return body


def _write_charter(by: Actor, at: dt.datetime, body: Organization, text: str, decision: str) -> None:
    """Draft and adopt: a body's first charter, or the next version of its own."""
    place = body.place
    assert place is not None  # noqa: S101 - it was founded at a place
    new = re.sub(r"[^a-z0-9]+", "-", f"{body.code}-charter".lower())[-58:].strip("-")
    code = str(body.features.get("charter") or new)
    day = local_date(at)
    draft_instrument(by=by, at=at, code=code, place=place, kind="charter", title=f"{body.name}章程", text=text)
    made = adopt_instrument(by=by, at=at, code=code, adopted_on=day, basis=decision, effective_from=day)
    people.describe_body(by=by, at=at, body=body, charter=code)
    link(by=by, at=at, source=made.reference, relation=CHARTER_OF, target=f"organization:{body.pk}")


@transaction.atomic
def choose_charter(*, by: Actor, at: dt.datetime, body: Organization, code: str) -> None:
    """A text that was adopted here is its charter; every later version of it then is, too.

    Raises Forbidden, Refused `charter_elsewhere`.
    """
    place = body.place
    found = {one.code: one for one in charters_at(place.path)} if place else {}
    if code not in found:
        raise Refused("charter_elsewhere", N_("这份文本不在这里管用，或者还没有通过。请选别的。"), field="charter")
    people.describe_body(by=by, at=at, body=body, charter=code)
    link(by=by, at=at, source=found[code].reference, relation=CHARTER_OF, target=f"organization:{body.pk}")


@transaction.atomic
def change_body(
    *, by: Actor, at: dt.datetime, body: Organization, scope: str, term_years: int, charter: Charter, decision: str
) -> None:
    """What it looks after, how long a term is, its charter: chosen, or written anew by a decision.

    Raises Forbidden, Refused `bad_term`, `basis_missing`, `charter_elsewhere`.
    """
    check_activity("gatherings")
    people.describe_body(by=by, at=at, body=body, scope=scope, term_years=term_years)
    if charter.text.strip():
        _write_charter(by, at, body, charter.text, decision)
    elif charter.code and charter.code != body.features.get("charter"):
        choose_charter(by=by, at=at, body=body, code=charter.code)
