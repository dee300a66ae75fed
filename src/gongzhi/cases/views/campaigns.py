"""专项: the campaigns, one campaign by its kinds, its rows with before and after, looking again."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongzhi.cases.actions.campaigning import enrol_cases, join_campaign, recheck_case
from gongzhi.cases.form_fields import PhotosField
from gongzhi.cases.queries import campaigning as found
from gongzhi.cases.rules.campaigning import CLOSED
from gongzhi.cases.views import telling
from gongzhi.cases.views.inbox import paired_shots
from gongzhi.cases.views.showing import next_of, rows_of
from gongzhi.common import clock
from gongzhi.common.access import allows
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs

ROWS = 50
SHOW_WORDS = {
    "all": N_("全部"),
    "open": N_("还没办结"),
    "closed": N_("已办结"),
    "recheck": N_("等复查"),
    "rechecked": N_("复查过"),
    "relapsed": N_("反弹"),
    "unplaced": N_("办结了，没写地点"),
}
HEADERS = (N_("编号"), N_("哪一样"), N_("地点"), N_("收到"), N_("办结"), N_("复查"), N_("反弹"))


class RecheckForm(forms.Form):
    stands = forms.TypedChoiceField(
        label=gettext_lazy("还好着吗"),
        choices=[("yes", gettext_lazy("好着")), ("no", gettext_lazy("又乱了"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一个：好着，或又乱了。")},
    )
    note = forms.CharField(label=gettext_lazy("看到什么"), required=False, max_length=500)
    photos = PhotosField(label=gettext_lazy("复查照片"), help_text=gettext_lazy("请避开人脸和车牌。"))


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns of the model, each with its sum."""
    actor, at = staff_of(request, "statistics.read"), clock.now()
    rows = [
        {"campaign": campaign, "sum": found.tallies(actor, campaign, at)[0]}
        for campaign in packs.active_model().campaigns
    ]
    if request.GET.get("format") == "xlsx":
        return _sums(rows)
    return render(request, "cases/staff/campaigns.html", {"rows": rows})


def _sums(rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [_("专项"), _("第一天"), _("最后一天"), _("摸底"), _("办结"), _("反弹"), _("知道地点的办结")]
    lines = (
        (one.title, one.first_day, one.last_day, tally.baseline, tally.closed, tally.relapsed, tally.placed)
        for one, tally in ((row["campaign"], row["sum"]) for row in rows)
    )
    return rows_as_xlsx(_("专项整治"), heads, lines, title=_("专项整治"))


@require_safe
def campaign_page(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: figures by kind, each opening its rows; the rows with photos paired; all of it as a table."""
    actor, at = staff_of(request, "statistics.read"), clock.now()
    campaign = found.get_campaign(code)
    show = show if (show := request.GET.get("show", "")) in SHOW_WORDS else "all"
    kinds = {kind.code: kind for kind in campaign.kinds}
    kind = kinds.get(request.GET.get("kind", ""))
    rows = found.shown(found.counted(actor, campaign), campaign, show, at)
    if kind:
        rows = rows.filter(category__in=kind.categories)
    rows = rows.select_related("key", "unit", "place", "grid").defer("place__polygon").order_by("-id")
    if request.GET.get("format") == "xlsx":
        return _table(campaign, rows)
    cases = list(rows[:ROWS])
    views = rows_of(actor, cases, at)
    shots = paired_shots([view.case for view in views if not view.hidden])
    context = {
        "campaign": campaign,
        "tallies": found.tallies(actor, campaign, at),
        "rows": [_row(view, shots.get(view.case.reference, {}), campaign, at) for view in views],
        "show": show,
        "show_word": _(SHOW_WORDS[show]),
        "kind": kind,
        "form": RecheckForm(),
        "may_enrol": allows(actor, "cases.verify"),
        "waiting": found.may_join(actor, campaign).count() if allows(actor, "cases.verify") else 0,
        "xlsx": f"?{urlencode({'show': show, 'kind': kind.code if kind else '', 'format': 'xlsx'})}",
    }
    return render(request, "cases/staff/campaign.html", context)


def _row(view: Any, shots: dict[str, Any], campaign: Any, at: Any) -> dict[str, Any]:
    case = view.case
    days = (at - case.closed_at).days if case.closed_at else -1
    due = case.stands is None and days >= campaign.recheck_days and case.status in CLOSED
    return {"view": view, "place": telling.place_words(case), "shots": shots, "due": due, "stands": case.stands}


def _table(campaign: Any, rows: Any) -> HttpResponse:
    kind_of = {code: kind.name for kind in campaign.kinds for code in kind.categories}
    looked = {True: _("好着"), False: _("又乱了"), None: ""}
    lines = (
        [
            case.number,
            kind_of.get(case.category, case.category),
            telling.place_words(case),
            case.received_at,
            case.closed_at,
            looked[case.stands],
            _("没写地点") if case.place_id is None else _("反弹") if case.relapsed else "",
        ]
        for case in rows.iterator(chunk_size=500)
    )
    note = _("反弹：办结后 {days} 天内，同一个地方又收到同一类。").format(days=campaign.relapse_days)
    return rows_as_xlsx(campaign.title, [_(word) for word in HEADERS], lines, title=campaign.title, note=note)


@require_POST
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """Count in what the campaign is about, as its baseline; or one case of the list."""
    actor, number = staff_of(request, "cases.verify"), request.POST.get("number", "")
    if number:
        join_campaign(by=actor, at=clock.now(), number=number, code=code)
        messages.success(request, _("已归到专项里。"))
    else:
        added = enrol_cases(by=actor, at=clock.now(), code=code)
        messages.success(request, _("归进来 {n} 件。").format(n=added))
    return redirect(next_of(request, reverse("campaign", args=[code])))


@require_POST
def recheck(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Somebody else looked again."""
    actor, form = staff_of(request, "cases.verify"), RecheckForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Refused("missing_answer", str(next(iter(form.errors.values()))[0]))
    recheck_case(by=actor, at=clock.now(), number=number, **form.cleaned_data)
    stands = form.cleaned_data["stands"]
    messages.success(request, _("复查记下了：好着。") if stands else _("复查记下了：又乱了。请再报一件，接着办。"))
    return redirect(f"{reverse('campaign', args=[code])}?show=recheck")
