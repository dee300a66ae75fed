"""Who asks for a page of this room."""

from django.http import HttpRequest

from gongzhi.common.asking import actor_of
from gongzhi.people.models import Person
from gongzhi.people.queries import person_of


def own_person(request: HttpRequest) -> Person:
    return person_of(actor_of(request))
