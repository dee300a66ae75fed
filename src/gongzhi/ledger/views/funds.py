"""Funds of one's places, one fund, its statements, opening a fund."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.audit.queries import links_of
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.duties.registry import resolve
from gongzhi.ledger import actions, bundle, disclosing, queries, rules, shown
from gongzhi.ledger.forms import OpenForm
from gongzhi.ledger.models import AccountKind, Fund
from gongzhi.ledger.queries import Statement
from gongzhi.ledger.views import OFFICE, lines_file, row_of, staff
from gongzhi.packs.fund_contents import FundPack

CONFIDENCE = {
    "D": N_("产品默认"),
    "M": N_("凭记忆，待核对"),
    "V": N_("待核对"),
    "P": N_("外地做法"),
    "S": N_("来源材料"),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The funds of one's places, with what each holds."""
    actor = staff(request)
    rows = [_fund_row(fund) for fund in queries.funds_page(actor)]
    if request.GET.get("as") == "xlsx":
        heads = [_("编号"), _("账本"), _("种类"), _("哪里"), _("谁管"), _("结余"), _("单位"), _("从哪天")]
        lines = (
            (
                one["fund"].number,
                one["fund"].name,
                one["kind"],
                one["fund"].place.name,
                one["fund"].organization.name,
                rules.amount_text(one["fund"].held, one["fund"].unit),
                _(one["fund"].get_unit_display()),
                one["fund"].opened_on,
            )
            for one in rows
        )
        return rows_as_xlsx(_("账本"), heads, lines, note=f"{clock.local_date(clock.now()):%Y-%m-%d}")
    context = {
        "rows": rows,
        "opens": bool(actor.paths_for(rules.OPEN)),
        "approves": bool(actor.paths_for(rules.APPROVE)),
        "waiting": queries.waiting_for(actor).count() if actor.paths_for(rules.APPROVE) else 0,
    }
    return render(request, "ledger/funds.html", context)


def _fund_row(fund: Any) -> dict[str, Any]:
    level = queries.level_of(fund)
    held = shown.money(fund.held, fund.unit)
    return {"fund": fund, "held": held, "kind": queries.kind_of(fund).title, "low": level is not None and level.low}


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """What it holds, by purpose; what is asked of it; the newest entries; periods to close and publish."""
    actor, today = staff(request), clock.local_date(clock.now())
    fund = queries.get_fund_for(actor, number)
    pack, accounts, sums = queries.kind_of(fund), list(queries.lines_of(fund)), queries.held_by_line(fund)
    held = [one for one in accounts if one.kind == AccountKind.ASSETS]
    until = queries.closed_until(fund)
    context = {
        "fund": fund,
        "pack": pack,
        "sure": _(CONFIDENCE.get(pack.confidence, "")),
        "held": shown.money(sum(sums[one.line] for one in held), fund.unit),
        "limit": shown.money(fund.second_above, fund.unit),
        "lines": [(one, shown.money(sums[one.line], fund.unit)) for one in held],
        "bars": purpose_bars(fund, pack),
        "level": _level(fund),
        "entries": [row_of(one) for one in queries.entries_page(queries.entries_of(actor, fund), limit=8).items],
        "can": {one.partition(".")[2] for one in _PERMISSIONS if queries.may(actor, one, fund)},
        "until": until,
        "next": rules.next_span(pack.close_every, fund.opened_on, until),
        "today": today,
        "added": fund.periods.filter(closed_at=None).order_by("first").last(),
        "spans": _spans(fund, pack, until, today),
        "published": [one.items for one in disclosing.disclosed([fund])],
        "cited": _cited(actor, fund),
        "host": next((one.name for one in pack.hosts if one.code == fund.host), fund.host),
    }
    return render(request, "ledger/fund.html", context)


_PERMISSIONS = (rules.PROPOSE, rules.APPROVE, rules.OPEN)


@require_safe
def books(request: HttpRequest, number: str) -> HttpResponse:
    """Every entry and what was decided on it, to be added up by whoever audits; who was paid is not in it."""
    fund = queries.get_fund_for(staff(request), number)
    return lines_file(bundle.whole_lines(fund), f"{fund.number}-books.jsonl")


def purpose_bars(fund: Fund, pack: FundPack) -> list[dict[str, Any]]:
    """Of each purpose: what was put there and what of it is spent, as two bars on one scale."""
    whole = queries.statement(fund, fund.opened_on, dt.date.max)
    found, most = [], 1
    for purpose in pack.purposes:
        rows = [row for row in whole.rows if row.account.purpose == purpose.code]
        got = sum(row.more for row in rows if row.account.kind == AccountKind.ASSETS)
        spent = sum(row.change for row in rows if row.account.kind == AccountKind.EXPENSES)
        most = max(most, got, spent)
        found.append((purpose.name, got, spent))
    return [
        {
            "name": name,
            "got": shown.money(got, fund.unit) if got else "",
            "spent": shown.money(spent, fund.unit),
            "got_bar": got * 1000 // most,
            "spent_bar": max(spent, 0) * 1000 // most,
        }
        for name, got, spent in found
    ]


def _level(fund: Fund) -> dict[str, Any] | None:
    level = queries.level_of(fund)
    if level is None:
        return None
    words = {name: shown.money(getattr(level, name), fund.unit) for name in ("left", "total", "line", "missing")}
    return {"level": level, "share": rules.percent(level.share), **words}


def _spans(fund: Fund, pack: FundPack, until: dt.date | None, today: dt.date) -> list[dict[str, Any]]:
    """The newest periods for statements, which of them may be published."""
    spans = rules.spans_between(pack.publish_every, fund.opened_on, max(today, fund.opened_on))[:5]
    return [{"span": span, "closed": until is not None and span.last <= until} for span in spans]


def _cited(actor: Actor, fund: Fund) -> list[dict[str, Any]]:
    """费随事转: the work elsewhere that names one of this fund's accounts as where its money comes from."""
    found = []
    for account in queries.lines_of(fund).filter(kind=AccountKind.ASSETS):
        for one in links_of(account.reference):
            if one.relation == "funded_by" and one.target == account.reference:
                known = resolve(actor, one.source)
                found.append(
                    {"account": account, "words": known.words if known else "", "url": known.url if known else ""}
                )
    return found[-20:][::-1]


@require_safe
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """收支表 of a month, quarter or any two days: `?period=2026-Q1`, `?first=…&last=…`; as a table to take along."""
    actor = staff(request)
    fund = queries.get_fund_for(actor, number)
    found, label = _asked(request, fund)
    if request.GET.get("as") == "xlsx":
        return _statement_table(found, label)
    sections = [
        (_("收入"), found.of("income"), shown.money(found.income, fund.unit)),
        (_("支出"), found.of("expenses"), shown.money(found.expense, fund.unit)),
    ]
    context = {
        "fund": fund,
        "found": found,
        "label": label,
        "sections": [(word, [_statement_row(row, fund) for row in rows], total) for word, rows, total in sections],
        "accounts": [_statement_row(row, fund) for row in (*found.of("assets"), *found.of("liabilities"))],
        "opening": shown.money(found.opening, fund.unit),
        "other": shown.money(found.other, fund.unit) if found.other else "",
        "closing": shown.money(found.closing, fund.unit),
    }
    return render(request, "ledger/statement.html", context)


def _asked(request: HttpRequest, fund: Fund) -> tuple[Statement, str]:
    """Raises NotFound `no_such_period`."""
    today, pack = clock.local_date(clock.now()), queries.kind_of(fund)
    label = request.GET.get("period", "") or rules.span_of(pack.publish_every, today).label
    last = max(today, fund.opened_on)
    spans = [span for every in ("month", "quarter") for span in rules.spans_between(every, fund.opened_on, last)]
    span = next((one for one in spans if one.label == label), None)
    if span is None:
        raise NotFound("no_such_period", N_("这本账没有这一期。请从列表里选。"))
    return queries.statement(fund, span.first, span.last), label


def _statement_row(row: queries.AccountRow, fund: Fund) -> dict[str, Any]:
    names = ("opening", "more", "less", "change", "closing")
    return {"account": row.account, **{name: rules.amount_text(getattr(row, name), fund.unit) for name in names}}


def _statement_table(found: Statement, label: str) -> HttpResponse:
    heads = [_("账户"), _("类别"), _("期初"), _("增加"), _("减少"), _("期末")]
    lines = (
        (
            f"{row.account.code} {row.account.name}",
            _(row.account.get_kind_display()),
            *(rules.amount_text(value, found.fund.unit) for value in (row.opening, row.more, row.less, row.closing)),
        )
        for row in found.rows
    )
    note = _("{name} {first} 到 {last}，单位：{unit}").format(
        name=found.fund.name, first=found.first, last=found.last, unit=_(found.fund.get_unit_display())
    )
    return rows_as_xlsx(_("收支表 {label}").format(label=label), heads, lines, note=note)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Which kind, then who holds it: `?kind=` chooses, the form follows."""
    actor = staff_of(request, rules.OPEN, otherwise=OFFICE)
    today = clock.local_date(clock.now())
    kinds = queries.kinds_in_force(today)
    chosen = kinds.get(request.GET.get("kind", ""))
    if chosen is None:
        return render(request, "ledger/kinds.html", {"kinds": [pack for pack, _reference in kinds.values()]})
    pack = chosen[0]
    given = request.POST if request.method == "POST" else None
    form = OpenForm(given, actor=actor, pack=pack, today=today, initial={"opened_on": today, "name": pack.title})
    if request.method == "POST" and form.is_valid():
        fund = tried(form, lambda: _open(actor, pack, form))
        if fund is not None:
            messages.success(request, _("开好了。先记期初余额，再记收支。"))
            return redirect("fund", fund.number)
    status = 422 if form.errors else 200
    return render(request, "ledger/open.html", {"form": form, "pack": pack}, status=status)


def _open(actor: Actor, pack: FundPack, form: OpenForm) -> Fund:
    given = form.cleaned_data
    body = given["organization"]
    return actions.open_fund(
        by=actor,
        at=clock.now(),
        kind=pack.name,
        name=given["name"],
        place=body.place,
        organization=body,
        host=given["host"],
        proof=given["proof"],
        opened_on=given["opened_on"],
        second_above=given["second_above"],
        first_total=given.get("first_total"),
    )
