"""Forms of wishes: what for everybody, and below it what is sealed."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import set_choices, set_rows, text_field
from gongzhi.exchange import rules
from gongzhi.exchange.actions import Asked
from gongzhi.exchange.forms import PUBLIC_HINT, NoteForm
from gongzhi.packs.sharing_contents import NeedPack
from gongzhi.places.models import Place

_HIDDEN = gettext_lazy("只有审核的社区，和您同意来帮的人看得到。")


class NeedForm(forms.Form):
    """What one wishes for; for oneself, or with their yes for somebody else."""

    category = forms.ChoiceField(label=gettext_lazy("哪一类"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("需要什么"), max_length=rules.LONGEST_TITLE, help_text=PUBLIC_HINT)
    about = text_field(gettext_lazy("多说两句"), rules.LONGEST_NEED, required=False, help_text=PUBLIC_HINT)
    minutes = forms.IntegerField(
        label=gettext_lazy("大约要多少分钟"), min_value=5, max_value=1440, required=False
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=gettext_lazy("在哪个社区"), empty_label=gettext_lazy("请选")
    )
    for_other = forms.BooleanField(label=gettext_lazy("我是替别人填的"), required=False)
    consent = forms.ChoiceField(
        label=gettext_lazy("本人怎么同意的"),
        choices=[
            ("", gettext_lazy("替自己填，不用选")),
            ("said", gettext_lazy("口头同意")),
            ("signed", gettext_lazy("签了字")),
        ],
        required=False,
    )
    minor = forms.BooleanField(label="", required=False)
    guardian = forms.CharField(
        label=gettext_lazy("监护人怎么称呼、怎么同意的"), max_length=80, required=False, help_text=_HIDDEN
    )
    name = forms.CharField(label=gettext_lazy("怎么称呼"), max_length=40, required=False, help_text=_HIDDEN)
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        max_length=20,
        required=False,
        help_text=_HIDDEN,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    where = forms.CharField(label=gettext_lazy("住在哪里"), max_length=80, required=False, help_text=_HIDDEN)
    more = text_field(gettext_lazy("要让帮忙的人知道的"), 500, required=False, help_text=_HIDDEN)
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, pack: NeedPack, places: Any, **more: Any) -> None:
        more["initial"] = {"request": uuid.uuid4(), **more.get("initial", {})}
        super().__init__(*args, **more)
        self.pack = pack
        set_choices(self, "category", [(one.code, one.name) for one in pack.categories])
        set_rows(self, "place", places)
        self.fields["minor"].label = _("需要的人未满 {age} 周岁").format(age=pack.guardian_under)
        if not pack.minutes:
            del self.fields["minutes"]

    def asked(self) -> Asked:
        given = self.cleaned_data
        return Asked(kind=self.pack.name, **given)


class ThanksForm(forms.Form):
    """A word for whoever helped."""

    thanks = text_field(gettext_lazy("说声谢谢"), rules.LONGEST_NOTE, required=False, help_text=PUBLIC_HINT)


class PublishForm(NoteForm):
    """Whether it may be seen, in which words; the reason where it may not."""

    publish = forms.ChoiceField(
        label=gettext_lazy("能不能贴出去"),
        choices=[("yes", gettext_lazy("可以贴")), ("no", gettext_lazy("不贴"))],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=gettext_lazy("贴出去写什么"), max_length=rules.LONGEST_TITLE, required=False)
    field_order = ("publish", "title", "note")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["note"].label = _("不贴的理由")
        self.fields["note"].help_text = _("提的人看得到。")
