"""Adding a line to a works package, and the small form of each of its steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.duties.forms import FilesField, FilesInput
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import parse_amount
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.projects import rules
from gongzhi.projects.actions.works import Given, Spot
from gongzhi.projects.models import Project
from gongzhi.projects.queries import works as reads
from gongzhi.projects.rules import works as works_rules

PHOTOS = gettext_lazy("只拍公共部位。别拍到人脸、门牌和家里。")


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no parameters at run time
    def label_from_instance(self, place: Place) -> str:
        return f"{place.name}（{place.code}）"


class SpotForm(forms.Form):
    """One defect at a part of a building or a compound."""

    place = PlaceField(
        Place.objects.none(), label=gettext_lazy("哪栋楼、哪个小区"), empty_label=gettext_lazy("请选")
    )
    part = forms.CharField(
        label=gettext_lazy("哪个部位"),
        max_length=works_rules.LONGEST_PART,
        help_text=gettext_lazy("写到单元为止，比如“2 单元屋面”。不写门牌号。"),
    )
    defect = forms.ChoiceField(label=gettext_lazy("什么毛病"))
    homes = forms.IntegerField(label=gettext_lazy("影响几户"), min_value=0, required=False)
    found = forms.CharField(
        label=gettext_lazy("看到什么"),
        max_length=works_rules.LONGEST_FOUND,
        required=False,
        help_text=gettext_lazy("不写人名、电话。"),
    )

    def __init__(self, *args: Any, project: Project, **more: Any) -> None:
        super().__init__(*args, **more)
        place, defect = self.fields["place"], self.fields["defect"]
        assert isinstance(place, forms.ModelChoiceField)  # noqa: S101 - as declared above
        assert isinstance(defect, forms.ChoiceField)  # noqa: S101 - as declared above
        place.queryset = reads.possible_places(project)
        found = reads.defects_of(project)
        defect.choices = [("", _("请选")), *((code, one.name) for code, one in found.items())]

    def spot(self) -> Spot:
        given = self.cleaned_data
        return Spot(given["place"], given["part"], given["defect"], given["homes"] or 0, given["found"])


class StepForm(forms.Form):
    """What one step asks for; the fields of the others are taken away."""

    urgency = forms.ChoiceField(label=gettext_lazy("轻重缓急"))
    budget = forms.CharField(label=gettext_lazy("预算多少元"), max_length=24)
    contractor = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("施工单位"), empty_label=gettext_lazy("请选")
    )
    amount = forms.CharField(label=gettext_lazy("付了多少元"), max_length=24)
    entry = forms.CharField(
        label=gettext_lazy("账本里的哪一笔"),
        max_length=16,
        required=False,
        help_text=gettext_lazy("写编号，比如 F001-0007。钱不走这里的账就空着，传收据。"),
    )
    found = forms.CharField(label=gettext_lazy("看到什么"), max_length=rules.LONGEST_NOTE)
    reason = forms.CharField(label=gettext_lazy("为什么"), max_length=rules.LONGEST_REASON)
    files = FilesField(  # type: ignore[assignment]  # the metaclass takes fields off the class
        label=gettext_lazy("照片或单据"),
        help_text=PHOTOS,
        required=False,
        widget=FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"}),
    )

    ASKS = {
        "triage": ("urgency", "files"),
        "budget": ("budget",),
        "order": ("contractor",),
        "done": ("files",),
        "redo": ("reason",),
        "accept": (),
        "pay": ("amount", "entry", "files"),
        "drop": ("reason",),
        "inspect": ("found", "files"),
    }

    def __init__(self, *args: Any, verb: str, project: Project, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_{verb}_%s", **more})
        for name in set(self.fields) - set(self.ASKS[verb]):
            del self.fields[name]
        if "urgency" in self.fields:
            words = [(code, _(word)) for code, word in works_rules.URGENCIES.items()]
            self._choice("urgency").choices = [("", _("请选")), *words]
        if "contractor" in self.fields:
            chosen = self.fields["contractor"]
            assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - as declared above
            chosen.queryset = reads.possible_contractors(project, today)

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        return field

    def _fen(self, name: str) -> int | None:
        try:
            return parse_amount(str(self.cleaned_data.get(name) or "").strip(), Unit.FEN)
        except Refused as refused:
            raise forms.ValidationError(said(refused)) from refused

    def clean_budget(self) -> int | None:
        return self._fen("budget")

    def clean_amount(self) -> int | None:
        return self._fen("amount")

    def given(self) -> Given:
        found = self.cleaned_data
        return Given(
            urgency=found.get("urgency") or "",
            budget=found.get("budget"),
            contractor=found.get("contractor"),
            amount=found.get("amount"),
            entry=found.get("entry") or "",
            reason=found.get("reason") or "",
            uploads=found.get("files") or (),
        )
