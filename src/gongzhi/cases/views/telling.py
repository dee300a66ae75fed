"""How the staff's pages tell what happened: each move in words, its reason with the clause."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.cases import forms_voicing
from gongzhi.cases.models import Case
from gongzhi.cases.queries.reading import TimelineEntry
from gongzhi.cases.views import joint_words, private_words
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.packs import queries as packs

MOVES = {
    "report": N_("收到"),
    "accept": N_("受理"),
    "dispatch": N_("派单"),
    "start": N_("接单"),
    "record": N_("办理记录"),
    "source_news": N_("来源系统有新消息"),
    "answer": N_("答复，等核查"),
    "return": N_("退单"),
    "tell": N_("首接单位写给反映人"),
    "ask_extension": N_("申请延期"),
    "grant_extension": N_("同意延期"),
    "refuse_extension": N_("不同意延期"),
    "ask_deferral": N_("提出挂账"),
    "defer": N_("挂账"),
    "refuse_deferral": N_("不同意挂账"),
    "resume": N_("接着办"),
    "verify": N_("核查通过"),
    "rework": N_("返工"),
    "refer": N_("转介"),
    "receipt": N_("收到转送回执"),
    "confirm": N_("反映人说：解决了"),
    "unsolved": N_("反映人说：没全解决"),
    "disagree": N_("反映人不同意说明"),
    "reopen": N_("反映人重新打开"),
    "propose_out": N_("提请认定：要求不合理"),
    "exclude": N_("两个人认定不合理，不计分"),
    "refuse_out": N_("没有认定，照常计分"),
    "object": N_("反映人不同意认定"),
    "put_back": N_("撤回认定，重新计分"),
    "uphold": N_("复核：维持认定"),
    "explain": N_("复核，作了说明"),
    "close": N_("办结"),
    "fall_silent": N_("到期没有回答，记作超期默认"),
    "escalate": N_("到时没办，往上报"),
    **private_words.STAFF,
    **forms_voicing.STAFF,
    "merge": N_("并案"),
    "unmerge": N_("拆开"),
    "split": N_("一件分成几件"),
    **joint_words.STAFF,
}
CLOCKS = {
    "first_contact": N_("首次回应"),
    "resolve": N_("办结"),
    "confirm": N_("等反映人回答"),
    "review": N_("复核"),
    "defer": N_("挂账到期"),
    **joint_words.CLOCKS,
}


def receipt_words(facts: dict[str, Any]) -> str:
    """回执 XF-2026-118 · 市信访局 · 2026-03-20 收."""
    given = {name: facts.get(name, "") for name in ("receipt", "office", "on")}
    return _("回执 {receipt} · {office} · {on} 收").format(**given)


def ladder_words(routing: dict[str, Any]) -> str:
    """What a supervise order given by the clock rests on: the step, whose clock, how long after, which pack."""
    if routing.get("code") != "ladder":
        return ""
    clock = _(CLOCKS.get(routing.get("clock", ""), ""))
    return _("依据：时限到了一步一步往上报的规则，“{step}”这一步（{clock}过期 {minutes} 工作分钟）。{pack}").format(
        step=routing.get("step", ""), clock=clock, minutes=routing.get("after_minutes", 0), pack=routing.get("pack", "")
    )


def reason_words(code: str) -> str:
    """不归本单位（职责清单里没有这一项，写明该归谁）."""
    reason = next((one for one in packs.active_model().reasons if one.code == code), None)
    if code == "issued":
        return _("机关自己交办的")
    if reason is None:
        return code
    return _("{name}（{clause}）").format(name=reason.name, clause=reason.clause) if reason.clause else reason.name


def reason_name(code: str) -> str:
    """The reason without its clause: where it stands in a table, nobody is asked to write anything."""
    return next((one.name for one in packs.active_model().reasons if one.code == code), code)


def _title(entry: TimelineEntry) -> str:
    if entry.move == "dispatch" and entry.unit:
        return _("派给{unit}").format(unit=entry.unit)
    if entry.move == "escalate" and entry.facts.get("step"):
        if entry.facts.get("clock") == "reopen":
            return _("{step}：反映人一再重新打开").format(step=entry.facts["step"])
        clock = _(CLOCKS.get(entry.facts.get("clock", ""), ""))
        return _("{step}：{clock}到时了").format(step=entry.facts["step"], clock=clock)
    if entry.move == "rule" and entry.facts.get("unit_name"):
        return _("裁决：由{unit}负责").format(unit=entry.facts["unit_name"])
    if entry.move in ("merge", "unmerge"):
        other = entry.facts.get("merged") or entry.facts.get("main", "")
        words = N_("并案：和 {number} 一起办") if entry.move == "merge" else N_("拆开：和 {number} 分开办")
        return _(words).format(number=other)
    word = MOVES.get(entry.move)
    return _(word) if word else entry.move


def _words(entry: TimelineEntry) -> str:
    reason = entry.facts.get("reason", "")
    parts = [reason_words(reason)] if reason else []
    if entry.move == "receipt":
        parts.append(receipt_words(entry.facts))
    if entry.move == "escalate" and (order := entry.facts.get("order")):
        parts.append(_("督办单：{number}").format(number=order))
    if entry.move == "rule" and (clause := entry.facts.get("clause")):
        parts.append(_("依据：{clause}").format(clause=clause))
    if until := entry.facts.get("until"):
        words = N_("最晚等到：{date}") if entry.move in joint_words.PAUSES else N_("下次看：{date}")
        parts.append(_(words).format(date=until))
    if entry.note:
        parts.append(mask_personal_numbers(entry.note))
    return " · ".join(parts)


# Steps after which the page says which unit took them.
UNIT_STEPS = frozenset(
    {"start", "record", "answer", "return", "respond", "sign", "tell", "arrive", "absent", "claim"}
    | {"rate_unit", "rate_whistle"}
)


def _note(entry: TimelineEntry) -> str:
    parts = [entry.unit] if entry.unit and entry.move in UNIT_STEPS else []
    if entry.confidential:
        parts.append(_("内容保密，单独加密"))
    if not entry.public:
        parts.append(_("反映人看不到这一条"))
    return " · ".join(parts)


def steps_of(entries: list[TimelineEntry], *, open_case: bool) -> list[dict[str, Any]]:
    """The parcel timeline, newest first; the last step is where it stands now."""
    steps = [
        {"phase": "done", "title": _title(e), "words": _words(e), "at": e.at, "note": _note(e)} for e in entries
    ][::-1]
    if steps and open_case:
        steps[0]["phase"] = "now"
    return steps


def place_words(case: Case) -> str:
    """柳园小区5栋 · 柳园一网格; what is known of it."""
    names = [place.name for place in (case.place, case.grid) if place is not None]
    return " · ".join(dict.fromkeys(names)) or _("没有定位")


def channel_words(case: Case) -> str:
    channel = packs.active_model().channel(case.channel)
    return channel.name if channel else case.channel


def priority_words(case: Case) -> str:
    return next((c.name for c in packs.active_model().clocks if c.priority == case.priority), case.priority)


ASKED = {
    "extension": N_("申请延期"),
    "deferral": N_("提出挂账"),
    "pause": N_("申请暂停计时"),
    "ruling": N_("等裁决"),
    "exclusion": N_("提请认定：要求不合理"),
    "objection": N_("反映人不同意认定，等复核"),
}


def asked_of(case: Case) -> dict[str, Any] | None:
    """The extension or deferral that waits for a decision, in words."""
    if not case.pending:
        return None
    until = case.pending.get("until")
    words = ASKED.get(case.pending.get("kind", ""), "")
    beside = case.pending.get("extension")
    return {
        "kind": case.pending.get("kind"),
        "title": _(words) if words else "",
        "reason": reason_words(case.pending.get("reason", "")),
        "beside": {"title": _(ASKED["extension"]), "reason": reason_words(beside["reason"])} if beside else None,
        "superior": case.pending.get("superior", ""),
        "boundary": bool(case.pending.get("boundary")),
        "until": dt.date.fromisoformat(until) if until else None,
    }
