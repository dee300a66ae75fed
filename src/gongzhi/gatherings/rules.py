"""What may be done with a gathering and when; quorum and shows of hands; when a series meets next. Pure."""

import calendar as months
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.duties.rules import period_of
from gongzhi.engines.thresholds import Standing, Threshold, standing
from gongzhi.packs.schedule_contents import Every

HOLD, READ = "gatherings.hold", "gatherings.read"
BEFORE = dt.timedelta(hours=2)  # from when the doors are open: checking in, beginning
MOVES: dict[str, tuple[str, ...]] = {
    "compose": ("planned",),  # what stands there by itself is frozen with the notice
    "agenda": ("planned", "noticed", "open"),
    "invite": ("planned", "noticed", "open"),
    "join": ("planned", "noticed"),
    "answer": ("noticed",),
    "move": ("planned", "noticed"),
    "notice": ("planned",),
    "open": ("noticed",),
    "attend": ("noticed", "open"),
    "decide": ("open",),
    "close": ("open",),
    "cancel": ("planned", "noticed"),
}
STATUS_WORDS = {
    "planned": N_("拟开"),
    "noticed": N_("已通知"),
    "open": N_("正在开"),
    "closed": N_("开完了"),
    "cancelled": N_("不开了"),
}
DECISIONS = {
    "assign": N_("交办"),
    "escalate": N_("报上一级"),
    "defer": N_("下次再议"),
    "close": N_("不用再办"),
    "case": N_("记成诉求"),
    "pass": N_("通过"),
    "fail": N_("没通过"),
}
ANSWERS = {"coming": N_("会来"), "away": N_("来不了")}
TOPIC_WORDS = {"open": N_("征集附议"), "taken": N_("列入议题"), "declined": N_("没列入")}
BY_HAND = ("assign", "escalate", "defer", "close")  # what may be chosen for an item that is no motion
CAPACITIES = {"chair": N_("主持"), "member": N_("成员"), "observer": N_("列席")}
EVERY_WORDS = {
    "week": N_("每周"),
    "fortnight": N_("每两周"),
    "month": N_("每月"),
    "two_months": N_("每两个月"),
    "quarter": N_("每季度"),
}
VOTING = ("chair", "member")
_MONTHS = {"month": 1, "two_months": 2, "quarter": 3}
_DAYS = {"week": 7, "fortnight": 14}


def check_move(move: str, status: str) -> None:
    """Raises Conflict `wrong_step`."""
    if status not in MOVES[move]:
        raise Conflict("wrong_step", N_("现在是“{status}”，不能做这一步。请刷新后再看。"), status=STATUS_WORDS[status])


def check_times(starts: dt.datetime, ends: dt.datetime, at: dt.datetime) -> None:
    """Raises Refused `bad_times`, `in_the_past`."""
    if ends <= starts:
        raise Refused("bad_times", N_("结束要在开始之后。"), field="ends_at")
    if starts < at:
        raise Refused("in_the_past", N_("开始的时间已经过了。请选以后的时间。"), field="starts_at")


def earliest_start(notice: dt.date, days: int) -> dt.date:
    """The first day on which it may start when notice goes out on a day.

    `days` whole days lie between the two; the day of the notice is not counted (民法典 第201条).
    """
    return notice + dt.timedelta(days=days + 1 if days else 0)


def check_notice(starts_on: dt.date, first: dt.date, days: int, unit: str = "") -> None:
    """`first`: the earliest lawful day. Raises Refused `notice_short`."""
    if starts_on < first:
        message = N_("通知要提前 {days} 天。今天发通知，最早 {first} 开。请先改时间。")
        if unit == "working_days":
            message = N_("通知要提前 {days} 个工作日。今天发通知，最早 {first} 开。请先改时间。")
        raise Refused("notice_short", message, days=days, first=f"{first:%Y-%m-%d}", field="starts_at")


@dataclass(frozen=True, slots=True)
class Quorum:
    """A share of the members due who must be present, as the pack writes it; "" asks for nobody."""

    share: str = ""
    inclusive: bool = True

    def stands(self, due: int, came: int) -> Standing | None:
        if not self.share:
            return None
        threshold = Threshold.from_params(
            {"counts": "present", "measure": "heads", "share": self.share, "inclusive": self.inclusive, "of": "due"}
        )
        return standing(threshold, {"due": {"heads": due}, "present": {"heads": came}})


def check_quorum(quorum: Quorum, due: int, came: int) -> None:
    """Raises Refused `no_quorum`."""
    stands = quorum.stands(due, came)
    if stands is not None and not stands.met:
        message = N_("应到 {due} 人，到了 {came} 人，至少要 {needed} 人，还差 {missing} 人，不能表决。")
        raise Refused("no_quorum", message, due=due, came=came, needed=stands.bound, missing=stands.missing)


def count_hands(given: Mapping[str, int], present: int, majority: Quorum) -> dict[str, Any]:
    """A show of hands of those present: {for, against, abstained, rule, needed, passed}.

    Raises Refused `votes_over` when more hands than voters were counted.
    """
    total = sum(given.values())
    if total > present:
        raise Refused(
            "votes_over", N_("到会能表决的 {present} 人，举手合计 {total} 人。请重数。"), present=present, total=total
        )
    threshold = Threshold.from_params(
        {"counts": "for", "measure": "heads", "share": majority.share, "inclusive": majority.inclusive, "of": "present"}
    )
    stands = standing(threshold, {"present": {"heads": present}, "for": {"heads": given["for"]}})
    return {**given, "present": present, "rule": threshold.to_params(), "needed": stands.bound, "passed": stands.met}


def next_start(every: str, first: dt.datetime, after: dt.datetime) -> dt.datetime:
    """When a series meets next after a moment: the same weekday, or the same day of the month (its last if shorter).

    Both times in the zone of the place, so that the hour stays.
    """
    if every in _DAYS:
        step = dt.timedelta(days=_DAYS[every])
        return first if first > after else first + step * ((after - first) // step + 1)
    count = 0
    while (found := _months_on(first, count * _MONTHS[every])) <= after:
        count += 1
    return found


def _months_on(first: dt.datetime, months_on: int) -> dt.datetime:
    years, month = divmod(first.month - 1 + months_on, 12)
    year, month = first.year + years, month + 1
    return first.replace(year=year, month=month, day=min(first.day, months.monthrange(year, month)[1]))


def check_decision(decision: str, kind: str, *, words: str, unit: int | None, until: dt.date | None) -> None:
    """Raises Refused `bad_decision`, `decision_needs_words`, `decision_needs_unit`."""
    if decision not in (("pass", "fail") if kind == "motion" else BY_HAND):
        raise Refused("bad_decision", N_("请选这一项怎么定。"), field="decision")
    if not words and decision in ("assign", "escalate", "close"):
        raise Refused("decision_needs_words", N_("请写清楚定了什么。"), field="words")
    if decision in ("assign", "escalate") and (unit is None or until is None):
        raise Refused("decision_needs_unit", N_("请选谁去办、哪天办好。"), field="unit")


def check_chair(named: bool, chairs: Collection[str], due: Collection[str]) -> None:
    """Who must be in the chair is among those due. Raises Refused `no_chair`; `named`: the pack says who chairs."""
    if named and "chair" not in due:
        message = N_("这种会要由规定的人主持（{chairs}），现在名单上没有。请先在组织里任命，再发通知。")
        raise Refused("no_chair", message, chairs="、".join(chairs))


def check_proposal(title: str, why: str) -> None:
    """Raises Refused `missing_title`, `missing_reason`."""
    if not title:
        raise Refused("missing_title", N_("请写想议什么。"), field="title")
    if not why:
        raise Refused("missing_reason", N_("请写为什么要议。"), field="why")


def check_answer(status: str, reason: str) -> None:
    """The chair answers once, with a reason. Raises Conflict `topic_answered`, Refused `missing_reason`."""
    if status != "open":
        raise Conflict("topic_answered", N_("这个议题已经答复过了。请刷新再看。"))
    if not reason:
        raise Refused("missing_reason", N_("请写理由，提的人会看到。"), field="reason")


SHOWN_WORDS = {
    "seated": N_("有人在任"),
    "charter": N_("章程在用"),
    "met": N_("按时开会"),
    "decided": N_("会上定过事"),
    "published": N_("公开过"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a body that governs itself: seats and who sits in them, its text, its meetings, what came out.

    `decided` and `published` are counted over a year; `charter` is whether its text holds today.
    """

    seats: int = 0
    held: int = 0
    charter: bool = False
    last_on: dt.date | None = None
    decided: int = 0
    published: int = 0


def met_since(every: Every, today: dt.date) -> dt.date:
    """From which day on the last meeting is in time: the period before this one, which is not over yet."""
    this = period_of(every, today)
    return period_of(every, this.first - dt.timedelta(days=1)).first


def shown_of(known: Known, *, percent: int, every: Every, today: dt.date) -> frozenset[str]:
    """Which of SHOWN_WORDS are there to be seen."""
    answers = {
        "seated": known.seats > 0 and known.held * 100 >= known.seats * percent,
        "charter": known.charter,
        "met": known.last_on is not None and known.last_on >= met_since(every, today),
        "decided": known.decided > 0,
        "published": known.published > 0,
    }
    return frozenset(code for code, there in answers.items() if there)


def stage_of(needs: Sequence[Collection[str]], shown: Collection[str]) -> int:
    """The last stage up to which everything needed is shown, from 0; stages are climbed one after the other."""
    reached = 0
    for number, wanted in enumerate(needs):
        if not set(wanted) <= set(shown):
            break
        reached = number
    return reached


@dataclass(frozen=True, slots=True)
class Stage:
    """A station of a topic's way: its word, and whether it is reached."""

    word: str
    reached: bool


def way_of(topic: str, gathering: str, decided: bool, tasks: int, open_tasks: int) -> list[Stage]:
    """征集 → 审定 → 公告 → 会议 → 结论 → 执行 → 反馈; `gathering` is the status of the one that it stands at."""
    held = gathering == "closed"
    reached = (
        (N_("征集"), True),
        (N_("审定"), topic != "open"),
        (N_("公告"), gathering in ("noticed", "open", "closed")),
        (N_("会议"), gathering in ("open", "closed")),
        (N_("结论"), decided),
        (N_("执行"), held and decided and not open_tasks),
        (N_("反馈"), held or topic == "declined"),
    )
    return [Stage(word, done) for word, done in reached if tasks or word != "执行"]
