"""Calendars that a phone subscribes to: a secret address, and the duties as iCalendar (RFC 5545).

The address holds whose calendar it is and a mark that only this house can make; renewing it is an entry in the trail,
and the number of those entries goes into the mark. Nothing is stored. It names duties and places, never a person.
"""

import base64
import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from gongzhi.audit.models import Entry
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.duties.models import Duty
from gongzhi.duties.queries import DutyRow, rows_of
from gongzhi.engines import icalendar
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Organization, Person
from gongzhi.people.queries import in_force

RENEWED = "duties.renew_feed"
_KINDS: dict[str, Literal["person", "organization"]] = {"p": "person", "o": "organization"}
_MARK = 20
_BACK, _FORWARD = dt.timedelta(days=62), dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose calendar: a person's own duties, or those of one body."""

    kind: Literal["person", "organization"]
    identifier: str

    @property
    def reference(self) -> str:
        return f"{self.kind}:{self.identifier}"

    @property
    def token(self) -> str:
        """The secret word of the address as it is now."""
        body = f"{self.kind[0]}{self.identifier}"
        return base64.urlsafe_b64encode(self._mark() + body.encode()).decode().rstrip("=")

    def _mark(self) -> bytes:
        renewals = Entry.objects.filter(action=RENEWED, subject=self.reference).count()
        key = vault.keyring().derive("duties-feed")
        return hmac.new(key, f"{self.reference}:{renewals}".encode(), hashlib.sha256).digest()[:_MARK]

    def opens_with(self, mark: bytes) -> bool:
        return hmac.compare_digest(mark, self._mark())


def feed_of_person(person_id: uuid.UUID) -> Feed:
    return Feed("person", str(person_id))


def feed_of(token: str, today: dt.date) -> Feed:
    """The calendar that an address opens; raises NotFound `feed_unknown` for any other."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mark, body = content[:_MARK], content[_MARK:].decode("ascii")
        feed = Feed(_KINDS[body[:1]], body[1:])
        if feed.kind == "person":
            uuid.UUID(feed.identifier)
        else:
            int(feed.identifier)
    except (ValueError, KeyError, UnicodeError):
        raise _unknown() from None
    if not feed.opens_with(mark) or not _alive(feed, today):
        raise _unknown()
    return feed


def _unknown() -> NotFound:
    return NotFound("feed_unknown", N_("这个日历地址已经不用了。请到“我的职责”里拿新的。"))


def _alive(feed: Feed, today: dt.date) -> bool:
    if feed.kind == "person":
        return Person.objects.filter(pk=feed.identifier, is_active=True, erased_at__isnull=True).exists()
    return Organization.objects.filter(in_force(today), pk=feed.identifier).exists()


def rows_in(feed: Feed, today: dt.date) -> list[DutyRow]:
    """The duties of a calendar: two months back, a year ahead."""
    if feed.kind == "person":
        mandates = Mandate.objects.filter(in_force(today), in_force(today, "post__"), person_id=feed.identifier)
        duties = Duty.objects.filter(holder__in=mandates)
    else:
        duties = Duty.objects.filter(holder__post__organization_id=int(feed.identifier))
        duties |= Duty.objects.filter(subject=feed.reference)
    duties = duties.filter(due_on__range=(today - _BACK, today + _FORWARD))
    return rows_of(duties.distinct().order_by("due_on", "id")[:2_000], today)


def as_calendar(rows: Iterable[DutyRow], *, name: str, at: dt.datetime, address: str) -> bytes:
    """iCalendar: one all-day event a duty on its last day; `address` + id leads to its page."""
    events = (line for row in rows for line in _event(row, at, address))
    return icalendar.calendar(name, "Duties", events, refresh_hours=6)


def _event(row: DutyRow, at: dt.datetime, address: str) -> Iterator[str]:
    duty, done = row.duty, row.state in ("done", "excused")
    words = f"{'✓ ' if done else ''}{row.title} · {row.subject}"
    yield "BEGIN:VEVENT"
    yield f"UID:{duty.pk}@gongzhi"
    yield f"DTSTAMP:{icalendar.utc(at)}"
    yield f"DTSTART;VALUE=DATE:{duty.due_on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{duty.due_on + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{icalendar.escaped(words)}"
    yield f"DESCRIPTION:{icalendar.escaped(f'{_(row.word)}。{row.ruled.rule.what}')}"
    yield f"URL:{address}{duty.pk}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
