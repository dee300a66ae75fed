"""Pages of projects: lists, proposing, the owner's desk, the evaluation, and what everybody sees."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in, staff_of
from gongzhi.common.text import N_
from gongzhi.projects import queries, rules
from gongzhi.projects.models import Project, State

OFFICE = N_("项目台给办项目、审项目和挂点的岗位用。大家能看的在各社区的“这里的项目”里。")
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
