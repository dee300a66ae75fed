"""审批台: entries and periods that wait for a second person; adding up, closing and publishing a period."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.ledger import actions, queries, rules
from gongzhi.ledger.models import LedgerEntry
from gongzhi.ledger.views import OFFICE, row_of, staff

MOST = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for me first; what I wrote myself waits for somebody else."""
    actor = staff_of(request, rules.APPROVE, otherwise=OFFICE)
    rows = [row_of(one) for one in queries.waiting_for(actor)[:MOST]]
    if request.GET.get("as") == "xlsx":
        heads = [_("编号"), _("账本"), _("日期"), _("做了什么"), _("从哪里到哪里"), _("金额")]
        lines = ((*_heading(one["entry"]), one["way"], one["amount"]) for one in rows)
        return rows_as_xlsx(_("等审批"), heads, lines, note=f"{clock.local_date(clock.now()):%Y-%m-%d}")
    periods = list(queries.periods_waiting(actor))
    context = {
        "mine": [one for one in rows if one["entry"].proposer_id != actor.person_id],
        "others": [one for one in rows if one["entry"].proposer_id == actor.person_id],
        "periods": [one for one in periods if one.proposed_by_id != actor.person_id],
    }
    return render(request, "ledger/approvals.html", context)


def _heading(entry: LedgerEntry) -> tuple[object, ...]:
    return entry.number, entry.fund.name, entry.on, entry.narration


@require_POST
def add_up(request: HttpRequest, number: str) -> HttpResponse:
    row = actions.propose_closing(by=staff(request), at=clock.now(), number=number)
    messages.success(request, _("{label} 加总好了，等另一个人结账。").format(label=row.span))
    return redirect("fund", number)


@require_POST
def close(request: HttpRequest, number: str, label: str) -> HttpResponse:
    actions.close_period(by=staff(request), at=clock.now(), number=number, label=label)
    messages.success(request, _("{label} 结账了，不能再记。").format(label=label))
    return redirect("fund", number)


@require_POST
def publish(request: HttpRequest, number: str, label: str) -> HttpResponse:
    made = actions.publish_statement(by=staff(request), at=clock.now(), number=number, label=label)
    messages.success(request, _("写成草稿了。看一遍，送另一个人审核。"))
    return redirect("publication-desk", made.number)
