"""The list of agreements, drafting one, one agreement with all that belongs to it."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.refusals import tried
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.documents.queries import evidence_of
from gongzhi.partnerships import actions, queries, rules, shown
from gongzhi.partnerships.forms import (
    AssetForm,
    DraftForm,
    JudgeForm,
    LineForm,
    ReasonForm,
    RenewForm,
    SignForm,
    next_term,
)
from gongzhi.partnerships.models import Agreement, Party, State
from gongzhi.partnerships.queries import Filters
from gongzhi.partnerships.views import keeper, line_row, staff, state_of


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest first; by kind, state, words, what is late or ends soon."""
    actor, today = staff(request), clock.local_date(clock.now())
    asked = request.GET
    given = Filters(
        kind=asked.get("kind", "")[:64],
        state=asked.get("state", "")[:10],
        place=asked.get("place", "")[:40],
        text=asked.get("q", "").replace("\0", "").strip()[:60],
        late=asked.get("late") == "1",
        ending=asked.get("ending") == "1",
    )
    kinds = {name: pack for name, (pack, _reference) in queries.kinds_in_force(today).items()}
    if asked.get("as") == "xlsx":
        found = queries.listed(actor, given, today, limit=queries.MOST_ROWS)
        return _table([_row(one, kinds) for one in found.items])
    found = queries.listed(actor, given, today, cursor=asked.get("cursor", "")[:200])
    onward = asked.copy()
    onward["cursor"] = found.next_cursor
    exported = asked.copy()
    exported["as"] = "xlsx"
    context = {
        "rows": [_row(one, kinds) for one in found.items],
        "next_url": f"?{onward.urlencode()}" if found.next_cursor else "",
        "xlsx": f"?{exported.urlencode()}",
        "asked": given,
        "kinds": [(name, pack.title) for name, pack in kinds.items()],
        "states": [(value, _(word)) for value, word in State.choices],
        "keeps": bool(actor.paths_for(rules.KEEP)),
        "home": min(actor.paths_for(rules.READ), key=len, default="").strip("/").rpartition("/")[2],
    }
    return render(request, "partnerships/index.html", context)


def _row(row: Any, kinds: dict[str, Any]) -> dict[str, Any]:
    pack = kinds.get(row.kind) or queries.kind_of(row)
    return {
        **state_of(row),
        "one": row,
        "kind": pack.title,
        "parties": [one.organization.name for one in sorted(row.parties.all(), key=lambda one: one.position)],
        **row.counted,
    }


def _table(rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [
        _("编号"),
        _("协议"),
        _("种类"),
        _("哪里"),
        _("哪几方"),
        _("从哪天"),
        _("到哪天"),
        _("情况"),
        _("条款"),
        _("做完"),
        _("过期"),
    ]
    lines = (
        (
            one["one"].number,
            one["one"].title,
            one["kind"],
            one["one"].place.name,
            "、".join(one["parties"]),
            one["one"].starts_on,
            one["one"].ends_on,
            one["word"],
            one["lines"],
            one["done"],
            one["late"],
        )
        for one in rows
    )
    return rows_as_xlsx(_("协议"), heads, lines, note=f"{clock.local_date(clock.now()):%Y-%m-%d}")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Which kind, then the form for it: `?kind=` chooses."""
    actor, today = keeper(request), clock.local_date(clock.now())
    kinds = queries.kinds_in_force(today)
    found = kinds.get(request.GET.get("kind", ""))
    if found is None:
        return render(request, "partnerships/kinds.html", {"kinds": [pack for pack, _reference in kinds.values()]})
    pack = found[0]
    form = DraftForm(*((request.POST,) if request.method == "POST" else ()), actor=actor, pack=pack, today=today)
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: _draft(actor, form))
        if row is not None:
            messages.success(request, _("起草好了。看看条款，再请各方签。"))
            return redirect("agreement", row.number)
    return render(request, "partnerships/new.html", {"pack": pack, "form": form}, status=422 if form.errors else 200)


def _draft(actor: Actor, form: DraftForm) -> Agreement:
    return actions.draft_agreement(by=actor, at=clock.now(), drafted=form.drafted())


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    return one_page(request, number)


def one_page(request: HttpRequest, number: str, **wrong: Form) -> HttpResponse:
    """One agreement; `wrong` holds a form that was refused."""
    actor, today = staff(request), clock.local_date(clock.now())
    row = queries.get_for(actor, number)
    pack, parties = queries.kind_of(row), list(row.parties.select_related("organization").order_by("position"))
    lines = [line_row(one, pack, today) for one in queries.lines_of(row)]
    papers = [one for one in evidence_of([row.reference]) if one.media.erased_at is None]
    context = {
        **state_of(row),
        "one": row,
        "pack": pack,
        "parties": [_party(one, pack) for one in parties],
        "lines": lines,
        "done": sum(one["state"] == "done" for one in lines),
        "papers": papers,
        "events": queries.events_of(row, most=30),
        "today": today,
        "facet": pack.facet(row.facet),
        "anchors": [(one.name, row.anchors.get(one.code)) for one in pack.anchors],
        "renewal": row.renewals.exclude(state="ended").first(),
        **_assets(row, pack),
        **_forms(actor, row, pack, parties),
        **wrong,
    }
    if row.ends_on and row.state in ("signed", "running"):
        context["left"] = (row.ends_on - today).days
        context["soon"] = context["left"] <= rules.SOON
    return render(request, "partnerships/page.html", context, status=422 if wrong else 200)


def _party(one: Party, pack: Any) -> dict[str, Any]:
    role = pack.role(one.role)
    return {"party": one, "role": role.name if role else one.role}


def _assets(row: Agreement, pack: Any) -> dict[str, Any]:
    used, names = queries.used_last(row), {one.code: one.name for one in pack.assets}
    rows = list(row.assets.order_by("position"))
    pieces, area = rules.totals(rules.Lent(one.kind, one.pieces, one.area) for one in rows)
    shows = [
        {
            "asset": one,
            "kind": names.get(one.kind, one.kind),
            "area": shown.area(one.area),
            "gap": facet.name if (facet := pack.facet(one.facet)) else "",
            "used": used.get(one.pk),
        }
        for one in rows
    ]
    return {"assets": shows, "pieces": pieces, "area": shown.area(area)}


def _forms(actor: Actor, row: Agreement, pack: Any, parties: list[Party]) -> dict[str, Any]:
    """What the actor may do now, each as a form."""
    today, keeps = clock.local_date(clock.now()), queries.may_keep(actor, row)
    own = actor.organizations_for(rules.SERVE)
    unsigned = [one for one in parties if one.signed_on is None and (keeps or one.organization_id in own)]
    found: dict[str, Any] = {"keeps": keeps}
    if row.state == State.DRAFT and unsigned:
        first = unsigned[0].organization_id if len(unsigned) == 1 else None
        found["sign"] = SignForm(parties=unsigned, initial={"on": today, "organization": first})
    if not keeps:
        return found
    if row.state == State.DRAFT and not any(one.signed_on for one in parties):
        found["add_line"] = LineForm(pack=pack, parties=parties)
        if pack.assets:
            found["add_asset"] = AssetForm(pack=pack)
    if "end" in rules.MOVES[row.state]:
        found["end"] = ReasonForm()
    if "renew" in rules.MOVES[row.state] and not row.renewals.exclude(state="ended").exists():
        found["renew"] = RenewForm(initial=next_term(row, today))
    if row.state in (State.RUNNING, State.EXPIRED) and not row.outcome and pack.ending is not None:
        found["judge"] = JudgeForm()
    return found
