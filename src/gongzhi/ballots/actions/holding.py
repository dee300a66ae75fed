"""A vote from its question to its close: drawn up, opened, closed, or called off with a reason."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.ballots import queries, roll_queries, rules
from gongzhi.ballots.grounds import Ground
from gongzhi.ballots.models import Effect, Roll, Vote
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.engines import records
from gongzhi.engines.voting.rules import Rule
from gongzhi.notifications.actions import emit
from gongzhi.people.models import Organization


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `words` of the options by code where they are not 同意, 反对, 弃权; `notes` say what each does."""

    title: str
    about: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def draft_vote(
    *,
    by: Actor,
    at: dt.datetime,
    roll: Roll,
    body: Organization,
    question: Question,
    ground: Ground,
    closes_at: dt.datetime,
) -> Vote:
    """A question for a roll; nobody can vote before it is opened.

    Raises Forbidden, Refused `missing_title`, `closes_too_soon`, `bad_effect`, `roll_lacks_measure`, and as
    `rules.check_effect`.
    """
    check_activity("ballots")
    require(by, rules.HOLD, path=roll.path)
    rule = ground.rule
    title = " ".join(tidy(question.title).split())[: rules.LONGEST_TITLE]
    if not title:
        raise Refused("missing_title", N_("请写要表决什么。"), field="title")
    rules.check_closing(closes_at, at)
    if ground.effect not in Effect.values:
        raise Refused("bad_effect", N_("请选结果有什么效力。"), field="effect")
    rules.check_effect(ground.effect, secret=rule.secret, origins=rule.origins, system=ground.system)
    if not set(rule.measures) <= set(roll.measures):
        raise Refused("roll_lacks_measure", N_("这次表决要按面积算，名册上没有面积。请重新定名册。"))
    code = readable_code(queries.number_key(), str(uuid.uuid4()), 5)
    vote = Vote.objects.create(
        number=f"BJ-{local_date(at):%y%m%d}-{code}",
        roll=roll,
        organization=body,
        path=roll.path,
        title=title,
        about=tidy(question.about)[: rules.LONGEST_ABOUT],
        options=_options(question, rule),
        rule=rule.to_params(),
        basis=dict(ground.basis),
        secret=rule.secret,
        legal_effect=ground.effect,
        effect_reason=ground.system[:200],
        closes_at=closes_at,
        held_by=by.reference,
        made_at=at,
    )
    changes = {"roll": roll.reference, "rule": f"{rule.pack}#{rule.code}", "effect": ground.effect}
    record(by=by, at=at, action="ballots.draft_vote", subject=vote.reference, changes=changes)
    return vote


def _options(question: Question, rule: Rule) -> list[dict[str, str]]:
    words = {**rules.ANSWERS, **question.words}
    return [
        {"code": code, "word": words.get(code, code), "note": question.notes.get(code, "")[: rules.LONGEST_NOTE]}
        for code in rule.options
    ]


def locked(by: Actor, number: str, move: str, permission: str = rules.HOLD) -> Vote:
    """The vote, locked, when the actor may and the step may be taken now."""
    vote = queries.get_vote_for(by, number, lock=True, naming=True)
    require(by, permission, path=vote.path)
    rules.check_move(move, vote.status)
    return vote


@transaction.atomic
def open_vote(*, by: Actor, at: dt.datetime, number: str) -> Vote:
    """Ballots count from now on; the digests of rule and roll are published, everybody on the roll is told.

    Raises Refused `roll_not_published`, `closes_too_soon`, `polls_too_soon`, Conflict `wrong_step`,
    `objections_open`, `objections_running`.
    """
    vote = locked(by, number, "open")
    if vote.roll.published_at is None:
        raise Refused("roll_not_published", N_("名册还没有公布。请先公布名册，再开始表决。"))
    roll_queries.check_may_open(vote.roll, at)
    rules.check_closing(vote.closes_at, at)
    vote.rule_digest = records.digest(vote.rule)
    vote.roll_digest = records.roll_digest(queries.engine_roll(vote, queries.commitments(vote)))
    vote.status, vote.opens_at = "open", at
    vote.save(update_fields=["rule_digest", "roll_digest", "status", "opens_at"])
    changes = {"rule_digest": vote.rule_digest, "roll_digest": vote.roll_digest}
    record(by=by, at=at, action="ballots.open_vote", subject=vote.reference, changes=changes)
    emit("vote.told", {"number": vote.number, "what": "open", "at": at.isoformat()}, at=at)
    return vote


@transaction.atomic
def close_vote(*, by: Actor, at: dt.datetime, number: str) -> Vote:
    """No more ballots; the boxes are counted. Raises Conflict `not_over_yet`, `wrong_step`."""
    vote = locked(by, number, "close", rules.COUNT)
    rules.check_over(vote.closes_at, at)
    vote.status = "counting"
    vote.save(update_fields=["status"])
    changes = {"taking_part": queries.participants(vote).count()}
    record(by=by, at=at, action="ballots.close_vote", subject=vote.reference, changes=changes)
    return vote


@transaction.atomic
def cancel_vote(*, by: Actor, at: dt.datetime, number: str, reason: str) -> Vote:
    """It is called off, before its close only; ballots stay and count for nothing. Raises Refused `missing_reason`."""
    vote = locked(by, number, "cancel")
    reason = " ".join(tidy(reason).split())[:200]
    if not reason:
        raise Refused("missing_reason", N_("请写为什么不办了。"), field="reason")
    told, vote.status, vote.reason = vote.status == "open", "cancelled", reason
    vote.save(update_fields=["status", "reason"])
    record(by=by, at=at, action="ballots.cancel_vote", subject=vote.reference, changes={"reason": reason})
    if told:
        emit("vote.told", {"number": vote.number, "what": "off", "at": at.isoformat()}, at=at)
    return vote
