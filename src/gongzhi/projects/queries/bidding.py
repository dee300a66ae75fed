"""Reads of offers: where some may be made, by which bodies, what each reviewer said of them, what stands between."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.text import N_
from gongzhi.packs.project_contents import Bidding
from gongzhi.people.models import Mandate, Organization
from gongzhi.people.queries import in_force
from gongzhi.projects import queries, rules
from gongzhi.projects.models import Bid, Project
from gongzhi.projects.rules.bidding import Judged
from gongzhi.sheets.queries.filled import Filled, filled_about_each

PAGE = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What one reviewer said of one offer: whether something stands between, and the points once all are given."""

    by: str
    sequence: int
    conflict: bool
    filled: Filled | None = None

    @property
    def whole(self) -> bool:
        return not self.conflict and self.filled is not None and self.filled.total.complete


def terms_of(project: Project) -> Bidding:
    """Raises Conflict `no_bids_here`: nobody competes for such a project."""
    found = queries.kind_of(project).bids
    if found is None:
        raise Conflict("no_bids_here", N_("这种项目不用竞购。"))
    return found


def tenders_page(today: dt.date, cursor: str = "", limit: int = PAGE) -> Page[Project]:
    """For everybody: where bodies were asked for offers, those still open first as their last day is later."""
    rows = Project.objects.filter(bids_until__isnull=False, state__in=rules.OPEN_TO_ALL)
    if cursor:
        until, number = decode_cursor(cursor, 2)
        rows = rows.filter(_before(str(until), str(number)))
    rows = rows.select_related("problem", "place", "owner").defer("place__polygon").order_by("-bids_until", "-number")
    return page_of(rows[: limit + 1], limit, lambda row: (str(row.bids_until), row.number))


def _before(until: str, number: str) -> Q:
    """Behind a row; behind none where the cursor is odd."""
    try:
        day = dt.date.fromisoformat(until)
    except ValueError:
        return Q(pk__in=[])
    return Q(bids_until__lt=day) | Q(bids_until=day, number__lt="" if "\0" in number else number)


def bodies_held(actor: Actor) -> set[int]:
    """In which the actor holds a post."""
    return {scope.organization_id for scope in actor.scopes if scope.organization_id is not None}


def bodies_of(actor: Actor, project: Project, today: dt.date) -> list[Organization]:
    """For which bodies the actor may offer: where a post is held, of the kinds that the pack names."""
    return list(possible_bodies(project, today).filter(pk__in=bodies_held(actor)))


def possible_bodies(project: Project, today: dt.date) -> QuerySet[Organization]:
    """Every body that may offer: of the kinds that the pack names, but not the one whose project it is."""
    rows = Organization.objects.filter(in_force(today), kind__in=terms_of(project).bodies)
    return rows.exclude(pk=project.owner_id).order_by("name", "id")


def bids_of(project: Project, *, withdrawn: bool = False) -> list[Bid]:
    """In the order in which they came."""
    rows = Bid.objects.filter(project=project).select_related("body").order_by("position")
    return list(rows if withdrawn else rows.filter(withdrawn_at=None))


def chosen_of(project: Project) -> Bid | None:
    return Bid.objects.filter(project=project, chosen_at__isnull=False).select_related("body").first()


def get_bid(project: Project, position: int, *, lock: bool = False) -> Bid:
    """One that stands. Raises NotFound `bid_unknown`."""
    rows = Bid.objects.filter(project=project, withdrawn_at=None).select_related("body")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(position=position).first()
    if found is None:
        raise NotFound("bid_unknown", N_("没有这份申请，或者它撤回了。请刷新再看。"))
    return found


def reviews(actor: Actor, project: Project) -> bool:
    """Whoever runs or reviews projects there, but not who proposed this one."""
    may = allows(actor, rules.REVIEW, path=project.path) or allows(actor, rules.RUN, path=project.path)
    return may and project.proposed_by != actor.reference


def about(project: Project, position: int, sequence: int) -> str:
    """What a reviewer's sheet is about: the offer, and the event by which the reviewer came in. Names no person."""
    return f"bid:{project.number}/{position}/{sequence}"


def said_of(project: Project, positions: Sequence[int]) -> dict[int, list[Said]]:
    """By offer: what each reviewer said last; two statements for all of them."""
    rows = project.events.filter(kind="declared").order_by("sequence")
    newest = {(int(row.code), row.by): row for row in rows if int(row.code) in positions}
    abouts = {about(project, position, row.sequence): (position, row) for (position, _by), row in newest.items()}
    filled = filled_about_each(list(abouts))
    found: dict[int, list[Said]] = {position: [] for position in positions}
    for name, (position, row) in abouts.items():
        found[position].append(Said(row.by, row.sequence, bool(row.facts.get("conflict")), filled.get(name)))
    return found


def judged(bids: Sequence[Bid], said: dict[int, list[Said]]) -> list[Judged]:
    """As the rules read them: only whole sheets of those between whom and the body nothing stands."""
    return [
        Judged(bid.position, bid.ask, tuple(one.filled.total.points for one in said[bid.position] if one.whole))  # type: ignore[union-attr]  # whole: filled
        for bid in bids
    ]


def stands_between(actor: Actor, bid: Bid, today: dt.date, years: int) -> str:
    """The post that the actor holds or held near the body within so many years; "" where there is none."""
    since = today.replace(year=today.year - years, day=min(today.day, 28))
    near = Q(post__organization=bid.body) | Q(post__organization__parent=bid.body)
    rows = Mandate.objects.filter(near, person=actor.person_id, valid_from__lte=today)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=since)).order_by("-valid_from", "pk")
    row = rows.select_related("post__organization").first()
    return f"{row.post.organization} {row.post.title}" if row is not None else ""
