"""Who is on duty: rosters of posts, and who answers for a place at a moment."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gongzhi.common.access import Actor, require
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Refused
from gongzhi.packs import queries as packs
from gongzhi.people import rules
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force

_HANDLE = "cases.handle"


class OnDuty(NamedTuple):
    """Somebody on duty, as routing and messages need it."""

    person_id: uuid.UUID
    mandate_id: int
    organization_id: int | None
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of one holder."""

    mandate: Mandate
    begins: dt.datetime
    ends: dt.datetime

    @property
    def key(self) -> str:
        return self.begins.astimezone(CHINA).isoformat()


def shifts_of(mandate: Mandate) -> list[Shift]:
    return [
        Shift(mandate, dt.datetime.fromisoformat(shift["from"]), dt.datetime.fromisoformat(shift["to"]))
        for shift in mandate.roster
    ]


def _rostered(on: dt.date) -> Iterable[Mandate]:
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__")).exclude(roster=[])
    return rows.select_related("post__place", "post__organization").order_by("id")


def shifts_between(actor: Actor, first: dt.datetime, end: dt.datetime) -> list[Shift]:
    """Shifts that touch [first, end) in the actor's places, the earliest first."""
    require(actor, "people.read")
    reach = ("/",) if actor.kind == "system" else actor.paths_for("people.read")
    found = [
        shift
        for mandate in _rostered(local_date(first))
        if any(mandate.post.place.path.startswith(path) for path in reach)
        for shift in shifts_of(mandate)
        if shift.begins < end and first < shift.ends
    ]
    return sorted(found, key=lambda shift: (shift.begins, shift.mandate.pk))


def on_duty(place_path: str, at: dt.datetime) -> list[OnDuty]:
    """Who is on duty for a place at a moment: of the nearest place upwards that has somebody."""
    holding = [
        (len(mandate.post.place.path), OnDuty(mandate.person_id, mandate.pk, mandate.post.organization_id, shift.ends))
        for mandate in _rostered(local_date(at))
        if place_path.startswith(mandate.post.place.path)
        for shift in shifts_of(mandate)
        if shift.begins <= at < shift.ends
    ]
    nearest = max((depth for depth, _ in holding), default=0)
    return [one for depth, one in holding if depth == nearest]


def body_on_duty(place_path: str, at: dt.datetime, body: str) -> OnDuty | None:
    """Somebody on duty for a place in the body of this entry of the model (its code, or code-place): the nearest.

    Only who may take an order up counts: a dispatcher on duty dispatches, and has the case on the desk anyway.
    """
    holding = [
        (len(mandate.post.place.path), OnDuty(mandate.person_id, mandate.pk, mandate.post.organization_id, shift.ends))
        for mandate in _rostered(local_date(at))
        if place_path.startswith(mandate.post.place.path)
        and _HANDLE in rules.ROLE_PERMISSIONS.get(mandate.post.role, ())
        and mandate.post.organization is not None
        and (mandate.post.organization.code == body or mandate.post.organization.code.startswith(f"{body}-"))
        for shift in shifts_of(mandate)
        if shift.begins <= at < shift.ends
    ]
    return max(holding, key=lambda pair: pair[0])[1] if holding else None


def answers_after_hours(place_path: str, at: dt.datetime) -> list[OnDuty]:
    """Outside working hours: those on duty in the body that the model names (any, where it names none)."""
    try:
        model, calendar = packs.active_model(), packs.calendar()
    except Refused:
        return []
    if calendar.working_minutes_between(at, at + dt.timedelta(minutes=1)):
        return []
    body = model.office.after_hours_body if model.office else None
    found = on_duty(place_path, at)
    if not body:
        return found
    rows = Mandate.objects.filter(pk__in=[one.mandate_id for one in found], post__organization__isnull=False)
    codes = dict(rows.values_list("pk", "post__organization__code"))
    return [one for one in found if codes.get(one.mandate_id, "").startswith(f"{body}-")] or found
