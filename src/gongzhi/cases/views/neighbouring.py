"""What stands beside a case because others raised the same thing: the likely ones, those merged into it, its main."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.cases.queries.neighbours import Near, near_case
from gongzhi.cases.queries.together import joined_to, may_merge
from gongzhi.cases.views import telling
from gongzhi.common.access import Actor
from gongzhi.engines.similarity import Score

# From which factor of place two cases are called near, and the same place.
_NEAR, _SAME = 0.6, 0.999


def near_context(actor: Actor, case: Case, at: dt.datetime) -> dict[str, Any]:
    """`near` only for whoever may merge; `joined` for whoever reads the case; `seen` for the access log."""
    may = may_merge(actor, case) and case.main_id is None
    near = near_case(actor, case, at) if may else []
    joined = joined_to(actor, case, at) if case.main_id is None else []
    seen = [one.case.reference for one in near] + [one.view.case.reference for one in joined]
    return {
        "seen": seen,
        "near": [near_row(actor, one, case, at) for one in near],
        "joined": [{"row": one, "place": telling.place_words(one.view.case)} for one in joined],
        "heads": len(joined) + 1,
        "may_merge": may,
        "may_unmerge": bool(joined or case.main_id) and may_merge(actor, case.main or case),
    }


def near_row(actor: Actor, near: Near, case: Case, at: dt.datetime) -> dict[str, Any]:
    """A likely duplicate with its reasons; the older of the two is offered as the main case."""
    older = near.case if near.case.received_at <= case.received_at else case
    return {
        "view": queries.row_of(actor, near.case, at),
        "place": telling.place_words(near.case),
        "heads": near.heads,
        "reasons": reasons(near.score, near.case, case),
        "main": older.number,
        "other": case.number if older is near.case else near.case.number,
    }


def reasons(score: Score, one: Case, other: Case) -> list[str]:
    """文字像 62% · 同一个地方 · 差 2 天."""
    days = abs((one.received_at - other.received_at).days)
    parts = [_("文字像 {percent}%").format(percent=round(score.text * 100))]
    if one.category and one.category == other.category:
        parts.append(_("类别一样"))
    located = (one.place_id or one.grid_id) and (other.place_id or other.grid_id)
    if not located:
        parts.append(_("有一件没写地点"))
    else:
        parts.append(_("同一个地方") if score.place >= _SAME else _("离得近") if score.place >= _NEAR else _("离得远"))
    parts.append(_("差 {n} 天").format(n=days) if days else _("同一天"))
    return parts
