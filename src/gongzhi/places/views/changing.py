"""Changing one place from a day on: another name, another parent, going up in a neighbour, ending."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.places import actions, queries
from gongzhi.places.actions.changing import PERMISSION
from gongzhi.places.models import Place


class DayForm(forms.Form):
    """From which day on."""

    on = forms.DateField(
        label=gettext_lazy("从哪天起"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("日期写成 2026-03-18 这样。")},
    )


class NameForm(DayForm):
    field_order = ["name", "on"]
    name = forms.CharField(label=gettext_lazy("新名称"), max_length=200)


class TargetForm(DayForm):
    field_order = ["target", "on"]
    target = forms.CharField(label=gettext_lazy("哪个地点（代码）"), max_length=64)


def _rename(actor: Actor, at: dt.datetime, place: Place, given: dict[str, Any]) -> None:
    actions.rename_place(by=actor, at=at, place=place, name=given["name"], on=given["on"])


def _move(actor: Actor, at: dt.datetime, place: Place, given: dict[str, Any]) -> None:
    target = queries.get_place_for(actor, given["target"])
    actions.move_place(by=actor, at=at, place=place, parent=target, on=given["on"])


def _merge(actor: Actor, at: dt.datetime, place: Place, given: dict[str, Any]) -> None:
    target = queries.get_place_for(actor, given["target"])
    actions.merge_places(by=actor, at=at, place=place, into=target, on=given["on"])


def _end(actor: Actor, at: dt.datetime, place: Place, given: dict[str, Any]) -> None:
    actions.end_place(by=actor, at=at, place=place, on=given["on"])


@dataclass(frozen=True, slots=True)
class Act:
    """One way to change a place: its words, its form, and the action it calls."""

    title: str
    words: str
    button: str
    form: type[DayForm]
    run: Callable[[Actor, dt.datetime, Place, dict[str, Any]], None]


ACTS = {
    "rename": Act(N_("改名"), N_("从那天起叫新名称；那天以前的事还看旧名称。"), N_("从那天起改名"), NameForm, _rename),
    "move": Act(
        N_("移到别的上级"), N_("连同里面的一起移过去；没办完的事跟着走。"), N_("从那天起移过去"), TargetForm, _move
    ),
    "merge": Act(
        N_("并入别的地点"),
        N_("里面的、没办完的都过去，户数加在一起；旧的留着可查。"),
        N_("从那天起并入"),
        TargetForm,
        _merge,
    ),
    "end": Act(N_("撤销"), N_("里面要先移空。撤销以后旧的还查得到。"), N_("从那天起撤销"), DayForm, _end),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """The form of one act, and doing it."""
    actor = actor_of(request)
    require(actor, PERMISSION)
    place = queries.get_place_for(actor, code)
    require(actor, PERMISSION, path=place.path)
    if (chosen := ACTS.get(act)) is None:
        raise NotFound("unknown_act", N_("没有这种改法。"))
    form = chosen.form(request.POST or None, initial={"on": local_date(clock.now()), "name": place.name})
    if request.method == "POST" and form.is_valid() and _done(actor, chosen, place, form):
        messages.success(request, _("办好了。以前的名称和上级都留着，按日期查得到。"))
        return redirect("places") if act in ("merge", "end") else redirect("place", code=place.code)
    context = {"place": place, "act": chosen, "form": form}
    return render(request, "places/change.html", context)


def _done(actor: Actor, act: Act, place: Place, form: DayForm) -> bool:
    try:
        act.run(actor, clock.now(), place, form.cleaned_data)
    except Forbidden:
        raise
    except Refused as refused:
        field = {"unknown_place": "target", "ends_before_it_begins": "on"}.get(refused.code)
        words = said(refused)
        form.add_error(field if field in form.fields else None, words)
        return False
    return True
