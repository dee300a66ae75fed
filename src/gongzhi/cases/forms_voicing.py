"""Forms of 准入, of what is settled on the spot, of letters and suggestions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.cases.form_fields import PhotosField, ReasonField, UnitField, note_field
from gongzhi.cases.models import Case
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs


class AdmitForm(forms.Form):
    unit_id = UnitField(_("准许派给哪个社区"))
    note = note_field(_("为什么准入"), _("写清为什么要社区办、办多久、经费怎么办。"))


class SettleForm(forms.Form):
    note = note_field(_("当场怎么解决的"), _("这段话会发给反映人，由他来说解决了没有。"))


class ReplyForm(forms.Form):
    note = note_field(_("回信"), _("只有写信的人看得到。"))
    publish = forms.BooleanField(label=_("也公开一段，让别的居民看到"), required=False)
    public_text = note_field(
        _("公开的话"), _("写信的人同意了才能公开。另写一段，不带名字、门牌、电话。"), required=False
    )


class JudgeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("结果"), error_messages={"required": _("还没选结果。请选一个。"), "invalid_choice": _("请从列表里选。")}
    )
    reason = ReasonField("decline", _("没有采纳的理由"))
    note = note_field(_("为什么"), _("采纳的写怎么用，没采纳的写明原因。会发给提建议的人。"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["reason"].required = False
        _choose(self, [one for channel in packs.active_model().channels for one in channel.outcomes])

    def fit(self, case: Case) -> None:
        channel = packs.active_model().channel(case.channel)
        _choose(self, list(channel.outcomes) if channel else [])


def _choose(form: forms.Form, outcomes: list[Any]) -> None:
    field = form.fields["outcome"]
    if isinstance(field, forms.ChoiceField):
        found = {one.code: one.name for one in outcomes if one.code != "implemented"}
        field.choices = [("", _("请选一个")), *found.items()]


class ImplementForm(forms.Form):
    note = note_field(_("做成了什么"), _("会告诉提建议的人。"))
    photos = PhotosField(label=_("照片"))


SAID = {
    "admit": N_("准入记下了。现在可以派给它；别忘了写经费。"),
    "settle": N_("记下了：当场解决。由反映人来说解决了没有。"),
    "reply": N_("信回出去了。"),
    "judge": N_("评议好了，会告诉提建议的人。"),
    "implement": N_("记下了：做成了。"),
}
STAFF = {
    "admit": N_("办了准入"),
    "settle": N_("当场解决"),
    "reply": N_("回信"),
    "step": N_("记了一步"),
    "judge": N_("评议建议"),
    "implement": N_("建议做成了"),
    "publish": N_("公开了一段回信"),
}
RESIDENT = {
    "settle": N_("当场解决了，请您确认"),
    "reply": N_("回信了，请您看"),
    "step": N_("在办，记了一步"),
    "judge": N_("评议过了，请您看"),
    "implement": N_("您的建议做成了"),
    "publish": N_("去掉个人信息后，公开了一段回信"),
}
