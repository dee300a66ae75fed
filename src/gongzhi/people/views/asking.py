"""Who asks for a page: somebody signed in, or somebody with a permission."""

from django.http import HttpRequest

from gongzhi.common.access import Actor, allows, require
from gongzhi.common.asking import actor_of
from gongzhi.people.models import Person, Post
from gongzhi.people.queries import person_of
from gongzhi.people.queries.governing import seating_permission


def own_person(request: HttpRequest) -> Person:
    return person_of(actor_of(request))


def reader(request: HttpRequest) -> Actor:
    """Somebody who may read people somewhere."""
    actor = actor_of(request)
    require(actor, "people.read")
    return actor


def may_manage(actor: Actor, path: str | None = None) -> bool:
    return allows(actor, "people.manage", path=path)


def may_seat(actor: Actor, post: Post) -> bool:
    return allows(actor, seating_permission(post), path=post.place.path)
