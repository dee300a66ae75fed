"""64 voters of one entitlement at the same moment, in two processes and from two origins: one ballot."""

import datetime as dt
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from gongzhi.ballots import actions, queries
from gongzhi.ballots.actions.casting import take_papers
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.models import Ballot, CastMark, SecretPaper, Vote
from gongzhi.ballots.tests.conftest import build, opened, roll_of
from gongzhi.ballots.tests.test_secrecy import RULE
from gongzhi.common.errors import Refused
from gongzhi.common.registry import Entitlement
from gongzhi.people.models import Person
from gongzhi.people.queries import actor_for
from tests.cast import NOW, World

THREADS = 16


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def attempt(vote: int, person: str, position: int, way: str) -> bool:
    """One try to cast, by its own connection; whether it was taken."""
    try:
        row = Vote.objects.get(pk=vote)
        by = actor_for(Person.objects.get(pk=person), at=NOW, purpose="test")
        if way == "paper":
            with transaction.atomic():
                Vote.objects.select_for_update().get(pk=vote)  # as whoever enters a box
                take_papers(by=by, vote=row, papers=[(position, ("yes",))], origin="paper", at=NOW)
        elif way == "booth":
            actions.hand_out_paper(by=by, at=NOW, number=row.number, position=position, origin="booth")
        else:
            mark = row.options[0]["code"]
            actions.cast_ballot(by=by, at=NOW, number=row.number, position=position, marks=(mark,))
        return True
    except Refused:
        return False
    finally:
        connection.close()


def rush(tries: list[tuple[int, str, int, str]]) -> int:
    """All at once in threads of this process; how many were taken."""
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda one: attempt(*one), tries))


def two_processes(tries: list[tuple[int, str, int, str]]) -> int:
    """Half of them here, half in another process on the same database."""
    script = (
        "import django, json, sys; django.setup()\n"
        "from django.conf import settings; from django.db import connections\n"
        "connections['default'].settings_dict['NAME'] = sys.argv[1]\n"
        "settings.DATABASES['default']['NAME'] = sys.argv[1]\n"
        "from gongzhi.ballots.tests.test_at_once import rush\n"
        "print(json.dumps(rush([tuple(one) for one in json.loads(sys.argv[2])])))"
    )
    half = len(tries) // 2
    arguments = [connection.settings_dict["NAME"], json.dumps(tries[half:])]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # whoever started the tests may not have set it
    command = [sys.executable, "-c", script, *arguments]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths)
    here = rush(tries[:half])
    out, _ = other.communicate(timeout=120)
    assert other.returncode == 0
    return here + int(json.loads(out))


def _couple(world: World) -> list[Entitlement]:
    names = ("resident", "neighbour")
    return [Entitlement(tuple(world.people[name].pk for name in names), area=8_960)]


@pytest.mark.req("H03")
def test_one_recorded_ballot_stands(world: World) -> None:
    vote = opened(world, roll_of(world, _couple(world)))
    online = [(vote.pk, str(world.people[name].pk), 1, "online") for name in ("resident", "neighbour")] * 16
    paper = [(vote.pk, str(world.people["secretary"].pk), 1, "paper")] * 32
    mixed: list[Any] = [one for pair in zip(online, paper, strict=True) for one in pair]
    assert two_processes(mixed) <= 2
    assert Ballot.objects.filter(vote=vote, voided_at=None).count() == 1
    assert Ballot.objects.get(vote=vote, voided_at=None).origin == "paper"  # paper over online, earlier or later
    assert queries.participants(vote).count() == 1


@pytest.mark.req("G01")
def test_one_secret_paper_is_put(world: World) -> None:
    roll = roll_of(world, [Entitlement(one.people) for one in _couple(world)], kind="adults")
    vote = opened(world, roll, Ground(RULE, {}))
    online = [(vote.pk, str(world.people[name].pk), 1, "online") for name in ("resident", "neighbour")] * 16
    booth = [(vote.pk, str(world.people["secretary"].pk), 1, "booth")] * 32
    mixed: list[Any] = [one for pair in zip(online, booth, strict=True) for one in pair]
    assert two_processes(mixed) == 1
    mark = CastMark.objects.get(vote=vote)
    assert SecretPaper.objects.filter(vote=vote).count() == (1 if mark.origin == "online" else 0)


def test_a_close_waits_for_ballots_on_their_way(world: World) -> None:
    """Whoever was in time is counted, whoever comes after the close is not: no ballot slips in between."""
    people = [Entitlement((world.people[name].pk,), area=8_960) for name in ("resident", "neighbour", "outsider")]
    vote = opened(world, roll_of(world, people))
    after = vote.closes_at + dt.timedelta(seconds=1)
    names = ("resident", "neighbour", "outsider")
    tries = [(vote.pk, str(world.people[name].pk), place, "online") for place, name in enumerate(names, 1)]
    with ThreadPoolExecutor(4) as pool:
        came = pool.submit(rush, tries)
        closed = pool.submit(_close, vote.number, str(world.people["secretary"].pk), after)
        taken = came.result()
        closed.result()
    vote.refresh_from_db()
    assert vote.status == "counting" and Ballot.objects.filter(vote=vote).count() == taken


def _close(number: str, person: str, at: dt.datetime) -> None:
    try:
        actions.close_vote(by=actor_for(Person.objects.get(pk=person), at=NOW, purpose="test"), at=at, number=number)
    finally:
        connection.close()
