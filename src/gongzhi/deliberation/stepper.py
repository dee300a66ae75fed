"""The vertical stepper: each step with who does it, what it takes, what was done, and why it is still shut."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.refusals import said, worded
from gongzhi.common.sealing import Unreadable
from gongzhi.common.text import N_
from gongzhi.deliberation import rules, words
from gongzhi.deliberation.inquiries import ASKER
from gongzhi.deliberation.models import ProcedureEvent
from gongzhi.deliberation.queries import Followed
from gongzhi.engines.procedure_terms import Basis, Event, Needs, Next, Period, Step, StepState, figure
from gongzhi.packs.procedure_wording import amount, figure_lines, refused

PHASES = {
    "locked": (N_("还没轮到"), "lock", "wait"),
    "to_notice": (N_("要发开会通知"), "bell", "now"),
    "noticed": (N_("通知了，等开会"), "calendar-event", "now"),
    "to_record": (N_("等记结果"), "pencil", "now"),
    "to_sign": (N_("等监督签字"), "eye", "now"),
    "to_publish": (N_("等公示"), "news", "now"),
    "public": (N_("正在公示"), "news", "now"),
    "done": (N_("已完成"), "check", "done"),
    "left_out": (N_("这次不走"), "minus", "wait"),
}
SHARES = {
    ("at_least", True): N_("{part}要有{whole}的 {share} 以上"),
    ("at_least", False): N_("{part}要超过{whole}的 {share}"),
    ("at_most", True): N_("{part}最多是{whole}的 {share}"),
    ("at_most", False): N_("{part}要少于{whole}的 {share}"),
}
BOUNDS = {"at_least": N_("{figure}至少 {number}"), "at_most": N_("{figure}最多 {number}")}
DUES = {
    "expires": N_("{on} 还没走完，这一次作废"),
    "act_by": N_("最晚 {on} 办"),
    "meeting": N_("{on} 开会"),
    "public_until": N_("公示到 {on} 为止"),
    "decide_objection": N_("第 {key} 条异议 {on} 前答复"),
}


@dataclass
class Paper:
    """A document of a step: what it is, where it opens (empty: not for this reader), in words where it lies."""

    name: str
    url: str = ""
    where: str = ""


@dataclass
class Happened:
    """One event as a line: when, what, by whom, with which figures and papers."""

    on: dt.date
    kind: str
    body: str
    figures: list[tuple[str, str]] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    outcome: str = ""
    note: str = ""
    key: str = ""
    for_day: dt.date | None = None


@dataclass
class Row:
    """One step as the page shows it."""

    code: str
    title: str
    what: str
    tone: str
    phase: str
    icon: str
    badge: str
    body: str
    takes: list[str]
    article: str
    mark: str
    state: StepState
    happened: list[Happened] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


def rows_of(course: Followed, *, papers: bool) -> list[Row]:
    """Steps that this course does not pass are left out; `papers`: whether the reader opens evidence and words."""
    key = _key(course) if papers else None
    lines = happened_in(course, key)
    found = [
        _row(course, step, state, [line for code, line in lines if code == step.code])
        for step, state in zip(course.procedure.definition.steps, course.standing.steps, strict=True)
        if state.phase != "left_out"
    ]
    locked = next((row for row in found if row.state.phase == "locked"), None)
    if locked is not None and course.standing.current:
        locked.why = _why_shut(course, locked.code)
    return found


def _key(course: Followed) -> bytes | None:
    try:
        return words.key_of(course.course)
    except Unreadable:
        return None


def _row(course: Followed, step: Step, state: StepState, lines: list[Happened]) -> Row:
    stage = course.stage(step.code)
    word, icon, badge = PHASES[state.phase]
    tone = {"done": "is-done", "locked": "is-locked"}.get(state.phase, "is-now")
    bases = list(_bases(step))
    articles = dict.fromkeys([*(basis.article for basis in bases if basis.article), stage.article])
    row = Row(
        step.code,
        step.title,
        stage.what,
        tone,
        _(word),
        icon,
        badge,
        course.pack.bodies.get(step.body, step.body),
        list(_takes(course, step)),
        "；".join(filter(None, articles)),
        _mark(bases, stage.illustrative, stage.confidence or course.pack.confidence),
        state,
        lines,
    )
    return row


def _bases(step: Step) -> Iterator[Basis]:
    for needs in step.asked:
        if needs:
            yield needs.basis
            yield from (bound.basis for bound in needs.bounds)
    for period in (step.notice, step.not_before, step.not_after, step.gate.days if step.gate else None):
        if period is not None:
            yield period.basis


def _mark(bases: list[Basis], illustrative: bool, confidence: str) -> str:
    """How sure the numbers are: a choice of ours, or a text that somebody must still check."""
    if illustrative or any(basis.illustrative or basis.confidence == "D" for basis in bases):
        return "illustrative"
    unsure = {confidence, *(basis.confidence for basis in bases)} & {"M", "V"}
    return "unsure" if unsure else ""


def mark_of(course: Followed) -> str:
    """Whether any text that the numbers come from must still be checked."""
    bases = [basis for step in course.procedure.definition.steps for basis in _bases(step)]
    return "unsure" if any(basis.confidence in ("M", "V") for basis in bases) else ""


def _takes(course: Followed, step: Step) -> Iterator[str]:
    """What the step asks for, in words with its numbers."""
    bodies = course.pack.bodies
    if step.callers:
        callers = "、".join(dict.fromkeys(bodies.get(caller.body, caller.body) for caller in step.callers))
        yield _("{callers}召集").format(callers=callers)
    if step.notice:
        yield _("提前 {days} 通知").format(days=_days(step.notice))
    yield from _needs(course, step.quorum)
    yield from _needs(course, step.limits)
    for branch in step.branches:
        for line in _needs(course, branch.needs):
            yield _("{line}，算“{title}”").format(line=line, title=branch.title)
    if step.sign_off:
        yield _("{bodies}签字").format(bodies="、".join(bodies.get(body, body) for body in step.sign_off))
    if step.gate:
        yield _("公示 {days}，有异议由{decider}答复").format(
            days=_days(step.gate.days), decider=bodies.get(step.gate.decider, step.gate.decider)
        )


def _days(period: Period) -> str:
    word = _("{n} 个工作日") if period.unit == "working_days" else _("{n} 天")
    return word.format(n=period.days)


def _needs(course: Followed, needs: Needs) -> Iterator[str]:
    names = course.pack.names
    ways = []
    for way in needs.requirement.alternatives:
        parts = [
            _(SHARES[one.limit, one.inclusive]).format(
                part=names.get(figure(one.counts, one.measure), one.counts),
                whole=names.get(figure(one.of, one.measure), one.of),
                share=f"{one.share.numerator}/{one.share.denominator}",
            )
            for one in way
        ]
        ways.append("，".join(parts))
    if ways:
        yield _("，或者").join(ways)
    for bound in needs.bounds:
        name = names.get(bound.figure, bound.figure)
        if bound.number is None:
            yield _("{figure}的限额由省里或本地规定，还没有填").format(figure=name)
        else:
            yield _(BOUNDS[bound.limit]).format(figure=name, number=amount(bound.figure, bound.number))


def _why_shut(course: Followed, code: str) -> list[str]:
    """What is in the way of the next step, as the engine says it."""
    step = course.step(code)
    attempt = Event("recorded" if step.records else "published", course.today, step.body, code)
    return [said(refused(one, course.pack)) for one in course.refusals(attempt)]


def happened_in(course: Followed, key: bytes | None) -> list[tuple[str, Happened]]:
    """Every event with its step, in order; words and papers only with the key."""
    return [
        (event.step, _happened(course, event, row, key)) for event, row in zip(course.events, course.rows, strict=True)
    ]


def _happened(course: Followed, event: Event, row: ProcedureEvent, key: bytes | None) -> Happened:
    pack = course.pack
    sealed = words.opened(row, key) if key else {}
    line = Happened(event.on, event.kind, pack.bodies.get(event.by, ""), key=event.key, for_day=event.for_day)
    line.figures = figure_lines(pack, event.figures)
    shown = [code for code in row.evidence if code != ASKER]
    line.papers = [_paper(course, row, code, sealed.get("filed", {}), mine=key is not None) for code in shown]
    line.note = sealed.get("note", "")
    line.outcome = _outcome(course, event)
    return line


def _outcome(course: Followed, event: Event) -> str:
    if event.kind == "answered":
        return _(rules.ANSWER_WORDS[event.outcome])
    if event.kind != "recorded":
        return ""
    state = next(state for state in course.standing.steps if state.code == event.step)
    titles = {branch.code: branch.title for branch in course.step(event.step).branches}
    return titles.get(state.outcome, "")


def _paper(course: Followed, row: ProcedureEvent, code: str, filed: Mapping[str, str], *, mine: bool) -> Paper:
    """A publication opens for everybody; a file for whoever reads the papers; of the rest only that it is there."""
    shows = row.evidence[code]
    if code == "publication":
        number = shows.partition(":")[2]
        return Paper(_("公示 {number}").format(number=number), reverse("publication", args=[number]))
    if code == "vote":
        number = shows.partition(":")[2]
        return Paper(_("表决 {number}").format(number=number), reverse("vote", args=[number]) if mine else "")
    name = course.pack.documents.get(code, _("更正的文本"))
    if shows.startswith("event:") and mine:
        _kind, sequence, again = shows.split(":", 2)
        earlier = course.rows[int(sequence) - 1]
        opened = words.opened(earlier, words.key_of(course.course))
        return _paper(course, earlier, again, opened.get("filed", {}), mine=True)
    if shows.startswith("media:") and mine:
        return Paper(name, reverse("media", args=[shows.removeprefix("media:")]))
    return Paper(name, where=filed.get(code, "") if mine else "")


def due_lines(course: Followed) -> list[dict[str, Any]]:
    """Last days that run now, with their article; `certain` is False beyond the known holiday tables."""
    return [
        {
            "words": worded(DUES[due.code], {"on": due.on, "key": due.key}),
            "article": due.basis.article,
            "certain": due.certain,
            "left": (due.on - course.today).days,
        }
        for due in course.dues
    ]


def not_yet(course: Followed, move: Next) -> str:
    """Why a form cannot go in today: the first day on which it can."""
    if move.earliest > course.today:
        return worded(N_("最早 {day} 才能记。"), {"day": move.earliest})
    if move.earliest_day:
        return worded(N_("最早能定在 {day}。"), {"day": move.earliest_day})
    return ""
