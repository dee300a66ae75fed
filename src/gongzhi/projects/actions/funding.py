"""Whose money: lines that are added, become sure and are paid, each paid one out of books that show the same."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.documents.queries import evidence_of
from gongzhi.ledger.models import Account, Unit
from gongzhi.ledger.rules import amount_text, percent
from gongzhi.people.models import Organization
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.proposing import check_not_over
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Funded, FundingLine, Project
from gongzhi.projects.rules.bidding import BY_STEPS, payable

MOST_LINES, MOST_FILES = 40, 6


@dataclass(frozen=True, slots=True)
class Source:
    """A source of money as somebody enters it; `amount` in fen, `account` a code such as F001-2, or "" outside."""

    kind: str
    name: str
    amount: int | None = None
    thing: str = ""
    account: str = ""
    body: Organization | None = None


@transaction.atomic
def add_funding_line(*, by: Actor, at: dt.datetime, number: str, source: Source) -> FundingLine:
    """One more source, within what the kind allows.

    Raises Forbidden, Conflict `project_over`, `too_many_lines`, Refused `funding_not_allowed`, `line_missing`,
    `line_too_long`, `amount_wrong`, `thing_missing`, `over_the_most`, NotFound `account_unknown`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.PROPOSE, path=row.path)
    check_not_over(row)
    allowed = queries.kind_of(row).source_of(source.kind)
    if allowed is None:
        raise Refused("funding_not_allowed", N_("这种项目不用这一种钱。请从列表里选。"), field="kind")
    line = FundingLine(project=row, kind=source.kind, body=source.body, amount=source.amount, added_by=by.reference)
    line.name = rules.check_line(mask_personal_numbers(source.name), rules.LONGEST_NAME, "name")
    line.thing = " ".join(mask_personal_numbers(source.thing).split())[: rules.LONGEST_THING]
    rules.check_amount(line.amount, line.thing, line.kind)
    line.thing = line.thing if line.kind == rules.NO_MONEY else ""
    line.account, line.added_at = _account(source), at
    known = queries.lines_of(row)
    rules.check_most(
        queries.money_of([*known, line]), line.kind, allowed.most, amount_text(allowed.most, Unit.FEN)
    )
    last = row.lines.aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_LINES:
        raise Conflict("too_many_lines", N_("一个项目最多列 {most} 笔经费。"), most=MOST_LINES)
    line.position = last + 1
    line.save(force_insert=True)
    _happened(row, line, by=by, at=at)
    if line.account is not None:
        link(by=by, at=at, source=row.reference, relation="funded_by", target=line.account.reference)
    return line


def _account(source: Source) -> Account | None:
    if not source.account or source.kind == rules.NO_MONEY:
        return None
    found = Account.objects.filter(code=source.account, kind="assets", fund__unit=Unit.FEN, fund__closed_on=None)
    account = found.select_related("fund").first()
    if account is None:
        message = N_("没有账户 {account}。请核对编号，或者空着。")
        raise NotFound("account_unknown", message, account=source.account, field="account")
    return account


def _happened(row: Project, line: FundingLine, *, by: Actor, at: dt.datetime, note: str = "") -> None:
    facts = {"kind": line.kind, "state": line.state, "amount": line.amount, "paid": line.paid}
    happened(row, "funding", by=by, at=at, code=str(line.position), note=note or line.name, facts=facts)


def _line(by: Actor, number: str, position: int, permission: str) -> tuple[Project, FundingLine]:
    row = queries.get_project_for(by, number, lock=True)
    require(by, permission, path=row.path)
    check_not_over(row)
    rows = row.lines.select_for_update(of=("self",)).select_related("account__fund", "project")
    line = rows.filter(position=position, dropped_at=None).first()
    if line is None:
        raise NotFound("line_unknown", N_("没有这一笔经费。请刷新再看。"))
    return row, line


@transaction.atomic
def commit_line(*, by: Actor, at: dt.datetime, number: str, position: int) -> FundingLine:
    """定下来: whoever gives has said so. Raises Forbidden, NotFound `line_unknown`, Conflict `line_settled`."""
    row, line = _line(by, number, position, rules.RUN)
    if line.state != Funded.PROMISED:
        raise Conflict("line_settled", N_("这一笔已经定下来了，或者已经付了。"))
    line.state = Funded.COMMITTED
    line.save(update_fields=["state"])
    _happened(row, line, by=by, at=at)
    return line


@transaction.atomic
def pay_line(
    *,
    by: Actor,
    at: dt.datetime,
    number: str,
    position: int,
    amount: int | None = None,
    uploads: Sequence[Upload] = (),
) -> FundingLine:
    """付了: how much in all. Money that runs through no books here needs a paper; the rest is shown by its entries.

    Written again it takes over, until the project closes. Raises Forbidden, NotFound `line_unknown`, Refused
    `amount_wrong`, `paper_missing`, `too_many_files`, `step_first`, Conflict `not_running`.
    """
    row, line = _line(by, number, position, rules.RUN)
    if row.state not in rules.RUNNING:
        raise Conflict("not_running", N_("立项以后才付钱。"))
    if line.kind != rules.NO_MONEY:
        if amount is None or not 0 < amount <= rules.LARGEST:
            raise Refused("amount_wrong", N_("金额要大于 0。"), field="amount")
        _check_steps(row, line, amount)
        line.paid = amount
    _papers(row, line, uploads, by=by, at=at)
    line.state = Funded.PAID
    line.save(update_fields=["state", "paid"])
    _happened(row, line, by=by, at=at)
    return line


def _check_steps(row: Project, line: FundingLine, amount: int) -> None:
    """分次付款: public money of a kind with paid steps follows what is done. Raises Refused `step_first`."""
    steps = row.milestones.exclude(pays="")
    if line.kind not in BY_STEPS or not steps:
        return
    most = payable(line.amount or 0, [one.pays for one in steps if one.done_at is not None])
    if amount > most:
        message = N_("做完的几步一共能付 {most} 元。先把下一步做完、评过，再付。")
        raise Refused("step_first", message, most=amount_text(most, Unit.FEN), field="amount")


def _papers(row: Project, line: FundingLine, uploads: Sequence[Upload], *, by: Actor, at: dt.datetime) -> None:
    if len(uploads) > MOST_FILES:
        raise Refused("too_many_files", N_("一次最多传 {most} 个文件。"), most=MOST_FILES, field="files")
    there = evidence_of([line.reference]).filter(media__erased_at=None).exists()
    if line.account is None and not uploads and not there:
        raise Refused("paper_missing", N_("这笔钱不走这里的账，请传收据、协议或者照片。"), field="files")
    for upload in uploads:
        media = store_upload(by=by, at=at, key=row.key, upload=upload)
        attach_evidence(by=by, at=at, media=media, subject=line.reference, purpose="receipt")


@transaction.atomic
def drop_line(*, by: Actor, at: dt.datetime, number: str, position: int, reason: str) -> FundingLine:
    """Taken back, with a reason; it stays in the list. Raises Forbidden, Conflict `line_settled`, `reason_missing`."""
    row, line = _line(by, number, position, rules.PROPOSE)
    if line.state == Funded.PAID:
        raise Conflict("line_settled", N_("这一笔已经付了，不能去掉。"))
    why = rules.check_reason(reason)
    line.dropped_at = at
    line.save(update_fields=["dropped_at"])
    _happened(row, line, by=by, at=at, note=f"{line.name}：{why}")
    return line


def check_funding(row: Project) -> None:
    """Before it is approved: there is money or help, the own share is there, as many bodies give as have to.

    Raises Conflict `funding_missing`, `own_share_missing`, `investors_missing`.
    """
    pack, lines = queries.kind_of(row), queries.lines_of(row)
    if not lines:
        raise Conflict("funding_missing", N_("还没有一笔经费。请先在“经费”里列出钱从哪里来。"))
    money = queries.money_of(lines)
    reward = pack.source_of("reward")
    if reward is not None and reward.own_share:
        share = Fraction(reward.own_share)
        if short := rules.own_short(money, share):
            message = N_("自筹还差 {short} 元：要占奖补和自筹合起来的 {share} 以上。")
            raise Conflict("own_share_missing", message, short=amount_text(short, Unit.FEN), share=percent(share))
    if (there := rules.givers(money)) < pack.investors:
        message = N_("要 {wanted} 家单位一起出钱，现在有 {there} 家。请在“经费”里选好单位。")
        raise Conflict("investors_missing", message, wanted=pack.investors, there=there)
