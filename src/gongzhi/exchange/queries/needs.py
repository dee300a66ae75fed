"""Reads of needs: the wall that everybody sees, one's own, those to look at, one with what the reader may know."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.exchange import queries, rules, words
from gongzhi.exchange.models import Claim, Need, Offer, Wish
from gongzhi.packs import kinds
from gongzhi.packs.sharing_contents import NeedPack

PUBLIC = (Wish.OPEN, Wish.TAKEN, Wish.DONE)
HELPING = ("held", "running", "delivered")


def kind_of(need: Need) -> NeedPack:
    """The kind as it was when it was asked for."""
    return kinds.kind_by_reference(need.pack, NeedPack)


def wall(path: str = "", *, kind: str = "", category: str = "", done: bool = False) -> QuerySet[Need]:
    """What waits for somebody to help, or what was done; never who asked."""
    rows = Need.objects.filter(status=Wish.DONE if done else Wish.OPEN).select_related("place")
    rows = rows.filter(path__startswith=path) if path else rows
    rows = rows.filter(kind=kind) if kind else rows
    return rows.filter(category=category) if category else rows


def page_of_needs(rows: QuerySet[Need], cursor: str = "", limit: int = queries.PAGE) -> Page[Need]:
    """The newest first."""
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        rows = rows.filter(pk__lt=last if isinstance(last, int) else 0)
    return page_of(rows.order_by("-pk")[: limit + 1], limit, lambda row: (row.pk,))


def own(actor: Actor) -> QuerySet[Need]:
    """What one asked for, and what one filled in for others."""
    reach = Q(person=actor.person_id) | Q(helper=actor.person_id)
    return Need.objects.filter(reach).select_related("place")


def to_check(actor: Actor) -> QuerySet[Need]:
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.KEEP):
        reach |= Q(path__startswith=path)
    return Need.objects.filter(reach, status=Wish.ASKED).select_related("place")


def open_for(actor: Actor, most: int = 50) -> list[Need]:
    """Open wishes of the places that the actor keeps, the oldest first."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.KEEP):
        reach |= Q(path__startswith=path)
    return list(Need.objects.filter(reach, status=Wish.OPEN).select_related("place").order_by("pk")[:most])


@dataclass(frozen=True, slots=True)
class Micro:
    """One of the small things: how many were asked for or offered, how many came true or are in use."""

    code: str
    name: str
    asked: int
    done: int


def micro(path: str, on: dt.date) -> list[Micro]:
    """五微 under a place: wishes by their kind, offers by theirs; three statements."""
    need_of = {name: pack.micro for name, (pack, _reference) in queries.need_kinds(on).items() if pack.micro}
    offer_of = {name: pack.micro for name, (pack, _reference) in queries.offer_kinds(on).items() if pack.micro}
    rows = Need.objects.filter(path__startswith=path, kind__in=need_of).values("kind", "status").annotate(n=Count("pk"))
    given = Offer.objects.filter(path__startswith=path, kind__in=offer_of).values("kind", "standing")
    asked, done = Counter[str](), Counter[str]()
    for row in rows:
        asked[need_of[row["kind"]]] += row["n"]
        done[need_of[row["kind"]]] += row["n"] if row["status"] == Wish.DONE else 0
    for one in given.annotate(n=Count("pk")):
        asked[offer_of[one["kind"]]] += one["n"]
        done[offer_of[one["kind"]]] += one["n"] if one["standing"] == "open" else 0
    return [Micro(small.code, small.name, asked[small.code], done[small.code]) for small in queries.sharing(on).micro]


def get_need(number: str, *, lock: bool = False) -> Need:
    """Any need by its number; who may know what of it is asked next. Raises NotFound `need_not_found`."""
    rows = Need.objects.select_related("place", "key")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise NotFound("need_not_found", N_("没有这条，可能已经收回了。请回到列表看看。"))
    return found


def get_need_for(actor: Actor, number: str) -> Need:
    """A public one, one's own, one to look at. Raises NotFound `need_not_found`."""
    row = get_need(number)
    if row.status in PUBLIC or asks(actor, row) or may_keep(actor, row):
        return row
    raise NotFound("need_not_found", N_("没有这条，可能已经收回了。请回到列表看看。"))


def asks(actor: Actor, row: Need) -> bool:
    """Whether the actor asked, or filled it in for somebody."""
    return actor.person_id is not None and actor.person_id in (row.person_id, row.helper_id)


def may_keep(actor: Actor, row: Need) -> bool:
    return allows(actor, rules.KEEP, path=row.path)


def helps(actor: Actor, row: Need) -> Claim | None:
    """The actor's own claim on it that was agreed to: with it come name and address, not before."""
    if actor.person_id is None:
        return None
    return row.claims.filter(person=actor.person_id, state__in=HELPING).first()


def may_know(actor: Actor, row: Need) -> bool:
    """Whether name, telephone and door are for the actor; each reading is logged."""
    return asks(actor, row) or may_keep(actor, row) or helps(actor, row) is not None


def told(row: Need) -> Mapping[str, Any]:
    """The sealed words; the caller has asked `may_know` and logs the reading."""
    return words.opened(row)


def counted(path: str, first: dt.datetime, end: dt.datetime) -> dict[str, int]:
    """How many were asked for, opened, done under a place between two instants; by word."""
    rows = Need.objects.filter(path__startswith=path, asked_at__gte=first, asked_at__lt=end)
    states = list(rows.values_list("status", flat=True))
    return {"asked": len(states), "done": states.count(Wish.DONE), "open": states.count(Wish.OPEN)}
