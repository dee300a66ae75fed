"""专项整治 in numbers: what there was, what is closed, what was looked at again, what came back; each with rows."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value

from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.queries.desk import under, worked_by
from gongzhi.cases.rules.campaigning import CLOSED
from gongzhi.common.access import Actor
from gongzhi.common.clock import ends, starts
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.model_campaigns import Campaign

SHOWS = ("all", "open", "closed", "recheck", "rechecked", "relapsed", "unplaced")


def get_campaign(code: str) -> Campaign:
    campaign = packs.active_model().campaign(code)
    if campaign is None:
        raise NotFound("unknown_campaign", N_("没有这个专项。请从列表里选。"))
    return campaign


def campaign_of(case: Case) -> Campaign | None:
    kind, _, code = case.occasion.partition(":")
    return packs.active_model().campaign(code) if kind == "campaign" else None


def _days(campaign: Campaign) -> Q:
    return Q(received_at__gte=starts(campaign.first_day), received_at__lt=ends(campaign.last_day))


def may_join(actor: Actor, campaign: Campaign) -> QuerySet[Case]:
    """What is not yet counted into anything, of the campaign's kinds and days, in the actor's places."""
    cases = worked_by(actor).filter(under(actor, "cases.verify"), _days(campaign))
    return cases.filter(category__in=campaign.categories, occasion="")


def counted(actor: Actor, campaign: Campaign) -> QuerySet[Any]:
    """The campaign's cases that the actor may know of, each with `relapsed` and `stands` (null: not looked again)."""
    until = ExpressionWrapper(
        OuterRef("closed_at") + Value(dt.timedelta(days=campaign.relapse_days)), output_field=DateTimeField()
    )
    again = Case.objects.filter(
        category=OuterRef("category"),
        place=OuterRef("place"),
        received_at__gt=OuterRef("closed_at"),
        received_at__lte=until,
    ).exclude(pk=OuterRef("pk"))
    looked = CaseEvent.objects.filter(case=OuterRef("pk"), move="recheck").order_by("-id")
    cases = worked_by(actor).filter(occasion=campaign.occasion)
    return cases.annotate(relapsed=Exists(again), stands=Subquery(looked.values("facts__stands")[:1]))


def shown(cases: QuerySet[Any], campaign: Campaign, show: str, at: dt.datetime) -> QuerySet[Any]:
    """The rows behind one figure."""
    due = at - dt.timedelta(days=campaign.recheck_days)
    closed = Q(status__in=CLOSED, closed_at__isnull=False)
    asked = {
        "open": ~closed,
        "closed": closed,
        "recheck": closed & Q(closed_at__lte=due, stands__isnull=True),
        "rechecked": Q(stands__isnull=False),
        "relapsed": closed & Q(place__isnull=False, relapsed=True),
        "unplaced": closed & Q(place__isnull=True),
    }
    return cases.filter(asked[show]) if show in asked else cases


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of the campaign's table. Relapse: `relapsed` out of `placed`, closed cases whose place is known.

    `unplaced` are the closed ones that nobody can tell about: they stand beside the rate, not in it.
    """

    code: str
    name: str
    baseline: int = 0
    open: int = 0
    closed: int = 0
    placed: int = 0
    unplaced: int = 0
    due: int = 0
    rechecked: int = 0
    stands: int = 0
    relapsed: int = 0

    @property
    def relapse_rate(self) -> Fraction | None:
        return Fraction(self.relapsed, self.placed) if self.placed else None

    @property
    def percent(self) -> str:
        """With two decimals, or "" where nothing was closed."""
        rate = self.relapse_rate
        return f"{float(rate * 100):.2f}" if rate is not None else ""


def tallies(actor: Actor, campaign: Campaign, at: dt.datetime) -> list[Tally]:
    """One line a kind and the sum first: one statement."""
    due = at - dt.timedelta(days=campaign.recheck_days)
    rows = counted(actor, campaign).values_list("category", "status", "closed_at", "place_id", "stands", "relapsed")
    lines: dict[str, dict[str, int]] = {}
    kind_of = {category: kind.code for kind in campaign.kinds for category in kind.categories}
    for category, status, closed_at, place_id, stands, relapsed in rows:
        closed = status in CLOSED and closed_at is not None
        marks = {
            "baseline": True,
            "open": not closed,
            "closed": closed,
            "placed": closed and place_id is not None,
            "unplaced": closed and place_id is None,
            "due": closed and stands is None and closed_at <= due,
            "rechecked": stands is not None,
            "stands": stands is True,
            "relapsed": closed and place_id is not None and relapsed,
        }
        for code in ("", kind_of.get(category, "")) if kind_of.get(category) else ("",):
            line = lines.setdefault(code, dict.fromkeys(marks, 0))
            for name, mark in marks.items():
                line[name] += bool(mark)
    names = [("", ""), *((kind.code, kind.name) for kind in campaign.kinds)]
    return [Tally(code, name, **lines.get(code, {})) for code, name in names]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many cases of a campaign there are at a place and in it, and how many of them are closed; nothing else."""

    baseline: int
    closed: int


def sum_at(campaign: Campaign, path: str) -> Sum:
    """For everybody: two numbers, no case. One statement."""
    closed = Q(status__in=CLOSED, closed_at__isnull=False)
    rows = Case.objects.filter(occasion=campaign.occasion, path__startswith=path)
    found = rows.aggregate(all=Count("pk"), closed=Count("pk", filter=closed))
    return Sum(found["all"], found["closed"])
