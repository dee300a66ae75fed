"""Sending on to a department what was not made good."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.cases.forms import category_choices
from gongzhi.cases.rules import TEXT_LIMITS


class ReferForm(forms.Form):
    """What it is about, by its category: that says which department answers. Nothing is preselected."""

    category = forms.ChoiceField(
        label=gettext_lazy("归哪一类"),
        help_text=gettext_lazy("归哪一类，就派给管哪一类的单位。"),
        error_messages={"required": gettext_lazy("请选归哪一类。派给谁，看这一类。")},
    )
    words = forms.CharField(
        label=gettext_lazy("移送什么事"),
        min_length=TEXT_LIMITS[0],
        max_length=TEXT_LIMITS[1],
        help_text=gettext_lazy("写店里的做法、谈过几次、核查看到什么、商户怎么说。不写人名和电话。"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("请写移送什么事。")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("请选")), *category_choices()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]  # a choice field's own
