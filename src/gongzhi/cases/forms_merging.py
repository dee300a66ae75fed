"""Forms of 并案: which case to join, and the parts of a split."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.cases import rules
from gongzhi.cases.forms import category_choices

PARTS = 3


class MergeForm(forms.Form):
    """Into which case; a number found beside the case or typed in."""

    into = forms.CharField(
        label=_("并到哪一件（编号）"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("还没写并到哪一件。请写编号。")},
    )

    def clean_into(self) -> str:
        return str(self.cleaned_data["into"]).strip().upper()


class SplitForm(forms.Form):
    """Up to three parts, each with its words and, if known, its category."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        low, high = rules.TEXT_LIMITS
        for n in range(1, PARTS + 1):
            self.fields[f"text_{n}"] = forms.CharField(
                label=gettext("分出去的第 {n} 件").format(n=n),
                required=n == 1,
                min_length=low,
                max_length=high,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": gettext("还没写分出去的是什么事。写一句就行。")},
            )
            self.fields[f"category_{n}"] = forms.ChoiceField(
                label=gettext("第 {n} 件归哪类").format(n=n),
                required=False,
                choices=lambda: [("", gettext("按文字猜")), *category_choices()],
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def parts(self) -> list[tuple[str, str]]:
        """(words, category) of what was filled in."""
        found = [(self.cleaned_data[f"text_{n}"], self.cleaned_data[f"category_{n}"]) for n in range(1, PARTS + 1)]
        return [(text, category) for text, category in found if text]
