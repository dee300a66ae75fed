"""Reads for rights: requests, what is held about a person, what a deletion leaves, why a case went where it went."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from gongzhi.audit.models import Access
from gongzhi.cases import words
from gongzhi.cases.models import OPEN, Case, CaseEvent, Reporter
from gongzhi.cases.queries import category_name, get_case_for, visible_to
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.registry import holdings
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people.queries.membership import memberships_of
from gongzhi.privacy import queries
from gongzhi.privacy.rules import RIGHTS

_NOT_FOUND = N_("没有这件请求，或者不归您看。")
_LONGEST_LIST = 500


def of_channel(actor: Actor, channel: str) -> QuerySet[Case]:
    """Cases of one of this room's channels within the actor's reach, newest first."""
    rows = visible_to(actor).filter(channel=channel).select_related("key", "unit", "place", "grid")
    return rows.order_by("-id")


def get_request_for(actor: Actor, number: str, channel: str = "rights") -> Case:
    """Raises NotFound for another channel's case as for an unknown one."""
    case = get_case_for(actor, number)
    if case.channel != channel:
        raise NotFound("no_request", _NOT_FOUND)
    return case


def get_own_request(actor: Actor, number: str, channel: str = "rights") -> Case:
    """The actor's own request; nobody else's, whatever their post."""
    case = get_request_for(actor, number, channel)
    if actor.person_id is None or requester_of(case) != actor.person_id:
        raise NotFound("no_request", _NOT_FOUND)
    return case


def requester_of(case: Case) -> uuid.UUID | None:
    return Reporter.objects.filter(case=case).values_list("person_id", flat=True).first()


def answers_of(case: Case) -> dict[str, str]:
    """The answers to the channel's form by code; empty once the words were destroyed."""
    kept = words.open_words(case.key, case.words).get("answers", ())
    return {one["code"]: one["value"] for one in kept}


def text_of(case: Case) -> str:
    return str(words.open_words(case.key, case.words).get("text", ""))


def right_of(case: Case) -> str:
    return answers_of(case).get("right", "")


def right_word(case: Case) -> str:
    return RIGHTS.get(right_of(case), "")


def steps_of(case: Case) -> list[tuple[CaseEvent, str]]:
    """The steps written down, oldest first, with their words."""
    events = CaseEvent.objects.filter(case=case, move="step").order_by("id")
    return [(event, words.open_part(case.key, "note", event.note) or "") for event in events]


def has_step(case: Case, step: str) -> bool:
    return CaseEvent.objects.filter(case=case, move="step", facts__step=step).exists()


def everything_about(person_id: uuid.UUID) -> dict[str, Any]:
    """What every room holds about one person, room by room, in clear, and why their cases went where they went."""
    found = {holding.room.removeprefix("zz-"): holding.export_for(person_id) for holding in holdings()}
    return {**found, "decisions": explanations(person_id)}


@dataclass(frozen=True, slots=True)
class Staying:
    """One thing that a deletion leaves, with the reason."""

    code: str
    title: str
    why: str


def what_stays(person_id: uuid.UUID) -> list[Staying]:
    """What the law or the purpose keeps after a deletion, from the register and from what is still open."""
    stays = [Staying(row.code, row.title, row.stays) for row in queries.current() if row.stays]
    still = open_cases(person_id)
    if still:
        why = N_("还有 {n} 件没办完，留到办完为止（目的还没有实现）。").format(n=still)
        stays.append(Staying("open_cases", N_("没办完的事"), why))
    return stays


def open_cases(person_id: uuid.UUID) -> int:
    return Case.objects.filter(reporters__person_id=person_id, status__in=OPEN).exclude(channel="rights").count()


def explanations(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """For each case of the person: what the system suggested, by which words, who decided, by which clause (24)."""
    mine = Case.objects.filter(reporters__person_id=person_id).select_related("key", "unit").order_by("-id")
    return [explanation_of(case) for case in mine[:_LONGEST_LIST]]


def explanation_of(case: Case) -> dict[str, Any]:
    text = text_of(case)
    guesses = packs.guess_category(text, 1) if text else []
    suggested = guesses[0] if guesses else None
    return {
        "number": case.number,
        "category": category_name(case.category),
        "decided_by": case.category_source,
        "suggested": suggested.category.name if suggested else "",
        "because_of": sorted(suggested.words) if suggested else [],
        "unit": case.unit.name if case.unit else "",
        "rule": case.routing.get("code", ""),
        "clause": case.routing.get("clause", ""),
        "pack": case.routing.get("pack", ""),
    }


def readings_of(actor: Actor, *, machine: bool = True) -> QuerySet[Access]:
    """Every reading of the actor's own values and of the cases they raised, newest first.

    Without `machine` only what people and programs of others read, not what the system took to send a message.
    """
    if actor.person_id is None:
        return Access.objects.none()
    person = f"person:{actor.person_id}"
    numbers = Reporter.objects.filter(person_id=actor.person_id).order_by("-id")
    subjects = [person, *(f"case:{number}" for number in numbers.values_list("case__number", flat=True)[:200])]
    subjects += [f"membership:{row.pk}" for row in memberships_of(actor.person_id)]
    about = Q(pk__in=[])
    for subject in subjects:
        about |= Q(subjects__contains=[subject])
    found = Access.objects.filter(about).exclude(actor=person).order_by("-id")
    return found if machine else found.exclude(actor__startswith="system:")


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """A nested answer as lines (where, what), for a page, a paper or a sheet."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from flat(inner, f"{path} › {name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value, 1):
            yield from flat(inner, f"{path} {n}")
    elif value not in (None, "", b""):
        shown = value.isoformat(timespec="minutes") if isinstance(value, dt.datetime) else str(value)
        yield path, shown
