"""恳谈: what residents say at a meeting becomes a case there and then, and stands in its minutes."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import link, record
from gongzhi.cases.actions.gathering_in import Item, take_item
from gongzhi.cases.models import Case
from gongzhi.cases.queries import locate
from gongzhi.cases.rules.channels import occasion_of
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.gatherings.actions.steps import locked
from gongzhi.gatherings.models import AgendaItem, Outcome
from gongzhi.gatherings.queries import agendas
from gongzhi.packs import queries as packs


@transaction.atomic
def take_up(*, by: Actor, at: dt.datetime, number: str, item: Item) -> AgendaItem:
    """A resident's words at the meeting: a case for whoever answers such things, an item of the minutes without a name.

    Raises Forbidden (who calls the meeting must also be one who takes demands in), Refused `no_talks`, and what
    reporting raises.
    """
    row = locked(by, number, "decide")
    rule = packs.active_model().talks
    if rule is None:
        raise Refused("no_talks", N_("这个模式没有写谈心。请管理员在模式包里写上。"))
    case_number = take_item(
        by=by,
        at=at,
        channel=rule.channel,
        where=locate(place_code=row.place.code),
        occasion=occasion_of("gathering", row.number),
        item=item,
    )
    case = Case.objects.select_related("place", "grid").get(number=case_number)
    last = row.items.aggregate(last=Max("position"))["last"] or 0
    made = AgendaItem.objects.create(
        gathering=row,
        position=last + 1,
        kind="matter",
        title=agendas.line(f"{agendas.words_of(case)}（{case.number}）"),
        source=case.reference,
        rows=[case.number],
        added_by=by.reference,
        added_at=at,
        decision="case",
        decided_at=at,
    )
    Outcome.objects.create(item=made, target=case.reference, relation="raised", made_at=at)
    link(by=by, at=at, source=row.reference, relation="raised", target=case.reference)
    record(by=by, at=at, action="gatherings.take_up", subject=row.reference, changes={"case": case.number})
    return made
