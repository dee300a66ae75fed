"""Writing one measure of a plan."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import day_field
from gongzhi.packs.project_contents import ProjectPack
from gongzhi.projects import plans, rules
from gongzhi.projects.actions import Measure


class MeasureForm(forms.Form):
    """`figures`: what the plan may be measured by."""

    section = forms.ChoiceField(label=gettext_lazy("哪一章"))
    goal = forms.CharField(
        label=gettext_lazy("目标"),
        max_length=rules.LONGEST_NAME,
        help_text=gettext_lazy("要变成什么样。和别的措施同一个目标的，写得一字不差就排在一起。"),
    )
    name = forms.CharField(label=gettext_lazy("措施"), max_length=rules.LONGEST_NAME)
    shown = forms.CharField(label=gettext_lazy("用什么看得出做完了"), max_length=rules.LONGEST_THING)
    due_on = day_field(gettext_lazy("哪天前做完"))
    indicator = forms.ChoiceField(
        label=gettext_lazy("看哪个指标（可以不选）"),
        required=False,
        help_text=gettext_lazy("选了，系统写下今天是多少，以后每次打开都重新数。"),
    )
    target = forms.DecimalField(
        label=gettext_lazy("要到多少"), required=False, max_digits=12, decimal_places=2, min_value=0
    )

    def __init__(self, *args: Any, pack: ProjectPack, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["section"].choices = [  # type: ignore[attr-defined]  # a choice field's own
            ("", _("请选")),
            *((one.code, f"{one.name}：{one.what}") for one in pack.sections),
        ]
        known = sorted((one.entry.name, code, one.entry.unit) for code, one in plans.figures().items())
        self.fields["indicator"].choices = [  # type: ignore[attr-defined]  # a choice field's own
            ("", _("不选")),
            *((code, f"{name}（{unit}）") for name, code, unit in known),
        ]

    def measure(self) -> Measure:
        return Measure(**self.cleaned_data)
