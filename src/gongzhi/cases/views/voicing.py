"""谈心, 微信群, 建议, 公开的回信: channels that take in several things at once or end in a word of their own."""

import datetime as dt
import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.cases import queries
from gongzhi.cases.actions import gathering_in
from gongzhi.cases.actions.gathering_in import Said
from gongzhi.cases.forms_gathering import ChatForm, TalkForm
from gongzhi.cases.models import Case
from gongzhi.cases.queries import voices
from gongzhi.cases.rules.channels import week_of
from gongzhi.cases.rules.chats import Message, read_chat
from gongzhi.cases.views import exporting, telling
from gongzhi.cases.views.showing import rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place
from gongzhi.places.queries import get_place_for, level_names, search_places

_METHODS = ["GET", "HEAD", "POST"]
PAGE = 50
_BUILDING = re.compile(r"[一-鿿]{2,8}?[0-9]{1,3}(?:栋|幢|号楼)")


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """The way to what is done about channels and the duty list."""
    actor = staff_of(request, "cases.read")
    context = {"may_write": bool(actor.paths_for("cases.report_for")), "duties": packs.duties()}
    return render(request, "cases/staff/channels.html", context)


@require_http_methods(_METHODS)
def talks(request: HttpRequest) -> HttpResponse:
    """居民谈心: where this week's is missing, what came of all of them, and a form for the one just held."""
    actor, at = staff_of(request, "cases.read"), clock.now()
    today = clock.local_date(at)
    places = voices.talk_places(actor)
    form = TalkForm(request.POST or None, places=[(place.code, place.name) for place in places], today=today)
    if request.method == "POST":
        staff_of(request, "cases.report_for")
        if form.is_valid() and (said := _hold(request, actor, at, form)) is not None:
            messages.success(request, said)
            return redirect("talks")
    return _talks_page(request, actor, today, form)


def _talks_page(request: HttpRequest, actor: Actor, today: dt.date, form: TalkForm) -> HttpResponse:
    rows = voices.talk_rows(actor, today)
    settled, levels = voices.settled_share(actor)
    names = level_names()
    if request.GET.get("format") == "xlsx":
        lines = ((row.place.name, len(row.held), row.items, row.leaders, row.idle) for row in rows)
        heads = [_("地方"), _("本周谈了几次"), _("收到几件"), _("该谈的人"), _("还没谈的人")]
        return rows_as_xlsx(_("居民谈心"), heads, lines, note=week_of(today))
    context = {
        "form": form,
        "week": week_of(today),
        "rows": rows,
        "missing": sum(1 for row in rows if not row.held),
        "share": voices.talk_share(voices.from_talks(actor)),
        "settled": settled,
        "levels": [(names.get(code, code) or _("没写地点"), n) for code, n in levels.items()],
        "may_write": bool(actor.paths_for("cases.report_for")) and packs.active_model().talks is not None,
    }
    return render(request, "cases/staff/talks.html", context, status=422 if form.errors else 200)


def _hold(request: HttpRequest, actor: Actor, at: dt.datetime, form: TalkForm) -> str | None:
    given = form.cleaned_data
    place = get_place_for(actor, given["place"])
    items = form.items()
    try:
        where = queries.locate(place_code=place.code)
        gathering_in.hold_talk(by=actor, at=at, place=place, on=given["on"], where=where, items=items)
    except Refused as refused:
        if refused.status in (401, 403):
            raise
        form.add_error(None, said(refused))
        return None
    return _("记下了：{place}谈心一次，{n} 件。").format(place=place.name, n=len(items))


@require_http_methods(_METHODS)
def chat(request: HttpRequest) -> HttpResponse:
    """微信群: paste or upload, look at what was found, tick what is a demand, take all ticked ones in together."""
    actor, at = staff_of(request, "cases.report_for"), clock.now()
    form = ChatForm(request.POST or None, request.FILES or None, places=_own_places(actor))
    if request.method != "POST" or not form.is_valid():
        return render(request, "cases/staff/chat.html", {"form": form}, status=422 if form.errors else 200)
    text, place = form.cleaned_data["text"], get_place_for(actor, form.cleaned_data["place"])
    found = read_chat(text)
    if "take" in request.POST:
        try:
            occasion = _take_chat(request.POST, actor, at, place, found, text)
        except Refused as refused:
            if refused.status in (401, 403):
                raise
            form.add_error(None, said(refused))
        else:
            return redirect("chat-taken", occasion.split(":", 1)[1])
    likely = [str(n) for n, message in _numbered(found) if message.likely]
    ticked = request.POST.getlist("tick") if "take" in request.POST else likely
    rows = [{"n": n, "message": message, "on": str(n) in ticked} for n, message in _numbered(found)]
    form.keep(text)
    context = {"form": form, "rows": rows, "looked": True, "place": place}
    return render(request, "cases/staff/chat.html", context, status=422 if form.errors else 200)


def _numbered(found: list[Message]) -> list[tuple[int, Message]]:
    return list(enumerate(found))


def _own_places(actor: Actor) -> list[tuple[str, str]]:
    """Grids and regions over which the actor takes demands in."""
    shown = Place.objects.current().filter(kind__in=("grid", "region")).order_by("path").defer("polygon")
    paths = actor.paths_for("cases.report_for")
    near = [place for path in paths for place in shown.filter(path__startswith=path)[:200]]
    return list({place.code: place.name for place in near}.items())


def _take_chat(
    given: QueryDict, actor: Actor, at: dt.datetime, place: Place, found: list[Message], text: str
) -> str:
    ticked = {int(n) for n in given.getlist("tick") if n.isdecimal() and len(n) < 6}
    chosen = [message for n, message in _numbered(found) if n in ticked]
    said = [Said(one.text, tuple(one.speakers), _where(actor, place, one.text)) for one in chosen]
    return gathering_in.take_in_chat(by=actor, at=at, place=place, said=said, paste=text)


def _where(actor: Actor, place: Place, text: str) -> Any:
    """The building that the words name under the group's place, if just one does; else the place itself."""
    words = _building_words(text)
    named = {hit.code for word in words for hit in search_places(actor, word, under=place.path, limit=2)}
    return queries.locate(place_code=next(iter(named)) if len(named) == 1 else place.code)


def _building_words(text: str) -> list[str]:
    return _BUILDING.findall(text)[:3]


@require_safe
def chat_taken(request: HttpRequest, batch: str) -> HttpResponse:
    """What became of a chat: the cases with their state, and the words to send back to the group for all of them."""
    actor, at = staff_of(request, "cases.read"), clock.now()
    cases = voices.of_occasion(actor, f"chat:{batch}")
    if not cases:
        raise NotFound("no_such_chat", _("没有找到这一批。请从“微信群”重新打开。"))
    views = rows_of(actor, cases, at)
    rows = [
        {"view": view, "place": telling.place_words(view.case), "names": _names(actor, view.case)} for view in views
    ]
    return render(request, "cases/staff/chat_taken.html", {"rows": rows, "lines": [_line(row) for row in rows]})


def _names(actor: Actor, case: Case) -> list[str]:
    return [one["name"] for one in queries.contacts_for(actor, case) if one["name"]]


def _line(row: dict[str, Any]) -> str:
    """【PC-…】路灯不亮：正在办，路灯管理所，3月25日前。"""
    view = row["view"]
    unit = view.case.unit.name if view.case.unit else _("还在定")
    answer = view.result or view.resident_status
    return _("【{number}】{title}：{answer}（{unit}）").format(
        number=view.case.number, title=view.title, answer=answer, unit=unit
    )


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """献一策: what waits to be judged, what came of the rest, and the share that was adopted."""
    actor, at = staff_of(request, "cases.read"), clock.now()
    share, counts = voices.adoption_share(actor)
    cases = list(voices.of_kind(actor, "suggestion")[:PAGE * 10])
    waiting = request.GET.get("show", "waiting") == "waiting"
    chosen = [case for case in cases if (not case.outcome) == waiting][:PAGE]
    names = {one.code: one.name for way in packs.active_model().channels for one in way.outcomes}
    if request.GET.get("format") == "xlsx":
        lines = ((c.number, c.received_at, names.get(c.outcome, _("还没评议")), c.answered_at) for c in cases)
        return rows_as_xlsx(_("建议"), [_("编号"), _("收到"), _("结果"), _("评议时间")], lines)
    rows = [{"view": view, "outcome": names.get(view.case.outcome, "")} for view in rows_of(actor, chosen, at)]
    context = {
        "rows": rows,
        "share": share,
        "waiting": waiting,
        "counts": [(names.get(code, code), n) for code, n in counts.items()],
    }
    return render(request, "cases/staff/suggestions_list.html", context)


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """书记信箱: for the secretary, the letters that wait for a reply; for everybody, what may be read of replies."""
    actor, at = actor_of(request), clock.now()
    context: dict[str, Any] = {"published": voices.published_replies(), "mine": None}
    if actor.paths_for("cases.reply_letter"):
        cases = list(voices.of_kind(actor, "letter")[:PAGE])
        context["mine"] = rows_of(actor, cases, at)
        if request.GET.get("format") == "xlsx":
            return _letters_file(actor, context["mine"], at)
        context["waiting"] = sum(1 for case in cases if case.status in ("reported", "accepted", "rework"))
    return render(request, "cases/letters.html", context)


def _letters_file(actor: Actor, views: list[Any], at: dt.datetime) -> HttpResponse:
    """Which letters wait until when; what they say stays on the page."""
    heads = [_("编号"), _("收到"), _("应办结"), _("状态")]
    lines = [(view.case.number, view.case.received_at, view.case.due_at, view.status) for view in views]
    note = exporting.watermark(actor, at, len(lines))
    return rows_as_xlsx(_("书记信箱"), heads, lines, title=_("书记信箱"), note=note)
