"""The demo's committee election: the first round filled one of two seats, the second round is open. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.ballots import actions, electorates, rules
from gongzhi.ballots.models import Roll, Vote
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.registry import Entitlement
from gongzhi.people.actions.enrolling import enrol_people
from gongzhi.people.models import Organization, Person
from gongzhi.places.models import Place
from gongzhi.web.views.demo import demo_person

DAY = dt.timedelta(days=1)
VOTERS, CANDIDATES, SEATS = 30, 4, 2
# Places on the paper → how many papers: only the first is on more than half of the 24 that came.
FIRST_ROUND = {(1, 2): 6, (1, 3): 8, (2, 3): 4, (4,): 5, (): 1}


def elect(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """A roll published 50 days ago, a first round counted, another round that is being voted on."""
    by, other = (crew.actor(crew.over(spot.path, role)) for role in ("secretary", "supervisor"))
    body = _committee(by, spot)
    if body is None or body.place is None or by.person_id == other.person_id:
        return
    law = electorates.VILLAGE if body.kind == "villagers_committee" else electorates.RESIDENTS
    try:
        basis = electorates.basis_of(law, body.place.path, clock.local_date(now))
    except NotFound:
        return
    roll = _roll(crew, by, body.place, law, basis, now)
    first = _first_round(by, other, body, roll, now)
    closes = dt.datetime.combine(clock.local_date(now) + 3 * DAY, dt.time(18), clock.CHINA)
    second = actions.next_round(by=by, at=now - 20 * DAY, number=first.number, closes_at=closes)
    actions.open_vote(by=by, at=now - DAY, number=second.number)
    for position in range(1, 8):
        actions.hand_out_paper(by=other, at=now - DAY, number=second.number, position=position, origin="booth")


def _committee(by: Actor, spot: Place) -> Organization | None:
    kinds = ("villagers_committee", "residents_committee")
    near = Organization.objects.filter(kind__in=kinds, valid_to__isnull=True, place__isnull=False)
    held = by.paths_for(rules.HOLD)
    return next(
        (
            one
            for one in near.select_related("place").order_by("id")
            if one.place and spot.path.startswith(one.place.path) and any(one.place.path.startswith(p) for p in held)
        ),
        None,
    )


def _roll(crew: Crew, by: Actor, place: Place, law: str, basis: dict[str, Any], now: dt.datetime) -> Roll:
    known: list[Person] = list(dict.fromkeys(filter(None, [demo_person("resident", now), *crew.residents[:3]])))
    values = [{"name": f"演示选民{n:02d}"} for n in range(len(known) + 1, VOTERS + 1)]
    made, _sealed = enrol_people(by=by, at=now - 60 * DAY, values=values, is_demo=True)
    entries = [Entitlement((one.pk,), group=f"{n % 3 + 1}组") for n, one in enumerate([*known, *made])]
    village = law == electorates.VILLAGE
    roll = actions.freeze_roll(
        by=by,
        at=now - 55 * DAY,
        place=place,
        kind="voters" if village else "households",
        measures=("heads",),
        entries=entries,
        full_names=village,
        law=law,
        polls_on=clock.local_date(now - 25 * DAY),
        basis=basis,
    )
    return actions.publish_roll(by=by, at=now - 50 * DAY, number=roll.number)


def _first_round(by: Actor, other: Actor, body: Organization, roll: Roll, now: dt.datetime) -> Vote:
    opens = now - 25 * DAY
    about: dict[str, Any] = {"title": f"选举{body.name}委员（演示）", "seats": SEATS, "closes_at": opens + DAY / 2}
    vote = actions.draft_election(by=by, at=now - 40 * DAY, roll=roll, body=body, **about)
    number = vote.number
    for position in range(VOTERS, VOTERS - CANDIDATES, -1):
        actions.nominate(by=by, at=now - 39 * DAY, number=number, position=position, source="community")
    vote = actions.settle_candidates(by=by, at=now - 30 * DAY, number=number)
    actions.open_vote(by=by, at=opens, number=number)
    codes = [one["code"] for one in vote.options]
    papers = [tuple(codes[place - 1] for place in marks) for marks, n in FIRST_ROUND.items() for _ in range(n)]
    for position in range(1, len(papers) + 1):
        actions.hand_out_paper(by=other, at=opens, number=number, position=position, origin="booth")
    box = actions.add_box(by=by, at=opens, number=number, code="1 号箱", origin="booth")
    over = vote.closes_at + dt.timedelta(minutes=5)
    actions.close_vote(by=by, at=over, number=number)
    sums = {"printed": VOTERS, "issued": len(papers), "unused": VOTERS - len(papers), "spoiled": 0}
    for teller in (by, other):
        entered = {"numbers": {**sums, "returned": len(papers)}, "papers": list(enumerate(papers, 1))}
        actions.enter_box(by=teller, at=over, number=number, box_id=box.pk, **entered)  # type: ignore[arg-type]  # above
    return actions.count_vote(by=by, at=over, number=number)
