"""An appointment as an .ics file (RFC 5545): time and public place, never what it is about."""

import datetime as dt

from gongzhi.cases.rules.meeting import Meeting
from gongzhi.engines import icalendar

MEDIA_TYPE = "text/calendar; charset=utf-8"


def appointment_file(meeting: Meeting, *, uid: str, title: str, at: dt.datetime) -> bytes:
    """One event with a reminder two hours before. Raises ValueError without a time."""
    if meeting.starts is None or meeting.ends is None:
        raise ValueError("no time was proposed")
    words = icalendar.escaped(title)
    event = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{icalendar.utc(at)}",
        f"DTSTART:{icalendar.utc(meeting.starts)}",
        f"DTEND:{icalendar.utc(meeting.ends)}",
        f"SUMMARY:{words}",
        f"LOCATION:{icalendar.escaped(meeting.where)}",
        "CLASS:PRIVATE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{words}",
        "TRIGGER:-PT2H",
        "END:VALARM",
        "END:VEVENT",
    ]
    return icalendar.calendar(title, "Appointments", event)
