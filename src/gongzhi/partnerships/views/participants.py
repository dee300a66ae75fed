"""参与共治的单位和人: who took part in a year, by kind, each once; as a table to take away."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.access import require
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.wording import day as day_words
from gongzhi.partnerships import rules
from gongzhi.partnerships.queries.participants import Participants, participants
from gongzhi.partnerships.views import staff
from gongzhi.places.queries import get_place

MOST = 500


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Of one place and all below it, `?year=`; bodies by name, persons as a number."""
    actor, place, today = staff(request), get_place(code), clock.local_date(clock.now())
    require(actor, rules.READ, path=place.path)
    year = _year(request.GET.get("year", ""), today.year)
    found = participants(place, dt.date(year, 1, 1), min(dt.date(year, 12, 31), today))
    if request.GET.get("as") == "xlsx":
        return _table(found)
    context = {
        "found": found,
        "place": place,
        "year": year,
        "years": range(today.year, today.year - 5, -1),
        "words": [_(word) for word in found.words],
        "rows": [
            {"body": row.body, "cells": [(_(word), n) for word, n in zip(found.words, row.counts, strict=True)]}
            for row in found.rows[:MOST]
        ],
        "more": len(found.rows) > MOST,
    }
    return render(request, "partnerships/participants.html", context)


def _year(text: str, now: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and 1990 <= int(text) <= now else now


def _table(found: Participants) -> HttpResponse:
    at = clock.now()
    heads = [_("单位"), *(_(word) for word in found.words), _("合计")]
    lines = [[row.body.name, *row.counts, row.all] for row in found.rows]
    told = _("少于 {n} 人").format(n=found.smallest) if found.persons is None else str(found.persons)
    note = _("{place}，{since}到{until}。单位 {bodies} 家，每家算一次；参加的人 {persons}，每人算一次。").format(
        place=found.place.name,
        since=day_words(found.since, at=at, weekday=False),
        until=day_words(found.until, at=at, weekday=False),
        bodies=len(found.rows),
        persons=told,
    )
    return rows_as_xlsx(_("参与共治的单位"), heads, lines, note=note)
