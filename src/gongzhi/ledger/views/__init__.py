"""Pages of the ledger: funds and statements, entries, the desk of who approves, the public accounts of a place."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_
from gongzhi.ledger import queries, rules, shown, words
from gongzhi.ledger.models import AccountKind, LedgerEntry

OFFICE = N_("账本给管账、审批和审计的岗位看。公开的账目在“公开”里。")
TONES = {
    "waiting": ("soon", "clock"),
    "approved": ("done", "circle-check"),
    "refused": ("over", "x"),
    "withdrawn": ("wait", "minus"),
}


def staff(request: HttpRequest) -> Actor:
    return staff_of(request, rules.READ, rules.PROPOSE, rules.APPROVE, rules.OPEN, otherwise=OFFICE)


def lines_file(lines: Sequence[str], name: str) -> HttpResponse:
    """One JSON value a line, to keep; its name is ours and plain."""
    answer = HttpResponse("".join(f"{line}\n" for line in lines), content_type="application/x-ndjson; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def row_of(entry: LedgerEntry) -> dict[str, Any]:
    """An entry as lists show it: what came in or went out, from where to where."""
    state = queries.state_of(entry)
    tone, icon = TONES[state]
    lines = list(entry.postings.all())
    money = sum(one.amount for one in lines if one.account.kind == AccountKind.ASSETS)
    to = [one.account.name for one in lines if one.amount > 0]
    source = [one.account.name for one in lines if one.amount < 0]
    return {
        "entry": entry,
        "tone": tone,
        "icon": icon,
        "word": _(shown.STATE_WORDS[state]),
        "change": money,
        "amount": shown.money(entry.amount, entry.fund.unit),
        "sign": "+" if money > 0 else "−" if money < 0 else "",
        "way": f"{'、'.join(dict.fromkeys(source))} → {'、'.join(dict.fromkeys(to))}",
    }


def party_shown(entry: LedgerEntry) -> str:
    """The family name or the first two letters; the whole only where somebody asks for the paper itself."""
    party = words.party_of(entry)
    return f"{party[:2]}{'*' * min(max(len(party) - 2, 1), 6)}" if party else ""
