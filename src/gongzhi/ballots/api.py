"""Endpoints of votes: those that the bearer may see, a ballot, the roll as published, the result, the record."""

import datetime as dt
import hashlib
import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from gongzhi.audit.limits import Request
from gongzhi.audit.once import KEY_HEADER, answered, check_key, write_once
from gongzhi.ballots import actions, budgets, elections, queries, rules, shown
from gongzhi.ballots.models import Vote
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.problems import PROBLEMS
from gongzhi.common.text import N_
from gongzhi.people.bearer import signed_in

router = Router(tags=["votes"], auth=signed_in)
_PLAIN = r"^[^\x00]*$"
Number = Annotated[str, Field(max_length=30, pattern=_PLAIN)]
Cursor = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Limit = Annotated[int, Field(ge=1, le=200)]
StatusName = Literal["nominating", "draft", "open", "counting", "counted", "cancelled"]


class VoteRow(Schema):
    """One vote of the list; `outcome` is empty until the result is published."""

    number: str
    title: str
    place: str
    organization: str
    status: StatusName
    secret: bool
    legal_effect: Literal["advisory", "binding", "record_of_offline"]
    opens_at: dt.datetime | None
    closes_at: dt.datetime
    outcome: str


class VotePage(Schema):
    items: list[VoteRow]
    next_cursor: str | None = Field(description="of the next page; null on the last one")


class OptionOut(Schema):
    code: str = Field(description="what a ballot marks, and what the result names")
    word: str = Field(description="as the page shows it: a candidate's name, as the law publishes it")
    note: str


class BarOut(Schema):
    """How far taking part is on one basis, never choices: `area` in hundredths of a square metre."""

    measure: str
    total: int
    needed: int
    reached: int
    missing: int


class MineOut(Schema):
    """An entitlement of the bearer's. `origin` and `receipt` of a recorded ballot; a secret one has no receipt."""

    position: int
    group: str
    weights: dict[str, int]
    proxy: bool
    cast: bool
    origin: str
    receipt: str


class VoteOut(VoteRow):
    about: str
    options: list[OptionOut]
    rule: dict[str, Any] = Field(description="pack, version, article, quorum, majority, bases: what it is counted by")
    rule_digest: str = Field(description="published when it opens")
    roll_digest: str = Field(description="published when it opens")
    roll: str
    taking_part: int
    needed: list[BarOut] = Field(description="of the easiest way to a quorum")
    mine: list[MineOut]


class BallotIn(Schema):
    position: Annotated[int, Field(ge=1, lt=2**31)] = Field(description="the entitlement's number on the roll")
    marks: Annotated[list[Annotated[str, Field(max_length=40, pattern=_PLAIN)]], Field(max_length=60)]


class BallotOut(Schema):
    """What was taken. `receipt` is of a recorded ballot; of a secret one there is none, and nothing says its marks."""

    number: str
    position: int
    origin: str
    receipt: str
    short: str = Field(description="the receipt as people read it aloud")


class RollRow(Schema):
    position: int
    group: str
    names: list[str] = Field(description="family names, or whole names where the law publishes those")


class RollOut(Schema):
    """The roll as it is published: name and group; its digest covers number, group, weights and who is due."""

    number: str
    place: str
    kind: str
    on: dt.date
    measures: list[str]
    published_at: dt.datetime
    digest: str
    entries: int
    items: list[RollRow]
    next_cursor: str | None


class ResultOut(Schema):
    """The result with its working: `result` is the last event of the record."""

    number: str
    outcome: str
    options: list[OptionOut]
    legal_effect: str
    counted_at: dt.datetime
    rule_digest: str
    roll_digest: str
    seal: str = Field(description="last hash of the record; on the announcement too")
    origins: dict[str, int] = Field(description="how many took part by which way")
    lot: list[str]
    result: dict[str, Any]


class RecordOut(Schema):
    """Everything to count it again: docs/reference/records.md says every key."""

    format: str
    events: list[dict[str, Any]]
    seal: str


def _row(vote: Vote) -> dict[str, Any]:
    plain = ("number", "title", "status", "secret", "legal_effect", "opens_at", "closes_at", "outcome")
    row = {name: getattr(vote, name) for name in plain}
    return {**row, "place": vote.roll.place.code, "organization": vote.organization.name}


@router.get("/votes", response={200: VotePage, **PROBLEMS}, operation_id="list_votes")
def list_votes(
    request: HttpRequest, limit: Limit = 50, cursor: Cursor = "", status: Literal["", StatusName] = ""
) -> dict[str, Any]:
    """Votes the token may see: under its places, on whose roll it stands, for which it holds a proxy; latest first."""
    before = _place_in_list(cursor) if cursor else None
    found = queries.page_of_votes(signed_in(request), status=status, before=before, size=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last.closes_at.isoformat(), last.pk) if last else None
    return {"items": [_row(vote) for vote in found[:limit]], "next_cursor": following}


def _place_in_list(cursor: str) -> tuple[dt.datetime, int]:
    moment, last = decode_cursor(cursor, 2)
    try:
        at = dt.datetime.fromisoformat(moment)
        if at.tzinfo is None or not isinstance(last, int) or not 0 <= last < 2**63:
            raise ValueError
    except (TypeError, ValueError) as error:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from error
    return at, last


@router.get("/votes/{number}", response={200: VoteOut, **PROBLEMS}, operation_id="read_vote")
def read_vote(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One vote: the question, the rule, how many take part; before the result nothing says who chose what."""
    actor = signed_in(request)
    vote = elections.with_names(actor, clock.now(), queries.get_vote_for(actor, number))
    bars = rules.bars(queries.progress_of(vote))
    names = ("measure", "total", "needed", "reached", "missing")
    return {
        **_row(vote),
        **{name: getattr(vote, name) for name in ("about", "options", "rule", "rule_digest", "roll_digest")},
        "roll": vote.roll.number,
        "taking_part": queries.participants(vote).count(),
        "needed": [{name: getattr(bar, name) for name in names} for bar in bars],
        "mine": [_mine(vote, one) for one in queries.mine_in(actor, vote)],
    }


def _mine(vote: Vote, one: queries.Mine) -> dict[str, Any]:
    return {
        "position": one.entry.position,
        "group": one.entry.group,
        "weights": queries.weights(one.entry, vote.rule["measures"]),
        "proxy": one.proxy is not None,
        "cast": not one.open,
        "origin": one.ballot.origin if one.ballot else "",
        "receipt": queries.receipt_of(vote, one.ballot) if one.ballot else "",
    }


@router.post(
    "/votes/{number}/ballots",
    response={201: BallotOut, **PROBLEMS},
    openapi_extra=KEY_HEADER,
    operation_id="cast_ballot",
)
def cast(request: HttpRequest, number: Number, body: BallotIn) -> HttpResponse:
    """One ballot for one entitlement of the bearer's. `marks`: codes of the options.

    Of a secret vote the key is kept without the marks and without the hour: the same key for the same entitlement
    gets the same answer whatever it marks, and what was cast first counts.
    """
    at, actor = clock.now(), signed_in(request)
    vote = queries.get_vote_for(actor, number)
    asked = _asked(request, actor, vote, body)
    # What is kept of a request keeps its hour: of a secret ballot only when the vote opened.
    kept_at = vote.opens_at if vote.secret and vote.opens_at else at
    answer, replayed = write_once(asked, at=kept_at, write=lambda: _cast(actor, at, vote, body))
    return answered(answer, status=201, replayed=replayed)


def _asked(request: HttpRequest, actor: Actor, vote: Vote, body: BallotIn) -> Request:
    """The request under its key. Few marks exist, so that a digest of them would tell them."""
    marks = None if vote.secret else body.marks
    said = json.dumps([request.path, body.position, marks]).encode()
    key = check_key(request.headers.get("Idempotency-Key", ""))
    return Request(actor.reference, key, hashlib.sha256(said).digest())


def _cast(actor: Actor, at: dt.datetime, vote: Vote, body: BallotIn) -> dict[str, Any]:
    ballot = actions.cast_ballot(by=actor, at=at, number=vote.number, position=body.position, marks=body.marks)
    receipt = queries.receipt_of(vote, ballot) if ballot else ""
    return {
        "number": vote.number,
        "position": body.position,
        "origin": ballot.origin if ballot else "",
        "receipt": receipt,
        "short": rules.short_receipt(receipt) if receipt else "",
    }


@router.get("/votes/{number}/roll", response={200: RollOut, **PROBLEMS}, operation_id="read_roll")
def read_roll(request: HttpRequest, number: Number, limit: Limit = 50, cursor: Cursor = "") -> dict[str, Any]:
    """The roll of a vote as it is published, by number. Refused with `roll_not_published` before that."""
    actor = signed_in(request)
    vote = queries.get_vote_for(actor, number)
    roll = vote.roll
    if roll.published_at is None:
        raise NotFound("roll_not_published", N_("名册还没有公布。"))
    found = queries.entries_after(roll, _position(cursor), limit + 1)
    rows = shown.named(actor, vote, found[:limit], clock.now())
    return {
        **{name: getattr(roll, name) for name in ("number", "kind", "on", "measures", "published_at", "digest")},
        "place": roll.place.code,
        "entries": roll.entries.count(),
        "items": [{"position": entry.position, "group": entry.group, "names": names} for entry, names in rows],
        "next_cursor": encode_cursor(found[limit - 1].position) if len(found) > limit else None,
    }


def _position(cursor: str) -> int:
    last = decode_cursor(cursor, 1)[0] if cursor else 0
    if not isinstance(last, int) or isinstance(last, bool) or not 0 <= last < 2**31:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return last


def _counted(request: HttpRequest, number: str) -> Vote:
    """Raises Conflict `not_counted_yet`."""
    vote = queries.get_vote_for(signed_in(request), number)
    if vote.status != "counted":
        raise Conflict("not_counted_yet", N_("结果还没有公布。公布以后才有结果和记录。"))
    return vote


@router.get("/votes/{number}/result", response={200: ResultOut, **PROBLEMS}, operation_id="read_result")
def read_result(request: HttpRequest, number: Number) -> dict[str, Any]:
    """What came out, with base, bound and reached of every threshold; 409 `not_counted_yet` until it is published."""
    vote = elections.with_names(signed_in(request), clock.now(), _counted(request, number))
    plain = ("number", "outcome", "options", "legal_effect", "counted_at", "lot", "result")
    sealed = ("rule_digest", "roll_digest", "seal")
    return {**{name: getattr(vote, name) for name in (*plain, *sealed)}, "origins": queries.origins_of(vote)}


@router.get("/votes/{number}/record", response={200: RecordOut, **PROBLEMS}, operation_id="read_record")
def read_record(request: HttpRequest, number: Number) -> HttpResponse:
    """The record that `./gongzhi verify` and tools/verify_record.py recount; 409 `not_counted_yet` before.

    409 `too_few_papers` for a budget that only a handful voted on: their papers would say who they are.
    """
    vote = _counted(request, number)
    return JsonResponse(budgets.open_record(vote), json_dumps_params={"ensure_ascii": False})
