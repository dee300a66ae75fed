"""Opening a course: which procedure, about which matter, by whom; refused where the law gives the matter to others."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.deliberation import queries, rules, whom
from gongzhi.deliberation.actions.moving import enter, refuse
from gongzhi.deliberation.models import Course
from gongzhi.engines.procedure_terms import Event
from gongzhi.packs.laws import region_of
from gongzhi.packs.procedure_queries import procedure_at
from gongzhi.people import vault
from gongzhi.people.models import Organization


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody wants to decide: a line, the matter of the law, on whose call, how many called.

    `concerns`: "mandate:12" or "organization:3", where it is about a post, held or left, or about a member body.
    """

    about: str
    opener: str
    matter: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    concerns: str = ""


@transaction.atomic
def open_course(*, by: Actor, at: dt.datetime, body: Organization, name: str, opening: Opening) -> Course:
    """A course under the texts in force there today.

    Raises Forbidden (`own_matter` too), NotFound `no_procedure`, Refused `body_without_place`, `missing_about`,
    `missing_concerns`, Conflict `runs_already`, and what the engine refuses: `matter_elsewhere`, `reserved_matter`
    (with the article), `may_not_call`, `callers_short`.
    """
    check_activity("deliberation")
    if body.place is None:
        raise Refused("body_without_place", N_("这个组织没有写在哪个地方。请先在组织里补上。"), field="body")
    require(by, rules.RUN, path=body.place.path)
    return begin_course(by=by, at=at, body=body, name=name, opening=opening)


def begin_course(*, by: Actor, at: dt.datetime, body: Organization, name: str, opening: Opening) -> Course:
    """As `open_course`, for a body at a place; the caller has checked who may."""
    assert body.place is not None  # noqa: S101 - the caller has checked it
    today, region = local_date(at), region_of(body.place.path)
    procedure = procedure_at(name, region=region, on=today)
    message = N_("请用一句话写清要决定什么事。")
    row = Course(pk=uuid7(), organization=body, place=body.place, path=body.place.path, region=region)
    row.about = rules.check_line(opening.about, rules.LONGEST_ABOUT, "missing_about", message, "about")
    rules.check_never(procedure.pack.never_about, row.about, procedure.pack.title)
    row.reference, row.texts, row.opened_on = procedure.reference, list(procedure.texts), today
    row.number = queries.code_for("CX", today, row.pk)
    row.public = procedure.pack.group != "party" and not procedure.pack.closed
    row.matter = opening.matter
    row.concerns = whom.checked(by, procedure.pack.concerns, opening.concerns, body, today)
    whom.check_alone(row)
    row.opened_by, row.opened_at = by.reference, at
    row.key, _plain = vault.new_key("course", at)
    event = Event("opened", today, opening.opener, figures=dict(opening.figures), matter=opening.matter)
    course = queries.Followed(row, today)
    refuse(course, event)
    row.key.save(force_insert=True)
    row.save(force_insert=True)
    enter(course, event, by=by, at=at)
    changes = {"procedure": row.reference, "body": f"organization:{body.pk}", "matter": row.matter}
    changes |= {"concerns": row.concerns} if row.concerns else {}
    record(by=by, at=at, action="deliberation.open", subject=row.subject, changes=changes)
    return row
