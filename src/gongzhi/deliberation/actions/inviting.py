"""Choosing an expert from the roster for a matter: only who has no interest in it, never by their own hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import experts, queries, rules, whom
from gongzhi.deliberation.models import Course


@transaction.atomic
def choose_expert(*, by: Actor, at: dt.datetime, number: str, mandate_id: int) -> Course:
    """From now on this expert follows the matter.

    Raises Forbidden (`own_matter` for oneself), NotFound `unknown_expert`, Refused `no_experts_here`,
    `expert_conflicted` with what stands between, Conflict `course_over`, `chosen_already`.
    """
    row = queries.get_course_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    if not experts.is_way(row):
        raise Refused("no_experts_here", N_("这个程序不从专家智库选人。"))
    if row.status != "running":
        raise Conflict("course_over", N_("这件事已经办完了，不再选专家。"))
    today = local_date(at)
    mandate = next((one for one in experts.roster(by, today) if one.pk == mandate_id), None)
    if mandate is None:
        raise NotFound("unknown_expert", N_("名册里没有这位专家，或者已经不在任。请从列表里选。"))
    rules.check_not_oneself(by.person_id, mandate.person_id)
    if any(one.person_id == mandate.person_id for one in experts.chosen(row)):
        raise Conflict("chosen_already", N_("这位已经写上了。"), field="expert")
    if found := experts.interests([mandate], row, today)[mandate.pk]:
        said = "；".join(gettext(words).format(post=post) for words, post in found)
        message = N_("这位专家和这件事有利害关系，不能选：{said}。请换一位。")
        raise Refused("expert_conflicted", message, said=said, field="expert")
    target = f"{whom.MANDATE}{mandate.pk}"
    link(by=by, at=at, source=row.subject, relation=experts.FOLLOWED_BY, target=target)
    record(by=by, at=at, action="deliberation.choose_expert", subject=row.subject, changes={"expert": target})
    return row
