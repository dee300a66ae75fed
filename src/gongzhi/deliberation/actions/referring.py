"""A course about a member begins with what was reported; what was not made good goes on to a department as a case."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.cases.actions import report_case
from gongzhi.cases.actions.patrolling import CHANNEL, FALLBACK
from gongzhi.cases.queries import get_case_for, locate
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import members, queries, rules
from gongzhi.deliberation.actions.ending import done, open_effect
from gongzhi.deliberation.alliances import TAKEN_UP
from gongzhi.packs import queries as packs


@transaction.atomic
def take_up(*, by: Actor, at: dt.datetime, number: str, case: str) -> None:
    """The course began with what somebody reported. Raises Forbidden, NotFound, Refused `another_member`."""
    row = queries.get_course_for(by, number)
    require(by, rules.RUN, path=row.path)
    found = get_case_for(by, case)
    about = members.member_of(row.concerns)
    if about is None or found.about_unit_id != about.pk:
        raise Refused("another_member", N_("这件诉求说的不是这一家。请核对编号。"), field="concerns")
    link(by=by, at=at, source=f"case:{found.number}", relation=TAKEN_UP, target=row.subject)
    record(by=by, at=at, action="deliberation.take_up", subject=row.subject, changes={"case": found.number})


@transaction.atomic
def refer_on(*, by: Actor, at: dt.datetime, number: str, category: str, words: str) -> str:
    """The number of the case. It is routed as any other, never to the member that it is about.

    Raises as `open_effect`, Refused `no_referral_here`, and what report_case raises.
    """
    row = open_effect(by, number)
    if row.effect != "work_order":
        raise Refused("no_referral_here", N_("这份决议没有要移送的事。"))
    about = members.member_of(row.course.concerns)
    channel = CHANNEL if packs.active_model().channel(CHANNEL) else FALLBACK
    answer = report_case(
        by=by,
        at=at,
        text=words,
        where=locate(place_code=row.course.place.code),
        channel=channel,
        category=category,
        about_unit_id=about.pk if about else None,
    )
    case = f"case:{answer['number']}"
    link(by=by, at=at, source=row.reference, relation="referred", target=case)
    done(row, case, by=by, at=at)
    return str(answer["number"])
