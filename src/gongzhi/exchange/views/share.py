"""约和借: what there is near, one offer with its free times, taking it; its calendar and its poster."""

import datetime as dt
import io
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.refusals import tried
from gongzhi.exchange import actions, calendars, queries, rules, shown
from gongzhi.exchange.forms import BookForm, TakeForm, free_times
from gongzhi.exchange.forms_guides import ApplyForm
from gongzhi.exchange.models import Claim, Offer
from gongzhi.exchange.queries import Filters, guides, near
from gongzhi.exchange.rules import times
from gongzhi.exchange.views import badge_of, names_of, offer_rows
from gongzhi.packs.sharing_contents import Booking, OfferPack

FEED_DAYS = 60


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be taken near one's home, the newest first; by group, way of serving, fee, words."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    kinds, shared, asked = queries.offer_kinds(today), queries.sharing(today), request.GET
    place = near.chosen(actor, asked.get("place", "")[:64].replace("\0", ""), today)
    group = asked.get("group", "")[:20]
    given = Filters(
        kinds=tuple(name for name, (pack, _reference) in kinds.items() if pack.group == group) if group else (),
        without=tuple(name for name, (pack, _reference) in kinds.items() if pack.taker == "body"),
        mode=asked.get("mode", "")[:64],
        fee=asked.get("fee", "")[:64],
        path=place.path if place else "",
        text=asked.get("q", "").replace("\0", "").strip()[:40],
    )
    rows = queries.narrowed(queries.takeable(today), given)
    found = queries.page_of_offers(rows, asked.get("cursor", "")[:200])
    onward = asked.copy()
    onward["cursor"] = found.next_cursor
    context = {
        "rows": offer_rows(found.items, kinds, shared),
        "next_url": f"?{onward.urlencode()}" if found.next_cursor else "",
        "place": place,
        "groups": sorted({pack.group for pack, _reference in kinds.values() if pack.taker != "body"}),
        "group": group,
        "asked": given,
        "modes": shared.modes,
        "fees": shared.fees,
        "map": _map(found.items),
    }
    return render(request, "exchange/index.html", context)


def _map(offers: list[Offer]) -> dict[str, Any] | None:
    """Rooms with a point, numbered as in the list."""
    marks = [
        {
            "n": n,
            "lat": one.venue.latitude,
            "lng": one.venue.longitude,
            "title": one.title,
            "url": reverse("offer", args=[one.number]),
        }
        for n, one in enumerate(offers, start=1)
        if one.venue is not None and one.venue.latitude is not None
    ]
    return {"pins": marks} if marks else None


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """One offer: what, when, for whom, for how much; `?day=&minutes=` lists the times of a day."""
    actor, at = actor_of(request), clock.now()
    row = queries.get_offer_for(actor, number, clock.local_date(at))
    pack = queries.kind_of(row)
    if request.method == "POST":
        return _take(request, row, pack, at)
    return one_offer(request, row, pack, at)


def one_offer(
    request: HttpRequest, row: Offer, pack: OfferPack, at: dt.datetime, **wrong: Form
) -> HttpResponse:
    """The page of an offer; `wrong` holds a form that was refused."""
    actor, today = actor_of(request), clock.local_date(at)
    shared = queries.sharing(today)
    words = names_of(shared)
    left = queries.left_of(row, today)
    context: dict[str, Any] = {
        **badge_of(shown.OFFER_TONES, row.standing, row.get_standing_display()),
        "row": row,
        "pack": pack,
        "by": row.organization.name if row.organization else _("邻居"),
        "mode": words.get(row.mode, row.mode),
        "fee": words.get(row.fee, row.fee),
        "hours": [(_(shown.WEEKDAYS[day - 1]), spans) for day, spans in times.written(row.hours)],
        "left": left,
        "rated": queries.rated([row]).get(row.pk),
        "keeps": queries.may_keep(actor, row),
        "serves": queries.may_serve(actor, row) or queries.may_keep(actor, row),
        "guide": guides.guide_of(row, today),
        "attends": pack.attended and queries.may_serve(actor, row),
        "own": row.person_id is not None and row.person_id == actor.person_id,
    }
    if row.standing == "open" and not context["own"]:
        context |= _times(request, row, pack.booking, at) if pack.booking else _pieces(actor, pack, left, today)
    if actor.person_id is not None:
        mine = Claim.objects.filter(offer=row, person=actor.person_id, state__in=rules.OPEN)
        context["mine"] = list(mine.order_by("-asked_at")[:5])
    return render(request, "exchange/offer.html", {**context, **wrong}, status=422 if wrong else 200)


def _times(request: HttpRequest, row: Offer, booking: Booking, at: dt.datetime) -> dict[str, Any]:
    """The day asked for, or the next one that is open, with its times."""
    today, given = clock.local_date(at), request.POST if request.method == "POST" else request.GET
    first = max(today, row.starts_on)
    days = [first + dt.timedelta(days=n) for n in range(booking.ahead + 1)]
    open_days = [day for day in days if queries.openings(row, booking, day)]
    day = _day(given.get("day", ""), open_days)
    minutes = _minutes(given.get("minutes", ""), booking)
    found = queries.times_on(row, booking, day, minutes, at) if day else []
    lengths = list(range(booking.shortest, booking.longest + 1, booking.step))
    form = BookForm(times=free_times(found), booking=booking, minutes=minutes) if found else None
    return {
        "days": open_days[:35],
        "day": day,
        "minutes": minutes,
        "lengths": lengths[:24],
        "book": form,
        "full": bool(found) and not any(free for _span, free in found),
        "booking": booking,
    }


def _day(text: str, days: list[dt.date]) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = None
    return found if found in days else next(iter(days), None)


def _minutes(text: str, booking: Booking) -> int:
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else booking.shortest
    fits = booking.shortest <= minutes <= booking.longest and minutes % booking.step == 0
    return minutes if fits else booking.shortest


def _pieces(actor: Actor, pack: OfferPack, left: int | None, today: dt.date) -> dict[str, Any]:
    shape = ApplyForm if pack.guide else TakeForm
    return {"take": shape(pack=pack, actor=actor, today=today) if left is None or left > 0 else None}


def _take(request: HttpRequest, row: Offer, pack: OfferPack, at: dt.datetime) -> HttpResponse:
    """Taken: on to what came of it; refused: back with the reason."""
    actor, today = signed_in(request), clock.local_date(at)
    form: BookForm | TakeForm
    if pack.booking is not None:
        minutes = _minutes(request.POST.get("minutes", ""), pack.booking)
        day = _day(request.POST.get("day", ""), [_asked_day(request.POST.get("starts_at", ""), today)])
        found = queries.times_on(row, pack.booking, day or today, minutes, at)
        form = BookForm(request.POST, times=free_times(found), booking=pack.booking, minutes=minutes)
    elif pack.guide:
        form = ApplyForm(request.POST, request.FILES, pack=pack, actor=actor, today=today)
    else:
        form = TakeForm(request.POST, pack=pack, actor=actor, today=today)
    if form.is_valid():
        made = tried(form, lambda: _claim(actor, at, row, form))
        if made is not None:
            messages.success(request, _said(made))
            return redirect("share-claim", made[0].number)
    wrong: dict[str, Form] = {"book" if pack.booking else "take": form}
    return one_offer(request, row, pack, at, **wrong)


def _asked_day(text: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=clock.CHINA).date()
    except ValueError:
        return otherwise


def _claim(actor: Actor, at: dt.datetime, row: Offer, form: BookForm | TakeForm) -> list[Claim]:
    common: dict[str, Any] = {"by": actor, "at": at, "number": row.number, "wanted": form.wanted()}
    if isinstance(form, ApplyForm):
        return [actions.apply_for(**common, uploads=form.cleaned_data["files"])]
    return actions.claim_offer(**common)


def _said(made: list[Claim]) -> str:
    if made[0].state == "waiting":
        return _("排上队了。有人取消就轮到您，会给您发消息。")
    if made[0].state == "asked":
        return _("申请交上去了，等对方答复。")
    return _("约好了，一共 {n} 次。").format(n=len(made)) if len(made) > 1 else _("约好了。")


@require_safe
def feed(request: HttpRequest, number: str) -> HttpResponse:
    """The times that are taken, as a calendar to subscribe to: no names, no reasons."""
    at = clock.now()
    row = queries.get_offer_for(actor_of(request), number, clock.local_date(at))
    held = queries.taken_slots(row, at, at + dt.timedelta(days=FEED_DAYS))
    answer = HttpResponse(calendars.busy(row, held, at), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def address_of(row: Offer) -> str:
    return f"{settings.HOST_URL}{reverse('offer', args=[row.number])}"


@require_safe
def poster(request: HttpRequest, number: str) -> HttpResponse:
    """One A4 page to hang up: what, when, how to book."""
    today = clock.local_date(clock.now())
    row = queries.get_offer_for(actor_of(request), number, today)
    words = names_of(queries.sharing(today))
    context = {
        "row": row,
        "pack": queries.kind_of(row),
        "by": row.organization.name if row.organization else _("邻居"),
        "fee": words.get(row.fee, row.fee),
        "hours": [(_(shown.WEEKDAYS[day - 1]), spans) for day, spans in times.written(row.hours)],
        "url": address_of(row),
    }
    return render(request, "exchange/poster.html", context)


@require_safe
def square(request: HttpRequest, number: str) -> HttpResponse:
    """The QR code of an offer as SVG, error correction Q: it is read with a torn corner, too."""
    row = queries.get_offer_for(actor_of(request), number, clock.local_date(clock.now()))
    out = io.BytesIO()
    segno.make(address_of(row), error="q", micro=False).save(
        out, kind="svg", scale=8, border=4, light="#ffffff", title=_("扫码约"), xmldecl=False
    )
    answer = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
