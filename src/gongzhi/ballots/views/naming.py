"""The page of an election while candidates are named."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gongzhi.ballots import elections, queries, roll_queries, rules, shown
from gongzhi.ballots.forms import ReasonForm
from gongzhi.ballots.forms_elections import NominateForm
from gongzhi.ballots.models import Vote
from gongzhi.common.access import Actor


def nominating(request: HttpRequest, actor: Actor, vote: Vote, **forms: Form) -> HttpResponse:
    """`forms` come back with what was wrong in them."""
    holds, mine = queries.may(actor, rules.HOLD, vote), roll_queries.entry_of(vote.roll, actor)
    election = vote.basis["election"]
    going = vote.status == "nominating"
    form = forms.get("nominate") or NominateForm(holds=holds, listed=mine is not None, auto_id="nominate-%s")
    context = {
        **shown.row(vote),
        "election": election,
        "method": _(elections.METHODS[election["method"]]),
        "articles": list(dict.fromkeys(one["article"] for one in election["law"].values())),
        "candidates": [
            {**one, "sources": [_(rules.SOURCE_WORDS[source]) for source in one["sources"]], "own": _own(one, actor)}
            for one in vote.options
        ],
        "holds": holds and going,
        "going": going,
        "form": form if going and (holds or mine) else None,
        "reason_form": forms.get("reason") or ReasonForm(auto_id="off-%s"),
    }
    wrong = any(one.errors for one in forms.values())
    return render(request, "ballots/nominating.html", context, status=422 if wrong else 200)


def _own(option: dict[str, Any], actor: Actor) -> bool:
    return bool(option["person"] == str(actor.person_id))
