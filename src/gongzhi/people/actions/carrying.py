"""Posts and bodies go along when a place goes up in another; mandates and rosters stay with their posts."""

import datetime as dt

from django.db.models import Q

from gongzhi.common.clock import local_date
from gongzhi.common.registry import Carried
from gongzhi.people.models import Mandate, Organization, Post
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
    found = {"posts": posts, "organizations": bodies}
    return Carried(_counts(found), {word: kept for word, kept in found.items() if kept})


def _counts(found: dict[str, dict[str, list[int]]]) -> dict[str, int]:
    counts = {word: sum(map(len, kept.values())) for word, kept in found.items()}
    rows = Mandate.objects.filter(post__in=[pk for ids in found["posts"].values() for pk in ids])
    holding = rows.filter(valid_to__isnull=True)
    counts["mandates"] = holding.count()
    counts["shifts"] = sum(len(roster) for roster in holding.values_list("roster", flat=True))
    return {word: count for word, count in counts.items() if count}


def carry_posts_back(kept: dict[str, dict[str, list[int]]], moves: dict[str, str], gone: tuple[str, ...]) -> None:
    """A change of places is undone: the posts and bodies that went along go back."""
    for word, model in (("posts", Post), ("organizations", Organization)):
        for place, ids in kept.get(word, {}).items():
            model.objects.filter(pk__in=ids).update(place=int(place))
