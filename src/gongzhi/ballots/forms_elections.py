"""Opening an election, nominating, the next round, the order of a lot. Nothing is preselected."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.ballots import elections, rules
from gongzhi.ballots.forms import MOMENT
from gongzhi.ballots.models import Roll, Vote
from gongzhi.common.clock import CHINA
from gongzhi.people.models import Organization


def _closing() -> forms.DateTimeField:
    return forms.DateTimeField(
        label=gettext_lazy("什么时候截止"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"required": gettext_lazy("请填截止的时间。")},
    )


def in_china(given: dt.datetime) -> dt.datetime:
    return given.replace(tzinfo=CHINA) if given.tzinfo is None else given


class ElectionForm(forms.Form):
    """Which seats, how they are voted for."""

    title = forms.CharField(
        label=gettext_lazy("选什么"),
        max_length=rules.LONGEST_TITLE,
        help_text=gettext_lazy("比如“选举第十二届村民委员会委员”。不写候选人。"),
        error_messages={"required": gettext_lazy("请写选什么。")},
    )
    about = forms.CharField(
        label=gettext_lazy("先看明白"),
        required=False,
        max_length=rules.LONGEST_ABOUT,
        help_text=gettext_lazy("在哪里投、什么时候投、怎么写票。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("谁来办"),
        empty_label=gettext_lazy("请选"),
        error_messages={"required": gettext_lazy("请选一个组织。")},
    )
    seats = forms.IntegerField(
        label=gettext_lazy("选几位"),
        min_value=1,
        max_value=99,
        error_messages={"required": gettext_lazy("请填要选几位。")},
    )
    method = forms.ChoiceField(
        label=gettext_lazy("每张票怎么写"), error_messages={"required": gettext_lazy("请选怎么投。")}
    )
    closes_at = _closing()
    ways = forms.ChoiceField(label=gettext_lazy("怎么投"), error_messages={"required": gettext_lazy("请选怎么投。")})
    effect = forms.ChoiceField(
        label=gettext_lazy("结果有什么效力"), error_messages={"required": gettext_lazy("请选结果有什么效力。")}
    )

    def __init__(self, *args: Any, roll: Roll, **options: Any) -> None:
        super().__init__(*args, **options)
        near = Organization.objects.filter(valid_to__isnull=True, place__isnull=False)
        above = [one.pk for one in near.select_related("place") if one.place and roll.path.startswith(one.place.path)]
        self.fields["body"].queryset = near.filter(pk__in=above).order_by("name")  # type: ignore[attr-defined]  # its own
        methods = [(code, _(word)) for code, word in elections.METHODS.items() if code != "ranking" or not roll.law]
        effects = [("binding", _("有法律效力")), ("advisory", _("供参考")), ("record_of_offline", _("线下表决的记录"))]
        ways = [("paper", _("只用纸票，设秘密写票处")), ("both", _("网上和纸票，结果只供参考"))]
        for name, choices in (("method", methods), ("effect", effects), ("ways", ways)):
            self.fields[name].choices = [("", _("请选")), *choices]  # type: ignore[attr-defined]  # a choice field's own

    def clean_closes_at(self) -> dt.datetime:
        return in_china(self.cleaned_data["closes_at"])


class ReviewForm(forms.Form):
    """One member of a body, in four grades. Whom it is about stands in the procedure, not here."""

    title = forms.CharField(
        label=gettext_lazy("评议哪个岗位"),
        max_length=rules.LONGEST_TITLE,
        help_text=gettext_lazy("一个岗位一次。比如“评议村民委员会主任”，不写姓名。"),
        error_messages={"required": gettext_lazy("请写评议哪个岗位。")},
    )
    closes_at = _closing()

    def __init__(self, *args: Any, roll: Roll, **options: Any) -> None:
        super().__init__(*args, **options)
        as_election = ElectionForm(roll=roll).fields
        for name in ("body", "effect"):
            self.fields[name] = as_election[name]

    def clean_closes_at(self) -> dt.datetime:
        return in_china(self.cleaned_data["closes_at"])


class NominateForm(forms.Form):
    """Whom, and who puts them up."""

    source = forms.ChoiceField(
        label=gettext_lazy("谁提的"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选是谁提的。")},
    )
    position = forms.IntegerField(
        label=gettext_lazy("名册上几号"),
        min_value=1,
        max_value=10_000_000,
        help_text=gettext_lazy("候选人要在名册上。"),
        error_messages={"required": gettext_lazy("请填名册上的编号。")},
    )

    def __init__(self, *args: Any, holds: bool, listed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        may = {"voters": listed, "community": holds, "self": listed}
        words = [(code, _(word)) for code, word in rules.SOURCE_WORDS.items() if may[code]]
        self.fields["source"].choices = words  # type: ignore[attr-defined]  # a choice field's own


class NextForm(forms.Form):
    """When the next round closes."""

    closes_at = _closing()

    def clean_closes_at(self) -> dt.datetime:
        return in_china(self.cleaned_data["closes_at"])


class LotForm(forms.Form):
    """The order that was drawn in public, by the places on the paper."""

    lot = forms.CharField(
        label=gettext_lazy("当众抽出的次序"),
        max_length=200,
        help_text=gettext_lazy("写候选人在票上的第几位，先抽到的写在前面，中间空一格。"),
        error_messages={"required": gettext_lazy("请填当众抽出的次序。")},
    )

    def __init__(self, *args: Any, vote: Vote, **options: Any) -> None:
        super().__init__(*args, **options)
        self.codes = {str(place): one["code"] for place, one in enumerate(vote.options, 1)}

    def clean_lot(self) -> list[str]:
        places = self.cleaned_data["lot"].replace("、", " ").replace("，", " ").split()
        if any(place not in self.codes for place in places):
            raise forms.ValidationError(_("只写候选人在票上的第几位，比如“3 1”。"))
        return [self.codes[place] for place in places]
