"""Forms of 竞购: until when, an offer, whether something stands between, which offer is chosen."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import day_field
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.people.models import Organization
from gongzhi.projects import rules
from gongzhi.projects.forms import PUBLIC_HINT, files_field, read_amount
from gongzhi.projects.models import Bid
from gongzhi.projects.rules import bidding


class WindowForm(forms.Form):
    """The last day on which offers may come."""

    until = day_field(
        gettext_lazy("收到哪一天"),
        help_text=gettext_lazy("截止以前谁也看不到别人的申请。已经开始的，只能往后推。"),
    )

    def __init__(self, *args: Any, first: dt.date, **more: Any) -> None:
        super().__init__(*args, **{"initial": {"until": first}, **more})


class BidForm(forms.Form):
    """What one body would do, for how much."""

    body = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("哪家单位"), empty_label=gettext_lazy("请选")
    )
    ask = forms.CharField(
        label=gettext_lazy("一共要多少元"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    plan = forms.CharField(
        label=gettext_lazy("做什么、怎么做"),
        max_length=bidding.LONGEST_PLAN,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("截止以后大家都看得到。不写人名、门牌和号码。"),
    )
    hands = forms.CharField(
        label=gettext_lazy("有多少人手、做过什么"),
        max_length=bidding.LONGEST_HANDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=PUBLIC_HINT,
    )
    files = files_field(gettext_lazy("材料，只给评审看"), required=False)  # type: ignore[assignment]  # a field, off the class

    def __init__(self, *args: Any, bodies: Any, bid: Bid | None = None, **more: Any) -> None:
        if bid is not None:
            kept = {"body": bid.body, "ask": amount_text(bid.ask, Unit.FEN), "plan": bid.plan, "hands": bid.hands}
            more["initial"] = kept
        super().__init__(*args, **more)
        field = self.fields["body"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared
        field.queryset = bodies
        if len(bodies) == 1:
            field.initial = bodies[0]

    def clean_ask(self) -> int | None:
        return read_amount(str(self.cleaned_data["ask"]))


class InterestForm(forms.Form):
    """回避: nothing is chosen beforehand."""

    conflict = forms.ChoiceField(
        label=gettext_lazy("您或您的家人和这家单位有没有关系"),
        choices=[
            ("no", gettext_lazy("没有任职、投资、亲属或者买卖关系")),
            ("yes", gettext_lazy("有关系，我回避")),
        ],
        widget=forms.RadioSelect,
    )


class ChooseForm(forms.Form):
    position = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(
        label=gettext_lazy("为什么选它"),
        required=False,
        max_length=rules.LONGEST_REASON,
        help_text=gettext_lazy("大家都看得到。分数和报价都一样的时候一定要写。"),
    )
