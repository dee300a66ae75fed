"""The filterable list of cases: the same rows for everyone who may read, nothing to press for who may only read."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.cases import queries
from gongzhi.cases.models import Status
from gongzhi.cases.queries import listing, parts
from gongzhi.cases.queries.discretion import MOVES_OF, Reason
from gongzhi.cases.queries.listing import Filters
from gongzhi.cases.queries.spans import Span
from gongzhi.cases.views import exporting, telling
from gongzhi.cases.views.bulk_words import bulk_choices
from gongzhi.cases.views.saved import LINKED, kept_of, saved_of
from gongzhi.cases.views.showing import PAGE, READERS, rows_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.refusals import worded
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Newest first; the filters stand in the address, so that a list can be kept and sent on."""
    actor, at = staff_of(request, *READERS), clock.now()
    kept = kept_of(request.GET)
    filters = filters_of(request.GET)
    if request.GET.get("format") == "xlsx":
        found = listing.filtered(actor, filters, at).select_related("key", "unit", "place", "grid")
        shown = found.defer("place__polygon", "grid__polygon").order_by("-id")[: exporting.MOST]
        return exporting.cases_as_xlsx(actor, list(shown), at, name=_("诉求"))
    here = request.GET.get("cursor", "")
    cases, cursor = listing.list_page(actor, filters, at, cursor=here, limit=PAGE)
    rows = [{"view": row, "place": telling.place_words(row.case)} for row in rows_of(actor, cases, at)]
    context: dict[str, Any] = {
        "rows": rows,
        "filters": filters,
        "kept": kept,
        "linked": {name: value for name, value in kept.items() if name in LINKED},
        "narrowed": _narrowed(filters),
        "statuses": [("open", _("没办完的")), *_statuses()],
        "places": listing.places_to_filter(actor),
        "units": _units(actor.paths_for("cases.read")),
        "next_url": f"{reverse('case-list')}?{urlencode({**kept, 'cursor': cursor})}" if cursor else "",
        "first_page": not here,
        "saved": saved_of(request, kept),
        "address": urlencode(kept),
        "bulk": bulk_choices(actor),
        "ticked": request.GET.get("tick") == "all",
        "tick_url": f"{reverse('case-list')}?{urlencode({**kept, 'cursor': here, 'tick': 'all'})}#cases",
        "xlsx": f"{reverse('case-list')}?{urlencode({**kept, 'format': 'xlsx'})}",
        "contacts": _with_contacts(actor, kept),
    }
    return render(request, "cases/staff/list.html", context)


def _with_contacts(actor: Actor, kept: dict[str, str]) -> str:
    """Where whole numbers are asked for, for those who may see contacts; a second person decides there."""
    may = actor.paths_for("cases.reveal_contact") or actor.organizations_for("cases.reveal_contact")
    return f"{reverse('privacy-exports')}?{urlencode(kept)}" if may else ""


def filters_of(given: QueryDict) -> Filters:
    """Filters of an address; what is not understood narrows nothing."""
    status, unit, answered = given.get("status", ""), given.get("unit", ""), given.get("answered", "")
    return Filters(
        status=status if status in ("open", *Status.values) else "",
        place=given.get("place", ""),
        unit=int(unit) if _is_id(unit) else None,
        q=given.get("q", "").strip(),
        received=_date(given.get("received", "")),
        closed=_date(given.get("closed", "")),
        over=given.get("over") == "1",
        since=_date(given.get("since", "")),
        until=_date(given.get("until", "")),
        channel=given.get("channel", "")[:40],
        answered=answered if answered in listing.ANSWERED else "",
        category=given.get("category", "")[:64],
        part=part if parts.is_part(part := given.get("part", "")[:40], clock.now()) else "",
        reason=reason_of(given),
        raised=given.get("raised") == "1",
    )


def reason_of(given: QueryDict) -> Reason | None:
    """The cases behind a figure of the discretion page; None where the kind is not one of them."""
    if (kind := given.get("used", "")) not in MOVES_OF:
        return None
    unit, span = given.get("used_by", ""), Span(_date(given.get("used_since", "")), _date(given.get("used_until", "")))
    return Reason(kind, given.get("used_code", "")[:64], int(unit) if _is_id(unit) else None, span)


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 18


def reason_address(reason: Reason) -> dict[str, str]:
    """The address of those cases, as `reason_of` reads it."""
    given = {
        "used": reason.kind,
        "used_code": reason.code,
        "used_by": "" if reason.unit is None else str(reason.unit),
        "used_since": reason.span.since.isoformat() if reason.span.since else "",
        "used_until": reason.span.until.isoformat() if reason.span.until else "",
    }
    return {name: value for name, value in given.items() if value}


def rows_url(filters: Filters) -> str:
    """The list of the rows that a figure counts."""
    return f"{reverse('case-list')}?{urlencode(address_of(filters))}"


def address_of(filters: Filters) -> dict[str, str]:
    """The filters as they stand in an address; empty ones left out."""
    given = {
        "status": filters.status,
        "place": filters.place,
        "unit": "" if filters.unit is None else str(filters.unit),
        "since": filters.since.isoformat() if filters.since else "",
        "until": filters.until.isoformat() if filters.until else "",
        "channel": filters.channel,
        "answered": filters.answered,
        "over": "1" if filters.over else "",
        "category": filters.category,
        "part": filters.part,
        "raised": "1" if filters.raised else "",
    }
    found = {name: value for name, value in given.items() if value}
    return {**found, **(reason_address(filters.reason) if filters.reason else {})}


ANSWER_WORDS = {
    "yes": N_("只看已有答复的"),
    "no": N_("只看还没答复的"),
    "in_time": N_("只看按期答复的"),
    "late": N_("只看超期答复的"),
}


def _narrowed(filters: Filters) -> list[str]:
    """What the linked filters leave, in words."""
    found = []
    if filters.since:
        found.append(worded(N_("{date} 起收到的"), {"date": filters.since}))
    if filters.until:
        found.append(worded(N_("{date} 止收到的"), {"date": filters.until}))
    if filters.channel:
        channel = packs.active_model().channel(filters.channel)
        found.append(_("渠道：{name}").format(name=channel.name if channel else filters.channel))
    if filters.answered:
        found.append(_(ANSWER_WORDS[filters.answered]))
    if filters.category:
        found.append(_("类别：{name}").format(name=queries.category_name(filters.category) or _("还不知道")))
    if filters.part:
        found.append(part_words(filters.part))
    if filters.raised:
        found.append(_("不含机关自己交办的"))
    if filters.reason:
        found.append(_reason_words(filters.reason))
    return found


USED_WORDS = {
    "return": N_("退单"),
    "extension": N_("延期"),
    "defer": N_("挂账"),
    "refer": N_("转介"),
    "decline": N_("没有采纳"),
}


def _reason_words(reason: Reason) -> str:
    """路灯管理所用过：退单（不归本单位）; which unit used which reason."""
    what = _(USED_WORDS[reason.kind])
    if reason.code:
        what = _("{kind}（{reason}）").format(kind=what, reason=telling.reason_name(reason.code))
    unit = next((unit.name for unit in queries.units() if unit.id == reason.unit), "")
    return _("{unit}用过：{what}").format(unit=unit or _("各单位"), what=what)


def part_words(name: str) -> str:
    """按期结案率：分母; which rows of a rate these are."""
    code, _dot, part = name.partition(".")
    left_out = parts.LEFT_OUT.get(part, "")
    words = {"top": _("算进分子的"), "all": _("分母"), "rest": _("在分母里、没算进分子的"), "basic": _("折算的")}
    what = _(left_out).format(n="").strip().removesuffix("件").strip()
    part_word = words.get(part) or _("不在内：{what}").format(what=what)
    return _("{rate}：{part}").format(rate=_(parts.DEFINITIONS[code].name), part=part_word)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _statuses() -> list[tuple[str, str]]:
    return [(state.code, state.name) for state in packs.active_model().states]


def _units(paths: tuple[str, ...]) -> list[tuple[int, str]]:
    """Units that work at or above or below the actor's places."""
    near = (u for u in queries.units() if any(u.path.startswith(p) or p.startswith(u.path) for p in paths))
    return sorted(((unit.id, unit.name) for unit in near if unit.kind or unit.serves), key=lambda pair: pair[1])
