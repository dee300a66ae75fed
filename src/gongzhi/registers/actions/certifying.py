"""住户登记证明: what the register says of one's own home, on paper, with a number that anybody may check."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gongzhi.audit.actions import link, record
from gongzhi.audit.models import Link
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place
from gongzhi.registers.models import Capacity, Tenure
from gongzhi.registers.queries import tenures
from gongzhi.registers.queries.certificates import RELATION, SUBJECT

COMMITTEE = "residents_committee"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A number, and what the template `certificate` is filled with. Nothing of it is kept but number and link."""

    number: str
    values: dict[str, Any]


@transaction.atomic
def issue_certificate(*, by: Actor, at: dt.datetime, number: int, address: str) -> Certificate:
    """For the holder of an approved tenure alone; the same day gives the same number. `address`: where it is checked.

    It says what the community's register says, and that it stands for no other paper. Raises NotFound
    `unknown_tenure`; Refused `not_certifiable` for what is not approved or runs no more, `nobody_certifies` where no
    residents' committee works.
    """
    row, on = tenures.get_own_tenure(by, number), local_date(at)
    if row.person_id != by.person_id:
        raise NotFound("unknown_tenure", N_("没有这一条登记，或者它不归您看。"))
    if not Tenure.objects.filter(tenures.held(on), pk=row.pk).exists():
        raise Refused("not_certifiable", N_("审核通过、还没到期的登记才能出证明。"))
    body = _committee(row.dwelling, on)
    code = readable_code(vault.keyring().derive("certificate"), f"{row.pk}:{on:%Y%m%d}")
    made = f"ZM-{on:%y%m%d}-{code}"
    reference = f"{SUBJECT}:{made}"
    if not Link.objects.filter(source=reference, relation=RELATION).exists():
        link(by=by, at=at, source=reference, relation=RELATION, target=row.reference)
        changes = {"certificate": made, "body": f"organization:{body.pk}"}
        record(by=by, at=at, action="registers.certify", subject=row.reference, changes=changes)
    with translation.override("zh-hans"):
        return Certificate(made, _values(row, body, made, on, address))


def _committee(dwelling: Place, on: dt.date) -> Organization:
    """The residents' committee whose place is nearest above. Raises Refused `nobody_certifies`."""
    above = [dwelling.path[: end + 1] for end, letter in enumerate(dwelling.path) if letter == "/" and end]
    rows = Organization.objects.filter(in_force(on), kind=COMMITTEE, place__path__in=above).select_related("place")
    nearest = max(rows, key=lambda one: len(one.place.path) if one.place else 0, default=None)
    if nearest is None:
        raise Refused("nobody_certifies", N_("这里没有居委会，出不了证明。请到社区办事窗口问一下。"))
    return nearest


def _values(row: Tenure, body: Organization, made: str, on: dt.date, address: str) -> dict[str, Any]:
    name = vault.own_values(row.person).get("name", "") if row.person else ""
    capacity = _(str(Capacity(row.capacity).label))
    where = tenures.address_of(row.dwelling)
    said = _("{name}在本社区住户登记里，是{where}的{capacity}，从{since}起。").format(
        name=name, where=where, capacity=capacity, since=_day(row.valid_from)
    )
    if row.expires_on:
        said += _("登记到{day}前有效。").format(day=_day(row.expires_on))
    limits = _("本证明只说社区住户登记的情况，不代替不动产权证书、居住证和户口簿。")
    proof = getattr(tenures.proofs(on).get(row.proof), "name", "")
    decided = _day(local_date(row.decided_at)) if row.decided_at else ""
    basis = _("{day}审核通过的住户登记，本人交验的材料：{proof}").format(day=decided, proof=proof or "—")
    check = _("核验：{address}").format(address=f"{address}/{made}")
    return {"number": made, "text": [said, limits, check], "basis": basis, "body": body.name, "on": on}


def _day(day: dt.date) -> str:
    return _("{year}年{month}月{day}日").format(year=day.year, month=day.month, day=day.day)
