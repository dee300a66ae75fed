"""报事: one page of three steps that works without script, and the page that says it has arrived."""

import datetime as dt
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.audit.limits import Request, address_of
from gongzhi.audit.once import fingerprint
from gongzhi.cases import queries
from gongzhi.cases.actions import Contact, report_case
from gongzhi.cases.actions.following import follow_case
from gongzhi.cases.forms_channel import alarmed, answers_given, category_given, priority_of_answers, questions_of
from gongzhi.cases.forms_resident import ReportForm, new_key, written_at
from gongzhi.cases.models import Case
from gongzhi.cases.queries.advising import calls_for
from gongzhi.cases.queries.residents import opened_case, promised
from gongzhi.cases.queries.together import headcount
from gongzhi.cases.submitting import caller_name, submit_once
from gongzhi.cases.views import resident_places as choosing
from gongzhi.cases.views.resident_neighbours import Offered, offer
from gongzhi.cases.views.resident_opening import opened, remember
from gongzhi.cases.views.resident_telling import place_words
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Channel
from gongzhi.places.models import Place

# Fields of the form by the field or code that an action's refusal names.
FIELDS = {
    "text": "text",
    "place_code": "place",
    "unknown_place": "place",
    "phone": "phone",
    "photo_empty": "photos",
    "photo_too_large": "photos",
    "photo_too_many_pixels": "photos",
    "photo_format": "photos",
    "sound_empty": "sound",
    "sound_too_large": "sound",
    "sound_format": "sound",
    "about_unit": "about_unit",
}
# A second try carries another token, and the time at which the phone kept it.
NOT_COMPARED = ("csrfmiddlewaretoken", "kept_at")
WAYS_IN = ("web", "qr")
ON_ROUNDS = frozenset({"grid_member", "patch_lead"})
Ways = tuple[tuple[str, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; `place` fills in where, `service` chooses a service of the model, `about` a body, `for=other` helps."""
    if request.method == "POST":
        return _take(request)
    given = request.GET
    place = _known(given.get("place", ""))
    channel = _offered(given.get("service", ""))
    return _blank(request, place, channel, helping=given.get("for") == "other", about=given.get("about", ""))


@require_safe
def report_for(request: HttpRequest) -> HttpResponse:
    """代填: the same form for somebody at the counter, on the telephone or at the door."""
    return _blank(request, None, None, helping=True)


@require_safe
def report_at(request: HttpRequest, code: str) -> HttpResponse:
    """What a code on a wall opens: the form with its place filled in."""
    try:
        place = choosing.scanned_place(code)
    except NotFound as unknown:
        steps = [{"url": reverse("report"), "word": _("不扫码，直接报事")}]
        raise NotFound(
            "unknown_place", N_("这个码上的地点现在没有了。您可以直接报事，写清在哪里。"), steps=steps
        ) from unknown
    return _blank(request, place, _offered("qr") or _offered("web"))


def _known(code: str) -> Place | None:
    try:
        return choosing.scanned_place(code) if code else None
    except NotFound:
        return None


def _offered(code: str, ways: Ways = ()) -> Channel | None:
    """A way in that this page may use: the web, a scanned code, a named service; for staff who help, theirs."""
    channel = packs.active_model().channel(code) if code else None
    known = (*WAYS_IN, *(way for way, _name in ways))
    return channel if channel and (channel.code in known or is_named(channel)) else None


def is_named(channel: Channel) -> bool:
    """Whether residents choose it by its name: a service, a letter, a suggestion, a place's meeting; and a report about
    a body or its people, which is kept from them."""
    own_kind = channel.kind != "demand" or names_body(channel)
    return channel.service or (channel.entered_by == "anyone" and own_kind)


def names_body(channel: Channel | None) -> bool:
    """Whether it is about a body, which then must be named: else it could not be kept from it, or talked with."""
    return channel is not None and (channel.privacy == "protected" or bool(channel.about))


def _ways(actor: Actor, helping: bool) -> Ways:
    """How a demand reached the staff who write it down: at the counter, by telephone, on the round."""
    if not (helping and actor.paths_for("cases.report_for")):
        return ()
    found = [(way.code, way.name) for way in packs.active_model().channels if way.entered_by == "staff"]
    first = "grid" if actor.roles & ON_ROUNDS else "counter"
    return tuple(sorted(found, key=lambda way: way[0] != first))


def _blank(
    request: HttpRequest, place: Place | None, channel: Channel | None, *, helping: bool = False, about: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    _may_enter(actor, channel, helping)
    first = {
        "key": new_key(),
        "channel": channel.code if channel else "web",
        "helping": helping or "",
        "place": place.code if place else "",
        "scanned": place.code if place else "",
        "about_unit": about,
    }
    ways = _ways(actor, helping)
    if ways:
        first["channel"] = ways[0][0]
    shape: dict[str, Any] = {"places": _places(place), "helping": helping, "ways": ways}
    shape["units"] = _units(place, channel)
    shape["about_needed"] = names_body(channel)
    form = ReportForm(initial=first, **shape, questions=questions_of(channel, clock.now()))
    return _page(request, form, place, channel, helping=helping)


def _may_enter(actor: Actor, channel: Channel | None, helping: bool) -> None:
    """Raises SignInRequired before anything is typed, where the way in wants a name."""
    if actor.kind != "anonymous":
        return
    if helping:
        raise SignInRequired("sign_in_required", N_("替别人反映，要先登录：帮忙的人也要记下来。"))
    if channel is not None and not channel.anonymous:
        raise SignInRequired("sign_in_required", N_("这一项要先登录再报。登录后会回到这里。"))


def _places(place: Place | None) -> list[choosing.Choice]:
    return choosing.choices_near(place) if place else choosing.choices_at_first()


def _units(place: Place | None, channel: Channel | None) -> list[tuple[int, str]]:
    """Bodies that can be complained of: those that work around the place, or anywhere; or one kind alone."""
    if channel is not None and channel.about:
        return queries.bodies_of_kind(channel.about, place.path if place else "")
    near = (u for u in queries.units() if u.kind or u.serves)
    if place is not None:
        near = (u for u in near if place.path.startswith(u.path) or u.path.startswith(place.path))
    return [(unit.id, unit.name) for unit in sorted(near, key=lambda u: (-len(u.path), u.name))][:100]


def _page(
    request: HttpRequest,
    form: ReportForm,
    place: Place | None,
    channel: Channel | None,
    *,
    helping: bool,
    **more: Any,
) -> HttpResponse:
    named = channel if channel and is_named(channel) else None
    context = {
        "form": form,
        "place": place,
        "service": named,
        "about_first": names_body(named),
        "services": [] if named else [way for way in packs.active_model().channels if is_named(way)],
        "way": channel or packs.active_model().channel("web"),
        "helping": helping,
        "anonymous": actor_of(request).kind == "anonymous",
        "map": choosing.map_for(place),
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "cases/resident/report.html", context, status=status)


def _take(request: HttpRequest) -> HttpResponse:
    actor, at, given = actor_of(request), clock.now(), request.POST
    helping = given.get("helping") == "True" and actor.kind != "anonymous"
    place = _known(given.get("scanned", ""))
    ways = _ways(actor, helping)
    channel = _offered(given.get("channel", ""), ways) or _offered("web")
    wanted = given.get("q", "").strip() if "find" in given else ""
    found = choosing.choices_found(actor, wanted) if wanted else []
    chosen = _known(given.get("place", ""))
    listed = dict([*found, *_places(place), *([(chosen.code, chosen.name)] if chosen else [])])
    shape: dict[str, Any] = {"places": list(listed.items()), "helping": helping, "ways": ways}
    shape["units"] = _units(place, channel)
    shape |= {"questions": questions_of(channel, at), "about_needed": names_body(channel)}
    form = ReportForm(given, request.FILES, **shape)
    again = {"photos_again": bool(request.FILES)}
    if wanted:
        only = {"place": found[0][0]} if len(found) == 1 else {}
        kept = ReportForm(initial={**given.dict(), **only}, **shape)
        return _page(request, kept, place, channel, helping=helping, wanted=wanted, found=found, **again)
    if form.is_valid():
        try:
            answer = _submit(request, actor, at, form, channel, helping)
        except Conflict:
            form = ReportForm({**given.dict(), "key": new_key()}, request.FILES, **shape)
            form.add_error(None, _("这一份刚才已经送达了，后来您又改过。要当作另一件事再报，请再按一次“送出”。"))
        except Offered as offered:
            return _page(request, form, place, channel, helping=helping, near=offered.near, **again)
        except SignInRequired:
            raise
        except Refused as refused:
            if refused.status == 429:
                raise
            form.refuse(refused, FIELDS)
        else:
            remember(request, answer["number"], at)
            return HttpResponseRedirect(reverse("report-sent", args=[answer["number"]]))
    return _page(request, form, place, channel, helping=helping, **again)


def _submit(
    request: HttpRequest,
    actor: Actor,
    at: dt.datetime,
    form: ReportForm,
    channel: Channel | None,
    helping: bool,
) -> dict[str, Any]:
    given, questions = form.cleaned_data, form.questions
    # The key is a random word of this page: it alone says which report it is, whatever network the phone is in.
    asked = Request("page", str(given["key"]), fingerprint(request, leave_out=NOT_COMPARED))

    def write() -> dict[str, Any]:
        contact = Contact(given["name"], given["phone"])
        main = offer(request, given, channel, at)
        take = partial(follow_case, main=main) if main else report_case
        answers = answers_given(given, questions) if questions else []
        return take(
            by=actor,
            at=at,
            text=given["text"],
            detail=_detail(given, at),
            where=queries.locate(place_code=given["place"], longitude=given["lng"], latitude=given["lat"]),
            channel=channel.code if channel else "web",
            contact=None if helping else contact,
            on_behalf_of=contact if helping else None,
            about_unit_id=given["about_unit"],
            photos=given["photos"],
            sound=given["sound"],
            request=asked,
            category=category_given(given, questions) if questions else "",
            answers=answers,
            priority=priority_of_answers(answers, questions),
        )

    answer, _replayed = submit_once(
        asked, who=caller_name(request, actor), address=address_of(request.META), at=at, write=write
    )
    return answer


def _detail(given: dict[str, Any], at: dt.datetime) -> str:
    """Where exactly; and when it was written, if it had to wait on the phone."""
    lines = [given["detail"]]
    if written := written_at(given["kept_at"], at):
        local = written.astimezone(clock.CHINA)
        lines.append(_("在手机上写于 {time}，当时没有网络。").format(time=f"{local:%Y-%m-%d %H:%M}"))
    return "\n".join(lines)


@require_safe
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """It has arrived: the number, the code, who answers until when. For this browser and the reporter only."""
    actor, at = actor_of(request), clock.now()
    case = opened_case(actor, number, by_code=number in opened(request, at))
    return render(request, "cases/resident/sent.html", sent_context(actor, case, at))


def sent_context(actor: Actor, case: Case, at: dt.datetime) -> dict[str, Any]:
    """The receipt: what to keep, what the channel promises, and whether 110, 119 or 120 come first."""
    channel = packs.active_model().channel(case.channel)
    view = queries.row_of(actor, case, at, reporter=True)
    return {
        "case": case,
        "track_code": queries.track_code_for(case.number),
        "category": view.category,
        "guessed": case.category_source == "guess",
        "place": place_words(case),
        "first_due": promised(case, "first_contact"),
        "helped": case.reporters.filter(assisted=True).exists(),
        "anonymous": actor.kind == "anonymous",
        "together": headcount(case.main) if case.main else 1,
        "calls": calls_for(view.text, clock.local_date(at)),
        "way": channel,
        "alarm": alarmed(view.answers, questions_of(channel, at)),
    }
