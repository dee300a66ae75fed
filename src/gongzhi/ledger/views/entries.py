"""The entries of a fund, writing one, one entry: its lines, papers, who decided, how it is undone."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import tried
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.documents.registry import may_change
from gongzhi.duties.registry import resolve
from gongzhi.ledger import actions, queries, rules, shown
from gongzhi.ledger.forms import NoteForm, WriteForm
from gongzhi.ledger.models import Fund, LedgerEntry
from gongzhi.ledger.views import party_shown, row_of, staff

MOST_ROWS = 20_000


@require_safe
def index(request: HttpRequest, number: str) -> HttpResponse:
    """The newest first, page by page; `?account=F001-1` those of one account, `?waiting=1` those that wait."""
    actor = staff(request)
    fund = queries.get_fund_for(actor, number)
    account, waiting = request.GET.get("account", "")[:12], request.GET.get("waiting") == "1"
    rows = queries.entries_of(actor, fund)
    if request.GET.get("as") == "xlsx":
        found = queries.entries_page(rows, limit=MOST_ROWS, account=account, waiting=waiting)
        return _table(fund, [row_of(one) for one in found.items])
    cursor = request.GET.get("cursor", "")
    found = queries.entries_page(rows, cursor=cursor, account=account, waiting=waiting)
    given = request.GET.copy()
    given["cursor"] = found.next_cursor
    context = {
        "fund": fund,
        "rows": [row_of(one) for one in found.items],
        "next_url": f"?{given.urlencode()}" if found.next_cursor else "",
        "account": fund.accounts.filter(code=account).first(),
        "waiting": waiting,
    }
    return render(request, "ledger/entries.html", context)


def _table(fund: Fund, rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [
        _("编号"),
        _("日期"),
        _("做了什么"),
        _("从哪里到哪里"),
        _("金额"),
        _("情况"),
        _("用在哪件事上"),
        _("凭哪个决定"),
    ]
    lines = (
        (
            one["entry"].number,
            one["entry"].on,
            one["entry"].narration,
            one["way"],
            rules.amount_text(one["change"] or one["entry"].amount, fund.unit),
            one["word"],
            one["entry"].about,
            one["entry"].decision,
        )
        for one in rows
    )
    note = _("{name}，单位：{unit}").format(name=fund.name, unit=_(fund.get_unit_display()))
    return rows_as_xlsx(_("分录"), heads, lines, note=note)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, number: str) -> HttpResponse:
    """What happened, then the form for it: `?movement=` chooses."""
    actor, today = staff(request), clock.local_date(clock.now())
    fund = queries.get_fund_for(actor, number)
    require(actor, rules.PROPOSE, path=fund.path)
    pack = queries.kind_of(fund)
    movement = pack.movement(request.GET.get("movement", ""))
    if movement not in pack.free_movements:
        return render(request, "ledger/movements.html", {"fund": fund, "pack": pack})
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    about = {name: request.GET.get(name, "")[:60] for name in ("about", "decision")}
    form = WriteForm(*sent, fund=fund, movement=movement, today=today, initial=about)
    if sent and form.is_valid():
        entry = tried(form, lambda: _propose(actor, fund, form))
        if entry is not None:
            counted = queries.state_of(entry) == "approved"
            messages.success(request, _("记好了。") if counted else _("写好了，等另一个人审批。"))
            return redirect("ledger-entry", entry.number)
    context = {"fund": fund, "movement": movement, "form": form, "limit": shown.money(fund.second_above, fund.unit)}
    return render(request, "ledger/write.html", context, status=422 if form.errors else 200)


def _propose(actor: Actor, fund: Fund, form: WriteForm) -> LedgerEntry:
    return actions.propose_entry(by=actor, at=clock.now(), number=fund.number, written=form.written())


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(request: HttpRequest, number: str, form: NoteForm | None = None) -> HttpResponse:
    actor = staff(request)
    entry = queries.get_entry_for(actor, number)
    fund, state = entry.fund, queries.state_of(entry)
    mine, undoing = entry.proposer_id == actor.person_id, queries.undone_by(entry)
    writes, approves = (queries.may(actor, one, fund) for one in (rules.PROPOSE, rules.APPROVE))
    context = {
        **row_of(entry),
        "fund": fund,
        "movement": queries.movement_of(fund, entry.movement),
        "lines": [_line(one, fund) for one in entry.postings.select_related("account").order_by("-amount", "pk")],
        "party": party_shown(entry),
        "papers": queries.papers_of(entry),
        "shown_papers": queries.shown_papers([entry]),
        "may_cover": may_change(actor, entry.reference),
        "may_add": writes and state in ("waiting", "approved"),
        "may_show": approves and not mine and state == "approved",
        "about": resolve(actor, entry.about) if entry.about else None,
        "decision": resolve(actor, entry.decision) if entry.decision else None,
        "decides": state == "waiting" and approves and not mine,
        "withdraws": state == "waiting" and mine and writes,
        "undoes": state == "approved" and writes and entry.reverses_id is None and undoing is None,
        "undoing": undoing,
        "own": shown.money(entry.facts["own"], fund.unit) if "own" in entry.facts else "",
        "form": form or NoteForm(),
        "limit": shown.money(entry.facts.get("limit", fund.second_above), fund.unit),
    }
    return render(request, "ledger/entry.html", context, status=422 if form and form.errors else 200)


def _line(line: Any, fund: Fund) -> dict[str, str]:
    amount = rules.amount_text(abs(line.amount), fund.unit)
    debit, credit = (amount, "") if line.amount > 0 else ("", amount)
    return {"code": line.account.code, "name": line.account.name, "debit": debit, "credit": credit}


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """同意 or 不同意 with a reason; nothing is preselected."""
    actor, granted = staff(request), request.POST.get("granted")
    if granted not in ("yes", "no"):
        raise Refused("answer_missing", N_("请选同意或不同意。"))
    form = NoteForm(request.POST)
    note = str(request.POST.get("note", ""))

    def act() -> LedgerEntry:
        yes = granted == "yes"
        return actions.decide_entry(by=actor, at=clock.now(), number=number, granted=yes, note=note)

    if granted == "no" and not form.is_valid():
        return _page(request, number, form)
    if granted == "yes":
        form = NoteForm({"note": note or "-"})
        form.is_valid()
    if tried(form, act) is None:
        return _page(request, number, form)
    messages.success(request, _("同意了，已经记入。") if granted == "yes" else _("没有同意，退回给记账的人。"))
    return redirect("ledger-entry", number)


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    actions.withdraw_entry(by=staff(request), at=clock.now(), number=number)
    messages.success(request, _("撤回了。这个编号留着，不算数。"))
    return redirect("ledger-entry", number)


@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = staff(request), NoteForm(request.POST)
    at: dt.datetime = clock.now()
    if not form.is_valid():
        return _page(request, number, form)
    reason = form.cleaned_data["note"]
    made = tried(form, lambda: actions.reverse_entry(by=actor, at=at, number=number, reason=reason))
    if made is None:
        return _page(request, number, form)
    messages.success(request, _("冲销写好了，等另一个人审批。"))
    return redirect("ledger-entry", made.number)


@require_POST
def show(request: HttpRequest, number: str, media_id: uuid.UUID) -> HttpResponse:
    actions.show_paper(by=staff(request), at=clock.now(), number=number, media_id=media_id)
    messages.success(request, _("这张票据公开了。看到的是遮住以后的样子。"))
    return redirect(f"{reverse('ledger-entry', args=[number])}#papers")
