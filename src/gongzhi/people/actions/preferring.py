"""A person's own saved filters (存下的筛选): kept, renamed, removed; nobody else sees them."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.people.models import Person
from gongzhi.people.rules import check_filter_name, check_filter_room

_LONGEST_VALUE = 80
Kept = list[dict[str, object]]


def _own(by: Actor) -> Person:
    """The actor's account, locked: two windows may be open."""
    if by.kind != "person" or by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    return Person.objects.select_for_update().get(pk=by.person_id)


def _store(person: Person, kept: Kept, *, by: Actor, at: dt.datetime, action: str) -> None:
    """Only how many there are is written down: a name may say more than the trail needs."""
    changes = {"count": [len(person.saved_filters), len(kept)]}
    person.saved_filters = kept
    person.save(update_fields=["saved_filters"])
    record(by=by, at=at, action=f"people.{action}", subject=f"person:{person.pk}", changes=changes)


def _known(person: Person, name: str) -> None:
    if name not in [one["name"] for one in person.saved_filters]:
        raise NotFound("filter_not_found", N_("没有这个筛选，可能已经删了。请刷新后再看。"))


@transaction.atomic
def keep_filter(*, by: Actor, at: dt.datetime, name: str, address: dict[str, str]) -> None:
    """Keep the filters of an address under a name of the actor's choice.

    Raises Refused `nothing_filtered`, `filter_name`, `filter_name_taken`, `too_many_filters`.
    """
    person = _own(by)
    if not address or any(len(value) > _LONGEST_VALUE for value in address.values()):
        raise Refused("nothing_filtered", N_("还没有筛选条件。请先筛选，再存下来。"))
    check_filter_room(len(person.saved_filters))
    name = check_filter_name(name, [one["name"] for one in person.saved_filters])
    kept = [*person.saved_filters, {"name": name, "address": address}]
    _store(person, kept, by=by, at=at, action="keep_filter")


@transaction.atomic
def rename_filter(*, by: Actor, at: dt.datetime, name: str, new_name: str) -> None:
    """Another name for the same filter. Raises NotFound `filter_not_found`; Refused as for keeping."""
    person = _own(by)
    _known(person, name)
    others = [one["name"] for one in person.saved_filters if one["name"] != name]
    new_name = check_filter_name(new_name, others)
    kept = [{**one, "name": new_name} if one["name"] == name else one for one in person.saved_filters]
    _store(person, kept, by=by, at=at, action="rename_filter")


@transaction.atomic
def remove_filter(*, by: Actor, at: dt.datetime, name: str) -> None:
    """Raises NotFound `filter_not_found`."""
    person = _own(by)
    _known(person, name)
    kept = [one for one in person.saved_filters if one["name"] != name]
    _store(person, kept, by=by, at=at, action="remove_filter")
