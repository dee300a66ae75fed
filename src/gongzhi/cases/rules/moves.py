"""The life of a case as one readable table, and what a step must not lack. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

TEXT_LIMITS = (2, 4000)


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step: from which states, to which, with which permission, held how.

    `held` says against what the permission is checked: "path" (the mandate covers the case's place), "unit" (the
    actor sits in the handling unit), "helper" (in a unit asked to help), "partner" (in a partner unit it was offered
    to), "first" (received it first and still answers to the reporter), "superior" (above the units that differ), "reporter" (the one who raised it), "system" (a clock).
    """

    name: str
    sources: tuple[str, ...]
    target: str
    permission: str
    held: str
    needs: tuple[str, ...] = ()


BEFORE_ANSWER = ("reported", "accepted", "returned", "dispatched", "in_progress", "rework")
ANSWERED_FOR = ("accepted", "returned", "deferred", "dispatched", "in_progress", "rework", "answered", "verified")
IN_WORK = ("accepted", "dispatched", "in_progress", "rework", "answered")
WHENEVER = ("reported", "accepted", "returned", "deferred", "dispatched", "in_progress", "rework", "answered", "verified",
            "confirmed", "closed", "closed_silent")
ANY_TIME = (*IN_WORK, "verified", "confirmed", "closed", "closed_silent")

# fmt: off
MOVES: dict[str, Move] = {move.name: move for move in (
    Move("accept",           ("reported",),                                       "accepted",      "cases.accept", "path"),
    Move("dispatch",         ("reported", "accepted", "returned", "rework"),      "dispatched",    "cases.dispatch", "path", ("unit",)),
    Move("start",            ("dispatched", "rework"),                            "in_progress",   "cases.handle", "unit"),
    Move("record",           ("in_progress",),                                    "in_progress",   "cases.handle", "unit", ("note",)),
    Move("answer",           ("in_progress",),                                    "answered",      "cases.handle", "unit", ("note",)),
    Move("return",           ("dispatched", "in_progress"),                       "returned",      "cases.handle", "unit", ("reason", "note")),
    Move("ask_extension",    ("in_progress",),                                    "in_progress",   "cases.handle", "unit", ("reason", "note")),
    Move("grant_extension",  ("in_progress",),                                    "in_progress",   "cases.grant_extension", "path"),
    Move("refuse_extension", ("in_progress",),                                    "in_progress",   "cases.grant_extension", "path", ("note",)),
    Move("ask_deferral",     ("accepted", "dispatched", "in_progress"),           "",              "cases.defer", "path", ("reason", "note", "until")),
    Move("defer",            ("accepted", "dispatched", "in_progress"),           "deferred",      "cases.approve_deferral", "path"),
    Move("refuse_deferral",  ("accepted", "dispatched", "in_progress"),           "",              "cases.approve_deferral", "path", ("note",)),
    Move("resume",           ("deferred",),                                       "accepted",      "cases.dispatch", "path"),
    Move("verify",           ("answered",),                                       "verified",      "cases.verify", "path"),
    Move("rework",           ("answered", "verified"),                            "rework",        "cases.verify", "path", ("note",)),
    Move("refer",            ("reported", "accepted"),                            "referred",      "cases.refer", "path", ("reason", "note")),
    Move("receipt",          ("referred",),                                       "referred",      "cases.refer", "path"),
    Move("confirm",          ("verified",),                                       "confirmed",     "", "reporter"),
    Move("unsolved",         ("verified",),                                       "rework",        "", "reporter", ("note",)),
    Move("disagree",         ("verified",),                                       "rework",        "", "reporter", ("note",)),
    Move("reopen",           ("confirmed", "closed", "closed_silent"),            "rework",        "", "reporter", ("note",)),
    Move("explain",          ("rework",),                                         "verified",      "cases.review", "path", ("note",)),
    Move("close",            ("confirmed",),                                      "closed",        "cases.close", "path"),
    Move("fall_silent",      ("verified",),                                       "closed_silent", "", "system"),
    # 首接负责, 退单, 裁决: a second wish to give a case away is decided by the common superior (actions.ruling).
    Move("tell",             ANSWERED_FOR,                                        "",              "cases.handle", "first", ("note",)),
    Move("dispute",          ("dispatched", "in_progress"),                       "",              "cases.handle", "unit", ("reason", "note")),
    Move("ask_ruling",       ("reported", "accepted", "returned"),                "",              "cases.dispatch", "path", ("reason", "note")),
    Move("rule",             (*BEFORE_ANSWER, "answered", "verified"),            "",              "cases.rule", "superior", ("unit", "clause", "note")),
    # 合办, 吹哨报到, 共建认领: orders beside the lead's (actions.joining).
    Move("join",             ("dispatched", "in_progress", "rework"),             "",              "cases.dispatch", "path", ("units",)),
    Move("whistle",          ("accepted", "dispatched", "in_progress", "rework"), "",              "cases.whistle", "path", ("units", "note")),
    Move("respond",          ("accepted", "dispatched", "in_progress", "rework"), "",              "cases.handle", "helper"),
    Move("sign",             ("dispatched", "in_progress", "rework"),             "",              "cases.handle", "helper", ("note",)),
    Move("arrive",           IN_WORK,                                             "",              "cases.whistle", "path", ("order",)),
    Move("absent",           IN_WORK,                                             "",              "cases.whistle", "path", ("order", "reason", "note")),
    Move("rate_unit",        ANY_TIME,                                            "",              "cases.whistle", "path", ("order", "rating")),
    Move("rate_whistle",     ANY_TIME,                                            "",              "cases.handle", "helper", ("rating",)),
    Move("offer",            ("accepted", "dispatched", "in_progress"),           "",              "cases.dispatch", "path"),
    Move("claim",            ("accepted", "dispatched", "in_progress"),           "",              "cases.handle", "partner"),
    # Clocks: a pause has a reason, an end and a second person (actions.pausing); 催办 and what is handed out (supervising).
    Move("ask_pause",        ("in_progress",),                                    "in_progress",   "cases.handle", "unit", ("reason", "note", "until")),
    Move("grant_pause",      ("in_progress",),                                    "in_progress",   "cases.grant_extension", "path"),
    Move("refuse_pause",     ("in_progress",),                                    "in_progress",   "cases.grant_extension", "path", ("note",)),
    Move("unpause",          ("in_progress",),                                    "in_progress",   "cases.grant_extension", "path"),
    Move("urge",             ("dispatched", "in_progress", "returned", "rework"), "",              "cases.urge", "path"),
    Move("supervise",        BEFORE_ANSWER,                                       "",              "cases.issue", "path", ("unit", "note", "until")),
    Move("issue",            ("reported",),                                       "dispatched",    "cases.issue", "path", ("unit", "until")),
    # 下班以后: whoever is on duty takes it, and hands back in the morning what was not begun (actions.after_hours).
    Move("night",            ("reported",),                                       "dispatched",    "", "system"),
    Move("morning",          ("dispatched",),                                     "reported",      "", "system"),
    Move("strike",           ("verified",),                                       "closed",        "cases.issue", "path"),
    # 人民调解, 约见 and 专项: each part of the story in actions.mediating, meeting, campaigning.
    Move("consent",          ("dispatched", "in_progress"),                       "in_progress",   "cases.mediate", "unit"),
    Move("mediate",          ("dispatched", "in_progress"),                       "in_progress",   "cases.mediate", "unit"),
    Move("session",          ("in_progress",),                                    "in_progress",   "cases.mediate", "unit", ("note",)),
    Move("warn",             ("in_progress",),                                    "in_progress",   "cases.mediate", "unit", ("note",)),
    Move("agree",            ("in_progress",),                                    "confirmed",     "cases.mediate", "unit"),
    Move("decline_talk",     ("dispatched", "in_progress"),                       "closed",        "cases.mediate", "unit"),
    Move("withdraw_talk",    ("dispatched", "in_progress"),                       "closed",        "", "reporter"),
    Move("end_talk",         ("in_progress",),                                    "closed",        "cases.mediate", "unit", ("note",)),
    Move("judicial",         ("confirmed",),                                      "confirmed",     "cases.mediate", "unit"),
    Move("file_paper",       ("confirmed", "closed"),                             "",              "cases.mediate", "unit"),
    Move("follow_up",        ("confirmed",),                                      "confirmed",     "cases.mediate", "unit", ("note",)),
    Move("archive",          ("confirmed",),                                      "closed",        "cases.mediate", "unit"),
    Move("remind",           ("confirmed",),                                      "confirmed",     "", "system"),
    Move("propose_time",     ("dispatched", "in_progress"),                       "in_progress",   "cases.meet", "unit"),
    Move("accept_time",      ("in_progress",),                                    "in_progress",   "", "reporter"),
    Move("decline_time",     ("in_progress",),                                    "in_progress",   "", "reporter", ("note",)),
    Move("meet",             ("in_progress",),                                    "in_progress",   "cases.meet", "unit", ("note",)),
    Move("served",           ("in_progress",),                                    "verified",      "cases.meet", "unit"),
    Move("recheck",          ("confirmed", "closed", "closed_silent"),            "",              "cases.verify", "path"),
    # 职责清单 and channels: actions.duties, letters, suggestions, talks.
    Move("admit",            ("reported", "accepted", "returned", "rework"),      "",              "cases.admit", "path", ("unit", "note")),
    Move("settle",           ("reported", "accepted"),                            "verified",      "cases.settle", "path", ("note",)),
    Move("reply",            ("reported", "accepted", "rework"),                  "verified",      "cases.reply_letter", "path", ("note",)),
    Move("step",             ("reported", "accepted", "rework"),                  "",              "cases.reply_letter", "path", ("note",)),
    Move("judge",            ("reported", "accepted", "rework"),                  "verified",      "cases.judge", "path", ("note",)),
    Move("implement",        ("verified", "confirmed", "closed", "closed_silent"), "",             "cases.judge", "path", ("note",)),
    # 并案: a case joins another and keeps its number; taken out again nothing is lost; a split cancels nothing (actions.merging).
    Move("merge",            BEFORE_ANSWER,                                       "",              "cases.merge", "path"),
    Move("unmerge",          BEFORE_ANSWER,                                       "",              "cases.merge", "path"),
    Move("split",            BEFORE_ANSWER,                                       "",              "cases.merge", "path"),
    # 不合理诉求: two people, out of the score, never out of the record (actions.excluding).
    Move("propose_out",      WHENEVER,                                            "",              "cases.propose_exclusion", "path", ("reason", "note")),
    Move("exclude",          WHENEVER,                                            "",              "cases.exclude", "path"),
    Move("refuse_out",       WHENEVER,                                            "",              "cases.exclude", "path", ("note",)),
    Move("object",           WHENEVER,                                            "",              "", "reporter", ("note",)),
    Move("put_back",         WHENEVER,                                            "",              "cases.exclude", "path", ("note",)),
    Move("uphold",           WHENEVER,                                            "",              "cases.review", "path", ("note",)),
)}
# fmt: on

SOLVED_MOVES = {"yes": "confirm", "partly": "unsolved", "no": "unsolved", "disagree": "disagree"}
FINISHED = frozenset({"closed", "closed_silent", "referred"})


def check_move(name: str, status: str, given: Iterable[str] = ()) -> Move:
    """The move, or a refusal that says what is in the way.

    Raises Conflict `wrong_state` when the case has moved on, Refused `missing_<need>` when something is not given.
    """
    move = MOVES[name]
    if status not in move.sources:
        raise Conflict(
            "wrong_state", N_("这件事的状态已经变了，这一步现在办不了。请刷新后再看。"), move=name, state=status
        )
    for need in move.needs:
        if need not in given:
            raise Refused(f"missing_{need}", MISSING[need], field=need)
    return move


MISSING = {
    "unit": N_("还没选派给谁。请选一个承办单位。"),
    "note": N_("还没写说明。请写一句做了什么、为什么。"),
    "reason": N_("还没选理由。请选一条，并按条款说明。"),
    "units": N_("还没选单位。请至少选一家。"),
    "order": N_("还没选是哪一家。请选一个。"),
    "rating": N_("还没选几分。请选 1 到 5。"),
    "clause": N_("还没写依据。请写明职责清单或文件的哪一条。"),
    "until": N_("还没写下次什么时候办。请选一个日期。"),
}


def check_text(text: str) -> str:
    """The words of a report; raises Refused `text_length` outside 2–4000 characters."""
    low, high = TEXT_LIMITS
    if not low <= len(text) <= high:
        raise Refused(
            "text_length",
            N_("请用 {low} 到 {high} 个字说说是什么事。现在是 {length} 个字。"),
            low=low,
            high=high,
            length=len(text),
            field="text",
        )
    return text


def check_return(returns: int) -> None:
    """A unit returns a case once; after that somebody above must rule."""
    if returns >= 1:
        raise Refused("returned_before", N_("这件事已经退过一次，不能再退。有争议请提请裁决，裁决以前先办。"))


def check_verifier(*, verifier: str, handler: str | None, in_unit: bool) -> None:
    """核查 is done by another person, outside the unit that did the work."""
    if in_unit or (handler and handler == verifier):
        raise Refused("own_work", N_("自己单位办的事，要由别人来核查。请交给网格员或分拨员。"))


def check_deferral_approver(*, asked_by: str, approver: str) -> None:
    if asked_by == approver:
        raise Refused("own_request", N_("提出挂账和批准挂账要两个人。请另一位负责人批。"))
