"""Writing, replying, saying that something should not stand, deciding, appealing, judging."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.disclosure import rules
from gongzhi.disclosure.rules import Said
from gongzhi.publications.forms import PicturesField


class _Writing(forms.Form):
    """What both a message and a reply say."""

    body = forms.CharField(
        label=gettext_lazy("内容"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("不写门牌、电话和别人的名字。"),
        error_messages={"required": gettext_lazy("还没写内容。")},
    )
    called = forms.CharField(
        label=gettext_lazy("怎么称呼您"),
        required=False,
        help_text=gettext_lazy("比如“小陈”。不写就显示“某栋邻居”，不会显示门牌。"),
    )
    cover = forms.BooleanField(label=gettext_lazy("有门牌、号码、人名，帮我遮住"), required=False)
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        more["initial"] = {"request": uuid.uuid4(), **more.get("initial", {})}
        super().__init__(*args, **more)

    def said(self) -> Said:
        given = self.cleaned_data
        return Said(given["body"], given.get("title", ""), given["called"])


class MessageForm(_Writing):
    """A message of one kind."""

    title = forms.CharField(
        label=gettext_lazy("一句话标题"),
        max_length=rules.LONGEST_TITLE,
        error_messages={"required": gettext_lazy("请写一句标题。")},
    )
    about = forms.ChoiceField(label=gettext_lazy("和正在进行的哪件事有关"), required=False)
    pictures = PicturesField(
        label=gettext_lazy("照片"),
        required=False,
        help_text=gettext_lazy("请避开人脸、车牌和门牌。拍摄的时间和地点会自动去掉。"),
    )
    field_order = ("title", "body", "pictures", "about", "called", "cover")

    def __init__(self, *args: Any, matters: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        if matters:
            self.fields["about"].choices = [("", _("没有")), *matters]  # type: ignore[attr-defined]  # its own
        else:
            del self.fields["about"]

    def given(self) -> dict[str, Any]:
        found = self.cleaned_data
        pictures = [one for one in found["pictures"] if one]
        same = {"cover": found["cover"], "request": found["request"], "pictures": pictures}
        return {"said": self.said(), "about": found.get("about", ""), **same}


class ReplyForm(_Writing):
    """A reply under a message."""

    def given(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {"said": self.said(), "cover": found["cover"], "request": found["request"]}


class ReasonForm(forms.Form):
    """A reason of the pack and a few words."""

    reason = forms.ChoiceField(
        label=gettext_lazy("为什么"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一个理由。"), "invalid_choice": gettext_lazy("请选一个理由。")},
    )
    note = forms.CharField(
        label=gettext_lazy("再说一句"),
        required=False,
        max_length=rules.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, reasons: Mapping[str, rules.Reason], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].choices = [(one.code, one.name) for one in reasons.values()]  # type: ignore[attr-defined]  # its own

    def given(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class AppealForm(forms.Form):
    """Why it should come back."""

    text = forms.CharField(
        label=gettext_lazy("为什么应该放回去"),
        max_length=rules.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写为什么应该放回去。")},
    )


class JudgeForm(forms.Form):
    """Back, or not, and why."""

    answer = forms.ChoiceField(
        label=gettext_lazy("怎么定"),
        choices=[("restore", gettext_lazy("放回去")), ("uphold", gettext_lazy("不放回去"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选怎么定。")},
    )
    note = forms.CharField(
        label=gettext_lazy("理由（发的人看得到）"),
        max_length=rules.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写理由，发的人看得到。")},
    )


class NameForm(forms.Form):
    """How the one named wants to be called."""

    name = forms.CharField(
        label=gettext_lazy("想怎么称呼"), error_messages={"required": gettext_lazy("请写想怎么称呼。")}
    )
