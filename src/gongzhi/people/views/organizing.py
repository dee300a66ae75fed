"""Changing bodies: a new one, another name or parent from a day on, how it stands to others."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.refusals import put_back
from gongzhi.people import actions
from gongzhi.people.forms import (
    ChangeOrganizationForm,
    EndOrganizationForm,
    MergeOrganizationForm,
    OrganizationForm,
    PostForm,
    RelationForm,
)
from gongzhi.people.models import Organization, Post
from gongzhi.people.queries import staffing
from gongzhi.people.rules import EXPERTS, POST_ROLES
from gongzhi.people.views.account import FORM
from gongzhi.people.views.asking import reader
from gongzhi.places.queries import get_place


def _manager(request: HttpRequest, body: Organization | None = None) -> Actor:
    actor = reader(request)
    require(actor, "people.manage", path=body.place.path if body and body.place else None)
    return actor


@require_http_methods(FORM)
def add_organization(request: HttpRequest) -> HttpResponse:
    """A new body at a place, of a kind the model knows."""
    actor = _manager(request)
    form = OrganizationForm(request.POST or None, kinds=sorted(staffing.kind_names().items(), key=lambda kind: kind[1]))
    if request.method == "POST" and form.is_valid():
        body = _added(actor, form)
        if body is not None:
            return redirect("organization", code=body.code)
    return render(request, "people/add_organization.html", {"form": form})


@require_http_methods(FORM)
def add_post(request: HttpRequest, code: str) -> HttpResponse:
    """A new post in this body; whom it is given to is asked next."""
    body = staffing.get_organization(reader(request), code)
    actor = _manager(request, body)
    roles = sorted((role, name) for role, name in staffing.role_names().items() if role in POST_ROLES)
    first = {"place": body.place.code if body.place else "", "seats": 1}
    professions = staffing.profession_names() if body.kind == EXPERTS else []
    form = PostForm(request.POST or None, roles=roles, professions=professions, initial=first)
    if request.method == "POST" and form.is_valid() and (post := _post_added(actor, form, body)):
        messages.success(request, _("岗位设好了。接着任命人。"))
        return redirect("appoint", code=post.code)
    return render(request, "people/add_post.html", {"form": form, "body": body})


def _post_added(actor: Actor, form: PostForm, body: Organization) -> Post | None:
    given = dict(form.cleaned_data)
    try:
        place = get_place(given.pop("place"))
        return actions.add_post(by=actor, at=clock.now(), organization=body, place=place, **given)
    except Forbidden:
        raise
    except Refused as refused:
        places = {"unknown_place": "place", "code_taken": "code", "unknown_role": "role"}
        put_back(form, refused, places.get(refused.code))
        return None


def _parent(actor: Actor, form: Any) -> Organization | None:
    code = form.cleaned_data["parent"].strip()
    return staffing.get_organization(actor, code) if code else None


def _added(actor: Actor, form: OrganizationForm) -> Organization | None:
    given = form.cleaned_data
    try:
        return actions.add_organization(
            by=actor,
            at=clock.now(),
            code=given["code"],
            kind=given["kind"],
            name=given["name"],
            parent=_parent(actor, form),
            place=get_place(given["place"]),
            valid_to=given["valid_to"],
        )
    except Forbidden:
        raise
    except Refused as refused:
        places = {"organization_not_found": "parent", "unknown_place": "place", "code_taken": "code"}
        put_back(form, refused, places.get(refused.code))
        return None


@require_http_methods(FORM)
def change_organization(request: HttpRequest, code: str) -> HttpResponse:
    """Another name or parent from a day on."""
    body = staffing.get_organization(reader(request), code)
    actor = _manager(request, body)
    before = {"name": body.name, "parent": body.parent.code if body.parent else ""}
    form = ChangeOrganizationForm(request.POST or None, initial={**before, "on": local_date(clock.now())})
    if request.method == "POST" and form.is_valid() and _changed(actor, form, body):
        messages.success(request, _("改好了。以前的名称和上级都留着，按日期查得到。"))
        return redirect("organization", code=code)
    return render(request, "people/change_organization.html", {"form": form, "body": body})


def _changed(actor: Actor, form: ChangeOrganizationForm, body: Organization) -> bool:
    given = form.cleaned_data
    try:
        parent = _parent(actor, form)
        actions.change_organization(
            by=actor, at=clock.now(), organization=body, on=given["on"], name=given["name"], parent=parent
        )
    except Forbidden:
        raise
    except Refused as refused:
        places = {"organization_not_found": "parent", "organization_circle": "parent", "date_too_early": "on"}
        put_back(form, refused, places.get(refused.code))
        return False
    return True


@require_http_methods(FORM)
def relate(request: HttpRequest, code: str) -> HttpResponse:
    """One more relation of this body, from today on."""
    body = staffing.get_organization(reader(request), code)
    actor = _manager(request, body)
    form = RelationForm(request.POST or None, kinds=staffing.relation_kinds())
    if request.method == "POST" and form.is_valid() and _related(actor, form, body):
        return redirect("organization", code=code)
    return render(request, "people/relate.html", {"form": form, "body": body})


def _related(actor: Actor, form: RelationForm, body: Organization) -> bool:
    try:
        target = staffing.get_organization(actor, form.cleaned_data["target"].strip())
        actions.relate(by=actor, at=clock.now(), kind=form.cleaned_data["kind"], source=body, target=target)
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused, "target")
        return False
    return True


@require_POST
def end_relation(request: HttpRequest, relation_id: int) -> HttpResponse:
    """The relation no longer holds."""
    relation = staffing.get_relation(reader(request), relation_id)
    actions.end_relation(by=_manager(request, relation.source), at=clock.now(), relation=relation)
    messages.success(request, _("解除了。以前有过的还查得到。"))
    return redirect("organization", code=relation.source.code)


@require_http_methods(FORM)
def merge_organization(request: HttpRequest, code: str) -> HttpResponse:
    """A body goes up in another from a day on: what is below it, its posts and its open work go there."""
    return _leave(request, code, MergeOrganizationForm, _("并入别的组织"), _("下面的组织、岗位和没办完的事都过去。"))


@require_http_methods(FORM)
def end_organization(request: HttpRequest, code: str) -> HttpResponse:
    """A body is no more from a day on; nobody may be left in it."""
    words = _("先把下面的组织移走、岗位上的人办离任。旧的还查得到。")
    return _leave(request, code, EndOrganizationForm, _("撤销组织"), words)


def _leave(request: HttpRequest, code: str, form_class: Any, title: str, words: str) -> HttpResponse:
    body = staffing.get_organization(reader(request), code)
    actor = _manager(request, body)
    form = form_class(request.POST or None, initial={"on": local_date(clock.now())})
    if request.method == "POST" and form.is_valid() and _left(actor, form, body):
        messages.success(request, _("办好了。以前的名称和上级都留着，按日期查得到。"))
        return redirect("people")
    context = {"form": form, "body": body, "title": title, "words": words}
    return render(request, "people/leave_organization.html", context)


def _left(actor: Actor, form: Any, body: Organization) -> bool:
    given, now = form.cleaned_data, clock.now()
    try:
        if "into" in given:
            into = staffing.get_organization(actor, given["into"].strip())
            actions.merge_organizations(by=actor, at=now, organization=body, into=into, on=given["on"])
        else:
            actions.end_organization(by=actor, at=now, organization=body, on=given["on"])
    except Forbidden:
        raise
    except Refused as refused:
        places = {"organization_not_found": "into", "organization_circle": "into", "date_too_early": "on"}
        field = places.get(refused.code)
        put_back(form, refused, field if field in form.fields else None)
        return False
    return True
