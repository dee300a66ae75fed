"""办事指南: what can be done here and with which papers; how long people wait at the windows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.asking import actor_of
from gongzhi.exchange import queries
from gongzhi.exchange.queries import Filters, guides, near, waiting
from gongzhi.exchange.views import staff


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Matters near one's home, by words; each leads to what to bring and to the application."""
    actor, today, asked = actor_of(request), clock.local_date(clock.now()), request.GET
    place = near.chosen(actor, asked.get("place", "")[:64].replace("\0", ""), today)
    text = asked.get("q", "").replace("\0", "").strip()[:40]
    kinds = guides.guide_kinds(today)
    given = Filters(kinds=kinds or ("-",), path=place.path if place else "", text=text)
    found = queries.page_of_offers(queries.narrowed(queries.takeable(today), given), asked.get("cursor", "")[:200])
    listed = guides.guides_of(found.items, today)
    onward = asked.copy()
    onward["cursor"] = found.next_cursor
    context = {
        "rows": [{"one": one, "guide": listed.get(one.pk)} for one in found.items],
        "next_url": f"?{onward.urlencode()}" if found.next_cursor else "",
        "place": place,
        "text": text,
    }
    return render(request, "exchange/guides.html", context)


@require_safe
def windows(request: HttpRequest) -> HttpResponse:
    """How long people waited at each window last month, from what was marked; never by person, never by clerk."""
    actor, today = staff(request), clock.local_date(clock.now())
    found = waiting.waits(queries.kept_by(actor), today)
    return render(request, "exchange/windows.html", {"rows": found, "days": waiting.DAYS, "least": waiting.LEAST})
