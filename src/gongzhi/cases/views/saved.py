"""Filters that one keeps for oneself: chips above the list and on the desk."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.cases.views.showing import READERS, next_of
from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.text import N_
from gongzhi.people import actions as people

# Where a unit used a reason: kind, code, unit, and the days in which it was given the case.
REASON = ("used", "used_code", "used_by", "used_since", "used_until")
# Filters that come with a link from the statistics and have no field of their own here.
LINKED = ("received", "closed", "since", "until", "channel", "answered", "category", "part", "raised", *REASON)
KEPT = ("status", "place", "unit", "q", "over", *LINKED)


def kept_of(given: QueryDict) -> dict[str, str]:
    """What an address narrows the list to, as it stands there."""
    return {name: value for name in KEPT if (value := given.get(name, "").strip())}


def saved_of(request: HttpRequest, kept: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Name and address of each; the one that is open is marked. Costs no statement: they come with the account."""
    found = getattr(request.user, "saved_filters", [])
    return [{"name": one["name"], "url": _url(one["address"]), "current": one["address"] == kept} for one in found]


def _url(address: dict[str, str]) -> str:
    return f"{reverse('case-list')}?{urlencode(address)}"


def _tell(request: HttpRequest, done: str, write: Callable[[], None], to: str) -> HttpResponse:
    """Done or not, back to the list, which says so."""
    try:
        write()
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, said(refused))
    else:
        messages.success(request, _(done))
    return redirect(to)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """The filters of `address`, as they stand in the list's own, under `name`."""
    actor, name = staff_of(request, *READERS), request.POST.get("name", "")
    address = kept_of(QueryDict(request.POST.get("address", "")))

    def write() -> None:
        people.keep_filter(by=actor, at=clock.now(), name=name, address=address)

    return _tell(request, N_("筛选存好了，只有您自己看得到。"), write, _url(address))


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    actor, given = staff_of(request, *READERS), request.POST

    def write() -> None:
        name, new_name = given.get("name", ""), given.get("new_name", "")
        people.rename_filter(by=actor, at=clock.now(), name=name, new_name=new_name)

    return _tell(request, N_("名字改好了。"), write, next_of(request, reverse("case-list")))


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    actor = staff_of(request, *READERS)

    def write() -> None:
        people.remove_filter(by=actor, at=clock.now(), name=request.POST.get("name", ""))

    return _tell(request, N_("筛选删掉了。"), write, next_of(request, reverse("case-list")))
