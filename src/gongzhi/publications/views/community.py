"""The public site of a community: what is on top, what runs, everything by kind, what is over; its feeds."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.documents.instruments import in_force_at
from gongzhi.places.models import Place
from gongzhi.places.queries import ancestors
from gongzhi.publications import feeds
from gongzhi.publications.feeds import Feed
from gongzhi.publications.queries import public
from gongzhi.publications.queries import settings as said
from gongzhi.publications.queries.public import Item

NEWEST, PAGE, FED = 8, 20, 50
KEPT_FOR = 300
Writer = Callable[[Feed, Sequence[Item], dt.datetime], bytes]


def _kinds(place: Place, chosen: str) -> list[dict[str, Any]]:
    base = reverse("community-list", args=[place.code])
    kinds = [{"code": "", "name": _("全部"), "url": base, "current": not chosen}]
    return kinds + [
        {"code": one.code, "name": one.name, "url": f"{base}?kind={one.code}", "current": one.code == chosen}
        for one in said().kinds
    ]


@require_safe
def community(request: HttpRequest, code: str) -> HttpResponse:
    """On top, running 公示, the newest; who answers here; the feeds."""
    at, place = clock.now(), public.community(code)
    on_top = public.pinned(place, at)
    counting = public.counting_down(place, at)
    shown = {one.number for one in (*on_top, *counting)}
    newest = public.public_page(at, place=place, limit=NEWEST + len(shown)).items
    rest = [one for one in newest if one.number not in shown][:NEWEST]
    items = {item.publication.number: item for item in public.items_of([*on_top, *counting, *rest], at)}
    context = {
        "place": place,
        "above": ancestors(place)[-2:],
        "pinned": [items[one.number] for one in on_top],
        "counting": [items[one.number] for one in counting if one not in on_top],
        "newest": [items[one.number] for one in rest],
        "kinds": _kinds(place, "-"),
        "posts": public.posts_here(place, at),
        "texts": in_force_at(place.path, clock.local_date(at)),
    }
    return render(request, "publications/community.html", context)


@require_safe
def items(request: HttpRequest, code: str) -> HttpResponse:
    """All that is public here, or of one kind; page by page."""
    at, place = clock.now(), public.community(code)
    kind = request.GET.get("kind", "")
    kind = kind if said().kind(kind) else ""
    page = public.public_page(at, place=place, kind=kind, cursor=request.GET.get("cursor", ""), limit=PAGE)
    more = urlencode({"kind": kind, "cursor": page.next_cursor})
    context = {
        "place": place,
        "items": public.items_of(page.items, at),
        "kinds": _kinds(place, kind),
        "kind": kind,
        "next_url": f"?{more}" if page.next_cursor else "",
    }
    return render(request, "publications/items.html", context)


@require_safe
def archive(request: HttpRequest, code: str) -> HttpResponse:
    """What is over: kind, number, when, why it ended; the text only where the kind keeps it."""
    at, place = clock.now(), public.community(code)
    page = public.archive_page(at, place=place, cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "place": place,
        "items": public.items_of(page.items, at),
        "next_url": f"?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "publications/archive.html", context)


def _fed(request: HttpRequest, code: str, name: str, media_type: str, write: Writer) -> HttpResponseBase:
    """One feed, answered with 304 to whoever has it already."""
    at, place = clock.now(), public.community(code)
    kind = request.GET.get("kind", "")
    kind = kind if said().kind(kind) else ""
    newest, count = public.state_of_feed(at, place, kind)
    updated = newest or dt.datetime.combine(clock.local_date(at), dt.time(), clock.CHINA)
    # What ends by its date changes nothing in the table: the day is a part of the mark.
    etag = quote_etag(f"{name}-{place.pk}-{kind}-{updated.timestamp():.6f}-{count}-{clock.local_date(at):%y%m%d}")
    unchanged = get_conditional_response(request, etag=etag, last_modified=int(updated.timestamp()))
    if unchanged is not None and unchanged.status_code == 304:
        return _kept(unchanged, etag, updated)
    page = public.public_page(at, place=place, kind=kind, limit=FED)
    host, query = settings.HOST_URL, f"?kind={kind}" if kind else ""
    title = f"{place.name} · {_('公开')}"
    own = Feed(title, f"{host}/c/{place.code}/", f"{host}{request.path}{query}", updated, host)
    body = write(own, public.items_of(page.items, at), at)
    return _kept(HttpResponse(body, content_type=media_type), etag, updated)


def _kept(response: HttpResponseBase, etag: str, updated: dt.datetime) -> HttpResponseBase:
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = f"{updated.astimezone(dt.UTC):%a, %d %b %Y %H:%M:%S} GMT"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def atom(request: HttpRequest, code: str) -> HttpResponseBase:
    write: Writer = lambda feed, rows, at: feeds.atom(feed, rows)  # noqa: E731 - one shape for four writers
    return _fed(request, code, "atom", "application/atom+xml; charset=utf-8", write)


@require_safe
def rss(request: HttpRequest, code: str) -> HttpResponseBase:
    write: Writer = lambda feed, rows, at: feeds.rss(feed, rows)  # noqa: E731 - one shape for four writers
    return _fed(request, code, "rss", "application/rss+xml; charset=utf-8", write)


@require_safe
def json_feed(request: HttpRequest, code: str) -> HttpResponseBase:
    write: Writer = lambda feed, rows, at: feeds.json_feed(feed, rows)  # noqa: E731 - one shape for four writers
    return _fed(request, code, "json", "application/feed+json; charset=utf-8", write)


@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponseBase:
    return _fed(request, code, "ics", "text/calendar; charset=utf-8", feeds.calendar)
