"""Posts and who holds them, for those who may read people: seats, vacancies, holders, bodies."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from django.db.models import Count, F, Q, QuerySet, Sum

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.packs import model_contents
from gongzhi.packs.queries import in_use
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Organization, OrganizationVersion, Post, Relation
from gongzhi.people.queries import SERVICE, in_force, posts_with_holders, standing
from gongzhi.places.rules import level_above

READ = "people.read"
HEIRS = 50
ROSTERED = ("dispatcher", "secretary", "patch_lead", "department")


@dataclass(frozen=True, slots=True)
class Seats:
    """How the seats of one role stand: counted out of `seats`, not out of posts."""

    role: str
    posts: int
    seats: int
    filled: int

    @property
    def vacant(self) -> int:
        return self.seats - self.filled

    @property
    def percent(self) -> str:
        """The vacancy rate with one decimal, rounded half up."""
        per_mille = (self.vacant * 2000 + self.seats) // (2 * self.seats) if self.seats else 0
        return f"{per_mille // 10}.{per_mille % 10}%"


def _reach(actor: Actor, field: str) -> Q:
    """Rows whose place lies in the actor's places."""
    require(actor, READ)
    if actor.kind == "system":
        return Q()
    reach = Q(pk__in=[])
    for path in actor.paths_for(READ):
        reach |= Q(**{f"{field}__startswith": path})
    return reach


def seats_by_role(actor: Actor, on: dt.date) -> list[Seats]:
    """Every role with its posts, seats and holders in the actor's places: two statements."""
    posts = Post.objects.filter(_reach(actor, "place__path"), in_force(on)).exclude(code__startswith=SERVICE)
    asked = posts.order_by("role").values("role").annotate(posts=Count("pk"), all_seats=Sum("seats"))
    holding = Mandate.objects.filter(in_force(on), post__in=posts, substitute_for__isnull=True)
    filled = dict(holding.order_by().values_list("post__role").annotate(n=Count("pk")))
    return [Seats(row["role"], row["posts"], row["all_seats"], filled.get(row["role"], 0)) for row in asked]


def all_seats(rows: Iterable[Seats]) -> Seats:
    rows = list(rows)
    return Seats("", sum(r.posts for r in rows), sum(r.seats for r in rows), sum(r.filled for r in rows))


def posts_page(
    actor: Actor,
    on: dt.date,
    *,
    role: str = "",
    vacant: bool = False,
    text: str = "",
    cursor: str = "",
    limit: int | None = None,
) -> tuple[list[Any], str]:
    """One page of posts by code, each with `held`; and the cursor of the next page or ''."""
    posts = posts_found(actor, on, role=role, vacant=vacant, text=text)
    if cursor:
        posts = posts.filter(code__gt=str(decode_cursor(cursor, 1)[0]))
    size = clamp_limit(limit)
    rows = list(posts.order_by("code")[: size + 1])
    return rows[:size], encode_cursor(rows[size - 1].code) if len(rows) > size else ""


def posts_found(actor: Actor, on: dt.date, *, role: str, vacant: bool, text: str) -> QuerySet[Post]:
    """Posts in the actor's places, narrowed, each with `held`."""
    posts = posts_with_holders(on).filter(_reach(actor, "place__path"))
    if role:
        posts = posts.filter(role=role)
    if vacant:
        posts = posts.filter(held__lt=F("seats"))  # type: ignore[misc]  # an annotation
    if text:
        posts = posts.filter(Q(title__icontains=text) | Q(place__name__icontains=text) | Q(code__istartswith=text))
    return posts


def get_post_for(actor: Actor, code: str) -> Post:
    """The post, or NotFound: none such and none in the actor's places are one answer."""
    found = Post.objects.filter(_reach(actor, "place__path"), code=code).select_related("place", "organization")
    post = found.first()
    if post is None:
        raise NotFound("post_not_found", N_("没有这个岗位，或者不在您管的地方。"))
    return post


def get_mandate_for(actor: Actor, mandate_id: int) -> Mandate:
    found = Mandate.objects.filter(_reach(actor, "post__place__path"), pk=mandate_id)
    mandate = found.select_related("post__place", "post__organization", "person__key").first()
    if mandate is None:
        raise NotFound("mandate_not_found", N_("没有这项任职，或者不在您管的地方。"))
    return mandate


def holders_by_post(posts: Iterable[Post], on: dt.date) -> dict[int, list[Mandate]]:
    """Who holds each post on a day, holders before substitutes: one statement."""
    found: dict[int, list[Mandate]] = {}
    rows = Mandate.objects.filter(in_force(on), post__in=[post.pk for post in posts])
    for row in rows.select_related("person").order_by(F("substitute_for").asc(nulls_first=True), "valid_from", "id"):
        found.setdefault(row.post_id, []).append(row)
    return found


def history_of(post: Post, on: dt.date, limit: int = 20) -> list[Mandate]:
    """Who held the post before, the last one first; and who is to begin."""
    over = Q(valid_to__lte=on) | Q(valid_from__gt=on)
    return list(Mandate.objects.filter(over, post=post).order_by("-valid_from", "-id")[:limit])


def heirs_of(mandate: Mandate, on: dt.date) -> list[Mandate]:
    """Who could take the open work on: the same post, or the same role in the same body or the place above."""
    post = mandate.post
    near = Q(post=post) | Q(post__role=post.role, post__place__path__startswith=level_above(post.place.path))
    if post.organization_id:
        near |= Q(post__role=post.role, post__organization_id=post.organization_id)
    rows = Mandate.objects.filter(near, in_force(on), in_force(on, "post__"), person__kind="person")
    rows = rows.exclude(pk=mandate.pk).exclude(person_id=mandate.person_id)
    return list(rows.select_related("post__place").order_by("id")[:HEIRS])


def names_for(actor: Actor, mandates: Iterable[Mandate]) -> dict[uuid.UUID, str]:
    """张** by person, for lists; nothing is logged because nothing is revealed."""
    found = vault.shown_to(actor, {mandate.person_id for mandate in mandates}, ("name", "phone"))
    return {person_id: values.get("name") or values.get("phone", "") for person_id, values in found.items()}


def organizations_under(parent: Organization | None) -> QuerySet[Organization]:
    """The bodies right below one, or those with none above, with how many are below each."""
    rows = Organization.objects.filter(standing(), parent=parent).select_related("place")
    below = Count("children", filter=standing("children__"), distinct=True)
    return rows.annotate(below=below, post_count=Count("posts", distinct=True)).order_by("code")


def posts_of(organization: Organization, on: dt.date) -> QuerySet[Post]:
    """The posts in a body, each with `held`."""
    return posts_with_holders(on).filter(organization=organization)


def get_organization(actor: Actor, code: str) -> Organization:
    """Bodies are public; the page about them is for those who read people."""
    require(actor, READ)
    found = Organization.objects.filter(code=code).select_related("place", "parent").first()
    if found is None:
        raise NotFound("organization_not_found", N_("没有这个组织。请核对代码。"))
    return found


def past_of(organization: Organization) -> list[OrganizationVersion]:
    """Earlier names and parents, the newest first."""
    return list(organization.versions.filter(valid_to__isnull=False).select_related("parent").order_by("-valid_to"))


def relations_of(organization: Organization) -> list[Relation]:
    both = Q(source=organization) | Q(target=organization)
    rows = Relation.objects.filter(both, valid_to__isnull=True).select_related("source", "target")
    return list(rows.order_by("kind", "id"))


def get_relation(actor: Actor, relation_id: int) -> Relation:
    require(actor, READ)
    found = Relation.objects.filter(pk=relation_id).select_related("source__place", "target").first()
    if found is None:
        raise NotFound("relation_not_found", N_("没有这项关系。"))
    return found


def relation_kinds() -> tuple[str, ...]:
    """The kinds of relation that a pack may hold."""
    kinds: tuple[str, ...] = get_args(get_type_hints(model_contents.Relation)["kind"])
    return kinds


def role_names() -> dict[str, str]:
    """What the model calls each role."""
    return {role.code: role.name for role in in_use().model.roles}


def profession_names() -> list[tuple[str, str]]:
    """What the model calls each profession, in its order."""
    return [(one.code, one.name) for one in in_use().model.professions]


def kind_names() -> dict[str, str]:
    """What the model calls each kind of organization."""
    return {kind.code: kind.name for kind in in_use().model.organization_kinds}


def holders_for_roster(actor: Actor, on: dt.date) -> list[Mandate]:
    """Who may be put on duty in the actor's places: staff who dispatch, lead or handle, not volunteers."""
    rows = Mandate.objects.filter(_reach(actor, "post__place__path"), in_force(on), in_force(on, "post__"))
    rows = rows.filter(person__kind="person", post__role__in=ROSTERED).exclude(post__code__startswith=SERVICE)
    return list(rows.select_related("post__place").defer("post__place__polygon").order_by("post__role", "id")[:500])
