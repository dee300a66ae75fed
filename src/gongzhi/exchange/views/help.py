"""帮一把: the wall of wishes, asking for something, one wish with everything that becomes of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.exchange import actions, queries, shown
from gongzhi.exchange.forms import NoteForm
from gongzhi.exchange.forms_needs import NeedForm, PublishForm, ThanksForm
from gongzhi.exchange.models import Need
from gongzhi.exchange.queries import near
from gongzhi.exchange.queries import needs as reads
from gongzhi.exchange.views import badge_of, category_words, claim_row, need_row


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """What waits for somebody, or `?done=1` what came true; near one's home."""
    actor, today, asked = actor_of(request), clock.local_date(clock.now()), request.GET
    place = near.chosen(actor, asked.get("place", "")[:64].replace("\0", ""), today)
    kind, done = asked.get("kind", "")[:64], asked.get("done") == "1"
    rows = reads.wall(place.path if place else "", kind=kind.replace("\0", ""), done=done)
    found = reads.page_of_needs(rows, asked.get("cursor", "")[:200])
    words, onward = category_words(today), asked.copy()
    onward["cursor"] = found.next_cursor
    context = {
        "rows": [need_row(one, words) for one in found.items],
        "next_url": f"?{onward.urlencode()}" if found.next_cursor else "",
        "kinds": [pack for pack, _reference in queries.need_kinds(today).values()],
        "kind": kind,
        "done": done,
        "place": place,
    }
    return render(request, "exchange/wall.html", context)


@require_safe
def micro(request: HttpRequest) -> HttpResponse:
    """五微: how many of each small thing were asked for, and came true, at a place."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    place = near.chosen(actor, request.GET.get("place", "")[:64].replace("\0", ""), today)
    rows = reads.micro(place.path if place else "/", today)
    context = {"rows": rows, "place": place, "source": queries.sharing(today).source}
    return render(request, "exchange/micro.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Which kind, then the form for it: `?kind=` chooses."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    kinds = queries.need_kinds(today)
    found = kinds.get(request.GET.get("kind", ""))
    if found is None:
        return render(request, "exchange/need_kinds.html", {"kinds": [pack for pack, _reference in kinds.values()]})
    pack, places = found[0], near.communities(today)
    data = (request.POST,) if request.method == "POST" else ()
    form = NeedForm(*data, pack=pack, places=places, initial={"place": near.home_of(actor, today)})
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: actions.ask_need(by=actor, at=clock.now(), asked=form.asked()))
        if row is not None:
            messages.success(request, _("交给社区看了。看过就贴出去，只写需要什么。"))
            return redirect("need", row.number)
    return render(request, "exchange/need_new.html", {"pack": pack, "form": form}, status=422 if form.errors else 200)


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    return one_need(request, actor, reads.get_need_for(actor, number))


def one_need(request: HttpRequest, actor: Actor, row: Need, **wrong: Form) -> HttpResponse:
    """A wish as everybody, its asker, its helper or the community sees it."""
    asks, keeps, own = reads.asks(actor, row), reads.may_keep(actor, row), None
    if actor.person_id is not None:
        own = row.claims.filter(person=actor.person_id).order_by("-asked_at").first()
    words = category_words(clock.local_date(row.asked_at))
    context: dict[str, Any] = {
        **badge_of(shown.NEED_TONES, row.status, row.get_status_display()),
        "need": row,
        "pack": reads.kind_of(row),
        "category": words.get((row.kind, row.category), ""),
        "asks": asks,
        "keeps": keeps,
        "own": own,
        "told": _told(request, actor, row),
        "may_know": reads.may_know(actor, row) and not asks,
    }
    if asks or keeps:
        claims = row.claims.select_related("offer", "need").order_by("asked_at")
        context["claims"] = [
            {**claim_row(one), "note": one.steps.order_by("id").first()} for one in claims.exclude(state="cancelled")
        ]
    if row.status == "asked" and keeps and not asks:
        context["publish"] = PublishForm(initial={"title": row.title})
    if row.status == "taken" and asks:
        context |= {"thanks": ThanksForm(prefix="confirm"), "dispute": NoteForm(needed=True, prefix="dispute")}
    if row.status == "open" and not asks and (own is None or own.state not in ("asked", "held")):
        context["take"] = NoteForm(prefix="take")
    return render(request, "exchange/need.html", {**context, **wrong}, status=422 if wrong else 200)


def _told(request: HttpRequest, actor: Actor, row: Need) -> dict[str, str]:
    """Name and door: at once for whoever asked, for others when they ask for them, and then it is written down."""
    if reads.asks(actor, row) or (request.GET.get("contact") == "1" and reads.may_know(actor, row)):
        return actions.read_need(by=actor, at=clock.now(), number=row.number)
    return {}


# --- the steps ----------------------------------------------------------------------------------------------------

Act = Callable[[Actor, str, str, dict[str, Any]], Any]
ACTS: dict[str, Act] = {
    "check": lambda by, number, claim, given: actions.check_need(
        by=by, at=clock.now(), number=number, publish=given["publish"] == "yes", reason=given["note"],
        title=given["title"],
    ),
    "take": lambda by, number, claim, given: actions.take_need(
        by=by, at=clock.now(), number=number, note=given["note"]
    ),
    "withdraw": lambda by, number, claim, given: actions.withdraw_need(by=by, at=clock.now(), number=number),
    "accept": lambda by, number, claim, given: actions.accept_help(by=by, at=clock.now(), number=number, claim=claim),
    "decline": lambda by, number, claim, given: actions.decline_help(
        by=by, at=clock.now(), number=number, claim=claim
    ),
    "back": lambda by, number, claim, given: actions.step_back(by=by, at=clock.now(), number=number),
    "deliver": lambda by, number, claim, given: actions.deliver_help(by=by, at=clock.now(), number=number),
    "confirm": lambda by, number, claim, given: actions.confirm_help(
        by=by, at=clock.now(), number=number, claim=claim, thanks=given["thanks"]
    ),
    "dispute": lambda by, number, claim, given: actions.dispute_help(
        by=by, at=clock.now(), number=number, claim=claim, note=given["note"]
    ),
}
SAID = {
    "check": N_("看过了，提的人会收到消息。"),
    "take": N_("谢谢您！等对方答复，答复了会给您发消息。"),
    "withdraw": N_("收回了。"),
    "accept": N_("答应了。对方现在看得到怎么联系。"),
    "decline": N_("回复了。"),
    "back": N_("退出了，重新等人来帮。"),
    "deliver": N_("记下了，等对方确认。"),
    "confirm": N_("实现了！谢谢您告诉大家。"),
    "dispute": N_("退回去了，对方会接着办。"),
}


def _form_for(step: str, data: Any) -> Form:
    if step == "check":
        return PublishForm(data)
    if step == "confirm":
        return ThanksForm(data, prefix="confirm")
    if step in ("take", "dispute"):
        return NoteForm(data, needed=step == "dispute", prefix=step)
    return Form(data)


@require_POST
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step of a wish. Raises NotFound `page_not_found` for a word that is none."""
    actor = signed_in(request)
    if step not in ACTS:
        raise NotFound("page_not_found", N_("没有这一步。请回到这一条看看。"))
    form, claim = _form_for(step, request.POST), request.POST.get("claim", "")[:24].replace("\0", "")
    done = tried(form, lambda: ACTS[step](actor, number, claim, form.cleaned_data)) if form.is_valid() else None
    if done is not None:
        messages.success(request, _(SAID[step]))
        return redirect("need", number)
    if not form.fields:
        messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
        return redirect("need", number)
    name = {"check": "publish", "confirm": "thanks"}.get(step, step)
    return one_need(request, actor, reads.get_need_for(actor, number), **{name: form})
