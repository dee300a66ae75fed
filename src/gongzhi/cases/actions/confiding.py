"""Confidential notes: what was said in mediation, at the lawyer's, at the counsellor's.

Each is sealed under a key of its own and opened here alone: with the permission named beside it, held in the unit
that has the case, for a purpose that is written down. Who dispatches, governs or audits reads none of them.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import log_access
from gongzhi.cases import queries, words
from gongzhi.cases.models import CaseEvent
from gongzhi.cases.queries.confidential import OpenedNote, check_reader
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


@transaction.atomic
def read_notes(*, by: Actor, at: dt.datetime, number: str, audience: str, purpose: str) -> list[OpenedNote]:
    """The confidential notes of a case for one audience, oldest first, after writing who read them and why.

    Raises NotFound, Forbidden `note_closed`, Refused `missing_purpose`.
    """
    case = queries.get_case_for(by, number)
    check_reader(by, case, audience)
    if not purpose.strip():
        raise Refused("missing_purpose", N_("请写明为什么要看这些记录。会留下记录。"), field="purpose")
    log_access(by=by, at=at, subjects=[case.reference], fields=audience, purpose=purpose.strip()[:80])
    events = CaseEvent.objects.filter(case=case, audience=audience).select_related("key").order_by("id")
    return [_opened(event) for event in events]


def _opened(event: CaseEvent) -> OpenedNote:
    value: Any = words.open_part(event.key, "note", event.note) if event.key else None
    text, fields = (value, {}) if isinstance(value, str) else ("", value or {})
    return OpenedNote(event.pk, event.at, event.move, event.facts, text, fields)
