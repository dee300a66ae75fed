"""Endpoints of bodies that govern themselves: those of a place, one of them; members by office and number, no names."""

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.problems import PROBLEMS
from gongzhi.gatherings import rules
from gongzhi.gatherings.api import Cursor, Kind, Limit
from gongzhi.gatherings.queries import bodies
from gongzhi.gatherings.queries.bodies import Body
from gongzhi.people.bearer import caller_of
from gongzhi.places.queries import get_place_for

router = Router(tags=["gatherings"])
_PUBLIC: dict[str, Any] = {"security": [{}, {"token": []}]}
Code = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]


class OfficeOut(Schema):
    """One title of a body: seats and how many are taken; never who sits there."""

    title: str
    seats: int
    held: int
    ends_on: dt.date | None = Field(description="when the first term is over")


class CharterOut(Schema):
    code: str
    title: str
    version: int
    in_force: bool


class MaturityOut(Schema):
    """How far on the body is, and by what that is shown: seated, charter, met, decided, published."""

    stage: str
    number: int = Field(description="from 1, the lowest")
    of: int
    shown: list[str]
    wanting: list[str] = Field(description="what the next stage still needs")


class BodyOut(Schema):
    code: str
    name: str
    kind: str = Field(description="code of the model pack")
    place: str
    level: str = Field(description="of the place")
    tier: str
    form: str
    scope: str
    founded_on: dt.date
    term_years: int
    meets: str = Field(description="week, month, quarter, half_year or year")
    offices: list[OfficeOut]
    charter: CharterOut | None
    last_met_on: dt.date | None
    next_meeting: str = Field(description='number of the next gathering that the caller may see, else ""')
    maturity: MaturityOut | None = Field(description="for who reads gatherings there; null for everybody else")


class BodyPage(Schema):
    items: list[BodyOut]
    next_cursor: str | None = Field(description="of the next page; null on the last one")


def _out(actor: Actor, one: Body) -> dict[str, Any]:
    row, text = one.organization, one.charter
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "place": one.place.code,
        "level": one.place.level,
        "tier": one.tier,
        "form": one.form,
        "scope": one.scope,
        "founded_on": row.valid_from,
        "term_years": one.term_years,
        "meets": one.every,
        "offices": [
            {"title": office.post.title, "seats": office.post.seats, "held": office.held, "ends_on": office.ends_on}
            for office in one.offices
        ],
        "charter": text
        and {"code": text.code, "title": text.title, "version": text.version, "in_force": one.known.charter},
        "last_met_on": one.known.last_on,
        "next_meeting": one.coming.number if one.coming else "",
        "maturity": _maturity(one) if allows(actor, rules.READ, path=one.place.path) else None,
    }


def _maturity(one: Body) -> dict[str, Any]:
    return {
        "stage": one.stage_name,
        "number": one.stage + 1,
        "of": len(one.stages),
        "shown": sorted(one.shown),
        "wanting": one.wanting,
    }


@router.get(
    "/bodies",
    response={200: BodyPage, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="list_bodies",
    auth=None,
)
def list_bodies(
    request: HttpRequest, place: Code = "", level: Code = "", kind: Kind = "", limit: Limit = 50, cursor: Cursor = ""
) -> dict[str, Any]:
    """Bodies that govern themselves, by place: at a place and below it, at a level, of a kind."""
    actor = caller_of(request)
    path = get_place_for(actor, place).path if place else ""
    rows = bodies.narrowed(bodies.register(), path=path, level=level, kind=kind)
    found, following = bodies.page_of(actor, rows, clock.now(), cursor=cursor, limit=limit)
    return {"items": [_out(actor, one) for one in found], "next_cursor": following or None}


@router.get(
    "/bodies/{code}",
    response={200: BodyOut, **PROBLEMS},
    openapi_extra=_PUBLIC,
    operation_id="read_body",
    auth=None,
)
def read_body(request: HttpRequest, code: Code) -> dict[str, Any]:
    """One of them with its offices, charter and meetings."""
    actor = caller_of(request)
    return _out(actor, bodies.known_of(actor, [bodies.get_body(code)], clock.now())[0])
