"""Drafting, signing, lines and assets, what was done, renewing, ending, judging."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.form_fields import day_field
from gongzhi.common.refusals import said
from gongzhi.duties.forms import FilesField, FilesInput
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.partnerships import rules
from gongzhi.partnerships.actions import Done, Drafted, Given, Lending
from gongzhi.partnerships.models import Agreement, AgreementLine, Outcome, Party
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force


def _files(label: Any, *, required: bool = False, help_text: Any = "") -> FilesField:
    widget = FilesInput(attrs={"accept": "image/*,.pdf,.docx,.xlsx"})
    return FilesField(label=label, required=required, widget=widget, help_text=help_text)


def _near(actor: Actor, today: dt.date) -> list[Organization]:
    """Bodies below, at and above the places that the actor keeps agreements for."""
    paths = actor.paths_for(rules.KEEP)
    rows = Organization.objects.filter(in_force(today), place__isnull=False).select_related("place").order_by("name")
    return [
        one
        for one in rows
        if one.place and any(one.place.path.startswith(path) or path.startswith(one.place.path) for path in paths)
    ]


class DraftForm(forms.Form):
    """What it is called, who stands in it as what, from when until when."""

    title = forms.CharField(label=gettext_lazy("协议叫什么"), max_length=rules.LONGEST_TITLE)
    about = forms.CharField(
        label=gettext_lazy("一句话说做什么"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("会公开，不写人名。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    starts_on = day_field(gettext_lazy("从哪天开始"))
    ends_on = day_field(gettext_lazy("到哪天为止"), required=False)
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, pack: AgreementPack, today: dt.date, **more: Any) -> None:
        more["initial"] = {"starts_on": today, "request": uuid.uuid4(), **more.get("initial", {})}
        super().__init__(*args, **more)
        self.pack, near = pack, _near(actor, today)
        keeps = actor.paths_for(rules.KEEP)
        for role in pack.roles:
            able = [one for one in near if not role.kinds or one.kind in role.kinds]
            if role.core:
                able = [one for one in able if one.place and one.place.path.startswith(keeps)]
            rows = Organization.objects.filter(pk__in=[one.pk for one in able]).order_by("name")
            self.fields[f"role_{role.code}"] = _body_field(role, rows)
        for anchor in pack.anchors:
            self.fields[f"anchor_{anchor.code}"] = day_field(anchor.name)
        if pack.term == "year":
            del self.fields["ends_on"]
        else:
            self.fields["ends_on"].required = pack.term == "needed"
        if pack.facets and not any(one.facet for one in pack.lines) and not pack.assets:
            choices = [("", _("请选")), *((one.code, one.name) for one in pack.facets)]
            self.fields["facet"] = forms.ChoiceField(label=pack.facet_of, choices=choices)

    def drafted(self) -> Drafted:
        given, parties = self.cleaned_data, []
        for role in self.pack.roles:
            found = given.get(f"role_{role.code}")
            bodies = list(found) if role.several and found is not None else [found] if found else []
            parties += [(role.code, body) for body in bodies]
        core = given[f"role_{self.pack.core.code}"]
        return Drafted(
            kind=self.pack.name,
            title=given["title"],
            about=given["about"],
            place=core.place,
            parties=parties,
            starts_on=given["starts_on"],
            ends_on=given.get("ends_on"),
            facet=given.get("facet", ""),
            anchors={one.code: given[f"anchor_{one.code}"] for one in self.pack.anchors},
            request=given.get("request"),
        )


def _body_field(role: Any, rows: Any) -> forms.Field:
    if role.several:
        help_text = _("可以选几个。")
        return forms.ModelMultipleChoiceField(rows, label=role.name, required=not role.optional, help_text=help_text)
    return forms.ModelChoiceField(rows, label=role.name, required=not role.optional, empty_label=_("请选"))


class SignForm(forms.Form):
    """Whose signature, on which day, shown by what."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("哪个单位签"), empty_label=gettext_lazy("请选")
    )
    on = day_field(gettext_lazy("哪天签的"))
    files = _files(  # type: ignore[assignment]  # the metaclass takes fields off the class
        gettext_lazy("签好的协议"), help_text=gettext_lazy("照片、PDF、Word、Excel。替别的单位登记的，一定要传。")
    )

    def __init__(self, *args: Any, parties: list[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        choice = self.fields["organization"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - as declared above
        choice.queryset = Organization.objects.filter(pk__in=[one.organization_id for one in parties])


class LineForm(forms.Form):
    """One line: who does what by when, shown by what."""

    what = forms.CharField(label=gettext_lazy("做什么"), max_length=rules.LONGEST_WHAT)
    owner = forms.TypedChoiceField(label=gettext_lazy("谁来做"), coerce=int)
    partners = forms.TypedMultipleChoiceField(
        label=gettext_lazy("谁配合"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    evidence = forms.CharField(label=gettext_lazy("拿什么证明"), max_length=80)
    facet = forms.ChoiceField(label="", required=False)
    counted = forms.CharField(
        label=gettext_lazy("数什么"), max_length=8, required=False, help_text=gettext_lazy("次、人、件；不数的不填。")
    )
    target = forms.IntegerField(label=gettext_lazy("目标数"), min_value=1, max_value=1_000_000, required=False)
    due_on = day_field(gettext_lazy("哪天前做完"), required=False)

    def __init__(self, *args: Any, pack: AgreementPack, parties: list[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        sides = [(n, one.organization.name) for n, one in enumerate(parties)]
        self._choose("owner", [("", _("请选")), *sides])
        self._choose("partners", sides)
        if pack.facets:
            self.fields["facet"].label = pack.facet_of or _("类别")
            self._choose("facet", [("", _("不分")), *((one.code, one.name) for one in pack.facets)])
        else:
            del self.fields["facet"]

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = choices

    def given(self) -> Given:
        said = self.cleaned_data
        return Given(
            what=said["what"],
            owner=said["owner"],
            evidence=said["evidence"],
            partners=tuple(said["partners"]),
            facet=said.get("facet", ""),
            counted=said["counted"],
            target=said["target"],
            due_on=said["due_on"],
        )


class AssetForm(forms.Form):
    """One place that is lent: how large, for what, free until when."""

    kind = forms.ChoiceField(label=gettext_lazy("哪一种"))
    name = forms.CharField(label=gettext_lazy("在哪里、叫什么"), max_length=80)
    pieces = forms.IntegerField(label=gettext_lazy("几间"), min_value=1, max_value=1000, initial=1)
    area = forms.CharField(
        label=gettext_lazy("一共多少平方米"), max_length=20, help_text=gettext_lazy("最多两位小数，比如 203.53。")
    )
    purpose = forms.CharField(label=gettext_lazy("做什么用"), max_length=80)
    facet = forms.ChoiceField(label="", required=False)
    free_until = day_field(
        gettext_lazy("无偿用到哪天"), required=False, help_text=gettext_lazy("不填就是协议的最后一天。")
    )

    def __init__(self, *args: Any, pack: AgreementPack, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, rows, empty in (("kind", pack.assets, _("请选")), ("facet", pack.facets, _("不分"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [("", empty), *((one.code, one.name) for one in rows)]
        self.fields["facet"].label = pack.facet_of or _("类别")

    def clean_area(self) -> Any:
        try:
            return rules.parse_area(self.cleaned_data["area"])
        except Refused as refused:
            raise forms.ValidationError(said(refused)) from refused

    def lent(self) -> Lending:
        said = self.cleaned_data
        return Lending(
            said["kind"], said["name"], said["area"], said["purpose"], said["pieces"], said["facet"], said["free_until"]
        )


class DoneForm(forms.Form):
    """What was done on a line or in a lent place."""

    on = day_field(gettext_lazy("哪天做的"))
    amount = forms.IntegerField(label=gettext_lazy("做了多少"), min_value=1, max_value=1_000_000)
    progress = forms.IntegerField(label=gettext_lazy("做到百分之几"), min_value=0, max_value=100)
    note = forms.CharField(
        label=gettext_lazy("做了什么"),
        max_length=rules.LONGEST_NOTE,
        help_text=gettext_lazy("会公开，不写人名和门牌。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    files = _files(  # type: ignore[assignment]  # the metaclass takes fields off the class
        gettext_lazy("凭据"), help_text=gettext_lazy("照片、PDF、Word、Excel。别拍到不相干的人脸。")
    )
    shows = forms.CharField(
        label=gettext_lazy("或者填编号"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("在别处办了的，比如 gathering:HY-1、case:GZ-1。"),
    )
    request = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, line: AgreementLine | None, today: dt.date, **more: Any) -> None:
        more["initial"] = {"on": today, "request": uuid.uuid4(), **more.get("initial", {})}
        super().__init__(*args, **more)
        if line is None:
            del self.fields["progress"]
            self.fields["amount"].label, self.fields["amount"].required = _("来了多少人次"), False
        elif line.counted:
            self.fields["amount"].label = _("这次做了多少{word}").format(word=line.counted)
            if line.target:
                del self.fields["progress"]
            else:
                self.fields["progress"].required = False
                self.fields["progress"].help_text = _("全部做完了写 100，没完不用填。")
        else:
            del self.fields["amount"]

    def done(self) -> Done:
        said = self.cleaned_data
        return Done(
            on=said["on"],
            note=said["note"],
            amount=said.get("amount") or 0,
            progress=said.get("progress"),
            shows=said["shows"],
            uploads=said["files"],
            request=said.get("request"),
        )


class RenewForm(forms.Form):
    """From when until when the next one holds."""

    starts_on = day_field(gettext_lazy("新的从哪天开始"))
    ends_on = day_field(gettext_lazy("新的到哪天为止"), required=False)


class ReasonForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(
        label=gettext_lazy("为什么终止"),
        max_length=rules.LONGEST_REASON,
        help_text=gettext_lazy("会公开，不写人名。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class JudgeForm(forms.Form):
    """What came of it, with the reason."""

    outcome = forms.ChoiceField(label=gettext_lazy("做到了没有"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("为什么这么评"),
        max_length=rules.LONGEST_REASON,
        help_text=gettext_lazy("会公开，不写人名。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sheet = forms.CharField(label=gettext_lazy("评价表编号"), required=False, max_length=80)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = [(value, _(word)) for value, word in Outcome.choices]


def next_term(row: Agreement, today: dt.date) -> dict[str, dt.date]:
    """Where a renewal begins: the day after the last one, or today."""
    after = row.ends_on + dt.timedelta(days=1) if row.ends_on else today
    return {"starts_on": max(after, today) if row.state == "expired" else after}
