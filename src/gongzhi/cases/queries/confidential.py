"""Who may open confidential notes, and that they are there for whoever may not."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from gongzhi.cases.models import Case
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Forbidden
from gongzhi.common.text import N_

MEDIATION, LEGAL, COUNSELLING = "notes.mediation", "notes.legal", "notes.counselling"
AUDIENCES = (MEDIATION, LEGAL, COUNSELLING)


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """One confidential note: its words, or its named fields (an agreement)."""

    id: int
    at: dt.datetime
    move: str
    facts: dict[str, Any]
    text: str
    fields: dict[str, Any] = field(default_factory=dict)


def may_read_notes(actor: Actor, case: Case, audience: str) -> bool:
    """Whether a person holds the permission in the unit that has the case; no job and no program ever does."""
    if actor.kind != "person" or audience not in AUDIENCES or case.unit_id is None:
        return False
    return allows(actor, audience, organization_id=case.unit_id)


def check_reader(actor: Actor, case: Case, audience: str) -> None:
    if not may_read_notes(actor, case, audience):
        raise Forbidden(
            "note_closed", N_("这些记录只给办这件事的调解员、律师或咨询师看。您的岗位看不到，也用不到。")
        )
