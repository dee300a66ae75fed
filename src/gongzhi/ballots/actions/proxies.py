"""委托: a written authority, entered by whoever has seen the paper; capped as the rule says, listed."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.ballots import queries, rules
from gongzhi.ballots.actions.casting import entry_at
from gongzhi.ballots.actions.holding import locked
from gongzhi.ballots.models import Ballot, Proxy
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.engines.voting.ballots import Proxy as Carried
from gongzhi.engines.voting.ballots import refused_proxies
from gongzhi.people.models import Person

WHY = {
    "not_allowed": N_("这次表决不能委托。"),
    "own": N_("不用委托自己。"),
    "twice": N_("{number} 号已经委托了别人。要换人，先撤回。"),
    "holder_not_on_roll": N_("受托的人要在名册上。"),
    "over_cap": N_("一个人最多受托 {most} 户，这一位已经满了。"),
}


@transaction.atomic
def give_proxy(*, by: Actor, at: dt.datetime, number: str, position: int, holder: Person, signed_on: dt.date) -> Proxy:
    """Somebody may vote for an entry. Who enters it has the signed paper before them.

    Raises Forbidden, Refused `proxy_*`, `signed_later`, `unknown_number`, Conflict `already_voted`.
    """
    vote = locked(by, number, "proxy", rules.COUNT)
    if signed_on > local_date(at):
        raise Refused("signed_later", N_("委托书上的日期还没到。"), field="signed_on")
    entry, names, rule = entry_at(vote, position), queries.commitments(vote), queries.rule_of(vote)
    if queries.participants(vote).filter(pk=entry.pk).exists():
        raise Conflict("already_voted", N_("这一户已经投了，不用再委托。"))
    given = [*queries.proxies_of(vote, names), Carried(names[entry.pk], queries.holder_of(vote, holder.pk))]
    why = refused_proxies(given, rule, names.values()).get(len(given) - 1)
    if why:
        most = rule.proxies.per_holder if rule.proxies else 0
        raise Refused(f"proxy_{why}", WHY[why], number=position, most=most, field="position")
    proxy = Proxy.objects.create(
        vote=vote,
        entry=entry,
        person=holder,
        holder=given[-1].holder,
        signed_on=signed_on,
        entered_by=by.reference,
        entered_at=at,
    )
    record(by=by, at=at, action="ballots.give_proxy", subject=vote.reference, changes={"number": position})
    return proxy


@transaction.atomic
def withdraw_proxy(*, by: Actor, at: dt.datetime, number: str, position: int) -> None:
    """The authority is taken back before it was used: at the desk, or by whoever gave it.

    Raises Forbidden, NotFound `no_proxy`, Conflict `already_voted`.
    """
    vote = queries.get_vote_for(by, number, lock=True)
    if not queries.electors_of(by).filter(entry__roll=vote.roll_id, entry__position=position).exists():
        require(by, rules.COUNT, path=vote.path)
    rules.check_move("proxy", vote.status)
    proxy = Proxy.objects.filter(vote=vote, entry__position=position, withdrawn_at=None).first()
    if proxy is None:
        raise NotFound("no_proxy", N_("{number} 号没有委托。"), number=position)
    if Ballot.objects.filter(vote=vote, entry=proxy.entry_id, origin="proxy", voided_at=None).exists():
        raise Conflict("already_voted", N_("受托的人已经投了。本人来交纸票，受托投的那一票作废。"))
    proxy.withdrawn_at = at
    proxy.save(update_fields=["withdrawn_at"])
    record(by=by, at=at, action="ballots.withdraw_proxy", subject=vote.reference, changes={"number": position})
