"""Which community somebody lives in, and which there are: where a list begins, where a wish goes."""

import datetime as dt

from django.db.models import QuerySet

from gongzhi.common.access import Actor
from gongzhi.exchange import rules
from gongzhi.people.models import Post
from gongzhi.people.queries import in_force
from gongzhi.people.rules import ROLE_PERMISSIONS
from gongzhi.places.models import Kind, Place
from gongzhi.places.rules import upwards
from gongzhi.registers.queries import tenures

_KEEPING = tuple(sorted(role for role, given in ROLE_PERMISSIONS.items() if rules.KEEP in given))


def communities(on: dt.date) -> QuerySet[Place]:
    """Places that a post answers for, the outline left out."""
    kept = Post.objects.filter(in_force(on), role__in=_KEEPING).values("place")
    return Place.objects.current().filter(pk__in=kept).defer("polygon").order_by("path")


def home_of(actor: Actor, on: dt.date) -> Place | None:
    """The nearest of them around the home of somebody who is verified, or around the post that they hold."""
    if actor.person_id is None:
        return None
    paths = [one.path for one in tenures.standing(actor.person_id, "/", on)] or sorted(
        {scope.path for scope in actor.scopes}, key=len
    )
    if not paths:
        return None
    found = communities(on).filter(path__in=upwards(paths[0]))
    return max(found, key=lambda one: len(one.path), default=None)


def chosen(actor: Actor, code: str, on: dt.date) -> Place | None:
    """The place of a list: the one asked for, else one's own; none: everywhere."""
    if code:
        rows = Place.objects.current().filter(code=code).exclude(kind__in=(Kind.DWELLING, Kind.VENUE))
        return rows.defer("polygon").first()
    return home_of(actor, on)
