"""带联系方式的导出: asked for, decided by somebody else, taken once more with the reason on every page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.cases.queries import category_name
from gongzhi.common import clock
from gongzhi.common.access import require
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.people.queries import standing_of
from gongzhi.privacy.actions import exports as acts
from gongzhi.privacy.forms import DecisionForm, ExportForm
from gongzhi.privacy.queries import exports as reads
from gongzhi.privacy.queries import rights
from gongzhi.privacy.views.register import OPEN_STATES


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form for who may see contacts; all requests for who decides. The scope comes from the list's own address."""
    actor, at = actor_of(request), clock.now()
    may_decide = bool(actor.paths_for("privacy.approve_export"))
    may_ask = bool(actor.paths_for("cases.reveal_contact") or actor.organizations_for("cases.reveal_contact"))
    if not (may_decide or may_ask):
        require(actor, "privacy.approve_export")
    form = ExportForm(request.POST or None, initial={"scope": request.GET.urlencode()[:180]})
    if request.method == "POST":
        if not may_ask:
            raise Forbidden("forbidden", N_("批的人不能自己申请。"))
        if form.is_valid():
            try:
                acts.ask_export(by=actor, at=at, **form.cleaned_data)
            except Refused as refused:
                put_back(form, refused)
            else:
                messages.success(request, _("申请送到了，批准后在这里取。"))
                return redirect("privacy-exports")
    cases = rights.of_channel(actor, acts.CHANNEL)[:40]
    rows = [
        {
            "case": case,
            "reason": rights.text_of(case),
            "count": rights.answers_of(case).get("count", ""),
            "until": reads.approved_until(case),
            "mine": rights.requester_of(case) == actor.person_id,
            "open": case.status in OPEN_STATES,
        }
        for case in cases
    ]
    scope = request.POST.get("scope", request.GET.urlencode())
    size = len(reads.cases_in(actor, scope, at)) if may_ask else 0
    context = {"form": form, "rows": rows, "may_ask": may_ask, "may_decide": may_decide, "size": size, "now": at}
    context |= {"most": reads.MOST, "decision": DecisionForm()}
    return render(request, "privacy/exports.html", context, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = actor_of(request), DecisionForm(request.POST)
    require(actor, "privacy.approve_export")
    if not form.is_valid():
        messages.error(request, _("请选批或不批，并写明理由。"))
        return redirect("privacy-exports")
    granted = form.cleaned_data["granted"] == "yes"
    acts.decide_export(by=actor, at=clock.now(), number=number, granted=granted, note=form.cleaned_data["note"])
    messages.success(request, _("批了，限时取走。") if granted else _("没有批，理由送到了。"))
    return redirect("privacy-exports")


@never_cache
@require_safe
def file(request: HttpRequest, number: str) -> HttpResponse:
    """The workbook with its watermark; what is read is written down case by case."""
    actor, at = signed_in(request), clock.now()
    taken = acts.take_export(by=actor, at=at, number=number)
    standing = standing_of([actor.reference]).get(actor.reference, actor.reference)
    mark = reads.watermark(taken, standing, at)
    heads = [_("编号"), _("类别"), _("地点"), _("姓名"), _("电话")]
    lines = [
        (
            case.number,
            category_name(case.category),
            case.place.name if case.place else "",
            "、".join(one["name"] for one in contacts),
            "、".join(one["phone"] for one in contacts),
        )
        for case, contacts in taken.rows
    ]
    return rows_as_xlsx(f"{_('联系名单')}-{number}", heads, lines, title=number, note=mark, mark=mark)
