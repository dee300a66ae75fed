"""How a case is told to the one who raised it: each step, who has it, and what comes next, in plain words."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.cases import forms_voicing
from gongzhi.cases.models import Case
from gongzhi.cases.queries.mediating import is_mediation
from gongzhi.cases.queries.meeting import audience_of
from gongzhi.cases.queries.reading import TimelineEntry
from gongzhi.cases.views import joint_words, private_words
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

STEPS = {
    "report": N_("收到了"),
    "accept": N_("有人接了，正在定谁来办"),
    "dispatch": N_("派给{unit}"),
    "start": N_("{unit}接单，开始办"),
    "record": N_("{unit}写了进展"),
    "answer": N_("{unit}说办好了，换人去核查"),
    "return": N_("{unit}说不归它管，重新派"),
    "tell": N_("{unit}写给您"),
    "ask_extension": N_("{unit}申请多要几天"),
    "grant_extension": N_("同意延期"),
    "refuse_extension": N_("没同意延期，照原来的日子办"),
    "defer": N_("一时办不了，先挂账"),
    "refuse_deferral": N_("没同意挂账，接着办"),
    "resume": N_("挂账到期，接着办"),
    "verify": N_("核查过了，请您确认"),
    "rework": N_("核查没过，重新办"),
    "refer": N_("转到别的部门"),
    "receipt": N_("对方单位收下了，有回执"),
    "confirm": N_("您说解决了"),
    "unsolved": N_("您说没全解决，接着办"),
    "disagree": N_("您不同意说明，上一级复核"),
    "reopen": N_("您要求接着办"),
    "exclude": N_("两个人认定这个要求不合理，不计入考核"),
    "object": N_("您不同意这个认定"),
    "put_back": N_("撤回了认定"),
    "uphold": N_("上一级复核过，维持认定"),
    "explain": N_("复核过了，作了说明，请您再看"),
    "close": N_("办结"),
    "fall_silent": N_("到期没有等到您的回答，记作超期默认"),
    **private_words.RESIDENT,
    **joint_words.RESIDENT,
    "unmerge": N_("不是同一件，分开办"),
    "split": N_("一件里有几样事，分开来各办各的"),
    **forms_voicing.RESIDENT,
}
NEXT = {
    "reported": N_("定下谁来办"),
    "accepted": N_("派给办理单位"),
    "dispatched": N_("等{unit}接单"),
    "in_progress": N_("{unit}写结果、交照片"),
    "answered": N_("换一个人去核查"),
    "verified": N_("您来确认"),
    "confirmed": N_("办结归档"),
    "returned": N_("重新定谁来办"),
    "deferred": N_("到期再办"),
    "rework": N_("重新办"),
}
SOMEBODY = N_("办理单位")
_UNDECIDED = ("reported", "accepted", "returned")


def step_words(entry: TimelineEntry) -> str:
    """派给柳园物业."""
    if entry.move == "merge":
        return _("邻居反映的是同一件，一起办") if "main" in entry.facts else _("又有邻居反映同一件事，一起办")
    words = STEPS.get(entry.move)
    return _(words).format(unit=entry.unit or _(SOMEBODY)) if words else entry.move


def _reason(code: str) -> str:
    reason = next((one for one in packs.active_model().reasons if one.code == code), None)
    return reason.name if reason else ""


def _more(entry: TimelineEntry) -> str:
    parts = [_reason(entry.facts.get("reason", "")), entry.note]
    if entry.move == "rule" and (clause := entry.facts.get("clause")):
        parts.append(_("依据：{clause}").format(clause=clause))
    if until := entry.facts.get("until"):
        words = N_("最晚等到：{date}") if entry.move in joint_words.PAUSES else N_("下次看：{date}")
        parts.append(_(words).format(date=until))
    return " · ".join(part for part in parts if part)


def decided(case: Case) -> bool:
    """Whether it is settled who works on it; before that the unit is only a suggestion."""
    return case.unit is not None and case.status not in _UNDECIDED


def next_words(case: Case) -> str:
    private = private_words.NEXT if is_mediation(case) or audience_of(case) else {}
    words = private.get(case.status) or NEXT.get(case.status)
    unit = case.unit.name if case.unit else _(SOMEBODY)
    return _(words).format(unit=unit) if words else ""


def steps_of(entries: list[TimelineEntry], case: Case) -> list[dict[str, Any]]:
    """The parcel: what comes next, where it is now, what has been; newest first."""
    steps: list[dict[str, Any]] = [
        {"phase": "done", "title": step_words(entry), "words": _more(entry), "at": entry.at} for entry in entries
    ][::-1]
    if coming := next_words(case):
        if steps:
            steps[0]["phase"] = "now"
        steps.insert(0, {"phase": "next", "title": _("下一步：{what}").format(what=coming)})
    return steps


def place_words(case: Case) -> str:
    place = case.place or case.grid
    return place.name if place else ""


def public_place_words(case: Case) -> str:
    """The grid or community, never a building or a dwelling."""
    if case.grid is not None:
        return case.grid.name
    return case.place.name if case.place and case.place.kind in ("region", "grid") else ""


def started_at(entries: list[TimelineEntry]) -> dt.datetime | None:
    """Since when the present unit has it."""
    return next((entry.at for entry in reversed(entries) if entry.move in ("dispatch", "start")), None)
