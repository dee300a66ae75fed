"""Reports for those who read people: 一肩挑, vacancies by unit, employment; figures open their rows, all as .xlsx."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.people.models import Mandate
from gongzhi.people.queries import reporting, staffing
from gongzhi.people.queries.reporting import Coverage, Employed, Sharing
from gongzhi.people.views.asking import as_file, may_manage, note_of, reader
from gongzhi.places.queries import level_names

SHOWN = 200


@never_cache
@require_safe
def sharing(request: HttpRequest) -> HttpResponse:
    """一肩挑率: numerator, denominator, and the units behind both."""
    actor, day = reader(request), local_date(clock.now())
    found = reporting.sharing(actor, day)
    lines = [line for one in found for line in _sharing_lines(one, actor)]
    if as_file(request):
        headers = [_("指标"), _("地点"), "1", "2", _("结论")]
        return rows_as_xlsx(_("一肩挑"), headers, lines, title=_("一肩挑"), note=note_of(day))
    context = {"found": [{"one": one, "lines": _sharing_lines(one, actor)} for one in found], "day": day}
    return render(request, "people/reports/sharing.html", context)


def _sharing_lines(one: Sharing, actor: Actor) -> list[list[Any]]:
    names = staffing.names_for(actor, [m for unit in one.units for m in (*unit.first, *unit.second)])

    def words(mandates: list[Mandate]) -> str:
        return "、".join(f"{names.get(m.person_id, '')}（{m.post.title}）" for m in mandates) or _("没有人")

    verdicts = {True: _("一人兼任"), False: _("两人分任")}
    return [
        [
            one.rule.name,
            unit.place.name,
            words(unit.first),
            words(unit.second),
            _("有空缺") if unit.vacant else verdicts[unit.shared],
        ]
        for unit in one.units
    ]


@never_cache
@require_safe
def vacancies(request: HttpRequest) -> HttpResponse:
    """Coverage by post and level; one row opens the units without a holder."""
    actor, day = reader(request), local_date(clock.now())
    title, level, names = request.GET.get("title", ""), request.GET.get("level", ""), level_names()
    if title:
        return _units(request, title, level, names, day)
    rows = reporting.coverage(actor, day)
    if as_file(request):
        headers = [_("岗位"), _("层级"), _("单位数"), _("设了岗"), _("有人"), _("没有人"), _("覆盖率")]
        lines = [_coverage_line(row, names) for row in rows]
        return rows_as_xlsx(_("岗位覆盖"), headers, lines, title=_("岗位覆盖"), note=note_of(day))
    shown = [{"row": row, "level": names.get(row.level, row.level)} for row in rows]
    return render(request, "people/reports/vacancies.html", {"rows": shown, "day": day})


def _coverage_line(row: Coverage, names: dict[str, str]) -> list[Any]:
    level = names.get(row.level, row.level)
    return [row.title, level, row.units, row.posted, row.held, row.without, row.rate]


def _units(request: HttpRequest, title: str, level: str, names: dict[str, str], day: dt.date) -> HttpResponse:
    places = reporting.units_without(reader(request), day, title, level)
    if as_file(request):
        lines = [[place.code, place.name] for place in places]
        return rows_as_xlsx(f"{title}-{_('没有人')}", [_("代码"), _("名称")], lines, title=title, note=note_of(day))
    context = {
        "title": title,
        "level": level,
        "level_name": names.get(level, level),
        "places": places[:SHOWN],
        "count": len(places),
        "more": max(len(places) - SHOWN, 0),
        "day": day,
    }
    return render(request, "people/reports/units.html", context)


@never_cache
@require_safe
def employment(request: HttpRequest) -> HttpResponse:
    """Holders by employment: stipend, years in post, on the way to the committee; a type opens its holders."""
    actor, day = reader(request), local_date(clock.now())
    role, code = request.GET.get("role", ""), request.GET.get("type")
    rows = reporting.employment(actor, day, role)
    holders = reporting.employed_rows(actor, day, role, code)
    if as_file(request):
        return _employment_file(actor, holders, day)
    words = reporting.employment_words()
    context = {
        "rows": [{"row": row, "word": _word(row, words)} for row in rows],
        "holders": _holder_rows(actor, holders[:SHOWN], day) if code is not None else [],
        "more": max(len(holders) - SHOWN, 0) if code is not None else 0,
        "type": code,
        "role": role,
        "roles": sorted(staffing.role_names().items()),
        "day": day,
        "may_manage": may_manage(actor),
    }
    return render(request, "people/reports/employment.html", context)


def _word(row: Employed, words: dict[str, str]) -> str:
    return _(words[row.code]) if row.code else _("还没写")


def _holder_rows(actor: Actor, holders: list[Mandate], day: dt.date) -> list[dict[str, Any]]:
    names = staffing.names_for(actor, holders)
    return [
        {"mandate": one, "name": names.get(one.person_id, ""), "years": reporting.years_of(one, day)} for one in holders
    ]


def _employment_file(actor: Actor, holders: list[Mandate], day: dt.date) -> HttpResponse:
    words = reporting.employment_words()
    names = staffing.names_for(actor, holders)
    lines = [
        [
            one.post.title,
            one.post.place.name,
            names.get(one.person_id, ""),
            words.get(one.employment, ""),
            one.terms.get("stipend", ""),
            reporting.years_of(one, day),
            _("是") if one.terms.get("committee_path") else "",
        ]
        for one in holders
    ]
    headers = [_("岗位"), _("管哪里"), _("姓名"), _("用工类型"), _("待遇"), _("任职年数"), _("转两委培养")]
    return rows_as_xlsx(_("用工情况"), headers, lines, title=_("用工情况"), note=note_of(day))
