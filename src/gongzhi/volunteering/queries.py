"""Reads: numbers of the pack, activities to come, who comes, one's own record, what was done by kind."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from gongzhi.common.access import ANONYMOUS, Actor, allows
from gongzhi.common.clock import local_date, starts
from gongzhi.common.errors import NotFound
from gongzhi.common.ids import readable_code
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_
from gongzhi.exchange.models import Claim
from gongzhi.gatherings import queries as gatherings
from gongzhi.gatherings.models import Gathering
from gongzhi.gatherings.rules import HOLD, READ
from gongzhi.packs import queries as packs
from gongzhi.packs.model_gatherings import GatheringKind
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.publications.models import Tone
from gongzhi.publications.queries import JOINED, public
from gongzhi.publications.queries.public import Item
from gongzhi.volunteering import rules
from gongzhi.volunteering.models import Activity, BackEntry, Certificate, ServiceRecord, SignUp, Team, Volunteer

LAW = "cn.volunteering"
MOST = 100


def numbers(on: dt.date) -> rules.Numbers:
    law = packs.law(LAW, on)
    return rules.Numbers.of(law.params("age"), law.params("codes"), law.params("records"))


def badges(on: dt.date) -> dict[str, str]:
    return dict(packs.law(LAW, on).params("badges")["names"])


def services(on: dt.date, kind: str = "") -> dict[str, str]:
    """Booths that may stand at a kind of activity; all of them without one."""
    law = packs.law(LAW, on)
    names: dict[str, str] = law.params("services")["names"]
    if not kind:
        return dict(names)
    return {code: names[code] for code in law.params("activities")["booths"].get(kind, ())}


def kinds() -> tuple[GatheringKind, ...]:
    return tuple(one for one in gatherings.kinds() if one.hours)


def volunteer_of(person_id: uuid.UUID | None) -> Volunteer | None:
    return Volunteer.objects.filter(person=person_id, left_at__isnull=True).first() if person_id else None


def teams() -> QuerySet[Team]:
    here = Count("memberships", filter=Q(memberships__left_at__isnull=True))
    return Team.objects.select_related("organization").annotate(members=here).order_by("organization__name")


def bodies_for(actor: Actor) -> QuerySet[Organization]:
    """Bodies in the places where the actor may call people together."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(HOLD):
        reach |= Q(place__path__startswith=path)
    return Organization.objects.filter(reach, valid_to__isnull=True).select_related("place").order_by("name")


def upcoming(actor: Actor, at: dt.datetime) -> list[Activity]:
    """Activities that are not over, the next one first, with how many signed up."""
    rows = Activity.objects.filter(gathering__in=gatherings.visible_to(actor))
    rows = rows.filter(gathering__ends_at__gt=at).exclude(gathering__status__in=("cancelled", "closed"))
    taken = Count("signups", filter=Q(signups__cancelled_at__isnull=True))
    rows = rows.select_related("gathering__organization").annotate(taken=taken)
    return list(rows.order_by("gathering__starts_at", "pk")[:MOST])


def run_by(actor: Actor, at: dt.datetime) -> list[Activity]:
    """Those of the bodies that the actor holds a post in or calls together for, the newest first."""
    bodies = Mandate.objects.filter(in_force(local_date(at)), person=actor.person_id).values("post__organization")
    reach = Q(gathering__organization__in=bodies)
    for path in actor.paths_for(HOLD):
        reach |= Q(gathering__path__startswith=path)
    rows = Activity.objects.filter(reach).select_related("gathering__organization")
    return list(rows.order_by("-gathering__starts_at", "pk")[:MOST])


def get_activity(actor: Actor, number: str, *, lock: bool = False) -> Activity:
    """Raises NotFound `no_activity`."""
    rows = Activity.objects.select_for_update(of=("self",)) if lock else Activity.objects.all()
    rows = rows.filter(gathering__number=number)
    found = rows.select_related("gathering__organization", "gathering__place").first()
    if found is None or not (_seen(actor, found.gathering)):
        raise NotFound("no_activity", N_("没有这个志愿活动。请刷新再看。"))
    return found


def _seen(actor: Actor, gathering: Gathering) -> bool:
    return gatherings.visible_to(actor).filter(pk=gathering.pk).exists()


def may_run(actor: Actor, gathering: Gathering, on: dt.date) -> bool:
    """Who may call it, and who holds a post in its host body."""
    if allows(actor, HOLD, path=gathering.path):
        return True
    posts = Mandate.objects.filter(in_force(on), person=actor.person_id, post__organization=gathering.organization_id)
    return actor.person_id is not None and posts.exists()


def code_of(activity: Activity, what: str) -> str:
    """`start`, `end` or `helped`: nothing to store, nothing to guess."""
    key = load_keyring(settings.KEYS_DIR).derive(f"volunteering-{what}")
    return readable_code(key, str(activity.gathering_id), 6)


def planned(activity: Activity) -> rules.Span:
    return rules.Span(activity.gathering.starts_at, activity.gathering.ends_at)


def spans_of(person: Any) -> list[rules.Span]:
    rows = ServiceRecord.objects.filter(person=person, reversed_at__isnull=True)
    return [rules.Span(*one) for one in rows.values_list("starts_at", "ends_at")]


@dataclass(frozen=True, slots=True)
class Coming:
    """One row of the leader's day: the name as the leader may see it, and what was recorded."""

    signup: SignUp
    name: str
    service: str
    record: ServiceRecord | None
    waiting: bool


def coming_to(actor: Actor, activity: Activity, on: dt.date) -> list[Coming]:
    rows = list(activity.signups.filter(cancelled_at__isnull=True).order_by("at", "id"))
    names = vault.shown_to(actor, [one.person_id for one in rows])
    records = {one.person_id: one for one in activity.records.filter(reversed_at__isnull=True)}
    waiting = set(_waiting().filter(signup__activity=activity).values_list("signup", flat=True))
    booths = services(on)
    return [
        Coming(
            one,
            names.get(one.person_id, {}).get("name", ""),
            booths.get(one.service, ""),
            records.get(one.person_id),
            one.pk in waiting,
        )
        for one in rows
    ]


def _waiting() -> QuerySet[BackEntry]:
    return BackEntry.objects.filter(approved__isnull=True)


def waiting_for(actor: Actor) -> list[BackEntry]:
    """Back-entries of the actor's places that somebody else has to look at."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(HOLD):
        reach |= Q(path__startswith=path)
    rows = _waiting().filter(reach).exclude(entered_by=actor.person_id).exclude(person=actor.person_id)
    return list(rows.select_related("host", "signup__activity__gathering").order_by("entered_at", "id")[:MOST])


@dataclass(frozen=True, slots=True)
class Own:
    """One's own record, in the five parts of 志愿服务条例 19.

    `awards`: honours that were made public with one's name and consent. `thanks`: what people who were helped wrote.
    """

    volunteer: Volunteer | None
    teams: list[str]
    records: list[ServiceRecord]
    minutes: int
    trainings: list[ServiceRecord]
    awards: list[Item]
    thanks: list[tuple[dt.date, str]]
    hosts: list[Organization]
    certificates: list[Certificate]


def awards_of(person: uuid.UUID | None, on: dt.date) -> list[Item]:
    """Honours and praise that stand in public with this person's name; by their own consent."""
    if person is None:
        return []
    rows = public.running(on).filter(named=person, tone=Tone.POSITIVE).select_related(*JOINED)
    return public.items_of(list(rows.order_by("-released_at")[:MOST]), starts(on))


def thanks_of(person: uuid.UUID | None) -> list[tuple[dt.date, str]]:
    """What those whom the person helped wrote when it was done, the newest first; nobody's name is in it."""
    helped = Claim.objects.filter(person=person, need__isnull=False, state="done").exclude(need__thanks="")
    rows = helped.order_by("-asked_at").values_list("asked_at", "need__thanks")[:MOST]
    return [(local_date(at), words) for at, words in rows]


def own_record(actor: Actor, on: dt.date) -> Own:
    person = actor.person_id
    rows = ServiceRecord.objects.filter(person=person, reversed_at__isnull=True).order_by("-starts_at")
    found = list(rows.select_related("host", "activity__gathering"))
    training = packs.law(LAW, on).params("activities")["training"]
    volunteer = volunteer_of(person)
    names = volunteer.memberships.filter(left_at__isnull=True).values_list("team__organization__name", flat=True) \
        if volunteer else ()  # fmt: skip
    given = Certificate.objects.filter(person=person).select_related("host").order_by("-issued_at")
    return Own(
        volunteer,
        list(names),
        found,
        sum(one.minutes for one in found),
        [one for one in found if one.kind in training],
        awards_of(person, on),
        thanks_of(person),
        list({one.host_id: one.host for one in found}.values()),
        list(given),
    )


def minutes_for(person: Any, host: Any, first: dt.date, last: dt.date) -> int:
    rows = ServiceRecord.objects.filter(person=person, host=host, reversed_at__isnull=True)
    return sum(m for at, m in rows.values_list("starts_at", "minutes") if first <= local_date(at) <= last)


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody who was handed a certificate is told: a masked name, minutes, period, body, whether it holds."""

    certificate: Certificate
    name: str
    holds: bool


def verify(code: str) -> Verified | None:
    """None for a number that was never given out. It holds while the records behind it still carry its minutes."""
    found = Certificate.objects.select_related("host").filter(code=code.strip().upper()).first()
    if found is None:
        return None
    name = vault.shown_to(ANONYMOUS, [found.person_id]).get(found.person_id, {}).get("name", "")
    carried = minutes_for(found.person_id, found.host_id, found.first_on, found.last_on)
    return Verified(found, name, found.revoked_at is None and carried >= found.minutes)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done of one group of activities; fewer than five people are kept back."""

    name: str
    bodies: int
    sessions: int
    people: int | None
    minutes: int | None


def done_by_group(actor: Actor, on: dt.date) -> list[Done]:
    """Activities by group, counted as bodies, sessions, people and minutes; no person is named or ordered."""
    law = packs.law(LAW, on).params("activities")
    reach = Q(pk__in=[])
    for path in actor.paths_for(READ):
        reach |= Q(path__startswith=path)
    rows = ServiceRecord.objects.filter(reach, reversed_at__isnull=True)
    return [_done(name, rows, [k for k, of in law["kinds"].items() if of == group])
            for group, name in law["groups"].items()]  # fmt: skip


def _done(name: str, rows: QuerySet[ServiceRecord], codes: Iterable[str]) -> Done:
    found = rows.filter(kind__in=list(codes)).aggregate(
        bodies=Count("host", distinct=True),
        sessions=Count("activity", distinct=True),
        people=Count("person", distinct=True),
        minutes=Sum("minutes", default=0),
    )
    people = rules.shown_count(found["people"])
    minutes = found["minutes"] if people is not None else None
    return Done(name, found["bodies"], found["sessions"], people, minutes)


def holds(actor: Actor, gathering: Gathering) -> bool:
    """Whether the office of the place may call, enter afterwards and reverse here."""
    return allows(actor, HOLD, path=gathering.path)


def hours_words(minutes: int) -> str:
    """Minutes as people say them."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{m} 分钟").format(m=rest)
    return _("{h} 小时 {m} 分钟").format(h=hours, m=rest) if rest else _("{h} 小时").format(h=hours)
