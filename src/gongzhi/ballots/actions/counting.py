"""The counting desk: two people enter each box by themselves; what agrees is taken; then the result is worked out."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.ballots import budgets, queries, rules
from gongzhi.ballots.actions.casting import take_papers
from gongzhi.ballots.actions.holding import locked
from gongzhi.ballots.models import Box, BoxSheet, CastMark, RollEntry, SecretPaper, Vote
from gongzhi.ballots.sql import put_papers
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.engines.record_checks import verify_record
from gongzhi.notifications.actions import emit


@transaction.atomic
def add_box(*, by: Actor, at: dt.datetime, number: str, code: str, origin: str) -> Box:
    """A box, or a round of doors, whose papers will be counted. Raises Refused `bad_origin`, `missing_code`."""
    vote = locked(by, number, "box", rules.COUNT)
    if origin not in rules.ON_PAPER or origin not in queries.rule_of(vote).origins:
        raise Refused("bad_origin", N_("请选现场、纸票或者上门。"), field="origin")
    code = " ".join(code.split())[:20]
    if not code:
        raise Refused("missing_code", N_("请给票箱写个名字，比如“1 号箱”。"), field="code")
    if vote.boxes.filter(code=code).exists():
        raise Conflict("box_exists", N_("已经有一个叫“{box}”的票箱。"), box=code, field="code")
    box = Box.objects.create(vote=vote, code=code, origin=origin)
    record(by=by, at=at, action="ballots.add_box", subject=vote.reference, changes={"box": code, "origin": origin})
    return box


@transaction.atomic
def enter_box(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    box_id: int,
    numbers: Mapping[str, int],
    papers: Sequence[rules.Paper],
) -> Box:
    """One teller's entry of a box. When the other's is there and the same, its papers are taken; else both stay.

    Entering again corrects one's own entry; the earlier one stays with its author. Raises Conflict `box_is_taken`,
    `two_tellers_already`, `papers_before_the_end`, Refused `box_unbalanced`, `papers_not_returned`, `unknown_number`,
    `paper_twice`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    vote = locked(by, number, "box", rules.COUNT)
    box = _take_box(vote, box_id)
    if vote.secret and vote.status == "open":
        raise Conflict("papers_before_the_end", N_("无记名的票，截止以后才能开箱。"))
    rules.check_box(numbers, len(papers), box.code, box.origin)
    _check_known(vote, papers)
    before = queries.latest_sheets(box)
    teller = _teller(before, by)
    given = [[place, None if marks is None else list(marks)] for place, marks in papers]
    sheet = BoxSheet.objects.create(
        box=box, teller=teller, person_id=by.person_id, at=at, numbers=dict(numbers), papers=given
    )
    changes = {"box": box.code, "teller": teller, "papers": len(papers)}
    record(by=by, at=at, action="ballots.enter_box", subject=vote.reference, changes=changes)
    other = before.get(3 - teller)
    if other is not None and _same(sheet, other):
        _take(vote, box, sheet, by, at)
    return box


def _take_box(vote: Vote, box_id: int) -> Box:
    """Raises NotFound `no_box`, Conflict `box_is_taken`."""
    box = Box.objects.select_for_update().filter(vote=vote, pk=box_id).first()
    if box is None:
        raise NotFound("no_box", N_("没有这个票箱。"))
    if box.agreed_at is not None:
        raise Conflict("box_is_taken", N_("这个箱两个人录得一样，已经收下，不再改。"))
    return box


def _check_known(vote: Vote, papers: Sequence[rules.Paper]) -> None:
    """Papers of a recorded vote bear numbers of the roll. Raises Refused `unknown_number`."""
    if vote.secret:
        return
    known = set(RollEntry.objects.filter(roll=vote.roll_id).values_list("position", flat=True))
    for position, _marks in papers:
        if position not in known:
            raise Refused("unknown_number", N_("名册上没有 {number} 号。"), number=position, field="papers")


def _teller(before: Mapping[int, BoxSheet], by: Actor) -> int:
    """Raises Conflict `two_tellers_already`."""
    for teller, sheet in before.items():
        if sheet.person_id == by.person_id:
            return teller
    free = next((teller for teller in (1, 2) if teller not in before), None)
    if free is None:
        raise Conflict("two_tellers_already", N_("这个箱已经有两个人在录。要改，由他们自己改。"))
    return free


def _same(sheet: BoxSheet, other: BoxSheet) -> bool:
    return sheet.numbers == other.numbers and not rules.differences(queries.papers_of(sheet), queries.papers_of(other))


def _take(vote: Vote, box: Box, sheet: BoxSheet, by: Actor, at: dt.datetime) -> None:
    """Papers of a secret box lose the order of the pile with that: they go among the others."""
    papers = queries.papers_of(sheet)
    voided = 0
    if vote.secret:
        ranking = queries.rule_of(vote).method == "ranking"
        put_papers(vote.pk, [marks if ranking or not marks else tuple(sorted(marks)) for _, marks in papers])
        BoxSheet.objects.filter(box=box).update(papers=[])
    else:
        voided = take_papers(by=by, vote=vote, papers=papers, origin=box.origin, at=at)
    box.agreed_at, box.numbers = at, sheet.numbers
    box.save(update_fields=["agreed_at", "numbers"])
    changes = {"box": box.code, "papers": len(papers), "voided": voided}
    record(by=by, at=at, action="ballots.take_box", subject=vote.reference, changes=changes)


@transaction.atomic
def count_vote(*, by: Actor, at: dt.datetime, number: str, lot: Sequence[str] = ()) -> Vote:
    """The result, with the seal of its record, which has to verify. Nothing changes after that.

    Raises Conflict `wrong_step`, `boxes_open`, Refused `papers_over_cast`, `bad_lot`, `lot_due`, `record_faulty`.
    """
    vote = locked(by, number, "count", rules.COUNT)
    if waiting := queries.untaken(vote):
        message = N_("还有 {n} 个票箱两个人没有录得一样：{boxes}。")
        raise Conflict("boxes_open", message, n=len(waiting), boxes="、".join(box.code for box in waiting))
    if vote.secret:
        _check_papers(vote)
    vote.lot = list(lot)
    try:
        found = queries.record_of(vote)
    except ValueError as error:
        raise Refused("bad_lot", N_("抽签的顺序不是票数相等的那几位：{error}"), error=str(error)) from None
    if wrong := verify_record(found):
        raise Refused(
            "record_faulty",
            N_("记录自己对不上：{fault}（{where}）。先查清楚，再公布。"),
            fault=wrong[0].code,
            where=wrong[0].where,
        )
    result = found["events"][-1]["body"]
    if result["outcome"] == "tied" and queries.rule_of(vote).ties.by == "lot":
        message = N_("票数相等，照规则当众抽签。把抽出的次序填上：{tied}。")
        raise Refused("lot_due", message, tied="、".join(_places(vote, result["seats"]["tied"])), field="lot")
    vote.result = {**result, "budget": budgets.outcome_of(vote).to_record()} if budgets.is_budget(vote) else result
    vote.outcome, vote.seal = vote.result["outcome"], found["seal"]
    vote.status, vote.counted_by, vote.counted_at = "counted", by.reference, at
    vote.save(update_fields=["lot", "result", "outcome", "seal", "status", "counted_by", "counted_at"])
    changes = {"outcome": vote.outcome, "seal": vote.seal}
    record(by=by, at=at, action="ballots.count_vote", subject=vote.reference, changes=changes)
    emit("vote.told", {"number": vote.number, "what": "result", "at": at.isoformat()}, at=at)
    return vote


def _places(vote: Vote, codes: Sequence[str]) -> list[str]:
    """Candidates by their place on the paper: no name stands in a refusal."""
    return [str(place) for place, one in enumerate(vote.options, 1) if one["code"] in codes]


def _check_papers(vote: Vote) -> None:
    cast, papers = CastMark.objects.filter(vote=vote).count(), SecretPaper.objects.filter(vote=vote).count()
    if papers > cast:
        message = N_("票有 {papers} 张，领票和投票的只有 {cast} 位。多出来的查清楚之前不能公布。")
        raise Refused("papers_over_cast", message, papers=papers, cast=cast)
