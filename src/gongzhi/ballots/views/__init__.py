"""Votes for those who may vote: the list, the vote in three taps, the receipt, the roll, the record."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.ballots import actions, budgets, elections, queries, rules, shown, spending
from gongzhi.ballots.forms import CastForm, ManyForm, ProxyForm, ReasonForm
from gongzhi.ballots.forms_budgets import SpendForm
from gongzhi.ballots.forms_elections import LotForm, NextForm
from gongzhi.ballots.models import Proxy, RollEntry, Vote
from gongzhi.ballots.views.naming import nominating
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.publications.rules import WRITE


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The votes that the reader may vote in or see, running ones first."""
    actor, at = signed_in(request), clock.now()
    rows = [shown.row(vote) for vote in queries.votes_for(actor)]
    if request.GET.get("as") == "xlsx":
        heads = [_("编号"), _("表决什么"), _("谁来办"), _("截止"), _("情况")]
        lines = (
            (
                each["vote"].number,
                each["vote"].title,
                each["vote"].organization.name,
                each["vote"].closes_at,
                each["word"],
            )
            for each in rows
        )
        return rows_as_xlsx(_("表决"), heads, lines, note=f"{clock.local_date(at):%Y-%m-%d}")
    running = [each for each in rows if each["vote"].status in ("open", "counting", "draft")]
    context = {
        "running": running,
        "over": [each for each in rows if each not in running],
        "holds": bool(actor.paths_for(rules.HOLD)),
        "staff": bool(actor.roles),
    }
    return render(request, "ballots/index.html", context)


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return page_of(request, queries.get_vote_for(signed_in(request), number, naming=True))


def page_of(request: HttpRequest, vote: Vote, **forms: Form) -> HttpResponse:
    """One vote as this reader sees it; `forms` come back with what was wrong in them."""
    actor, at = signed_in(request), clock.now()
    vote = elections.with_names(actor, at, vote)
    if not vote.rule:
        return nominating(request, actor, vote, **forms)
    rule = queries.rule_of(vote)
    quorum, people = queries.progress_of(vote), shown.of_people(vote)
    context = {
        **shown.row(vote),
        "bars": shown.bars(quorum, people),
        "agree": shown.needed(queries.agreement_of(vote)) if quorum.met and rule.method == "resolution" else [],
        "origins": [(_(rules.ORIGIN_WORDS[way]), n) for way, n in queries.origins_of(vote).items()],
        "taking_part": queries.participants(vote).count(),
        "mine": [_mine(vote, one, forms) for one in queries.mine_in(actor, vote)],
        "running": vote.status == "open" and at <= vote.closes_at,
        "over": at >= vote.closes_at,
        "online": "online" in rule.origins,
        "proxied": rule.proxies is not None,
        "effect": _(rules.EFFECT_WORDS[vote.legal_effect]),
        "people": people,
        "quorum": shown.shares(vote.rule["quorum"], people),
        "majority": shown.shares(vote.rule["majority"], people),
        "rule": vote.rule,
        "now": at,
        "election": vote.basis.get("election"),
        "money": spending.terms_shown(vote) if budgets.is_budget(vote) else None,
        **_rounds(actor, vote, forms),
        **_result(vote, request),
        **_for_office(actor, vote, forms),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "ballots/vote.html", context, status=422 if wrong else 200)


def _rounds(actor: Actor, vote: Vote, forms: dict[str, Form]) -> dict[str, Any]:
    """Of an election: which round it is, the ones before and after, what may come next."""
    election = vote.basis.get("election")
    if election is None:
        return {}
    later = vote.rounds.exclude(status="cancelled").first()
    found: dict[str, Any] = {"round": _(elections.ROUND_WORDS[election["round"]]), "later": later}
    if vote.status == "counted" and later is None and queries.may(actor, rules.HOLD, vote):
        try:
            kind, candidates, seats = elections.next_of(vote)
        except Conflict as conflict:
            return {**found, "no_next": _(conflict.message)}
        found |= {"next_word": _(elections.ROUND_WORDS[kind]), "next_seats": seats, "next_count": len(candidates)}
        found["next_form"] = forms.get("next") or NextForm(auto_id="next-%s")
    if vote.status == "counting" and vote.rule["ties"]["by"] == "lot":
        found["lot_form"] = forms.get("lot") or LotForm(vote=vote, auto_id="lot-%s")
    return found


def _form_of(vote: Vote) -> type[CastForm] | type[ManyForm] | type[SpendForm]:
    if budgets.is_budget(vote):
        return SpendForm
    return CastForm if vote.rule["most_marks"] == 1 else ManyForm


def _mine(vote: Vote, one: queries.Mine, forms: dict[str, Form]) -> dict[str, Any]:
    """An entitlement of the reader's with its form or its receipt."""
    entry, kind = one.entry, _form_of(vote)
    name = f"cast{entry.position}"
    weights = [
        shown.amount(measure, getattr(entry, measure), shown.of_people(vote)) for measure in vote.rule["measures"]
    ]
    digest = queries.receipt_of(vote, one.ballot) if one.ballot else ""
    return {
        "entry": entry,
        "proxy": one.proxy,
        "weights": weights,
        "open": one.open,
        "ballot": one.ballot,
        "origin": _(rules.ORIGIN_WORDS[one.ballot.origin]) if one.ballot else "",
        "receipt": digest,
        "short": rules.short_receipt(digest) if digest else "",
        "form": forms.get(name) or kind(vote=vote, initial={"position": entry.position}, auto_id=f"{name}-%s"),
        "notes": {each["code"]: each["note"] for each in vote.options},
    }


def _result(vote: Vote, request: HttpRequest) -> dict[str, Any]:
    """The result with its working, and whether a receipt is in it; nothing before it is published."""
    if vote.status != "counted" or vote.result is None:
        return {}
    given = request.GET.get("receipt", "").strip()
    found = queries.found_receipt(vote, given) if given and not vote.secret else None
    people = shown.of_people(vote)
    return {
        "choices": shown.choices(vote),
        "spent": spending.result_of(vote),
        "seat_lines": shown.seat_lines(vote),
        "reached": shown.standings(vote.result["quorum"], people),
        "agreed": shown.standings(vote.result["majority"]),
        "came_bars": shown.result_bars(vote.result["quorum"], people),
        "agree_bars": shown.result_bars(vote.result["majority"]),
        "asked": given,
        "found": found,
    }


def _for_office(actor: Actor, vote: Vote, forms: dict[str, Form]) -> dict[str, Any]:
    holds, counts = queries.may(actor, rules.HOLD, vote), queries.may(actor, rules.COUNT, vote)
    return {
        "holds": holds,
        "counts": counts,
        "reads": holds or counts or queries.may(actor, rules.READ, vote),
        "can": {move for move, states in rules.MOVES.items() if vote.status in states},
        "reason_form": forms.get("reason") or ReasonForm(auto_id="off-%s"),
        "proxy_form": forms.get("proxy") or ProxyForm(auto_id="proxy-%s"),
        "proxies": _proxies(actor, vote),
        "announces": _announces(actor, vote) if holds else [],
        "electors": RollEntry.objects.filter(roll=vote.roll_id).count(),
    }


def _announces(actor: Actor, vote: Vote) -> list[tuple[str, str]]:
    """What may go to the community's pages now, for those who write there."""
    if vote.roll.published_at is None or not allows(actor, WRITE, path=vote.path):
        return []
    found = [("notice", _("发表决通知")), ("roll", _("公示名册"))] if vote.status in ("draft", "open") else []
    return [*found, *([("result", _("公告结果"))] if vote.status == "counted" else [])]


def _proxies(actor: Actor, vote: Vote) -> list[dict[str, Any]]:
    """The list of proxies as it is published: number, group, and whose family name holds it."""
    rows = list(Proxy.objects.filter(vote=vote, withdrawn_at=None).select_related("entry").order_by("entry__position"))
    names = vault.shown_to(actor, [row.person_id for row in rows if row.person_id])
    mine = set(queries.electors_of(actor).filter(entry__roll=vote.roll_id).values_list("entry", flat=True))
    return [
        {
            "row": row,
            "holder": names.get(row.person_id, {}).get("name", "—") if row.person_id else "—",
            "mine": row.entry_id in mine,
        }
        for row in rows
    ]


@require_POST
def cast(request: HttpRequest, number: str) -> HttpResponse:
    """The third tap."""
    actor = signed_in(request)
    vote = queries.get_vote_for(actor, number)
    kind = _form_of(vote)
    name = f"cast{request.POST.get('position', '')[:9]}"
    form = kind(request.POST, vote=vote, auto_id=f"{name}-%s")
    if form.is_valid():
        given = form.cleaned_data
        marks = given["choice"] if isinstance(given["choice"], list) else [given["choice"]]
        try:
            actions.cast_ballot(by=actor, at=clock.now(), number=number, position=given["position"], marks=marks)
        except Conflict as conflict:
            messages.error(request, _(conflict.message).format(**{k: _(v) for k, v in conflict.facts.items()}))
            return redirect("vote", number)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("已收到您的一票。"))
            return redirect("vote", number)
    return page_of(request, vote, **{name: form})


@require_safe
def roll(request: HttpRequest, number: str) -> HttpResponse:
    """The roll as it is published: number, family name (or whole name where the law says so), group; by group."""
    actor, at = signed_in(request), clock.now()
    vote = queries.get_vote_for(actor, number)
    queries.check_roll_shown(actor, vote)
    groups = queries.groups_of(vote.roll)
    group = request.GET.get("group", "") or (groups[0][0] if groups else "")
    entries = queries.entries_in(vote.roll, group)
    context = {
        "vote": vote,
        "groups": groups,
        "group": group,
        "rows": [{"entry": entry, "names": names} for entry, names in shown.named(actor, vote, entries, at)],
    }
    return render(request, "ballots/roll.html", context)


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The record of the decision, for those on its roll and those who read votes; `./gongzhi verify` recounts it."""
    vote = queries.get_vote_for(signed_in(request), number)
    if vote.status != "counted":
        raise NotFound("no_record", N_("还没有记录。公布结果以后才有。"))
    options = {"ensure_ascii": False, "indent": 1}
    answer = JsonResponse(budgets.open_record(vote), json_dumps_params=options)
    answer.headers["Content-Disposition"] = f'attachment; filename="{vote.number}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
