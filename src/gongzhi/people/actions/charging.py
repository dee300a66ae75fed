"""Which places a body or somebody in a post answers for beside their own: 联合党支部, 包片, 包栋."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.people.models import Charge, Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place


@transaction.atomic
def charge_body(
    *, by: Actor, at: dt.datetime, organization: Organization, place: Place, decision: str, on: dt.date | None = None
) -> Charge:
    """A body answers for one more place from a day on. Doing it twice changes nothing.

    Raises Forbidden, Conflict `organization_ended`, Refused `charge_own_place`, `decision_missing`.
    """
    require(by, "people.manage", path=place.path)
    day = on or local_date(at)
    if organization.valid_to is not None and organization.valid_to <= day:
        raise Conflict("organization_ended", N_("{name} 已经撤销了。请换一个。"), name=organization.name)
    if organization.place_id == place.pk:
        raise Refused("charge_own_place", N_("这里本来就归它，不用再登记。"), field="place")
    return _charge(by=by, at=at, on=day, place=place, decision=decision, organization=organization)


@transaction.atomic
def charge_holder(
    *, by: Actor, at: dt.datetime, mandate: Mandate, place: Place, decision: str, on: dt.date | None = None
) -> Charge:
    """Whoever holds a post takes on a 片 or 栋 from a day on. Doing it twice changes nothing.

    Raises Forbidden, Refused `holder_gone`, `charge_own_place`, `decision_missing`.
    """
    require(by, "people.manage", path=place.path)
    day = on or local_date(at)
    if not Mandate.objects.filter(in_force(day), pk=mandate.pk).exists():
        raise Refused("holder_gone", N_("这一位那天不在岗。请换一位在任的。"), field="mandate")
    if mandate.post.place_id == place.pk:
        raise Refused("charge_own_place", N_("这里本来就归这个岗位，不用再登记。"), field="mandate")
    return _charge(by=by, at=at, on=day, place=place, decision=decision, mandate=mandate)


def _charge(
    *,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    place: Place,
    decision: str,
    organization: Organization | None = None,
    mandate: Mandate | None = None,
) -> Charge:
    if not decision.strip():
        raise Refused("decision_missing", N_("请写凭什么定的，比如哪次会议、哪份文件。"), field="decision")
    charge, made = Charge.objects.get_or_create(
        organization=organization,
        mandate=mandate,
        place=place,
        valid_to=None,
        defaults={"valid_from": on, "decision": decision.strip()},
    )
    if made:
        whom = {"organization": organization.code} if organization else {"mandate": mandate.pk if mandate else None}
        changes = {"place": place.code, **whom}
        record(by=by, at=at, action="people.charge", subject=f"charge:{charge.pk}", changes=changes)
    return charge


@transaction.atomic
def end_charge(*, by: Actor, at: dt.datetime, charge: Charge) -> None:
    """It no longer holds from today on; that it held stays known. Raises Forbidden, Conflict `charge_ended`."""
    require(by, "people.manage", path=charge.place.path)
    if not Charge.objects.filter(pk=charge.pk, valid_to__isnull=True).update(valid_to=local_date(at)):
        raise Conflict("charge_ended", N_("这一条已经结束了。"))
    record(by=by, at=at, action="people.end_charge", subject=f"charge:{charge.pk}")
