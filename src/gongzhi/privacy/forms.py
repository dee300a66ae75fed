"""Forms of this room, each with the words of what is missing."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.privacy import rules
from gongzhi.privacy.models import Ground
from gongzhi.privacy.queries.breaches import STEPS


def long_text(label: Any, hint: Any = "", *, required: bool = True, most: int = 1000) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    missing = {"required": _("这一格还没写。")}
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=most, widget=area, error_messages=missing
    )


def line(label: Any, hint: Any = "", *, required: bool = True, most: int = 200) -> forms.CharField:
    missing = {"required": _("这一格还没写。")}
    return forms.CharField(label=label, help_text=hint, required=required, max_length=most, error_messages=missing)


class Translated(forms.ChoiceField):
    """Choices from a table of marked words, in the reader's language; nothing is chosen beforehand."""

    def __init__(self, words: dict[str, str], **more: Any) -> None:
        missing = {"required": _("还没选。请选一项。")}
        super().__init__(
            choices=lambda: [("", gettext("请选一个")), *((code, gettext(word)) for code, word in words.items())],
            error_messages=missing,
            **more,
        )


class RightForm(forms.Form):
    """What a person asks for."""

    right = Translated(rules.RIGHTS, label=_("想要什么"))
    text = long_text(_("说明"), _("更正的，写哪里错了、对的是什么；说明的，写哪件事的编号。"), required=False)


class PurposeForm(forms.Form):
    purpose = line(_("为什么要看"), _("会留下记录，本人看得到。"), most=80)


class AnswerForm(forms.Form):
    """An answer in words, and for a correction what is right."""

    note = long_text(_("答复"), _("办不了的，写明为什么；本人可以向法院起诉。"), required=False)
    field = forms.ChoiceField(
        label=_("改哪一项"),
        required=False,
        choices=lambda: [
            ("", gettext("请选一个")),
            ("name", gettext("姓名")),
            ("phone", gettext("电话")),
            ("email", gettext("邮箱")),
            ("address", gettext("住址")),
        ],
    )
    value = line(_("对的是什么"), required=False)


class ExportForm(forms.Form):
    """What is taken out, and why."""

    scope = forms.CharField(required=False, max_length=180, widget=forms.HiddenInput())
    reason = long_text(_("用途"), _("写清哪一天、做什么事、谁用。会印在文件每一页上。"), most=120)


class DecisionForm(forms.Form):
    granted = forms.ChoiceField(
        label=_("批不批"),
        choices=lambda: [("", gettext("请选一个")), ("yes", gettext("批准")), ("no", gettext("不批"))],
        error_messages={"required": _("还没选。请选一项。")},
    )
    note = long_text(_("理由"), most=200)


class BreachForm(forms.Form):
    """The three points of article 57, the number of people, and whether it is a drill."""

    text = long_text(_("发生了什么，什么原因"), _("不确定也先报。不要写人的姓名和号码。"))
    kinds = line(_("哪些信息"), _("例如：称呼、电话。"))
    persons = forms.IntegerField(
        label=_("大约多少人"), min_value=0, max_value=100_000_000, error_messages={"required": _("这一格还没写。")}
    )
    harm = line(_("可能造成什么危害"))
    drill = forms.BooleanField(label=_("这是演练，不通知真的人"), required=False)


class StepForm(forms.Form):
    step = Translated({code: word for code, word in STEPS.items() if code != "persons"}, label=_("哪一步"))
    note = long_text(_("做了什么"), _("不用做的，也写一句为什么。"), most=500)


class TellForm(forms.Form):
    cases = long_text(_("涉及哪些事（编号，一行一个）"), _("按编号通知反映人。"))
    advice = long_text(_("本人可以怎么做"), most=300)

    def numbers(self) -> list[str]:
        return [number for number in self.cleaned_data["cases"].replace("，", " ").split() if number][:500]


class AssessmentForm(forms.Form):
    """The four questions of article 56 and the result."""

    legal = long_text(_("目的和做法合法、正当、必要吗？"))
    impact = long_text(_("对本人的权益有什么影响？"))
    risk = long_text(_("可能出什么安全问题？"))
    fit = long_text(_("保护措施合法、有效、和风险相称吗？"))
    result = Translated(rules.RESULTS, label=_("结论"))


class ActivityForm(forms.Form):
    """What the register says of one activity, and why it says something else from now on."""

    title = line(_("叫什么"), most=60)
    purpose = long_text(_("为了什么"))
    ground = Translated(dict(Ground.choices), label=_("法律依据"))
    article = line(_("哪部法、哪一条，或者哪份文件"), most=120)
    receivers = long_text(_("谁看得到"))
    retention = line(_("留多久"))
    stays = line(_("删除后留下什么，为什么"), required=False)
    measures = long_text(_("怎么保护"))
    traits = forms.MultipleChoiceField(
        label=_("有没有这些做法"),
        help_text=_("有一样，就要先做影响评估。"),
        required=False,
        choices=lambda: [(code, gettext(word)) for code, word in rules.TRAITS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = line(_("为什么改"), _("照哪份文件，或者谁定的。和旧的一版一起留着。"))


class GuardianForm(forms.Form):
    guardian = line(_("监护人姓名"), required=False, most=40)
    relation = line(_("和孩子的关系"), _("例如：母亲。"), required=False, most=20)
