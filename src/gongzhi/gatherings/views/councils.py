"""Councils: which places have one and which do not, who chairs, and what comes out of named places for talking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.gatherings import queries, rules
from gongzhi.gatherings.queries import councils
from gongzhi.gatherings.queries.councils import Coverage


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Coverage in per cent with every place behind it, the uncovered ones first."""
    actor, now = staff_of(request, rules.READ), clock.now()
    found = councils.coverage(actor, now)
    if found is not None and request.GET.get("as") == "xlsx":
        return _table(found, f"{clock.local_date(now):%Y-%m-%d}")
    context = {
        "found": found,
        "per_cent": f"{float(found.share * 100):.1f}" if found and found.share is not None else "",
        "chairs": queries.role_names(found.kind.chairs) if found else [],
        "with_one": [seat for seat in found.seats if seat.body] if found else [],
        "platforms": councils.platforms_used(actor),
    }
    return render(request, "gatherings/councils.html", context)


def _table(found: Coverage, day: str) -> HttpResponse:
    heads = [_("地方"), _("编号"), _("议事会"), _("主持人"), _("成员"), _("一年开了几次")]
    lines = (
        (
            seat.place.name,
            seat.place.code,
            seat.body.name if seat.body else _("没有"),
            seat.chair if seat.body else "",
            seat.members,
            seat.sessions,
        )
        for seat in sorted(found.seats, key=lambda seat: seat.body is not None)
    )
    return rows_as_xlsx(_("议事会覆盖"), heads, lines, note=day)
