"""Giving a place to a joint branch, or to whoever takes on a 片 or 栋: by the administrator, from today on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.refusals import put_back
from gongzhi.people import actions
from gongzhi.people.forms_party import ChargeForm
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import party, staffing
from gongzhi.people.views.account import FORM
from gongzhi.people.views.asking import reader
from gongzhi.places.models import Place
from gongzhi.places.queries import get_place

MOST = 200


def _manager(request: HttpRequest, code: str) -> tuple[Actor, Place]:
    actor, place = reader(request), get_place(code)
    require(actor, "people.manage", path=place.path)
    return actor, place


@require_http_methods(FORM)
def join_branch(request: HttpRequest, code: str) -> HttpResponse:
    """A place goes into a branch of its neighbours: 联合党支部."""
    actor, place = _manager(request, code)
    near = {str(one.pk): one for one in party.branches_near(actor, place, local_date(clock.now()))[:MOST]}
    choices = [
        (key, _("{name}（现在管 {n} 处）").format(name=one.name, n=one.units))  # type: ignore[attr-defined]  # annotated
        for key, one in near.items()
    ]
    form = ChargeForm(request.POST or None, label=_("由哪个支部一起管"), choices=choices)

    def give(holder: Organization, decision: str) -> None:
        actions.charge_body(by=actor, at=clock.now(), organization=holder, place=place, decision=decision)

    if request.method == "POST" and form.is_valid() and _given(form, near, give):
        messages.success(request, _("登记好了。{name}现在由联合支部管。").format(name=place.name))
        return redirect("party")
    texts = {
        "title": _("由联合支部管"),
        "words": _("只登记哪个支部管这里。支部怎么设，由上级党组织定。"),
        "none": _("同一个上级下面还没有别的支部。先在“组织和任职”里加一个。"),
    }
    return _page(request, form, place, "party", bool(near), texts)


@require_http_methods(FORM)
def take_area(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever holds a post near by takes on a 片 or 栋."""
    actor, place = _manager(request, code)
    area = party.area_at(place.level)
    near = {str(one.pk): one for one in party.candidates(actor, place, local_date(clock.now()))[:MOST]}
    names = staffing.names_for(actor, near.values())
    choices = [
        (key, f"{one.post.title}（{one.post.place.name}） {names.get(one.person_id, '')}".strip())
        for key, one in near.items()
    ]
    form = ChargeForm(request.POST or None, label=_("由哪个岗位上的人负责"), choices=choices)

    def give(holder: Mandate, decision: str) -> None:
        actions.charge_holder(by=actor, at=clock.now(), mandate=holder, place=place, decision=decision)

    if request.method == "POST" and form.is_valid() and _given(form, near, give):
        messages.success(request, _("登记好了。{name}有人负责了。").format(name=place.name))
        return redirect("areas")
    texts = {
        "title": area.name,
        "words": _("责任区只说谁多跑哪里，不给权限。那个人离任了，这里就算没有人。"),
        "none": _("附近的岗位上还没有人。先任命一位。"),
    }
    return _page(request, form, place, "areas", bool(near), texts)


def _given(form: ChargeForm, near: dict[str, Any], give: Callable[[Any, str], None]) -> bool:
    try:
        give(near[form.cleaned_data["holder"]], form.cleaned_data["decision"])
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused, "decision" if refused.code == "decision_missing" else "holder")
        return False
    return True


def _page(
    request: HttpRequest, form: ChargeForm, place: Place, back: str, possible: bool, texts: dict[str, str]
) -> HttpResponse:
    context = {"form": form, "place": place, "back": back, "possible": possible, **texts}
    return render(request, "people/party/charge.html", context)
