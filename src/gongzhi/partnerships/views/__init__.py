"""Pages of the room: the list, one agreement and its moves, its lines, the matrix, the partners of a place."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.partnerships import rules, shown
from gongzhi.partnerships.models import Agreement, AgreementLine

OFFICE = N_("协议给社区和签协议的单位看。共建的成果在“共建单位”里公开。")


def staff(request: HttpRequest) -> Actor:
    return staff_of(request, rules.READ, rules.KEEP, rules.SERVE, otherwise=OFFICE)


def keeper(request: HttpRequest) -> Actor:
    return staff_of(request, rules.KEEP, otherwise=N_("协议由社区书记和督办起草。"))


def state_of(row: Agreement) -> dict[str, Any]:
    tone, icon = shown.TONES[row.state]
    return {"tone": tone, "icon": icon, "word": _(row.get_state_display())}


def line_row(line: AgreementLine, pack: AgreementPack, today: Any) -> dict[str, Any]:
    """A line as pages show it: who, with whom, how far, what it waits for."""
    state = rules.line_state(line.progress, line.due_on, today)
    tone, icon, word = shown.LINE_WORDS[state]
    facet = pack.facet(line.facet)
    role = pack.role(line.owner.role)
    return {
        "line": line,
        "state": state,
        "tone": tone,
        "icon": icon,
        "word": _(word),
        "facet": facet.name if facet else "",
        "role": role.name if role else "",
        "partners": [one.organization.name for one in line.partners.all()],
        "counted": _("{total} / {target} {word}").format(total=line.total, target=line.target, word=line.counted)
        if line.target
        else f"{line.total} {line.counted}".strip()
        if line.counted
        else "",
    }
