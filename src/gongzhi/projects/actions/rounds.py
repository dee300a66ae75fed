"""A round of a participatory budget: assessed projects go on one paper; then winners go on, losers hear why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gongzhi.ballots import actions as ballots
from gongzhi.ballots import spending
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.budgets import Proposal, terms_of
from gongzhi.ballots.models import Roll, Vote
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.people.models import Organization
from gongzhi.projects import queries, rounds, rules
from gongzhi.projects.actions.funding import commit_line
from gongzhi.projects.actions.moving import move_project
from gongzhi.projects.actions.proposing import check_second, show_point
from gongzhi.projects.actions.recording import happened
from gongzhi.projects.models import Funded, Project, State

GATE = "gate.voted"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a round is put to the vote with; `form` and `way` as the text of the place allows."""

    question: Question
    body: Organization
    budget: int
    form: str
    way: str
    closes_at: dt.datetime
    online: bool = True


@transaction.atomic
def put_to_vote(*, by: Actor, at: dt.datetime, roll: Roll, numbers: Sequence[str], paper: Paper) -> Vote:
    """Projects on one paper in this order, each at what its lines of money come to. Whoever proposed one does not.

    Raises Forbidden, NotFound `project_not_found`, Refused `second_person`, Conflict `not_assessed`, `no_cost`,
    `not_waiting`, and as `draft_budget_vote`.
    """
    require(by, rules.REVIEW, path=roll.path)
    check_activity("projects")
    rows = [queries.get_project_for(by, number, lock=True) for number in dict.fromkeys(numbers)]
    _check(rows, roll, by)
    costs = rounds.costs_of(rows)
    proposals = []
    for code, row in enumerate(rows, 1):
        if row.pk not in costs:
            raise Conflict("no_cost", N_("{number} 还没写要多少钱。请先在它的“经费”里列上。"), number=row.number)
        about = " ".join(row.problem.told.split())[:80]
        proposals.append(Proposal(str(code), row.title[:40], costs[row.pk], about, row.reference))
    vote = ballots.draft_budget_vote(
        by=by, at=at, roll=roll, body=paper.body, question=paper.question, budget=paper.budget, form=paper.form,
        way=paper.way, proposals=proposals, closes_at=paper.closes_at, online=paper.online,
    )  # fmt: skip
    for code, row in enumerate(rows, 1):
        happened(row, "balloted", by=by, at=at, code=str(code), reference=vote.reference)
    return vote


def _check(rows: Sequence[Project], roll: Roll, by: Actor) -> None:
    busy = rounds.on_paper(rows)
    for row in rows:
        fits = row.kind == rounds.KIND and row.state == State.PROPOSED and row.path.startswith(roll.path)
        if not fits or row.pk in busy:
            message = N_("{number} 不能放上这张票：不在名册的地方，已经在别的票上，或者已经定了。")
            raise Conflict("not_waiting", message, number=row.number)
        check_second(row, by)
        lacking = [one.name for one in queries.kind_of(row).guide if f"guide.{one.code}" not in row.shown]
        if lacking:
            message = N_("{number} 还没评完，还差：{missing}。")
            raise Conflict("not_assessed", message, number=row.number, missing="、".join(lacking))


@transaction.atomic
def settle_round(*, by: Actor, at: dt.datetime, number: str) -> list[Project]:
    """What came out is written into the projects, once: winners are reviewed and their money is settled; the others
    are not taken, each with its reason. Those that moved meanwhile stay as they are.

    Raises Forbidden, NotFound `round_not_found`, Conflict `not_counted`.
    """
    vote = rounds.get_round(by, number)
    require(by, rules.REVIEW, path=vote.path)
    if vote.status != "counted":
        raise Conflict("not_counted", N_("还没有结果。公布结果以后再来。"))
    with translation.override(settings.LANGUAGE_CODE):
        why = {row["code"]: row for row in spending.result_of(vote)["rows"]}
    moved = []
    for one in terms_of(vote).proposals:
        row = _still_proposed(by, one.ref)
        if row is None:
            continue
        if why[one.code]["won"]:
            moved.append(_won(row, vote, by, at))
        else:
            moved.append(_lost(row, vote, why[one.code], by, at))
    return moved


def _still_proposed(by: Actor, reference: str) -> Project | None:
    try:
        row = queries.get_project_for(by, reference.removeprefix("project:"), lock=True)
    except NotFound:
        return None
    return row if row.state == State.PROPOSED else None


def _won(row: Project, vote: Vote, by: Actor, at: dt.datetime) -> Project:
    show_point(by=by, at=at, number=row.number, key=GATE, reference=vote.reference)
    for line in queries.lines_of(row):
        if line.state == Funded.PROMISED:
            commit_line(by=by, at=at, number=row.number, position=line.position)
    return move_project(by=by, at=at, number=row.number, verb="review")


def _lost(row: Project, vote: Vote, said: dict[str, str], by: Actor, at: dt.datetime) -> Project:
    with translation.override(settings.LANGUAGE_CODE):
        reason = _("票选（{number}）没选上，得票 {support}。{why}")
    given = reason.format(number=vote.number, support=said["support"], why=said["why"])
    return move_project(by=by, at=at, number=row.number, verb="reject", reason=given)
