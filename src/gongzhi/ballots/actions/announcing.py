"""What a vote makes public on the community's pages: its call, its roll, its result, each as a draft."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.ballots import papers, queries, rules
from gongzhi.ballots.models import Vote
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.text import N_
from gongzhi.publications.actions.announcing import Announced, announce
from gongzhi.publications.models import Publication

# Which kind of the model's publications each becomes.
KINDS = {"notice": "announcement", "roll": "public_notice", "result": "announcement"}


@transaction.atomic
def announce_vote(*, by: Actor, at: dt.datetime, number: str, what: str) -> Publication:
    """A draft of the notice, the roll or the result; somebody else releases it.

    Raises Forbidden, NotFound `nothing_to_announce`, `no_result`, Conflict `nothing_to_notice`, `roll_not_published`.
    """
    if what not in KINDS:
        raise NotFound("nothing_to_announce", N_("没有这样的公告。"))
    vote = queries.get_vote_for(by, number)
    require(by, rules.HOLD, path=vote.path)
    title, body = {"notice": _notice, "roll": _roll, "result": _result}[what](vote)
    facts = {
        "contact": vote.organization.name,
        "why": vote.title,
        "objection": _("向{body}提出").format(body=vote.organization.name),
    }
    said = Announced(vote.reference, vote.roll.place, title, body, facts)
    made = announce(by=by, at=at, kind=KINDS[what], said=said)
    record(by=by, at=at, action="ballots.announce", subject=vote.reference, changes={what: made.number})
    return made


def _lines(*parts: str | list[str]) -> str:
    found: list[str] = []
    for part in parts:
        found += [part] if isinstance(part, str) else part
    return "\n".join(line for line in found if line)


def _notice(vote: Vote) -> tuple[str, str]:
    told = papers.notice_of(vote)
    options = [_("选项：{options}。").format(options="、".join(word for word, _note in told["options"]))]
    until = _("截止：{until}").format(until=told["until"])
    title = _("表决通知：{title}").format(title=vote.title)
    return title, _lines(vote.title, told["about"], options, until, told["how"], told["passes"], told["effect"])


def _roll(vote: Vote) -> tuple[str, str]:
    roll = vote.roll
    if roll.published_at is None:
        raise Conflict("roll_not_published", N_("名册还没有公布。请先公布名册。"))
    count = _("{place}，{n} 户，{day}定的。").format(
        place=roll.place.name, n=roll.entries.count(), day=roll.on.isoformat()
    )
    where = _("名册登录后在这次表决里看：{address}").format(address=f"{papers.address_of(vote)}/roll")
    digest = _("名册的摘要：{digest}").format(digest=roll.digest)
    return _("名册公示：{title}").format(title=vote.title), _lines(count, where, digest)


def _result(vote: Vote) -> tuple[str, str]:
    told = papers.result_of(vote)
    lines = [_("结果：{outcome}").format(outcome=told["outcome"])]
    lines += [f"{word}：{got}" for word, got in told["choices"]]
    seal = _("封印：{seal}").format(seal=told["seal"])
    title = _("表决结果：{title}").format(title=vote.title)
    return title, _lines(vote.title, lines, told["came"], told["working"], told["effect"], seal, told["check"])
