"""Putting assessed projects to the vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from gongzhi.ballots.forms_budgets import BudgetForm
from gongzhi.ballots.spending import yuan
from gongzhi.projects.models import Project


class RoundForm(BudgetForm):
    """As any vote on money; the proposals are projects, in the order of their numbers."""

    def __init__(self, *args: Any, projects: Sequence[Project], costs: Mapping[Any, int], **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["proposals"]
        said = {one.pk: yuan(costs[one.pk]) if one.pk in costs else _("还没写要多少钱") for one in projects}
        words = [(one.number, f"{one.number} {one.title} · {said[one.pk]}") for one in projects]
        self.fields["projects"] = forms.MultipleChoiceField(
            label=_("哪些项目放上票"),
            choices=words,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("材料交齐、写了要多少钱的才能放。自己申报的，请另一位来放。"),
            error_messages={"required": _("请选放哪些项目。")},
        )
