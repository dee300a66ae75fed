"""The number that a case has in the system it came from: written once, never twice for one channel."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases.models import Case
from gongzhi.common.access import Actor


@transaction.atomic
def name_source(*, by: Actor, at: dt.datetime, number: str, external_id: str, occasion: str = "") -> None:
    """Remember where a case came from; the unique constraint keeps the same one from coming in again."""
    case = Case.objects.get(number=number)
    case.external_id, case.occasion = external_id, occasion or case.occasion
    case.save(update_fields=["external_id", "occasion"])
    changes = {"external_id": external_id, "channel": case.channel}
    record(by=by, at=at, action="cases.name_source", subject=case.reference, changes=changes)
