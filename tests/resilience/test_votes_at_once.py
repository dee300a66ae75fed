"""64 connections to two web processes for one entitlement, from two origins at the same moment: one ballot."""

import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.resilience.instance import CONNECTIONS, Instance, with_tests

# Two owners of one home, with a token each; the tellers with their sessions; a recorded and a secret vote, both open.
_SET_UP = """
import datetime as dt, hashlib, json, sys
from gongzhi.cli.instance import opened
with opened(sys.argv[1]):
    from django.conf import settings
    settings.ALLOWED_HOSTS = ["*"]
    from django.test import Client
    from gongzhi.ballots import actions
    from gongzhi.ballots.actions.holding import Question
    from gongzhi.ballots.grounds import Ground, owners_ground
    from gongzhi.ballots.tests.test_secrecy import RULE
    from gongzhi.common import clock
    from gongzhi.common.registry import Entitlement
    from gongzhi.packs import shipped
    from gongzhi.packs.actions import load_pack
    from gongzhi.people.actions import create_person
    from gongzhi.people.models import ApiToken, Mandate, Organization
    from gongzhi.people.queries import actor_for
    from gongzhi.places.models import Place
    from tests.cast import SETUP
    at = clock.now()
    load_pack(by=SETUP, at=at, path=shipped.FOLDER / "laws/cn.owners.decisions.toml")
    def holder(role):
        return Mandate.objects.filter(post__code="post-" + role).select_related("person").order_by("id").first().person
    def session(person):
        client = Client()
        client.force_login(person)
        return client.cookies[settings.SESSION_COOKIE_NAME].value
    owners, tokens = [], []
    for number in range(2):
        owner = create_person(by=SETUP, at=at, values={"name": f"演示业主{number}"}, password="")
        token = f"gz_at_once_{number}"
        ApiToken.objects.create(person=owner, digest=hashlib.sha256(token.encode()).digest(), created_at=at)
        owners.append(owner.pk)
        tokens.append(token)
    secretary, other = holder("secretary"), holder("grid_member")
    by, place = actor_for(secretary, at=at, purpose="test"), Place.objects.get(code="LY-5")
    body = Organization.objects.get(code="committee-1")
    def vote(ground, measures, area):
        roll = actions.freeze_roll(by=by, at=at, place=place, kind="owners", measures=measures,
                                   entries=[Entitlement(tuple(owners), area=area)])
        roll = actions.publish_roll(by=by, at=at, number=roll.number)
        made = actions.draft_vote(by=by, at=at, roll=roll, body=body, question=Question("演示"), ground=ground,
                                  closes_at=at + dt.timedelta(days=9))
        return actions.open_vote(by=by, at=at, number=made.number)
    recorded = vote(owners_ground("/321171102/", clock.local_date(at), "matter.4"), ("heads", "area"), 9000)
    secret = vote(Ground(RULE, {}), ("heads",), 0)
    box = actions.add_box(by=by, at=at, number=recorded.number, code="1", origin="paper")
    numbers = {"printed": 1, "issued": 1, "unused": 0, "spoiled": 0, "returned": 1}
    actions.enter_box(by=actor_for(other, at=at, purpose="test"), at=at, number=recorded.number, box_id=box.pk,
                      numbers=numbers, papers=[(1, ("no",))])
    print(json.dumps({"recorded": recorded.number, "secret": secret.number, "box": box.pk, "tokens": tokens,
                      "session": session(secretary), "cookie": settings.SESSION_COOKIE_NAME,
                      "csrf": settings.CSRF_COOKIE_NAME}))
"""
SHEET = {"printed": 1, "issued": 1, "unused": 0, "spoiled": 0, "returned": 1, "papers": "1 2"}
SECRET = "c" * 32
Try = tuple[str, bytes, dict[str, str]]


@pytest.fixture(scope="module")
def known(instance: Instance) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _SET_UP, str(instance.folder)], env=with_tests(), stdout=subprocess.PIPE, text=True
    )
    assert done.returncode == 0
    return dict(json.loads(done.stdout.splitlines()[-1]))


def online(known: dict[str, Any], number: str, place: int, mark: str) -> Try:
    headers = {"Authorization": f"Bearer {known['tokens'][place % 2]}", "Content-Type": "application/json"}
    return f"/api/v1/votes/{number}/ballots", json.dumps({"position": 1, "marks": [mark]}).encode(), headers


def at_the_desk(known: dict[str, Any], path: str, fields: dict[str, Any]) -> Try:
    cookies = f"{known['cookie']}={known['session']}; {known['csrf']}={SECRET}"
    headers = {"Cookie": cookies, "X-CSRFToken": SECRET, "Content-Type": "application/x-www-form-urlencoded"}
    return path, urlencode(fields).encode(), headers


def all_at_once(instance: Instance, tries: Sequence[Try]) -> list[int]:
    """Every try on a connection of its own, sent when all of them are connected."""
    ready = Barrier(len(tries))

    def send(one: Try) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=240)
        connection.connect()
        ready.wait(240)
        connection.request("POST", *one)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(send, tries))


@pytest.mark.req("H03", where="/api/v1/votes/{number}/ballots")
def test_64_connections_online_and_out_of_a_box_leave_one_ballot(instance: Instance, known: dict[str, Any]) -> None:
    number, half = known["recorded"], CONNECTIONS // 2
    mine = [online(known, number, place, "yes") for place in range(half)]
    desk = at_the_desk(known, f"/votes/{number}/desk/{known['box']}", SHEET)
    tries = [one for pair in zip(mine, [desk] * half, strict=True) for one in pair]
    said = all_at_once(instance, tries)
    assert len(instance.web_workers()) == 2 and len(said) == CONNECTIONS
    assert Counter(said[0::2]) in (Counter({201: 1, 409: half - 1}), Counter({409: half}))
    assert Counter(said[1::2])[302] >= 1 and max(said) < 500  # the second teller's entry is taken once
    standing = """SELECT b.origin, b.marks FROM ballots_ballot b JOIN ballots_vote v ON v.id = vote_id
                  WHERE v.number = %s AND voided_at IS NULL"""
    assert instance.rows(standing, [number]) == [("paper", ["no"])]  # paper over online, earlier or later
    every = "SELECT count(*) FROM ballots_ballot b JOIN ballots_vote v ON v.id = vote_id WHERE v.number = %s"
    assert instance.rows(every, [number]) == [(1 + Counter(said[0::2])[201],)]


@pytest.mark.req("G01", where="/api/v1/votes/{number}/ballots")
def test_64_connections_online_and_at_the_booth_leave_one_secret_paper(
    instance: Instance, known: dict[str, Any]
) -> None:
    number, half = known["secret"], CONNECTIONS // 2
    mine = [online(known, number, place, "li") for place in range(half)]
    desk = at_the_desk(known, f"/votes/{number}/hand-out", {"position": 1, "origin": "booth"})
    tries = [one for pair in zip(mine, [desk] * half, strict=True) for one in pair]
    said = Counter(all_at_once(instance, tries))
    assert said[201] + said[302] == 1 and set(said) <= {201, 302, 409, 422}  # the first origin wins
    marks = """SELECT origin FROM ballots_castmark c JOIN ballots_vote v ON v.id = vote_id WHERE v.number = %s"""
    cast = instance.rows(marks, [number])
    assert cast == [("online" if said[201] else "booth",)]
    papers = "SELECT count(*) FROM ballots_secretpaper p JOIN ballots_vote v ON v.id = vote_id WHERE v.number = %s"
    assert instance.rows(papers, [number]) == [(said[201],)]
