"""Before sending: who has raised the same thing already, told with what the public page tells anyway."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from gongzhi.audit.limits import address_of, count_use, limited, visitor
from gongzhi.cases import queries
from gongzhi.cases.forms_resident import NeighbourForm
from gongzhi.cases.queries.neighbours import public_neighbours
from gongzhi.cases.queries.published import private_categories
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Channel

# Looks from one address in ten minutes.
LOOKS, WINDOW = 120, 600


@require_POST
def neighbours(request: HttpRequest) -> HttpResponse:
    """The part of the report page that is filled while somebody writes."""
    at, address = clock.now(), address_of(request.META)
    if limited(address):
        count_use(what="similar", who=visitor(address), limit=LOOKS, seconds=WINDOW, at=at)
    form = NeighbourForm(request.POST)
    channel = packs.active_model().channel(request.POST.get("channel", ""))
    rows = near_rows(form.cleaned_data, channel, at) if form.is_valid() else []
    return render(request, "cases/resident/neighbours.html", {"near": rows})


class Offered(Exception):
    """Before it is sent: these were raised by neighbours; the page asks whether it is one of them."""

    def __init__(self, near: list[dict[str, Any]]) -> None:
        super().__init__("offered")
        self.near = near


def offer(request: HttpRequest, given: dict[str, Any], channel: Channel | None, at: dt.datetime) -> str:
    """The number that is followed, or "" for a matter of its own.

    Raises Offered when there are likely ones that this page has not shown yet. A report that waited on the phone is
    taken as it is: nobody is there to be asked; the desk sees the likeness all the same.
    """
    if followed := request.POST.get("follow", "")[:40]:
        return followed
    if "apart" in request.POST or given["kept_at"]:
        return ""
    near = near_rows(given, channel, at)
    if {row["number"] for row in near} - set(request.POST.get("near_seen", "").split()):
        raise Offered(near)
    return ""


def near_rows(given: dict[str, Any], channel: Channel | None, at: dt.datetime) -> list[dict[str, Any]]:
    """Category, rough place, state, day and how many: never anybody's words. None for private ways in."""
    if channel is not None and (channel.privacy in PRIVATE or channel.category in private_categories()):
        return []
    try:
        where = queries.locate(place_code=given["place"], longitude=given["lng"], latitude=given["lat"])
    except Refused:
        return []
    found = public_neighbours(text=given["text"], detail=given["detail"], where=where, category="", at=at)
    return [{**row, "category": queries.category_name(row["category"] or "")} for row in found]
