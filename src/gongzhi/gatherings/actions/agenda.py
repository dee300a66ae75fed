"""The agenda: items written by hand, items that come by themselves, items taken off."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_, tidy
from gongzhi.gatherings.actions.steps import locked
from gongzhi.gatherings.matters import check_matter
from gongzhi.gatherings.models import AgendaItem, Gathering, Topic
from gongzhi.gatherings.queries import agendas

KINDS = {"matter": N_("议题"), "motion": N_("要表决的"), "report": N_("听取汇报")}
MOST_ITEMS, LONGEST = 60, 120


@transaction.atomic
def add_item(*, by: Actor, at: dt.datetime, number: str, kind: str, title: str, matter: str = "") -> AgendaItem:
    """An item written by hand; a motion says what kind of matter it is.

    Raises Refused `bad_item_kind`, `missing_title`, `agenda_full`, `matter_missing`, `bad_matter`, and
    `reserved_matter` where a law has another body decide it.
    """
    row = locked(by, number, "agenda")
    if kind not in KINDS:
        raise Refused("bad_item_kind", N_("请选这一项是什么。"), field="kind")
    words = " ".join(tidy(title).split())[:LONGEST]
    if not words:
        raise Refused("missing_title", N_("请写议什么。"), field="title")
    if kind != "motion":
        return _put(row, kind, agendas.Offer(words, "", "", kind), by, at)
    check_matter(matter, row.organization, row.path, local_date(at))
    return _put(row, kind, agendas.Offer(words, "", "", kind), by, at, matter)


@transaction.atomic
def add_offers(*, by: Actor, at: dt.datetime, number: str, sources: list[str]) -> list[AgendaItem]:
    """Items that come by themselves, those chosen by their sources; frozen once the notice went out.

    Raises Refused `nothing_chosen`, Conflict `wrong_step`.
    """
    row = locked(by, number, "compose")
    offers = {offer.source: offer for offer in agendas.agenda_offers(by, row, at)}
    chosen = [offers[source] for source in dict.fromkeys(sources) if source in offers]
    if not chosen:
        raise Refused("nothing_chosen", N_("还没选，或者选的已经在议程上了。请刷新再选。"))
    return _put_all(row, chosen, by, at)


def fill_agenda(row: Gathering, by: Actor, at: dt.datetime) -> None:
    """The agenda makes itself when a gathering is called: what its kind asks for, of each sort the first few."""
    _put_all(row, agendas.first_of_each(agendas.agenda_offers(by, row, at)), by, at)


def _put_all(row: Gathering, offers: list[agendas.Offer], by: Actor, at: dt.datetime) -> list[AgendaItem]:
    made = [_put(row, offer.kind, offer, by, at) for offer in offers]
    for item in made:
        link(by=by, at=at, source=row.reference, relation="deliberates", target=item.source)
        if item.source.startswith("topic:"):
            Topic.objects.filter(number=item.source.removeprefix("topic:")).update(item=item)
    return made


def _put(
    row: Gathering, kind: str, offer: agendas.Offer, by: Actor, at: dt.datetime, matter: str = ""
) -> AgendaItem:
    last = row.items.aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_ITEMS:
        raise Refused("agenda_full", N_("一次会最多 {most} 项。请分两次开。"), most=MOST_ITEMS)
    values: dict[str, Any] = {"kind": kind, "matter": matter, "title": offer.title, "source": offer.source}
    values |= {"why": offer.why, "rows": offer.rows}
    item = AgendaItem.objects.create(gathering=row, position=last + 1, added_by=by.reference, added_at=at, **values)
    record(by=by, at=at, action="gatherings.add_item", subject=row.reference, changes={"position": item.position})
    return item


@transaction.atomic
def drop_item(*, by: Actor, at: dt.datetime, number: str, position: int) -> None:
    """Take an item off before the notice; afterwards nothing goes. Raises NotFound `no_item`, Conflict `wrong_step`."""
    row = locked(by, number, "compose")
    item = get_item(row, position)
    item.delete()
    record(by=by, at=at, action="gatherings.drop_item", subject=row.reference, changes={"position": position})


def get_item(row: Gathering, position: int) -> AgendaItem:
    """Raises NotFound `no_item`."""
    item = row.items.select_for_update().filter(position=position).first()
    if item is None:
        raise NotFound("no_item", N_("议程上没有这一项。请刷新再看。"))
    return item
