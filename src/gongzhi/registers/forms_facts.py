"""What is typed when a form is drawn up, decided, sent out; when a reader is admitted; when a scene begins."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.form_fields import day_field
from gongzhi.common.text import N_
from gongzhi.places.models import Place
from gongzhi.registers.models import Basis
from gongzhi.registers.queries.dictionary import Dictionary

ABOUT_WORDS = {
    "dwelling": N_("一户房屋"),
    "building": N_("一栋楼"),
    "grid": N_("一个网格"),
    "region": N_("一个区域"),
    "organization": N_("一个单位"),
    "person": N_("本人（自己填）"),
}


def places_for(actor: Actor, permission: str) -> list[tuple[str, str]]:
    """(code, name) of the places that the actor's mandates are over, and of the grids right below."""
    paths = actor.paths_for(permission)
    own = list(Place.objects.current().filter(path__in=paths).defer("polygon").order_by("path"))
    below = Place.objects.current().filter(parent__in=own, kind__in=["grid", "region"]).order_by("path")
    return list({one.code: one.name for one in [*own, *below.defer("polygon")[:200]]}.items())


def _line(label: Any, most: int, hint: Any = "") -> forms.CharField:
    """One line that may stay empty."""
    return forms.CharField(label=label, max_length=most, required=False, help_text=hint)


class FormForm(forms.Form):
    """Everything but the fields themselves; nothing is required here: the list ✗/✓ says what is missing."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    place = forms.ChoiceField(label=gettext_lazy("在哪里用"))
    purpose_code = forms.ChoiceField(label=gettext_lazy("用途"), required=False)
    purpose = _line(gettext_lazy("具体做什么用"), 300, gettext_lazy("写到办哪件事。只能为这一件事用。"))
    basis_kind = forms.ChoiceField(label=gettext_lazy("凭什么可以收"), required=False)
    basis = _line(gettext_lazy("哪部法、第几条"), 300, gettext_lazy("凭同意的写“本人同意”，凭合同的写哪份合同。"))
    for_government = forms.BooleanField(label=gettext_lazy("替政府部门收的"), required=False)
    authority = _line(gettext_lazy("哪项法定职权"), 300, gettext_lazy("替政府部门收的要写。写不出就不能收。"))
    retention_days = forms.IntegerField(label=gettext_lazy("留多少天"), min_value=1, max_value=3650, required=False)
    receiver = _line(gettext_lazy("交给谁用"), 200)
    notice = forms.CharField(
        label=gettext_lazy("告知的话"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("填的人先看到它：谁收、收来做什么、留多久、可以不答什么。"),
    )
    opens_on = day_field(gettext_lazy("从哪天起"), required=False)
    closes_on = day_field(gettext_lazy("到哪天止"), required=False)
    about = forms.CharField(widget=forms.HiddenInput)
    scene = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, places: list[tuple[str, str]], known: Dictionary, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a ChoiceField
        purposes = [(one.code, one.name) for one in known.purposes.values()]
        self.fields["purpose_code"].choices = [("", _("请选")), *purposes]  # type: ignore[attr-defined]  # the same
        kinds = [(value, _(str(label))) for value, label in Basis.choices]
        self.fields["basis_kind"].choices = [("", _("请选")), *kinds]  # type: ignore[attr-defined]  # the same


class DecisionForm(forms.Form):
    """Why a form is refused."""

    reason = _line(gettext_lazy("理由"), 300, gettext_lazy("不批的要写。"))


class TaskForm(forms.Form):
    """Where a form is sent out and until when."""

    place = forms.CharField(
        label=gettext_lazy("发到哪里（代码）"), max_length=64, help_text=gettext_lazy("网格、社区或楼栋的代码。")
    )
    deadline = day_field(gettext_lazy("哪天做完"))


class GrantForm(forms.Form):
    """A reader from outside: who, what, where, for what, by which law, until when."""

    consumer = forms.CharField(label=gettext_lazy("给谁看"), max_length=100)
    place = forms.ChoiceField(label=gettext_lazy("哪里的"))
    purpose = forms.ChoiceField(label=gettext_lazy("用途"))
    fields_wanted = forms.MultipleChoiceField(
        label=gettext_lazy("看哪几项"), widget=forms.SelectMultiple(attrs={"size": 8})
    )
    basis = forms.CharField(
        label=gettext_lazy("凭什么给"), max_length=300, help_text=gettext_lazy("哪部法第几条，或者同意书。")
    )
    until = day_field(gettext_lazy("到哪天止"))

    def __init__(self, *given: Any, places: list[tuple[str, str]], known: Dictionary, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["purpose"].choices = [(p.code, p.name) for p in known.purposes.values()]  # type: ignore[attr-defined]  # the same
        shared = [(one.code, f"{one.name}（{one.level}）") for one in known.fields.values() if one.about != "person"]
        self.fields["fields_wanted"].choices = shared  # type: ignore[attr-defined]  # the same


class SceneForm(forms.Form):
    """An order that switches a scene on."""

    name = forms.ChoiceField(label=gettext_lazy("哪个场景"))
    place = forms.ChoiceField(label=gettext_lazy("在哪里"))
    order = forms.CharField(label=gettext_lazy("启用令的名称和文号"), max_length=200)
    until = day_field(gettext_lazy("到哪天止"))

    def __init__(self, *given: Any, places: list[tuple[str, str]], scenes: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["name"].choices = scenes  # type: ignore[attr-defined]  # the same


class RecheckForm(forms.Form):
    """What a second person was told."""

    given = forms.CharField(label=gettext_lazy("这次怎么说"), max_length=300)
