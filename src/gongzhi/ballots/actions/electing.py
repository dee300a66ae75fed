"""An election: seats are opened for nomination, candidates settled, another round drawn up from what the first left."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.ballots import elections, queries, roll_queries, rules
from gongzhi.ballots.actions.holding import locked
from gongzhi.ballots.models import Effect, Elector, Roll, Vote
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused, SignInRequired
from gongzhi.common.ids import readable_code
from gongzhi.common.text import N_, tidy
from gongzhi.people.models import Organization

NOT_ON_ROLL = N_("名册上有名字的人才能提名和自荐。")


@transaction.atomic
def draft_election(
    *,
    by: Actor,
    at: dt.datetime,
    roll: Roll,
    body: Organization,
    title: str,
    about: str = "",
    seats: int,
    method: str = "approval",
    closes_at: dt.datetime,
    effect: str = "binding",
    online: bool = False,
) -> Vote:
    """Seats to fill by a published roll; its voters nominate from now on.

    Raises Forbidden, Refused `roll_not_published`, `bad_seats`, `bad_method`, `method_not_lawful`, `missing_title`,
    `bad_effect`, `closes_too_soon`, `free_choice_binds_nobody`, as `rules.check_effect`; Conflict `roll_replaced`.
    """
    require(by, rules.HOLD, path=roll.path)
    if roll.published_at is None:
        raise Refused("roll_not_published", N_("名册还没有公布。请先公布名册，再提名。"))
    if roll_queries.newest_of(roll) != roll:
        raise Conflict("roll_replaced", N_("名册已经改正，请看新的一版。"))
    elections.check_method(method, roll, seats)
    line = " ".join(tidy(title).split())[: rules.LONGEST_TITLE]
    if not line:
        raise Refused("missing_title", N_("请写选什么。"), field="title")
    rules.check_closing(closes_at, at)
    if effect not in Effect.values:
        raise Refused("bad_effect", N_("请选结果有什么效力。"), field="effect")
    if not roll.law and effect == "binding":
        raise Refused("free_choice_binds_nobody", N_("没有法律规定的推选只能供参考。"), field="effect")
    rules.check_effect(effect, secret=True, origins=("online",) if online else rules.ON_PAPER, system="")
    law = elections.basis_of(roll, local_date(at))
    election = {"seats": seats, "method": method, "online": online, "round": elections.FIRST, "law": law}
    vote = Vote(roll=roll, organization=body, path=roll.path, title=line, about=tidy(about)[: rules.LONGEST_ABOUT])
    vote.options, vote.rule, vote.basis, vote.secret = [], {}, {"election": election}, True
    vote.legal_effect, vote.closes_at, vote.status = effect, closes_at, "nominating"
    _save(vote, by, at)
    changes = {"roll": roll.reference, "seats": seats, "method": method, "effect": effect}
    record(by=by, at=at, action="ballots.draft_election", subject=vote.reference, changes=changes)
    return vote


def _save(vote: Vote, by: Actor, at: dt.datetime) -> None:
    code = readable_code(queries.number_key(), str(uuid.uuid4()), 5)
    vote.number = f"BJ-{local_date(at):%y%m%d}-{code}"
    vote.held_by, vote.made_at = by.reference, at
    vote.save(force_insert=True)


@transaction.atomic
def nominate(*, by: Actor, at: dt.datetime, number: str, position: int, source: str) -> Vote:
    """Somebody on the roll is put up: by a voter, by themselves (自荐), by the community (村组法 15: 直接提名).

    Raises SignInRequired, NotFound, Forbidden, Refused `bad_source`, `unknown_number`, `nominate_yourself`,
    `not_on_roll`, Conflict `wrong_step`, `nominated_already`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    vote = queries.get_vote_for(by, number, lock=True, naming=True)
    rules.check_move("nominate", vote.status)
    elector = Elector.objects.filter(entry__roll=vote.roll_id, entry__position=position, person__isnull=False).first()
    if elector is None:
        raise Refused("unknown_number", N_("名册上没有 {number} 号。"), number=position, field="position")
    _check_source(vote, by, source, own=elector.person_id == by.person_id)
    given = [dict(one) for one in vote.options]
    mine = next((one for one in given if one["person"] == str(elector.person_id)), None)
    if mine is None:
        taken = max((int(one["code"].removeprefix("c")) for one in given), default=0)
        word = f"№ {position}"
        mine = {"code": f"c{taken + 1}", "word": word, "note": "", "position": position, "sources": []}
        mine["person"] = str(elector.person_id)
        given.append(mine)
    elif source in mine["sources"] and source != "voters":
        raise Conflict("nominated_already", N_("已经在候选人里了。"))
    mine["sources"] = sorted({*mine["sources"], source}, key=list(rules.SOURCE_WORDS).index)
    vote.options = given
    vote.save(update_fields=["options"])
    changes = {"number": position, "source": source}
    record(by=by, at=at, action="ballots.nominate", subject=vote.reference, changes=changes)
    return vote


def _check_source(vote: Vote, by: Actor, source: str, *, own: bool) -> None:
    """Raises Forbidden, Refused `bad_source`, `not_on_roll`, `nominate_yourself`."""
    if source not in rules.SOURCE_WORDS:
        raise Refused("bad_source", N_("请选是谁提的。"), field="source")
    if source == "community":
        require(by, rules.HOLD, path=vote.path)
    elif roll_queries.entry_of(vote.roll, by) is None:
        raise Forbidden("not_on_roll", NOT_ON_ROLL)
    elif own != (source == "self"):
        message = N_("提别人选“选民提名”，推荐自己选“个人自荐”。")
        raise Refused("nominate_yourself", message, field="source")


@transaction.atomic
def withdraw_candidate(*, by: Actor, at: dt.datetime, number: str, position: int) -> Vote:
    """Somebody does not stand: they say so themselves, or the board does. Raises Forbidden, Refused `no_candidate`."""
    vote = queries.get_vote_for(by, number, lock=True, naming=True)
    rules.check_move("nominate", vote.status)
    mine = next((one for one in vote.options if one["position"] == position), None)
    if mine is None:
        raise Refused("no_candidate", N_("候选人里没有 {number} 号。"), number=position, field="position")
    if mine["person"] != str(by.person_id):
        require(by, rules.HOLD, path=vote.path)
    vote.options = [one for one in vote.options if one is not mine]
    vote.save(update_fields=["options"])
    record(by=by, at=at, action="ballots.withdraw_candidate", subject=vote.reference, changes={"number": position})
    return vote


@transaction.atomic
def settle_candidates(*, by: Actor, at: dt.datetime, number: str) -> Vote:
    """The list is closed and the rule with it: more candidates than seats (差额).

    Raises Forbidden, Refused `not_contested`, `candidate_off_roll`, Conflict `wrong_step`.
    """
    vote = locked(by, number, "nominate")
    on_roll = set(Elector.objects.filter(entry__roll=vote.roll_id).values_list("person_id", flat=True))
    gone = [one["position"] for one in vote.options if uuid.UUID(one["person"]) not in on_roll]
    if gone:
        raise Refused("candidate_off_roll", N_("{number} 号已经不在名册上，请先移出候选人。"), number=gone[0])
    election = vote.basis["election"]
    rule = elections.rule_for(election, [one["code"] for one in vote.options])
    vote.rule, vote.status = rule.to_params(), "draft"
    vote.save(update_fields=["rule", "status"])
    changes = {"candidates": len(vote.options), "seats": election["seats"]}
    record(by=by, at=at, action="ballots.settle_candidates", subject=vote.reference, changes=changes)
    return vote


@transaction.atomic
def next_round(*, by: Actor, at: dt.datetime, number: str, closes_at: dt.datetime) -> Vote:
    """另行选举 among those not elected with the most votes, or another vote among equals; on the same roll.

    Raises Forbidden, Conflict `no_next_round`, `round_exists`, Refused `not_contested`, `closes_too_soon`.
    """
    before = queries.get_vote_for(by, number, lock=True)
    require(by, rules.HOLD, path=before.path)
    kind, candidates, seats = elections.next_of(before)
    if before.rounds.exclude(status="cancelled").exists():
        raise Conflict("round_exists", N_("下一轮已经写好了。"))
    rules.check_closing(closes_at, at)
    election: dict[str, Any] = {**before.basis["election"], "round": kind, "seats": seats}
    rule = elections.rule_for(election, candidates)
    title = f"{before.basis['election'].get('title', before.title)}（{elections.ROUND_WORDS[kind]}）"
    vote = Vote(roll=before.roll, organization=before.organization, path=before.path, after=before)
    vote.title, vote.about, vote.secret = title[: rules.LONGEST_TITLE], before.about, True
    vote.options = [one for one in before.options if one["code"] in candidates]
    election["title"] = before.basis["election"].get("title", before.title)
    vote.rule, vote.basis, vote.legal_effect = rule.to_params(), {"election": election}, before.legal_effect
    vote.closes_at, vote.status = closes_at, "draft"
    _save(vote, by, at)
    link(by=by, at=at, source=before.reference, relation="next_round", target=vote.reference)
    changes = {"after": before.reference, "round": kind, "candidates": len(candidates), "seats": seats}
    record(by=by, at=at, action="ballots.next_round", subject=vote.reference, changes=changes)
    return vote
