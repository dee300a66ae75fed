"""加入: bodies that belong to another one, such as shops to their alliance; a course may be about one of them."""

import datetime as dt

from django.db.models import QuerySet

from gongzhi.common.access import Actor
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Relation
from gongzhi.people.queries import in_force

JOINED, BODY = "加入", "organization:"


def members(body: Organization, on: dt.date) -> QuerySet[Organization]:
    """Who belongs to a body on a day; whoever left, or is no more, does not."""
    joined = Relation.objects.filter(in_force(on), kind=JOINED, target=body).values("source")
    return Organization.objects.filter(in_force(on), pk__in=joined).order_by("name", "id")


def choices(body: Organization, on: dt.date) -> list[tuple[str, str]]:
    """References with names, for a form."""
    return [(f"{BODY}{one.pk}", one.name) for one in members(body, on)]


def member_of(reference: str) -> Organization | None:
    """The body that a reference names."""
    pk = reference.removeprefix(BODY)
    named = reference.startswith(BODY) and pk.isdigit()
    return Organization.objects.filter(pk=int(pk)).first() if named else None


def checked(by: Actor, body: Organization, reference: str, on: dt.date) -> str:
    """The reference of a member of the body. Raises Refused `missing_concerns`, Forbidden `own_matter`."""
    found = member_of(reference)
    if found is None or not members(body, on).filter(pk=found.pk).exists():
        raise Refused("missing_concerns", N_("请选是哪一家。只能选加入了这个联盟的。"), field="concerns")
    check_not_ones_own(by, reference)
    return f"{BODY}{found.pk}"


def own_references(actor: Actor) -> list[str]:
    """How courses name the bodies in which the actor holds a post."""
    return [f"{BODY}{scope.organization_id}" for scope in actor.scopes if scope.organization_id]


def check_not_ones_own(by: Actor, reference: str) -> None:
    """Nobody runs or signs what is about the body they belong to. Raises Forbidden `own_matter`."""
    if reference and reference in own_references(by):
        raise Forbidden("own_matter", N_("这件事说的是您那一家，要由别人来办。您可以说明情况，也可以提异议。"))
