"""Drawing up a roll, registering, entering others, objecting, deciding. Nothing is preselected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.ballots import rules
from gongzhi.ballots.actions.objecting import LONGEST
from gongzhi.ballots.electorates import PURPOSES
from gongzhi.ballots.models import Roll, RollObjection
from gongzhi.common.access import Actor
from gongzhi.common.form_fields import day_field
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.places.queries import search_places


def _choice(label: Any, choices: list[tuple[str, Any]], missing: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", gettext_lazy("请选")), *choices], error_messages={"required": missing}, **more
    )


def _position(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=10_000_000, **more)


class NewRollForm(forms.Form):
    """For what, where, and whatever that kind asks for."""

    purpose = _choice(
        gettext_lazy("名册用来做什么"),
        [(code, words) for code, (_kind, _law, words) in PURPOSES.items()],
        gettext_lazy("请选名册用来做什么。"),
    )
    place = forms.CharField(
        label=gettext_lazy("哪个村、社区、小区或者楼栋"),
        max_length=40,
        help_text=gettext_lazy("写名字。"),
        error_messages={"required": gettext_lazy("请写是哪里的名册。")},
    )
    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("哪个组织的成员或者代表"),
        required=False,
        empty_label=gettext_lazy("别的名册不用选"),
    )
    households = forms.IntegerField(
        label=gettext_lazy("一共多少户"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=gettext_lazy("只有代表的名册要填：代表的人数照户数算。"),
    )
    committee = forms.IntegerField(
        label=gettext_lazy("其中村（居）民委员会成员几位"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("代表会议的组成人员里，除了代表还有委员会成员的，填他们几位。"),
    )
    women = forms.IntegerField(
        label=gettext_lazy("其中妇女代表几位"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("只有村民代表的名册要填。只记人数，不记是谁。"),
    )
    polls_on = day_field(
        gettext_lazy("选举日"), gettext_lazy("只有选举要填。名单要先公布够天数。"), required=False
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.path = actor, min(actor.paths_for(rules.HOLD), key=len, default="/")
        near = Organization.objects.filter(valid_to__isnull=True, place__path__startswith=self.path)
        self.fields["body"].queryset = near.order_by("name")  # type: ignore[attr-defined]  # a model choice's own

    def clean_place(self) -> Place:
        found = search_places(self.actor, self.cleaned_data["place"], under=self.path, limit=1)
        if not found:
            raise forms.ValidationError(_("没有找到这个地方。请写村、社区、小区或楼栋的名字。"))
        return found[0]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        _kind, law, _words = PURPOSES.get(given.get("purpose", ""), ("", "", ""))
        if law and not given.get("polls_on") and "polls_on" not in self.errors:
            self.add_error("polls_on", _("请填选举日。"))
        return given


def _classes(roll: Roll) -> list[tuple[str, Any]]:
    return [(one["code"], _(one["words"])) for one in roll.basis.get("classes", ())]


class RegisterForm(forms.Form):
    """One's own registration."""

    capacity = forms.ChoiceField(label=gettext_lazy("您属于哪一种"), widget=forms.RadioSelect, required=False)
    group = forms.CharField(
        label=gettext_lazy("哪个组、哪栋楼"),
        max_length=80,
        help_text=gettext_lazy("和姓名一起公布。不写门牌号。"),
        error_messages={"required": gettext_lazy("请写您在哪个组、哪栋楼。")},
    )
    adult = forms.BooleanField(
        label=gettext_lazy("我年满十八周岁，没有被剥夺政治权利"),
        error_messages={"required": gettext_lazy("年满十八周岁才能登记。已经满了的，请勾上。")},
    )

    def __init__(self, *args: Any, roll: Roll, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer_classes(self, roll)


def _offer_classes(form: forms.Form, roll: Roll) -> None:
    if classes := _classes(roll):
        form.fields["capacity"].choices = classes  # type: ignore[attr-defined]  # a choice field's own
        form.fields["capacity"].required = True
        form.fields["capacity"].error_messages["required"] = _("请选属于哪一种。")
    else:
        del form.fields["capacity"]


class EnterForm(forms.Form):
    """People whom the board writes down."""

    capacity = forms.ChoiceField(label=gettext_lazy("他们属于哪一种"), required=False)
    lines = forms.CharField(
        label=gettext_lazy("一行一位：姓名、组，有手机号的写在最后"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("中间空一格。可以从表格里整列粘贴。"),
        error_messages={"required": gettext_lazy("还没有写人。一行一位：姓名、组。")},
    )

    def __init__(self, *args: Any, roll: Roll, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer_classes(self, roll)
        if "capacity" in self.fields:
            choices = [("", _("请选")), *_classes(roll)]
            self.fields["capacity"].choices = choices  # type: ignore[attr-defined]  # a choice field's own


class ConsentForm(forms.Form):
    """Which meeting agreed to whom."""

    position = _position(gettext_lazy("名册上几号"), error_messages={"required": gettext_lazy("请填名册上的编号。")})
    decision = forms.CharField(
        label=gettext_lazy("哪次会同意的"),
        max_length=80,
        help_text=gettext_lazy("写会名和日期，或者决议编号。不写人名。"),
        error_messages={"required": gettext_lazy("请写是哪次会同意的。")},
    )


class ObjectionForm(forms.Form):
    """What is wrong with a published roll."""

    kind = forms.ChoiceField(
        label=gettext_lazy("哪里不对"),
        choices=list(rules.OBJECTION_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选哪里不对。")},
    )
    position = _position(
        gettext_lazy("说的是名册上几号"), required=False, help_text=gettext_lazy("漏了您自己的，不用填。")
    )
    words = forms.CharField(
        label=gettext_lazy("为什么"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("只有您和办选举的人看得到。"),
        error_messages={"required": gettext_lazy("请写哪里不对、有什么依据。")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        words = [(code, _(word)) for code, word in rules.OBJECTION_WORDS.items()]
        self.fields["kind"].choices = words  # type: ignore[attr-defined]  # a choice field's own


class DecideForm(forms.Form):
    """The board's decision; where somebody is put on or moved, into which group."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("怎么定"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选异议成立不成立。")},
    )
    group = forms.CharField(
        label=gettext_lazy("列在哪个组、哪栋楼"), max_length=80, required=False,
        help_text=gettext_lazy("异议成立的才填。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写理由。")},
    )

    def __init__(self, *args: Any, objection: RollObjection, **options: Any) -> None:
        super().__init__(*args, **options)
        words = [(code, _(word)) for code, word in rules.DECISION_WORDS.items()]
        self.fields["outcome"].choices = words  # type: ignore[attr-defined]  # a choice field's own
        if objection.kind == "wrong":
            del self.fields["group"]
