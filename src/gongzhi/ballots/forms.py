"""Drawing up a vote, casting, proxies, boxes and what a teller types."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.ballots import grounds, rules
from gongzhi.ballots.models import Vote
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.form_fields import day_field
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.places.queries import search_places

MOMENT = "%Y-%m-%dT%H:%M"
_WAYS = {"both": gettext_lazy("网上和纸票"), "paper": gettext_lazy("只用纸票")}


class NewVoteForm(forms.Form):
    """One matter that owners decide together."""

    place = forms.CharField(
        label=gettext_lazy("哪个小区、哪栋楼"),
        max_length=40,
        help_text=gettext_lazy("写名字。名册从那里认定的业主里来。"),
        error_messages={"required": gettext_lazy("请写在哪里表决。")},
    )
    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("谁来办"),
        empty_label=gettext_lazy("请选"),
        error_messages={"required": gettext_lazy("请选一个组织。")},
    )
    matter = forms.ChoiceField(
        label=gettext_lazy("属于哪一项"), error_messages={"required": gettext_lazy("请选这次表决是哪一项。")}
    )
    title = forms.CharField(
        label=gettext_lazy("要表决什么"),
        max_length=rules.LONGEST_TITLE,
        help_text=gettext_lazy("写成一个问题。不写居民的姓名和门牌。"),
        error_messages={"required": gettext_lazy("请写要表决什么。")},
    )
    about = forms.CharField(
        label=gettext_lazy("先看明白"),
        required=False,
        max_length=rules.LONGEST_ABOUT,
        help_text=gettext_lazy("方案、钱从哪来、谁受影响。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    yes = forms.CharField(label=gettext_lazy("同意是什么意思"), required=False, max_length=rules.LONGEST_NOTE)
    no = forms.CharField(label=gettext_lazy("反对是什么意思"), required=False, max_length=rules.LONGEST_NOTE)
    closes_at = forms.DateTimeField(
        label=gettext_lazy("什么时候截止"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"required": gettext_lazy("请填截止的时间。")},
    )
    ways = forms.ChoiceField(label=gettext_lazy("怎么投"), choices=list(_WAYS.items()))
    effect = forms.ChoiceField(label=gettext_lazy("结果有什么效力"))

    def __init__(self, *args: Any, actor: Actor, at: dt.datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.path = actor, min(actor.paths_for(rules.HOLD), key=len, default="/")
        near = Organization.objects.filter(valid_to__isnull=True, place__path__startswith=self.path)
        self.fields["body"].queryset = near.order_by("name")  # type: ignore[attr-defined]  # a model choice's own
        matters = grounds.matters(self.path, local_date(at))
        self.fields["matter"].choices = [("", _("请选")), *matters]  # type: ignore[attr-defined]  # a choice's own
        effects = [("advisory", _("供参考")), ("binding", _("有法律效力")), ("record_of_offline", _("线下表决的记录"))]
        self.fields["effect"].choices = effects  # type: ignore[attr-defined]  # a choice field's own

    def clean_place(self) -> Place:
        found = search_places(self.actor, self.cleaned_data["place"], under=self.path, limit=1)
        if not found:
            raise forms.ValidationError(_("没有找到这个地方。请写小区或楼栋的名字。"))
        return found[0]

    def clean_closes_at(self) -> dt.datetime:
        given: dt.datetime = self.cleaned_data["closes_at"]
        return given.replace(tzinfo=CHINA) if given.tzinfo is None else given


class CastForm(forms.Form):
    """One's own vote. Nothing is preselected."""

    position = forms.IntegerField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label=gettext_lazy("选一项"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("还没有选。请选一项再投。"),
            "invalid_choice": gettext_lazy("选的不在票上。请再选一次。"),
        },
    )

    def __init__(self, *args: Any, vote: Vote, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["choice"].choices = [(one["code"], _(one["word"])) for one in vote.options]  # type: ignore[attr-defined]  # its own


class ManyForm(forms.Form):
    """A vote with several marks."""

    position = forms.IntegerField(widget=forms.HiddenInput)
    choice = forms.MultipleChoiceField(
        label=gettext_lazy("选好再投"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("还没有选。请选一项再投。")},
    )

    def __init__(self, *args: Any, vote: Vote, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["choice"].choices = [(one["code"], _(one["word"])) for one in vote.options]  # type: ignore[attr-defined]  # its own


class ReasonForm(forms.Form):
    """Why it is not held."""

    reason = forms.CharField(
        label=gettext_lazy("为什么不办了"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写为什么不办了。")},
    )


class ProxyForm(forms.Form):
    """A written authority as it lies on the desk."""

    position = forms.IntegerField(
        label=gettext_lazy("名册上几号委托"),
        min_value=1,
        error_messages={"required": gettext_lazy("请填名册上的编号。")},
    )
    phone = forms.CharField(
        label=gettext_lazy("受托人的手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy("受托人要有账号。没有的，请本人来拿纸票。"),
        error_messages={"required": gettext_lazy("请填受托人的手机号。")},
    )
    signed_on = day_field(gettext_lazy("委托书哪天签的"), missing=gettext_lazy("请填委托书上的日期。"))


class HandOutForm(forms.Form):
    """Whoever takes a secret paper."""

    position = forms.IntegerField(
        label=gettext_lazy("名册上几号领票"),
        min_value=1,
        error_messages={"required": gettext_lazy("请填名册上的编号。")},
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("在哪里领"),
        choices=[(code, rules.ORIGIN_WORDS[code]) for code in ("booth", "paper", "at_door")],
    )


class BoxForm(forms.Form):
    """A box that will be counted."""

    code = forms.CharField(
        label=gettext_lazy("票箱叫什么"),
        max_length=20,
        error_messages={"required": gettext_lazy("请给票箱写个名字，比如“1 号箱”。")},
    )
    origin = forms.ChoiceField(label=gettext_lazy("里面是哪种票"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ways = [(code, _(rules.ORIGIN_WORDS[code])) for code in rules.ON_PAPER]
        self.fields["origin"].choices = ways  # type: ignore[attr-defined]  # a choice field's own


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=1_000_000,
        error_messages={"required": gettext_lazy("请填张数，没有就填 0。")},
    )


class SheetForm(forms.Form):
    """What one teller counts and reads out of a box."""

    printed = _count(gettext_lazy("印了几张"))
    issued = _count(gettext_lazy("发出几张"))
    unused = _count(gettext_lazy("没发的几张"))
    spoiled = _count(gettext_lazy("作废的几张"))
    returned = _count(gettext_lazy("收回几张"))
    papers = forms.CharField(
        label=gettext_lazy("一行一张票"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
    )

    def numbers(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in rules.NUMBERS}
