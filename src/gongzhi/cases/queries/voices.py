"""What came through channels with an end of their own: talks, suggestions, letters, chats, the named services."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from gongzhi.audit.models import Link
from gongzhi.cases import words
from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.queries.desk import worked_by
from gongzhi.cases.queries.spans import day_span
from gongzhi.cases.rules.channels import occasion_of, weeks_of
from gongzhi.common.access import Actor
from gongzhi.packs import queries as packs
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.places.models import Place

HANDLED = ("verified", "confirmed", "closed", "closed_silent")
MOST = 400


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a count; `excluded` is in neither."""

    numerator: int
    denominator: int
    excluded: int = 0
    silent: int = 0

    @property
    def open(self) -> int:
        return self.denominator - self.numerator

    @property
    def percent(self) -> float | None:
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class TalkRow:
    """One place of the talks' level: the talks held in the weeks looked at, their items, how many leaders led none."""

    place: Place
    held: tuple[str, ...]
    items: int
    leaders: int
    idle: int


def talk_places(actor: Actor) -> list[Place]:
    """Places at which talks are due, where the actor reads cases."""
    rule = packs.active_model().talks
    if rule is None:
        return []
    reach = Q(pk__in=[])
    for path in actor.paths_for("cases.read"):
        reach |= Q(path__startswith=path)
    found = Place.objects.current().filter(reach, level=rule.level).order_by("path")
    return list(found.defer("polygon")[:MOST])


def talk_rows(actor: Actor, today: dt.date) -> list[TalkRow]:
    """谈心 of the weeks that count today, place by place; those without one first."""
    rule = packs.active_model().talks
    if rule is None:
        return []
    weeks = weeks_of(today, rule.every_weeks)
    places = talk_places(actor)
    wanted = {occasion_of("talk", place.code, week): place.code for place in places for week in weeks}
    links = Link.objects.filter(source__in=list(wanted), relation__in=("held_at", "led_by"))
    held: dict[str, set[str]] = {}
    led = set[str]()
    for source, relation, target in links.values_list("source", "relation", "target"):
        held.setdefault(wanted[source], set()).add(source)
        led |= {target} if relation == "led_by" else set()
    items = Case.objects.filter(occasion__in=list(wanted)).values_list("occasion").annotate(n=Count("pk")).order_by()
    counts = {wanted[occasion]: n for occasion, n in items}
    leaders = _leaders(places, rule.roles, today)
    rows = [
        TalkRow(
            place=place,
            held=tuple(sorted(held.get(place.code, ()))),
            items=counts.get(place.code, 0),
            leaders=len(leaders.get(place.pk, ())),
            idle=len(leaders.get(place.pk, set()) - led),
        )
        for place in places
    ]
    return sorted(rows, key=lambda row: bool(row.held))


def _leaders(places: Sequence[Place], roles: Sequence[str], today: dt.date) -> dict[int, set[str]]:
    """References of those who hold such a post over the place itself: one statement."""
    mandates = Mandate.objects.filter(
        in_force(today), in_force(today, "post__"), post__role__in=list(roles), post__place__in=places
    )
    found: dict[int, set[str]] = {}
    for place_id, person_id in mandates.values_list("post__place_id", "person_id"):
        found.setdefault(place_id, set()).add(f"person:{person_id}")
    return found


def from_talks(actor: Actor, since: dt.date | None = None, until: dt.date | None = None) -> QuerySet[Case]:
    cases = worked_by(actor).filter(occasion__startswith="talk:")
    if since:
        cases = cases.filter(received_at__gte=day_span(since)[0])
    return cases.filter(received_at__lt=day_span(until)[1]) if until else cases


def talk_share(cases: QuerySet[Case]) -> Share:
    """解决率 of what was raised in talks: handled to the end, out of all but what was referred elsewhere."""
    found: dict[str, int] = cases.aggregate(
        handled=Count("pk", filter=Q(status__in=HANDLED)),
        silent=Count("pk", filter=Q(status="closed_silent")),
        referred=Count("pk", filter=Q(status="referred")),
        whole=Count("pk"),
    )
    return Share(found["handled"], found["whole"] - found["referred"], found["referred"], found["silent"])


def settled_share(actor: Actor) -> tuple[Share, dict[str, int]]:
    """足不出院: what was settled where it was raised, out of all that was answered; and at which level."""
    cases = worked_by(actor)
    found = cases.aggregate(
        settled=Count("pk", filter=Q(outcome="settled", answered_at__isnull=False)),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
    )
    events = CaseEvent.objects.filter(move="settle", case__in=cases.filter(outcome="settled"))
    levels = events.values_list("facts__level").annotate(n=Count("case_id", distinct=True)).order_by()
    return Share(found["settled"], found["answered"]), {str(level or ""): n for level, n in levels}


def of_kind(actor: Actor, kind: str) -> QuerySet[Case]:
    """What came through channels of a kind and lies within the actor's reach, newest first."""
    codes = [channel.code for channel in packs.active_model().channels if channel.kind == kind]
    return worked_by(actor).filter(channel__in=codes).select_related("key", "place", "grid", "unit").order_by("-id")


def of_occasion(actor: Actor, occasion: str) -> list[Case]:
    """The cases of one talk or chat within the actor's reach, in their order."""
    cases = worked_by(actor).filter(occasion=occasion).select_related("key", "unit", "place", "grid")
    return list(cases.order_by("id"))


def adoption_share(actor: Actor) -> tuple[Share, dict[str, int]]:
    """采纳率: adopted, partly adopted or carried out, of all that were judged; and each outcome's count."""
    rows = of_kind(actor, "suggestion").order_by().values_list("outcome").annotate(n=Count("pk"))
    counts: dict[str, int] = dict(rows)
    waiting = counts.pop("", 0)
    good = {one.code for channel in packs.active_model().channels for one in channel.outcomes if one.accepted}
    numerator = sum(n for code, n in counts.items() if code in good)
    return Share(numerator, sum(counts.values()), waiting), counts


def published_replies(limit: int = 50) -> list[dict[str, Any]]:
    """Anonymised words of the secretaries' replies, which the writers agreed to: newest first."""
    events = CaseEvent.objects.filter(move="publish", public=True).select_related("case__key", "case__grid")
    found = []
    for event in events.order_by("-id")[:limit]:
        if text := words.open_part(event.case.key, "note", event.note):
            place = event.case.grid.name if event.case.grid else ""
            found.append({"at": event.at, "text": text, "place": place})
    return found
