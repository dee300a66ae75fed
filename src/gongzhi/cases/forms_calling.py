"""Forms of the call-backs: what to draw from, and what was said on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.cases.rules import CALL_ANSWERS

_SOLVED = {"yes": _("解决了"), "partly": _("部分解决"), "no": _("没解决")}


class DrawForm(forms.Form):
    """A place of the actor's and a week that is over."""

    place = forms.ChoiceField(label=_("哪里办结的"))
    week = forms.CharField(
        label=_("哪个星期"),
        max_length=8,
        help_text=_("写成 2026-W12 这样。过完的星期才能抽，一个星期只抽一次。"),
        error_messages={"required": _("请选一个星期，写成 2026-W12 这样。")},
    )

    def __init__(self, *given: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a choice field


class CallForm(forms.Form):
    """What was said. Nothing is preselected."""

    reached = forms.ChoiceField(
        label=_("打通了吗"),
        choices=[("yes", _("打通了")), ("no", _("没打通"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选打通了没有。")},
    )
    heard = forms.NullBooleanField(
        label=_("有人联系过您吗"),
        required=False,
        widget=forms.RadioSelect(choices=[("true", _("有")), ("false", _("没有"))]),
    )
    solved = forms.ChoiceField(
        label=_("解决了吗"),
        required=False,
        choices=[(code, _SOLVED[code]) for code in CALL_ANSWERS],
        widget=forms.RadioSelect,
    )
    satisfied = forms.TypedChoiceField(
        label=_("满意吗，几分"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(n, str(n)) for n in range(1, 6)],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("差在哪里"),
        required=False,
        max_length=2000,
        help_text=_("没解决的写一句。重新办的单位只看得到这一句，看不到是谁打的、什么时候打的。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
