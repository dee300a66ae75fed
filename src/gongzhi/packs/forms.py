"""A year's public notice as an administrator types it from the State Council's page."""

import datetime as dt
import re

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.packs.contents import CalendarYear, Rest, typed

_LINE = re.compile(r"^(\S+)\s+(\d{4}-\d{2}-\d{2})(?:\s+(\d{4}-\d{2}-\d{2}))?$")


class CalendarYearForm(forms.Form):
    """One line a holiday (name, first day, last day), one line a working day that was moved (调休)."""

    year = forms.IntegerField(label=_("年份"), min_value=1993, max_value=2099)
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("通知的名称和文号。"))
    holidays = forms.CharField(
        label=_("放假"), widget=forms.Textarea(attrs={"rows": 8}), help_text=_("一行一个：元旦 2027-01-01 2027-01-03")
    )
    workdays = forms.CharField(
        label=_("调休上班"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一天：2027-02-06"),
    )

    def clean_holidays(self) -> tuple[Rest, ...]:
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["holidays"].splitlines())):
            match = _LINE.match(line)
            if match is None:
                raise forms.ValidationError(_("这一行看不懂：%(line)s"), params={"line": line})
            name, first, last = match.groups()
            found.append(Rest(name=name, first=_day(first), last=_day(last or first)))
        return tuple(found)

    def clean_workdays(self) -> tuple[dt.date, ...]:
        return tuple(_day(line.strip()) for line in self.cleaned_data["workdays"].splitlines() if line.strip())

    def notice(self) -> CalendarYear:
        """The year as the pack holds it; call after is_valid()."""
        given = {name: self.cleaned_data[name] for name in ("year", "source", "holidays", "workdays")}
        return typed(given, CalendarYear, from_attributes=True)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise forms.ValidationError(_("日期写不对：%(day)s。要写成 2027-01-01。"), params={"day": text}) from None
