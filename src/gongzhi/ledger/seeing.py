"""Who may see and cover the papers of an entry: staff of its place; everybody what a second person has shown."""

from gongzhi.common.access import Actor
from gongzhi.ledger import queries, rules
from gongzhi.ledger.models import LedgerEntry


def may_see_entry(actor: Actor, number: str) -> bool:
    return queries.visible_entries(actor).filter(number=number).exists()


def may_see_shown(actor: Actor, number: str) -> bool:
    return LedgerEntry.objects.filter(number=number, approval__verdict="approved").exists()


def may_cover(actor: Actor, number: str) -> bool:
    """Before anybody sees it; whoever writes or approves entries there."""
    found = queries.visible_entries(actor).filter(number=number).first()
    return found is not None and any(queries.may(actor, one, found.fund) for one in (rules.PROPOSE, rules.APPROVE))
