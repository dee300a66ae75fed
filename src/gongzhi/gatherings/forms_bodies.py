"""A body that governs itself: which kind, where, by which decision, for how long, with which seats and charter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.form_fields import day_field
from gongzhi.documents.models import Instrument
from gongzhi.documents.rules import LONGEST_TEXT
from gongzhi.gatherings.actions.bodies import Charter
from gongzhi.people.actions.founding import LONGEST_DECISION, LONGEST_NAME, LONGEST_SCOPE
from gongzhi.people.rules import LONGEST_TERM

Choices = Sequence[tuple[str, str]]


class _CharterFields(forms.Form):
    """Scope, term, and the charter: one that is there, or its text."""

    scope = forms.CharField(
        label=gettext_lazy("管什么"),
        help_text=gettext_lazy("不写就按这种组织通常管的。"),
        max_length=LONGEST_SCOPE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    term_years = forms.IntegerField(
        label=gettext_lazy("一届几年"), min_value=1, max_value=LONGEST_TERM, required=False
    )
    charter = forms.ChoiceField(label=gettext_lazy("用哪份章程"), required=False)
    text = forms.CharField(
        label=gettext_lazy("或者写章程正文"),
        help_text=gettext_lazy("一行一段，# 开头的是小标题。写了就按上面的决定记为通过。不要写居民的姓名。"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def offer(self, charters: Sequence[Instrument], may_adopt: bool) -> None:
        choices = [("", _("先不选")), *((one.code, one.title) for one in charters)]
        self.fields["charter"].choices = choices  # type: ignore[attr-defined]  # a choice field's own
        if not charters:
            del self.fields["charter"]
            self.fields["text"].label = _("章程正文")
        if not may_adopt:
            del self.fields["text"]

    def chosen(self) -> Charter:
        return Charter(self.cleaned_data.get("charter", ""), self.cleaned_data.get("text", ""))


class FoundForm(_CharterFields):
    """A new body."""

    kind = forms.ChoiceField(
        label=gettext_lazy("哪种自治组织"), error_messages={"required": gettext_lazy("请选哪种自治组织。")}
    )
    place = forms.ChoiceField(label=gettext_lazy("建在哪里"), error_messages={"required": gettext_lazy("请选地点。")})
    name = forms.CharField(
        label=gettext_lazy("名称"),
        help_text=gettext_lazy("不写就用地名加种类。"),
        max_length=LONGEST_NAME,
        required=False,
    )
    decision = forms.CharField(
        label=gettext_lazy("凭哪个决定成立"),
        help_text=gettext_lazy("哪次会议、谁推选的，比如“2026年3月10日楼栋居民会”。"),
        max_length=LONGEST_DECISION,
        error_messages={"required": gettext_lazy("请写凭哪次会议、哪个决定成立的。")},
    )
    founded_on = day_field(gettext_lazy("哪天成立"))
    seats = forms.CharField(
        label=gettext_lazy("岗位和人数"),
        help_text=gettext_lazy("一行一个，比如“组长 1”。不写就按这种组织通常的。"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("kind", "place", "name", "decision", "founded_on", "seats", "scope", "term_years", "charter", "text")

    def __init__(self, *args: Any, kinds: Choices, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", _("请选一个")), *kinds]  # type: ignore[attr-defined]  # a choice field's own
        self.fields["place"].choices = [("", _("请选一个")), *places]  # type: ignore[attr-defined]  # a choice field's own

    def clean_seats(self) -> list[tuple[str, int]]:
        """Lines of a title and a number; which of them will do is for the rules."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["seats"].splitlines())):
            title, _sep, number = line.rpartition(" ")
            if not title or not number.isdecimal():
                raise forms.ValidationError(_("这一行看不懂：%(line)s"), params={"line": line})
            found.append((title.strip(), int(number)))
        return found


class ChangeForm(_CharterFields):
    """What changes of a body that is there."""

    decision = forms.CharField(
        label=gettext_lazy("凭哪个决定"),
        help_text=gettext_lazy("写了新的章程正文才用填。"),
        max_length=LONGEST_DECISION,
        required=False,
    )
    field_order = ("scope", "term_years", "charter", "decision", "text")

    def clean_term_years(self) -> int:
        given: int | None = self.cleaned_data["term_years"]
        if given is None:
            raise forms.ValidationError(_("请写一届几年。"))
        return given
