"""The experts of one matter as its page shows them: who was chosen, what stands between, the form to choose another."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor, allows
from gongzhi.deliberation import experts, rules
from gongzhi.deliberation.queries import Followed
from gongzhi.people.queries.staffing import names_for


class ExpertForm(forms.Form):
    """One expert from the roster. Nothing is preselected."""

    expert = forms.TypedChoiceField(
        label=gettext_lazy("从专家智库选一位"),
        coerce=int,
        help_text=gettext_lazy("有利害关系的选不了，会说出为什么。"),
        error_messages={"required": gettext_lazy("请选一位专家。")},
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["expert"].choices = [("", _("请选")), *choices]  # type: ignore[attr-defined]  # a choice field's own


def panel(actor: Actor, course: Followed, wrong: forms.Form | None = None) -> dict[str, Any] | None:
    """Who follows the matter, whether anything stands between, and the form for who runs it."""
    row = course.course
    if not experts.is_way(row):
        return None
    found = experts.chosen(row)
    against, names = experts.interests(found, row, course.today), names_for(actor, found) if actor.roles else {}
    words = experts.professions()
    shown = [
        {
            "title": one.post.title,
            "profession": words.get(one.post.profession, ""),
            "name": names.get(one.person_id, ""),
            "against": [_(said).format(post=post) for said, post in against[one.pk]] if actor.roles else [],
        }
        for one in found
    ]
    may = row.status == "running" and allows(actor, rules.RUN, path=row.path)
    return {"chosen": shown, "form": (wrong or form_for(actor, course)) if may else None}


def form_for(actor: Actor, course: Followed, data: Any = None) -> ExpertForm:
    rows = [one for one in experts.roster(actor, course.today) if one.person_id != actor.person_id]
    names, words = names_for(actor, rows), experts.professions()
    choices = [
        (one.pk, " · ".join(filter(None, (words.get(one.post.profession, ""), one.post.title, names[one.person_id]))))
        for one in rows
    ]
    return ExpertForm(data, choices=choices, auto_id="expert-%s")
