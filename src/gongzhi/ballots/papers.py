"""A vote on paper: its notice, the roll as published, ballots, a form for a proxy, the result. No person's whole name
but where the law has it published; every paper says where it can be checked.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.ballots import budgets, queries, rules, shown, spending
from gongzhi.ballots.models import RollEntry, Vote
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.text import N_
from gongzhi.documents.papers import Paper, Part

Values = dict[str, Any]
BOX = "□"


def address_of(vote: Vote) -> str:
    return f"{settings.HOST_URL}/votes/{vote.number}"


def _until(vote: Vote) -> str:
    local = vote.closes_at.astimezone(CHINA)
    return _("{year}年{month}月{day}日 {time}").format(
        year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}"
    )


def _everybody(vote: Vote) -> str:
    if vote.roll.kind == "owners":
        return _("{place}各位业主：").format(place=vote.roll.place.name)
    return _("{place}名册上的各位：").format(place=vote.roll.place.name)


def _basis(vote: Vote) -> str:
    matter = (vote.basis.get("matter") or {}).get("title", "")
    return "，".join(filter(None, [vote.rule["article"], matter]))


def _effect(vote: Vote) -> str:
    return _(rules.EFFECT_WORDS[vote.legal_effect])


def passes(vote: Vote) -> list[str]:
    """What it takes, as the rule says it: first who takes part, then who agrees."""
    if budgets.is_budget(vote):
        return spending.rule_lines(budgets.terms_of(vote))
    quorum, majority = ("、".join(shown.shares(vote.rule[part])) for part in ("quorum", "majority"))
    found = [_("先看参加：{needs}。").format(needs=quorum)] if quorum else []
    return [*found, _("再看同意：参加的里面，{needs}。").format(needs=majority)] if majority else found


def _ways(vote: Vote) -> list[str]:
    rule = queries.rule_of(vote)
    found = []
    if "online" in rule.origins:
        found.append(_("网上投：打开 {address}，选一项，投出。").format(address=address_of(vote)))
    found.append(_("纸票：到{body}领，填好投进票箱。来不了的，可以要求上门。").format(body=vote.organization.name))
    if rule.proxies:
        found.append(proxy_rule(vote))
    if vote.secret:
        found.append(_("这是无记名表决，票上没有编号。"))
    return found


def proxy_rule(vote: Vote) -> str:
    most = rules_most(vote)
    if most is None:
        return _("可以书面委托别人代投，委托名单会公布。")
    return _("可以书面委托别人代投，一个人最多受托 {n} 户，委托名单会公布。").format(n=most)


def rules_most(vote: Vote) -> int | None:
    proxies = queries.rule_of(vote).proxies
    return proxies.per_holder if proxies else None


def notice_of(vote: Vote) -> Values:
    """The values of the paper `vote_notice`. Raises Conflict `nothing_to_notice` before its roll is published."""
    if vote.roll.published_at is None:
        raise Conflict("nothing_to_notice", N_("名册公布以后才能出通知：通知上要写多少户、摘要是什么。"))
    digests = [_("名册的摘要：{digest}").format(digest=vote.roll_digest or vote.roll.digest)]
    if vote.rule_digest:
        digests.append(_("规则的摘要：{digest}").format(digest=vote.rule_digest))
    count = vote.roll.entries.count()
    roll = _("名册 {number}，{n} 户，{day}定的。").format(
        number=vote.roll.number, n=count, day=vote.roll.on.isoformat()
    )
    return {
        "title": _("表决通知"),
        "number": vote.number,
        "to": _everybody(vote),
        "question": vote.title,
        "about": vote.about.split("\n") if vote.about else [],
        "options": [[_(one["word"]), one["note"]] for one in vote.options],
        "passes": passes(vote),
        "until": _until(vote),
        "how": _ways(vote),
        "roll": roll,
        "digests": digests,
        "effect": _effect(vote),
        "basis": _basis(vote),
        "check": address_of(vote),
        "body": vote.organization.name,
        "on": local_date(vote.opens_at or vote.roll.published_at),
    }


def roll_of(vote: Vote, actor: Actor, at: dt.datetime) -> Values:
    """The values of the paper `roll`: number, name as the law has it, group; nothing else of anybody."""
    roll = vote.roll
    entries = list(roll.entries.prefetch_related("electors__organization").order_by("position"))
    rows = [
        [str(entry.position), "、".join(names) or _("还没认定"), entry.group]
        for entry, names in shown.named(actor, vote, entries, at)
    ]
    return {
        "title": _("名册公示"),
        "number": roll.number,
        "about": vote.title,
        "place": roll.place.name,
        "count": _("{n} 户，{day}定的").format(n=len(rows), day=roll.on.isoformat()),
        "objection": _("有出入的，请在公示期内向{body}提出。").format(body=vote.organization.name),
        "rows": rows,
        "digest": roll.digest,
        "check": f"{address_of(vote)}/roll",
        "body": vote.organization.name,
        "on": local_date(roll.published_at or roll.frozen_at),
    }


def result_of(vote: Vote) -> Values:
    """The values of the paper `vote_result`. Raises NotFound `no_result` before it is published."""
    if vote.status != "counted" or vote.result is None or vote.counted_at is None:
        raise NotFound("no_result", N_("还没有结果。公布结果以后才有公告。"))
    none = _("参加的人不够，怎么选的不公布：同一件事可能要再投一次。")
    return {
        "title": _("表决结果公告"),
        "number": vote.number,
        "to": _everybody(vote),
        "question": vote.title,
        "outcome": shown.outcome_word(vote),
        "choices": [[one["word"], "，".join(one["got"])] for one in shown.choices(vote)],
        "came": _came(vote) if shown.choices(vote) else none,
        "working": shown.working(vote.result),
        "effect": _effect(vote),
        "basis": _basis(vote),
        "seal": vote.seal,
        "check": _("下载记录，自己重新数：{address}").format(address=address_of(vote)),
        "body": vote.organization.name,
        "on": local_date(vote.counted_at),
    }


def _came(vote: Vote) -> str:
    ways = "，".join(f"{_(rules.ORIGIN_WORDS[way])} {n}" for way, n in queries.origins_of(vote).items())
    total = queries.participants(vote).count()
    return _("参加的 {n} 户：{ways}。").format(n=total, ways=ways) if ways else _("没有人参加。")


def proxy_form(vote: Vote, entry: RollEntry) -> Values:
    """The values of the paper `proxy`, to be signed by hand. Raises Conflict `no_proxies`."""
    if queries.rule_of(vote).proxies is None:
        raise Conflict("no_proxies", N_("这次表决不能委托。"))
    return {
        "title": _("委托书"),
        "number": vote.number,
        "question": vote.title,
        "entry": _("{n} 号（{group}）").format(n=entry.position, group=entry.group or vote.roll.place.name),
        "rules": [proxy_rule(vote), _("受托人要有账号。用过以前，可以撤回；本人投了纸票的，以纸票为准。")],
        "check": address_of(vote),
        "body": vote.organization.name,
    }


def ballots_of(vote: Vote, entries: Sequence[RollEntry], group: str) -> Paper:
    """Ballots to cut apart. In a recorded vote each has the number on the roll, also as a QR code; in a secret vote all
    are the same (村民委员会组织法 15).
    """
    title = _("表决票 {group}").format(group=group) if group else _("表决票")
    said = _("{number}，共 {n} 张").format(number=vote.number, n=len(entries))
    return Paper(title, [_ballot(vote, entry) for entry in entries], said, [])


def _ballot(vote: Vote, entry: RollEntry) -> Part:
    marks = [
        f"{BOX} {_(one['word'])}" + (_("（{note}）").format(note=one["note"]) if one["note"] else "")
        for one in vote.options
    ]
    most = vote.rule["most_marks"]
    how = _("只打一个勾。") if most == 1 else _("最多打 {n} 个勾。").format(n=most)
    if money := spending.paper_shown(vote):
        how = f"{money['how']}{_('。')}"
    foot = _("{how}{number}，{until}截止。").format(how=how, number=vote.number, until=_until(vote))
    head = _("表决票") if vote.secret else _("表决票 {n} 号").format(n=entry.position)
    return Part(head, [vote.title, *marks, foot], square=square_of(vote, entry), whole=True)


def square_of(vote: Vote, entry: RollEntry) -> str:
    """What the QR code of a ballot says: vote and place on the roll; nothing in a secret vote."""
    return "" if vote.secret else f"{vote.number}/{entry.position}"
