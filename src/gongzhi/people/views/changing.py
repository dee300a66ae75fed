"""Changes of staff in a period as a report: batches, recruits, how those who began serve; no names."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.people.models import Employment, Entry
from gongzhi.people.queries import changes as query
from gongzhi.people.queries import staffing
from gongzhi.people.queries.changes import Changes
from gongzhi.people.views.asking import reader
from gongzhi.places.models import Place

SHOWN = 200
TERMS = {"fixed": N_("写了到哪天为止"), "open": N_("没写到哪天")}


@never_cache
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Batches of a place and a period with counts begun, ended and recruited; as a file too."""
    actor, today = reader(request), local_date(clock.now())
    first = _day(request, "from", today.replace(month=1, day=1))
    last = _day(request, "to", today)
    if last < first:
        raise Refused("dates_crossed", N_("结束日期不能早于开始日期。"), field="to")
    words = request.GET.get("place", "").strip()
    found = query.changes(actor, first, last, _place(query.places_of(actor, words)) if words else None)
    if request.GET.get("export") == "xlsx":
        return _file(found, first, last)
    batches = [(day, decision, moves) for (day, decision), moves in sorted(found.batches.items())]
    names = staffing.role_names()
    context = {
        "found": found,
        "batches": batches[:SHOWN],
        "more": max(len(batches) - SHOWN, 0),
        "roles": [(names.get(code, code), moves) for code, moves in sorted(found.roles.items())],
        "structure": _structure(found),
        "first": first,
        "last": last,
        "place": words,
    }
    return render(request, "people/reports/changes.html", context)


def _day(request: HttpRequest, name: str, otherwise: dt.date) -> dt.date:
    given = request.GET.get(name, "").strip()
    try:
        return dt.date.fromisoformat(given) if given else otherwise
    except ValueError:
        raise Refused("not_a_day", N_("日期要写成 2026-01-31 这样。"), field=name) from None


def _place(found: list[Place]) -> Place:
    if len(found) != 1:
        raise NotFound("place_not_found", N_("没有找到这一个地方。请写它的代码或全名。"))
    return found[0]


def _structure(found: Changes) -> list[tuple[str, str, int | None]]:
    words: dict[str, Any] = {**dict(Employment.choices), **dict(Entry.choices), "": N_("还没写")}
    rows = [(_("怎么上任的"), _(words[code]), count) for code, count in found.entries.items()]
    rows += [(_("用工类型"), _(words[code]), count) for code, count in found.employment.items()]
    return rows + [(_("任期"), _(TERMS[code]), count) for code, count in found.terms.items()]


def _file(found: Changes, first: dt.date, last: dt.date) -> HttpResponse:
    headers = [_("日期"), _("决定"), _("上任"), _("离任"), _("其中招聘")]
    lines = [
        [day, decision or _("没写文号"), moves.begun, moves.ended, moves.recruited]
        for (day, decision), moves in sorted(found.batches.items())
    ]
    note = _("从 {first} 到 {last}，只算您看得到的地方。").format(first=first.isoformat(), last=last.isoformat())
    return rows_as_xlsx(_("人员调整"), headers, lines, title=_("人员调整"), note=note)
