"""泄露处置 (个人信息保护法 57): reported at once, contained, told to the authority and the persons; or a drill."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases.actions import report_case
from gongzhi.cases.actions.voicing import note_step, reply_letter
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.notifications.actions import notify_person
from gongzhi.privacy.queries import breaches, rights

CHANNEL = "breach"


@transaction.atomic
def report_breach(
    *, by: Actor, at: dt.datetime, text: str, kinds: str, persons: int, harm: str, drill: bool
) -> dict[str, Any]:
    """What happened and why, which information, how many people, what harm. Raises SignInRequired, Refused."""
    if by.kind != "person":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if not (kinds.strip() and harm.strip()) or persons < 0:
        raise Refused("missing_facts", N_("还没写全：哪些信息、大约多少人、可能造成什么危害。"), field="kinds")
    given = {"kinds": kinds.strip(), "persons": str(persons), "harm": harm.strip(), "drill": "yes" if drill else "no"}
    answers = [{"code": code, "label": code, "value": value} for code, value in given.items()]
    return report_case(by=by, at=at, text=text, where=locate(), channel=CHANNEL, answers=answers)


@transaction.atomic
def note_breach(*, by: Actor, at: dt.datetime, number: str, step: str, note: str) -> Case:
    """One step of the list in words. Raises NotFound, Forbidden, Refused `unknown_step`, `missing_note`."""
    case = rights.get_request_for(by, number, CHANNEL)
    require(by, "privacy.breach", path=case.path)
    if step not in breaches.STEPS:
        raise Refused("unknown_step", N_("请选一步：补救、风险、主管部门、本人。"), field="step")
    return note_step(by=by, at=at, number=number, note=note, facts={"step": step})


@transaction.atomic
def tell_persons(*, by: Actor, at: dt.datetime, number: str, cases: Sequence[str], advice: str) -> int:
    """Tell whoever raised these cases what leaked and what they can do; in a drill nobody, but the count is noted.

    Returns how many people. Raises Refused `missing_advice`, `nobody_to_tell`.
    """
    case = rights.get_request_for(by, number, CHANNEL)
    require(by, "privacy.breach", path=case.path)
    if len(advice.strip()) < 4:
        raise Refused("missing_advice", N_("请写本人可以做什么，例如改密码、防诈骗（第57条第二项）。"), field="advice")
    people = breaches.persons_of(cases)
    if not people:
        raise Refused("nobody_to_tell", N_("这些编号里没有有账号的人。请核对编号，没有账号的另行通知。"), field="cases")
    told = rights.answers_of(case)
    params = {"kinds": told.get("kinds", ""), "advice": advice.strip()}
    if not breaches.is_drill(case):
        for person in people:
            notify_person(
                by=by, at=at, person_id=person, kind="privacy_breach", params=params, subject="",
                dedupe_key=f"breach:{number}",
            )  # fmt: skip
    words = N_("演练，没有真发") if breaches.is_drill(case) else advice.strip()
    note_step(by=by, at=at, number=number, note=words, facts={"step": "persons", "count": str(len(people))})
    record(by=by, at=at, action="privacy.tell_persons", subject=case.reference, changes={"count": len(people)})
    return len(people)


@transaction.atomic
def close_breach(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """结束处置. Raises Refused `steps_missing` while a step that the law asks for is not written down."""
    case = rights.get_request_for(by, number, CHANNEL)
    require(by, "privacy.breach", path=case.path)
    if left := breaches.steps_left(case):
        words = "、".join(str(breaches.STEPS[step]) for step in left)
        raise Refused("steps_missing", N_("还差：{left}。不用做的，也写一句为什么。"), left=words)
    return reply_letter(by=by, at=at, number=number, note=note)
