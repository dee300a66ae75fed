"""What the desk fills in: an item by its kind, a correction, words for a step. No form has a field for a person but
the one of kinds that may name somebody with a consent of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.duties.queries import to_be_shown_by
from gongzhi.packs.model_publications import PublicationField, PublicationKind
from gongzhi.people import vault
from gongzhi.people.models import Organization, Person
from gongzhi.people.queries import in_force
from gongzhi.places.models import Kind, Place
from gongzhi.places.rules import upwards
from gongzhi.publications import queries, rules
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import Publication, SubjectKind
from gongzhi.publications.rules import lint
from gongzhi.publications.rules.records import Words

MOST_BODIES = 300
SPOTS = (Kind.REGION, Kind.GRID, Kind.BUILDING, Kind.VENUE)


def places_for(actor: Actor) -> QuerySet[Place]:
    """Where the actor may publish: the places of the mandates and what lies right in them."""
    near = Q(pk__in=[])
    for path in actor.paths_for(rules.WRITE):
        near |= Q(path=path) | Q(parent__path=path)
    rows = Place.objects.current().filter(near, kind__in=(Kind.REGION, Kind.GRID))
    return rows.defer("polygon").order_by("path")[:200]


def bodies_near(paths: Iterable[str], on: dt.date) -> QuerySet[Organization]:
    """Bodies that stand on the day and work at the actor's places, or over them."""
    near = Q(pk__in=[])
    for path in paths:
        near |= Q(place__path__startswith=path) | Q(place__path__in=upwards(path))
    rows = Organization.objects.filter(near, in_force(on)).order_by("name")
    return Organization.objects.filter(pk__in=rows.values("pk")[:MOST_BODIES]).order_by("name")


class BeginForm(forms.Form):
    """What is to be made public, and for whose residents."""

    kind = forms.ChoiceField(label=gettext_lazy("发什么"), error_messages={"required": gettext_lazy("请选一种。")})
    place = forms.ChoiceField(
        label=gettext_lazy("发给哪里"), error_messages={"required": gettext_lazy("请选一个地方。")}
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = {place.code: place for place in places_for(actor)}
        kinds = [("", _("请选")), *((one.code, one.name) for one in queries.settings().kinds)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField's own
        first = [("", _("请选"))] if len(self.places) > 1 else []
        rows = [(code, place.name) for code, place in self.places.items()]
        self.fields["place"].choices = first + rows  # type: ignore[attr-defined]  # a choice field's own

    def clean_place(self) -> Place:
        return self.places[self.cleaned_data["place"]]


def field_of(one: PublicationField) -> forms.Field:
    """The line of a kind as a field."""
    if one.kind == "date":
        return forms.DateField(label=one.label, required=False, widget=forms.DateInput(attrs={"type": "date"}))
    widget = forms.Textarea(attrs={"rows": 3}) if one.kind == "long_text" else forms.TextInput()
    return forms.CharField(label=one.label, required=False, max_length=rules.LONGEST_FACT, widget=widget)


def _date_time(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


def times() -> dict[str, forms.Field]:
    """Of what happens at a time."""
    return {"begins_at": _date_time(_("什么时候开始")), "ends_at": _date_time(_("什么时候结束"))}


class TextForm(forms.Form):
    """The text of one kind. Everything may be left open in a draft; the list of what is missing says what lacks."""

    title = forms.CharField(label=gettext_lazy("标题"), required=False, max_length=rules.LONGEST_TITLE)
    subject_kind = forms.ChoiceField(
        label=gettext_lazy("说的是什么"), help_text=gettext_lazy("没有“人”这一项：不说某个人。")
    )
    about = forms.CharField(
        label=gettext_lazy("具体是哪里、哪件事"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("比如“东门消防通道”。写地方和事情，不写门牌和人名。"),
    )
    subject_place = forms.ModelChoiceField(
        Place.objects.none(),
        empty_label=gettext_lazy("不选"),
        label=gettext_lazy("在哪里（说地点、设施时）"),
        required=False,
        help_text=gettext_lazy("不选就是整个公开范围。没有门牌：不说到某一户。"),
    )
    subject_organization = forms.ModelChoiceField(
        Organization.objects.none(),
        empty_label=gettext_lazy("不选"),
        label=gettext_lazy("哪个单位（说单位时）"),
        required=False,
    )
    subject_duty = forms.ChoiceField(label=gettext_lazy("哪项职责（说职责时）"), required=False)
    subject_matter = forms.CharField(
        label=gettext_lazy("从哪件事来（编号）"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("诉求填 GZ- 开头的编号；没有就不填。只留在内部，不公开。"),
    )
    body = forms.CharField(
        label=gettext_lazy("正文"),
        required=False,
        max_length=rules.LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    fulfils = forms.ChoiceField(
        label=gettext_lazy("发布以后，算做了哪项职责"),
        required=False,
        help_text=gettext_lazy("比如每季度公开居务：发布的这一条就是凭据，不用再交一遍。"),
    )
    wanted_expiry = forms.DateField(
        label=gettext_lazy("公开到哪天前"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        kind: PublicationKind,
        place: Place,
        actor: Actor,
        today: dt.date,
        named: Person | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.kind, self.named = kind, named
        bodies = bodies_near([place.path, *queries.working_paths(actor)], today)
        self._say_subjects(kind, place, bodies, today)
        self._say_duties(place, today)
        days = _("最多 {n} 天。不填就是 {n} 天。").format(n=kind.expiry_days)
        self.fields["wanted_expiry"].help_text = days
        for one in kind.fields:
            self.fields[f"fact_{one.code}"] = field_of(one)
        if kind.dated:
            self.fields |= times()
        if kind.negative:
            self._add_party(bodies)
        if kind.persons:
            self._add_named()
        self._add_confirmed(kind)

    def _say_subjects(
        self, kind: PublicationKind, place: Place, bodies: QuerySet[Organization], today: dt.date
    ) -> None:
        """Only what this kind may speak of; nothing here leads to a person."""
        words = dict(SubjectKind.choices)
        subjects = [(code, _(str(words[code]))) for code in kind.subjects]
        spots = Place.objects.current().filter(path__startswith=place.path, kind__in=SPOTS).defer("polygon")
        duties = [("", _("不选")), *((f"{rules.DUTY_RULE}{code}", title) for code, title in queries.duty_rules(today))]
        offered: tuple[tuple[bool, str, str, Any], ...] = (
            (True, "subject_kind", "choices", subjects),
            ("organization" in kind.subjects, "subject_organization", "queryset", bodies),
            (any(one in kind.subjects for one in rules.PLACED), "subject_place", "queryset", spots.order_by("path")),
            ("duty" in kind.subjects, "subject_duty", "choices", duties),
            ("matter" in kind.subjects, "subject_matter", "", None),
        )
        for there, name, what, values in offered:
            if not there:
                del self.fields[name]
            elif what:
                setattr(self.fields[name], what, values)

    def _say_duties(self, place: Place, today: dt.date) -> None:
        """Open duties that a publication shows done; the field goes where there are none."""
        waiting = to_be_shown_by("publication", place.path, today)
        rows = [(str(one.duty.pk), f"{one.title} · {one.subject} · {one.duty.period}") for one in waiting]
        self.duties = {str(one.duty.pk): one.duty for one in waiting}
        if rows:
            self.fields["fulfils"].choices = [("", _("不选")), *rows]  # type: ignore[attr-defined]  # a choice field's own
        else:
            del self.fields["fulfils"]

    def _add_party(self, bodies: QuerySet[Organization]) -> None:
        hint = _("先告知它，听它陈述；发布后它可以回应。")
        self.fields["party"] = forms.ModelChoiceField(bodies, label=_("是哪个单位的事"), required=False, help_text=hint)

    def _add_named(self) -> None:
        hint = _("要写人名，先请本人在“我的账号”里同意“公开我的名字”。这里填他的手机号核对，号码不公开。")
        self.fields["named_phone"] = forms.CharField(
            label=_("写到的人（手机号）"), required=False, max_length=20, help_text=hint
        )
        if self.named is not None:
            self.fields["not_named"] = forms.BooleanField(label=_("不再写这个人"), required=False)

    def _add_confirmed(self, kind: PublicationKind) -> None:
        never = lint.NEVER_IN_CRITICISM if kind.negative else lint.NEVER
        rows = [(code, _(word)) for code, word in lint.WORDS.items() if code not in never]
        hint = _("机器找到了，但确实该公开的才勾：办公电话、活动室的门牌、不是人名的词。勾了会写进审核记录。")
        self.fields["confirmed"] = forms.MultipleChoiceField(
            choices=rows, label=_("这些可以公开"), required=False, widget=forms.CheckboxSelectMultiple, help_text=hint
        )

    def clean_named_phone(self) -> Person | None:
        phone = str(self.cleaned_data["named_phone"])
        if not phone:
            return None
        found = vault.find_person("phone", phone)
        if found is None:
            raise forms.ValidationError(_("没有用这个号码的居民账号。请他先注册、同意，再写上。"))
        return found

    def words(self) -> Words:
        """Call after is_valid()."""
        given = self.cleaned_data
        facts = {one.code: plain(given.get(f"fact_{one.code}")) for one in self.kind.fields}
        times = {name: iso_of(given.get(name)) for name in ("begins_at", "ends_at")}
        texts = {name: given.get(name, "") for name in ("title", "about", "body")}
        return Words(**texts, **times, facts=facts, confirmed=given.get("confirmed", ()))

    def subject(self) -> Subject:
        given = self.cleaned_data
        kind = given["subject_kind"]
        return Subject(
            kind,
            place=given.get("subject_place") if kind in rules.PLACED else None,
            organization=given.get("subject_organization") if kind in ("organization", "duty") else None,
            party=given.get("party"),
            reference=self._reference(kind),
            fulfils=self.duties.get(given.get("fulfils", "")),
        )

    def _reference(self, kind: str) -> str:
        """A rule of the schedule packs, or a matter by its number ("GZ-…" is a case)."""
        if kind == "duty":
            return str(self.cleaned_data.get("subject_duty", ""))
        given = str(self.cleaned_data.get("subject_matter", "")).strip() if kind == "matter" else ""
        return given if ":" in given or not given else f"case:{given.upper()}"

    def asked(self) -> dict[str, Any]:
        """What begin and edit take beside by, at and the number."""
        given = self.cleaned_data
        kept = None if given.get("not_named") else self.named
        named = {"named": given.get("named_phone") or kept}
        return {"text": self.words(), "subject": self.subject(), "wanted_expiry": given["wanted_expiry"], **named}


def plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def iso_of(value: dt.datetime | None) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="seconds") if value else ""


def initial_of(publication: Publication, text: Words) -> dict[str, Any]:
    """What stands in the form of a draft."""
    times = {
        name: dt.datetime.fromisoformat(value).astimezone(CHINA)
        for name, value in (("begins_at", text.begins_at), ("ends_at", text.ends_at))
        if value
    }
    return {
        "title": text.title,
        "about": text.about,
        "body": text.body,
        "confirmed": list(text.confirmed),
        "subject_kind": publication.subject_kind,
        "subject_place": publication.subject_place_id,
        "subject_organization": publication.subject_organization_id,
        "subject_duty": publication.subject_reference,
        "subject_matter": publication.subject_reference.removeprefix("case:"),
        "fulfils": str(publication.fulfils_id or ""),
        "party": publication.party_id,
        "wanted_expiry": publication.wanted_expiry,
        **{f"fact_{code}": value for code, value in text.facts.items()},
        **times,
    }


class PicturesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """A list of uploads; `documents` looks at what they really are."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=PicturesInput(attrs={"accept": "image/*"}), **more)

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = value if isinstance(value, (list, tuple)) else [value]
        return [super(PicturesField, self).clean(one, initial) for one in given]


class PicturesForm(forms.Form):
    pictures = PicturesField(
        label=gettext_lazy("照片"),
        help_text=gettext_lazy("请避开人脸、车牌和门牌；传上来还可以遮。"),
        error_messages={"required": gettext_lazy("还没选照片。")},
    )
