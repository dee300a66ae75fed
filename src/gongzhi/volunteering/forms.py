"""Calling an activity, naming a team, entering afterwards, asking for a certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.common.clock import CHINA
from gongzhi.common.form_fields import day_field
from gongzhi.gatherings.actions.calling import LONGEST_TITLE, LONGEST_WHERE, Meeting
from gongzhi.people.models import Organization
from gongzhi.volunteering import queries
from gongzhi.volunteering.actions.recording import LONGEST_REASON
from gongzhi.volunteering.actions.running import LONGEST_INSURANCE, MOST_PLACES

_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    missing = {"required": gettext_lazy("请填时间。")}
    return forms.DateTimeField(label=label, input_formats=[_MOMENT], widget=widget, error_messages=missing)


def _here(given: dt.datetime) -> dt.datetime:
    """What is typed is the clock on the wall of the place."""
    return given.replace(tzinfo=CHINA) if given.tzinfo is None else given


class CallForm(forms.Form):
    """An activity: what, whose, when, where, how many."""

    kind = forms.ChoiceField(label=gettext_lazy("什么活动"))
    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("谁办"),
        empty_label=gettext_lazy("请选"),
        error_messages={"required": gettext_lazy("请选一个组织。")},
    )
    title = forms.CharField(label=gettext_lazy("叫什么"), required=False, max_length=LONGEST_TITLE)
    starts_at = _moment(gettext_lazy("什么时候开始"))
    minutes = forms.IntegerField(label=gettext_lazy("大约多少分钟"), min_value=10, max_value=600, initial=120)
    where = forms.CharField(
        label=gettext_lazy("在哪里"),
        max_length=LONGEST_WHERE,
        error_messages={"required": gettext_lazy("请写在哪里。")},
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("要多少志愿者"), min_value=1, max_value=MOST_PLACES, initial=20
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("有哪些摊位（集市才填）"), required=False, widget=forms.CheckboxSelectMultiple
    )
    every = forms.ChoiceField(label=gettext_lazy("以后接着办吗"), required=False)
    risky = forms.BooleanField(label=gettext_lazy("可能有人身危险（登高、下水、用电、搬重物）"), required=False)
    insurance = forms.CharField(
        label=gettext_lazy("意外伤害保险"),
        max_length=LONGEST_INSURANCE,
        required=False,
        help_text=gettext_lazy("有危险的要先买。写哪家、哪份、到哪天；报名的人看得到。"),
    )

    def __init__(
        self,
        *args: Any,
        bodies: QuerySet[Organization],
        services: Mapping[str, str],
        every: Mapping[str, str],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        found: dict[str, Any] = self.fields
        found["body"].queryset = bodies
        found["kind"].choices = [(one.code, one.name) for one in queries.kinds()]
        found["services"].choices = list(services.items())
        found["every"].choices = [("", _("只办这一次")), *((code, _(word)) for code, word in every.items())]

    def called(self) -> dict[str, Any]:
        given = self.cleaned_data
        starts = _here(given["starts_at"])
        meeting = Meeting(starts, starts + dt.timedelta(minutes=given["minutes"]), given["where"])
        same = ("kind", "body", "title", "capacity", "services", "every", "risky", "insurance")
        return {"meeting": meeting, **{name: given[name] for name in same}}


class TeamForm(forms.Form):
    """A body as a team, with its badge."""

    body = forms.ModelChoiceField(
        Organization.objects.none(),
        label=gettext_lazy("哪个组织"),
        empty_label=gettext_lazy("请选"),
        error_messages={"required": gettext_lazy("请选一个组织。")},
    )
    badge = forms.ChoiceField(label=gettext_lazy("队伍的标志"))

    def __init__(
        self, *args: Any, bodies: QuerySet[Organization], badges: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]  # a model choice's own
        self.fields["badge"].choices = list(badges.items())  # type: ignore[attr-defined]  # a choice field's own


class BackForm(forms.Form):
    """A service that had no code."""

    starts_at = _moment(gettext_lazy("从什么时候"))
    ends_at = _moment(gettext_lazy("到什么时候"))
    reason = forms.CharField(
        label=gettext_lazy("为什么补录"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("写事，不写谁的姓名和门牌。"),
        error_messages={"required": gettext_lazy("请写为什么补录。")},
    )

    def clean_starts_at(self) -> dt.datetime:
        return _here(self.cleaned_data["starts_at"])

    def clean_ends_at(self) -> dt.datetime:
        return _here(self.cleaned_data["ends_at"])


class CertificateForm(forms.Form):
    """Of which body, of which days."""

    host = forms.TypedChoiceField(label=gettext_lazy("由谁证明"), coerce=int)
    first = day_field(gettext_lazy("从哪天"))
    last = day_field(gettext_lazy("到哪天"))

    def __init__(self, *args: Any, hosts: Iterable[Organization], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["host"].choices = [(one.pk, one.name) for one in hosts]  # type: ignore[attr-defined]  # its own
