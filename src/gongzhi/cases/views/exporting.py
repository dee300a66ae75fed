"""Lists as workbooks: what the page shows and no more, with a line saying who took it, when, and why."""

import datetime as dt
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gongzhi.cases.models import Case
from gongzhi.cases.views import telling
from gongzhi.cases.views.showing import rows_of
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.common.spreadsheets import rows_as_xlsx

MOST = 2000


def cases_as_xlsx(actor: Actor, cases: Sequence[Case], at: dt.datetime, *, name: str) -> HttpResponse:
    """One line a case; the reading of the words is written down as on the page."""
    heads = (_("编号"), _("事情"), _("类别"), _("地点"), _("承办单位"), _("渠道"), _("状态"), _("收到"), _("应办结"))
    rows = [
        (
            view.case.number,
            view.title,
            view.category,
            telling.place_words(view.case),
            view.case.unit.name if view.case.unit else "",
            telling.channel_words(view.case),
            view.status,
            view.case.received_at,
            view.case.due_at,
        )
        for view in rows_of(actor, cases, at)
    ]
    return rows_as_xlsx(name, heads, rows, title=name, note=watermark(actor, at, len(rows)))


def watermark(actor: Actor, at: dt.datetime, count: int, purpose: str = "") -> str:
    """Who took it out, when, how much of it; the trail says the same."""
    when = f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    words = _("{who} 于 {when} 导出 {count} 件，最多 {most} 件。").format(
        who=actor.reference, when=when, count=count, most=MOST
    )
    return words + (_("用途：{purpose}。").format(purpose=purpose) if purpose else "")
