"""Bookings as iCalendar (RFC 5545): what of an offer is taken, for everybody; what one has booked, for oneself."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from gongzhi.engines import icalendar
from gongzhi.exchange.models import Claim, Offer, Slot

REFRESH_HOURS = 1


def busy(offer: Offer, slots: Iterable[Slot], at: dt.datetime) -> bytes:
    """One event a time that is taken; who and what for stands nowhere."""
    events = (line for slot in slots for line in _taken(offer, slot, at))
    return icalendar.calendar(offer.title, "Offers", events, refresh_hours=REFRESH_HOURS)


def _taken(offer: Offer, slot: Slot, at: dt.datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:slot-{slot.pk}@gongzhi"
    yield f"DTSTAMP:{icalendar.utc(at)}"
    yield f"DTSTART:{icalendar.utc(slot.starts_at)}"
    yield f"DTEND:{icalendar.utc(slot.ends_at)}"
    yield f"SUMMARY:{icalendar.escaped(_('有人约了'))}"
    yield f"LOCATION:{icalendar.escaped(offer.to_go_to or offer.place.name)}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def own(claims: Iterable[Claim], *, name: str, at: dt.datetime, address: str) -> bytes:
    """What somebody has booked; `address` + number leads to its page."""
    events = (line for claim in claims for line in _booked(claim, at, address))
    return icalendar.calendar(name, "Bookings", events, refresh_hours=REFRESH_HOURS)


def _booked(claim: Claim, at: dt.datetime, address: str) -> Iterator[str]:
    assert claim.offer is not None and claim.starts_at is not None  # noqa: S101 - the query asks for these
    sealed = claim.key_id is not None
    yield "BEGIN:VEVENT"
    yield f"UID:{claim.number}@gongzhi"
    yield f"DTSTAMP:{icalendar.utc(at)}"
    yield f"DTSTART:{icalendar.utc(claim.starts_at)}"
    yield f"DTEND:{icalendar.utc(claim.ends_at or claim.starts_at)}"
    yield f"SUMMARY:{icalendar.escaped(claim.offer.title)}"
    yield f"LOCATION:{icalendar.escaped(claim.offer.to_go_to or claim.offer.place.name)}"
    yield f"STATUS:{'TENTATIVE' if claim.state in ('asked', 'waiting') else 'CONFIRMED'}"
    yield f"URL:{address}{claim.number}"
    if sealed:
        yield "CLASS:PRIVATE"
    yield "END:VEVENT"
