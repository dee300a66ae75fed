"""One case with several demands becomes several. The first one stays as it is: nothing is ever cancelled by a split."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import link
from gongzhi.cases import timing, words
from gongzhi.cases.actions.moving import begin, finish
from gongzhi.cases.actions.reporting import Contact, report_case
from gongzhi.cases.models import Case, Clock, Reporter
from gongzhi.cases.rules import Where
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people import vault

MOST = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One demand taken out of a case, in the words of whoever splits."""

    text: str
    category: str = ""


@transaction.atomic
def split_case(*, by: Actor, at: dt.datetime, number: str, parts: Sequence[Part]) -> list[str]:
    """分开办: a case of its own for each part, for the same reporters, from the same day; returns their numbers.

    Raises Refused `no_parts`, `merge_confidential`, and what `report_case` raises.
    """
    case = begin(by=by, number=number, move="split")
    if not 1 <= len(parts) <= MOST:
        raise Refused("no_parts", N_("请写出要分出去的事，一件一条，最多 {most} 件。"), most=MOST, field="text_1")
    if case.privacy in PRIVATE:
        raise Refused("split_confidential", N_("保密的事不在这里分。请和反映人商量，分别再报。"))
    made = [_part(case, part, by=by, at=at) for part in parts]
    finish(case, by=by, at=at, move="split", facts={"parts": [one.number for one in made]})
    return [one.number for one in made]


def _part(case: Case, part: Part, *, by: Actor, at: dt.datetime) -> Case:
    where = Where(
        path=case.path,
        found=case.location,
        place_id=case.place_id,
        grid_id=case.grid_id,
        longitude=case.longitude,
        latitude=case.latitude,
    )
    answer = report_case(
        by=by,
        at=at,
        text=part.text,
        where=where,
        channel=_channel(case),
        category=part.category,
        on_behalf_of=Contact(),
        about_unit_id=case.about_unit_id,
    )
    made = Case.objects.select_for_update(of=("self",)).select_related("key").get(number=answer["number"])
    _for_the_same_people(case, made)
    _from_the_same_day(case, made)
    link(by=by, at=at, source=made.reference, relation="split_from", target=case.reference)
    return made


def _channel(case: Case) -> str:
    """The way the first one came, where that asks no form of its own; else the ordinary one."""
    channel = packs.active_model().channel(case.channel)
    plain = channel is not None and channel.anonymous and not channel.form and channel.entered_by != "import"
    return case.channel if plain else "web"


def _for_the_same_people(case: Case, made: Case) -> None:
    """The reporters, their contacts sealed anew under the new case's key."""
    made.reporters.all().delete()
    key = vault.open_key(made.key)
    for reporter in case.reporters.order_by("id"):
        contact = words.open_part(case.key, "contact", reporter.contact)
        Reporter.objects.create(
            case=made,
            person_id=reporter.person_id,
            helper_id=reporter.helper_id,
            assisted=reporter.assisted,
            contact=words.seal_part(key, made.key_id, "contact", contact) if contact else None,
            phone_index=reporter.phone_index,
            reported_at=reporter.reported_at,
            erased=reporter.erased,
        )


def _from_the_same_day(case: Case, made: Case) -> None:
    """The promise runs from the day on which the resident spoke, not from the day of the split."""
    for clock in Clock.objects.filter(case=made, met_at__isnull=True):
        planned = timing.plan_for(made.priority, clock.kind, case.received_at)
        clock.started_at, clock.due_at, clock.certain = planned.started_at, planned.due_at, planned.certain
        clock.save(update_fields=["started_at", "due_at", "certain"])
        if clock.kind == "resolve":
            made.due_at, made.due_certain = planned.due_at, planned.certain
    made.received_at, made.occasion = case.received_at, case.occasion
    timing.refresh_next_clock(made)
    made.save()
