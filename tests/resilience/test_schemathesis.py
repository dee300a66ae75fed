"""Everything the OpenAPI document allows, and much that it does not, sent by a program that others wrote.

No 5xx, and every answer of the declared status, media type and shape. Seeded: a run alone sends the same every time.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongzhi.api.document import operations
from gongzhi.api.root import api
from gongzhi.ballots import actions as ballots
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.grounds import owners_ground
from gongzhi.cases import actions
from gongzhi.cases.rules import Where
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.config.wsgi import application
from gongzhi.people.actions.tokens import create_reader, create_token
from gongzhi.people.models import Person
from gongzhi.registers.actions.sharing import approve_grant
from gongzhi.registers.tests.neighbourhood import grant
from tests import cast
from tests.architecture.street import build

SEED = 20260318
EXAMPLES = 60
# Of what is invalid the program finds less before it gives up, and how much hangs on which modules are loaded: the
# constants in them are among what it tries. Where only a word in the path can be wrong, some twenty are found.
FEW, FEWEST_INVALID = 20, 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [operation["operationId"] for _, _, operation in operations(api.get_openapi_schema())]


@pytest.fixture
def inside_one_transaction(db: None) -> Iterator[None]:
    """The application called plainly would close the test's connection after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# What these ask about stands in the street of the architecture's tests: who asks, and what is put on firm ground.
STREET = {
    "read_indicator": "dispatcher",
    "read_owners": "secretary",
    "read_facts": "reader",
    "list_publications": "dispatcher",
    "read_publication": "dispatcher",
    "draft_publication": "secretary",
    "take_event": "dispatcher",
    "list_events": "dispatcher",
    "list_votes": "secretary",
    "read_vote": "secretary",
    "cast_ballot": "voter",
    "read_roll": "secretary",
    "read_result": "secretary",
    "read_record": "secretary",
    "list_gatherings": "secretary",
    "read_gathering": "secretary",
    "answer_gathering": "secretary",
    "list_courses": "secretary",
    "read_course": "secretary",
    "list_resolutions": "secretary",
    "read_resolution": "secretary",
    "read_body": "secretary",
    "list_entries": "secretary",
    "read_statement": "secretary",
    "list_projects": "secretary",
    "read_project": "secretary",
    "propose_project": "secretary",
    "move_project": "secretary",
    "list_agreements": "secretary",
    "read_agreement": "secretary",
    "record_progress": "secretary",
    "list_offers": "voter",
    "list_times": "voter",
    "claim_offer": "voter",
    "list_claims": "voter",
    "list_needs": "voter",
}


@pytest.fixture
def known(settings: Any, inside_one_transaction: None, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A real number with its code, and a dispatcher's token, so that some requests go all the way."""
    settings.RATE_LIMIT = "off"
    if request.node.callspec.params["name"] in STREET:  # type: ignore[attr-defined]
        return _street()
    world = cast.build()
    grid = world.places["PC-1-1-1"]
    where = Where(path=grid.path, found="code", place_id=world.places["LY-5"].pk, grid_id=grid.pk)
    answer = actions.report_case(by=world.actor("resident"), at=cast.NOW, text="楼道灯坏了", where=where)
    tokens = {
        role: create_token(by=cast.SETUP, at=cast.NOW, role=role, place=world.places["PC"])
        for role in ("dispatcher", "supervisor")
    }
    by, unit, today = world.actor("supervisor"), world.units["utility"].pk, clock.local_date(clock.now())
    until = today + dt.timedelta(days=5)
    task = actions.Task("补齐楼道灭火器", unit, until)
    head = actions.issue_list(by=by, at=clock.now(), place_code="PC-1", task=task)
    return {
        "number": answer["number"],
        "code": answer["track_code"],
        "list": head.number,
        "handout": {"unit_id": unit, "until": until.isoformat(), "co_units": []},
        **tokens,
    }


def _street() -> dict[str, Any]:
    """Built once in a process: it takes longer than what is asked about it."""
    known: dict[str, Any] = cast.standing("street of the interface", _built, adds=True)
    return known


def _built() -> dict[str, Any]:
    street = build()
    world, at = street.world, cast.NOW
    tokens = {
        role: create_token(by=cast.SETUP, at=at, role=role, place=world.places["PC"])
        for role in ("dispatcher", "secretary")
    }
    later = clock.local_date(clock.now()) + dt.timedelta(days=30)
    tokens["reader"] = approve_grant(by=world.actor("supervisor"), at=at, grant_id=grant(world, until=later).pk)
    voter, tokens["voter"] = create_reader(by=cast.SETUP, at=at)
    mine = {"mine": _vote_of(voter, world)}
    return {**tokens, **mine, "publication": street.values["exposure"], "values": street.values}


def _vote_of(voter: Person, world: cast.World) -> str:
    """A running vote on whose roll the account stands."""
    by, at, place = world.actor("secretary"), clock.now(), world.places["LY-5"]
    entries = [Entitlement((voter.pk,), area=9_000)]
    roll = ballots.freeze_roll(by=by, at=at, place=place, kind="owners", measures=("heads", "area"), entries=entries)
    roll = ballots.publish_roll(by=by, at=at, number=roll.number)
    vote = ballots.draft_vote(
        by=by,
        at=at,
        roll=roll,
        body=world.units["committee-1"],
        question=Question("演示"),
        ground=owners_ground(place.path, clock.local_date(at), "matter.4"),
        closes_at=at + dt.timedelta(days=9),
    )
    return ballots.open_vote(by=by, at=at, number=vote.number).number


def _on_the_street(case: Any, name: str, known: dict[str, Any]) -> None:
    """Put what is asked on firm ground: a real code, place, field, source, number."""
    path = {"read_indicator": ("code", "cases.filed"), "take_event": ("source", "hotline")}
    path["read_publication"] = ("number", known["publication"])
    path["read_body"] = ("code", "council-1")
    stands = {"read_vote": "vote", "read_roll": "vote", "read_result": "counted", "read_record": "counted"}
    stands |= {"read_course": "course", "read_resolution": "resolution"}
    stands |= {"read_gathering": "gathering", "answer_gathering": "gathering"}
    stands |= {"list_entries": "fund", "read_statement": "fund"}
    stands |= {"read_project": "project", "move_project": "project"}
    stands |= {"read_agreement": "agreement", "record_progress": "agreement"}
    stands |= {"list_times": "offer", "claim_offer": "merchant_open"}
    path |= {operation: ("number", known["values"][value]) for operation, value in stands.items()}
    path["cast_ballot"] = ("number", known["mine"])
    if name in path:
        case.path_parameters |= dict([path[name]])
    further = {"move_project": {"verb": "start"}, "record_progress": {"position": 1}}
    case.path_parameters = {**(case.path_parameters or {}), **further.get(name, {})}
    query = {
        "read_indicator": {"region": "PC"},
        "read_owners": {"region": "PC-1", "purpose": "safety", "cursor": ""},
        "read_facts": {"field": "dwelling.gas_kind", "region": "PC-1", "purpose": "safety"},
        "list_publications": {"region": "PC-1", "kind": "", "cursor": ""},
        "list_events": {"source": "hotline"},
        **{key: {"cursor": ""} for key in ("list_votes", "list_courses", "list_resolutions", "read_roll")},
        "list_projects": {"cursor": "", "place": ""},
        **{key: {"cursor": "", "place": ""} for key in ("list_offers", "list_needs")},
    }
    case.query = {**(case.query or {}), **query.get(name, {})}
    if isinstance(case.body, dict) and name == "take_event":
        case.body |= {"order_no": "RX-1", "content": "楼道灯坏了", "place_code": "LY-5"}
        case.body |= {"modified_at": "2026-03-18T09:00:00+08:00", "accepted_at": "2026-03-18T09:00:00+08:00"}
    elif isinstance(case.body, dict) and name == "propose_project":
        case.body |= {"place_code": "PC-1", "kind": "need_based", "owner": "committee-1", "source": "", "facts": {}}
        case.body |= {"problem": "演示问题", "title": "演示项目", "variety": "", "told": ""}
    elif isinstance(case.body, dict) and name == "record_progress":
        today = clock.local_date(clock.now()).isoformat()
        case.body |= {"on": today, "note": "走访一次", "amount": 0, "progress": 50, "shows": "gathering:HY-1"}
    elif isinstance(case.body, dict) and name == "claim_offer":
        case.body |= {"starts_at": None, "minutes": None, "weeks": 1, "quantity": 1, "wait": False}
    elif isinstance(case.body, dict) and name == "cast_ballot":
        case.body |= {"position": 1, "marks": ["yes"]}
    elif isinstance(case.body, dict) and name == "draft_publication":
        case.body |= {"place_code": "PC-1", "kind": "notice", "subject_kind": "matter", "facts": {}}


# What is handed out from above, by whom it is.
HANDED_OUT = ("issue_list", "add_item", "issue_rectification")


def _send(case: Any, name: str, known: dict[str, Any], count: int) -> int:
    """Send one request; two in three are put on firm ground first (a real number, place, channel, token)."""
    if count % 3 and name in STREET:
        _on_the_street(case, name, known)
    elif count % 3:
        if "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = known["list" if name == "add_item" else "number"]
        if "move" in (case.path_parameters or {}):
            case.path_parameters["move"] = "accept"
        if "code" in (case.query or {}):
            case.query["code"] = known["code"]
        if isinstance(case.body, dict) and name in HANDED_OUT:
            case.body |= known["handout"] | ({"place_code": "LY-5"} if name != "add_item" else {})
        elif isinstance(case.body, dict) and name != "move_case":
            case.body |= {"channel": "web", "category": ""} | ({"place_code": "LY-5"} if count % 2 else {})
    token = known[STREET.get(name, "supervisor" if name in HANDED_OUT else "dispatcher")]
    bearer = {"Authorization": f"Bearer {token}"} if count % 4 else {}
    response = case.call(headers=bearer)
    case.validate_response(response, checks=CHECKS)
    return int(response.status_code)


def _says_much(operation: Any) -> bool:
    """Whether more than the words of the path can be wrong."""
    return bool(list(operation.query) or list(operation.body))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_answer_breaks_the_document(name: str, mode: GenerationMode, known: dict[str, Any]) -> None:
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operation = document.find_operation_by_id(name)
    answered: Counter[int] = Counter()

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES if mode == GenerationMode.POSITIVE or _says_much(operation) else FEW,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        answered[_send(case, name, known, answered.total() + 1)] += 1

    try:
        check()
    except Unsatisfiable:
        # one word in the path: none is invalid
        assert mode == GenerationMode.NEGATIVE and name in ("read_case", "read_body")
    else:
        assert answered.total() >= (EXAMPLES if mode == GenerationMode.POSITIVE else FEWEST_INVALID)
        assert mode == GenerationMode.NEGATIVE or any(status < 300 for status in answered), answered
