"""Writing a self-governing body into the register; changing its charter, scope or term."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.documents.instruments import ADOPT
from gongzhi.gatherings import actions
from gongzhi.gatherings.forms_bodies import ChangeForm, FoundForm
from gongzhi.gatherings.queries import bodies, body_places
from gongzhi.people.models import Organization
from gongzhi.people.queries import governing
from gongzhi.people.rules import FOUND
from gongzhi.places.models import Place
from gongzhi.places.queries import get_place, level_names

FORM = ["GET", "HEAD", "POST"]
_OTHERWISE = N_("自治组织由社区书记、督办和管理员登记。您可以看。")


def _keeper(request: HttpRequest, body: Organization | None = None) -> Actor:
    actor = staff_of(request, FOUND, otherwise=_OTHERWISE)
    if body is not None and body.place is not None:
        require(actor, FOUND, path=body.place.path)
    return actor


@require_http_methods(FORM)
def found(request: HttpRequest) -> HttpResponse:
    """A new body: `?place=` and `?level=` come from the list of places without one."""
    actor = _keeper(request)
    form = _form(request, actor)
    if request.method == "POST" and form.is_valid():
        body = _found(actor, form)
        if body is not None:
            messages.success(request, _("登记好了。接着把成员写进来。"))
            return redirect("body", body.code)
    context = {"form": form, "kinds": [kind for kind in governing.kinds() if kind.governs]}
    return render(request, "gatherings/found.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, actor: Actor) -> FoundForm:
    names, places = level_names(), body_places.places_to_found(actor)
    kinds = [(kind.code, kind.name) for kind in governing.kinds() if kind.governs and not kind.governs.instituted]
    given = request.POST if request.method == "POST" else None
    asked = {key: request.GET.get(key, "") for key in ("place", "kind")}
    choices = [(one.code, f"{one.name}（{names.get(one.level, one.level)}）") for one in places]
    if asked["place"] and asked["place"] not in dict(choices):
        choices += _further(actor, asked["place"])
    initial = {**asked, "founded_on": local_date(clock.now())}
    form = FoundForm(given, initial=initial, kinds=kinds, places=choices)
    near = min(actor.paths_for(FOUND), key=len, default="/")
    form.offer(body_places.charters_at(near), bool(actor.paths_for(ADOPT)))
    return form


def _further(actor: Actor, code: str) -> list[tuple[str, str]]:
    """A place that did not fit into the list, when a link named it."""
    place: Place = get_place(code)
    return [(place.code, place.name)] if allows(actor, FOUND, path=place.path) else []


def _found(actor: Actor, form: FoundForm) -> Organization | None:
    names = ("kind", "decision", "name", "founded_on", "term_years", "scope", "seats")
    given: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
    try:
        place = get_place(form.cleaned_data["place"])
        return actions.found_body(by=actor, at=clock.now(), place=place, charter=form.chosen(), **given)
    except Refused as refused:
        put_back(form, refused)
        return None


@require_http_methods(FORM)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Another charter, scope or term."""
    body = bodies.get_body(code)
    actor = _keeper(request, body)
    place = body.place
    assert place is not None  # noqa: S101 - the register asks for it
    shown = bodies.known_of(actor, [body], clock.now())[0]
    initial = {"scope": shown.scope, "term_years": shown.term_years, "charter": body.features.get("charter", "")}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    form.offer(body_places.charters_at(place.path), allows(actor, ADOPT, path=place.path))
    if request.method == "POST" and form.is_valid() and _changed(actor, form, body):
        messages.success(request, _("改好了。"))
        return redirect("body", code)
    context = {"form": form, "body": shown}
    return render(request, "gatherings/body_change.html", context, status=422 if form.errors else 200)


def _changed(actor: Actor, form: ChangeForm, body: Organization) -> bool:
    given = {key: form.cleaned_data[key] for key in ("scope", "term_years", "decision")}
    try:
        actions.change_body(by=actor, at=clock.now(), body=body, charter=form.chosen(), **given)
    except Refused as refused:
        put_back(form, refused)
        return False
    return True
