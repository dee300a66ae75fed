"""Bodies that govern themselves (自治组织): which kinds do, what a model says of one, who seats people in them."""

import datetime as dt

from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import OrganizationKind
from gongzhi.packs.model_self_government import SelfGoverning, SelfGovernment
from gongzhi.people.models import Organization, Post
from gongzhi.people.queries import standing
from gongzhi.people.rules import FOUND, MEMBER_ROLES, VOLUNTEER_ROLES
from gongzhi.places.models import Place
from gongzhi.places.rules import upwards


def kinds() -> list[OrganizationKind]:
    """Kinds of bodies that govern themselves, in the pack's order; none where no model is in use."""
    try:
        return [kind for kind in packs.active_model().organization_kinds if kind.governs]
    except Refused:
        return []


def codes() -> list[str]:
    return [kind.code for kind in kinds()]


def said() -> SelfGovernment | None:
    """Tiers and stages of the model in use."""
    try:
        return packs.active_model().self_government
    except Refused:
        return None


def kind_of(code: str) -> tuple[OrganizationKind, SelfGoverning]:
    """Raises NotFound `not_self_governing`."""
    for kind in kinds():
        if kind.code == code and kind.governs:
            return kind, kind.governs
    raise NotFound("not_self_governing", N_("这种组织不是自治组织。请从列表里选。"), field="kind")


def seating_permission(post: Post) -> str:
    """Members of a body that governs itself are written in by who keeps its register; everybody else is appointed.

    Whom the law lets people elect (居委会, 业委会) comes in by the election.
    """
    ours = post.role in MEMBER_ROLES | VOLUNTEER_ROLES
    founded = [kind.code for kind in kinds() if kind.governs and not kind.governs.instituted]
    if ours and post.organization is not None and post.organization.kind in founded:
        return FOUND
    return "people.manage"


def term_end(post: Post, day: dt.date) -> dt.date | None:
    """When a term that begins on a day is over, by what the body or else its kind says; None for other bodies."""
    body = post.organization
    governs = next((kind.governs for kind in kinds() if body is not None and kind.code == body.kind), None)
    if body is None or governs is None:
        return None
    years = int(body.features.get("term_years") or governs.term_years)
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def body_above(place: Place, kind: str) -> Organization | None:
    """What a new body of a kind stands below: the nearest self-governing one above, or the law's own at its place."""
    known = codes()
    instituted = [one.code for one in kinds() if one.governs and one.governs.instituted and one.code != kind]
    rows = Organization.objects.filter(standing(), kind__in=known, place__path__in=upwards(place.path))
    found = [row for row in rows.select_related("place") if row.place_id != place.pk or row.kind in instituted]
    return max(found, key=lambda row: (len(row.place.path) if row.place else 0, -row.pk), default=None)
