"""Persons get points or minutes: by a rule for a service that was confirmed, or by two of the review team."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.ledger import holding, queries, rules
from gongzhi.ledger.actions import holding as hands
from gongzhi.ledger.actions.deciding import count_in
from gongzhi.ledger.actions.entering import public_words, write_undoing
from gongzhi.ledger.actions.persons import ACTIVITY
from gongzhi.ledger.models import Account, Fund, LedgerEntry, Verdict
from gongzhi.packs.fund_contents import AWARD, BACK_ENTRY, EARN, HONOUR, SERVED, Earn, Persons
from gongzhi.people.queries import person_of


@dataclass(frozen=True)
class Deed:
    """What somebody did, when, for which host; `done` in minutes or times; `source` makes it once only."""

    source: uuid.UUID
    person: uuid.UUID
    done: int
    host: int
    on: dt.date
    origin: str = SERVED


@transaction.atomic
def earn(*, by: Actor, at: dt.datetime, number: str, deed: Deed) -> LedgerEntry | None:
    """By the first rule of the kind for what was done; None for who did not join then, or where no rule holds.

    A service that its receiver confirmed counts at once; one written in afterwards waits for another person. Caps
    clip, and whoever is clipped hears it. Told twice, written once. Raises Forbidden to everybody but the platform.
    """
    if by.kind != "system":
        raise Forbidden("by_rule_only", N_("这一类由规则自动记。补录和评定请到积分台写。"))
    check_activity(ACTIVITY)
    fund, _kind, persons = holding.get_fund(number, lock=True)
    rule = next((one for one in persons.earns if one.origin == deed.origin), None)
    account = holding.accounts_in(fund, deed.person).get(rule.line) if rule else None
    if rule is None or account is None or account.since is None or deed.on < account.since:
        return None
    request = rules.request_of("served", deed.source, number)
    movement = _movement(rule, persons)
    if before := hands.written_before(fund, request, movement):
        return before
    full = rules.gained(deed.done, rule.gives, rule.per)
    amount = _clipped(account, rule, full, deed.host, deed.on)
    if amount < full:
        key = f"{request}-clipped"
        hands.tell(account, "clipped", by=by, at=at, key=key, amount=amount, full=full, rule=rule.name)
    if not amount:
        return None
    facts = {"host": deed.host, "day": deed.on.isoformat(), "full": full}
    change = _change(fund, persons, rule, account, amount, on=deed.on, facts=facts)
    change |= {"request": request, "second": deed.origin != SERVED}
    return hands.write(fund, hands.Change(**change), by=by, at=at)


@transaction.atomic
def undo_service(*, by: Actor, at: dt.datetime, number: str, source: uuid.UUID) -> LedgerEntry | None:
    """A record of service was put right: what it brought is taken back, once a second person has looked.

    What still waits is withdrawn. What was spent meanwhile is not driven below nothing: the second person is told so by
    the account and refuses. None where the record brought nothing here, or it is undone already. Raises Forbidden to
    everybody but the platform.
    """
    if by.kind != "system":
        raise Forbidden("by_rule_only", N_("这一类由规则自动记。补录和评定请到积分台写。"))
    check_activity(ACTIVITY)
    fund, _kind, _persons = holding.get_fund(number, lock=True)
    entry = fund.entries.filter(request=rules.request_of("served", source, number)).first()
    if entry is None or queries.undone_by(entry) is not None:
        return None
    reason = N_("对应的服务记录冲销了")
    state = queries.state_of(entry)
    if state == "waiting":
        count_in(entry, by=by, at=at, verdict=Verdict.WITHDRAWN, note=reason)
        return entry
    return write_undoing(entry, fund, reason, by=by, at=at, proposer=None) if state == "approved" else None


def _movement(rule: Earn, persons: Persons) -> str:
    return EARN if rule.line == persons.spends else HONOUR


def _clipped(account: Account, rule: Earn, full: int, host: int, day: dt.date) -> int:
    limits = [(rule.day_most, holding.gained_on(account, rule.code, day) if rule.day_most else 0)]
    limits.append((rule.host_month_most, holding.gained_at(account.fund, rule.code, host, day)))
    return rules.clipped(full, limits)


def _change(
    fund: Fund, persons: Persons, rule: Earn, account: Account, amount: int, *, on: dt.date, facts: dict[str, Any]
) -> dict[str, Any]:
    """What somebody may keep goes to his account, what is more than the most to all."""
    most = persons.most_kept if rule.line == persons.spends else 0
    own = rules.kept(amount, account.balance, most)
    ends = rules.expiry(on, persons.lasts_months, with_year=persons.ends_with_year)
    lines = [rules.Line(hands.line_of(fund, hands.EARNED), -amount)]
    lines += [rules.Line(account.pk, own, ends)] if own else []
    lines += [rules.Line(hands.line_of(fund, hands.POOL), amount - own)] if amount > own else []
    given = {"rule": rule.code, "to_all": amount - own, **facts}
    return {"movement": _movement(rule, persons), "narration": rule.name, "lines": lines, "facts": given}


@dataclass(frozen=True)
class Award:
    """What the review team writes: whose (a pseudonym), by which rule, how often or how long, on which day, why."""

    to: str
    rule: str
    done: int
    on: dt.date
    reason: str
    request: uuid.UUID | None = None


@transaction.atomic
def award(*, by: Actor, at: dt.datetime, number: str, given: Award) -> LedgerEntry:
    """评定, 补录: by one of the team, counts when another approves; neither of them for himself.

    Raises Forbidden, NotFound `no_such_member`, Refused `rule_unknown`, `own_account`, `day_wrong`, `cap_reached`.
    """
    fund, _kind, persons = holding.get_fund(number, lock=True)
    require(by, rules.PROPOSE, path=fund.path)
    check_activity(ACTIVITY)
    rule = persons.earn(given.rule)
    if rule is None or rule.origin not in (AWARD, BACK_ENTRY):
        raise Refused("rule_unknown", N_("请从列表里选按哪一条。"), field="rule")
    movement = _movement(rule, persons)
    if before := hands.written_before(fund, given.request, movement):
        return before
    account = holding.member_called(fund, given.to)[rule.line]
    if account.holder_id == by.person_id:
        raise Refused("own_account", N_("不能给自己记。请另一位来写。"), field="to")
    if account.since is None or not account.since <= given.on <= local_date(at):
        raise Refused("day_wrong", N_("日期要在他参加以后、今天以前。"), field="on")
    full = rules.gained(given.done, rule.gives, rule.per)
    amount = _clipped(account, rule, full, fund.organization_id, given.on)
    if not amount:
        message = N_("记不了：不够一个单位，或者到了当天、当月的上限。")
        raise Refused("cap_reached", message, field="done")
    facts = {"host": fund.organization_id, "day": given.on.isoformat(), "full": full}
    change = _change(fund, persons, rule, account, amount, on=given.on, facts=facts)
    change |= {"narration": public_words(given.reason, "reason"), "request": given.request, "second": True}
    return hands.write(fund, hands.Change(**change, proposer=person_of(by)), by=by, at=at)
