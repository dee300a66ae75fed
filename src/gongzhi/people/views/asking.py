"""Who asks for a page: somebody signed in, or somebody with a permission."""

import datetime as dt

from django.http import HttpRequest
from django.utils.translation import gettext as _

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


def as_file(request: HttpRequest) -> bool:
    """Whether the table is asked for as a workbook."""
    return request.GET.get("export") == "xlsx"


def note_of(day: dt.date) -> str:
    """What a workbook says under its title."""
    return _("数据到 {day}，只算您看得到的地方。").format(day=day.isoformat())
