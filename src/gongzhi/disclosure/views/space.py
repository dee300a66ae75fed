"""The spaces one has, one space with what stands in it, writing, figures of what was taken down."""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.refusals import tried
from gongzhi.disclosure import actions, queries, rules, words
from gongzhi.disclosure.actions.posting import neighbour
from gongzhi.disclosure.forms import MessageForm
from gongzhi.disclosure.models import Message
from gongzhi.disclosure.queries import Item, moderating
from gongzhi.documents.queries import evidence_of
from gongzhi.packs.queries import active_model
from gongzhi.places.models import Place
from gongzhi.publications.queries import public

NOTICES, LONGEST_WORD = 3, 40
TONES = {
    "waiting": ("now", "clock"),
    "shown": ("done", "circle-check"),
    "hidden": ("over", "eye-off"),
    "refused": ("over", "circle-x"),
    "over": ("wait", "clock-x"),
    "withdrawn": ("wait", "x"),
}


def badge_of(message: Message) -> dict[str, str]:
    tone, icon = TONES[message.state]
    return {"tone": tone, "icon": icon, "word": _(str(message.get_state_display()))}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Where one may read and write, and what one wrote."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    context = {
        "spaces": queries.spaces_of(actor, today),
        "own": [(one, words.text_of(one).heading, badge_of(one)) for one in queries.own(actor)]
        if actor.person_id
        else [],
        "keeps": bool(actor.paths_for(rules.MODERATE) or actor.paths_for(rules.JUDGE)),
    }
    return render(request, "disclosure/index.html", context)


def _notices(place: Place, at: dt.datetime) -> list[public.Item]:
    """What the office says here: publications, checked by two."""
    if active_model().publications is None:
        return []
    return public.items_of(public.public_page(at, place=place, limit=NOTICES).items, at)


def _pictured(items: list[Item]) -> list[tuple[Item, uuid.UUID | None]]:
    """Each with its first picture."""
    first: dict[str, uuid.UUID] = {}
    for row in evidence_of([one.message.reference for one in items]):
        first.setdefault(row.subject, row.media_id)
    return [(one, first.get(one.message.reference)) for one in items]


@require_safe
def space(request: HttpRequest, code: str) -> HttpResponse:
    """Neighbours read everything, everybody what is public; the newest first, a page at a time."""
    actor, at = actor_of(request), clock.now()
    today = clock.local_date(at)
    place, kinds = queries.space(code, today), queries.kinds(today)
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:LONGEST_WORD]
    kind = kind if kind in kinds else ""
    found = queries.listed(actor, place, at, kind=kind, text=text, cursor=request.GET.get("cursor", ""))
    more = urlencode({"kind": kind, "cursor": found.next_cursor})
    reads_all = queries.reads_all(actor, place.path, today)
    context: dict[str, Any] = {
        "place": place,
        "items": _pictured(found.items),
        "kinds": [one for one in kinds.values() if one.public or reads_all],
        "kind": kind,
        "text": text,
        "next_url": f"?{more}" if found.next_cursor else "",
        "notices": _notices(place, at) if not (kind or text or request.GET.get("cursor")) else [],
        "lives": queries.lives_at(actor, place.path, today),
        "reads_all": reads_all,
        "keeps": queries.keeps(actor, place.path),
    }
    return render(request, "disclosure/space.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Which kind, then the form for it: `?kind=` chooses."""
    actor, at = signed_in(request), clock.now()
    today = clock.local_date(at)
    place = queries.space(code, today)
    neighbour(actor, place.path, at)
    kind = queries.kinds(today).get(request.GET.get("kind", ""))
    if kind is None:
        return render(request, "disclosure/kinds.html", {"place": place, "kinds": queries.kinds(today).values()})
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MessageForm(*given, matters=queries.open_matters(actor, place.path))
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: _post(actor, at, place, kind.code, form))
        if row is not None:
            said = _("发出去了。") if row.state == "shown" else _("收到了。审核以后大家就看得到。")
            messages.success(request, said)
            return redirect("neighbours-message", row.number)
    context = {"place": place, "kind": kind, "form": form, "numbers": queries.numbers(today)}
    return render(request, "disclosure/new.html", context, status=422 if form.errors else 200)


def _post(actor: Actor, at: dt.datetime, place: Place, kind: str, form: MessageForm) -> Message:
    return actions.post_message(by=actor, at=at, place=place, kind=kind, **form.given())


@require_safe
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """What was taken down in a year and why: for everybody."""
    at = clock.now()
    today = clock.local_date(at)
    place, numbers = queries.space(code, today), queries.numbers(today)
    context = {
        "place": place,
        "found": moderating.figures(place, at),
        "numbers": numbers,
        "reasons": queries.reasons(today).values(),
        "back": reverse("neighbours-space", args=[place.code]),
    }
    return render(request, "disclosure/figures.html", context)
