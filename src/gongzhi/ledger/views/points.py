"""积分和时间银行 for everybody: the rules of each fund; for oneself: what is there, when it ends, every entry."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.ledger import holding, queries, rules, shown, words
from gongzhi.ledger.actions import objecting, persons
from gongzhi.ledger.forms_points import LEAVING, LeaveForm, ReasonForm, TransferForm
from gongzhi.ledger.models import Account, Fund, LedgerEntry
from gongzhi.ledger.views import TONES
from gongzhi.ledger.views.funds import CONFIDENCE
from gongzhi.packs.fund_contents import AWARD, BACK_ENTRY, BY_BOTH, HELPED, SERVED, Earn, FundPack, Persons

HOW = {
    SERVED: N_("受助的人确认以后自动记"),
    BACK_ENTRY: N_("事后补录，要另一个人审批"),
    HELPED: N_("对方确认以后记，要另一个人审批"),
    AWARD: N_("评议小组一人写、另一人批"),
}
REDEEM = {"services": N_("服务"), "goods": N_("物品")}


# --- the rules, for everybody -------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every fund that people can join."""
    rows = [{"fund": fund, "kind": kind, "sure": _sure(kind)} for fund, kind in holding.funds_of_persons()]
    return render(request, "ledger/points.html", {"rows": rows})


def _sure(kind: FundPack) -> str:
    return _(CONFIDENCE.get(kind.confidence, ""))


@require_safe
def fund(request: HttpRequest, number: str) -> HttpResponse:
    """How one earns, keeps, uses and loses; whose numbers these are; the button to join."""
    found, kind, persons_ = holding.get_fund(number)
    actor = actor_of(request)
    context = {
        "fund": found,
        "kind": kind,
        "persons": persons_,
        "sure": _sure(kind),
        "earns": [_earn(one, found, kind) for one in persons_.earns],
        "facts": _facts(found, persons_),
        "joined": bool(actor.person_id) and bool(holding.accounts_in(found, actor.person_id)),
    }
    return render(request, "ledger/points_fund.html", context)


def _earn(one: Earn, fund: Fund, kind: FundPack) -> dict[str, str]:
    """One rule in words: how much for what, up to where, on which account."""
    line = kind.account(one.line)
    gives = shown.money(one.gives, fund.unit)
    per = _("每次") if one.origin == AWARD else _("每 {n} 分钟").format(n=one.per)
    caps = []
    if one.day_most:
        caps.append(_("一个人一天最多 {most}").format(most=shown.money(one.day_most, fund.unit)))
    if one.host_month_most:
        caps.append(_("一个单位一个月最多 {most}").format(most=shown.money(one.host_month_most, fund.unit)))
    return {
        "name": one.name,
        "gives": _("{per}记 {gives}").format(per=per, gives=gives),
        "how": _(HOW[one.origin]),
        "caps": "；".join(caps),
        "line": line.name if line else one.line,
        "illustrative": _("示意") if one.illustrative else "",
        "sure": _(CONFIDENCE.get(one.confidence or kind.confidence, "")),
    }


def _facts(fund: Fund, given: Persons) -> list[tuple[str, str]]:
    """What the kind says beside earning, as pairs."""
    lasts = _("不到期")
    if given.ends_with_year:
        lasts = _("当年12月31日作废")
    elif given.lasts_months:
        lasts = _("{n} 个月以后作废").format(n=given.lasts_months)
    found = [
        (_("多久有效"), lasts),
        (_("用的时候"), _("先用快到期的")),
        (_("能换什么"), "、".join(_(REDEEM[one]) for one in given.redeem)),
        (_("转给家人"), _("可以，两个人都同意") if given.to_relatives else _("不可以")),
        (_("退出的时候"), _("剩下的{what}").format(what="／".join(str(LEAVING[one]) for one in given.leaving))),
    ]
    if given.ends_with_year or given.lasts_months:
        found.insert(1, (_("到期提醒"), _("提前 {n} 天").format(n=given.warn_days)))
    if given.most_kept:
        most = shown.money(given.most_kept, fund.unit)
        found.insert(1, (_("最多存"), _("{most}，超出的捐给大家").format(most=most)))
    return found


@require_POST
def join(request: HttpRequest, number: str) -> HttpResponse:
    listed = request.POST.get("listed") == "yes"
    persons.join(by=signed_in(request), at=clock.now(), number=number, listed=listed)
    messages.success(request, _("参加了。代号在这一页，报给评议小组用。"))
    return redirect("my-points-fund", number)


# --- one's own ----------------------------------------------------------------------------------------------------


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I have in each fund, what ends first; which others I could join."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    accounts = holding.accounts_of(actor.person_id)
    lots = holding.lots_of(accounts)
    funds = {one.fund_id: one.fund for one in accounts}
    kinds = queries.kinds_of(funds.values())
    rows = []
    for number, fund in funds.items():
        own = [one for one in accounts if one.fund_id == number]
        rows.append({"fund": fund, "left": own[0].until, **_held(own, lots, kinds[fund.pack], today)})
    others = [(one, kind) for one, kind in holding.funds_of_persons() if one.pk not in funds]
    asked = holding.transfers_waiting(actor.person_id)
    waits = [one for one in asked if one.proposer_id != actor.person_id]
    return render(request, "ledger/my_points.html", {"rows": rows, "others": others, "waits": waits})


def _held(own: list[Account], lots: dict[int, list[rules.Lot]], kind: FundPack, today: dt.date) -> dict[str, Any]:
    """By class, and what ends when; all of it in the unit's words."""
    classes, ends, unit = [], [], kind.unit
    spends = kind.persons.spends if kind.persons else ""
    for one in own:
        living = rules.living(lots.get(one.pk, []), today)
        line = kind.account(one.line)
        amount = shown.money(sum(lot.amount for lot in living), unit)
        classes.append({"name": line.name if line else one.line, "amount": amount, "spends": one.line == spends})
        if one.line == spends:
            ends = [(lot.expires_on, shown.money(lot.amount, unit)) for lot in living]
    return {"classes": classes, "ends": ends, "code": own[0].name, "account": own[0]}


@require_safe
def own(request: HttpRequest, number: str) -> HttpResponse:
    return _own(request, number)


def _own(request: HttpRequest, number: str, objecting_to: str = "", **forms: Form) -> HttpResponse:
    """One fund: what I have, what waits for my word, every entry with its rule, and how to leave."""
    actor, today = signed_in(request), clock.local_date(clock.now())
    fund, kind, given = holding.get_fund(number)
    held = list(holding.accounts_in(fund, actor.person_id, joined=False).values())
    if not held:
        return redirect("points-fund", number)
    waits = [one for one in holding.transfers_waiting(actor.person_id) if one.fund_id == fund.pk]
    entries = list(holding.entries_on(held)[: holding.NEWEST])
    context = {
        "fund": fund,
        "kind": kind,
        "persons": given,
        "sure": _sure(kind),
        "left": held[0].until,
        **_held(held, holding.lots_of(held), kind, today),
        "asked": [_waiting(one) for one in waits if one.proposer_id != actor.person_id],
        "offered": [_waiting(one) for one in waits if one.proposer_id == actor.person_id],
        "entries": [_row(one, held, kind) for one in entries],
        "transfer": forms.get("transfer") or TransferForm(),
        "leaving": forms.get("leaving") or LeaveForm(persons=given),
        "reason": forms.get("reason") or ReasonForm(),
        "objecting_to": objecting_to,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "ledger/my_points_fund.html", context, status=422 if wrong else 200)


def _waiting(entry: LedgerEntry) -> dict[str, Any]:
    source = next(one.account.name for one in entry.postings.all() if one.amount < 0)
    target = next(one.account.name for one in entry.postings.all() if one.amount > 0)
    amount = shown.money(entry.amount, entry.fund.unit)
    return {"entry": entry, "amount": amount, "source": source, "target": target}


def _row(entry: LedgerEntry, held: list[Account], kind: FundPack) -> dict[str, Any]:
    """An entry as its holder reads it: more or less, by which rule, until when, what was clipped or given to all."""
    mine = {one.pk for one in held}
    lines = [one for one in entry.postings.all() if one.account_id in mine]
    change, unit = sum(one.amount for one in lines), kind.unit
    rule = kind.persons.earn(str(entry.facts.get("rule", ""))) if kind.persons else None
    movement = kind.movement(entry.movement)
    line = kind.account(lines[0].account.line)
    state = queries.state_of(entry)
    tone, icon = TONES[state]
    both = state == "waiting" and entry.movement in BY_BOTH
    ends = sorted({one.expires_on for one in lines if one.expires_on and one.amount > 0})
    clipped = entry.facts.get("full", 0) > entry.amount
    objection = max(entry.objections.all(), key=lambda one: one.at, default=None)
    return {
        "entry": entry,
        "change": ("+" if change > 0 else "−" if change < 0 else "") + shown.money(abs(change), unit),
        "rule": rule.name if rule else movement.name if movement else entry.movement,
        "line": line.name if line else "",
        "ends": ends[-1] if ends else None,
        "clipped": shown.money(entry.facts["full"], unit) if clipped else "",
        "to_all": shown.money(entry.facts["to_all"], unit) if entry.facts.get("to_all") else "",
        "badge": (tone, icon, _("等对方同意") if both else _(shown.STATE_WORDS[state])),
        "objection": objection,
        "answer": words.objection_of(objection)["answer"] if objection and objection.upheld is not None else "",
        "may_object": entry.movement not in BY_BOTH and (objection is None or objection.upheld is not None),
    }


def _did(
    request: HttpRequest, number: str, name: str, form: Form, act: Callable[[], object], said: str
) -> HttpResponse:
    """One of the forms of one's own page: done, or shown again with what is wrong."""
    if not form.is_valid() or tried(form, lambda: act() or True) is None:
        return _own(request, number, "", **{name: form})
    messages.success(request, said)
    return redirect("my-points-fund", number)


@require_POST
def transfer(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = signed_in(request), TransferForm(request.POST)

    def act() -> object:
        given = {name: form.cleaned_data[name] for name in ("to", "amount", "request")}
        return persons.offer_transfer(by=actor, at=clock.now(), number=number, **given)

    return _did(request, number, "transfer", form, act, _("写好了，等家人同意。"))


@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    actor = signed_in(request)
    form = LeaveForm(request.POST, persons=holding.get_fund(number)[2])

    def act() -> object:
        return persons.leave(by=actor, at=clock.now(), number=number, rest=form.cleaned_data["rest"])

    return _did(request, number, "leaving", form, act, _("退出了。以前的记录还看得到。"))


@require_POST
def listed(request: HttpRequest, number: str) -> HttpResponse:
    wanted = request.POST.get("listed") == "yes"
    persons.set_listed(by=signed_in(request), at=clock.now(), number=number, listed=wanted)
    messages.success(request, _("以后公布时写您的代号。") if wanted else _("以后公布时不写您的代号。"))
    return redirect("my-points-fund", number)


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The relative agrees or not; who gives takes it back."""
    agreed = request.POST.get("agreed") == "yes"
    entry = persons.answer_transfer(by=signed_in(request), at=clock.now(), number=number, agreed=agreed)
    messages.success(request, _("收下了。") if agreed else _("这一笔不转了。"))
    return redirect("my-points-fund", entry.fund.number)


@require_POST
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    actor, form = signed_in(request), ReasonForm(request.POST)
    entry, _account = holding.own_entry(actor.person_id, number)
    fund = entry.fund.number
    if not form.is_valid():
        return _own(request, fund, objecting_to=number, reason=form)

    def act() -> object:
        return objecting.object_to(by=actor, at=clock.now(), number=number, reason=form.cleaned_data["reason"])

    return _did(request, fund, "reason", form, act, _("异议记下了。由没经手的人答复，答复会通知您。"))
