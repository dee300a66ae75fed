"""A vote on how money is spent: drawn up under the terms of its place, frozen before anybody votes."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from gongzhi.ballots import budgets, rules
from gongzhi.ballots.actions.holding import Question, draft_vote
from gongzhi.ballots.models import Roll, Vote
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.people.models import Organization


@transaction.atomic
def draft_budget_vote(
    *,
    by: Actor,
    at: dt.datetime,
    roll: Roll,
    body: Organization,
    question: Question,
    budget: int,
    form: str,
    way: str,
    proposals: Sequence[budgets.Proposal],
    closes_at: dt.datetime,
    online: bool = True,
) -> Vote:
    """Proposals with their costs for a roll; the paper has them in this order, which also settles exact ties.

    Raises as `draft_vote` and `budgets.terms_for`.
    """
    require(by, rules.HOLD, path=roll.path)
    on = local_date(at)
    terms, law = budgets.terms_for(roll.path, on, budget=budget, form=form, way=way, proposals=proposals)
    ground = budgets.ground_of(terms, law, online=online)
    vote = draft_vote(by=by, at=at, roll=roll, body=body, question=question, ground=ground, closes_at=closes_at)
    vote.options = [
        {"code": one.code, "word": one.name, "note": "，".join(filter(None, [f"{one.cost:,} 元", one.about]))}
        for one in terms.proposals
    ]
    vote.save(update_fields=["options"])
    return vote
