"""质询 by a resident: the question is sealed, the course opens, the supervisors sign it, the body has its days."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.limits import count_use
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.deliberation import inquiries, queries, rules
from gongzhi.deliberation.actions.moving import Given, Paper, enter, event_of, refuse
from gongzhi.deliberation.actions.opening import Opening, begin_course
from gongzhi.deliberation.models import Course
from gongzhi.people.models import Organization

_MOST = (3, 24 * 3600)  # so many inquiries of one person in so many seconds


@transaction.atomic
def ask_inquiry(*, by: Actor, at: dt.datetime, body: Organization, words: str) -> Course:
    """Somebody of the place asks a body. What they ask is read by who runs and watches it, and by themselves.

    Raises SignInRequired, Forbidden `not_of_this_place`, Refused `not_asked`, `missing_words`, `too_long`,
    NotFound `no_procedure`, TooMany `rate_limited`.
    """
    check_activity("deliberation")
    if by.kind != "person":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if body.place is None or body.kind not in inquiries.ASKED:
        raise Refused("not_asked", N_("不能向这个组织提出质询。请从列表里选。"), field="body")
    today, text = local_date(at), tidy(words)
    inquiries.check_of_here(by, body.place.path, today)
    if not text:
        raise Refused("missing_words", N_("请写您问什么。"), field="words")
    if len(text) > rules.LONGEST_NOTE:
        raise Refused("too_long", N_("太长了，最多 {longest} 个字。"), longest=rules.LONGEST_NOTE, field="words")
    count_use(what="inquiry", who=by.reference, limit=_MOST[0], seconds=_MOST[1], at=at)
    opening = Opening(f"向{body.name}提出的质询", inquiries.ASKER)
    row = begin_course(by=by, at=at, body=body, name=inquiries.NAME, opening=opening)
    course = queries.Followed(row, today)
    said = Given("recorded", inquiries.ASKER, on=today, papers={"question": Paper(filed="网上提出")}, note=text)
    event = event_of(course, said)
    refuse(course, event)
    enter(course, event, by=by, at=at, given=said, shown=[inquiries.BY_SELF])
    record(by=by, at=at, action="deliberation.ask", subject=row.subject, changes={"body": f"organization:{body.pk}"})
    return row
