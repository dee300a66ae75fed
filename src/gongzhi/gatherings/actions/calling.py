"""Calling a gathering: planned, moved, called off, and told to those who are expected."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.ids import readable_code, uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.exchange.actions.rooms import hold_room, let_go_room
from gongzhi.gatherings import queries, rules, words
from gongzhi.gatherings.actions.agenda import fill_agenda
from gongzhi.gatherings.actions.steps import locked
from gongzhi.gatherings.models import Attendance, Gathering, Series
from gongzhi.notifications.actions import emit
from gongzhi.packs import queries as packs
from gongzhi.people import vault
from gongzhi.people.models import Organization
from gongzhi.places.models import Kind, Place

LONGEST_TITLE, LONGEST_WHERE = 80, 80


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where: a venue of the register, or words."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    where: str = ""
    venue: Place | None = None
    platform: str = ""


@transaction.atomic
def call_gathering(
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    body: Organization,
    title: str,
    meeting: Meeting,
    series: Series | None = None,
    terms: Mapping[str, Any] | None = None,
) -> Gathering:
    """A gathering that is to be, its agenda made by itself; nobody is told before its notice.

    `terms` of a procedure go before the kind's.

    Raises Forbidden, NotFound `unknown_gathering_kind`, Refused `wrong_body`, `body_without_place`, `missing_title`,
    `missing_where`, `bad_times`, `in_the_past`, Conflict `venue_taken`, `room_taken`.
    """
    check_activity("gatherings")
    found = queries.get_kind(kind)
    place = place_of(body)
    require(by, rules.HOLD, path=place.path)
    if found.bodies and body.kind not in found.bodies:
        raise Refused("wrong_body", N_("“{kind}”不由这个组织开。请换一个组织。"), kind=found.name, field="body")
    rules.check_times(meeting.starts_at, meeting.ends_at, at)
    row = Gathering(pk=uuid7(), kind=kind, organization=body, place=place, path=place.path, series=series)
    row.terms = dict(terms or {})
    row.number = _number(row, meeting.starts_at)
    row.pack, row.public = packs.in_use().model_reference, found.open_to == "residents"
    row.title = _line(title or found.name, LONGEST_TITLE, "missing_title", N_("请写会议的名称。"), "title")
    row.called_by, row.called_at = by.reference, at
    _set_meeting(row, meeting)
    key, plain = vault.new_key("gathering", at)
    key.save(force_insert=True)
    row.key, row.words = key, words.seal(row, plain, {})
    _save(row, at, force_insert=True)
    changes = {"kind": kind, "body": f"organization:{body.pk}", "starts_at": meeting.starts_at.isoformat()}
    record(by=by, at=at, action="gatherings.call", subject=row.reference, changes=changes)
    fill_agenda(row, by, at)
    return row


def place_of(body: Organization) -> Place:
    if body.place is None:
        raise Refused("body_without_place", N_("这个组织没有写在哪个地方，开不了会。请先在组织里补上。"), field="body")
    return body.place


def _number(row: Gathering, starts: dt.datetime) -> str:
    key = queries.number_key()
    return f"HY-{local_date(starts):%y%m%d}-{readable_code(key, str(row.pk), 5)}"


def _line(text: str, longest: int, code: str, message: str, field: str) -> str:
    line = " ".join(tidy(text).split())
    if not line:
        raise Refused(code, message, field=field)
    return line[:longest]


def _set_meeting(row: Gathering, meeting: Meeting) -> None:
    if meeting.venue is not None and meeting.venue.kind != Kind.VENUE:
        raise Refused("no_venue", N_("选的不是场地。请从场地里选，或者写在哪里。"), field="venue")
    row.starts_at, row.ends_at, row.venue = meeting.starts_at, meeting.ends_at, meeting.venue
    platform = queries.get_platform(row.kind, meeting.platform) if meeting.platform else None
    row.platform = meeting.platform or row.platform
    name = meeting.venue.name if meeting.venue else meeting.where or (platform.name if platform else "")
    row.where = _line(name, LONGEST_WHERE, "missing_where", N_("请写在哪里开，或者选一个场地。"), "where")


def _save(row: Gathering, at: dt.datetime, *, force_insert: bool = False) -> None:
    """The database keeps meetings and bookings out of one room. Raises Conflict `venue_taken`, `room_taken`."""
    try:
        with transaction.atomic():
            row.save(force_insert=force_insert)
    except IntegrityError as error:
        if "gatherings_venue_once" not in str(error):
            raise
        raise Conflict("venue_taken", N_("{where}那段时间已经有会了。请换时间或场地。"), where=row.where) from error
    if row.venue is None:
        let_go_room(about=row.reference, at=at)
    else:
        hold_room(venue=row.venue, starts_at=row.starts_at, ends_at=row.ends_at, about=row.reference, at=at)


@transaction.atomic
def move_gathering(*, by: Actor, at: dt.datetime, number: str, meeting: Meeting) -> Gathering:
    """Another time or place. What was noticed, and what a procedure called, needs its notice days from today again;
    everybody who was told hears it.

    Raises Refused `notice_short` with the earliest lawful day, besides what calling raises.
    """
    row = locked(by, number, "move")
    rules.check_times(meeting.starts_at, meeting.ends_at, at)
    before = row.starts_at
    if row.noticed_at is not None or row.terms:
        _check_notice(row, meeting.starts_at, at)
    _set_meeting(row, meeting)
    _save(row, at)
    changes = {"starts_at": [before.isoformat(), row.starts_at.isoformat()]}
    record(by=by, at=at, action="gatherings.move", subject=row.reference, changes=changes)
    if row.noticed_at is not None:
        emit("gathering.told", {"number": row.number, "what": "moved", "at": at.isoformat()}, at=at)
    return row


def _check_notice(row: Gathering, starts: dt.datetime, at: dt.datetime) -> None:
    first = queries.earliest_start(row, local_date(at))
    rules.check_notice(local_date(starts), first, queries.notice_days(row), row.terms.get("notice_unit", ""))


@transaction.atomic
def call_off(*, by: Actor, at: dt.datetime, number: str, reason: str) -> Gathering:
    """It will not be held; who was told hears it. Raises Refused `missing_reason`."""
    row = locked(by, number, "cancel")
    reason = _line(reason, 200, "missing_reason", N_("请写为什么不开了。"), "reason")
    words.reseal(row, reason=reason)
    told, row.status = row.noticed_at is not None, "cancelled"
    row.save(update_fields=["status", "words"])
    let_go_room(about=row.reference, at=at)
    record(by=by, at=at, action="gatherings.call_off", subject=row.reference, changes={})
    if told:
        emit("gathering.told", {"number": row.number, "what": "off", "at": at.isoformat()}, at=at)
    return row


@transaction.atomic
def notice_gathering(*, by: Actor, at: dt.datetime, number: str) -> Gathering:
    """The notice goes out: members due are written down as they stand today, and told.

    Raises Refused `notice_short` (law and pack ask for days between), `empty_agenda`, `nobody_due`, `no_chair`.
    """
    row = locked(by, number, "notice")
    _check_notice(row, row.starts_at, at)
    if not row.items.exists():
        raise Refused("empty_agenda", N_("议程还是空的。请先写上要议什么，再发通知。"))
    due = queries.members_due(row, local_date(at))
    if not due:
        raise Refused(
            "nobody_due", N_("{body}现在没有人任职，没有人可以通知。请先在组织里任命。"), body=row.organization.name
        )
    chairs = queries.role_names(queries.kind_of(row).chairs)
    rules.check_chair(bool(chairs), chairs, set(due.values()))
    rows = [
        Attendance(gathering=row, person_id=person, capacity=capacity, body=row.organization)
        for person, capacity in due.items()
    ]
    Attendance.objects.bulk_create(rows, ignore_conflicts=True)
    row.status, row.noticed_at = "noticed", at
    row.save(update_fields=["status", "noticed_at"])
    record(by=by, at=at, action="gatherings.notice", subject=row.reference, changes={"due": len(due)})
    emit("gathering.announced", {"number": row.number, "at": at.isoformat()}, at=at)
    emit("gathering.told", {"number": row.number, "what": "notice", "at": at.isoformat()}, at=at)
    return row
