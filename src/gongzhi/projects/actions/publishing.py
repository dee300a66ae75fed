"""公开: the closing account as a draft of the community's pages; somebody else reviews and releases it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.projects import queries, rules
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Funded, FundingKind, Project
from gongzhi.publications.actions.announcing import Announced, announce
from gongzhi.publications.models import Publication

KIND = "accounts"


@transaction.atomic
def publish_account(*, by: Actor, at: dt.datetime, number: str) -> Publication:
    """What came, what was paid, what residents said: no person, no paper. The same press makes one draft.

    Raises Forbidden, Conflict `not_closed_yet`.
    """
    row = queries.get_project_for(by, number, lock=True)
    require(by, rules.RUN, path=row.path)
    if row.state not in ("closed", "revisited"):
        raise Conflict("not_closed_yet", N_("账结清、办结以后才公开。"))
    title = _("{title}：花了多少、做成什么样").format(title=row.title)
    said = Announced(row.reference, row.place, title, _body(row), _facts(row))
    made = announce(by=by, at=at, kind=KIND, said=said)
    link(by=by, at=at, source=row.reference, relation="published_as", target=f"publication:{made.number}")
    happened(row, "published", by=by, at=at, reference=f"publication:{made.number}")
    return made


def _paid(row: Project) -> int:
    return sum(one.paid for one in queries.money_of(queries.lines_of(row)))


def _facts(row: Project) -> dict[str, str]:
    closed = row.closed_at
    assert closed is not None  # noqa: S101 - the database keeps it
    amount = _("{amount} 元").format(amount=amount_text(_paid(row), Unit.FEN))
    span = _("{first} 到 {last}").format(first=local_date(row.proposed_at), last=local_date(closed))
    return {
        "period": span,
        "income": amount,
        "expense": amount,
        "checked_by": _("经费和账本逐个账本核对，一致才办结；居民验收 {n} 人").format(n=queries.voices_of(row).all),
    }


def _body(row: Project) -> str:
    lines = [_("问题：{name}。").format(name=row.problem.name)]
    for one in queries.lines_of(row):
        word = _(FundingKind(one.kind).label)
        if one.thing:
            lines.append(_("{word}：{name}，{thing}。").format(word=word, name=one.name, thing=one.thing))
        elif one.state == Funded.PAID:
            amount = amount_text(one.paid, Unit.FEN)
            lines.append(_("{word}：{name}，付了 {amount} 元。").format(word=word, name=one.name, amount=amount))
    voices = queries.voices_of(row)
    if voices.all:
        lines.append(_("居民验收：{all} 人，满意 {yes} 人。").format(all=voices.all, yes=voices.satisfied))
    lines.append(_("从问题到账目，每一步在项目页上都能看。"))
    return "\n".join(lines)
