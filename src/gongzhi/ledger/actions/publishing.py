"""公开: a closed month or quarter as a draft of the community's pages; somebody else reviews and releases it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.duties.models import OPEN, Duty
from gongzhi.ledger import queries, rules, shown
from gongzhi.ledger.actions.telling import PUBLISH
from gongzhi.ledger.holding import FEW, together
from gongzhi.ledger.models import Fund, Verdict
from gongzhi.ledger.queries import Statement
from gongzhi.publications.actions.announcing import Announced, announce
from gongzhi.publications.models import Publication

KIND = "accounts"


@transaction.atomic
def publish_statement(*, by: Actor, at: dt.datetime, number: str, label: str) -> Publication:
    """The statement of a period that is wholly closed, as a draft: sums by account, no person, no paper.

    Raises Forbidden, NotFound `no_such_period`, Conflict `not_closed_yet`.
    """
    fund = queries.get_fund_for(by, number)
    require(by, rules.PROPOSE, path=fund.path)
    check_activity("ledger")
    every = queries.kind_of(fund).publish_every
    until = queries.closed_until(fund)
    spans = rules.spans_between(every, fund.opened_on, until) if until else []
    span = next((one for one in spans if one.label == label), None)
    if span is None and until:
        raise NotFound("no_such_period", N_("这本账没有这一期。请从列表里选。"))
    if span is None or until is None or until < span.last:
        raise Conflict("not_closed_yet", N_("{label} 还没结账。先由两个人结账，再公开。"), label=label)
    found = queries.statement(fund, span.first, span.last)
    title = _("{name} {label} 收支").format(name=fund.name, label=label)
    said = Announced(fund.reference, fund.place, title, _body(found), _facts(found, label), _duty(fund, span.last))
    made = announce(by=by, at=at, kind=KIND, said=said)
    record(by=by, at=at, action="ledger.publish", subject=fund.reference, changes={"period": label, "as": made.number})
    return made


def _duty(fund: Fund, last: dt.date) -> Duty | None:
    """What asked for this period to be published; an older one that is still open is met by it too late."""
    open_ones = Duty.objects.filter(OPEN, subject=fund.reference, rule__in=PUBLISH.values(), opens_on=last)
    return open_ones.first()


def _facts(found: Statement, label: str) -> dict[str, str]:
    unit = found.fund.unit
    names = [row.closed_by_id for row in found.fund.periods.filter(last__range=(found.first, found.last))]
    return {
        "period": _("{label}（{first} 到 {last}）").format(label=label, first=found.first, last=found.last),
        "income": shown.money(found.income, unit),
        "expense": shown.money(found.expense, unit),
        "checked_by": _("两个人结账 {n} 次，另一个人审核发布").format(n=len(names)),
    }


def _body(found: Statement) -> str:
    fund, unit = found.fund, found.fund.unit
    lines = [_("上期结余：{amount}。").format(amount=shown.money(found.opening, unit))]
    for kind, word in (("income", _("收入")), ("expenses", _("支出"))):
        rows = [row for row in found.of(kind) if row.change]
        parts = "；".join(f"{row.account.name} {shown.money(row.change, unit)}" for row in rows)
        sum_ = found.income if kind == "income" else found.expense
        lines.append(_("{word}合计 {sum}。{parts}").format(word=word, sum=shown.money(sum_, unit), parts=parts).strip())
    if found.other:
        lines.append(_("期初和往来：{amount}。").format(amount=shown.money(found.other, unit)))
    lines.append(_("本期结余：{amount}。").format(amount=shown.money(found.closing, unit)))
    lines.append(_("共 {n} 笔，票据 {papers} 张，票据原件可以到{body}查。").format(**_counts(found)))
    lines.append(_("管账的单位：{body}（{proof}）。").format(body=fund.organization.name, proof=fund.proof))
    lines += _people(found)
    lines.append(_("账对不上，可以在下面提出；这里不募捐、不收款。"))
    return "\n".join(lines)


def _people(found: Statement) -> list[str]:
    """Of a fund of persons: how many, and by pseudonym those who want that; nobody where they are fewer than five."""
    if not queries.kind_of(found.fund).persons_lines:
        return []
    seen = together(found.fund, found.first, found.last)
    if seen.members is None:
        return [_("参加的不到 {few} 个人，不写人数。").format(few=FEW)]
    lines = [_("{n} 个人参加。不写名字。").format(n=seen.members)]
    if seen.listed:
        parts = "；".join(f"{name} {shown.money(amount, found.fund.unit)}" for name, amount in seen.listed)
        lines.append(_("愿意写代号的，这一期得了：{parts}。").format(parts=parts))
    return lines


def _counts(found: Statement) -> dict[str, object]:
    rows = found.fund.entries.filter(approval__verdict=Verdict.APPROVED, on__range=(found.first, found.last))
    return {"n": found.entries, "papers": queries.count_papers(rows), "body": found.fund.organization.name}
