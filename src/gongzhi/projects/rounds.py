"""Rounds of a participatory budget: projects of that kind that were assessed, on one paper, and what came of them.

A round has no table. Its paper is a vote on money whose proposals name projects; what happened stands in the projects.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum

from gongzhi.ballots import queries as ballots
from gongzhi.ballots import roll_queries, spending
from gongzhi.ballots import rules as voting
from gongzhi.ballots.budgets import terms_of
from gongzhi.ballots.models import Roll, Vote
from gongzhi.cases.models import Reporter
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.places.models import Place
from gongzhi.projects import queries
from gongzhi.projects.models import FundingLine, Project, ProjectEvent, State

KIND = "participatory"
MOST, MOST_IDEAS = 100, 50
FEN = 100


def rounds_for(actor: Actor) -> QuerySet[Vote]:
    """Papers of rounds that the actor may see, the newest first."""
    rows = ballots.visible_votes(actor).filter(basis__budget__proposals__0__ref__startswith="project:")
    return rows.order_by("-made_at", "-id")


def get_round(actor: Actor, number: str) -> Vote:
    """Raises NotFound `round_not_found`."""
    found = rounds_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("round_not_found", N_("没有这一轮，或者它不给您看。请核对编号。"))
    return found


def rolls_for(actor: Actor) -> list[Roll]:
    """Published rolls on which a round can be held, each in its newest edition."""
    paths = actor.paths_for(voting.HOLD)
    rows = Roll.objects.filter(published_at__isnull=False, replaced_by=None).select_related("place")
    found = [row for row in rows.order_by("-frozen_at")[:MOST] if any(row.path.startswith(path) for path in paths)]
    return [row for row in found if roll_queries.may_hold(actor, row)]


def waiting(actor: Actor, path: str) -> list[Project]:
    """Proposed projects under a place that are on no paper that is still to be decided, by number."""
    rows = queries.worked_by(actor).filter(kind=KIND, state=State.PROPOSED, path__startswith=path)
    found = list(rows.order_by("number")[:MOST])
    busy = on_paper(found)
    return [one for one in found if one.pk not in busy]


def on_paper(projects: Iterable[Project]) -> set[Any]:
    """Those whose last paper is neither counted nor called off."""
    rows = ProjectEvent.objects.filter(project__in=list(projects), kind="balloted").order_by("sequence")
    last = dict(rows.values_list("project", "reference"))
    numbers = {reference.removeprefix("vote:") for reference in last.values()}
    open_now = Vote.objects.filter(number__in=numbers).exclude(status__in=("counted", "cancelled"))
    running = set(open_now.values_list("number", flat=True))
    return {key for key, reference in last.items() if reference.removeprefix("vote:") in running}


def costs_of(projects: Sequence[Project]) -> dict[Any, int]:
    """What the lines of money of each come to, in whole yuan, rounded up; nothing for one without any."""
    rows = FundingLine.objects.filter(project__in=list(projects), dropped_at=None).order_by()
    sums = rows.values_list("project").annotate(total=Sum("amount"))
    return {key: -(-total // FEN) for key, total in sums if total}


class Line(NamedTuple):
    """One proposal of a round as its page shows it; `project` None where the reader may not see it."""

    row: dict[str, Any]
    project: Project | None


def lines_of(actor: Actor, vote: Vote) -> list[Line]:
    """Every proposal with its project; after the count with how it came out."""
    terms = terms_of(vote)
    numbers = {one.code: one.ref.removeprefix("project:") for one in terms.proposals}
    known = {one.number: one for one in queries.visible_to(actor).filter(number__in=list(numbers.values()))}
    shown = {row["code"]: row for row in spending.result_of(vote).get("rows", [])}
    return [
        Line(
            shown.get(one.code) or {"code": one.code, "name": one.name, "cost": spending.yuan(one.cost)},
            known.get(numbers[one.code]),
        )
        for one in terms.proposals
    ]


class Idea(NamedTuple):
    """What became of an idea, for everybody: `stage` of STAGES; `why` where it is not taken up."""

    project: Project
    stage: str
    cost: str
    why: str
    asked: int


# assessed still, ready for a paper, on a paper, chosen and going on, not taken up, taken back
STAGES: dict[str, str] = {
    "assessing": N_("在评"),
    "ready": N_("评好了，等上票"),
    "on_paper": N_("在票上"),
    "going_on": N_("选上了"),
    "not_taken": N_("没有采用"),
    "taken_back": N_("撤回了"),
}


def ideas_page(place: Place, cursor: str = "", limit: int = MOST_IDEAS) -> Page[Idea]:
    """Every idea at a place and in it that was taken up as a proposal, the newest first; also those that no paper saw.

    Their words are written for everybody (models.Problem.told). Six statements however many.
    """
    rows = Project.objects.filter(kind=KIND, path__startswith=place.path).select_related("problem", "place")
    if cursor:
        (number,) = decode_cursor(cursor, 1)
        rows = rows.filter(number__lt=number if isinstance(number, str) and "\0" not in number else "")
    found = page_of(rows.order_by("-number")[: limit + 1], limit, lambda row: (row.number,))
    waiting_ones = [row for row in found.items if row.state == State.PROPOSED]
    busy, costs = on_paper(waiting_ones), costs_of(found.items)
    reasons = _reasons([row for row in found.items if row.state in (State.REJECTED, State.WITHDRAWN)])
    asked = _asked(found.items)
    items = [
        Idea(
            row,
            _stage(row, busy),
            spending.yuan(costs[row.pk]) if row.pk in costs else "",
            reasons.get(row.pk, ""),
            asked.get(row.problem.source, 0),
        )
        for row in found.items
    ]
    return Page(items, found.next_cursor)


def _stage(row: Project, busy: Collection[Any]) -> str:
    if row.state == State.REJECTED:
        return "not_taken"
    if row.state == State.WITHDRAWN:
        return "taken_back"
    if row.state != State.PROPOSED:
        return "going_on"
    if row.pk in busy:
        return "on_paper"
    lacking = [one for one in queries.kind_of(row).guide if f"guide.{one.code}" not in row.shown]
    return "assessing" if lacking else "ready"


def _reasons(rows: Sequence[Project]) -> dict[Any, str]:
    said = ProjectEvent.objects.filter(project__in=rows, kind__in=("reject", "withdraw")).order_by("sequence")
    return dict(said.values_list("project", "note"))


def _asked(rows: Sequence[Project]) -> dict[str, int]:
    """By reference: how many people had said the same, where it came from what residents wrote."""
    numbers = [row.problem.source.removeprefix("case:") for row in rows if row.problem.source.startswith("case:")]
    raised = Reporter.objects.filter(Q(case__number__in=numbers) | Q(case__main__number__in=numbers))
    counted = Counter(main or own for own, main in raised.values_list("case__number", "case__main__number"))
    return {f"case:{number}": n for number, n in counted.items()}


def settled(lines: Iterable[Line]) -> bool:
    """Whether what came out is written into every project."""
    return all(one.project is None or one.project.state != State.PROPOSED for one in lines)
