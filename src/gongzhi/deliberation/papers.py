"""The notice of a meeting and the resolution as papers."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.deliberation.models import Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.engines import records
from gongzhi.packs.procedure_wording import figure_lines


def notice_of(course: Followed) -> dict[str, Any]:
    """The values of the paper `notice`. Raises NotFound `nothing_called` where no meeting is called."""
    standing, row = course.standing, course.course
    state = next((state for state in standing.steps if state.code == standing.current), None)
    called = next((event for event in reversed(course.events) if event.kind == "noticed"), None)
    if state is None or state.for_day is None or called is None or state.phase != "noticed":
        raise NotFound("nothing_called", N_("现在没有已经通知、还没开的会。"))
    step = course.step(state.code)
    body, caller = course.pack.bodies.get(step.body, step.body), course.pack.bodies.get(called.by, called.by)
    lines = [
        _("定于 {day} 开{body}，议：{about}。").format(day=state.for_day.isoformat(), body=body, about=row.about),
        _("走的程序：{procedure}，第“{step}”步。").format(procedure=course.pack.title, step=step.title),
    ]
    return {
        "title": _("开会通知"),
        "number": row.number,
        "to": body,
        "text": lines,
        "body": caller,
        "on": called.on,
    }


def resolution_of(made: Resolution, course: Followed) -> dict[str, Any]:
    """The values of the paper `resolution`: the matter, the way, the figures, the texts of the law."""
    record, pack = made.record, course.pack
    figures = [list(pair) for pair in figure_lines(pack, record.get("inputs", {}))]
    return {
        "title": _("关于{about}的决议").format(about=made.about),
        "number": made.number,
        "about": made.about,
        "procedure": pack.title,
        "outcome": outcome_words(made, course),
        "figures": figures,
        "basis": f"{record.get('source', '')} {record.get('article', '')}".strip(),
        "texts": record.get("texts", []),
        "check": [address_of(made), _("摘要：{digest}").format(digest=digest_of(made))],
        "body": course.course.organization.name,
        "on": made.decided_on,
    }


def address_of(made: Resolution) -> str:
    return f"{settings.HOST_URL}/resolutions/{made.number}"


def digest_of(made: Resolution) -> str:
    """Of everything from which the outcome can be worked out again: the same on the paper and on the page."""
    plain = {"number": made.number, "about": made.about, "outcome": made.outcome, "record": made.record}
    return records.digest(plain)


def outcome_words(made: Resolution, course: Followed) -> str:
    """The outcome at the step that decides, else the ending."""
    titles = {way.code: way.title for stage in course.pack.steps for way in stage.branches}
    return made.record.get("title") or titles.get(made.outcome) or _("办成")
