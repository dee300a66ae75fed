"""Areas of a photo to cover; a text and its adoption."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import day_field
from gongzhi.documents.models import InstrumentKind
from gongzhi.documents.rules import LONGEST_TEXT

Area = tuple[float, float, float, float]


class AreasForm(forms.Form):
    """Each line one area: left, top, right, bottom in percent of the photo."""

    areas = forms.CharField(
        label=gettext_lazy("要遮的地方"),
        help_text=gettext_lazy("在照片上拖一下就行。也可以填：左 上 右 下，各占百分之几，一处一行，比如 10 20 30 45。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-areas": True}),
    )

    def clean_areas(self) -> list[Area]:
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["areas"].splitlines())):
            parts = line.replace("，", " ").replace(",", " ").split()
            try:
                left, top, right, bottom = (float(part) / 100 for part in parts)
            except ValueError:
                raise forms.ValidationError(_("这一行看不懂：%(line)s"), params={"line": line}) from None
            found.append((left, top, right, bottom))
        return found


class DraftForm(forms.Form):
    """A text, or the next version of one (then `code` and `place` are given)."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("代号"),
        help_text=gettext_lazy("写在网址里，小写字母、数字和横线，比如 liuyuan-charter。各版共用。"),
        max_length=60,
    )
    kind = forms.ChoiceField(label=gettext_lazy("是什么"))
    place = forms.ChoiceField(label=gettext_lazy("在哪里管用"))
    text = forms.CharField(
        label=gettext_lazy("正文"),
        help_text=gettext_lazy(
            "一行一段。以 # 开头的一行是小标题，以 □ 开头的是要勾的一步。"
            "哪一条管哪类诉求，写在那一段末尾，比如【诉求：噪声】。不要写居民的姓名。"
        ),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 16}),
    )

    def __init__(self, *given: Any, places: Sequence[tuple[str, str]] = (), fixed: bool = False, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["kind"].choices = [(kind.value, _(kind.label)) for kind in InstrumentKind]  # type: ignore[attr-defined]  # a choice field
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]  # a choice field
        if fixed:
            del self.fields["code"], self.fields["place"]


class AdoptForm(forms.Form):
    """By which decision, when, and from when it holds."""

    basis = forms.CharField(
        label=gettext_lazy("凭什么通过的"),
        help_text=gettext_lazy("哪次会议、哪个决定，比如“2026年3月10日居民代表会议决议”。"),
        max_length=200,
    )
    adopted_on = day_field(gettext_lazy("通过日期"))
    effective_from = day_field(gettext_lazy("施行日期"))
