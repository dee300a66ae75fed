"""Appointing, standing in, ending a mandate with its handover; and what an administrator does for colleagues."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.personal import asked_for
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.people import actions, vault
from gongzhi.people.forms import (
    AppointForm,
    EndMandateForm,
    SubstituteForm,
)
from gongzhi.people.models import Mandate, Post
from gongzhi.people.queries import staffing
from gongzhi.people.queries.governing import seating_permission, term_end
from gongzhi.people.views.account import FORM
from gongzhi.people.views.asking import reader
from gongzhi.people.views.staffing import post_page

MANAGE = "people.manage"


def _manager(request: HttpRequest, path: str | None = None) -> Actor:
    actor = reader(request)
    require(actor, MANAGE, path=path)
    return actor


def _seating(request: HttpRequest, post: Post) -> Actor:
    """The administrator; for members of bodies that govern themselves whoever keeps their register."""
    actor = reader(request)
    require(actor, seating_permission(post), path=post.place.path)
    return actor


@never_cache
@require_http_methods(FORM)
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Give the post to somebody, from a day on, by a decision."""
    post = staffing.get_post_for(reader(request), code)
    actor, today = _seating(request, post), local_date(clock.now())
    initial = {"valid_from": today, "valid_to": term_end(post, today)}
    form = AppointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _appointed(actor, form, post, None):
        messages.success(request, _("任命好了。本人下次登录就能看到岗位上的事。"))
        return redirect("post", code=code)
    return render(request, "people/appoint.html", {"form": form, "post": post})


def _appointed(actor: Actor, form: AppointForm, post: Post, stands_in_for: Mandate | None) -> bool:
    try:
        actions.appoint_by_contact(
            by=actor, at=clock.now(), post=post, substitute_for=stands_in_for, **form.cleaned_data
        )
    except Forbidden:
        raise
    except Refused as refused:
        field = refused.facts.get("field")
        put_back(form, refused, {"phone": "contact", "email": "contact"}.get(str(field), field))
        return False
    return True


@never_cache
@require_http_methods(FORM)
def substitute(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Let somebody stand in for a holder until a day."""
    mandate = staffing.get_mandate_for(reader(request), mandate_id)
    actor = _seating(request, mandate.post)
    form = SubstituteForm(request.POST or None, initial={"valid_from": local_date(clock.now())})
    if request.method == "POST" and form.is_valid() and _appointed(actor, form, mandate.post, mandate):
        messages.success(request, _("代班定好了，到日子自动结束。"))
        return redirect("post", code=mandate.post.code)
    context = {"form": form, "post": mandate.post, "holder": _name(actor, mandate)}
    return render(request, "people/appoint.html", context)


def _name(actor: Actor, mandate: Mandate) -> str:
    return staffing.names_for(actor, [mandate]).get(mandate.person_id, "")


def _heirs(actor: Actor, mandate: Mandate, day: dt.date) -> dict[int, tuple[Mandate, str]]:
    found = staffing.heirs_of(mandate, day)
    names = staffing.names_for(actor, found)
    words = _("{name}，{place}{title}")
    return {
        one.pk: (
            one,
            words.format(name=names.get(one.person_id, ""), place=one.post.place.name, title=one.post.title),
        )
        for one in found
    }


@never_cache
@require_http_methods(FORM)
def end(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """End a mandate; what is open goes to somebody named, or back to be dispatched."""
    mandate = staffing.get_mandate_for(reader(request), mandate_id)
    actor, day = _seating(request, mandate.post), local_date(clock.now())
    heirs = _heirs(actor, mandate, day)
    choices = [(key, words) for key, (_one, words) in heirs.items()]
    form = EndMandateForm(request.POST or None, heirs=choices, today=day, initial={"on": day})
    if request.method == "POST" and form.is_valid():
        heir = heirs[form.cleaned_data["handed_to"]][0] if form.cleaned_data["handed_to"] else None
        if _ended(request, actor, form, mandate, heir):
            return redirect("post", code=mandate.post.code)
    context = {"form": form, "post": mandate.post, "holder": _name(actor, mandate), "mandate": mandate}
    return render(request, "people/end.html", context)


def _ended(request: HttpRequest, actor: Actor, form: EndMandateForm, mandate: Mandate, heir: Mandate | None) -> bool:
    on = form.cleaned_data["on"]
    try:
        moved = actions.end_mandate(by=actor, at=clock.now(), mandate=mandate, on=on, handed_to=heir)
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused, None)
        return False
    messages.success(request, _("离任办好了，交接了 {n} 件没办完的事。").format(n=moved))
    return True


@never_cache
@require_POST
def reveal(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """A holder's name and telephone in clear, once a purpose is written; the holder can see who looked."""
    with asked_for(f"mandate:{mandate_id}", "name,phone,email"):
        actor = reader(request)
        mandate = staffing.get_mandate_for(actor, mandate_id)
    purpose = request.POST.get("purpose", "").strip()[:80]
    if not purpose:
        raise Refused("purpose_missing", N_("请写一句为什么要看。本人看得到这句话。"))
    found = vault.reveal(
        by=actor,
        at=clock.now(),
        person_ids=[mandate.person_id],
        fields=["name", "phone", "email"],
        purpose=purpose,
    )
    shown = {"mandate_id": mandate.pk, "values": found.get(mandate.person_id, {})}
    return post_page(request, mandate.post.code, shown=shown)


@require_POST
def unbind(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Take the second factor off for a colleague whose telephone is gone."""
    mandate = staffing.get_mandate_for(reader(request), mandate_id)
    actor = _manager(request, mandate.post.place.path)
    actions.drop_second_factor(by=actor, at=clock.now(), person=mandate.person)
    messages.success(request, _("解开了。本人下次登录时绑定新手机。"))
    return redirect("post", code=mandate.post.code)
