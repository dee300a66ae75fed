"""社区阵地, idle assets, 三无 compounds in order of need, and how grid members are employed (without persons)."""

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.engines.change import rounded
from gongzhi.engines.cross_checks import share
from gongzhi.engines.suppression import suppress_list
from gongzhi.packs import queries as packs
from gongzhi.people.models import Employment
from gongzhi.people.queries import reporting
from gongzhi.people.queries.staffing import READ as READ_PEOPLE
from gongzhi.sheets import rules
from gongzhi.sheets.queries import premises
from gongzhi.sheets.queries.premises import OWNERSHIP, PLANS, READ, VERDICTS, Premise
from gongzhi.sheets.views.asking import CONFIDENCE, linked, reader, wants_file

THREE = {"property_service": N_("没有物业"), "responsible_unit": N_("没有责任单位"), "security": N_("没有防范")}
UNKNOWN = {"property_service": N_("物业"), "responsible_unit": N_("责任单位"), "security": N_("防范")}
_SHOWN = 300


@require_safe
def premises_page(request: HttpRequest) -> HttpResponse:
    """Each community's premises against the standard; ?verdict= narrows."""
    actor = reader(request, READ)
    every = premises.premises(actor)
    failing, judged = premises.failing_share(every)
    wanted = request.GET.get("verdict", "")
    rows = [_premise(row) for row in every if not wanted or row.verdict == wanted]
    if wants_file(request):
        return _premises_file(rows)
    percent = share(Fraction(failing), Fraction(judged))
    standard, division = premises.standard(), premises.division(every)
    office = share(Fraction(division.office), Fraction(division.office + division.service))
    context: dict[str, Any] = {
        "rows": rows[:_SHOWN],
        "counts": [
            {"code": code, "word": _(word), "n": sum(row.verdict == code for row in every)}
            for code, word in VERDICTS.items()
        ],
        "wanted": wanted,
        "total": len(every),
        "failing": failing,
        "judged": judged,
        "percent": "" if percent is None else f"{rounded(percent, 1)}%",
        "division": division,
        "office": "" if office is None else f"{rounded(office, 1)}%",
        "standard": standard,
        "confidence": _(CONFIDENCE[standard.confidence]) if standard else "",
        "export": linked(request, export="xlsx"),
        "now": clock.now(),
    }
    return render(request, "sheets/premises.html", context)


def _premise(row: Premise) -> dict[str, Any]:
    return {
        "row": row,
        "community": row.community.name,
        "area": f"{row.area:f}",
        "office": "" if row.office is None else f"{row.office:f}",
        "needed": "" if row.needed is None else f"{rounded(row.needed, 1)}",
        "ownership": _(OWNERSHIP.get(row.ownership, "")) if row.ownership else "",
        "plan": _(PLANS.get(row.plan, "")) if row.plan else "",
        "verdict": row.verdict,
        "word": _(VERDICTS[row.verdict]),
    }


def _premises_file(rows: list[dict[str, Any]]) -> HttpResponse:
    headers = [
        _("社区"),
        _("阵地"),
        _("面积（㎡）"),
        _("标准（㎡）"),
        _("权属"),
        _("结论"),
        _("改善办法"),
        _("改善计划"),
        _("办公（㎡）"),
    ]
    lines = [
        [
            one["community"],
            one["row"].place.name,
            one["area"],
            one["needed"],
            one["ownership"],
            one["word"],
            one["plan"],
            one["row"].plan_note,
            one["office"],
        ]
        for one in rows
    ]
    return rows_as_xlsx(_("社区阵地"), headers, lines, title=_("社区阵地"))


@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """Idle assets: candidate uses, the decision once one was taken, the outcome."""
    actor = reader(request, READ)
    rows = [
        {
            "place": place,
            "where": place.parent.name if place.parent else "",
            "area": place.features.get("area_m2", ""),
            "owner": place.features.get("owner", ""),
            "candidates": place.features.get("candidates", []),
            "decision": place.features.get("decision", ""),
            "use": place.features.get("use", ""),
            "outcome": place.features.get("outcome", ""),
            "note": place.features.get("note", ""),
        }
        for place in premises.assets(actor)
    ]
    if wants_file(request):
        headers = [
            _("资产"),
            _("在哪里"),
            _("面积（㎡）"),
            _("现归谁管"),
            _("候选用途"),
            _("决定"),
            _("结果"),
            _("说明"),
        ]
        lines = [
            [
                one["place"].name,
                one["where"],
                one["area"],
                one["owner"],
                "、".join(one["candidates"]),
                " ".join((one["use"], one["decision"])).strip() or _("待决定"),
                one["outcome"],
                one["note"],
            ]
            for one in rows
        ]
        return rows_as_xlsx(_("闲置资产"), headers, lines, title=_("闲置资产"))
    return render(request, "sheets/assets.html", {"rows": rows, "export": linked(request, export="xlsx")})


@require_safe
def compounds(request: HttpRequest) -> HttpResponse:
    """三无 first, then what lacks two, then one; with the body that can be set up where no owners' committee can."""
    actor = reader(request, READ)
    found = premises.compounds(actor)
    rows: list[dict[str, Any]] = [
        {
            "place": one.place,
            "lacking": [_(THREE[name]) for name in one.lacking],
            "unknown": [_(UNKNOWN[name]) for name in one.unknown],
            "whole": one.whole,
        }
        for one in found
    ]
    if wants_file(request):
        headers = [_("代码"), _("小区"), _("三无"), _("缺什么"), _("还不知道"), _("户数")]
        lines = [
            [
                one["place"].code,
                one["place"].name,
                _("是") if one["whole"] else "",
                "、".join(one["lacking"]),
                "、".join(one["unknown"]),
                one["place"].households,
            ]
            for one in rows
        ]
        return rows_as_xlsx(_("三无小区"), headers, lines, title=_("三无小区"))
    context = {
        "rows": rows[:_SHOWN],
        "whole": sum(one.whole for one in found),
        "count": len(found),
        "export": linked(request, export="xlsx"),
    }
    return render(request, "sheets/compounds.html", context)


@require_safe
def grid_members(request: HttpRequest) -> HttpResponse:
    """Grid members by employment: how many, with a stipend written down, years in post, on the way to the committee.

    Types with few people are not told, and none that would follow by subtraction; no one person is told at all.
    """
    actor, today = reader(request, READ_PEOPLE), local_date(clock.now())
    k, words = packs.small_cell(today), {**dict(Employment.choices), "": N_("还没写")}
    found = reporting.employment(actor, today, "grid_member")
    shown, total = suppress_list({row.code: row.holders for row in found}, k=k)
    rows = [
        {
            "word": _(words[row.code]),
            "holders": shown[row.code],
            "stipend": _enough(row.with_stipend, row.holders, k) if shown[row.code] is not None else None,
            "years": row.mean_years if shown[row.code] is not None else None,
            "path": _enough(row.on_path, row.holders, k) if shown[row.code] is not None else None,
        }
        for row in found
    ]
    if wants_file(request):
        headers = [_("用工类型"), _("人数"), _("写了待遇的"), _("平均任职年数"), _("转两委培养")]
        hidden = _("不到 {k} 人").format(k=k)
        lines = [[hidden if value is None else value for value in one.values()] for one in rows]
        return rows_as_xlsx(_("网格员用工情况"), headers, lines, title=_("网格员用工情况"))
    context = {"rows": rows, "total": total, "k": k, "day": today, "export": linked(request, export="xlsx")}
    return render(request, "sheets/grid_members.html", context)


def _enough(part: int, whole: int, k: int) -> int | None:
    """A part of a group, unless it or the rest of the group is few."""
    return None if rules.hides(Fraction(part), whole, k) else part
