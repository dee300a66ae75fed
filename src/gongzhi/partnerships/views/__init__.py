"""Pages of the room: the list, one agreement and its moves, its lines, the matrix, the partners of a place."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.partnerships import rules, shown
from gongzhi.partnerships.models import Agreement, AgreementLine

OFFICE = N_("协议给社区和签协议的单位看。共建的成果在“共建单位”里公开。")
NOT_SHOWN = (401, 403, 404)


def staff(request: HttpRequest) -> Actor:
    return staff_of(request, rules.READ, rules.KEEP, rules.SERVE, otherwise=OFFICE)


def keeper(request: HttpRequest) -> Actor:
    return staff_of(request, rules.KEEP, otherwise=N_("协议由社区书记和督办起草。"))


def put_back(form: Form, act: Callable[[], Any]) -> Any:
    """What `act` gives; None where it is refused, the reason beside its field."""
    try:
        return act()
    except Refused as refused:
        if refused.status in NOT_SHOWN and refused.facts.get("field") not in form.fields:
            raise
        facts = {name: _(value) if isinstance(value, str) and value else value for name, value in refused.facts.items()}
        field = refused.facts.get("field")
        form.add_error(field if field in form.fields else None, _(refused.message).format(**facts))
        return None


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
