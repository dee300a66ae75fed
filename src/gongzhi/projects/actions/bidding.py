"""竞购: bodies are asked, offer, are judged by people between whom and them nothing stands, and the best is chosen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.notifications.actions import emit
from gongzhi.people.models import Organization
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.proposing import check_second
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Bid, Project
from gongzhi.projects.queries import bidding as reads
from gongzhi.projects.rules import bidding as bid_rules
from gongzhi.sheets.actions.filling import fill_sheet, take_sheet

DELIVERED_BY, MOST_FILES = "delivered_by", 6


@dataclass(frozen=True, slots=True)
class Offer:
    """What a body would do: `ask` in fen for the whole work; no person is named."""

    ask: int | None
    plan: str
    hands: str


@transaction.atomic
def open_bidding(*, by: Actor, at: dt.datetime, number: str, until: dt.date) -> Project:
    """Bodies are asked until a day; a running window is only made longer, one that brought nobody begins anew.

    Raises Forbidden, Conflict `no_bids_here`, `not_yet_to_bid`, `bid_chosen`, Refused `until_too_early`,
    `until_not_later`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    terms = reads.terms_of(row)
    if row.state != bid_rules.ASKING:
        raise Conflict("not_yet_to_bid", N_("批准立项以后、动工以前才能征集承接单位。"))
    _check_not_chosen(row)
    bid_rules.check_until(until, row.bids_until, local_date(at), terms.days)
    row.bids_until = until
    row.save(update_fields=["bids_until"])
    happened(row, "bidding", by=by, at=at, facts={"until": until.isoformat()})
    return row


def _check_not_chosen(row: Project) -> None:
    if reads.chosen_of(row) is not None:
        raise Conflict("bid_chosen", N_("已经选定承接单位了。"))


@transaction.atomic
def submit_bid(
    *, by: Actor, at: dt.datetime, number: str, body: Organization, offer: Offer, uploads: Sequence[Upload] = ()
) -> Bid:
    """One offer a body; handed in again before the end it takes over. The office enters one that came on paper.

    Raises NotFound, Forbidden, Conflict `bids_closed`, Refused `body_may_not_bid`, `ask_wrong`, `line_missing`,
    `line_too_long`, `paper_missing`, `too_many_files`.
    """
    check_activity("projects")
    row = queries.get_work_for(by, number, lock=True)
    today = local_date(at)
    on_paper = _on_paper(by, row, body, today)
    bid_rules.check_open(row.state, row.bids_until, today)
    if not reads.possible_bodies(row, today).filter(pk=body.pk).exists():
        raise Refused("body_may_not_bid", N_("这家单位不能申请：种类不合，或者就是办这个项目的单位。"), field="body")
    if len(uploads) > MOST_FILES:
        raise Refused("too_many_files", N_("一次最多传 {most} 个文件。"), most=MOST_FILES, field="files")
    bid = Bid.objects.select_for_update().filter(project=row, body=body).first()
    if on_paper and not uploads:
        raise Refused("paper_missing", N_("纸上交来的，请把纸拍下来一起传。"), field="files")
    bid = bid or Bid(project=row, body=body, position=_last_position(row) + 1)
    _write(bid, offer)
    bid.on_paper, bid.withdrawn_at = on_paper, None
    bid.entered_by, bid.entered_at = by.reference, at
    bid.save()
    for upload in uploads:
        media = store_upload(by=by, at=at, key=row.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=bid.reference, purpose="document")
    happened(row, "bid", by=by, at=at, code=str(bid.position), reference=bid.reference)
    return bid


def _on_paper(by: Actor, row: Project, body: Organization, today: dt.date) -> bool:
    """Whether the office enters it for the body. Raises Forbidden for whoever holds no post in either."""
    if body in reads.bodies_of(by, row, today):
        return False
    try:
        require(by, rules.RUN, path=row.path)
    except Forbidden as refused:
        message = N_("申请由单位里任职的人来交。您在这家单位没有岗位，请让单位的人来。")
        raise Forbidden("not_of_this_body", message) from refused
    return True


def _last_position(row: Project) -> int:
    return row.bids.aggregate(last=Max("position"))["last"] or 0


def _write(bid: Bid, offer: Offer) -> None:
    if offer.ask is None or not 0 < offer.ask <= rules.LARGEST:
        raise Refused("ask_wrong", N_("报价要大于 0。"), field="ask")
    bid.ask = offer.ask
    bid.plan = rules.check_line(mask_personal_numbers(offer.plan), bid_rules.LONGEST_PLAN, "plan")
    bid.hands = rules.check_line(mask_personal_numbers(offer.hands), bid_rules.LONGEST_HANDS, "hands")


@transaction.atomic
def withdraw_bid(*, by: Actor, at: dt.datetime, number: str, position: int) -> Bid:
    """Taken back before the end, by whoever may hand it in. Raises NotFound `bid_unknown`, Conflict `bids_closed`."""
    row = queries.get_work_for(by, number, lock=True)
    bid, today = reads.get_bid(row, position, lock=True), local_date(at)
    if bid.body not in reads.bodies_of(by, row, today):
        require(by, rules.RUN, path=row.path)
    bid_rules.check_open(row.state, row.bids_until, today)
    bid.withdrawn_at = at
    bid.save(update_fields=["withdrawn_at"])
    happened(row, "bid", by=by, at=at, code=str(position), reference=bid.reference, facts={"withdrawn": True})
    return bid


# --- judging -------------------------------------------------------------------------------------------------------


def _to_judge(by: Actor, number: str, position: int, at: dt.datetime) -> tuple[Project, Bid]:
    row = queries.get_project_for(by, number, lock=True)
    if not reads.reviews(by, row):
        raise Forbidden("not_a_reviewer", N_("评审由办项目、审项目的岗位来做，申报的人不评。"))
    reads.terms_of(row)
    bid_rules.check_over(row.bids_until, local_date(at))
    _check_not_chosen(row)
    return row, reads.get_bid(row, position)


@transaction.atomic
def declare_interest(*, by: Actor, at: dt.datetime, number: str, position: int, conflict: bool) -> Project:
    """回避: each reviewer says of each offer whether something stands between; a post in the body always does.

    What it is stays the reviewer's own: nobody asks. Raises Forbidden, NotFound `bid_unknown`, Conflict `bids_open`,
    `bid_chosen`, Refused `reviewer_conflicted` with the post.
    """
    row, bid = _to_judge(by, number, position, at)
    held = reads.stands_between(by, bid, local_date(at), reads.terms_of(row).apart)
    if held and not conflict:
        message = N_("您在这家单位任职或者任过职：{post}。请选“有关系，我回避”。")
        raise Refused("reviewer_conflicted", message, post=held, field="conflict")
    happened(row, "declared", by=by, at=at, code=str(position), facts={"conflict": conflict})
    return row


@transaction.atomic
def score_bid(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    position: int,
    marks: Mapping[str, str],
    evidence: Mapping[str, Sequence[str]],
) -> Project:
    """The sheet of the pack, filled by one reviewer for one offer; filled again the newest counts.

    Raises Forbidden, NotFound `bid_unknown`, Conflict `bids_open`, `bid_chosen`, `interest_undeclared`,
    `reviewer_stands_aside`, and what fill_sheet raises.
    """
    row, _bid = _to_judge(by, number, position, at)
    mine = next((one for one in reads.said_of(row, [position])[position] if one.by == by.reference), None)
    if mine is None:
        raise Conflict("interest_undeclared", N_("请先说明您和这家单位有没有关系，再打分。"))
    if mine.conflict:
        raise Conflict("reviewer_stands_aside", N_("您回避这一份，不打分。"))
    code = reads.terms_of(row).sheet
    # Which sheet it is comes from the pack: nobody chooses it here, so nobody needs the right to make sheets.
    sheet = queries.newest_sheet(code) or take_sheet(by=system_actor("projects"), at=at, code=code)
    span = {"since": local_date(row.proposed_at), "until": local_date(at)}
    subject = reads.about(row, position, mine.sequence)
    fill_sheet(
        by=by, at=at, sheet=sheet, place=row.place, about=subject, marks=marks, evidence=evidence, notes={}, **span
    )
    happened(row, "scored", by=by, at=at, code=str(position), reference=sheet.reference)
    return row


@transaction.atomic
def choose_bid(*, by: Actor, at: dt.datetime, number: str, position: int, reason: str = "") -> Bid:
    """The best; equal in points and price, one of them with a reason. What it asks has to be there.

    Raises Forbidden, Refused `second_person`, `not_the_best`, `tie_needs_reason`, NotFound `bid_unknown`, Conflict
    `bids_open`, `bid_chosen`, `bids_missing`, `scores_missing`, `no_bid_passes`, `money_short`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.APPROVE, path=row.path)
    check_second(row, by)
    terms, today = reads.terms_of(row), local_date(at)
    bid_rules.check_over(row.bids_until, today)
    _check_not_chosen(row)
    bids = reads.bids_of(row)
    tied = bid_rules.best(
        reads.judged(bids, reads.said_of(row, [one.position for one in bids])), terms.reviewers, terms.pass_points
    )
    bid, why = reads.get_bid(row, position, lock=True), " ".join(reason.split())[: rules.LONGEST_REASON]
    bid_rules.check_best(position, tied, why)
    _check_money(row, bid)
    bid.chosen_at = at
    bid.save(update_fields=["chosen_at"])
    note = f"{bid.body.name}：{why}" if why else bid.body.name
    happened(row, "chosen", by=by, at=at, code=str(position), reference=bid.reference, note=note)
    link(by=by, at=at, source=row.reference, relation=DELIVERED_BY, target=f"organization:{bid.body_id}")
    emit("project.chosen", {"number": row.number, "at": at.isoformat()}, at=at)
    return bid


def _check_money(row: Project, bid: Bid) -> None:
    there = sum(one.amount for one in queries.money_of(queries.lines_of(row)))
    if bid.ask > there:
        message = N_("报价 {ask} 元，经费一共 {there} 元，不够。先把经费补上。")
        ask, have = amount_text(bid.ask, Unit.FEN), amount_text(there, Unit.FEN)
        raise Conflict("money_short", message, ask=ask, there=have)


def check_chosen(row: Project, at: dt.datetime) -> None:
    """Before the work begins, where bodies compete: one is chosen, and it was public long enough for objections.

    Raises Conflict `bid_not_chosen`, `bid_still_public`.
    """
    terms = queries.kind_of(row).bids
    if terms is None:
        return
    bid = reads.chosen_of(row)
    if bid is None or bid.chosen_at is None:
        raise Conflict("bid_not_chosen", N_("还没选定承接单位。请先征集、评审、选定。"))
    first = local_date(bid.chosen_at) + dt.timedelta(days=terms.published)
    if local_date(at) < first:
        message = N_("选定以后要公示 {days} 天，{day} 起可以动工。")
        raise Conflict("bid_still_public", message, days=terms.published, day=first.isoformat())
