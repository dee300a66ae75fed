"""For whoever gives: what waits for an answer, who comes today; entering an offer; the lists to choose from; codes."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.exchange import actions, queries, rules, shown, words
from gongzhi.exchange.forms import ChangeForm, CheckForm, CodeForm, EndForm, NoteForm, OfferForm, RollForm
from gongzhi.exchange.models import Offer
from gongzhi.exchange.queries import Filters, claims, needs
from gongzhi.exchange.queries.matching import match
from gongzhi.exchange.queries.usage import usage
from gongzhi.exchange.views import badge_of, category_words, claim_row, keeper, need_row, offer_rows, staff

SHOWN = 50


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Today: who asks, who comes, which wishes and offers wait to be looked at, which misses are disputed."""
    actor, at = staff(request), clock.now()
    today = clock.local_date(at)
    words, kinds, shared = category_words(today), queries.offer_kinds(today), queries.sharing(today)
    asked = claims.to_answer(actor).order_by("asked_at")[:SHOWN]
    unchecked = queries.kept_by(actor).filter(standing="asked").order_by("pk")[:SHOWN]
    context = {
        "asked": [claim_row(one) for one in asked],
        "coming": [claim_row(one) for one in claims.on_day(actor, clock.starts(today), clock.ends(today))],
        "wishes": [need_row(one, words) for one in needs.to_check(actor).order_by("pk")[:SHOWN]],
        "unchecked": offer_rows(unchecked, kinds, shared),
        "appeals": [claim_row(one) for one in claims.appealed(actor).order_by("asked_at")[:SHOWN]],
        "keeps": bool(actor.paths_for(rules.KEEP)),
        "code": CodeForm(),
    }
    return render(request, "exchange/desk.html", context)


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """What one's place and bodies give, whatever its standing, with how much it is used."""
    actor, today = staff(request), clock.local_date(clock.now())
    kind = request.GET.get("kind", "").replace("\0", "")[:64]
    text = request.GET.get("q", "").replace("\0", "").strip()[:40]
    kinds, shared = queries.offer_kinds(today), queries.sharing(today)
    rows = queries.narrowed(queries.kept_by(actor), Filters(kinds=(kind,) if kind else (), text=text))
    found = queries.page_of_offers(rows, request.GET.get("cursor", "")[:200])
    used = usage(found.items, today)
    onward = request.GET.copy()
    onward["cursor"] = found.next_cursor
    context = {
        "rows": [{**row, "used": used.get(row["one"].pk)} for row in offer_rows(found.items, kinds, shared)],
        "next_url": f"?{onward.urlencode()}" if found.next_cursor else "",
        "kinds": [pack for pack, _reference in kinds.values()],
        "kind": kind,
        "text": text,
    }
    return render(request, "exchange/offers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Which kind, then the form for it: `?kind=` chooses; `?item=` takes an item of a list along."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    kinds = queries.offer_kinds(today)
    works = any(actor.paths_for(word) or actor.organizations_for(word) for word in (rules.KEEP, rules.SERVE))
    able = {name: pack for name, (pack, _reference) in kinds.items() if works or pack.neighbour}
    pack = able.get(request.GET.get("kind", ""))
    if pack is None:
        return render(request, "exchange/kinds.html", {"kinds": list(able.values())})
    listed = queries.listed_item(request.GET.get("item", "")[:64], today)
    initial = {"title": listed.name, "mode": listed.mode} if listed else {}
    data = (request.POST,) if request.method == "POST" else ()
    form = OfferForm(
        *data, actor=actor, pack=pack, shared=queries.sharing(today), today=today, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        item = request.GET.get("item", "") if listed else ""
        row = tried(form, lambda: actions.enter_offer(by=actor, at=clock.now(), given=form.given(item)))
        if row is not None:
            waits = row.standing == "asked"
            messages.success(request, _("登记好了，等社区核对。") if waits else _("登记好了，可以约了。"))
            return redirect("offer", row.number)
    return render(request, "exchange/offer_new.html", {"pack": pack, "form": form}, status=422 if form.errors else 200)


# --- the steps of an offer ----------------------------------------------------------------------------------------

_FORMS: dict[str, Any] = {
    "check": lambda data: CheckForm(data),
    "pause": lambda data: NoteForm(data, needed=True),
    "resume": lambda data: Form(data),
    "end": lambda data: EndForm(data, needed=True),
}


def _act(actor: Actor, row: Offer, step: str, given: dict[str, Any]) -> Offer:
    common: dict[str, Any] = {"by": actor, "at": clock.now(), "number": row.number}
    if step == "check":
        return actions.check_offer(**common, approve=given["approve"] == "yes", reason=given["note"])
    if step == "pause":
        return actions.pause_offer(**common, reason=given["note"])
    if step == "resume":
        return actions.resume_offer(**common)
    return actions.end_offer(**common, reason=given["note"], on=given["on"])


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Looking at it, pausing, taking it up again, ending it. Raises NotFound `page_not_found`, `offer_not_found`."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    if step not in _FORMS:
        raise NotFound("page_not_found", N_("没有这一步。请回到这一项看看。"))
    row = queries.get_offer(number)
    if not (queries.may_keep(actor, row) or (step != "check" and queries.may_serve(actor, row))):
        raise NotFound("offer_not_found", N_("没有这一项，可能已经收回了。请回到列表看看。"))
    form = _FORMS[step](request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: _act(actor, row, step, form.cleaned_data))
        if done is not None:
            messages.success(request, _("办好了。"))
            return redirect("offer", number)
    context = {
        **badge_of(shown.OFFER_TONES, row.standing, row.get_standing_display()),
        "row": row,
        "step": step,
        "form": form,
        "open_claims": row.claims.filter(state__in=rules.OPEN).count(),
        "today": today,
    }
    return render(request, "exchange/manage.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Other words, hours, numbers. Raises NotFound `offer_not_found` for whoever does not give it."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    row = queries.get_offer(number)
    if not (queries.may_keep(actor, row) or queries.may_serve(actor, row)):
        raise NotFound("offer_not_found", N_("没有这一项，可能已经收回了。请回到列表看看。"))
    data = (request.POST,) if request.method == "POST" else ()
    pack, shared = queries.kind_of(row), queries.sharing(today)
    form = ChangeForm(*data, row=row, actor=actor, pack=pack, shared=shared, today=today)
    if request.method == "POST" and form.is_valid():
        given = form.changed()
        if tried(form, lambda: actions.change_offer(by=actor, at=clock.now(), number=number, given=given)) is not None:
            messages.success(request, _("改好了。已经约好的照旧。"))
            return redirect("offer", number)
    context = {"row": row, "pack": pack, "form": form}
    return render(request, "exchange/offer_change.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def roll(request: HttpRequest, number: str) -> HttpResponse:
    """Who of those enrolled came today; what they asked to be cared for is read here, and the reading written down.

    Raises NotFound `offer_not_found` for whoever does not give it.
    """
    actor, at = signed_in(request), clock.now()
    row = queries.get_offer(number)
    if not (queries.may_serve(actor, row) and queries.kind_of(row).attended):
        raise NotFound("offer_not_found", N_("没有这一项，可能已经收回了。请回到列表看看。"))
    form, came = RollForm(), request.POST.getlist("came")
    if request.method == "POST":
        form = RollForm(request.POST)
        form.is_valid()
        done = tried(form, lambda: actions.mark_attendance(by=actor, at=at, number=number, came=came))
        if done is not None:
            messages.success(request, _("记下了：今天新来 {n} 人。").format(n=done))
            return redirect("offer-roll", number)
    enrolled, there = claims.enrolled(row), claims.attended(row, clock.local_date(at))
    if enrolled:
        log_access(by=actor, at=at, subjects=[one.reference for one in enrolled], fields="words")
    context = {
        "row": row,
        "form": form,
        "today": clock.local_date(at),
        "rows": [{"one": one, "note": words.opened(one).get("note", "")} for one in enrolled],
        "there": there,
    }
    return render(request, "exchange/roll.html", context, status=422 if form.errors else 200)


@require_safe
def matching(request: HttpRequest) -> HttpResponse:
    """撮合: open wishes of the actor's places, each with what is offered that sounds like it."""
    actor, today = keeper(request), clock.local_date(clock.now())
    words = category_words(today)
    pairs = match(needs.open_for(actor), queries.takeable(today))
    rows = [{**need_row(need, words), "offers": found} for need, found in pairs]
    return render(request, "exchange/matching.html", {"rows": rows})


# --- lists to choose from, and codes ------------------------------------------------------------------------------


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """资源清单和服务清单: every item, who gives it near here, and choosing it."""
    actor, today = staff(request), clock.local_date(clock.now())
    found = queries.catalogues(today)
    name = request.GET.get("list", "") if request.GET.get("list", "") in found else next(iter(found), "")
    pack = found[name][0] if name else None
    given = queries.offers_of_list(name, today) if name else {}
    words = {one.code: one.name for one in queries.sharing(today).modes}
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in pack.items if pack else ():
        row = {"item": one, "mode": words.get(one.mode, one.mode), "offers": given.get(f"{name}/{one.code}", [])}
        groups.setdefault(one.group, []).append(row)
    context = {
        "pack": pack,
        "name": name,
        "lists": [(key, one.title) for key, (one, _reference) in found.items()],
        "groups": groups,
        "taken": sum(1 for offers in given.values() if offers),
        "serves": bool(actor.organizations_for(rules.SERVE) or actor.paths_for(rules.KEEP)),
    }
    return render(request, "exchange/catalogue.html", context)


@require_POST
def redeem(request: HttpRequest) -> HttpResponse:
    """The code on somebody's screen: the claim behind it, to be handed over. Back to the desk with what is wrong."""
    actor, form = staff(request), CodeForm(request.POST)
    if form.is_valid():
        claim = tried(form, lambda: claims.by_code(actor, form.cleaned_data["code"]))
        if claim is not None:
            code = form.cleaned_data["code"]
            done = tried(form, lambda: actions.hand_over(by=actor, at=clock.now(), number=claim.number, code=code))
            if done is not None:
                said = _("核对好了：{title}，{n} 份。").format(title=claim.offer.title, n=claim.quantity)
                messages.success(request, said)
                return redirect("exchange-desk")
    messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
    return redirect("exchange-desk")


@require_safe
def terminal(request: HttpRequest, code: str) -> HttpResponse:
    """The screen of a hall: five large services of a place, and what each offers now."""
    at = clock.now()
    today = clock.local_date(at)
    place = queries.near_place(code)
    shared, kinds = queries.sharing(today), queries.offer_kinds(today)
    rows = list(queries.around(queries.takeable(today), place.path).order_by("-pk")[:200])
    services = [
        {"service": one, "rows": offer_rows([row for row in rows if row.kind in one.kinds][:6], kinds, shared)}
        for one in shared.terminal
    ]
    chosen = request.GET.get("service", "")
    found = next((one for one in services if one["service"].code == chosen), None)  # type: ignore[attr-defined]  # a Terminal
    context = {"place": place, "services": services, "chosen": found, "until": at + dt.timedelta(minutes=2)}
    return render(request, "exchange/terminal.html", context)
