"""64 connections to two web processes for one slot: one has it, others wait in line, the rest are told."""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from tests.resilience.instance import CONNECTIONS, Instance, with_tests
from tests.resilience.test_votes_at_once import Try, all_at_once

# A parking space that opens tomorrow, and as many accounts with a token as there are connections; each lives here.
_SET_UP = """
import datetime as dt, hashlib, json, sys
from gongzhi.cli.instance import opened
with opened(sys.argv[1]):
    from gongzhi.common import clock
    from gongzhi.exchange import actions
    from gongzhi.exchange.actions import Given
    from gongzhi.exchange.rules.times import read_hours
    from gongzhi.packs import shipped
    from gongzhi.packs.actions import load_pack
    from gongzhi.people.actions import create_person
    from gongzhi.people.models import ApiToken, Mandate, Organization
    from gongzhi.people.queries import actor_for
    from gongzhi.places.models import Place
    from tests.cast import SETUP
    at = clock.now()
    for name in ("sharing/common", "offers/seat"):
        load_pack(by=SETUP, at=at, path=shipped.FOLDER / f"{name}.toml")
    rows = Mandate.objects.filter(post__code="post-secretary").select_related("person").order_by("id")
    by = actor_for(rows.first().person, at=at, purpose="test")
    given = Given("seat", "一把椅子", Place.objects.get(code="PC-1"), "devotion", "free",
                  Organization.objects.get(code="committee-1"), hours=read_hours("周一至周日 00:00-24:00"))
    offer = actions.enter_offer(by=by, at=at, given=given)
    tokens = []
    for number in range(int(sys.argv[2])):
        person = create_person(by=SETUP, at=at, values={"name": f"演示居民{number}"}, password="")
        tokens.append(f"gz_slot_{number}")
        digest = hashlib.sha256(tokens[-1].encode()).digest()
        ApiToken.objects.create(person=person, digest=digest, created_at=at)
    start = clock.starts(clock.local_date(at) + dt.timedelta(days=2)) + dt.timedelta(hours=9)
    print(json.dumps({"offer": offer.number, "tokens": tokens, "starts_at": start.isoformat()}))
"""
# Whoever has it calls it off.
_CALL_OFF = """
import sys
from gongzhi.cli.instance import opened
with opened(sys.argv[1]):
    from gongzhi.common import clock
    from gongzhi.exchange import actions
    from gongzhi.exchange.models import Claim
    from gongzhi.people.queries import actor_for
    claim = Claim.objects.select_related("person").get(offer__number=sys.argv[2], state="held")
    by = actor_for(claim.person, at=clock.now(), purpose="test")
    actions.cancel_claim(by=by, at=clock.now(), number=claim.number)
"""


def run(program: str, instance: Instance, *given: str) -> str:
    command = [sys.executable, "-c", program, str(instance.folder), *given]
    done = subprocess.run(command, env=with_tests(), stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0
    return done.stdout


def asking(known: dict[str, Any], place: int, *, wait: bool) -> Try:
    headers = {"Authorization": f"Bearer {known['tokens'][place]}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = f"slot-{place}"
    body = {"starts_at": known["starts_at"], "minutes": 60, "wait": wait}
    return f"/api/v1/offers/{known['offer']}/claims", json.dumps(body).encode(), headers


@pytest.mark.req("H12", where="/api/v1/offers/{number}/claims")
def test_64_connections_for_one_slot_leave_one_booking_and_a_line(instance: Instance) -> None:
    known = json.loads(run(_SET_UP, instance, str(CONNECTIONS)).splitlines()[-1])
    tries = [asking(known, place, wait=place % 2 == 0) for place in range(CONNECTIONS)]
    said = all_at_once(instance, tries)
    assert len(instance.web_workers()) == 2 and len(said) == CONNECTIONS
    half = CONNECTIONS // 2
    assert set(said) == {201, 409} and Counter(said[0::2]) == Counter({201: half})
    states = """SELECT c.state, count(*) FROM exchange_claim c JOIN exchange_offer o ON o.id = offer_id
                WHERE o.number = %s GROUP BY 1"""
    found = dict(instance.rows(states, [known["offer"]]))
    assert found == {"held": 1, "waiting": sum(code == 201 for code in said) - 1}
    slots = "SELECT count(*) FROM exchange_slot WHERE let_go_at IS NULL AND resource = %s"
    assert instance.rows(slots, [f"offer:{known['offer']}#1"]) == [(1,)]
    line = """SELECT c.number FROM exchange_claim c JOIN exchange_offer o ON o.id = offer_id
              WHERE o.number = %s AND c.state = 'waiting' ORDER BY asked_at, c.number"""
    before = [number for (number,) in instance.rows(line, [known["offer"]])]
    run(_CALL_OFF, instance, known["offer"])
    assert [number for (number,) in instance.rows(line, [known["offer"]])] == before[1:]
    held = "SELECT number FROM exchange_claim WHERE state = 'held' AND offer_id IS NOT NULL ORDER BY number"
    assert instance.rows(held, []) == [(before[0],)]
