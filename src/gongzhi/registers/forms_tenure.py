"""Forms of the tenure pages; each asks for as little as the rules need."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from gongzhi.common.errors import Refused
from gongzhi.common.form_fields import day_field
from gongzhi.common.refusals import said
from gongzhi.registers.actions.declaring import MOST_PHOTOS
from gongzhi.registers.models import Capacity
from gongzhi.registers.rules import tenure as rules


class PhotoInput(forms.ClearableFileInput):
    """Several photos at once, taken or chosen."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of uploads; `documents` looks at what they really are."""

    def __init__(self, *, required: bool = False, **more: Any) -> None:
        super().__init__(widget=PhotoInput(attrs={"accept": "image/*"}), required=required, **more)

    def clean(self, value: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = value if isinstance(value, list | tuple) else [value]
        return [super(PhotosField, self).clean(one, initial) for one in given if one][:MOST_PHOTOS]


class DeclareForm(forms.Form):
    """Who one is at one door, and by which paper."""

    room = forms.CharField(
        label=_("门牌"),
        max_length=40,
        help_text=_("照门上写，如 2-301；没有单元就写 301。"),
        error_messages={"required": _("请写门牌。")},
    )
    capacity = forms.ChoiceField(
        label=_("您在这里是"),
        error_messages={"required": _("请选您在这里是什么身份。"), "invalid_choice": _("请选您在这里是什么身份。")},
    )
    proof = forms.ChoiceField(
        label=_("凭什么证明"),
        error_messages={"required": _("请选一种证明。"), "invalid_choice": _("请选一种证明。")},
    )
    photos = PhotosField(
        required=True,
        label=_("拍下证明"),
        help_text=_("最多 6 张，只要能看清姓名和地址的那几页。身份证号可以遮住。加密保存。"),
    )
    since = day_field(_("从哪天起"), _("证上写的，或者收房、搬来的日子。"))
    share = forms.CharField(
        label=_("您的份额"),
        required=False,
        max_length=20,
        help_text=_("只问业主：单独所有写“全部”，按份的写 1/2 这样，夫妻共同共有空着。"),
    )
    away = forms.BooleanField(label=_("我是业主，但不住在这里"), required=False)
    until = day_field(_("租到哪天"), _("只问租客。到期前会提醒您。"), required=False)
    number = forms.CharField(label=_("租赁备案号"), required=False, max_length=60, help_text=_("备过案的才有。"))

    def __init__(self, *args: Any, proofs: Mapping[str, rules.Proof], **more: Any) -> None:
        super().__init__(*args, **more)
        known = [("", _("请选一个")), *((code, _(str(word))) for code, word in Capacity.choices)]
        kinds = [(code, _proof_words(one)) for code, one in proofs.items() if not (one.office or one.by_owner)]
        self.fields["capacity"].choices = known  # type: ignore[attr-defined]  # declared a choice field above
        self.fields["proof"].choices = [("", _("请选一个")), *kinds]  # type: ignore[attr-defined]  # the same

    def clean_share(self) -> Fraction | None:
        try:
            return rules.read_share(self.cleaned_data["share"])
        except Refused as refused:
            raise forms.ValidationError(said(refused)) from None


def _proof_words(one: rules.Proof) -> str:
    """不动产权证（业主）: the kind and for whom it is meant."""
    words = dict(Capacity.choices)
    return f"{gettext(one.name)}（{'、'.join(gettext(str(words[code])) for code in one.capacities)}）"


class TenantsForm(forms.Form):
    """How many people rent; nobody is named."""

    heads = forms.IntegerField(
        label=_("租客几个人"),
        min_value=1,
        help_text=_("只要人数，不要姓名。"),
        error_messages={"required": _("请写人数。")},
    )
    since = day_field(_("从哪天起租"))
    until = day_field(_("租到哪天"))
    number = forms.CharField(label=_("租赁备案号"), required=False, max_length=60, help_text=_("备过案的才有。"))


class JoinForm(forms.Form):
    """The owner's code."""

    code = forms.CharField(
        label=_("房东给的邀请码"),
        max_length=40,
        help_text=_("如 12-ABCD2345。"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("请填邀请码。")},
    )


class OutForm(forms.Form):
    on = day_field(_("哪天搬走的"))


class RenewForm(forms.Form):
    until = day_field(_("续到哪天"))
    photos = PhotosField(label=_("新合同的照片"), help_text=_("业主申报的不用拍。"))


class RefuseForm(forms.Form):
    """Why not: a reason from the pack, and a word."""

    reason = forms.ChoiceField(
        label=_("没通过的理由"),
        error_messages={
            "required": _("请选一条没通过的理由。居民看得到。"),
            "invalid_choice": _("请选一条没通过的理由。居民看得到。"),
        },
    )
    note = forms.CharField(
        label=_("再说一句"),
        required=False,
        max_length=300,
        help_text=_("写清要补什么。加密保存，本人看得到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, reasons: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", _("请选一个")), *((code, gettext_lazy(words)) for code, words in reasons.items())]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]  # declared a choice field above


class AreasForm(forms.Form):
    """The areas of a dwelling as the papers give them; empty: not known."""

    registered = forms.CharField(label=_("不动产登记簿上的面积"), required=False, max_length=20)
    measured = forms.CharField(label=_("实测面积"), required=False, max_length=20)
    contract = forms.CharField(label=_("合同面积"), required=False, max_length=20)
    on = day_field(_("材料日期"), required=False)
    said = forms.CharField(label=_("哪份材料"), required=False, max_length=120, help_text=_("如测绘报告。"))

    def clean(self) -> dict[str, Any]:
        areas: dict[str, int | None] = {}
        for source in rules.AREA_SOURCES:
            text = self.cleaned_data.get(source, "").strip()
            try:
                areas[source] = rules.read_area(text) if text else None
            except Refused as refused:
                self.add_error(source, said(refused))
        on = self.cleaned_data.get("on")
        return {"areas": areas, "on": on.isoformat() if on else "", "said": self.cleaned_data.get("said", "")}


def read_day(text: str, default: dt.date) -> dt.date:
    """A day of an address; today for what is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return default
