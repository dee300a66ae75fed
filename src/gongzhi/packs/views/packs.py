"""What the instance runs on, readable: each pack with its source, version and dates; and a new calendar year."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import require
from gongzhi.common.asking import staff_of
from gongzhi.common.text import N_
from gongzhi.packs import actions, exporting, queries
from gongzhi.packs.contents import CalendarPack, LawPack
from gongzhi.packs.duty_contents import FUNCTION_WORDS, DutiesPack
from gongzhi.packs.forms import CalendarYearForm
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.reading import WrongPack
from gongzhi.packs.views.laws import law_context

WORDS = {
    "kinds": {
        "region": N_("区域"),
        "grid": N_("网格"),
        "building": N_("楼栋"),
        "dwelling": N_("住房"),
        "venue": N_("场地"),
    },
    "spans": {
        "minutes": N_("分钟"),
        "working_minutes": N_("工作分钟"),
        "working_days": N_("工作日"),
        "calendar_days": N_("天，休息日也算"),
    },
    "privacy": {
        "open": N_("办理单位都看得到"),
        "named": N_("看得到事，看不到人"),
        "confidential": N_("只有接待的人看"),
    },
}
# Packs are rules: all staff may read them.
READ = "places.read"
# The holiday table should be renewed when fewer days than this are known.
NEAR_DAYS = 45


@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    """All versions, newest of each name first."""
    actor = staff_of(request, READ)
    rows = [{"row": row, "pack": queries.content_of(row)} for row in queries.all_packs()]
    if request.GET.get("format") == "xlsx":
        return exporting.packs_as_xlsx(rows)
    calendar = queries.calendar()
    context = {
        "rows": rows,
        "active": queries.in_use().model_reference,
        "known_until": calendar.known_until,
        "near": (calendar.known_until - clock.local_date(clock.now())).days < NEAR_DAYS,
        "may_add": "packs.load" in {name for scope in actor.scopes for name in scope.permissions},
    }
    return render(request, "packs/list.html", context)


@require_GET
def pack(request: HttpRequest, kind: str, name: str, version: str) -> HttpResponse:
    """One version in tables."""
    staff_of(request, READ)
    content = queries.pack_by_reference(f"pack:{kind}/{name}/{version}")
    as_file = request.GET.get("format") == "xlsx"
    context = {"pack": content, "kind": kind}
    if isinstance(content, ModelPack):
        words = _words_of(content)
        if as_file:
            return exporting.categories_as_xlsx(content, words)
        return render(request, "packs/model.html", {**context, "words": words})
    if isinstance(content, CalendarPack):
        if as_file:
            return exporting.holidays_as_xlsx(content)
        return render(request, "packs/calendar.html", {**context, "years": content.years[::-1]})
    if isinstance(content, LawPack):
        return render(request, "packs/law.html", {**context, **law_context(content)})
    if isinstance(content, DutiesPack):
        if as_file:
            return exporting.duties_as_xlsx(content, _duty_words())
        return render(request, "packs/duties.html", {**context, **_duty_words()})
    return render(request, "packs/plain.html", {**context, "text": queries.text_of(kind, name, version)})


def _words_of(pack: ModelPack) -> dict[str, dict[str, str]]:
    """What the pack's codes are called: the house's own, and those that the pack names itself."""
    own: dict[str, dict[str, str]] = {
        "levels": {item.code: item.name for item in pack.levels},
        "roles": {item.code: item.name for item in pack.roles},
        "units": {item.code: item.name for item in pack.unit_kinds},
        "priorities": {str(item.priority): item.name for item in pack.clocks},
    }
    house = {table: {code: _(word) for code, word in words.items()} for table, words in WORDS.items()}
    return {**house, **own}


def _duty_words() -> dict[str, dict[str, str]]:
    """Names of what a duty list's codes stand for, from the model in use."""
    model = queries.active_model()
    return {
        "categories": {item.code: item.name for item in queries.categories()},
        "kinds": {item.code: item.name for item in model.unit_kinds},
        "functions": {code: _(word) for code, word in FUNCTION_WORDS.items()},
    }


@require_http_methods(["GET", "POST"])
def add_year(request: HttpRequest) -> HttpResponse:
    """A new year's holidays; deadlines that cross them are worked out again at once."""
    actor = staff_of(request, READ)
    require(actor, "packs.load")
    form = CalendarYearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.add_calendar_year(by=actor, at=clock.now(), year=form.notice())
        except WrongPack as wrong:
            form.add_error("holidays", str(wrong.facts["problem"]))
        else:
            messages.success(request, _("记下了，{days} 天的安排变了，时限已重算。").format(days=len(changed.days)))
            return redirect("packs")
    return render(request, "packs/add_year.html", {"form": form})
