"""The steps that may be made for many cases at once, in words."""

from django.utils.translation import gettext as _

from gongzhi.cases import rules
from gongzhi.common.access import Actor, allows
from gongzhi.common.text import N_

# Whoever may close works through lists: the dispatcher and the secretary. Each case still asks for its own permission.
BULK = "cases.close"
MOST = 100
CHOICES = {
    "accept": N_("受理"),
    "dispatch": N_("派给建议的单位"),
    "ask_deferral": N_("提出挂账"),
    "verify": N_("核查通过"),
    "close": N_("办结"),
}
WILL = {
    "accept": N_("会受理，通知反映人"),
    "dispatch": N_("会派给{unit}"),
    "ask_deferral": N_("会提上去，等另一位负责人批"),
    "verify": N_("会核查通过，请反映人确认"),
    "close": N_("会办结"),
}
DONE = {
    "accept": N_("受理了"),
    "dispatch": N_("派给了{unit}"),
    "ask_deferral": N_("提上去了，等另一位负责人批"),
    "verify": N_("核查通过，已请反映人确认"),
    "close": N_("办结了"),
}


def bulk_choices(actor: Actor) -> list[tuple[str, str]]:
    """What this actor may choose for many; empty for everybody else."""
    if not allows(actor, BULK):
        return []
    return [(move, _(word)) for move, word in CHOICES.items() if allows(actor, rules.MOVES[move].permission)]
