"""Calling a meeting, its agenda, a decision, a show of hands, the minutes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.cases.actions.gathering_in import Item
from gongzhi.cases.rules import TEXT_LIMITS
from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.common.form_fields import day_field
from gongzhi.gatherings import queries, rules
from gongzhi.gatherings.actions.agenda import KINDS, LONGEST
from gongzhi.gatherings.actions.calling import LONGEST_TITLE, LONGEST_WHERE, Meeting
from gongzhi.gatherings.actions.holding import LONGEST_MINUTES, LONGEST_WORDS, Decided
from gongzhi.gatherings.matters import OWN, reserved_at
from gongzhi.gatherings.models import AgendaItem, Gathering
from gongzhi.packs.model_gatherings import GatheringKind
from gongzhi.people.models import Organization
from gongzhi.places.models import Kind, Place

_MOMENT = "%Y-%m-%dT%H:%M"


def _venues(path: str) -> Any:
    return Place.objects.current().filter(kind=Kind.VENUE, path__startswith=path).defer("polygon").order_by("name")


class WhenForm(forms.Form):
    """When, how long, where."""

    starts_at = forms.DateTimeField(
        label=gettext_lazy("什么时候开始"),
        input_formats=[_MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        error_messages={"required": gettext_lazy("请填开始的时间。")},
    )
    minutes = forms.IntegerField(label=gettext_lazy("大约开多少分钟"), min_value=10, max_value=600)
    venue = forms.ModelChoiceField(
        Place.objects.none(),
        label=gettext_lazy("用哪个场地"),
        required=False,
        empty_label=gettext_lazy("不在登记的场地"),
    )
    where = forms.CharField(
        label=gettext_lazy("或者写在哪里"), required=False, max_length=LONGEST_WHERE, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, path: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venue"].queryset = _venues(path)  # type: ignore[attr-defined]  # a model choice's own

    def clean_starts_at(self) -> dt.datetime:
        """What is typed is the clock on the wall of the place."""
        given: dt.datetime = self.cleaned_data["starts_at"]
        return given.replace(tzinfo=CHINA) if given.tzinfo is None else given

    def meeting(self) -> Meeting:
        given = self.cleaned_data
        ends = given["starts_at"] + dt.timedelta(minutes=given["minutes"])
        return Meeting(given["starts_at"], ends, given["where"], given["venue"], given.get("platform", ""))


class CallForm(WhenForm):
    """A meeting of one kind: whose, and what about."""

    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("谁开"),
        error_messages={"required": gettext_lazy("请选一个组织。")},
        empty_label=gettext_lazy("请选"),
    )
    title = forms.CharField(label=gettext_lazy("叫什么"), required=False, max_length=LONGEST_TITLE)
    every = forms.ChoiceField(label=gettext_lazy("以后接着开吗"), required=False)
    platform = forms.ChoiceField(label=gettext_lazy("在哪个议事平台"), required=False)
    field_order = ("body", "title", "starts_at", "minutes", "platform", "venue", "where", "every")

    def __init__(self, *args: Any, actor: Actor, kind: GatheringKind, **options: Any) -> None:
        self.bodies = queries.bodies_for(actor, kind)
        paths = actor.paths_for(rules.HOLD)
        super().__init__(*args, path=min(paths, key=len, default="/"), **options)
        self.fields["body"].queryset = self.bodies  # type: ignore[attr-defined]  # a model choice's own
        every = [("", _("只开这一次")), *((code, _(word)) for code, word in rules.EVERY_WORDS.items())]
        self.fields["every"].choices = every  # type: ignore[attr-defined]  # a choice field's own
        named = [("", _("不在议事平台")), *((one.code, one.name) for one in queries.platforms(kind.code))]
        self.fields["platform"].choices = named  # type: ignore[attr-defined]  # a choice field's own
        if len(named) == 1:
            del self.fields["platform"]
        self.fields["title"].initial = kind.name
        self.fields["minutes"].initial = kind.minutes
        self.order_fields(self.field_order)


class ItemForm(forms.Form):
    """One matter on the agenda."""

    kind = forms.ChoiceField(label=gettext_lazy("怎么议"), choices=[(code, _(word)) for code, word in KINDS.items()])
    title = forms.CharField(
        label=gettext_lazy("议什么"),
        max_length=LONGEST,
        help_text=gettext_lazy("写事，不写居民的姓名和门牌。"),
        error_messages={"required": gettext_lazy("请写议什么。")},
    )
    matter = forms.ChoiceField(
        label=gettext_lazy("要表决的，属于哪一类事"),
        required=False,
        help_text=gettext_lazy("只有“要表决的”才选。法律规定由业主大会、村民会议决定的，这个会只能研究、起草。"),
    )

    def __init__(self, *args: Any, row: Gathering, on: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["matter"].choices = _matters(row, on)  # type: ignore[attr-defined]  # a choice field's own


def _matters(row: Gathering, on: dt.date) -> list[tuple[str, str]]:
    """First the body's own affairs, then what a law gives to others: to be refused with its article, not hidden."""
    return [("", _("请选")), (OWN, _("都不是：这个会自己能定的事")), *reserved_at(row.path, on)]


class CodeForm(forms.Form):
    """The code on the wall."""

    code = forms.CharField(
        label=gettext_lazy("签到码"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("请填会场里贴的签到码。")},
    )


class InviteForm(forms.Form):
    """A body that is asked to come: to sit in, or as members where several bodies meet."""

    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("请哪个单位"),
        error_messages={"required": gettext_lazy("请选一个组织。")},
        empty_label=gettext_lazy("请选"),
    )
    capacity = forms.ChoiceField(label=gettext_lazy("以什么身份"), required=False)

    def __init__(self, *args: Any, row: Gathering, several: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        near = Organization.objects.filter(valid_to__isnull=True, place__path__startswith=row.path)
        others = near.exclude(pk=row.organization_id).order_by("name")
        self.fields["body"].queryset = others  # type: ignore[attr-defined]  # a model choice's own
        if several and row.status in rules.MOVES["join"]:
            ways = [("observer", _("列席：发言，不表决")), ("member", _("成员：发言，也表决"))]
            self.fields["capacity"].choices = ways  # type: ignore[attr-defined]  # a choice field's own
        else:
            del self.fields["capacity"]

    def capacity_given(self) -> str:
        return self.cleaned_data.get("capacity") or "observer"


class SaidForm(forms.Form):
    """What a resident says at the meeting, to be answered as a case."""

    text = forms.CharField(
        label=gettext_lazy("说了什么"),
        min_length=TEXT_LIMITS[0],
        max_length=TEXT_LIMITS[1],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写说了什么。")},
    )
    name = forms.CharField(label=gettext_lazy("谁说的"), required=False, max_length=40)
    phone = forms.CharField(label=gettext_lazy("电话"), required=False, max_length=20)

    def item(self) -> Item:
        given = self.cleaned_data
        return Item(given["text"], "", given["name"], given["phone"])


class DecisionForm(forms.Form):
    """How an item that is no motion was decided. Nothing is preselected."""

    decision = forms.ChoiceField(
        label=gettext_lazy("怎么定"), error_messages={"required": gettext_lazy("请选这一项怎么定。")}
    )
    words = forms.CharField(
        label=gettext_lazy("会上怎么说（意见、安排，不是决议）"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    unit = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("谁去办"), required=False, empty_label=gettext_lazy("请选")
    )
    until = day_field(gettext_lazy("哪天办好"), required=False)

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = [("", _("请选")), *((code, _(rules.DECISIONS[code])) for code in rules.BY_HAND)]
        self.fields["decision"].choices = chosen  # type: ignore[attr-defined]  # a choice field's own
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a model choice's own

    def decided(self) -> Decided:
        given = self.cleaned_data
        return Decided(given["decision"], given["words"], given["unit"].pk if given["unit"] else None, given["until"])


def _hands(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100_000)


class HandsForm(forms.Form):
    """A show of hands."""

    yes = _hands(gettext_lazy("同意"))
    no = _hands(gettext_lazy("反对"))
    none = _hands(gettext_lazy("弃权"))

    def __init__(self, *args: Any, item: AgendaItem, on: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        if not item.matter:
            missing = {"required": gettext_lazy("请选属于哪一类事。")}
            label, choices = gettext_lazy("属于哪一类事"), _matters(item.gathering, on)
            self.fields["matter"] = forms.ChoiceField(label=label, choices=choices, error_messages=missing)

    def hands(self) -> dict[str, int]:
        given = self.cleaned_data
        return {"for": given["yes"], "against": given["no"], "abstained": given["none"]}


class MinutesForm(forms.Form):
    """What was said."""

    said = forms.CharField(
        label=gettext_lazy("议了什么"),
        max_length=LONGEST_MINUTES,
        help_text=gettext_lazy("一段一个意思。写意见，不写是哪位居民说的。"),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("请写议了什么。")},
    )


class OffForm(forms.Form):
    """Why it is not held."""

    reason = forms.CharField(
        label=gettext_lazy("为什么不开了"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写为什么不开了。")},
    )


def form_for(item: AgendaItem, units: Any, on: dt.date, data: Any = None) -> HandsForm | DecisionForm:
    """A motion is counted, anything else is decided; ids differ, many stand on one page."""
    auto_id = f"item{item.position}-%s"
    if item.kind == "motion":
        return HandsForm(data, item=item, on=on, auto_id=auto_id)
    return DecisionForm(data, units=units, auto_id=auto_id)
