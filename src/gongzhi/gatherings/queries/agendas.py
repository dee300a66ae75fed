"""What should stand on an agenda: last time's tasks, residents' topics, what is hot, hard and important."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gongzhi.cases.models import OPEN as OPEN_CASES
from gongzhi.cases.models import Case
from gongzhi.cases.queries import reading, triage
from gongzhi.cases.queries.listing import Filters, filtered
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.text import N_
from gongzhi.gatherings.models import Gathering, Outcome, Topic
from gongzhi.gatherings.queries import kind_of
from gongzhi.gatherings.registry import offered

MOST, EACH, LONGEST = 200, 10, 120
WHY = {
    "follow_up": N_("上次会议交办的"),
    "topics": N_("居民提的，已经审定"),
    "hot": N_("热点：反映的人多"),
    "hard": N_("难点：久拖、返工或有争议"),
    "key": N_("重点：紧急或牵涉面大"),
    "agreements": N_("协议里还没做完的"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A matter that should stand on the agenda: its words, where it comes from, why, the cases behind it."""

    title: str
    source: str
    why: str
    kind: str = "matter"
    rows: list[str] = field(default_factory=list)


def agenda_offers(actor: Actor, gathering: Gathering, at: dt.datetime) -> list[Offer]:
    """What the kind puts on the agenda by itself and is not there yet; matters only, in the pack's order."""
    there = set(gathering.items.values_list("source", flat=True))
    found: dict[str, Offer] = {}
    for way in kind_of(gathering).agenda:
        for offer in _OFFERS[way](actor, gathering, at):
            found.setdefault(offer.source, offer)
    return [offer for source, offer in found.items() if source not in there]


def first_of_each(offers: Sequence[Offer]) -> list[Offer]:
    """As many of every sort as one meeting gets through."""
    taken = {offer.source: sum(one.why == offer.why for one in offers[:n]) for n, offer in enumerate(offers)}
    return [offer for offer in offers if taken[offer.source] < EACH]


def _follow_up(actor: Actor, gathering: Gathering, at: dt.datetime) -> Iterable[Offer]:
    """Tasks of earlier meetings of the series that are not finished."""
    if gathering.series_id is None:
        return
    earlier = Outcome.objects.filter(item__gathering__series=gathering.series_id).exclude(item__gathering=gathering)
    words = {row.target: f"{row.item.title}：{row.item.words}" for row in earlier.select_related("item")}
    numbers = [target.partition(":")[2] for target in words]
    rows = Case.objects.filter(number__in=numbers, status__in=OPEN_CASES).order_by("due_at", "id")
    for case in rows[:MOST]:
        yield Offer(line(words[case.reference]), case.reference, "follow_up", "follow_up", [case.number])


def _topics(actor: Actor, gathering: Gathering, at: dt.datetime) -> Iterable[Offer]:
    """Topics of the body that its chair took and that stand on no agenda yet."""
    rows = Topic.objects.filter(organization=gathering.organization_id, status="taken", item__isnull=True)
    for topic in rows.order_by("answered_at", "id")[:MOST]:
        yield Offer(topic.title, topic.reference, "topics", rows=topic.rows)


def _hot(actor: Actor, gathering: Gathering, at: dt.datetime) -> Iterable[Offer]:
    last, _ = triage.month_of(local_date(at).replace(day=1) - dt.timedelta(days=1))
    for month in (last, local_date(at)):
        yield from hot_offers(actor, month, at)


def hot_offers(actor: Actor, month: dt.date, at: dt.datetime) -> Iterable[Offer]:
    """Matters of a month that many people reported, with the cases that were counted."""
    for topic in triage.hot_topics(actor, month, at):
        words = f"{topic.place} {reading.category_name(topic.category)}：{month:%m} 月 {topic.reporters} 人反映".strip()
        source = f"hot:{month:%Y-%m}/{topic.category}{topic.rows.place}"[:80]
        yield Offer(line(words), source, "hot", rows=_numbers(actor, topic.rows, at))


def _numbers(actor: Actor, rows: Filters, at: dt.datetime) -> list[str]:
    return list(filtered(actor, rows, at).order_by("received_at", "id").values_list("number", flat=True)[:MOST])


def _hard(actor: Actor, gathering: Gathering, at: dt.datetime) -> Iterable[Offer]:
    yield from _flagged(triage.hard_cases(actor, at), "hard")


def _key(actor: Actor, gathering: Gathering, at: dt.datetime) -> Iterable[Offer]:
    yield from _flagged(triage.important_cases(actor, at), "key")


def _agreements(actor: Actor, gathering: Gathering, at: dt.datetime) -> Iterable[Offer]:
    """Lines of agreements at the place that are not done; the room above says which."""
    for one in offered("agreements", actor, gathering.path, gathering.organization_id)[:MOST]:
        yield Offer(line(one.title), one.source, "agreements")


def _flagged(rows: Sequence[triage.Flagged], why: str) -> Iterable[Offer]:
    """What it is about, where, and its number: never the resident's words, which are sealed."""
    for one in rows:
        yield Offer(line(f"{words_of(one.case)}（{one.case.number}）"), one.case.reference, why, rows=[one.case.number])


def words_of(case: Case) -> str:
    """What a case is about and where, without a word of who raised it."""
    where = case.place or case.grid
    return f"{reading.category_name(case.category)} {where.name if where else ''}".strip()


def line(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


_OFFERS = {
    "follow_up": _follow_up,
    "topics": _topics,
    "hot": _hot,
    "hard": _hard,
    "key": _key,
    "agreements": _agreements,
}
