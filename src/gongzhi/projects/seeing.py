"""Who may see and cover the photos of a project, of its steps, of a visit, and the papers of a line of money."""

from collections.abc import Callable

from django.db.models.functions import Now, TruncDate

from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA
from gongzhi.documents.registry import Viewer
from gongzhi.projects import queries, rules
from gongzhi.projects.models import Bid, FundingLine, Milestone, Project, ProjectEvent, WorksLine
from gongzhi.projects.queries import bidding

TODAY = TruncDate(Now(), tzinfo=CHINA)


def _of_milestone(pk: str) -> str:
    return str(Milestone.objects.filter(pk=pk).values_list("project__number", flat=True).first() or "")


def _of_funding(pk: str) -> str:
    return str(FundingLine.objects.filter(pk=pk).values_list("project__number", flat=True).first() or "")


def _of_visit(pk: str) -> str:
    rows = ProjectEvent.objects.filter(pk=pk, kind="visit")
    return str(rows.values_list("project__number", flat=True).first() or "")


def _of_works(pk: str) -> str:
    return str(WorksLine.objects.filter(pk=pk).values_list("project__number", flat=True).first() or "")


_NUMBERS: dict[str, Callable[[str], str]] = {
    "project": str,
    "milestone": _of_milestone,
    "funding": _of_funding,
    "visit": _of_visit,
    "works": _of_works,
}
# What everybody sees once the project is approved; receipts, visits and single lines of works are for the office.
_PUBLIC = ("project", "milestone")


def _found(kind: str, actor: Actor, identifier: str) -> Project | None:
    if kind != "project" and not identifier.isdecimal():
        return None
    number = _NUMBERS[kind](identifier)
    rows = queries.visible_to(actor) if kind in _PUBLIC else queries.worked_by(actor)
    return rows.filter(number=number).first() if number else None


def sees_bid(actor: Actor, pk: str) -> bool:
    """The papers of an offer: its body at once, the office once no other may come."""
    rows = Bid.objects.filter(pk=pk) if pk.isdecimal() else Bid.objects.none()
    if rows.filter(body__in=bidding.bodies_held(actor)).exists():
        return True
    return rows.filter(project__bids_until__lt=TODAY, project__in=queries.worked_by(actor)).exists()


def covers_bid(actor: Actor, pk: str) -> bool:
    bid = Bid.objects.filter(pk=pk).select_related("project").first() if sees_bid(actor, pk) else None
    return bid is not None and queries.may(actor, rules.RUN, bid.project)


def may_see(kind: str) -> Viewer:
    def answer(actor: Actor, identifier: str) -> bool:
        return _found(kind, actor, identifier) is not None

    return answer


def may_cover(kind: str) -> Viewer:
    def answer(actor: Actor, identifier: str) -> bool:
        row = _found(kind, actor, identifier)
        return row is not None and queries.may(actor, rules.RUN, row)

    return answer
