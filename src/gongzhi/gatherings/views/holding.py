"""Steps of a meeting: notice, opening, who came, decisions, the end."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.common import clock
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.gatherings import actions, queries
from gongzhi.gatherings.forms import HandsForm, InviteForm, MinutesForm, SaidForm, form_for
from gongzhi.gatherings.views import holder_of, page_of
from gongzhi.people.models import Organization

_ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "notice": (actions.notice_gathering, N_("通知发出去了。")),
    "open": (actions.open_gathering, N_("开始了。先看到了多少人。")),
}


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    if act not in _ACTS:
        raise NotFound("page_not_found", N_("没有这一页。"))
    function, said = _ACTS[act]
    function(by=holder_of(request), at=clock.now(), number=number)
    messages.success(request, _(said))
    return redirect("gathering", number)


@require_POST
def people(request: HttpRequest, number: str) -> HttpResponse:
    """The paper list: a field for each row, `state-12`."""
    states = {
        int(name.removeprefix("state-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("state-") and name.removeprefix("state-").isdecimal()
    }
    changed = actions.mark_attendance(by=holder_of(request), at=clock.now(), number=number, states=states)
    messages.success(request, _("记下了，改了 {n} 人。").format(n=changed))
    return redirect("gathering", number)


@require_POST
def observers(request: HttpRequest, number: str) -> HttpResponse:
    actor = holder_of(request)
    row = queries.get_gathering_for(actor, number)
    form = InviteForm(request.POST, row=row, several=queries.takes_several(row), auto_id="observer-%s")
    if form.is_valid():
        given: dict[str, Any] = {"body": form.cleaned_data["body"], "capacity": form.capacity_given()}
        try:
            new = actions.invite_body(by=actor, at=clock.now(), number=number, **given)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("请了 {n} 人。").format(n=new))
            return redirect("gathering", number)
    return page_of(request, number, observers=form)


@require_POST
def said(request: HttpRequest, number: str) -> HttpResponse:
    """What a resident just said becomes a case."""
    form = SaidForm(request.POST, auto_id="said-%s")
    if form.is_valid():
        try:
            made = actions.take_up(by=holder_of(request), at=clock.now(), number=number, item=form.item())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("记成诉求了：{title}").format(title=made.title))
            return redirect("gathering", number)
    return page_of(request, number, said=form)


@require_POST
def decide(request: HttpRequest, number: str, position: int) -> HttpResponse:
    actor, at = holder_of(request), clock.now()
    row = queries.get_gathering_for(actor, number)
    units = Organization.objects.filter(valid_to__isnull=True, place__path__startswith=row.path)
    form = form_for(_item(row, position), units, clock.local_date(at), request.POST)
    if form.is_valid():
        common: dict[str, Any] = {"by": actor, "at": at, "number": number, "position": position}
        try:
            if isinstance(form, HandsForm):
                actions.count_motion(**common, hands=form.hands(), matter=form.cleaned_data.get("matter", ""))
            else:
                actions.decide_item(**common, decided=form.decided())
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("定下来了。"))
            return redirect("gathering", number)
    return page_of(request, number, **{f"item{position}": form})


def _item(row: Any, position: int) -> Any:
    item = row.items.filter(position=position).first()
    if item is None:
        raise NotFound("no_item", N_("议程上没有这一项。请刷新再看。"))
    return item


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    form = MinutesForm(request.POST, auto_id="minutes-%s")
    if form.is_valid():
        try:
            actions.close_gathering(
                by=holder_of(request), at=clock.now(), number=number, said=form.cleaned_data["said"]
            )
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("开完了。纪要可以下载了。"))
            return redirect("gathering", number)
    return page_of(request, number, minutes=form)
