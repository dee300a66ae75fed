"""Casting: one entitlement, one ballot, whatever the origin; a secret paper is put among the others and forgotten."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.ballots import budgets, queries, rules
from gongzhi.ballots.models import Ballot, CastMark, RollEntry, Vote
from gongzhi.ballots.rules import Paper
from gongzhi.ballots.sql import put_papers, share_vote
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.engines.voting.ballots import Marks

ALREADY = N_("这一票已经投过了（{origin}），一份权利只投一票。")


@transaction.atomic
def cast_ballot(*, by: Actor, at: dt.datetime, number: str, position: int, marks: Sequence[str]) -> Ballot | None:
    """The actor's vote, online: for themselves, for a body they act for, or by a proxy. None for a secret vote.

    Raises SignInRequired, NotFound `not_yours`, Refused `nothing_chosen`, `bad_choice`, Conflict `already_voted`,
    `vote_is_over`, `wrong_step`, Refused `not_online`, `too_many_points`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    vote = queries.get_vote_for(by, number)
    mine = next((one for one in queries.mine_in(by, vote) if one.entry.position == position), None)
    if mine is None:
        raise NotFound("not_yours", N_("名册上这一户不是您的，也没有委托给您。"))
    rule, chosen = queries.rule_of(vote), tuple(dict.fromkeys(marks))
    origin = "proxy" if mine.proxy else "online"
    if origin not in rule.origins:
        raise Refused("not_online", N_("这次表决只用纸票。请到计票的地方投。"))
    rules.check_marks(chosen, rule)
    if budgets.is_budget(vote):
        budgets.check_marks(vote, chosen)
    if vote.secret:
        _put_secretly(vote, mine.entry, origin, [chosen if rule.method == "ranking" else tuple(sorted(chosen))], at)
        return None
    _check_running(vote, at)
    entry = _take_entry(mine.entry.pk)
    standing = Ballot.objects.filter(vote=vote, entry=entry, voided_at=None).first()
    if standing is not None:
        raise Conflict("already_voted", ALREADY, origin=rules.ORIGIN_WORDS[standing.origin])
    ballot = Ballot.objects.create(
        vote=vote,
        entry=entry,
        marks=list(chosen),
        origin=origin,
        rank=rule.origins[origin],
        at=at,
        holder=mine.proxy.holder if mine.proxy else "",
        cast_by=by.reference,
    )
    record(by=by, at=at, action="ballots.cast", subject=vote.reference, changes={"origin": origin})
    return ballot


def _take_entry(pk: int) -> RollEntry:
    """The entry, locked: two who come for it at the same moment come one after the other.

    Always after the vote, as boxes do it: else a box and a voter could wait for each other.
    """
    return RollEntry.objects.select_for_update().get(pk=pk)


def _check_running(vote: Vote, at: dt.datetime) -> None:
    """Whether it is open now, held so until this ballot is in."""
    status, opens, closes = share_vote(vote.pk)
    rules.check_move("cast", status)
    rules.check_open(opens=opens, closes=closes, at=at)  # type: ignore[arg-type]  # timestamps of the driver


def _put_secretly(vote: Vote, entry: RollEntry, origin: str, papers: list[Marks], at: dt.datetime) -> None:
    """The mark and the paper in one transaction, one voter after the other; no entry of the trail, no time.

    The first origin wins. `papers` is empty when the paper lies in a box.
    """
    row = Vote.objects.select_for_update().get(pk=vote.pk)
    rules.check_move("cast", row.status)
    rules.check_open(opens=row.opens_at, closes=row.closes_at, at=at)
    before = CastMark.objects.filter(vote=row, entry=entry).first()
    if before is not None:
        raise Conflict("already_voted", ALREADY, origin=rules.ORIGIN_WORDS[before.origin])
    CastMark.objects.create(vote=row, entry=entry, origin=origin)
    if papers:
        put_papers(row.pk, papers)


@transaction.atomic
def hand_out_paper(*, by: Actor, at: dt.datetime, number: str, position: int, origin: str) -> None:
    """领票: whoever stands on the roll gets a paper of a secret vote and has cast with that.

    Raises Forbidden, Refused `not_secret`, `bad_origin`, `unknown_number`, Conflict `already_voted`, `vote_is_over`.
    """
    vote = queries.get_vote_for(by, number)
    require(by, rules.COUNT, path=vote.path)
    if not vote.secret:
        raise Refused("not_secret", N_("这次是记名表决，纸票录入时再记。"))
    if origin not in rules.ON_PAPER:
        raise Refused("bad_origin", N_("请选现场、纸票或者上门。"), field="origin")
    _put_secretly(vote, entry_at(vote, position), origin, [], at)


def entry_at(vote: Vote, position: int) -> RollEntry:
    """Raises Refused `unknown_number`."""
    entry = RollEntry.objects.filter(roll=vote.roll_id, position=position).first()
    if entry is None:
        raise Refused("unknown_number", N_("名册上没有 {number} 号。"), number=position, field="position")
    return entry


def take_papers(*, by: Actor, vote: Vote, papers: Sequence[Paper], origin: str, at: dt.datetime) -> int:
    """Recorded papers out of a box: each voids what came online or by proxy; how many did. The vote is locked.

    Raises Refused `unknown_number`, `paper_twice`.
    """
    positions = [position for position, _marks in papers]
    rows = RollEntry.objects.select_for_update().filter(roll=vote.roll_id, position__in=positions)
    entries = {entry.position: entry for entry in rows.order_by("position")}
    cast = Ballot.objects.filter(vote=vote, voided_at=None, entry__in=list(entries.values()))
    standing = {ballot.entry_id: ballot for ballot in cast}
    rank = queries.rule_of(vote).origins[origin]
    for position in positions:
        entry = entries.get(position) or entry_at(vote, position)
        if entry.pk in standing and standing[entry.pk].rank <= rank:
            raise Refused("paper_twice", N_("{number} 号已经有一张纸票了。请把两张都找出来核对。"), number=position)
    Ballot.objects.filter(pk__in=[one.pk for one in standing.values()]).update(voided_at=at)
    common = {"vote": vote, "origin": origin, "rank": rank, "at": min(at, vote.closes_at), "cast_by": by.reference}
    Ballot.objects.bulk_create(
        Ballot(entry=entries[position], marks=None if marks is None else list(marks), **common)
        for position, marks in papers
    )
    return len(standing)
