"""Rolls: frozen from entries that a room above has read, then published; nothing on them changes any more."""

import datetime as dt
import os
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.ballots import queries, roll_queries, rules
from gongzhi.ballots.models import Elector, Roll, RollEntry
from gongzhi.ballots.sql import number_entries
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.registry import Entitlement, check_activity
from gongzhi.common.text import N_
from gongzhi.engines import records
from gongzhi.places.models import Place

EMPTY = N_("名册上没有人。请先把业主、住户或者成员登记好。")


def _checked(entries: Sequence[Entitlement], measures: Sequence[str]) -> None:
    if not set(measures) <= set(rules.MEASURE_WORDS) or "heads" not in measures:
        raise Refused("bad_measures", N_("名册按户数，或者户数和面积来算。"))
    without = [place for place, one in enumerate(entries, 1) if "area" in measures and one.area <= 0]
    if without:
        message = N_("有 {n} 户没有面积，第一个是第 {first} 户。请先在业主册里补上。")
        raise Refused("area_missing", message, n=len(without), first=without[0])
    nobody = [place for place, one in enumerate(entries, 1) if not one.people and not one.bodies]
    if entries and len(nobody) == len(entries):
        raise Refused("nobody_on_roll", N_("名册上一个能投票的人都没有。请先认定业主。"))


@transaction.atomic
def freeze_roll(
    *,
    by: Actor,
    at: dt.datetime,
    place: Place,
    kind: str,
    measures: Sequence[str],
    entries: Sequence[Entitlement],
    full_names: bool = False,
    law: str = "",
    polls_on: dt.date | None = None,
    basis: Mapping[str, Any] | None = None,
) -> Roll:
    """The electorate as it is today. An entry without anybody counts in the base; nobody can use it.

    Kinds that people register for may begin empty. Raises Forbidden, Refused `empty_roll`, `bad_measures`,
    `area_missing`, `nobody_on_roll`.
    """
    check_activity("ballots")
    require(by, rules.HOLD, path=place.path)
    if not entries and kind not in rules.REGISTERED:
        raise Refused("empty_roll", EMPTY)
    _checked(entries, measures)
    today = local_date(at)
    code = readable_code(queries.number_key(), str(uuid.uuid4()), 5)
    roll = Roll.objects.create(
        number=f"MC-{today:%y%m%d}-{code}",
        kind=kind,
        place=place,
        path=place.path,
        on=today,
        measures=list(measures),
        full_names=full_names,
        law=law,
        polls_on=polls_on,
        basis=dict(basis or {}),
        frozen_by=by.reference,
        frozen_at=at,
    )
    _put(roll, entries)
    changes = {"kind": kind, "entries": len(entries), "place": place.code, "law": law}
    record(by=by, at=at, action="ballots.freeze_roll", subject=roll.reference, changes=changes)
    return roll


def _put(roll: Roll, entries: Sequence[Entitlement]) -> None:
    rows = RollEntry.objects.bulk_create(
        RollEntry(
            roll=roll,
            position=position,
            group=one.group[:80],
            heads=one.heads,
            area=one.area,
            households=one.households,
            due=one.due,
            salt=os.urandom(32),
        )
        for position, one in enumerate(entries, 1)
    )
    electors = [
        Elector(entry=row, person_id=person) for row, one in zip(rows, entries, strict=True) for person in one.people
    ]
    electors += [
        Elector(entry=row, organization_id=body) for row, one in zip(rows, entries, strict=True) for body in one.bodies
    ]
    Elector.objects.bulk_create(electors)


def get_roll_for(by: Actor, number: str) -> Roll:
    """A roll to work on, locked. Raises NotFound `roll_not_found`, Forbidden."""
    roll = Roll.objects.select_for_update().filter(number=number).first()
    if roll is None:
        raise NotFound("roll_not_found", N_("没有找到这份名册。请核对编号。"))
    require(by, rules.HOLD, path=roll.path)
    return roll


@transaction.atomic
def publish_roll(*, by: Actor, at: dt.datetime, number: str) -> Roll:
    """The roll stands: number, name and group only are shown, its digest is published, the database keeps it as it is.

    Who registered is numbered by group. Raises NotFound, Forbidden, Conflict `roll_is_published`, Refused `empty_roll`,
    `consent_missing`.
    """
    roll = get_roll_for(by, number)
    if roll.published_at is not None:
        raise Conflict("roll_is_published", N_("名册已经公布，不再改动。"))
    if not roll.entries.exists():
        raise Refused("empty_roll", EMPTY)
    if waiting := roll_queries.without_consent(roll):
        message = N_("还有 {n} 位要会议同意才能列入，第一位是 {first} 号。记下哪次会同意的，或者先移出。")
        raise Refused("consent_missing", message, n=len(waiting), first=waiting[0])
    if roll.kind in rules.REGISTERED:
        number_entries(roll.pk)
    return announce(roll, by=by, at=at)


def announce(roll: Roll, *, by: Actor, at: dt.datetime) -> Roll:
    """Publish an edition; the days of the law run from the first one."""
    rows = roll.entries.order_by("position")
    listed = [[row.position, row.group, queries.weights(row, roll.measures), row.due] for row in rows]
    roll.published_at, roll.digest = at, records.digest(listed)
    roll.announced_at = roll.announced_at or at
    roll.save(update_fields=["published_at", "digest", "announced_at"])
    changes = {"digest": roll.digest, "edition": roll.edition, "entries": len(listed)}
    record(by=by, at=at, action="ballots.publish_roll", subject=roll.reference, changes=changes)
    return roll
