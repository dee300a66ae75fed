"""Funds and entries as pages show them; what links and duties say of them (duties.registry)."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.text import N_
from gongzhi.duties.registry import Shown, evidence, naming
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import Account, Fund, LedgerEntry

STATE_WORDS = {
    "waiting": N_("等审批"),
    "approved": N_("已记入"),
    "refused": N_("没同意"),
    "withdrawn": N_("已撤回"),
}


def money(amount: int, unit: str) -> str:
    """With its word: 1,200.50 元, 120 分, 3 小时 20 分钟."""
    plain = rules.amount_text(amount, unit)
    if unit == "fen":
        return _("{amount} 元").format(amount=plain)
    return _("{amount} 分").format(amount=plain) if unit == "points" else _("{amount} 分钟").format(amount=plain)


@evidence("fund")
def shown_fund(actor: Actor, number: str) -> Shown | None:
    found = queries.visible_funds(actor).filter(number=number).first()
    return Shown(found.name, reverse("fund", args=[number])) if found else None


@evidence("entry")
def shown_entry(actor: Actor, number: str) -> Shown | None:
    found = queries.visible_entries(actor).filter(number=number).first()
    if found is None:
        return None
    words = f"{number} {found.narration} {money(found.amount, found.fund.unit)}"
    return Shown(words, reverse("ledger-entry", args=[number]))


@evidence("account")
def shown_account(actor: Actor, code: str) -> Shown | None:
    found = Account.objects.filter(code=code, fund__in=queries.visible_funds(actor)).select_related("fund").first()
    return Shown(f"{found.code} {found.name}", reverse("fund", args=[found.fund.number])) if found else None


@naming("fund")
def called_funds(numbers: Iterable[str]) -> dict[str, str]:
    rows = Fund.objects.filter(number__in=list(numbers)).values_list("number", "name")
    return {number: f"{number} {name}" for number, name in rows}


@naming("entry")
def called_entries(numbers: Iterable[str]) -> dict[str, str]:
    rows = LedgerEntry.objects.filter(number__in=list(numbers)).values_list("number", "narration")
    return {number: f"{number} {narration}" for number, narration in rows}
