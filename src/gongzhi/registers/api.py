"""Endpoints of the registers. Reads only; whoever reads says for what, and it is written down."""

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from gongzhi.audit.actions import log_access
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.paging import clamp_limit, encode_cursor, text_behind
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.people.bearer import caller_of
from gongzhi.places.queries import get_place
from gongzhi.registers.actions.sharing import read_shared
from gongzhi.registers.queries import owners

router = Router(tags=["registers"])
_PLAIN = r"^[^\x00]*$"


class OwnerOut(Schema):
    """One owner: a key that is the same wherever the same owner is met, and the share ("1/2"; null: joint)."""

    kind: str = Field(description="person, organization or stand-in (the account was erased)")
    head: int = Field(description="number of the head that the unit counts for")
    share: str | None
    since: dt.date


class UnitOut(Schema):
    """One exclusive unit; the area in hundredths of a square metre, and where it comes from."""

    code: str
    address: str
    area: int | None
    area_source: str
    shares: str = Field(description="complete, short, over or none")
    owners: list[OwnerOut]


class OwnersOut(Schema):
    """The owners' register of a place on a day: exact totals, and a page of units. No names."""

    region: str
    on: dt.date
    units: int
    heads: int
    area: int
    without_owner: int
    without_area: int
    items: list[UnitOut]
    next_cursor: str


def _caller(request: HttpRequest, purpose: str) -> Actor:
    actor = caller_of(request)
    if actor.person_id is None:
        raise SignInRequired("token_required", N_("请带上接口令牌：Authorization: Bearer …"))
    if not purpose.strip():
        raise Refused("purpose_missing", N_("请写明用途：purpose=…。谁读、为什么读，都会记下来。"), field="purpose")
    return actor


@router.get("/registers/owners", response={200: OwnersOut, **PROBLEMS}, operation_id="read_owners")
def read_owners(
    request: HttpRequest,
    region: Annotated[str, Field(max_length=64, pattern=_PLAIN)] = "",
    purpose: Annotated[str, Field(max_length=80, pattern=_PLAIN)] = "",
    on: dt.date | None = None,
    cursor: Annotated[str, Field(max_length=200, pattern=_PLAIN)] = "",
    limit: int = 50,
) -> dict[str, Any]:
    """Units with owners' shares, exact areas and heads (民法典 278; 解释 8, 9) for who may read registers there.

    `purpose` is written down beside the reading. A head number is the same for the same owners within the answer
    for one place and day, and says nothing about who they are.
    """
    at = clock.now()
    actor = _caller(request, purpose)
    place, day = get_place(region), on or local_date(at)
    after = text_behind(cursor)
    register = owners.owners_register(actor, place, day, after=after, most=clamp_limit(limit))
    log_access(by=actor, at=at, subjects=[place.reference], fields="owners", purpose=purpose.strip())
    totals = register.totals
    return {
        "region": place.code,
        "on": day,
        "units": totals.units,
        "heads": totals.heads,
        "area": totals.area,
        "without_owner": totals.without_owner,
        "without_area": totals.without_area,
        "items": [_unit(entry) for entry in register.entries],
        "next_cursor": encode_cursor(register.next_after) if register.next_after else "",
    }


def _unit(entry: owners.Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "address": entry.address,
        "area": entry.area.hundredths,
        "area_source": entry.area.source,
        "shares": entry.shares,
        "owners": [
            {
                "kind": owner.key.partition(":")[0],
                "head": entry.head,
                "share": str(owner.share) if owner.share is not None else None,
                "since": owner.since,
            }
            for owner in entry.owners
        ],
    }


class FactOut(Schema):
    """One fact that stands; `subject` is a reference such as place:building/LY-5, never a person."""

    subject: str
    value: Any
    observed_on: dt.date
    source: str


class FactCount(Schema):
    """How many subjects have one value; null: hidden, because it is small or would give a small one away."""

    value: str
    count: int | None


class FactsOut(Schema):
    """What stands of one field in a region, for the purpose that was granted."""

    field: str
    name: str
    unit: str
    region: str
    purpose: str
    on: dt.date
    items: list[FactOut]
    counts: list[FactCount]
    total: int | None = Field(description="subjects with a sure value; null: hidden")
    hidden_below: int = Field(description="counts below this are hidden, and others where they would give one away")


@router.get("/facts", response={200: FactsOut, **PROBLEMS}, operation_id="read_facts")
def read_facts(
    request: HttpRequest,
    field: Annotated[str, Field(max_length=64, pattern=_PLAIN)],
    region: Annotated[str, Field(max_length=64, pattern=_PLAIN)],
    purpose: Annotated[str, Field(max_length=64, pattern=_PLAIN)],
    form: Annotated[Literal["rows", "counts"], Query(alias="as")] = "rows",
) -> dict[str, Any]:
    """Facts of one field at or below a place (its code), for the bearer of a grant.

    Refused with `no_grant`, `grant_expired`, `purpose_not_granted`, `field_not_granted`, `outside_grant`, and with
    `rows_not_shared` for fields of levels L3 and L4, which are given as counts only.
    """
    actor = _caller(request, purpose)
    found = read_shared(
        by=actor, at=clock.now(), field=field, region=region, purpose=purpose, counts=form == "counts"
    )
    return {
        "field": found.field.code,
        "name": found.field.name,
        "unit": found.field.unit,
        "region": found.region,
        "purpose": found.purpose,
        "on": found.on,
        "items": found.rows,
        "counts": [{"value": value, "count": count} for value, count in found.counts.items()],
        "total": found.total,
        "hidden_below": found.suppressed_below,
    }
