"""Feeds of a community: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1, iCalendar. Whole texts, so that nothing is lost."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from gongzhi.common.clock import CHINA
from gongzhi.engines import icalendar
from gongzhi.publications.queries.public import Item

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself: its title, the page it belongs to, its own address, when it changed last."""

    title: str
    page: str
    address: str
    updated: dt.datetime
    host: str


def address_of(feed: Feed, item: Item) -> str:
    return f"{feed.host}/n/{item.publication.number}"


def as_html(text: dict[str, Any]) -> SafeString:
    """The text of a record as plain paragraphs, ready to copy anywhere."""
    paragraphs = format_html_join("", "<p>{}</p>", ((line,) for line in str(text.get("body", "")).split("\n") if line))
    facts = format_html_join("", "<li>{}：{}</li>", text.get("facts", ()))
    listed = format_html("<ul>{}</ul>", facts) if facts else SafeString("")
    named = gettext("依据：{basis}").format(basis=text.get("basis", ""))
    basis = format_html("<p>{}</p>", named) if text.get("basis") else SafeString("")
    return format_html("{}{}{}", paragraphs, listed, basis)


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def atom(feed: Feed, items: Sequence[Item]) -> bytes:
    root = ET.Element("feed", {"xmlns": ATOM, XML_LANG: "zh-CN"})
    _put(root, id=feed.page, title=feed.title, updated=_stamp(feed.updated))
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=feed.page)
    _put(ET.SubElement(root, "author"), name=feed.title)
    _put(root, generator="Gongzhi")
    for item in items:
        publication = item.publication
        entry = ET.SubElement(root, "entry")
        address = address_of(feed, item)
        _put(entry, id=address, title=item.title, updated=_stamp(publication.changed_at))
        _put(entry, published=_stamp(publication.released_at or publication.changed_at))
        ET.SubElement(entry, "link", rel="alternate", type="text/html", href=address)
        ET.SubElement(entry, "category", term=publication.kind, label=item.kind_name)
        ET.SubElement(entry, "content", type="html").text = as_html(item.text)
    return _file(root)


def rss(feed: Feed, items: Sequence[Item]) -> bytes:
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ET.SubElement(root, "channel")
    _put(channel, title=feed.title, link=feed.page, description=feed.title, language="zh-cn")
    _put(channel, lastBuildDate=format_datetime(feed.updated.astimezone(dt.UTC)))
    ET.SubElement(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.address)
    for item in items:
        entry, address = ET.SubElement(channel, "item"), address_of(feed, item)
        _put(entry, title=item.title, link=address, category=item.kind_name, description=as_html(item.text))
        ET.SubElement(entry, "guid", isPermaLink="true").text = address
        moment = item.publication.released_at or item.publication.changed_at
        _put(entry, pubDate=format_datetime(moment.astimezone(dt.UTC)))
    return _file(root)


def json_feed(feed: Feed, items: Sequence[Item]) -> bytes:
    rows = []
    for item in items:
        publication, address = item.publication, address_of(feed, item)
        released = publication.released_at or publication.changed_at
        rows.append(
            {
                "id": address,
                "url": address,
                "title": item.title,
                "content_html": as_html(item.text),
                "date_published": _stamp(released),
                "date_modified": _stamp(publication.changed_at),
                "tags": [item.kind_name],
            }
        )
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "language": "zh-CN"}
    whole = {**head, "home_page_url": feed.page, "feed_url": feed.address, "items": rows}
    return json.dumps(whole, ensure_ascii=False).encode()


def calendar(feed: Feed, items: Sequence[Item], at: dt.datetime) -> bytes:
    """What happens at a time, and the last day of each 公示."""
    lines = [line for item in items for line in _event(feed, item, at)]
    return icalendar.calendar(feed.title, "Publications", lines)


def _event(feed: Feed, item: Item, at: dt.datetime) -> Iterator[str]:
    publication, begins = item.publication, str(item.text.get("begins_at", ""))
    if not begins and item.days_left is None:
        return
    yield "BEGIN:VEVENT"
    yield f"UID:{publication.number}@gongzhi"
    yield f"DTSTAMP:{icalendar.utc(at)}"
    yield from _times(item, begins)
    yield f"SUMMARY:{icalendar.escaped(f'{item.kind_name}：{item.title}')}"
    yield f"DESCRIPTION:{icalendar.escaped(str(item.text.get('body', '')))}"
    yield f"URL:{address_of(feed, item)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _times(item: Item, begins: str) -> Iterator[str]:
    if begins:
        start = dt.datetime.fromisoformat(begins)
        ends = str(item.text.get("ends_at", ""))
        yield f"DTSTART:{icalendar.utc(start)}"
        yield f"DTEND:{icalendar.utc(dt.datetime.fromisoformat(ends) if ends else start + dt.timedelta(hours=1))}"
        return
    until = item.publication.expires_on or start_of(item)
    yield f"DTSTART;VALUE=DATE:{until - dt.timedelta(days=1):%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{until:%Y%m%d}"


def start_of(item: Item) -> dt.date:
    moment = item.publication.released_at or item.publication.changed_at
    return moment.astimezone(CHINA).date()


def _put(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = _sayable(text)


def _sayable(text: str) -> str:
    """Without characters that XML 1.0 has no room for."""
    return "".join(letter for letter in text if letter in "\t\n" or letter >= " ")


def _file(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
