"""Pages of projects: lists, proposing, the owner's desk, the evaluation, and what everybody sees."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.projects import queries, rules
from gongzhi.projects.models import Project, State

OFFICE = N_("项目台给办项目、审项目和挂点的岗位用。大家能看的在各社区的“这里的项目”里。")
NOT_SHOWN = (401, 403, 404)
TONES = {
    "proposed": ("wait", "pencil"),
    "reviewed": ("wait", "checkbox"),
    "approved": ("now", "flag"),
    "implementing": ("now", "building-community"),
    "acceptance": ("soon", "checkbox"),
    "closing": ("soon", "note"),
    "closed": ("done", "circle-check"),
    "revisited": ("done", "circle-check"),
    "rejected": ("over", "x"),
    "withdrawn": ("", "arrow-back-up"),
    "abandoned": ("over", "x"),
}


def staff(request: HttpRequest) -> Actor:
    """Whoever works on projects somewhere, and whoever looks after one."""
    actor = signed_in(request)
    if queries.looks_after_any(actor):
        return actor
    return staff_of(request, rules.READ, rules.PROPOSE, rules.REVIEW, rules.APPROVE, rules.RUN, otherwise=OFFICE)


def badge_of(project: Project) -> dict[str, str]:
    tone, icon = TONES[project.state]
    return {"tone": tone, "icon": icon, "word": _(State(project.state).label)}


def put_back(form: Form, act: Callable[[], Any]) -> Any:
    """What `act` gives; None where it is refused, the reason beside its field."""
    try:
        return act()
    except Refused as refused:
        field = refused.facts.get("field")
        if refused.status in NOT_SHOWN and field not in form.fields:
            raise
        facts = {name: _(value) if isinstance(value, str) and value else value for name, value in refused.facts.items()}
        form.add_error(field if field in form.fields else None, _(refused.message).format(**facts))
        return None
