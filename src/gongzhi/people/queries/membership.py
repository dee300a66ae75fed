"""Who belongs to a party branch: to the branch its members, to others how many, to each member their own."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongzhi.common import sealing
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.paging import Page, page_of, text_behind
from gongzhi.common.sealing import Unreadable
from gongzhi.common.text import N_
from gongzhi.engines.suppression import suppress_list
from gongzhi.packs import queries as packs
from gongzhi.packs.model_party import MemberCategory
from gongzhi.people import vault
from gongzhi.people.models import Membership, Organization
from gongzhi.people.queries import standing
from gongzhi.people.queries.party import party
from gongzhi.people.queries.reporting import reach_of

KEEP = "people.party"
FIELD = "membership"
SHOWN = 50


def categories() -> tuple[MemberCategory, ...]:
    """The model's; none where no model is in use."""
    try:
        found = packs.active_model().party
    except Refused:
        return ()
    return found.categories if found else ()


def branch_kinds() -> set[str]:
    """Every kind of body that the model counts as a party organization on the ground."""
    known = party()
    return {*known.branches, *(kind for cover in known.covers for kind in cover.kinds)}


def index_of(person_id: uuid.UUID) -> bytes:
    return vault.blind_index(FIELD, str(person_id))


def seal_holder(key: bytes, membership_id: uuid.UUID, person_id: uuid.UUID) -> bytes:
    return sealing.seal(key, person_id.bytes, f"{FIELD}:{membership_id}")


def _holder(row: Membership) -> uuid.UUID | None:
    try:
        return uuid.UUID(bytes=sealing.unseal(vault.open_key(row.key), bytes(row.sealed), f"{FIELD}:{row.pk}"))
    except Unreadable:
        return None


def branches(actor: Actor) -> QuerySet[Organization]:
    """The branches that the actor may see; one that is dissolved as long as it still has members here."""
    left = Membership.objects.filter(organization=OuterRef("pk"))
    rows = Organization.objects.filter(reach_of(actor, "place__path"), kind__in=branch_kinds())
    return rows.filter(standing() | Q(Exists(left))).select_related("place").defer("place__polygon").order_by("code")


def get_branch(actor: Actor, code: str) -> Organization:
    """Raises NotFound `no_such_branch`, Forbidden for who does not keep its members."""
    found = branches(actor).filter(code=code).first()
    if found is None or found.place is None:
        raise NotFound("no_such_branch", N_("没有这个支部，或者不在您管的地方。"))
    require(actor, KEEP, path=found.place.path)
    return found


@dataclass(frozen=True, slots=True)
class BranchCount:
    """One branch in figures; None is a number that is kept back."""

    branch: Organization
    counts: tuple[int | None, ...]
    total: int | None


def page_of_branches(actor: Actor, cursor: str, limit: int = SHOWN) -> Page[Organization]:
    behind = text_behind(cursor)
    rows = branches(actor).filter(code__gt=behind) if behind else branches(actor)
    return page_of(rows[: limit + 1], limit, lambda row: (row.code,))


def counted(rows: Iterable[Organization], on: dt.date) -> list[BranchCount]:
    """Members by category, one statement for all; small ones kept back with whatever would give them away.

    Each branch is judged for itself: its line reads the same for whoever sees it, and no sum goes across branches.
    """
    bodies, codes, least = list(rows), [one.code for one in categories()], packs.small_cell(on)
    found: dict[int, dict[str, int]] = {body.pk: dict.fromkeys(codes, 0) for body in bodies}
    members = Membership.objects.filter(organization__in=list(found)).order_by()
    for body, category, n in members.values_list("organization", "category").annotate(n=Count("pk")):
        found[body][category] = n
    lines = []
    for body in bodies:
        shown, total = suppress_list(found[body.pk], k=least)
        lines.append(BranchCount(body, tuple(shown[code] for code in codes), total))
    return lines


@dataclass(frozen=True, slots=True)
class Member:
    """One line of a branch's own list."""

    id: uuid.UUID
    person_id: uuid.UUID
    values: dict[str, str]
    category: str
    since: dt.date


def page_of_members(actor: Actor, branch: Organization, cursor: str, limit: int = SHOWN) -> Page[Member]:
    """Members with their values masked, as in every list. The caller writes down that they were read."""
    require(actor, KEEP, path=branch.place.path if branch.place else None)
    rows = Membership.objects.filter(organization=branch).select_related("key").order_by("pk")
    if behind := text_behind(cursor):
        rows = rows.filter(pk__gt=_as_uuid(behind))
    page = page_of(rows[: limit + 1], limit, lambda row: (str(row.pk),))
    held = [(row, person) for row in page.items if (person := _holder(row)) is not None]
    values = vault.shown_to(actor, [person for _row, person in held], ("name", "phone"))
    names = {one.code: one.name for one in categories()}
    lines = [
        Member(row.pk, person, values.get(person, {}), names.get(row.category, row.category), row.valid_from)
        for row, person in held
    ]
    return Page(lines, page.next_cursor)


def _as_uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。")) from None


def get_member(branch: Organization, member: uuid.UUID) -> Membership:
    """Raises NotFound `no_such_member`."""
    found = Membership.objects.filter(organization=branch, pk=member).select_related("organization__place").first()
    if found is None:
        raise NotFound("no_such_member", N_("没有这一条登记。它可能已经删了。"))
    return found


def memberships_of(person_id: uuid.UUID) -> QuerySet[Membership]:
    """Somebody's own."""
    rows = Membership.objects.filter(holder_index=index_of(person_id))
    return rows.select_related("organization").order_by("valid_from", "pk")


def is_shown(person_id: uuid.UUID) -> bool:
    """Whether somebody chose to be seen as a member of the party; never more than that."""
    return Membership.objects.filter(holder_index=index_of(person_id), shown_at__isnull=False).exists()


def export_memberships(person_id: uuid.UUID) -> dict[str, Any]:
    """What branches keep of somebody, in the clear, for that person."""
    names = {one.code: one.name for one in categories()}
    rows = [
        {
            "branch": row.organization.name,
            "category": names.get(row.category, row.category),
            "since": row.valid_from,
            "shown_at": row.shown_at,
        }
        for row in memberships_of(person_id)
    ]
    return {"memberships": rows} if rows else {}
