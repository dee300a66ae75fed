"""Forms of the staff's moves: one table of what each asks for, in which words, and which action it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import actions, rules
from gongzhi.cases import forms_joint as joint
from gongzhi.cases import forms_voicing as voicing
from gongzhi.cases.actions import duties, excluding, gathering_in
from gongzhi.cases.actions import voicing as voices
from gongzhi.cases.form_fields import PhotosField, ReasonField, narrowed, note_field, sound_field
from gongzhi.cases.models import Case
from gongzhi.common.form_fields import day_field
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Category

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class PlainForm(forms.Form):
    """A move that asks for nothing."""


class NoteForm(forms.Form):
    note = note_field(_("说明"))


class OptionalNoteForm(forms.Form):
    note = note_field(_("说明"), required=False)


STAGES = [
    ("work", _("办理中的")),
    ("before", _("动手以前的")),
    ("signature", _("反映人签字的单子")),
    ("document", _("办理材料")),
]


class RecordForm(forms.Form):
    note = note_field(_("做了什么"), _("去看了、约了、买了配件，写一句就行。反映人看得到。"))
    photos = PhotosField(label=_("照片"), help_text=_("最多 6 张。请避开人脸和车牌。"))
    stage = forms.ChoiceField(label=_("这些照片是"), choices=STAGES)
    sound = sound_field()


class AnswerForm(forms.Form):
    note = note_field(_("办得怎样"), _("这段话会发给反映人。写清做了什么、结果怎样。"))
    photos = PhotosField(label=_("办完后的照片"), help_text=_("最多 6 张。请避开人脸和车牌。"))


class VerifyForm(forms.Form):
    note = note_field(_("看到什么"), required=False)
    photos = PhotosField(label=_("核查照片"))


class TellForm(forms.Form):
    note = note_field(_("说什么"), _("办到哪一步、在等谁、什么时候再告诉他。只写信，不接单。"))


class ReworkForm(forms.Form):
    note = note_field(_("差在哪里"), _("写清还差什么。编号和时限都不变。"))


class ReturnForm(forms.Form):
    reason = ReasonField("return", _("退单理由"))
    note = note_field(_("说明"), _("按条款写明该归谁、在哪里。只能退一次，时间照算。"))


class ExtensionForm(forms.Form):
    reason = ReasonField("extension", _("延期理由"))
    note = note_field(_("说明"), _("写明等什么、等到哪天。"))


class DeferralForm(forms.Form):
    reason = ReasonField("defer", _("挂账理由"))
    until = day_field(_("下次什么时候看"), missing=_(rules.MISSING["until"]))
    note = note_field(_("说明"), _("现在办不了什么，为什么。要另一个人批。"))


class ExclusionForm(forms.Form):
    reason = ReasonField("unreasonable", _("哪一条"))
    note = note_field(_("为什么"), _("写明事实和依据。要另一个人认定；反映人会知道，可以不同意。"))


class ReferForm(forms.Form):
    reason = ReasonField("refer", _("转介理由"))
    note = note_field(_("转到哪里"), _("写明单位和电话，会告诉反映人。"))


class ReceiptForm(forms.Form):
    receipt = forms.CharField(
        label=_("回执编号"),
        max_length=60,
        error_messages={"required": _("还没写回执编号。对方没给编号的，写“无编号”。")},
    )
    office = forms.CharField(
        label=_("哪个单位收的"),
        help_text=_("写单位和窗口，不写人名。"),
        max_length=60,
        error_messages={"required": _("还没写是哪个单位收的。")},
    )
    received_on = day_field(_("哪天收的"))


class DispatchForm(forms.Form):
    unit_id = forms.IntegerField(
        label=_("派给谁"), error_messages={"required": _(rules.MISSING["unit"]), "invalid": _(rules.MISSING["unit"])}
    )
    note = forms.CharField(label=_("交代一句"), required=False, max_length=500)
    funding = forms.CharField(label=_("经费项目"), required=False, max_length=120)
    exception = forms.CharField(label=_("没有经费的，为什么例外"), required=False, max_length=120)


PURPOSES = [
    ("上门前联系", _("上门前联系")),
    ("问清楚情况", _("问清楚情况")),
    ("回访", _("回访")),
]


class ContactForm(forms.Form):
    """Why somebody wants to see a number in the clear."""

    purpose = forms.ChoiceField(
        label=_("为什么要看"),
        choices=[("", _("请选用途")), *PURPOSES],
        error_messages={"required": _("请写明为什么要看联系方式。会留下记录。")},
    )


def category_choices() -> list[tuple[str, Any]]:
    """Leaves under the name of their top category, for a select: the model's, then the newest imported tree's."""
    imported = [(f"{gettext('导入的分类')}：{top}", leaves) for top, leaves in _leaves(packs.imported_categories())]
    return [*_leaves(packs.categories()), *imported]


def _leaves(categories: Sequence[Category]) -> list[tuple[str, Any]]:
    names = {item.code: item for item in categories}
    parents = {item.parent for item in categories}
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in categories:
        if item.code in parents:
            continue
        line = [item]
        while line[0].parent in names:
            line.insert(0, names[line[0].parent])
        groups.setdefault(line[0].name, []).append((item.code, " › ".join(one.name for one in line[1:] or line)))
    return list(groups.items())


class CategoryForm(forms.Form):
    category = forms.ChoiceField(
        label=_("类别"),
        choices=category_choices,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("请选一个类别。"), "invalid_choice": _("没有这个类别。请从列表里选。")},
    )


Act = Callable[..., Case]


@dataclass(frozen=True, slots=True)
class Step:
    """One move as a page offers it: heading, button, form, and the action behind it."""

    move: str
    title: str
    button: str
    form: type[forms.Form]
    act: Act
    tone: str = "outline"

    @property
    def said(self) -> str:
        """What the page says once it is done."""
        return SAID[self.move]


_grant, _refuse = (partial(actions.decide_extension, granted=granted) for granted in (True, False))
_pause, _run_on = (partial(actions.decide_pause, granted=granted) for granted in (True, False))
_defer, _go_on = (partial(actions.decide_deferral, granted=granted) for granted in (True, False))

_exclude, _keep_in = (partial(excluding.decide_exclusion, granted=granted) for granted in (True, False))

# fmt: off
STEPS: dict[str, Step] = {step.move: step for step in (
    Step("accept", N_("受理"), N_("受理"), PlainForm, actions.accept_case, "primary"),
    Step("start", N_("接单"), N_("接单"), PlainForm, actions.start_work, "primary"),
    Step("verify", N_("核查通过"), N_("通过，请反映人确认"), VerifyForm, actions.verify_case, "primary"),
    Step("rework", N_("没办好，返工"), N_("退给承办单位返工"), ReworkForm, actions.rework_case),
    Step("answer", N_("办好了，答复"), N_("交给别人核查"), AnswerForm, actions.submit_result, "primary"),
    Step("rule", N_("裁决"), N_("作出裁决"), joint.RuleForm, actions.rule_case, "primary"),
    Step("grant_pause", N_("同意暂停计时"), N_("同意暂停"), OptionalNoteForm, _pause, "primary"),
    Step("refuse_pause", N_("不同意暂停"), N_("不同意暂停"), NoteForm, _run_on),
    Step("respond", N_("应答"), N_("收到，我们去"), OptionalNoteForm, actions.respond_order, "primary"),
    Step("sign", N_("配合的部分办好了"), N_("签字"), joint.SignForm, actions.sign_order, "primary"),
    Step("claim", N_("认领"), N_("我们来办"), OptionalNoteForm, actions.claim_case, "primary"),
    Step("strike", N_("销号"), N_("销号"), OptionalNoteForm, actions.strike_case, "primary"),
    Step("reply", N_("回信"), N_("回信"), voicing.ReplyForm, voices.reply_letter, "primary"),
    Step("judge", N_("评议建议"), N_("送出评议"), voicing.JudgeForm, voices.judge_suggestion, "primary"),
    Step("settle", N_("当场解决了"), N_("记下"), voicing.SettleForm, gathering_in.settle_case),
    Step("implement", N_("建议做成了"), N_("记下"), voicing.ImplementForm, voices.implement_suggestion),
    Step("admit", N_("清单外的事，办准入"), N_("准入"), voicing.AdmitForm, duties.admit_case),
    Step("record", N_("记一笔"), N_("记下"), RecordForm, actions.record_work),
    Step("explain", N_("复核，作出说明"), N_("送出说明"), NoteForm, actions.explain_case, "primary"),
    Step("dispatch", N_("派单"), N_("派单"), DispatchForm, actions.dispatch_case, "primary"),
    Step("grant_extension", N_("同意延期"), N_("同意延期"), OptionalNoteForm, _grant, "primary"),
    Step("refuse_extension", N_("不同意延期"), N_("不同意延期"), NoteForm, _refuse),
    Step("defer", N_("批准挂账"), N_("批准挂账"), OptionalNoteForm, _defer, "primary"),
    Step("refuse_deferral", N_("不批挂账"), N_("不批，接着办"), NoteForm, _go_on),
    Step("resume", N_("提前接着办"), N_("接着办"), OptionalNoteForm, actions.resume_case, "primary"),
    Step("close", N_("办结"), N_("办结"), PlainForm, actions.close_case, "primary"),
    Step("tell", N_("首接负责：给反映人写一句"), N_("发给反映人"), TellForm, actions.tell_reporter),
    Step("return", N_("不归我们，退单"), N_("退单"), ReturnForm, actions.return_case),
    Step("ask_extension", N_("来不及，申请延期"), N_("申请延期"), ExtensionForm, actions.ask_extension),
    Step("ask_deferral", N_("现在办不了，提出挂账"), N_("提出挂账"), DeferralForm, actions.ask_deferral),
    Step("dispute", N_("不归我们，提请裁决"), N_("提请裁决"), joint.DisputeForm, actions.dispute_case),
    Step("ask_ruling", N_("没人管或几家都管，提请裁决"), N_("提请裁决"), joint.AskRulingForm, actions.ask_ruling),
    Step("join", N_("合办"), N_("请它们配合"), joint.JoinForm, actions.join_case),
    Step("whistle", N_("吹哨"), N_("吹哨"), joint.WhistleForm, actions.whistle_case),
    Step("arrive", N_("记到场"), N_("到了"), joint.ArriveForm, actions.record_arrival),
    Step("absent", N_("记没到"), N_("没到"), joint.AbsentForm, actions.record_absence),
    Step("rate_unit", N_("评价来的部门"), N_("评价"), joint.RateUnitForm, actions.rate_unit),
    Step("rate_whistle", N_("评价这次吹哨"), N_("评价"), joint.RateForm, actions.rate_whistle),
    Step("offer", N_("拿出来给共建单位认领"), N_("拿出来"), OptionalNoteForm, actions.offer_case),
    Step("ask_pause", N_("要等别人，申请暂停计时"), N_("申请暂停"), joint.PauseForm, actions.ask_pause),
    Step("unpause", N_("恢复计时"), N_("恢复计时"), OptionalNoteForm, actions.unpause_case),
    Step("urge", N_("催办"), N_("催一下"), OptionalNoteForm, actions.urge_case),
    Step("supervise", N_("下督办单"), N_("下督办单"), joint.SuperviseForm, actions.supervise_case),
    Step("propose_out", N_("要求不合理，提请认定"), N_("提请认定"), ExclusionForm, excluding.propose_exclusion),
    Step("exclude", N_("认定不合理，不计分"), N_("认定，告诉反映人"), NoteForm, _exclude),
    Step("refuse_out", N_("不认定，照常计分"), N_("不认定"), NoteForm, _keep_in),
    Step("put_back", N_("撤回认定，重新计分"), N_("撤回认定"), NoteForm, excluding.put_back),
    Step("uphold", N_("复核：维持认定"), N_("维持，告诉反映人"), NoteForm, excluding.uphold),
    Step("receipt", N_("记下转送回执"), N_("记下"), ReceiptForm, actions.record_receipt, "primary"),
    Step("refer", N_("不归我们管，转介"), N_("转介"), ReferForm, actions.refer_case),
)}
# fmt: on

SAID = {
    "accept": N_("已受理。反映人会收到通知。"),
    "start": N_("已接单。"),
    "verify": N_("核查通过。已请反映人确认。"),
    "rework": N_("已退给承办单位返工。"),
    "answer": N_("已交出。由别人核查，再请反映人确认。"),
    "record": N_("记下了。反映人看得到。"),
    "explain": N_("说明已送给反映人，请他再回答一次。"),
    "dispatch": N_("已派给{unit}。"),
    "grant_extension": N_("已同意延期。新的时限发给了承办单位。"),
    "refuse_extension": N_("没有同意延期。时限不变。"),
    "defer": N_("已挂账。到日子会自动接着办。"),
    "refuse_deferral": N_("没有批准挂账。接着办。"),
    "resume": N_("已恢复办理，时限重新起算。"),
    "close": N_("已办结。"),
    "propose_out": N_("提上去了，等另一个人认定。认定以前照常计分。"),
    "exclude": N_("认定了。不计分，记录都在；已告诉反映人，他可以不同意。"),
    "refuse_out": N_("没有认定。照常计分。"),
    "put_back": N_("撤回了。重新计分。"),
    "uphold": N_("维持认定。已告诉反映人。"),
    "tell": N_("发给反映人了。事情还在新单位那里。"),
    "return": N_("已退回分拨中心。裁定前时间照算。"),
    "ask_extension": N_("延期已报上去。批下来以前按原来的时限办。"),
    "ask_deferral": N_("挂账已报上去，等另一位负责人批。"),
    "receipt": N_("回执记下了。反映人看得到。"),
    "refer": N_("已转介，会告诉反映人去哪里。"),
    **joint.SAID,
    **voicing.SAID,
}


def form_for(step: Step, data: Any = None, files: Any = None, case: Case | None = None) -> forms.Form:
    """The form with ids of its own, so that several stand on one page; its choices fit the case."""
    return narrowed(step.form(data, files, auto_id=f"{step.move}-%s"), case)
