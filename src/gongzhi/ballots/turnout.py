"""How many take part, for indicators: 参选率 of elections, 参与率 of other votes, counted from the papers themselves.

Votes that were counted in the days asked about, by the roll that they were held on. Of an election its first round:
a run-off is not another election. What each person chose is not read, and of a secret vote cannot be.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.ballots.models import Ballot, CastMark, RollEntry, Status, Vote
from gongzhi.common.clock import CHINA, local_date
from gongzhi.sheets.lineage import ALL, Counted, Line, Scope, Source, register_source, take_page
from gongzhi.sheets.queries.figures import READ, narrowed

ELECTION = Q(basis__has_key="election")
_TABLES = ("ballots.Vote", "ballots.RollEntry", "ballots.Ballot", "ballots.CastMark")


def _votes(scope: Scope, kind: Q) -> QuerySet[Vote]:
    reach = Q(pk__in=[])
    for path in narrowed(scope, READ).paths_for(READ) if scope.actor.kind != "system" or scope.path else ("/",):
        reach |= Q(path__startswith=path)
    rows = Vote.objects.filter(reach, kind, status=Status.COUNTED, after=None).select_related("organization")
    if scope.since:
        rows = rows.filter(closes_at__date__gte=scope.since)
    if scope.until:
        rows = rows.filter(closes_at__date__lte=scope.until)
    return rows.order_by("pk")


def _counted(scope: Scope, kind: Q) -> list[tuple[Vote, int, int]]:
    """Every vote with how many took part and how many are on its roll; three statements for all of them."""
    votes = list(_votes(scope, kind))
    entries = RollEntry.objects.filter(roll__in=[vote.roll_id for vote in votes])
    registered = dict(entries.values_list("roll").annotate(n=Sum("heads")).order_by())
    cast: dict[int, int] = {}
    for papers in (CastMark.objects.all(), Ballot.objects.filter(voided_at=None)):
        found = papers.filter(vote__in=votes).values_list("vote").annotate(n=Sum("entry__heads"))
        cast |= dict(found.order_by())
    return [(vote, cast.get(vote.pk, 0), registered.get(vote.roll_id, 0)) for vote in votes]


def _measure(kind: Q, scope: Scope) -> Counted:
    rows = _counted(scope, kind)
    return Counted(Fraction(sum(cast for _vote, cast, _all in rows)), sum(every for _vote, _cast, every in rows))


def _lines(kind: Q, scope: Scope, part: str, after: int, size: int) -> Sequence[Line]:
    lines = [
        Line(
            vote.pk,
            (
                vote.title,
                vote.organization.name,
                cast,
                registered,
                local_date(vote.closes_at.astimezone(CHINA)),
            ),
            reverse("vote", args=[vote.number]),
        )
        for vote, cast, registered in _counted(scope, kind)
        if part == ALL or cast
    ]
    return take_page(lines, after, size)


def _headers() -> Sequence[str]:
    return [_("表决"), _("谁办的"), _("参加的"), _("名册上的"), _("截止那天")]


def register() -> None:
    for name, kind in (("ballots.turnout", ELECTION), ("ballots.took_part", ~ELECTION)):
        register_source(Source(name, _TABLES, partial(_measure, kind), partial(_lines, kind), _headers))
