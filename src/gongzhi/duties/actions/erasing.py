"""The words that a person wrote on duties go; that the duty was done, by which post, stays."""

import datetime as dt
import uuid

from gongzhi.duties.models import Duty

GONE = "erased"


def erase_duties(person_id: uuid.UUID, at: dt.datetime) -> None:
    """Notes and reasons by the person are emptied; the holder is a mandate, whose person has no name any more."""
    who = f"person:{person_id}"
    Duty.objects.filter(fulfilled_by=who).update(note="")
    Duty.objects.filter(excuse_asked_by=who).exclude(excuse="").update(excuse=GONE)
