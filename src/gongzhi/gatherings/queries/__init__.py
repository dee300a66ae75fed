"""Reads: which gatherings somebody may see, who is there, how far a quorum is, what came of them."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from gongzhi.cases import queries as cases
from gongzhi.cases.models import Case
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.ids import readable_code
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_
from gongzhi.engines.procedure_course import first_day_after
from gongzhi.engines.procedure_terms import Period
from gongzhi.engines.thresholds import Standing
from gongzhi.gatherings import rules
from gongzhi.gatherings.models import AgendaItem, Attendance, Gathering, Outcome, Series
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.model_gatherings import GatheringKind, Platform
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force

MOST = 200
SHOWN = ("noticed", "open", "closed")


def kinds() -> tuple[GatheringKind, ...]:
    return packs.active_model().gatherings


def kind_of(gathering: Gathering) -> GatheringKind:
    """The kind as the model said it when the gathering was called."""
    pack = packs.pack_by_reference(gathering.pack)
    found = pack.gathering(gathering.kind) if isinstance(pack, ModelPack) else None
    return found or get_kind(gathering.kind)


def get_kind(code: str) -> GatheringKind:
    """Raises NotFound `unknown_gathering_kind`."""
    found = packs.active_model().gathering(code)
    if found is None:
        raise NotFound("unknown_gathering_kind", N_("没有这种会议。请从列表里选。"), field="kind")
    return found


def takes_several(gathering: Gathering) -> bool:
    """Whether members of other bodies may sit in it: the kind says so, or a procedure called it."""
    return kind_of(gathering).several or bool(gathering.terms)


def platforms(kind: str = "") -> tuple[Platform, ...]:
    """Named places for talking, those where gatherings of a kind are held."""
    return tuple(one for one in packs.active_model().platforms if not kind or kind in one.kinds)


def get_platform(kind: str, code: str) -> Platform:
    """Raises NotFound `unknown_platform`."""
    found = next((one for one in platforms(kind) if one.code == code), None)
    if found is None:
        raise NotFound("unknown_platform", N_("没有这个议事平台，或者这种会不在那里开。"), field="platform")
    return found


def role_names(codes: Iterable[str]) -> list[str]:
    names = {role.code: role.name for role in packs.active_model().roles}
    return [names.get(code, code) for code in codes]


def bodies_for(actor: Actor, kind: GatheringKind) -> QuerySet[Organization]:
    """Bodies of the kind's sorts in the places where the actor may call meetings."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.HOLD):
        reach |= Q(place__path__startswith=path)
    bodies = Organization.objects.filter(reach, valid_to__isnull=True).select_related("place")
    return bodies.filter(kind__in=kind.bodies) if kind.bodies else bodies


def visible_to(actor: Actor) -> QuerySet[Gathering]:
    """Those of one's places, those one is expected at, and the open ones once notice went out."""
    if actor.kind == "system":
        return Gathering.objects.all()
    reach = Q(public=True, status__in=SHOWN)
    for path in actor.paths_for(rules.READ):
        reach |= Q(path__startswith=path)
    if actor.person_id:
        mine = Attendance.objects.filter(person_id=actor.person_id).values("gathering_id")
        reach |= Q(pk__in=mine)
    return Gathering.objects.filter(reach)


def get_gathering_for(by: Actor, number: str, *, lock: bool = False) -> Gathering:
    """Raises NotFound `gathering_not_found`: none, and none that this actor may know of, are the same answer."""
    rows = visible_to(by).filter(number=number)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related("organization", "place", "venue", "series", "key").first()
    if found is None:
        raise NotFound("gathering_not_found", N_("没有找到这次会议。请核对编号。"))
    return found


def may_hold(actor: Actor, gathering: Gathering) -> bool:
    return allows(actor, rules.HOLD, path=gathering.path)


def upcoming(actor: Actor, now: dt.datetime, kind: str = "") -> list[Gathering]:
    """Those to come and those being held now, the next one first."""
    rows = _of(actor, kind).filter(status__in=("planned", "noticed", "open"))
    return list(rows.select_related("organization", "venue", "place").order_by("starts_at", "id")[:MOST])


def past(
    actor: Actor, before: tuple[dt.datetime, uuid.UUID] | None = None, size: int = 50, kind: str = ""
) -> list[Gathering]:
    """Those that were held or called off, the newest first; `before` is where the last page ended."""
    rows = _of(actor, kind).filter(status__in=("closed", "cancelled"))
    if before is not None:
        rows = rows.filter(Q(starts_at__lt=before[0]) | Q(starts_at=before[0], id__lt=before[1]))
    return list(rows.select_related("organization", "venue", "place").order_by("-starts_at", "-id")[:size])


def _of(actor: Actor, kind: str) -> QuerySet[Gathering]:
    return visible_to(actor).filter(kind=kind) if kind else visible_to(actor)


def held_counts(actor: Actor) -> list[tuple[str, str, int]]:
    """How many of each kind were held: code, name, count; in the pack's order, those of none left out."""
    rows = visible_to(actor).filter(status="closed").values_list("kind").annotate(n=Count("pk")).order_by()
    counts = dict(rows)
    return [(kind.code, kind.name, counts[kind.code]) for kind in kinds() if kind.code in counts]


def rows_behind(actor: Actor, gathering: Gathering) -> dict[int, list[str]]:
    """For each item, the cases behind it, those that the reader may open."""
    behind = dict(gathering.items.exclude(rows=[]).values_list("pk", "rows"))
    seen = set(numbers_seen(actor, [number for rows in behind.values() for number in rows]))
    return {item: [number for number in rows if number in seen] for item, rows in behind.items()}


def numbers_seen(actor: Actor, numbers: list[str]) -> list[str]:
    """Those of these cases that the reader may open."""
    found = cases.visible_to(actor).filter(number__in=numbers)
    return list(found.order_by("received_at", "id").values_list("number", flat=True))


def bodies_there(gathering: Gathering) -> list[tuple[str, str, int, int]]:
    """Which bodies were asked, as what, how many of each, how many came; the calling body is not repeated."""
    rows = gathering.attendances.exclude(body__isnull=True).exclude(body=gathering.organization_id)
    named = rows.exclude(capacity="chair").values("body__name", "capacity").order_by("capacity", "body__name")
    counted = named.annotate(n=Count("pk"), came=Count("pk", filter=Q(state="came")))
    return [(row["body__name"], rules.CAPACITIES[row["capacity"]], row["n"], row["came"]) for row in counted]


def series_of(actor: Actor) -> QuerySet[Series]:
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.HOLD):
        reach |= Q(place__path__startswith=path)
    return Series.objects.filter(reach, ended_at__isnull=True).select_related("organization", "venue").order_by("id")


@dataclass(frozen=True, slots=True)
class Presence:
    """Members due and come, observers come, who promised to, and how the quorum stands (None: none is asked for)."""

    due: int
    came: int
    observers: int
    quorum: Standing | None
    coming: int = 0

    @property
    def may_vote(self) -> bool:
        return self.quorum is None or self.quorum.met


def quorum_of(gathering: Gathering) -> rules.Quorum:
    """What the kind asks for, or the step of a procedure that it is held for."""
    kind = kind_of(gathering)
    if "quorum" in gathering.terms:
        return rules.Quorum(**gathering.terms["quorum"])
    return rules.Quorum(kind.quorum.share, kind.quorum.inclusive) if kind.quorum else rules.Quorum()


def notice_days(gathering: Gathering) -> int:
    days: int = gathering.terms.get("notice_days", kind_of(gathering).notice_days)
    return days


def earliest_start(gathering: Gathering, today: dt.date) -> dt.date:
    """The first day on which it may be held when notice goes out today; a procedure may count working days."""
    days = notice_days(gathering)
    if gathering.terms.get("notice_unit") == "working_days":
        return first_day_after(Period(days, "working_days"), today, packs.calendar())
    return rules.earliest_start(today, days)


def majority_of(kind: GatheringKind) -> rules.Quorum:
    return rules.Quorum(kind.majority.share, kind.majority.inclusive) if kind.majority else rules.Quorum()


def presence_at(gathering: Gathering) -> Presence:
    """One statement, whatever the size of the meeting."""
    rows = Attendance.objects.filter(gathering=gathering).values("capacity", "state").order_by()
    rows = rows.annotate(n=Count("pk"), coming=Count("pk", filter=Q(answer="coming")))
    counts = Counter({(row["capacity"], row["state"]): row["n"] for row in rows})
    voters = [(state, n) for (capacity, state), n in counts.items() if capacity in rules.VOTING]
    due = gathering.due or sum(n for _, n in voters)
    came = sum(n for state, n in voters if state == "came")
    stands = quorum_of(gathering).stands(due, came)
    coming = sum(row["coming"] for row in rows)
    return Presence(due, came, counts["observer", "came"], stands, coming)


def number_key() -> bytes:
    return load_keyring(settings.KEYS_DIR).derive("gathering-number")


def check_in_code(gathering: Gathering) -> str:
    """What is shown on the wall of the room: nothing to store, nothing to guess."""
    key = load_keyring(settings.KEYS_DIR).derive("gathering-check-in")
    return readable_code(key, str(gathering.pk), 6)


def members_due(gathering: Gathering, on: dt.date) -> dict[uuid.UUID, str]:
    """Who is expected by office: members of the body, one of them in the chair when a role of the kind has it."""
    chairs = kind_of(gathering).chairs
    held = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__organization=gathering.organization_id)
    rows = list(held.order_by("id").values_list("person_id", "post__role"))
    found = {person: "member" for person, _ in rows}
    chair = next((person for person, role in rows if role in chairs), None)
    return {**found, chair: "chair"} if chair else found


@dataclass(frozen=True, slots=True)
class Done:
    """An outcome as the minutes and the page show it."""

    item: AgendaItem
    case: Case | None
    unit: str
    due_at: dt.datetime | None


def outcomes_of(gathering: Gathering) -> list[Done]:
    rows = list(Outcome.objects.filter(item__gathering=gathering).select_related("item").order_by("id"))
    numbers = [row.target.partition(":")[2] for row in rows]
    made = {case.reference: case for case in Case.objects.filter(number__in=numbers).select_related("unit", "key")}
    return [
        Done(row.item, case, case.unit.name if case and case.unit else "", case.due_at if case else None)
        for row in rows
        for case in [made.get(row.target)]
    ]
