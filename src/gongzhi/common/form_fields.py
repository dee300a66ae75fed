"""Fields that every room's forms ask with: a day, words of several lines; and what a field offers to choose from."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

DAY = "%Y-%m-%d"


def day_field(label: Any, help_text: Any = "", *, required: bool = True, missing: Any = None) -> forms.DateField:
    """A day by the browser's own calendar; `missing` is said where a day is asked for and none given."""
    words = {"required": missing or gettext_lazy("请填日期。"), "invalid": gettext_lazy("日期写成 2026-03-18 这样。")}
    widget = forms.DateInput(attrs={"type": "date"}, format=DAY)
    return forms.DateField(
        label=label, help_text=help_text, required=required, widget=widget, input_formats=[DAY], error_messages=words
    )


def text_field(label: Any, most: int, rows: int = 2, **more: Any) -> forms.CharField:
    """Words of several lines, at most `most` characters."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def set_choices(form: forms.Form, name: str, choices: list[tuple[str, Any]], *, empty: Any = None) -> None:
    """What a choice offers; `empty` is its first line, for nothing chosen yet."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared
    field.choices = choices if empty is None else [("", empty), *choices]


def set_rows(form: forms.Form, name: str, rows: Any) -> None:
    """The rows that a choice of one offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared
    field.queryset = rows
