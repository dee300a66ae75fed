"""A resolution on the community's pages: one press makes the draft."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.deliberation import papers, queries, rules
from gongzhi.deliberation.queries import Followed
from gongzhi.packs.procedure_wording import figure_lines
from gongzhi.publications.actions.announcing import Announced, announce
from gongzhi.publications.models import Publication

KIND = "announcement"


@transaction.atomic
def announce_resolution(*, by: Actor, at: dt.datetime, number: str) -> Publication:
    """A draft with what was decided, by which law, with which figures; somebody else releases it.

    Raises Forbidden, NotFound `resolution_not_found`, Refused `not_public` for what was decided behind closed doors.
    """
    made = queries.get_resolution_for(by, number)
    require(by, rules.RUN, path=made.course.path)
    course = Followed(made.course, local_date(at))
    rules.check_announced(course.pack.closed)
    told = papers.resolution_of(made, course)
    lines = [_("结果：{outcome}").format(outcome=told["outcome"])]
    lines += [f"{name}：{value}" for name, value in figure_lines(course.pack, made.record.get("inputs", {}))]
    lines += [_("走的程序：{procedure}").format(procedure=told["procedure"])]
    lines += [_("依据：{article}").format(article=told["basis"])] if told["basis"] else []
    lines += told["check"]
    facts = {"contact": made.course.organization.name}
    said = Announced(made.reference, made.course.place, told["title"], "\n".join(lines), facts)
    public = announce(by=by, at=at, kind=KIND, said=said)
    record(by=by, at=at, action="deliberation.announce", subject=made.reference, changes={"item": public.number})
    return public
