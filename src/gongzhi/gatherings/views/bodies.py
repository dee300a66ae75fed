"""Bodies that govern themselves: the register for staff, one body for everybody, who stands for whoever lives here."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import actor_of, staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.refusals import worded
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.duties.rules import EVERY_WORDS
from gongzhi.gatherings import queries, rules
from gongzhi.gatherings.queries import bodies, body_places
from gongzhi.gatherings.queries.bodies import Body
from gongzhi.gatherings.views import shown
from gongzhi.people.models import Organization
from gongzhi.people.queries import governing
from gongzhi.people.rules import FOUND
from gongzhi.places.queries import get_place, get_place_for, level_names

PAGE, MOST = 30, 5_000


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The register with its coverage, or (`?missing=`) the places of a level that have no body."""
    actor, at = staff_of(request, rules.READ, FOUND), clock.now()
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "level", "kind", "place", "missing")}
    path = get_place(asked["place"]).path if asked["place"] else ""
    if asked["missing"]:
        return _missing(request, actor, asked, path)
    rows = bodies.narrowed(
        bodies.seen_by(actor), path=path, level=asked["level"], kind=asked["kind"], text=asked["q"]
    )
    if request.GET.get("as") == "xlsx":
        return _table(actor, rows, at)
    found, cursor = bodies.page_of(actor, rows, at, cursor=request.GET.get("cursor", ""), limit=PAGE)
    kept = {key: value for key, value in asked.items() if value}
    covers = body_places.coverage(actor, path)
    context = {
        "bodies": [_row(one) for one in found],
        "covers": covers,
        "asked": asked,
        "place": get_place(asked["place"]) if asked["place"] else None,
        "levels": [(one.level, one.name) for one in covers],
        "kinds": [(one.code, one.name) for one in governing.kinds()],
        "said": governing.said(),
        "words": rules.SHOWN_WORDS,
        "next_url": f"?{urlencode({**kept, 'cursor': cursor})}" if cursor else "",
        "xlsx": f"?{urlencode({**kept, 'as': 'xlsx'})}",
        "may_found": bodies.may_found(actor),
    }
    return render(request, "gatherings/bodies.html", context)


def _row(one: Body) -> dict[str, Any]:
    return {"one": one, "wanting": [_(rules.SHOWN_WORDS[code]) for code in one.wanting]}


def _missing(request: HttpRequest, actor: Actor, asked: dict[str, str], path: str) -> HttpResponse:
    level, names = asked["missing"], level_names()
    places = body_places.without_body(actor, level, path)
    if request.GET.get("as") == "xlsx":
        lines = ((one.name, one.code) for one in places[:MOST])
        return rows_as_xlsx(_("还没有自治组织的地方"), [_("地方"), _("编号")], lines)
    found, cursor = body_places.missing_page(places, cursor=request.GET.get("cursor", ""), limit=PAGE)
    kept = {key: value for key, value in asked.items() if value}
    context = {
        "places": found,
        "level": names.get(level, level),
        "count": places.count(),
        "next_url": f"?{urlencode({**kept, 'cursor': cursor})}" if cursor else "",
        "xlsx": f"?{urlencode({**kept, 'as': 'xlsx'})}",
        "may_found": bodies.may_found(actor),
    }
    return render(request, "gatherings/bodies_missing.html", context)


def _table(actor: Actor, rows: QuerySet[Organization], at: dt.datetime) -> HttpResponse:
    heads = [
        _("名称"), _("种类"), _("地方"), _("层级"), _("自治形式"), _("席位"), _("在任"), _("空缺"), _("最早届满"),
        _("章程"), _("版"), _("管什么"), _("上一次会"), _("下一次会"), _("成熟度"), _("还差"),
    ]  # fmt: skip
    found = bodies.known_of(actor, list(rows[:MOST]), at)
    note = _("数据到 {day}，只算您看得到的地方。").format(day=local_date(at).isoformat())
    return rows_as_xlsx(_("自治组织"), heads, map(_line, found), title=_("自治组织"), note=note)


def _line(one: Body) -> tuple[Any, ...]:
    return (
        one.organization.name,
        one.kind,
        one.place.name,
        one.tier,
        one.form,
        one.known.seats,
        one.known.held,
        one.vacant,
        one.ends_on,
        one.charter.title if one.charter else "",
        one.charter.version if one.charter else None,
        one.scope,
        one.known.last_on,
        local_date(one.coming.starts_at) if one.coming else None,
        one.stage_name,
        "、".join(_(rules.SHOWN_WORDS[code]) for code in one.wanting),
    )


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One body: who sits there by office, its charter, its meetings; for staff also how far on it is, and why."""
    actor, at = actor_of(request), clock.now()
    one = bodies.known_of(actor, [bodies.get_body(code)], at)[0]
    reads = allows(actor, rules.READ, path=one.place.path)
    today = local_date(at)
    context = {
        "one": one,
        "every": _(EVERY_WORDS[one.every]),
        "lately": [shown(row) for row in bodies.lately(actor, one.organization)],
        "coming": shown(one.coming) if one.coming else None,
        "reads": reads,
        "steps": _steps(one) if reads else [],
        "facts": _facts(one, today) if reads else [],
        "duty": bodies.duty_of(actor, one, today) if reads else None,
        "may_found": bodies.may_found(actor, one.place.path),
        "may_hold": allows(actor, rules.HOLD, path=one.place.path),
        "sees_posts": allows(actor, "people.read", path=one.place.path),
        "meetings": _kinds_held(one),
        "sources": _sources(one),
    }
    return render(request, "gatherings/body.html", context)


def _kinds_held(one: Body) -> list[tuple[str, str]]:
    """Kinds of meetings that this sort of body holds."""
    return [(kind.code, kind.name) for kind in queries.kinds() if one.organization.kind in kind.bodies]


def _steps(one: Body) -> list[dict[str, Any]]:
    return [
        {
            "name": stage.name,
            "reached": number <= one.stage,
            "here": number == one.stage,
            "missing": [_(rules.SHOWN_WORDS[code]) for code in stage.needs if code not in one.shown],
        }
        for number, stage in enumerate(one.stages)
    ]


def _facts(one: Body, today: dt.date) -> list[dict[str, Any]]:
    """Each thing that counts: whether it is there, why, and where to look."""
    why = {
        "seated": (_seated(one), "#offices"),
        "charter": _charter(one),
        "met": (_met(one, today), _meeting_url(one)),
        "decided": (_("一年里会上定了 {n} 件事。").format(n=one.known.decided), _meeting_url(one)),
        "published": (
            _("一年里公开过 {n} 次，说的是这个组织。").format(n=one.known.published),
            reverse("community-list", args=[one.place.code]),
        ),
    }
    return [
        {"word": _(word), "there": code in one.shown, "why": why[code][0], "url": why[code][1]}
        for code, word in rules.SHOWN_WORDS.items()
    ]


def _seated(one: Body) -> str:
    said = governing.said()
    words = _("席位 {seats} 个，在任 {held} 人；到席位的 {percent}% 算有人管。")
    return words.format(seats=one.known.seats, held=one.known.held, percent=said.seated_percent if said else 0)


def _charter(one: Body) -> tuple[str, str]:
    if one.charter is None:
        return _("还没有章程。"), ""
    url = reverse("instrument", args=[one.charter.code])
    if not one.known.charter:
        return _("“{title}”现在不在用。").format(title=one.charter.title), url
    return _("“{title}”第 {n} 版在用。").format(title=one.charter.title, n=one.charter.version), url


def _met(one: Body, today: dt.date) -> str:
    since, every = rules.met_since(one.every, today), _(EVERY_WORDS[one.every])
    last = one.known.last_on or N_("没有开过")
    message = N_("应该{every}一次，上一次：{last}；{since} 以后开过的算。")
    return worded(message, {"every": every, "last": last, "since": since})


def _meeting_url(one: Body) -> str:
    return reverse("gathering", args=[one.last.number]) if one.last else ""


def _sources(one: Body) -> list[dict[str, Any]]:
    """Where the numbers come from: the kind's, the rule's."""
    pack = governing.said()
    found = [{"what": _("种类、任期和席位"), "said": one.governs}]
    if one.rule is not None:
        found.append({"what": _("多久开一次会"), "said": one.rule.rule})
    return found + ([{"what": _("成熟度"), "said": pack.stages[-1]}] if pack else [])


@require_safe
def at_place(request: HttpRequest, code: str) -> HttpResponse:
    """Who stands for whoever lives at a place: its own bodies and those above; then those inside it."""
    actor, at = actor_of(request), clock.now()
    place = get_place_for(actor, code)
    over = bodies.known_of(actor, list(bodies.over(place)), at)
    inside = bodies.register().filter(place__path__startswith=place.path).exclude(place=place)
    below, cursor = bodies.page_of(actor, inside, at, cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "place": place,
        "over": list(reversed(over)),
        "below": below,
        "next_url": f"?{urlencode({'cursor': cursor})}" if cursor else "",
    }
    return render(request, "gatherings/bodies_at.html", context)
