"""Posts, bodies and charges go along when a place goes up in another; mandates and rosters stay with their posts."""

import datetime as dt

from django.db.models import Q, QuerySet

from gongzhi.common.clock import local_date
from gongzhi.common.registry import Carried
from gongzhi.people.models import Charge, Mandate, Organization, Post
from gongzhi.places.models import Place


def carry_posts(moves: dict[str, str], at: dt.datetime) -> Carried:
    """Those of places that ended go to the successor; a place that only moved keeps its own.

    Registered with `common.registry.register_carrier`.
    """
    ended = Place.objects.filter(path__in=moves, valid_to__isnull=False).order_by("pk")
    heirs = {place.path: place.pk for place in Place.objects.current().filter(path__in=moves.values())}
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=local_date(at))
    posts: dict[str, list[int]] = {}
    bodies: dict[str, list[int]] = {}
    for place in ended.defer("polygon"):
        if (heir := heirs.get(moves[place.path])) is None:
            continue
        for kept, model in ((posts, Post), (bodies, Organization)):
            rows = model.objects.filter(lasting, place=place)
            if ids := list(rows.values_list("pk", flat=True)):
                kept[str(place.pk)] = ids
                model.objects.filter(pk__in=ids).update(place=heir)
    found = {"posts": posts, "organizations": bodies, **_charges(ended, heirs, moves, local_date(at))}
    return Carried(_counts(found), {word: kept for word, kept in found.items() if kept})


def _charges(
    ended: QuerySet[Place], heirs: dict[str, int], moves: dict[str, str], on: dt.date
) -> dict[str, dict[str, list[int]]]:
    """Whoever answered for a place that ended answers for its successor, once; what is then their own anyway ends."""
    going: dict[str, list[int]] = {}
    over: dict[str, list[int]] = {}
    for charge in Charge.objects.filter(valid_to=None, place__in=ended).order_by("pk").select_related(
        "place", "organization", "mandate__post"
    ):
        if (heir := heirs.get(moves[charge.place.path])) is None:
            continue
        own = charge.organization.place_id if charge.organization else charge.mandate and charge.mandate.post.place_id
        same = Charge.objects.filter(organization=charge.organization, mandate=charge.mandate, valid_to=None)
        if own == heir or same.filter(place=heir).exists():
            over.setdefault(str(charge.place_id), []).append(charge.pk)
            Charge.objects.filter(pk=charge.pk).update(valid_to=max(on, charge.valid_from))
        else:
            going.setdefault(str(charge.place_id), []).append(charge.pk)
            Charge.objects.filter(pk=charge.pk).update(place=heir)
    return {"charges": going, "charges_over": over}


def _counts(found: dict[str, dict[str, list[int]]]) -> dict[str, int]:
    counts = {word: sum(map(len, kept.values())) for word, kept in found.items() if word != "charges_over"}
    rows = Mandate.objects.filter(post__in=[pk for ids in found["posts"].values() for pk in ids])
    holding = rows.filter(valid_to__isnull=True)
    counts["mandates"] = holding.count()
    counts["shifts"] = sum(len(roster) for roster in holding.values_list("roster", flat=True))
    return {word: count for word, count in counts.items() if count}


def carry_posts_back(kept: dict[str, dict[str, list[int]]], moves: dict[str, str], gone: tuple[str, ...]) -> None:
    """A change of places is undone: the posts, bodies and charges that went along go back."""
    for word, model in (("posts", Post), ("organizations", Organization), ("charges", Charge)):
        for place, ids in kept.get(word, {}).items():
            model._default_manager.filter(pk__in=ids).update(place=int(place))
    for ids in kept.get("charges_over", {}).values():
        Charge.objects.filter(pk__in=ids).update(valid_to=None)
