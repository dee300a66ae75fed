"""How holders serve: employment and stipend, duty rosters, the doors of a neighbour lead and their slips."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.audit.limits import count_use
from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import signed_in
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.people import actions, rules, vault
from gongzhi.people.models import Employment, Mandate
from gongzhi.people.queries import duty, membership, neighbours, staffing
from gongzhi.people.queries.duty import Shift
from gongzhi.people.views.account import FORM
from gongzhi.people.views.asking import may_manage, reader

MANAGE = "people.manage"
AHEAD = dt.timedelta(days=31)


class TermsForm(forms.Form):
    """How a holder is employed; nothing is worked out from it."""

    employment = forms.ChoiceField(label=gettext_lazy("用工类型"), required=False)
    stipend = forms.CharField(
        label=gettext_lazy("待遇"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("照实写，如 每月补贴 200 元。"),
    )
    committee_path = forms.BooleanField(label=gettext_lazy("列入转两委培养"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = [("", _("还没写")), *((code, _(word)) for code, word in Employment.choices)]
        self.fields["employment"].choices = words  # type: ignore[attr-defined]  # declared a choice field above


@never_cache
@require_http_methods(FORM)
def terms(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Employment, stipend and path of one holder."""
    mandate = staffing.get_mandate_for(reader(request), mandate_id)
    actor = _manager(request, mandate)
    form = TermsForm(request.POST or None, initial={**mandate.terms, "employment": mandate.employment})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        actions.set_terms(by=actor, at=clock.now(), mandate=mandate, employment=given.pop("employment"), terms=given)
        messages.success(request, _("记下了。"))
        return redirect("post", code=mandate.post.code)
    return render(request, "people/terms.html", {"form": form, "post": mandate.post, "holder": _name(actor, mandate)})


def _manager(request: HttpRequest, mandate: Mandate) -> Actor:
    actor = reader(request)
    require(actor, MANAGE, path=mandate.post.place.path)
    return actor


def _name(actor: Actor, mandate: Mandate) -> str:
    return staffing.names_for(actor, [mandate]).get(mandate.person_id, "")


class ShiftForm(forms.Form):
    """One shift of one holder; a night goes into the next day."""

    mandate = forms.TypedChoiceField(label=gettext_lazy("谁值班"), coerce=int)
    day = forms.DateField(label=gettext_lazy("哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    since = forms.TimeField(
        label=gettext_lazy("从几点"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until = forms.TimeField(
        label=gettext_lazy("到几点"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("比开始早，就算第二天。"),
    )

    def __init__(self, *args: Any, holders: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", _("请选一个")), *holders]
        self.fields["mandate"].choices = choices  # type: ignore[attr-defined]  # declared a choice field above


@never_cache
@require_http_methods(FORM)
def roster(request: HttpRequest) -> HttpResponse:
    """Who is on duty from today on; the administrator adds shifts, one here, many by workbook."""
    actor, now = reader(request), clock.now()
    found = duty.shifts_between(actor, now - dt.timedelta(days=1), now + AHEAD)
    names = staffing.names_for(actor, [shift.mandate for shift in found])
    if request.GET.get("export") == "xlsx":
        return _roster_file(found, names)
    form = _shift_form(request, actor, now) if may_manage(actor) else None
    if form is not None and request.method == "POST" and form.is_valid() and _shift_added(actor, form):
        messages.success(request, _("排上了。"))
        return redirect("duty-roster")
    if form is None and request.method == "POST":
        require(actor, MANAGE)
    rows = [
        {"shift": shift, "name": names.get(shift.mandate.person_id, ""), "now": shift.begins <= now < shift.ends}
        for shift in found
    ]
    return render(request, "people/roster.html", {"rows": rows, "form": form, "may_manage": form is not None})


def _shift_form(request: HttpRequest, actor: Actor, now: dt.datetime) -> ShiftForm:
    holders = staffing.holders_for_roster(actor, local_date(now))
    names = staffing.names_for(actor, holders)
    words = [(one.pk, f"{names.get(one.person_id, '')}，{one.post.place.name}{one.post.title}") for one in holders]
    return ShiftForm(request.POST or None, holders=words, initial={"day": local_date(now), "since": "18:00"})


def _shift_added(actor: Actor, form: ShiftForm) -> bool:
    given = form.cleaned_data
    try:
        mandate = staffing.get_mandate_for(actor, given["mandate"])
        shift = rules.shift_of(given["day"], given["since"], given["until"], CHINA)
        actions.add_shifts(by=actor, at=clock.now(), mandate=mandate, shifts=[shift])
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused, refused.facts.get("field"))
        return False
    return True


def _roster_file(shifts: list[Shift], names: dict[Any, str]) -> HttpResponse:
    lines = [
        [
            shift.begins,
            shift.ends,
            names.get(shift.mandate.person_id, ""),
            shift.mandate.post.title,
            shift.mandate.post.organization.name if shift.mandate.post.organization else shift.mandate.post.place.name,
        ]
        for shift in shifts
    ]
    headers = [_("从"), _("到"), _("谁值班"), _("岗位"), _("单位")]
    return rows_as_xlsx(_("值班表"), headers, lines, title=_("值班表"))


@require_POST
def remove_shift(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Take one shift off."""
    actor = reader(request)
    mandate = staffing.get_mandate_for(actor, mandate_id)
    begins = request.POST.get("begins", "")
    actions.remove_shift(by=actor, at=clock.now(), mandate=mandate, begins=begins)
    messages.success(request, _("这个班拿掉了。"))
    return redirect("duty-roster")


class HouseholdsForm(forms.Form):
    """Codes of dwellings, one a line."""

    households = forms.CharField(
        label=gettext_lazy("联系哪几户（房屋代码，一行一户）"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )


@never_cache
@require_http_methods(FORM)
def households(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """The doors of a neighbour lead, and the slips to hand in there."""
    mandate = staffing.get_mandate_for(reader(request), mandate_id)
    actor = _manager(request, mandate)
    form = HouseholdsForm(request.POST or None, initial={"households": "\n".join(mandate.households)})
    if request.method == "POST" and form.is_valid() and _set(actor, mandate, form):
        messages.success(request, _("记下了。把卡打印出来，送到各户。"))
        return redirect("neighbour-households", mandate_id=mandate.pk)
    slips = neighbours.slips_of(actor, mandate)
    context = {"form": form, "post": mandate.post, "holder": _name(actor, mandate), "slips": slips}
    return render(request, "people/households.html", context)


def _set(actor: Actor, mandate: Mandate, form: HouseholdsForm) -> bool:
    codes = form.cleaned_data["households"].split()
    try:
        actions.set_households(by=actor, at=clock.now(), mandate=mandate, codes=codes)
    except Forbidden:
        raise
    except Refused as refused:
        put_back(form, refused, "households")
        return False
    return True


class SlipForm(forms.Form):
    """What stands on the slip."""

    dwelling = forms.CharField(label=gettext_lazy("门牌代码"), max_length=64)
    word = forms.CharField(
        label=gettext_lazy("卡上的 8 个字"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@never_cache
@require_http_methods(FORM)
def my_neighbour(request: HttpRequest) -> HttpResponse:
    """A resident's neighbour lead: shown to who holds the door's slip; the lead sees who looked."""
    actor, now = signed_in(request), clock.now()
    form = SlipForm(request.POST or None)
    contact: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        count_use(what="neighbour", who=str(actor.person_id), limit=20, seconds=3600, at=now)
        given = form.cleaned_data
        try:
            lead = neighbours.lead_of(given["dwelling"].strip(), given["word"].strip().upper(), local_date(now))
            contact = _contact(actor, lead, now)
        except Refused as refused:
            put_back(form, refused, "word")
    return render(request, "people/my_neighbour.html", {"form": form, "contact": contact})


def _contact(actor: Actor, lead: Mandate, now: dt.datetime) -> dict[str, str]:
    fields = ["name", "phone"]
    found = vault.reveal(by=actor, at=now, person_ids=[lead.person_id], fields=fields, purpose=_("住户联系邻长"))
    values = found.get(lead.person_id, {})
    shown = "1" if membership.is_shown(lead.person_id) else ""
    return {**values, "title": lead.post.title, "place": lead.post.place.name, "shown": shown}
