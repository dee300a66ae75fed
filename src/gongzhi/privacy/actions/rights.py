"""权利请求: asked for by the person, answered by the privacy officer; a request is a Case on the channel `rights`."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import log_access, record
from gongzhi.cases.actions import report_case
from gongzhi.cases.actions.voicing import note_step, reply_letter
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.registry import holdings
from gongzhi.common.text import N_
from gongzhi.people import actions as people
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.privacy import rules
from gongzhi.privacy.queries import rights

CHANNEL = "rights"
CORRECTED = ("name", "phone", "email", "address")
DESK = "privacy rights desk"


@transaction.atomic
def ask_right(*, by: Actor, at: dt.datetime, right: str, text: str) -> dict[str, Any]:
    """The public answer of the case {number, track_code, due_at…}. Raises SignInRequired, Refused `unknown_right`."""
    if by.kind != "person":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if right not in rules.RIGHTS:
        raise Refused("unknown_right", N_("请选一项：查阅、复制、更正、删除、说明。"), field="right")
    if right in ("correct", "explain") and not text.strip():
        raise Refused("missing_text", N_("请写一句：哪里写错了，或者想知道哪件事。"), field="text")
    answers = [{"code": "right", "label": "right", "value": right}]
    words = text.strip() or rules.RIGHTS[right]
    return report_case(by=by, at=at, text=words, where=locate(), channel=CHANNEL, answers=answers)


def _mine(by: Actor, number: str, *rights_: str) -> Case:
    """The request, for the officer who answers it."""
    case = rights.get_request_for(by, number)
    require(by, "privacy.rights", path=case.path)
    if rights_ and rights.right_of(case) not in rights_:
        raise Refused("other_right", N_("这件请求要的不是这个。请按请求里选的办。"))
    return case


def _person(case: Case) -> uuid.UUID:
    found = rights.requester_of(case)
    if found is None:
        raise Refused("requester_gone", N_("提请求的账号已经注销了，它的信息也已经删了。"))
    return found


@transaction.atomic
def reveal_requester(*, by: Actor, at: dt.datetime, number: str, purpose: str) -> dict[str, str]:
    """Who asks, in clear, after writing who looked and why. Raises Refused `missing_purpose`."""
    case = _mine(by, number)
    purpose = rules.check_purpose(purpose)
    log_access(by=by, at=at, subjects=[case.reference], fields="contact", purpose=purpose)
    person = _person(case)
    found = vault.reveal(by=by, at=at, person_ids=[person], fields=["name", "phone", "email"], purpose=purpose)
    return found.get(person, {})


@transaction.atomic
def give_copy(*, by: Actor, at: dt.datetime, number: str) -> Case:
    """查阅、复制: from now on the person may open and take all that every room holds; the officer sees none of it."""
    case = _mine(by, number, "access", "copy")
    _person(case)
    note_step(by=by, at=at, number=number, note="copy", facts={"step": "copy"}, public=False)
    record(by=by, at=at, action="privacy.give_copy", subject=case.reference)
    return reply_letter(by=by, at=at, number=number, note=str(N_("做好了。登录后在“我的权利”里打开，只有您能打开。")))


@transaction.atomic
def take_copy(*, by: Actor, at: dt.datetime, number: str, form: str) -> dict[str, Any]:
    """The copy, for the person who asked alone. Raises NotFound, Refused `not_ready`."""
    case = rights.get_own_request(by, number)
    if not rights.has_step(case, "copy"):
        raise Refused("not_ready", N_("还没做好。做好了会通知您。"))
    record(by=by, at=at, action="privacy.take_copy", subject=case.reference, changes={"form": form})
    return rights.everything_about(_person(case))


@transaction.atomic
def correct_value(*, by: Actor, at: dt.datetime, number: str, field: str, value: str, note: str) -> Case:
    """更正: one value of the vault, and word of it. Raises Refused `unknown_field`, `bad_phone`…"""
    case = _mine(by, number, "correct")
    if field not in CORRECTED or not value.strip():
        raise Refused("unknown_field", N_("请选改哪一项，并写上对的。"), field="field")
    person = Person.objects.select_related("key").get(pk=_person(case))
    people.set_value(by=system_actor(DESK), at=at, person=person, field=field, value=value)
    record(by=by, at=at, action="privacy.correct", subject=case.reference, changes={"field": field})
    return reply_letter(by=by, at=at, number=number, note=note)


@transaction.atomic
def erase_requester(*, by: Actor, at: dt.datetime, number: str) -> Case:
    """删除 (个人信息保护法 47): every room's holdings, then the key; the answer lists what stays and why.

    The list is made before anything goes. Raises Refused `still_in_post`, `requester_gone`.
    """
    case = _mine(by, number, "delete")
    person = Person.objects.get(pk=_person(case))
    stays = rights.what_stays(person.pk)
    people.erase_account(by=system_actor(DESK), at=at, person=person)
    changes = {"rooms": [holding.room for holding in holdings()], "stays": [one.code for one in stays]}
    record(by=by, at=at, action="privacy.erase", subject=case.reference, changes=changes)
    note_step(by=by, at=at, number=number, note="erased", facts={"step": "erased"}, public=False)
    lines = "\n".join(f"{one.title}：{one.why}" for one in stays)
    return reply_letter(by=by, at=at, number=number, note=f"{N_('删了。留下的和为什么：')}\n{lines}")


@transaction.atomic
def answer_request(*, by: Actor, at: dt.datetime, number: str, note: str) -> Case:
    """An explanation, or a refusal with its reason (个人信息保护法 50); the person may go to court. Raises Refused."""
    _mine(by, number)
    record(by=by, at=at, action="privacy.answer", subject=f"case:{number}")
    return reply_letter(by=by, at=at, number=number, note=note)
