"""The counting desk: boxes, what each of two people types, where they differ; papers to print and to hand out."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.ballots import actions, budgets, elections, queries, rules, spending
from gongzhi.ballots.forms import BoxForm, HandOutForm, SheetForm
from gongzhi.ballots.models import Box, Vote
from gongzhi.common import clock
from gongzhi.common.access import Actor, require
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_


def teller_of(request: HttpRequest, number: str) -> tuple[Actor, Vote]:
    """Who counts, and the vote. Raises SignInRequired, Forbidden, NotFound."""
    actor = staff_of(request, rules.COUNT, otherwise=N_("计票由指定的人来做。结果公布后，谁都能看、能重新数。"))
    vote = queries.get_vote_for(actor, number)
    require(actor, rules.COUNT, path=vote.path)
    return actor, elections.with_names(actor, clock.now(), vote)


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, number: str) -> HttpResponse:
    """The boxes of a vote; a new one is added here."""
    actor, vote = teller_of(request, number)
    form = BoxForm(request.POST if request.method == "POST" else None, auto_id="box-%s")
    if request.method == "POST" and form.is_valid():
        try:
            box = actions.add_box(by=actor, at=clock.now(), number=number, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            return redirect("vote-box", number, box.pk)
    return _desk(request, vote, box_form=form)


def _desk(request: HttpRequest, vote: Vote, **forms: Any) -> HttpResponse:
    boxes = [{"box": box, "state": _state(box)} for box in vote.boxes.order_by("code")]
    context = {
        "vote": vote,
        "boxes": boxes,
        "origins": rules.ORIGIN_WORDS,
        "live": vote.status in rules.MOVES["box"],
        "hand_out": vote.secret and vote.status == "open",
        "groups": queries.groups_of(vote.roll),
        "box_form": forms.get("box_form") or BoxForm(auto_id="box-%s"),
        "hand_form": forms.get("hand_form") or HandOutForm(auto_id="hand-%s"),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "ballots/desk.html", context, status=422 if wrong else 200)


def _state(box: Box) -> str:
    if box.agreed_at is not None:
        return "agreed"
    sheets = queries.latest_sheets(box)
    return ("none", "one", "differs")[len(sheets)]


@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, number: str, box: int) -> HttpResponse:
    """One teller's own entry; the other's shows only where the two differ, and only when both are there."""
    actor, vote = teller_of(request, number)
    found = vote.boxes.filter(pk=box).first()
    if found is None:
        raise NotFound("no_box", N_("没有这个票箱。"))
    form = SheetForm(request.POST) if request.method == "POST" else SheetForm(initial=_own(actor, vote, found))
    if request.method == "POST" and form.is_valid():
        try:
            papers = rules.read_papers(form.cleaned_data["papers"], budgets.typed(vote), numbered=not vote.secret)
            common: dict[str, Any] = {"by": actor, "at": clock.now(), "number": number, "box_id": box}
            taken = actions.enter_box(**common, numbers=form.numbers(), papers=papers)
        except Refused as refused:
            put_back(form, refused)
        else:
            _say(request, taken)
            return redirect("vote-box", number, box)
    context = {**_compared(vote, found), "vote": vote, "box": found, "form": form, "options": vote.options}
    context |= {"origin": rules.ORIGIN_WORDS[found.origin], **spending.paper_shown(vote)}
    return render(request, "ballots/box.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, box: Box) -> None:
    if box.agreed_at is not None:
        messages.success(request, _("两个人录得一样，收下了。"))
    elif len(queries.latest_sheets(box)) == 2:
        messages.warning(request, _("两个人录得不一样，不同的地方在下面。各自对着票再看。"))
    else:
        messages.success(request, _("录好了。请另一个人再录一遍。"))


def _own(actor: Actor, vote: Vote, box: Box) -> dict[str, Any]:
    """What this teller typed before, as they typed it."""
    mine = next((one for one in queries.latest_sheets(box).values() if one.person_id == actor.person_id), None)
    if mine is None:
        return {}
    places = {one["code"]: str(place) for place, one in enumerate(vote.options, 1)}
    places |= {one["code"]: one["word"] for one in budgets.typed(vote)[len(vote.options) :]}
    lines = []
    for number, marks in mine.papers:
        said = "x" if marks is None else " ".join(places[mark] for mark in marks) or "0"
        lines.append(said if vote.secret else f"{number} {said}")
    return {**mine.numbers, "papers": "\n".join(lines)}


def _compared(vote: Vote, box: Box) -> dict[str, Any]:
    """Both entries where they differ: papers by number, and the sums."""
    sheets = queries.latest_sheets(box)
    if box.agreed_at is not None or len(sheets) < 2:
        return {"state": _state(box), "differences": [], "sums": []}
    first, second = sheets[1], sheets[2]
    words = {one["code"]: _(one["word"]) for one in budgets.typed(vote)}
    found = rules.differences(queries.papers_of(first), queries.papers_of(second))
    return {
        "state": "differs",
        "differences": [(one.number, _words(one.first, words), _words(one.second, words)) for one in found],
        "sums": [
            (SheetForm.base_fields[name].label, first.numbers[name], second.numbers[name])
            for name in rules.NUMBERS
            if first.numbers[name] != second.numbers[name]
        ],
    }


def _words(said: str | None, words: dict[str, str]) -> str:
    if said is None:
        return _("没有这张")
    if said == "x":
        return _("废票")
    return "、".join(words[mark] for mark in said.split()) or _("空白")


@require_POST
def hand_out(request: HttpRequest, number: str) -> HttpResponse:
    """领票 at a secret vote."""
    actor, vote = teller_of(request, number)
    form = HandOutForm(request.POST, auto_id="hand-%s")
    if form.is_valid():
        try:
            actions.hand_out_paper(by=actor, at=clock.now(), number=number, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("记下了，可以给票。"))
            return redirect("vote-desk", number)
    return _desk(request, vote, hand_form=form)


@require_safe
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """Ballots to print, one for each entry of a group; of a secret vote they bear no number."""
    _actor, vote = teller_of(request, number)
    groups = queries.groups_of(vote.roll)
    group = request.GET.get("group", "") or (groups[0][0] if groups else "")
    entries = queries.entries_in(vote.roll, group)
    rows = [{"entry": entry, "qr": "" if vote.secret else _square(vote, entry.position)} for entry in entries]
    context = {"vote": vote, "rows": rows, "groups": groups, "group": group, **spending.paper_shown(vote)}
    return render(request, "ballots/papers.html", context)


def _square(vote: Vote, position: int) -> SafeString:
    """The number of a paper as a QR code: vote and place on the roll, no name."""
    out = io.BytesIO()
    segno.make(f"{vote.number}/{position}", error="q", micro=False).save(
        out, kind="svg", scale=3, border=2, xmldecl=False, svgns=False, omitsize=False
    )
    return SafeString(out.getvalue().decode())
