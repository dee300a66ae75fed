"""Proposing a project, and the small forms of its desk: each asks for one thing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.form_fields import day_field, set_choices, set_rows, text_field
from gongzhi.common.refusals import said
from gongzhi.duties.forms import FilesField, FilesInput
from gongzhi.ledger.models import Account, Unit
from gongzhi.ledger.rules import parse_amount
from gongzhi.packs.project_contents import FactLine, ProjectPack
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force
from gongzhi.places.models import Kind, Place
from gongzhi.projects import queries, rules
from gongzhi.projects.models import FundingKind, FundingLine, Project

PUBLIC_HINT = gettext_lazy("大家都看得到。不写人名、门牌和号码。")
REFERENCE_HINT = gettext_lazy(
    "诉求写 case:PC-1 这样的编号；议题、决议、会议、公开写 topic、resolution、gathering、publication。"
)


def files_field(label: Any, *, required: bool = True) -> FilesField:
    return FilesField(
        label=label,
        help_text=gettext_lazy("照片、PDF、Word、Excel 都行。别拍到不相干的人脸和车牌。"),
        required=required,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )


class FactsForm(forms.Form):
    """The numbers that the kind asks for at one point."""

    def __init__(self, *args: Any, facts: tuple[FactLine, ...] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        for one in facts:
            label = _("{name}（{unit}）").format(name=one.name, unit=one.unit) if one.unit else one.name
            widget = forms.TextInput(attrs={"inputmode": "numeric"})
            self.fields[f"fact-{one.code}"] = forms.CharField(label=label, max_length=12, widget=widget)

    def facts(self) -> dict[str, str]:
        given = self.cleaned_data.items()
        return {name.removeprefix("fact-"): str(value) for name, value in given if name.startswith("fact-")}


class ProposeForm(FactsForm):
    """One problem and what is to be done about it."""

    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("在哪里"), to_field_name="code")
    name = forms.CharField(
        label=gettext_lazy("问题是什么"),
        max_length=rules.LONGEST_NAME,
        help_text=gettext_lazy("一句话，只写一个问题。"),
    )
    told = text_field(gettext_lazy("多说几句"), rules.LONGEST_TOLD, 3, required=False, help_text=PUBLIC_HINT)
    title = forms.CharField(label=gettext_lazy("项目叫什么"), max_length=rules.LONGEST_NAME)
    variety = forms.ChoiceField(label=gettext_lazy("是哪一种"))
    owner = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("谁来办"), empty_label=gettext_lazy("请选")
    )
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, pack: ProjectPack, today: dt.date, **more: Any) -> None:
        super().__init__(*args, facts=pack.facts_at("proposed"), **more)
        paths = actor.paths_for(rules.PROPOSE)
        places = Place.objects.current().filter(kind__in=(Kind.REGION, Kind.GRID), path__startswith=min(paths, key=len))
        set_rows(self, "place", places.defer("polygon").order_by("path"))
        bodies = Organization.objects.filter(in_force(today), place__isnull=False).order_by("name", "id")
        set_rows(self, "owner", bodies)
        if pack.varieties:
            set_choices(self, "variety", [(one.code, one.name) for one in pack.varieties], empty=_("请选"))
        else:
            del self.fields["variety"]


class ShowForm(forms.Form):
    """What shows a point of the guide or a gate."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)
    reference = forms.CharField(
        label=gettext_lazy("编号"), required=False, max_length=80, help_text=REFERENCE_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    words = text_field(gettext_lazy("或者写一句"), rules.LONGEST_NOTE, required=False, help_text=PUBLIC_HINT)

    def __init__(self, *args: Any, project: Project, **more: Any) -> None:
        super().__init__(*args, **more)
        pack = queries.kind_of(project)
        points = [(f"guide.{one.code}", one.name) for one in pack.guide]
        gates = [(f"gate.{one.code}", one.name) for one in pack.consultations]
        self.fields["key"] = forms.ChoiceField(label=_("哪一项"), choices=[("", _("请选")), *points, *gates])


class MeetingForm(forms.Form):
    """A meeting of residents about it."""

    reference = forms.CharField(
        label=gettext_lazy("会议编号"),
        max_length=80,
        help_text=gettext_lazy("开完的会，写 gathering:HY-1 这样的编号。"),
    )
    words = text_field(gettext_lazy("议了什么"), rules.LONGEST_NOTE, required=False, help_text=PUBLIC_HINT)


class FundingForm(forms.Form):
    """One more source of money, or something that somebody brings."""

    kind = forms.ChoiceField(label=gettext_lazy("哪一种"))
    name = forms.CharField(
        label=gettext_lazy("谁出的"), max_length=rules.LONGEST_NAME, help_text=PUBLIC_HINT
    )
    body = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("是哪家单位"), required=False, empty_label=gettext_lazy("不选")
    )
    amount = forms.CharField(
        label=gettext_lazy("多少元"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    thing = forms.CharField(
        label=gettext_lazy("或者出什么物、出什么力"), required=False, max_length=rules.LONGEST_THING
    )
    account = forms.ChoiceField(
        label=gettext_lazy("从哪本账付"),
        required=False,
        help_text=gettext_lazy("不走这里的账，就不选，付的时候传收据。"),
    )

    def __init__(self, *args: Any, project: Project, **more: Any) -> None:
        super().__init__(*args, **more)
        set_choices(self, "kind", [(one.kind, one.name) for one in queries.kind_of(project).funding], empty=_("请选"))
        set_rows(self, "body", Organization.objects.filter(place__isnull=False).order_by("name", "id"))
        above = [project.path[: i + 1] for i, letter in enumerate(project.path) if letter == "/"]
        rows = Account.objects.filter(kind="assets", fund__unit=Unit.FEN, fund__closed_on=None, fund__path__in=above)
        found = rows.order_by("code").values_list("code", "name", "fund__name")
        choices = [
            (code, f"{code} {fund}" if fund == name else f"{code} {fund} · {name}") for code, name, fund in found
        ]
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)  # noqa: S101 - as declared
        account.choices = [("", _("不走这里的账")), *choices]

    def clean_amount(self) -> int | None:
        return read_amount(str(self.cleaned_data.get("amount") or ""))


def read_amount(given: str) -> int | None:
    """Yuan as people write them, in fen."""
    if not given.strip():
        return None
    try:
        return parse_amount(given, Unit.FEN)
    except Refused as refused:
        raise forms.ValidationError(said(refused)) from refused


class LineForm(forms.Form):
    """Which line of money."""

    position = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class PayForm(LineForm):
    amount = forms.CharField(
        label=gettext_lazy("一共付了多少元"), required=False, max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    files = files_field(gettext_lazy("收据、协议"), required=False)  # type: ignore[assignment]  # a field, off the class

    def clean_amount(self) -> int | None:
        return read_amount(str(self.cleaned_data.get("amount") or ""))


class DropForm(LineForm):
    reason = forms.CharField(label=gettext_lazy("为什么去掉"), max_length=rules.LONGEST_REASON)


class SponsorForm(forms.Form):
    """Who looks after it: by posts, so that a change of holder is a change of post."""

    sponsor = forms.ChoiceField(label=gettext_lazy("谁来挂点"))

    def __init__(self, *args: Any, project: Project, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = queries.possible_sponsors(project, today)
        held = [(str(one.pk), f"{one.post.place.name} {one.post.title}") for one in rows]
        set_choices(self, "sponsor", held, empty=_("请选"))


class VisitForm(forms.Form):
    found = text_field(gettext_lazy("看到什么"), rules.LONGEST_NOTE, help_text=PUBLIC_HINT)
    on = day_field(gettext_lazy("哪天去的"), required=False)
    files = files_field(gettext_lazy("现场照片"), required=False)  # type: ignore[assignment]  # a field, off the class


class StepForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("做什么"), max_length=rules.LONGEST_NAME)
    shown = forms.CharField(label=gettext_lazy("用什么看得出做完了"), max_length=rules.LONGEST_THING)
    due_on = day_field(gettext_lazy("哪天前做完"))


_PURPOSES = [
    ("before", gettext_lazy("动工前")),
    ("work", gettext_lazy("施工中")),
    ("after", gettext_lazy("完工后")),
    ("document", gettext_lazy("材料")),
]


class DoneForm(LineForm):
    purpose = forms.ChoiceField(label=gettext_lazy("照片是什么时候的"), choices=_PURPOSES, initial="work")
    note = forms.CharField(label=gettext_lazy("补一句"), required=False, max_length=200)
    files = files_field(gettext_lazy("照片或文件"))  # type: ignore[assignment]  # a field, off the class


class PhotosForm(forms.Form):
    purpose = forms.ChoiceField(label=gettext_lazy("是什么"), choices=_PURPOSES, initial="after")
    files = files_field(gettext_lazy("照片或文件"))  # type: ignore[assignment]  # a field, off the class


class MoveForm(forms.Form):
    """Why; only some moves ask for it."""

    reason = text_field(gettext_lazy("为什么"), rules.LONGEST_REASON, required=False, help_text=PUBLIC_HINT)


class VoiceForm(forms.Form):
    """满意 or not, nothing chosen beforehand; why not stays with the office."""

    satisfied = forms.ChoiceField(
        label=gettext_lazy("您看做得怎么样"),
        choices=[("yes", gettext_lazy("满意")), ("no", gettext_lazy("不满意"))],
        widget=forms.RadioSelect,
    )
    reason = text_field(
        gettext_lazy("不满意的，写哪里不好"), rules.LONGEST_REASON, required=False,
        help_text=gettext_lazy("只给办这件事的人看，不写您是谁。"),
    )  # fmt: skip


def kind_words() -> dict[str, str]:
    return {value: _(label) for value, label in FundingKind.choices}


class PledgeForm(forms.Form):
    """What of a pledge came in all; a thing has no amount."""

    amount = forms.CharField(label=gettext_lazy("一共收到多少元"), max_length=24)
    files = files_field(gettext_lazy("收据、协议、照片"), required=False)  # type: ignore[assignment]  # a field, off the class

    def __init__(self, *args: Any, line: FundingLine, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_{line.position}_%s", **more})
        if line.thing:
            del self.fields["amount"]

    def clean_amount(self) -> int | None:
        return read_amount(str(self.cleaned_data["amount"]))
