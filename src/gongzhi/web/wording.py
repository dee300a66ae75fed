"""How states and clocks are said: one table each, so that every page says the same."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gongzhi.common.text import N_
from gongzhi.common.wording import length


@dataclass(frozen=True, slots=True)
class Shown:
    tone: str
    icon: str
    word: str


STATES = {
    "reported": Shown("wait", "inbox", N_("已收到")),
    "accepted": Shown("wait", "inbox", N_("待分拨")),
    "dispatched": Shown("now", "send", N_("已派单")),
    "in_progress": Shown("now", "tool", N_("在办")),
    "answered": Shown("now", "checkbox", N_("已办，等核查")),
    "verified": Shown("now", "user-check", N_("等反映人确认")),
    "confirmed": Shown("done", "circle-check", N_("反映人已确认")),
    "closed": Shown("done", "circle-check", N_("已办结")),
    "closed_silent": Shown("wait", "clock-x", N_("超期默认")),
    "returned": Shown("wait", "arrow-back-up", N_("退回")),
    "deferred": Shown("wait", "player-pause", N_("挂账")),
    "rework": Shown("soon", "refresh", N_("返工")),
    "referred": Shown("wait", "arrows-exchange", N_("已转介")),
}
MINE = {"verified": Shown("now", "user-check", N_("等您确认"))}


def state_of(status: str, *, mine: bool = False) -> Shown:
    """Tone, icon and word of a status; an unknown one is shown as it is written."""
    table = {**STATES, **MINE} if mine else STATES
    return table.get(status, Shown("", "info-circle", status))


@dataclass(frozen=True, slots=True)
class Reading:
    tone: str
    icon: str
    words: str


LEAST_WARNING = dt.timedelta(minutes=30)


def read_clock(
    due: dt.datetime | None,
    *,
    since: dt.datetime | None = None,
    paused: bool = False,
    done: dt.datetime | None = None,
    at: dt.datetime,
) -> Reading | None:
    """How a clock stands at an instant; None where there is no deadline."""
    if paused:
        return Reading("", "player-pause", _("已停表"))
    if due is None:
        return None
    if done is not None:
        return _finished(due - done)
    left = due - at
    if left < dt.timedelta(0):
        return Reading("over", "alert-triangle", _("超 {time}").format(time=length(-left)))
    whole = due - since if since else dt.timedelta(0)
    tone = "soon" if left <= max(whole / 5, LEAST_WARNING) else ""
    return Reading(tone, "clock", _("剩 {time}").format(time=length(left)))


def _finished(early: dt.timedelta) -> Reading:
    if early < dt.timedelta(0):
        return Reading("over", "alert-triangle", _("晚了 {time}").format(time=length(-early)))
    return Reading("done", "check", _("提前 {time}").format(time=length(early)))
