"""How tests hold an election: a village's roll of so many voters, candidates, papers counted at a box."""

import datetime as dt
from collections.abc import Mapping, Sequence

from gongzhi.ballots import actions, electorates
from gongzhi.ballots.models import Roll, Vote
from gongzhi.common.clock import local_date
from gongzhi.common.registry import Entitlement
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people.actions.enrolling import enrol_people
from tests.cast import NOW, SETUP, World

DAY = dt.timedelta(days=1)
OPENS = NOW + 21 * DAY  # twenty whole days after the roll is published
CLOSES = OPENS + dt.timedelta(hours=9)
COUNTS = CLOSES + dt.timedelta(hours=1)


def load_laws() -> None:
    for name in ("cn.village-2026", "cn.residents-2026"):
        load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / f"laws/{name}.toml")


def voters_roll(world: World, count: int, *, law: str = electorates.VILLAGE, at: dt.datetime = NOW) -> Roll:
    """So many voters, the cast's resident and neighbour the first of them; published."""
    people, _sealed = enrol_people(by=SETUP, at=NOW, values=[{"name": f"选民{n}"} for n in range(2, count)])
    known = [world.people["resident"], world.people["neighbour"], *people][:count]
    entries = [Entitlement((one.pk,), group=f"{n % 3 + 1}组") for n, one in enumerate(known)]
    place, by = world.places["PC-1"], world.actor("secretary")
    roll = actions.freeze_roll(
        by=by, at=at, place=place, kind="voters" if law == electorates.VILLAGE else "households", measures=("heads",),
        entries=entries, full_names=True, law=law, basis=electorates.basis_of(law, place.path, local_date(at)),
    )  # fmt: skip
    return actions.publish_roll(by=by, at=at, number=roll.number)


def nominated(
    world: World,
    roll: Roll,
    candidates: int,
    *,
    seats: int = 1,
    method: str = "approval",
    closes_at: dt.datetime = CLOSES,
) -> Vote:
    """The list of candidates is settled: those with the first numbers of the roll."""
    by = world.actor("secretary")
    vote = actions.draft_election(
        by=by, at=NOW, roll=roll, body=world.units["committee-1"], title="选举村民委员会委员", seats=seats,
        method=method, closes_at=closes_at,
    )  # fmt: skip
    for position in range(1, candidates + 1):
        actions.nominate(by=by, at=NOW, number=vote.number, position=position, source="community")
    return actions.settle_candidates(by=by, at=NOW, number=vote.number)


def poll(
    world: World,
    vote: Vote,
    ballots: Mapping[Sequence[int], int],
    *,
    opens: dt.datetime = OPENS,
    lot: Sequence[str] = (),
) -> Vote:
    """Opened, papers handed out, a box that two people enter, counted. `ballots`: places on the paper → how many."""
    by, other = world.actor("secretary"), world.actor("supervisor")
    number = vote.number
    actions.open_vote(by=by, at=opens, number=number)
    codes = [one["code"] for one in vote.options]
    papers = [tuple(codes[place - 1] for place in marks) for marks, n in ballots.items() for _ in range(n)]
    for position in range(1, len(papers) + 1):
        actions.hand_out_paper(by=by, at=opens, number=number, position=position, origin="booth")
    box = actions.add_box(by=by, at=opens, number=number, code="1 号箱", origin="booth")
    closed = vote.closes_at + dt.timedelta(minutes=1)
    actions.close_vote(by=by, at=closed, number=number)
    sums = {"printed": len(papers), "issued": len(papers), "unused": 0, "spoiled": 0, "returned": len(papers)}
    for teller in (by, other):
        entered = list(enumerate(papers, 1))
        actions.enter_box(by=teller, at=closed, number=number, box_id=box.pk, numbers=sums, papers=entered)
    return actions.count_vote(by=by, at=closed, number=number, lot=lot)
