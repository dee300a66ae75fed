"""The auditor's page: everything can be filtered, nothing can be changed, no words are shown, what is read is noted."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.cases.models import Case, Status
from gongzhi.cases.queries import auditing, listing
from gongzhi.cases.queries.auditing import AuditFilters
from gongzhi.cases.queries.routing import units
from gongzhi.cases.views import exporting, telling
from gongzhi.cases.views.listing import _date
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

SHOWN = 100
_KEPT = ("status", "channel", "unit", "place", "since", "until", "reason", "approver", "excluded")


def _filters(given: QueryDict) -> AuditFilters:
    unit = given.get("unit", "")
    return AuditFilters(
        status=status if (status := given.get("status", "")) in ("open", *Status.values) else "",
        channel=given.get("channel", "")[:40],
        unit=int(unit) if unit.isdecimal() and len(unit) < 18 else None,
        place=given.get("place", ""),
        since=_date(given.get("since", "")),
        until=_date(given.get("until", "")),
        reason=given.get("reason", "")[:64],
        approver=given.get("approver", "")[:80],
        excluded=given.get("excluded") == "1",
    )


def _rows(actor: Actor, cases: list[Case], purpose: str) -> list[dict[str, Any]]:
    log_access(
        by=actor, at=clock.now(), subjects=[case.reference for case in cases], fields="metadata", purpose=purpose
    )
    decided, model = auditing.decisions_of(cases), packs.active_model()
    return [
        {
            "case": case,
            "place": telling.place_words(case),
            "status": model.state(case.status).name,
            "out": telling.reason_words(case.uncounted) if case.uncounted else "",
            "decisions": [_decision(one) for one in decided.get(case.pk, ()) if one["move"] in telling.MOVES],
        }
        for case in cases
    ]


def _decision(one: dict[str, Any]) -> dict[str, Any]:
    reason = telling.reason_words(one["reason"]) if one["reason"] else ""
    return {**one, "word": _(telling.MOVES[one["move"]]), "reason": reason}


@require_safe
def audit_cases(request: HttpRequest) -> HttpResponse:
    """The newest hundred of what the filters leave, and how many there are in all."""
    actor = staff_of(request, "audit.read")
    filters, model = _filters(request.GET), packs.active_model()
    cases = auditing.audited(actor, filters)
    kept = {name: value for name in _KEPT if (value := request.GET.get(name, "").strip())}
    context = {
        "rows": _rows(actor, auditing.rows_of_audit(cases, SHOWN), "audit"),
        "count": cases.count(),
        "filters": filters,
        "kept": kept,
        "statuses": [("open", _("没办完的")), *((state.code, state.name) for state in model.states)],
        "channels": [(channel.code, channel.name) for channel in model.channels],
        "units": sorted((unit.id, unit.name) for unit in units() if unit.kind or unit.serves),
        "places": listing.places_to_filter(actor),
        "reasons": [(reason.code, reason.name) for reason in model.reasons],
        "approvers": auditing.approvers(actor),
        "export_url": f"{reverse('audit-cases-export')}?{urlencode(kept)}",
    }
    return render(request, "cases/staff/audit_cases.html", context)


@require_POST
def audit_cases_export(request: HttpRequest) -> HttpResponse:
    """The same as a workbook without words; its first line says who took it, when and why."""
    actor, at = staff_of(request, "audit.read"), clock.now()
    purpose = request.POST.get("purpose", "").strip()[:80]
    if not purpose:
        raise Refused("missing_purpose", N_("请写明导出做什么用。会写在表的第一行，也会留记录。"))
    cases = auditing.rows_of_audit(auditing.audited(actor, _filters(request.GET)), exporting.MOST)
    rows = _rows(actor, cases, purpose)
    heads = (
        *(_("编号"), _("状态"), _("渠道"), _("类别"), _("地点"), _("承办单位")),
        *(_("收到"), _("应办结"), _("不计分"), _("谁批的")),
    )
    lines = [
        (
            row["case"].number,
            row["status"],
            telling.channel_words(row["case"]),
            row["case"].category,
            row["place"],
            row["case"].unit.name if row["case"].unit else "",
            row["case"].received_at,
            row["case"].due_at,
            row["out"],
            "；".join(f"{one['word']} {one['who']} {one['reason']}".strip() for one in row["decisions"]),
        )
        for row in rows
    ]
    note = exporting.watermark(actor, at, len(lines), purpose)
    return rows_as_xlsx(_("审计查询"), heads, lines, title=_("审计查询"), note=note)
