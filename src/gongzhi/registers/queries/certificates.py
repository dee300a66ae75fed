"""Whether a number was given out, and whether what it says still holds: for whoever was handed the paper."""

import datetime as dt
from dataclasses import dataclass

from gongzhi.audit.models import Link
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.places.models import Place
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries import tenures

SUBJECT, RELATION = "certificate", "certifies"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is told of a certificate: its building and a masked name, never the door; whether it holds today."""

    number: str
    issued_at: dt.datetime
    name: str
    capacity: str
    building: Place | None
    holds: bool


def check_certificate(number: str, at: dt.datetime) -> Checked:
    """Raises NotFound `unknown_certificate`, the same for a number that was never given and one that was mistyped."""
    given = Link.objects.filter(source=f"{SUBJECT}:{number.strip().upper()}", relation=RELATION).first()
    if given is None:
        raise NotFound("unknown_certificate", N_("没有出过这个编号的证明。请对着纸上的编号再看一遍。"))
    row = Tenure.objects.select_related("dwelling__parent").get(pk=given.target.partition(":")[2])
    holds = Tenure.objects.filter(tenures.held(local_date(at)), pk=row.pk, person__isnull=False).exists()
    name = vault.shown_to(ANONYMOUS, [row.person_id]).get(row.person_id, {}).get("name", "") if row.person_id else ""
    number = given.source.partition(":")[2]
    return Checked(number, given.at, name, row.get_capacity_display(), row.dwelling.parent, holds)
