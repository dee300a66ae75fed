"""Whom a rule binds today: every subject with the path of its place and the mandate that does the work."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from gongzhi.packs.schedule_contents import Schedule
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import SERVICE, in_force
from gongzhi.places.models import Place

# Who does what an organization owes, where its posts do not say: whoever leads it.
_LEADING = ("secretary", "patch_lead", "supervisor", "mediator", "department")


@dataclass(frozen=True, slots=True)
class Bound:
    """One subject of a rule: since when, where, and who holds the post today."""

    reference: str
    path: str
    since: dt.date
    holder: int | None


def bound_by(rule: Schedule, on: dt.date) -> Iterator[Bound]:
    """Every subject of a rule that recurs."""
    if rule.per == "holder":
        yield from _holders(rule, on)
    elif rule.per == "organization":
        yield from _organizations(rule, on)
    elif rule.per == "place":
        yield from _places(rule, on)


def _mandates(on: dt.date) -> list[Mandate]:
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), substitute_for__isnull=True)
    rows = rows.filter(person__kind="person").exclude(post__code__startswith=SERVICE)
    return list(rows.select_related("post__place").order_by("id"))


def _titled(rule: Schedule, mandate: Mandate) -> bool:
    return not rule.titles or any(word in mandate.post.title for word in rule.titles)


def _holders(rule: Schedule, on: dt.date) -> Iterator[Bound]:
    for mandate in _mandates(on):
        if mandate.post.role in rule.roles and _titled(rule, mandate):
            yield Bound(f"mandate:{mandate.pk}", mandate.post.place.path, mandate.valid_from, mandate.pk)


def _organizations(rule: Schedule, on: dt.date) -> Iterator[Bound]:
    bodies = Organization.objects.filter(in_force(on), kind__in=rule.organizations, place__isnull=False)
    leading = rule.roles or _LEADING
    leaders: dict[int, list[Mandate]] = {}
    for mandate in _mandates(on):
        if mandate.post.organization_id and (_titled(rule, mandate) and mandate.post.role in leading):
            leaders.setdefault(mandate.post.organization_id, []).append(mandate)
    for body in bodies.select_related("place").order_by("id"):
        led = sorted(leaders.get(body.pk, []), key=lambda one: leading.index(one.post.role))
        place = body.place
        assert place is not None  # noqa: S101 - the filter above
        yield Bound(f"organization:{body.pk}", place.path, body.valid_from, led[0].pk if led else None)


def _places(rule: Schedule, on: dt.date) -> Iterator[Bound]:
    places = Place.objects.current().filter(level=rule.level).defer("polygon").order_by("path")
    working = [mandate for mandate in _mandates(on) if mandate.post.role in rule.roles and _titled(rule, mandate)]
    for place in places:
        yield Bound(
            f"place:{place.code}",
            place.path,
            place.valid_from or dt.date.min,
            _nearest(working, rule.roles, place.path),
        )


def _nearest(working: Sequence[Mandate], roles: Sequence[str], path: str) -> int | None:
    """Whoever's place is nearest above (or is) the path; of several, the role that the rule names first."""
    near = [mandate for mandate in working if path.startswith(mandate.post.place.path)]
    near.sort(key=lambda one: (-len(one.post.place.path), roles.index(one.post.role), one.pk))
    return near[0].pk if near else None


def holder_near(rule: Schedule, path: str, on: dt.date) -> int | None:
    """Who does what a rule asks at a place because something happened there: by the rule's roles."""
    working = [one for one in _mandates(on) if one.post.role in rule.roles and _titled(rule, one)]
    return _nearest(working, rule.roles, path)


def mandates_ending(first: dt.date, last: dt.date) -> Q:
    """Mandates with an end in sight, standing-in aside."""
    return Q(valid_to__range=(first, last), substitute_for__isnull=True, person__kind="person")
