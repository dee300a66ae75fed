"""Fields that the staff's forms share: words, reasons with their clause, units that work at a place, photos."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import queries, rules
from gongzhi.cases.models import Case
from gongzhi.cases.queries import MAX_PHOTOS
from gongzhi.packs import queries as packs

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class PhotoInput(forms.ClearableFileInput):
    """Several photos at once, taken or chosen."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of uploads; `documents` looks at what they really are."""

    def __init__(self, *, accept: str = "image/*", **more: Any) -> None:
        widget = PhotoInput(attrs={"accept": accept})
        super().__init__(widget=widget, required=False, **more)

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = value if isinstance(value, (list, tuple)) else [value]
        return [super(PhotosField, self).clean(one, initial) for one in given if one][:MAX_PHOTOS]


def note_field(label: Words, hint: Words = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _(rules.MISSING["note"])},
    )


def sound_field() -> forms.FileField:
    """A voice note beside the words: a file where nothing can be recorded, the recorder's own where it can."""
    return forms.FileField(
        label=_("录音"),
        help_text=_("最长十分钟左右。录不了的，写字就行。"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*", "data-voice-file": True}),
    )


class ReasonField(forms.ChoiceField):
    """The reasons of one kind from the model pack, each with its clause; nothing is preselected."""

    def __init__(self, kind: str, label: Words) -> None:
        missing = {"required": _(rules.MISSING["reason"]), "invalid_choice": _(rules.MISSING["reason"])}
        super().__init__(label=label, choices=partial(_reasons, kind), error_messages=missing)


def _reasons(kind: str) -> list[tuple[str, Any]]:
    found = [reason for reason in packs.active_model().reasons if reason.kind == kind]
    words = [(one.code, f"{one.name}（{one.clause}）" if one.clause else one.name) for one in found]
    return [("", _("请选一条")), *words]


def unit_choices(path: str, leave_out: Iterable[int | None] = (), *, beside: bool = False) -> list[tuple[str, Any]]:
    """Bodies that can be given work there, the nearest first; with `beside` also those of the places around."""
    barred = set(leave_out)
    around = "/".join(path.split("/")[:3]) + "/"
    given_work = (u for u in queries.units() if (u.kind or u.serves) and u.id not in barred)
    found = [u for u in given_work if path.startswith(u.path) or (beside and u.path.startswith(around))]
    return [(str(unit.id), unit.name) for unit in sorted(found, key=lambda unit: (-len(unit.path), unit.name))]


def every_unit() -> list[tuple[str, Any]]:
    return [(str(unit.id), unit.name) for unit in queries.units()]


class UnitField(forms.TypedChoiceField):
    """One body; `narrow` keeps those that work where the case lies, with `beside` also the neighbours."""

    def __init__(self, label: Words, hint: Words = "", *, required: bool = True, beside: bool = False) -> None:
        self.beside = beside
        missing = {"required": _(rules.MISSING["unit"]), "invalid_choice": _(rules.MISSING["unit"])}
        super().__init__(
            label=label,
            help_text=hint,
            required=required,
            choices=lambda: [("", _("请选单位")), *every_unit()],
            coerce=int,
            empty_value=None,
            error_messages=missing,
        )

    def narrow(self, case: Case) -> None:
        self.choices = [("", _("请选单位")), *unit_choices(case.path, [case.about_unit_id], beside=self.beside)]


class UnitsField(forms.TypedMultipleChoiceField):
    """Several bodies."""

    def __init__(self, label: Words, hint: Words = "", *, required: bool = True, beside: bool = False) -> None:
        self.beside = beside
        missing = {"required": _(rules.MISSING["units"]), "invalid_choice": _(rules.MISSING["units"])}
        super().__init__(
            label=label,
            help_text=hint,
            required=required,
            choices=every_unit,
            coerce=int,
            widget=forms.SelectMultiple(attrs={"size": 4}),
            error_messages=missing,
        )

    def narrow(self, case: Case) -> None:
        self.choices = unit_choices(case.path, [case.about_unit_id], beside=self.beside)


def narrowed(form: forms.Form, case: Case | None) -> forms.Form:
    """The form with choices that fit the case."""
    if case is not None:
        for field in form.fields.values():
            if isinstance(field, UnitField | UnitsField):
                field.narrow(case)
        if (fit := getattr(form, "fit", None)) is not None:
            fit(case)
    return form
