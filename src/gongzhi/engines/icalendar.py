"""iCalendar (RFC 5545): text values, times, folded lines. What stands in a calendar is the caller's."""

import datetime as dt
from collections.abc import Iterable


def escaped(text: str) -> str:
    """A TEXT value (3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r", "").replace("\n", "\\n")


def utc(moment: dt.datetime) -> str:
    """A time with its Z (3.3.5)."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def folded(line: str) -> bytes:
    """Lines of at most 75 octets, the next begins with a space; no character is cut (3.1)."""
    parts: list[bytes] = []
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > 75 - bool(parts):
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"


def calendar(name: str, product: str, events: Iterable[str], *, refresh_hours: int = 0) -> bytes:
    """A whole file; `events`: lines from BEGIN:VEVENT to END:VEVENT, values already escaped.

    `refresh_hours` tells who subscribes how often to look again; 0 says nothing.
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Gongzhi//{product}//ZH", "CALSCALE:GREGORIAN"]
    head += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}"]
    head += [f"REFRESH-INTERVAL;VALUE=DURATION:PT{refresh_hours}H"] if refresh_hours else []
    return b"".join(folded(line) for line in (*head, *events, "END:VCALENDAR"))
