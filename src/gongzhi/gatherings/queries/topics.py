"""Topics: which somebody may see, which body takes them, how far one is, what could become one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from gongzhi.cases.models import OPEN as OPEN_CASES
from gongzhi.cases.models import Case
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.gatherings import rules
from gongzhi.gatherings.models import Outcome, Topic, TopicSecond
from gongzhi.gatherings.queries import agendas, kinds
from gongzhi.packs.model_gatherings import GatheringKind
from gongzhi.people.models import Organization
from gongzhi.registers.queries.tenures import standing

RECENT = dt.timedelta(days=90)
MOST = 30


def taking() -> tuple[GatheringKind, ...]:
    """Kinds of gatherings to which residents may bring topics."""
    return tuple(kind for kind in kinds() if kind.seconds)


def wanted_by(body: Organization) -> int:
    """How many must join in; 0 where the body takes no topics."""
    return next((kind.seconds for kind in taking() if body.kind in kind.bodies), 0)


def bodies_for(actor: Actor, on: dt.date) -> QuerySet[Organization]:
    """Bodies that take topics: those around one's home, or all where no home is known."""
    codes = {code for kind in taking() for code in kind.bodies}
    bodies = Organization.objects.filter(kind__in=codes, valid_to__isnull=True, place__isnull=False)
    bodies = bodies.select_related("place").order_by("place__path", "id")
    homes = [one.path for one in standing(actor.person_id, "/", on)] if actor.person_id else []
    near = [body.pk for body in bodies if body.place and any(home.startswith(body.place.path) for home in homes)]
    return bodies.filter(pk__in=near) if near else bodies


def may_speak(actor: Actor, path: str, on: dt.date) -> bool:
    """Who proposes and joins at a place: a verified owner or resident of it, or a member of a body there."""
    if any(scope.path.startswith(path) for scope in actor.scopes):
        return True
    return actor.person_id is not None and bool(standing(actor.person_id, path, on))


def held_bodies(actor: Actor) -> QuerySet[Organization]:
    """Bodies that take topics where the actor calls meetings."""
    codes = {code for kind in taking() for code in kind.bodies}
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.HOLD):
        reach |= Q(place__path__startswith=path)
    return Organization.objects.filter(reach, kind__in=codes, valid_to__isnull=True).order_by("id")


def topics_for(actor: Actor) -> QuerySet[Topic]:
    """Signed-in people see what is open and what was taken, and their own; staff see all of their places."""
    reach = Q(pk__in=[])
    if actor.person_id:
        reach |= Q(status__in=("open", "taken")) | Q(proposer_id=actor.person_id)
    for path in actor.paths_for(rules.READ):
        reach |= Q(path__startswith=path)
    rows = Topic.objects.filter(reach).select_related("organization", "item__gathering", "key")
    return rows.annotate(joined=Count("seconds", distinct=True)).order_by("-proposed_at", "-id")


def get_topic_for(actor: Actor, number: str) -> Topic:
    """Raises NotFound `topic_not_found`."""
    found = topics_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("topic_not_found", N_("没有找到这个议题。请核对编号。"))
    return found


def joined(actor: Actor, topic: Topic) -> bool:
    if actor.person_id is None:
        return False
    return TopicSecond.objects.filter(topic=topic, person_id=actor.person_id).exists()


def way(topic: Topic) -> list[rules.Stage]:
    """征集 → … → 反馈, as far as it is."""
    item = topic.item
    if item is None:
        return rules.way_of(topic.status, "", False, 0, 0)
    targets = Outcome.objects.filter(item=item).values_list("target", flat=True)
    numbers = [target.partition(":")[2] for target in targets]
    left = Case.objects.filter(number__in=numbers, status__in=OPEN_CASES).count()
    return rules.way_of(topic.status, item.gathering.status, bool(item.decision), len(numbers), left)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could become a topic with one press: its words, its source, the cases behind it, how it came."""

    title: str
    source: str
    rows: list[str]
    way: str


def candidates(actor: Actor, at: dt.datetime) -> list[Candidate]:
    """Matters that came again and again this month and last, and what was said in talks and is still open."""
    last = local_date(at).replace(day=1) - dt.timedelta(days=1)
    hot = [one for month in (last, local_date(at)) for one in agendas.hot_offers(actor, month, at)]
    found = [Candidate(one.title, one.source, one.rows, "hot") for one in hot]
    said = filtered(actor, Filters(status="open"), at).filter(
        occasion__startswith="talk:", received_at__gte=at - RECENT
    )
    for case in said.select_related("place", "grid").order_by("-received_at")[:MOST]:
        title = agendas.line(f"{agendas.words_of(case)}（{case.number}）")
        found.append(Candidate(title, case.reference, [case.number], "talk"))
    return list(_new(found))


def _new(found: Iterable[Candidate]) -> Iterable[Candidate]:
    sources = [one.source for one in found]
    there = set(Topic.objects.filter(source__in=sources).values_list("source", flat=True))
    return (one for one in found if one.source not in there)
