"""What a refused step is told in: one sentence for every code of `engines.procedure`, with its facts.

The engine knows no language. Rooms raise `refused(...)`; web and api translate the message and fill in the facts.
Lists of codes among the facts are named by the pack that the course runs on.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.engines.procedure_terms import Refusal
from gongzhi.packs.procedure_contents import ProcedurePack

SENTENCES: dict[str, str] = {
    "backdated": N_("日期早于上一步的 {last}。一步一步往后记，不能补到前面。"),
    "in_future": N_("这一天还没到（今天 {today}）。到了那天再记。"),
    "entered_late": N_("{on} 的事过了 {days} 天才记，最晚 {most} 天内要记。请按今天的日期说明情况，再往下走。"),
    "not_entered_at_once": N_("{on} 的通知、公示过了 {days} 天才记。别人的日子从那天算起，要当天记。请今天重发。"),
    "not_opened": N_("还没有启动。先写明要决定什么事，再走第一步。"),
    "opened_already": N_("{on} 已经启动过了。接着走下一步就行。"),
    "ended_already": N_("这一次已经走完了。要再办，请另开一次。"),
    "aborted": N_("这一次已经停了。要再办，请另开一次。"),
    "expired": N_("过了最后一天 {limit}，这一次作废。要再办，请另开一次。"),
    "unknown_step": N_("没有“{step}”这一步。请从步骤表里选。"),
    "step_skipped": N_("要先办完“{waits_for}”这一步，才能办“{step}”。{missing}"),
    "step_done": N_("“{step}”已经在 {done_on} 办完了，不能再办一次。"),
    "objection_late": N_("提异议的日子到 {until} 为止，已经过了。可以向有权处理的机关反映。"),
    "matter_elsewhere": N_("这件事不走这个程序。请选能决定它的程序。"),
    "reserved_matter": N_("依{article}，这件事要由{bodies}决定，{decided_by}不能决定。请改走{bodies}的程序。"),
    "may_not_call": N_("{by}不能召集。能召集的是：{callers}。"),
    "callers_short": N_("联名的人还不够。{needs}请补齐名单。"),
    "no_notice_needed": N_("“{step}”不用发通知，直接办。"),
    "noticed_already": N_("“{step}”的通知已经发了。要改日子，先取消这一次。"),
    "day_missing": N_("还没写哪一天开。请选一个日期。"),
    "notice_short": N_("要提前 {days} 天通知，最早 {earliest} 才能开。依据：{article}。请改日子。"),
    "too_early": N_("最早 {earliest} 才能办。依据：{article}。"),
    "too_late": N_("最晚 {latest} 要办。依据：{article}。"),
    "nothing_called": N_("没有已经通知、还没开的会。"),
    "reason_missing": N_("还没写理由。请写一句为什么。"),
    "no_quorum_needed": N_("这一步不看到会人数，照实记结果就行。"),
    "quorum_met": N_("到会的人数够了，会开得成。请记表决结果。"),
    "figures_missing": N_("还缺数字：{figures}。请补齐。"),
    "nothing_to_record": N_("“{step}”只公示，没有结果要记。"),
    "recorded_already": N_("“{step}”在 {on} 已经记过结果，不能再记一次。"),
    "notice_missing": N_("还没发通知。先发通知，满 {days} 天再开。"),
    "before_the_day": N_("通知的是 {for_day} 开，还没到。"),
    "wrong_body": N_("这一步由{body}办，不是{by}。"),
    "documents_missing": N_("还缺材料：{documents}。请补上。"),
    "figure_negative": N_("数字不能小于 0：{figures}。"),
    "sum_wrong": N_("{total}写的是 {stated}，各项加起来是 {sum}。请核对。"),
    "figure_beyond": N_("{figure}写的是 {stated}，{whole}只有 {most}，多了 {over}。请核对以后改过来。"),
    "number_unset": N_("这里的限额要由省里或本地规定，还没有填：{figures}。先装本地的程序包。"),
    "quorum_short": N_("到会（参加）的还不够。{needs}"),
    "limit_passed": N_("不符合条件。{needs}"),
    "outcome_unknown": N_("还没选结果。请从列出的结果里选。"),
    "outcome_contradicts": N_("写的结果和数字对不上。按数字算是“{counted}”。"),
    "not_a_signer": N_("{by}不用在这一步签字。要签字的是：{signers}。"),
    "signed_already": N_("{by}在 {on} 已经签过字。"),
    "nothing_to_sign": N_("还没有结果可签。先记下结果。"),
    "nothing_to_publish": N_("这一步不用公示。"),
    "published_already": N_("{on} 已经公示了，不能再公示一次。"),
    "record_missing": N_("还没有结果可公示。先记下结果。"),
    "sign_off_missing": N_("还没签字：{bodies}。签了才能公示。"),
    "nothing_published": N_("还没有公示，没有什么可异议的。"),
    "objection_known": N_("这条异议已经记过了。"),
    "no_such_objection": N_("没有这条还没答复的异议。"),
    "may_not_abort": N_("{by}不能停下这件事。能停的是：{aborters}。"),
    "decided_already": N_("已经作了决定，不能再停。不服的可以依法请求撤销。"),
}
NEEDS = {
    "share_least": N_("{figure}还差 {missing}：现在 {reached}，要 {bound}（{whole} {base}）。"),
    "share_most": N_("{figure}多了 {missing}：现在 {reached}，最多 {bound}（{whole} {base}）。"),
    "at_least": N_("{figure}现在 {reached}，至少要 {number}。"),
    "at_most": N_("{figure}现在 {reached}，最多 {number}。"),
    "basis": N_("依据：{article}。"),
}
MISSING = {
    "record": N_("还没记结果。"),
    "unsigned": N_("还没签字：{bodies}。"),
    "unpublished": N_("还没公示。"),
    "until": N_("公示到 {until} 为止。"),
    "objections": N_("还有 {count} 条异议没答复。"),
}
_BODIES = ("body", "bodies", "by", "callers", "aborters", "signers", "decided_by")
_FIGURES = ("figure", "figures", "whole", "total", "parts")
# The state of the course stands against it, or what was given does.
_CONFLICTS = frozenset({
    "opened_already", "ended_already", "aborted", "expired", "step_done", "noticed_already", "recorded_already",
    "signed_already", "published_already", "objection_known", "decided_already",
})  # fmt: skip


def unit_of(figure: str) -> str:
    """In what people write a figure; the engine counts the smallest unit (square decimetres, fen)."""
    if figure.endswith(".area"):
        return gettext(N_("平方米"))
    return gettext(N_("元")) if figure.startswith("money") else ""


def amount(figure: str, value: int) -> str:
    """A figure as people read it."""
    unit = unit_of(figure)
    return f"{Decimal(value) / 100:,.2f} {unit}" if unit else f"{value:,}"


def figure_lines(pack: ProcedurePack, figures: Mapping[str, int]) -> list[tuple[str, str]]:
    """Figures with their names, in the order in which the pack names them."""
    order = {name: place for place, name in enumerate(pack.names)}
    known = sorted(figures.items(), key=lambda pair: order.get(pair[0], len(order)))
    return [(pack.names.get(name, name), amount(name, value)) for name, value in known]


def refused(refusal: Refusal, pack: ProcedurePack) -> Refused:
    """The refusal as rooms raise it: facts are named, `lines` what is missing, each a marked sentence with facts."""
    kind = Conflict if refusal.code in _CONFLICTS else Refused
    facts = named(refusal, pack)
    return kind(refusal.code, SENTENCES[refusal.code], **facts)


def named(refusal: Refusal, pack: ProcedurePack) -> dict[str, Any]:
    """The facts with the names that the pack gives to bodies, figures, documents and steps."""
    steps = {stage.code: stage.title for stage in pack.steps}
    facts = {key: _named(key, value, pack, steps) for key, value in refusal.facts.items()}
    facts["step"] = steps.get(refusal.step, refusal.step or str(refusal.facts.get("step", "")))
    lines = list(needs_lines(refusal.facts.get("needs") or {}, pack))
    if refusal.code == "step_skipped":
        lines = list(missing_lines(refusal.facts, pack))
    facts |= {"lines": lines, "needs": _joined(lines), "missing": _joined(lines)}
    return facts


def _joined(lines: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    said = (gettext(message).format(**facts) for message, facts in lines)
    return "".join(line if line.endswith("。") else f"{line} " for line in said).rstrip()


def _named(key: str, value: Any, pack: ProcedurePack, steps: Mapping[str, str]) -> Any:
    names: dict[str, str] = {}
    if key in _BODIES:
        names = pack.bodies
    elif key in _FIGURES:
        names = pack.names
    elif key == "documents":
        names = pack.documents
    elif key in ("waits_for", "counted"):
        names = dict(steps) | {way.code: way.title for stage in pack.steps for way in stage.branches}
    if isinstance(value, (list, tuple)):
        return "、".join(names.get(str(each), str(each)) for each in value)
    return names.get(value, value) if isinstance(value, str) else value


def needs_lines(needs: Mapping[str, Any], pack: ProcedurePack) -> list[tuple[str, dict[str, Any]]]:
    """What is missing on the shortest way, one marked sentence with its facts each; the basis at the end."""
    found: list[tuple[str, dict[str, Any]]] = []
    ways = [[one for one in way if not one["met"]] for way in needs.get("alternatives", ())]
    for one in min(ways, key=len, default=[]):
        name = "share_most" if one["limit"] == "at_most" else "share_least"
        found.append((NEEDS[name], _share_facts(one, pack)))
    for bound in needs.get("bounds", ()):
        if not bound["met"]:
            code = bound["figure"]
            facts = {"figure": pack.names.get(code, code), "reached": amount(code, bound["reached"])}
            found.append((NEEDS[bound["limit"]], {**bound, **facts, "number": amount(code, bound["number"])}))
            if bound["article"]:
                found.append((NEEDS["basis"], {"article": bound["article"]}))
    if found and needs.get("article"):
        found.append((NEEDS["basis"], {"article": needs["article"]}))
    return found


def _share_facts(one: Mapping[str, Any], pack: ProcedurePack) -> dict[str, Any]:
    tail = "" if one["measure"] == "heads" else f".{one['measure']}"
    names = {key: pack.names.get(one[key] + tail, one[key]) for key in ("counts", "of")}
    said = {key: amount(one["counts"] + tail, one[key]) for key in ("missing", "reached", "bound", "base")}
    return {**one, **said, "figure": names["counts"], "whole": names["of"]}


def missing_lines(facts: Mapping[str, Any], pack: ProcedurePack) -> list[tuple[str, dict[str, Any]]]:
    """What the step at hand still lacks."""
    found: list[tuple[str, dict[str, Any]]] = []
    if facts.get("record"):
        found.append((MISSING["record"], {}))
    if unsigned := facts.get("unsigned"):
        found.append((MISSING["unsigned"], {"bodies": "、".join(pack.bodies.get(body, body) for body in unsigned)}))
    if facts.get("unpublished"):
        found.append((MISSING["unpublished"], {}))
    if until := facts.get("until"):
        found.append((MISSING["until"], {"until": dt.date.fromisoformat(until).isoformat()}))
    if objections := facts.get("objections"):
        found.append((MISSING["objections"], {"count": len(objections)}))
    return found
