"""What may be done with personal information: grounds, levels, assessments, small counts. Pure."""

import datetime as dt
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

# 个人信息保护法 55: what makes an assessment necessary besides sensitive information.
TRAITS = {
    "automated": N_("自动化决策或者自动建议"),
    "publishing": N_("公开个人信息"),
    "export": N_("离开系统：导出、给别的单位"),
    "entrusted": N_("委托别人处理，或者和别的单位交换"),
}
# 个人信息保护法 56, its three points; what may go wrong is asked apart from whom it touches.
QUESTIONS = {
    "legal": N_("目的和做法合法、正当、必要吗？"),
    "impact": N_("对本人的权益有什么影响？"),
    "risk": N_("可能出什么安全问题？"),
    "fit": N_("保护措施合法、有效、和风险相称吗？"),
}
RESULTS = {"go": N_("可以做"), "go_with": N_("加上措施可以做"), "stop": N_("不能做")}
# Never switched off: 网络安全法 21 (logs), 个人信息保护法 50 (rights), and who may act as what.
STAY_ON = frozenset({"logs", "posts", "rights", "sessions"})
SHORTEST_ANSWER = 4
SHORTEST_REASON = 6
# What a person may ask for (个人信息保护法 44–48, 24).
RIGHTS = {
    "access": N_("查阅：给我看看你们有我什么"),
    "copy": N_("复制：给我一份带走"),
    "correct": N_("更正：有写错的，改过来"),
    "delete": N_("删除：不要再留"),
    "explain": N_("说明：系统为什么这样建议、谁按什么定的"),
}


def highest(levels: Iterable[str]) -> str:
    return max(levels, default="L1")


def needs_assessment(level: str, traits: Collection[str]) -> bool:
    """个人信息保护法 55: sensitive information, automated, published, given on."""
    return level == "L4" or bool(set(traits) & set(TRAITS))


def check_assessment(answers: Mapping[str, str], result: str) -> None:
    """Raises Refused `missing_answer`, `missing_result`: every question of article 56 has an answer in words."""
    for code, question in QUESTIONS.items():
        if len(answers.get(code, "").strip()) < SHORTEST_ANSWER:
            raise Refused("missing_answer", N_("还没答：{question}"), question=question, field=code)
    if result not in RESULTS:
        raise Refused("missing_result", N_("还没写结论。请选一个。"), field="result")


def check_approval(*, by: str, approver: str, result: str) -> None:
    """Two people; what must not be done is not approved. Raises Refused `own_assessment`, `assessed_stop`."""
    if by == approver:
        raise Refused("own_assessment", N_("评估和批准要两个人。请另一位负责人批。"))
    if result == "stop":
        raise Refused("assessed_stop", N_("评估的结论是不能做，不能批准。请改做法，再评一次。"))


def check_switch_on(*, needs: bool, approved: bool) -> None:
    """Raises Conflict `not_assessed`."""
    if needs and not approved:
        raise Conflict("not_assessed", N_("这一项要先做影响评估并批准，才能启用。请先填评估（个人信息保护法第55条）。"))


def check_may_stop(code: str) -> None:
    """Raises Conflict `must_stay_on`: without these nobody signs in, asks for their rights or learns who did what."""
    if code in STAY_ON:
        raise Conflict("must_stay_on", N_("这一项停不了：法律要求一直做，停了就登录不了、查不了、核对不了。"))


def review_on(day: dt.date, months: int) -> dt.date:
    """The day by which an assessment approved on `day` is made anew: the same day of the month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def kept_until(day: dt.date, years: int) -> dt.date:
    """The first day on which an assessment may go: `years` after it was approved."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return dt.date(day.year + years, 3, 1)


def check_purpose(purpose: str) -> str:
    """Why somebody wants to see a value in clear. Raises Refused `missing_purpose`."""
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST_ANSWER:
        raise Refused("missing_purpose", N_("请写明为什么要看。会留下记录，本人看得到。"), field="purpose")
    return purpose[:80]


def check_reason(reason: str) -> str:
    """Why a list leaves the system. Raises Refused `missing_reason`."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused("missing_reason", N_("请写清用途：哪一天、做什么事、谁用。"), field="reason")
    return reason


def check_change(reason: str, *, ground: str, consent: str) -> str:
    """Why the register says something else from now on. Raises Refused `missing_reason`, `consent_not_named`."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused("missing_reason", N_("请写为什么改：照哪份文件，或者谁定的。"), field="reason")
    if ground == "consent" and not consent:
        raise Refused("consent_not_named", N_("这一项没有对应的同意书，不能写成本人同意。"), field="ground")
    return reason


def check_other_person(*, asked_by: str, approver: str) -> None:
    """Raises Refused `own_request`."""
    if asked_by == approver:
        raise Refused("own_request", N_("申请和批准要两个人。请另一位负责人批。"))


def check_retention(given: Mapping[str, int], least_log_days: int) -> None:
    """Logs are kept at least six months (网络安全法 21). Raises Refused `logs_too_short`."""
    if given.get("readings", least_log_days) < least_log_days:
        raise Refused("logs_too_short", N_("查看记录至少留 {days} 天（网络安全法）。"), days=least_log_days)
