"""What a resident fills in: a report, the code of a case, the answer to “解决了吗？”."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import rules
from gongzhi.cases.form_fields import sound_field
from gongzhi.cases.forms_channel import add_questions, check_steps
from gongzhi.cases.queries import MAX_PHOTOS
from gongzhi.cases.rules.channels import SPOKEN
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.packs.contents import FormPack

LONGEST_TEXT = rules.TEXT_LIMITS[1]
KEPT_AT_MOST = dt.timedelta(days=8)


class PhotoInput(forms.ClearableFileInput):
    """Several photos at once, taken or chosen."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to six uploads; `documents` looks at what they really are."""

    def clean(self, value: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = [one for one in (value if isinstance(value, (list, tuple)) else [value]) if one]
        if len(given) > MAX_PHOTOS:
            words = gettext("最多 {most} 张照片，您选了 {chosen} 张。请重新选。")
            raise forms.ValidationError(words.format(most=MAX_PHOTOS, chosen=len(given)))
        return [super(PhotosField, self).clean(one, initial) for one in given]


def _short(label: Any, hint: Any = "", *, length: int = 40, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=length, widget=forms.TextInput(attrs=attrs)
    )


def _point(name: str) -> forms.FloatField:
    low, high = (-90, 90) if name == "lat" else (-180, 180)
    attrs = {f"data-map-{name}": True}
    return forms.FloatField(required=False, min_value=low, max_value=high, widget=forms.HiddenInput(attrs=attrs))


class ReportForm(forms.Form):
    """A report on one page. `key` makes a second press the same report; `helping` says it is for somebody else.

    `ways`: by which way it came, where staff write it down; `questions`: the form of the channel.
    """

    use_required_attribute = False  # the browser does not know that a voice note may stand for the words

    key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    helping = forms.BooleanField(required=False, widget=forms.HiddenInput)
    kept_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    scanned = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    photos = PhotosField(
        label=_("照片"),
        help_text=_("拍清楚坏的地方，别拍到人脸和车牌。最多 6 张，一次选好。"),
        required=False,
        widget=PhotoInput(attrs={"accept": "image/*"}),
    )
    place = forms.CharField(label=_("楼栋或地方"), required=False, max_length=64, widget=forms.Select)
    q = _short(_("找一个地方"), _("写小区、楼栋或路口的名字。"), autocomplete="off")
    detail = _short(_("具体位置"), _("比如：2单元门口、南门车棚。"), length=120, autocomplete="off")
    lat = _point("lat")
    lng = _point("lng")
    text = forms.CharField(
        label=_("怎么了"),
        help_text=_("一句话就行。归哪类、谁来管，不用您想。"),
        max_length=LONGEST_TEXT,
        min_length=rules.TEXT_LIMITS[0],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("还没写是什么事。写一句，或者在下面录一段。"),
            "min_length": _("太短了。请再写几个字。"),
            "max_length": _("太长了。最多 4000 个字。"),
        },
    )
    sound = sound_field()
    name = _short(_("称呼"), autocomplete="name", **{"data-no-draft": True})
    phone = _short(_("联系电话"), length=20, autocomplete="tel", inputmode="tel", **{"data-no-draft": True})
    about_unit = forms.TypedChoiceField(
        label=_("这件事是在反映哪个单位"),
        help_text=_("选了，就不派给它办。"),
        required=False,
        coerce=int,
        empty_value=None,
    )

    def __init__(
        self,
        *given: Any,
        places: Sequence[tuple[str, str]] = (),
        units: Sequence[tuple[int, str]] = (),
        helping: bool = False,
        ways: Sequence[tuple[str, str]] = (),
        questions: FormPack | None = None,
        about_needed: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(*given, **more)
        self.questions = questions
        self.asked_names = add_questions(self, questions) if questions else []
        if self.files.get("sound"):
            self.fields["text"].required = False  # a voice note stands for it
        if ways:
            self.fields["channel"] = forms.ChoiceField(label=gettext("怎么来的"), choices=list(ways))
        select = self.fields["place"].widget
        assert isinstance(select, forms.Select)  # noqa: S101 - declared so above
        select.choices = [("", gettext("还没选")), *places]
        about = self.fields["about_unit"]
        assert isinstance(about, forms.TypedChoiceField)  # noqa: S101 - declared so above
        about.choices = [("", gettext("请选单位") if about_needed else gettext("没有，或说不清")), *units]
        if about_needed:
            about.required = True
            about.help_text = gettext("选了，它和它下面的单位都看不到这件事。不知道是哪个，就选它的上级。")
            about.error_messages["required"] = gettext(
                "还没选反映的是哪个单位。选了才能不让它看到；不知道就选它的上级。"
            )
        if helping:
            self.fields["name"].required = True
            self.fields["name"].label = gettext("替谁反映")
            self.fields["name"].error_messages["required"] = gettext("还没写替谁反映。写个称呼就行，比如：王奶奶。")
            self.fields["phone"].label = gettext("他（她）的电话")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("lat") is None) != (cleaned.get("lng") is None):
            cleaned["lat"] = cleaned["lng"] = None
        if "text" in cleaned and not cleaned["text"].strip() and cleaned.get("sound"):
            cleaned["text"] = gettext(SPOKEN)
        if self.questions:
            check_steps(self, cleaned, self.questions)
        return cleaned

    @property
    def asked(self) -> list[forms.BoundField]:
        """The questions of the channel's form, for the template."""
        return [self[name] for name in self.asked_names]

    def refuse(self, refused: Refused, fields: dict[str, str]) -> None:
        """Show a refusal of the action beside its field, else at the top."""
        words = said(refused)
        field = fields.get(str(refused.facts.get("field", refused.code))) or fields.get(refused.code)
        self.add_error(field, words)


class NeighbourForm(forms.Form):
    """As much of a report as tells whether somebody raised it already."""

    text = forms.CharField(min_length=4, max_length=LONGEST_TEXT)
    detail = forms.CharField(required=False, max_length=120)
    place = forms.CharField(required=False, max_length=64)
    lat = _point("lat")
    lng = _point("lng")


def new_key() -> str:
    return str(uuid.uuid4())


def written_at(kept: str, at: dt.datetime) -> dt.datetime | None:
    """When a report was written that waited on the phone for a signal; None for anything not believable."""
    try:
        moment = dt.datetime.fromisoformat(kept.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo and at - KEPT_AT_MOST < moment < at else None


class OpenForm(forms.Form):
    """Number and code, from the receipt."""

    number = forms.CharField(
        label=_("编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("还没写编号。它在送达页和短信里。")},
    )
    code = forms.CharField(
        label=_("查询码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("还没写查询码。8 位字母和数字，和编号在一起。")},
    )


SOLVED = [
    ("yes", _("已解决")),
    ("partly", _("部分解决")),
    ("no", _("未解决")),
    ("disagree", _("不同意说明")),
]
SOLVED_HINTS = {
    "yes": _("这件事就办结了"),
    "partly": _("写一句还差什么，接着办"),
    "no": _("编号不变、时间接着算，重新办"),
    "disagree": _("觉得答复的道理不对，由上一级复核"),
}
SATISFIED = [
    (5, _("5 很满意")),
    (4, _("4 满意")),
    (3, _("3 一般")),
    (2, _("2 不满意")),
    (1, _("1 很不满意")),
]


def _boolean(value: str) -> bool:
    return value == "yes"


class ConfirmForm(forms.Form):
    """居民确认: solved, then two other questions; nothing is preselected."""

    solved = forms.ChoiceField(
        label=_("解决了吗？"),
        choices=SOLVED,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个回答：已解决、部分解决、未解决或不同意说明。")},
    )
    note = forms.CharField(
        label=_("想说的话"),
        help_text=_("选“部分解决”“未解决”“不同意说明”的，请写一句还差什么。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    heard = forms.TypedChoiceField(
        label=_("有没有人联系过您？"),
        choices=[("yes", _("有人联系过")), ("no", _("没有人联系"))],
        required=False,
        coerce=_boolean,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    satisfied = forms.TypedChoiceField(
        label=_("办事的态度和过程，您满意吗？"),
        choices=SATISFIED,
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("solved") not in (None, "", "yes") and not (cleaned.get("note") or "").strip():
            self.add_error("note", gettext("请写一句还差什么，办的人才知道怎么接着办。"))
        return cleaned


class ObjectForm(forms.Form):
    """不同意认定: why, so that the level above can look again."""

    why = forms.CharField(
        label=_("为什么不同意"),
        help_text=_("由上一级复核，复核完告诉您。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句为什么不同意，复核的人才知道看什么。")},
    )


class ReopenForm(forms.Form):
    """再打开: the reason, so that the work can go on."""

    note = forms.CharField(
        label=_("又怎么了"),
        help_text=_("编号不变，接着办。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句又怎么了，办的人才知道怎么接着办。")},
    )

