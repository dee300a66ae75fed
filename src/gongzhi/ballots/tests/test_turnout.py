"""参选率 and 参与率 from the papers: they follow the votes, list them, and count an election once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from gongzhi.ballots import actions
from gongzhi.ballots.actions.electing import next_round
from gongzhi.ballots.tests import elections
from gongzhi.ballots.tests.conftest import AFTER, opened, owners, roll_of
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.sheets.queries import definitions, figures
from tests.cast import NOW, SETUP, World

LATER = elections.COUNTS + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _indicators(world: World) -> None:
    elections.load_laws()
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "indicators/votes.toml")
    packs.forget()


def value(world: World, code: str, **asked: dt.date) -> figures.Value:
    defined = definitions.library().indicators[code]
    return figures.value_of(defined, figures.scope_for(world.actor("supervisor"), at=LATER, **asked))


@pytest.mark.req("G01", where="/sheets/indicators/ballots.turnout")
def test_the_turnout_of_elections_is_counted_from_rolls_and_papers(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One election in which all seats are filled; one in which nobody is, with the round that follows it."""
    first = elections.nominated(world, elections.voters_roll(world, 12), 2)
    elections.poll(world, first, {(1,): 7, (2,): 2})
    second = elections.nominated(world, elections.voters_roll(world, 8), 3)
    second = elections.poll(world, second, {(1,): 2, (2,): 2, (3,): 2})
    assert second.outcome != "passed"
    again = next_round(
        by=world.actor("secretary"), at=elections.COUNTS, number=second.number, closes_at=LATER + 9 * elections.DAY
    )
    assert again.after_id == second.pk
    found = value(world, "ballots.turnout")
    assert (found.numerator, found.denominator, found.value) == (9 + 6, 12 + 8, Decimal("75.0"))
    rows = list(figures.every_row(found, "all"))
    assert [(row.cells[2], row.cells[3]) for row in rows] == [(9, 12), (6, 8)]
    assert sum(row.cells[2] for row in rows) == found.numerator
    assert sum(row.cells[3] for row in rows) == found.denominator
    assert value(world, "ballots.turnout", since=LATER.date()).denominator == 0
    assert value(world, "ballots.took_part").denominator == 0
    monkeypatch.setattr("gongzhi.common.clock.now", lambda: LATER)
    client.force_login(world.people["supervisor"])
    page = client.get("/sheets/indicators/ballots.turnout/").content.decode()
    assert "75.0" in page and "15" in page and "20" in page
    listed = client.get("/sheets/indicators/ballots.turnout/rows?part=all").content.decode()
    assert f"/votes/{first.number}" in listed


@pytest.mark.req("G01", where="/sheets/indicators/ballots.took_part")
def test_other_votes_have_their_own_share(world: World) -> None:
    vote = opened(world, roll_of(world, owners(4)))
    by = world.actor("secretary")
    box = actions.add_box(by=by, at=NOW, number=vote.number, code="1 号箱", origin="paper")
    sums = {"printed": 3, "issued": 3, "unused": 0, "spoiled": 0, "returned": 3}
    papers = [(position, ("yes",)) for position in (1, 2, 3)]
    for teller in (by, world.actor("supervisor")):
        actions.enter_box(by=teller, at=AFTER, number=vote.number, box_id=box.pk, numbers=sums, papers=papers)
    assert value(world, "ballots.took_part").denominator == 0, "only what is counted"
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    actions.count_vote(by=by, at=AFTER, number=vote.number)
    found = value(world, "ballots.took_part")
    assert (found.numerator, found.denominator, found.value) == (3, 4, Decimal("75.0"))
    assert value(world, "ballots.turnout").denominator == 0
