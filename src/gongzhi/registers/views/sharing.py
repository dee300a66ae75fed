"""Readers from outside and what they read; emergency scenes and their end."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.audit.models import Access
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.refusals import put_back, said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.places.queries import get_place_for
from gongzhi.registers.actions import deleting, sharing
from gongzhi.registers.forms_facts import GrantForm, SceneForm, places_for
from gongzhi.registers.models import ExchangeGrant, Scene
from gongzhi.registers.queries.dictionary import Dictionary, dictionary, scene_packs

READINGS = 300


def _grants(actor: Actor) -> list[ExchangeGrant]:
    reach = Q(pk__in=[])
    for permission in ("registers.share", "audit.read"):
        for path in actor.paths_for(permission):
            reach |= Q(path__startswith=path)
    return list(ExchangeGrant.objects.filter(reach).select_related("place").order_by("-id")[:200])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HttpRequest) -> HttpResponse:
    """Who may read what, for what; and who read what, when."""
    actor = staff_of(request, "registers.share", "audit.read")
    known, may_share = dictionary(local_date(clock.now())), allows(actor, "registers.share")
    form = GrantForm(request.POST or None, places=places_for(actor, "registers.share"), known=known)
    if request.method == "POST" and form.is_valid() and _asked(actor, form):
        messages.success(request, _("提出了。要由另一位有权的人批准，才有令牌。"))
        return redirect("exchange")
    return _exchange_page(request, actor, known, form if may_share else None)


def _exchange_page(
    request: HttpRequest, actor: Actor, known: Dictionary, form: GrantForm | None, token: str = ""
) -> HttpResponse:
    grants = _grants(actor)
    readings = _readings(grants)
    if request.GET.get("export") == "xlsx":
        headers = [_("什么时候"), _("谁"), _("看了什么"), _("用途")]
        return rows_as_xlsx(
            _("共享查看记录"), headers, ((r["at"], r["who"], r["what"], r["purpose"]) for r in readings)
        )
    purposes = {one.code: one.name for one in known.purposes.values()}
    today = local_date(clock.now())
    rows = [
        {
            "grant": one,
            "fields": "、".join(known.fields[code].name for code in one.fields if code in known.fields),
            "purpose": purposes.get(one.purpose, one.purpose),
            "over": one.until < today,
            "mine": one.asked_by == actor.reference,
        }
        for one in grants
    ]
    context = {
        "rows": rows,
        "readings": readings,
        "form": form,
        "token": token,
        "may_share": allows(actor, "registers.share"),
    }
    return render(request, "registers/exchange.html", context, status=422 if form and form.errors else 200)


def _asked(actor: Actor, form: GrantForm) -> bool:
    given = dict(form.cleaned_data)
    try:
        place = get_place_for(actor, given.pop("place"))
        sharing.ask_grant(by=actor, at=clock.now(), place=place, fields=given.pop("fields_wanted"), **given)
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused)
        return False
    return True


def _readings(grants: list[ExchangeGrant]) -> list[dict[str, Any]]:
    """Who read what, the newest first, from the log of readings."""
    consumers = {f"person:{one.account_id}": one.consumer for one in grants if one.account_id}
    rows = Access.objects.filter(actor__in=consumers).order_by("-id")[:READINGS]
    return [
        {
            "at": row.at,
            "who": consumers[row.actor],
            "what": " · ".join(one for one in row.subjects if not one.startswith("grant:")),
            "purpose": row.purpose,
        }
        for row in rows
    ]


@never_cache
@require_POST
def act_on_grant(request: HttpRequest, grant: int, act: str) -> HttpResponse:
    """A second person agrees (the token is shown once), or a grant ends."""
    actor, at = staff_of(request, "registers.share"), clock.now()
    try:
        if act == "approve":
            token = sharing.approve_grant(by=actor, at=at, grant_id=grant)
            known = dictionary(local_date(at))
            form = GrantForm(places=places_for(actor, "registers.share"), known=known)
            return _exchange_page(request, actor, known, form, token)
        if act != "revoke":
            raise NotFound("unknown_act", N_("没有这一步。"))
        sharing.revoke_grant(by=actor, at=at, grant_id=grant)
        messages.success(request, _("停了，令牌马上失效。"))
    except Conflict as refused:
        messages.error(request, said(refused))
    return redirect("exchange")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scenes(request: HttpRequest) -> HttpResponse:
    """Emergency scenes: switched on by an order, switched off with deletion."""
    actor, today = staff_of(request, "registers.scene", "registers.ask", "audit.read"), local_date(clock.now())
    may_begin = allows(actor, "registers.scene")
    packs = [(pack.name, pack.title) for _reference, pack in scene_packs(today)]
    form = SceneForm(request.POST or None, places=places_for(actor, "registers.scene"), scenes=packs)
    if request.method == "POST" and form.is_valid() and _begun(actor, form):
        messages.success(request, _("启用了。现在可以拟这个场景的表。"))
        return redirect("scenes")
    titles = dict(packs)
    rows = [
        {
            "scene": row,
            "title": titles.get(row.code, row.code),
            "may_end": allows(actor, "registers.scene", path=row.path),
        }
        for row in Scene.objects.select_related("place").order_by("-id")[:100]
    ]
    context = {"rows": rows, "form": form if may_begin else None}
    return render(request, "registers/scenes.html", context, status=422 if form.errors else 200)


def _begun(actor: Actor, form: SceneForm) -> bool:
    given = dict(form.cleaned_data)
    try:
        place = get_place_for(actor, given.pop("place"))
        deleting.begin_scene(by=actor, at=clock.now(), place=place, **given)
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused)
        return False
    return True


@never_cache
@require_POST
def end_scene(request: HttpRequest, scene: int) -> HttpResponse:
    """Off, and everything that was collected goes."""
    actor = staff_of(request, "registers.scene")
    try:
        ended = deleting.end_scene(by=actor, at=clock.now(), scene_id=scene)
        messages.success(request, _("停用了，{n} 条已经删除。").format(n=ended.deleted))
    except Refused as refused:
        if isinstance(refused, Forbidden | NotFound):
            raise
        messages.error(request, said(refused))
    return redirect("scenes")
