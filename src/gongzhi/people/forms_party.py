"""What the pages on party organizations ask for: numbers, places and, for the branch alone, its members."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

MOST = 100_000
_WHOLE = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
_WRONG = gettext_lazy("请写 0 或更大的整数。")


class BranchForm(forms.Form):
    """How many, to see which form of branch the numbers suggest; nothing is kept."""

    members = forms.IntegerField(
        label=gettext_lazy("这个小区有几名正式党员"),
        min_value=0,
        max_value=MOST,
        widget=_WHOLE,
        help_text=gettext_lazy("只写人数，不写是谁。"),
        error_messages={"required": _WRONG, "invalid": _WRONG},
    )
    units = forms.IntegerField(
        label=gettext_lazy("可以一起设的小区有几个（连这个一起数）"),
        min_value=1,
        max_value=MOST,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
        help_text=gettext_lazy("地方挨着、能一起开会的。没有就写 1。"),
        error_messages={"required": gettext_lazy("没有就写 1。"), "invalid": gettext_lazy("没有就写 1。")},
    )


class ChargeForm(forms.Form):
    """Who takes on a place: one of those given, and by which decision."""

    holder = forms.ChoiceField(error_messages={"required": gettext_lazy("请选一个。")})
    decision = forms.CharField(
        label=gettext_lazy("凭什么定的"),
        max_length=120,
        help_text=gettext_lazy("哪次会议、哪份文件。不写人名。"),
        error_messages={"required": gettext_lazy("请写凭什么定的，比如哪次会议、哪份文件。")},
    )

    def __init__(self, *args: Any, label: str, choices: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["holder"].label = label
        self.fields["holder"].choices = [("", gettext("请选一个")), *choices]  # type: ignore[attr-defined]  # a choice field's own


class MemberForm(forms.Form):
    """Whom a branch writes down, by telephone or mail, and as what."""

    contact = forms.CharField(
        label=gettext_lazy("手机号或邮箱"),
        max_length=254,
        error_messages={"required": gettext_lazy("请写本人的手机号或邮箱。")},
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("这个号码已有账号的不用写。"),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("哪一类"), error_messages={"required": gettext_lazy("请选一类。")}
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].choices = [("", gettext("请选一个")), *choices]  # type: ignore[attr-defined]  # a choice field's own
