"""Forms of disputes, joint work, pauses and what is handed out from above."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import rules
from gongzhi.cases.form_fields import ReasonField, UnitField, UnitsField, note_field
from gongzhi.cases.models import Case
from gongzhi.cases.queries.joint import orders_of
from gongzhi.common.form_fields import day_field
from gongzhi.common.text import N_

RATINGS = [("5", _("5 很好")), ("4", _("4 好")), ("3", _("3 一般")), ("2", _("2 差")), ("1", _("1 很差"))]


class DisputeForm(forms.Form):
    reason = ReasonField("dispute", _("争议是什么"))
    unit_id = UnitField(_("您看该归谁"), required=False, beside=True)
    note = note_field(_("说明"), _("写明依据哪一条。裁决以前先办，时间照算。"))

    def fit(self, case: Case) -> None:
        """Before the one return only a boundary may be disputed."""
        if not case.returns:
            kept = [choice for choice in _choices(self, "reason") if choice[0] in ("", rules.BOUNDARY)]
            _choose(self, "reason", kept)


class AskRulingForm(forms.Form):
    reason = ReasonField("dispute", _("争议是什么"))
    units = UnitsField(_("涉及哪几家"), required=False, beside=True)
    note = note_field(_("说明"), _("写明查过清单哪几条。"))


class RuleForm(forms.Form):
    unit_id = UnitField(_("由谁负责"), beside=True)
    clause = forms.CharField(
        label=_("依据"),
        help_text=_("写职责清单或文件的哪一条。以后同类的事照这个派。"),
        max_length=200,
        error_messages={"required": _(rules.MISSING["clause"])},
    )
    co_units = UnitsField(_("由谁配合"), required=False, beside=True)
    note = note_field(_("理由"))


class SignForm(forms.Form):
    note = note_field(_("办了什么"))


class JoinForm(forms.Form):
    units = UnitsField(_("请谁配合"), _("每家一张单子，各有时限，都签了主办才能答复。"))
    until = day_field(_("哪天办好"), _("不填就和主办一样。"), required=False)
    note = note_field(_("各办什么"), required=False)


class WhistleForm(forms.Form):
    units = UnitsField(_("吹哨叫谁来"), _("听到哨要在规定时间内应答。到没到，都记下来。"))
    note = note_field(_("什么事，在哪里，几点"))


class OrderForm(forms.Form):
    """Which of the units that were called; the choices come from the case."""

    roles: tuple[str, ...] = ("whistle", "co")
    order = forms.TypedChoiceField(
        label=_("哪一家"), choices=[], coerce=int, error_messages={"required": _(rules.MISSING["order"])}
    )

    def fit(self, case: Case) -> None:
        found = [order for order in orders_of(case) if order.role in self.roles and self.waits(order.facts)]
        _choose(self, "order", [(str(order.pk), order.unit.name) for order in found])

    def waits(self, facts: dict[str, Any]) -> bool:
        return "arrived" not in facts and "absent" not in facts


class ArriveForm(OrderForm):
    note = note_field(_("说明"), required=False)


class AbsentForm(OrderForm):
    reason = ReasonField("absence", _("没到的原因"))
    note = note_field(_("说明"))


def _rating() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("几分"),
        choices=[("", _("请选一个")), *RATINGS],
        coerce=int,
        error_messages={"required": _(rules.MISSING["rating"])},
    )


class RateForm(forms.Form):
    rating = _rating()


class RateUnitForm(OrderForm):
    roles = ("whistle",)
    rating = _rating()

    def waits(self, facts: dict[str, Any]) -> bool:
        return "rating" not in facts


class PauseForm(forms.Form):
    reason = ReasonField("pause", _("为什么要等"))
    until = day_field(_("最晚等到哪天"), missing=_(rules.MISSING["until"]))
    note = note_field(_("说明"), _("批下来以前时间照算。暂停多久，时限顺延多久。"))


class SuperviseForm(forms.Form):
    unit_id = UnitField(_("督办谁"))
    until = day_field(_("哪天报结果"), missing=_(rules.MISSING["until"]))
    note = note_field(_("要办成什么样"))


class TaskForm(forms.Form):
    """One thing handed out: a list, a line of it, a rectification item."""

    text = forms.CharField(label=_("什么事"), max_length=200)
    standard = note_field(_("办成什么样算完"), required=False)
    unit_id = UnitField(_("由谁负责"))
    co_units = UnitsField(_("由谁配合"), required=False)
    until = day_field(_("哪天办好"), missing=_(rules.MISSING["until"]))


class ListForm(TaskForm):
    place_code = forms.CharField(label=_("在哪里（地点编号）"), max_length=64)


class FindingForm(ListForm):
    finding = forms.CharField(label=_("哪一条发现的问题"), help_text=_("写编号或文号。"), max_length=60)


def _choices(form: forms.Form, name: str) -> list[Any]:
    field = form.fields[name]
    found: Any = getattr(field, "choices", ())
    return list(found)


def _choose(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


SAID = {
    "rule": N_("裁决好了，已交给{unit}。以后同类的事会看到这条裁决。"),
    "grant_pause": N_("时间停了。到日子会自动接着算。"),
    "refuse_pause": N_("没有同意。时间照算。"),
    "respond": N_("已应答。"),
    "sign": N_("已签字。"),
    "claim": N_("认领好了。办好以后记在你们单位名下。"),
    "strike": N_("已销号。"),
    "dispute": N_("已报上级裁决。裁决以前先办，时间照算。"),
    "ask_ruling": N_("已报上级裁决。时间照算。"),
    "join": N_("已请它们配合，每家一张单子。"),
    "whistle": N_("哨吹出去了。应答和到场都会记下。"),
    "arrive": N_("记下了：到场。"),
    "absent": N_("记下了：没到。"),
    "rate_unit": N_("评价记下了，只算数，不写是谁评的。"),
    "rate_whistle": N_("评价记下了，只算数，不写是谁评的。"),
    "offer": N_("拿出来了。共建单位看得到，可以认领。"),
    "ask_pause": N_("已报上去，等另一位批。批下来以前时间照算。"),
    "unpause": N_("时间接着算了。"),
    "urge": N_("已催。反映人看得到催过。"),
    "supervise": N_("督办单已下。"),
}
