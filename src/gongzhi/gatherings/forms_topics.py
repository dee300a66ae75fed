"""Proposing a topic, answering one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from gongzhi.gatherings.actions.topics import LONGEST_TITLE, LONGEST_WHY
from gongzhi.people.models import Organization


class ProposeForm(forms.Form):
    """What a resident wants a body to talk about."""

    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("请谁来议"),
        error_messages={"required": gettext_lazy("请选一个议事会。")},
        empty_label=gettext_lazy("请选"),
    )
    title = forms.CharField(
        label=gettext_lazy("想议什么"),
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy("邻居都看得到。写事，不写谁的姓名和门牌。"),
        error_messages={"required": gettext_lazy("请写想议什么。")},
    )
    why = forms.CharField(
        label=gettext_lazy("为什么要议"),
        max_length=LONGEST_WHY,
        help_text=gettext_lazy("只给您自己和主持的人看。"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写为什么要议。")},
    )

    def __init__(self, *args: Any, bodies: QuerySet[Organization], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]  # a model choice's own


class AnswerForm(forms.Form):
    """Taken or not, and why. Nothing is preselected."""

    taken = forms.ChoiceField(
        label=gettext_lazy("列不列入议题"),
        choices=[("", gettext_lazy("请选")), ("yes", gettext_lazy("列入")), ("no", gettext_lazy("不列入"))],
        error_messages={"required": gettext_lazy("请选列不列入。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=LONGEST_WHY,
        help_text=gettext_lazy("提的人看得到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写理由，提的人会看到。")},
    )
