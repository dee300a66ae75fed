"""What persons and the review team write about points and minutes: give to a relative, leave, object, award, answer."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.errors import Refused
from gongzhi.common.form_fields import day_field
from gongzhi.common.refusals import said
from gongzhi.ledger import rules
from gongzhi.ledger.actions.earning import Award
from gongzhi.packs.fund_contents import AWARD, BACK_ENTRY, Persons

LEAVING = {"expire": gettext_lazy("全部作废"), "donate": gettext_lazy("捐给大家")}


def _whole(form: forms.Form, name: str) -> int:
    try:
        return rules.parse_amount(str(form.cleaned_data[name]), "points")
    except Refused as refused:
        raise forms.ValidationError(said(refused)) from refused


class TransferForm(forms.Form):
    """To whom, how much; that it is a relative is said, not proved."""

    to = forms.CharField(
        label=gettext_lazy("家人的代号"),
        max_length=12,
        help_text=gettext_lazy("六个字，在家人的“我的积分”里。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    amount = forms.CharField(
        label=gettext_lazy("转多少"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    relative = forms.BooleanField(label=gettext_lazy("对方是我的家人"))
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "transfer-%s", "initial": {"request": uuid.uuid4()}, **more})

    def clean_amount(self) -> int:
        return _whole(self, "amount")


class LeaveForm(forms.Form):
    """What becomes of the rest; nothing is preselected."""

    rest = forms.ChoiceField(label=gettext_lazy("剩下的怎么办"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, persons: Persons, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "leave-%s", **more})
        rest = self.fields["rest"]
        assert isinstance(rest, forms.ChoiceField)  # noqa: S101 - as declared above
        rest.choices = [(code, LEAVING[code]) for code in persons.leaving]


class ReasonForm(forms.Form):
    """What is wrong with an entry."""

    reason = forms.CharField(
        label=gettext_lazy("哪里不对"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("加密存，只给答复的人看。"),
    )


class AnswerForm(forms.Form):
    """Whether an objection is right, and why; whether the entry is undone."""

    upheld = forms.ChoiceField(
        label=gettext_lazy("异议成立吗"),
        choices=[("yes", gettext_lazy("成立")), ("no", gettext_lazy("不成立"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("理由"), max_length=rules.LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
    undo = forms.BooleanField(
        label=gettext_lazy("同时写冲销，等另一个人审批"),
        required=False,
        help_text=gettext_lazy("要补记的，冲销以后按评定再记一笔。"),
    )


class AwardForm(forms.Form):
    """评定, 补录: for whom (a pseudonym), by which rule, how often or how long, when, why."""

    rule = forms.ChoiceField(label=gettext_lazy("按哪一条"))
    to = forms.CharField(
        label=gettext_lazy("给谁：代号"),
        max_length=12,
        help_text=gettext_lazy("请本人从“我的积分”里报给您。这里不写名字。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    done = forms.CharField(
        label=gettext_lazy("几次或者多少分钟"), max_length=8, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    on = day_field(gettext_lazy("哪天做的"))
    reason = forms.CharField(
        label=gettext_lazy("做了什么"),
        max_length=rules.LONGEST_NARRATION,
        help_text=gettext_lazy("会公开。写做了什么，不写人名、门牌和号码。"),
    )
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, persons: Persons, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **{"initial": {"on": today, "request": uuid.uuid4()}, **more})
        rule = self.fields["rule"]
        assert isinstance(rule, forms.ChoiceField)  # noqa: S101 - as declared above
        words = {AWARD: _("{name}（按次）"), BACK_ENTRY: _("{name}（按分钟，不能兑换）")}
        offered = [one for one in persons.earns if one.origin in words]
        rule.choices = [("", _("请选")), *((one.code, words[one.origin].format(name=one.name)) for one in offered)]

    def clean_done(self) -> int:
        return _whole(self, "done")

    def award(self) -> Award:
        given = self.cleaned_data
        names = ("to", "rule", "done", "on", "reason", "request")
        return Award(**{name: given[name] for name in names})
