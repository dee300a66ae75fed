"""质询: what a resident asks a body online; the one who asked says whether the answer will do, nobody else."""

import datetime as dt

from django.db.models import Q

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Forbidden
from gongzhi.common.text import N_
from gongzhi.deliberation import rules
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.queries import Followed
from gongzhi.gatherings.queries.topics import may_speak
from gongzhi.people.models import Organization

NAME, ASKER, BY_SELF = "inquiry", "asker", "asker:self"
# Who answers to residents: those who decide for them and those who serve them.
ASKED = (
    "villagers_committee",
    "residents_committee",
    "community",
    "owners_committee",
    "self_management_committee",
    "supervision_committee",
    "property_company",
)
NOT_OF_HERE = N_(
    "这一步由这里认定过的业主、住户和这里组织的成员来办。请到“我的住处”（/my/home/）登记，审过以后再来。别人可以看公开的。"
)


def bodies_for(actor: Actor, on: dt.date) -> list[Organization]:
    """Whom somebody may ask: the bodies of the places to which they belong."""
    standing = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    rows = Organization.objects.filter(standing, kind__in=ASKED, place__isnull=False).select_related("place")
    known: dict[str, bool] = {}
    found = []
    for body in rows.order_by("-place__path", "id"):
        path = body.place.path if body.place else ""
        known.setdefault(path, may_speak(actor, path, on))
        found += [body] if known[path] else []
    return found


def check_of_here(actor: Actor, path: str, on: dt.date) -> None:
    """Raises Forbidden `not_of_this_place`."""
    if not may_speak(actor, path, on):
        raise Forbidden("not_of_this_place", NOT_OF_HERE)


def online(course: Followed) -> bool:
    """Whether whoever asked did so here, so that they answer for themselves."""
    return any(ASKER in row.evidence for row in course.rows)


def asked_by(actor: Actor, course: Followed) -> bool:
    return actor.kind == "person" and course.course.opened_by == actor.reference and online(course)


def may_enter(actor: Actor, course: Followed, kind: str, body: str) -> bool:
    """By mandate; for the asker only the one who asked, where they asked here."""
    if body == ASKER and online(course):
        return kind == "recorded" and asked_by(actor, course)
    permission = rules.permission_for(course.procedure.definition, kind, body)
    return allows(actor, permission, path=course.course.path)


def check_asker(actor: Actor, course: Followed, body: str) -> bool:
    """Whether the event is the asker's own. Raises Forbidden `asker_says` for others who would say it for them."""
    if body != ASKER or not online(course):
        return False
    if not asked_by(actor, course):
        raise Forbidden("asker_says", N_("满不满意，由提出质询的人自己说，别人不能代替。"))
    return True


def asked(actor: Actor) -> list[Course]:
    """What somebody asked, the newest first."""
    rows = Course.objects.filter(opened_by=actor.reference, reference__startswith=rules.INQUIRY)
    return list(rows.select_related("organization").order_by("-opened_at")[:50])
