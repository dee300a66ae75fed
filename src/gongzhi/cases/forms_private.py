"""What mediators, lawyers and counsellors fill in: one table of steps for each kind of private matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.cases.actions import mediating, meeting
from gongzhi.cases.form_fields import PhotosField
from gongzhi.cases.models import Case
from gongzhi.cases.rules.mediating import AGREEMENT, SIGNED
from gongzhi.common.clock import CHINA
from gongzhi.common.form_fields import day_field
from gongzhi.common.text import N_

SIDES = [("asking", _("申请的一方")), ("other", _("另一方"))]
SECRET = _("单独加密，只有调解员打得开。")


def _words(label: Any, hint: Any = "", *, rows: int = 4, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=hint, max_length=4000, widget=widget, required=required)


def _choice(label: Any, choices: list[tuple[str, Any]], hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=hint, choices=[("", _("请选一个")), *choices])


class TakeForm(forms.Form):
    declared = forms.BooleanField(
        label=_("我声明：和双方没有亲属关系，没有利害关系"), required=False, help_text=_("有的，请换一位调解员。")
    )


class ConsentForm(forms.Form):
    side = _choice(_("哪一方同意"), SIDES)
    way = _choice(_("怎么说的"), [("signed", _("签了字")), ("told", _("当面说的")), ("phone", _("电话里说的"))])


class SessionForm(forms.Form):
    held_on = day_field(_("哪天谈的"))
    came = forms.MultipleChoiceField(label=_("谁来了"), choices=SIDES, widget=forms.CheckboxSelectMultiple)
    note = _words(_("谈了什么"), SECRET)


class WarnForm(forms.Form):
    told = _choice(_("报告给了谁"), [("police", _("公安机关（110）")), ("other", _("其他有关部门"))])
    note = _words(_("什么情况"), SECRET)


class ScanForm(forms.Form):
    scans = PhotosField(
        label=_("签好的协议书"),
        help_text=_("扫描件、照片或 PDF，最多 6 个文件。"),
        accept="image/*,application/pdf",
    )


class AgreeForm(forms.Form):
    form = _choice(_("哪一种"), [("written", _("书面协议")), ("oral", _("口头协议（由调解员记录）"))])
    agreed_on = day_field(_("哪天生效"), _("书面：签字盖章齐的那天。口头：谈妥的那天。"))
    parties = _words(_("双方当事人的基本情况"), SECRET)
    facts = _words(_("主要事实、争的是什么、各有什么责任"))
    content = _words(_("协议内容、怎么履行、什么时候履行"))
    mediators = forms.CharField(label=_("调解员姓名"), max_length=120)
    parties_signed = forms.BooleanField(label=_("双方已签名、盖章或按指印"), required=False)
    mediator_signed = forms.BooleanField(label=_("调解员已签名"), required=False)
    sealed = forms.BooleanField(label=_("已盖人民调解委员会印章"), required=False)

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "form": data["form"],
            "agreed_on": data["agreed_on"],
            "agreement": {name: data[name] for name in (*AGREEMENT, "mediators")},
            "signed": {name: data[name] for name in SIGNED},
        }


class DeclineForm(forms.Form):
    side = _choice(_("哪一方不愿意"), SIDES, _("不问理由。有一方不愿意，调解就到此为止。"))


class EndForm(forms.Form):
    note = _words(_("差在哪里"), SECRET)


class CourtForm(forms.Form):
    court = _choice(
        _("司法确认到哪一步"),
        [
            ("applied", _("双方一起申请了")),
            ("confirmed", _("法院确认有效")),
            ("rejected", _("法院没有确认")),
            ("waived", _("双方都说不需要")),
        ],
    )


class FollowUpForm(forms.Form):
    kept = _choice(_("协议履行得怎样"), [("yes", _("都做到了")), ("partly", _("做到一部分")), ("no", _("没有做"))])
    note = _words(_("记一笔"), SECRET, rows=3)


class NothingForm(forms.Form):
    """A step that asks for nothing."""


class TimeForm(forms.Form):
    day = day_field(_("哪天"))
    time = forms.TimeField(label=_("几点"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.TypedChoiceField(
        label=_("多久"), coerce=int, initial=60, choices=[(30, _("30 分钟")), (60, _("1 小时")), (90, _("1 个半小时"))]
    )
    where = forms.CharField(
        label=_("在哪里"), max_length=80, help_text=_("写公共场所，比如：社区法律服务室。别写谁家。")
    )

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts_at": dt.datetime.combine(data["day"], data["time"], CHINA),
            "minutes": data["minutes"],
            "where": data["where"],
        }


class MeetForm(forms.Form):
    note = _words(_("谈了什么"), _("单独加密，只有接待的人打得开。分拨、书记、审计都看不到。"))


class DeclineTimeForm(forms.Form):
    note = _words(_("什么时候方便"), _("写一句，好再约。"), rows=2)


class AcceptedForm(forms.Form):
    """When the petition office said that it took the matter up; only to reckon with, not kept."""

    accepted = forms.DateField(
        label=_("信访部门哪天受理的"),
        required=False,
        help_text=_("回执或短信上有。只用来算日子，不会保存。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("日期写不对。请选一天。")},
    )


NOTE_PURPOSES = [
    ("接着办这件事", _("接着办这件事")),
    ("写协议或文书", _("写协议或文书")),
    ("回访", _("回访")),
    ("本人要求查看", _("本人要求查看")),
]


class PurposeForm(forms.Form):
    """Why somebody opens confidential notes."""

    purpose = forms.ChoiceField(
        label=_("为什么要看"),
        choices=[("", _("请选用途")), *NOTE_PURPOSES],
        error_messages={"required": _("请写明为什么要看这些记录。会留下记录。")},
    )


Act = Callable[..., Case]


@dataclass(frozen=True, slots=True)
class PrivateStep:
    """One step as its page offers it, and the action behind it."""

    move: str
    title: str
    button: str
    said: str
    form: type[forms.Form]
    act: Act
    tone: str = "outline"

    def given(self, form: forms.Form) -> dict[str, Any]:
        own = getattr(form, "given", None)
        return dict(own() if own else form.cleaned_data)


_ENDED = N_("调解结束。已告诉申请人还能走哪些途径。")
_SEALED = N_("记下了。内容单独加密。")


def _table(*steps: PrivateStep) -> dict[str, PrivateStep]:
    return {step.move: step for step in steps}


MEDIATING = _table(
    PrivateStep(
        "mediate", N_("我来调解"), N_("接手调解"), N_("记下了，您是这件事的调解员。"),
        TakeForm, mediating.take_mediation, "primary",
    ),
    PrivateStep(
        "consent", N_("记下一方同意"), N_("记下同意"), N_("记下了。双方都同意就能开始谈。"),
        ConsentForm, mediating.record_consent, "primary",
    ),
    PrivateStep(
        "session", N_("记一次调解"), N_("记下"), _SEALED, SessionForm, mediating.record_session, "primary",
    ),
    PrivateStep(
        "agree", N_("达成协议"), N_("记下协议"), N_("协议记下了。可以下载协议书。"),
        AgreeForm, mediating.conclude_agreement,
    ),
    PrivateStep(
        "file_paper", N_("传签好的协议书"), N_("传上去"), N_("传好了。只有调解员和申请的一方看得到。"),
        ScanForm, mediating.file_signed_paper,
    ),
    PrivateStep(
        "judicial", N_("司法确认"), N_("记下"), N_("记下了。"),
        CourtForm, mediating.record_court, "primary",
    ),
    PrivateStep(
        "follow_up", N_("回访"), N_("记下回访"), N_("回访记下了。"),
        FollowUpForm, mediating.follow_up_agreement, "primary",
    ),
    PrivateStep(
        "archive", N_("归档"), N_("归档"), N_("已归档。"), NothingForm, mediating.archive_mediation,
    ),
    PrivateStep(
        "warn", N_("有危险，已经报告"), N_("记下报告"), N_("记下了。人身有危险的，先打 110。"),
        WarnForm, mediating.report_danger,
    ),
    PrivateStep(
        "decline_talk", N_("有一方不愿意"), N_("结束调解"), _ENDED,
        DeclineForm, mediating.decline_mediation,
    ),
    PrivateStep(
        "end_talk", N_("没有谈成"), N_("结束调解"), _ENDED, EndForm, mediating.end_mediation,
    ),
)
MEETING = _table(
    PrivateStep(
        "propose_time", N_("约时间"), N_("发给他（她）看行不行"), N_("约好的时间已发出，等他（她）回答。"),
        TimeForm, meeting.propose_time, "primary",
    ),
    PrivateStep(
        "meet", N_("见过了，记一笔"), N_("记下"), _SEALED, MeetForm, meeting.record_meeting,
    ),
    PrivateStep(
        "served", N_("办完了，请本人确认"), N_("请本人确认"), N_("已请本人确认。"),
        NothingForm, meeting.finish_meetings,
    ),
)
