"""Who someone is here: the actor of a request, posts and their holders, organizations."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now, TruncDate

from gongzhi.common.access import ANONYMOUS, Actor, Scope, require
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import SignInRequired
from gongzhi.common.prepared import fetch_all
from gongzhi.common.text import N_
from gongzhi.people import sql, vault
from gongzhi.people.models import ApiToken, ConsentRecord, Mandate, Organization, OrganizationVersion, Person, Post
from gongzhi.people.rules import permissions_of

_TOKEN = ("purpose", "prefix", "created_at", "used_on", "revoked_at")
SERVICE = "service-"  # how the codes of posts for programs begin; they are nobody's vacancies


def in_force(on: dt.date, prefix: str = "") -> Q:
    """Dated rows that hold on a day."""
    ends = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    return Q(**{f"{prefix}valid_from__lte": on}) & ends


def standing(prefix: str = "") -> Q:
    """Bodies that are not dissolved, today by the database's clock in China; one with a last day stands until then."""
    today = TruncDate(Now(), tzinfo=CHINA)
    return Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": today})


def overlapping(first: dt.date, end: dt.date | None) -> Q:
    """Dated rows that hold on some day of [first, end)."""
    lasts = Q(valid_to__isnull=True) | Q(valid_to__gt=first)
    return lasts & Q(valid_from__lt=end) if end else lasts


def _scopes(rows: Iterable[tuple[Any, ...]]) -> tuple[Scope, ...]:
    """Rows of (mandate, role, path, organization); a row without a mandate is nobody's."""
    return tuple(
        Scope(mandate_id=mandate, role=role, permissions=permissions_of(role), path=path, organization_id=organization)
        for mandate, role, path, organization in rows
        if mandate is not None
    )


def scopes_of(person_id: uuid.UUID, at: dt.datetime) -> tuple[Scope, ...]:
    """The person's mandates in force, as scopes: one statement."""
    return _scopes(fetch_all(sql.SCOPES, {"person": person_id, "on": local_date(at)}))


def actor_for(person: Person | None, *, at: dt.datetime, purpose: str) -> Actor:
    """The actor of a signed-in person; nobody, or an erased account, is anonymous."""
    if person is None or not person.is_active or person.erased_at:
        return ANONYMOUS
    return Actor("person", person.pk, scopes_of(person.pk, at), purpose)


def actor_for_token(token: str, *, at: dt.datetime, purpose: str) -> Actor:
    """The actor of a bearer token; an unknown or revoked token is anonymous.

    A token that somebody made for themselves carries none of their posts: those take a second factor.
    """
    return bearer_of(token, at=at, purpose=purpose)[0]


def bearer_of(token: str, *, at: dt.datetime, purpose: str) -> tuple[Actor, int | None]:
    """The actor of a token, and its key where this is its first use today."""
    digest = hashlib.sha256(token.encode()).digest()
    rows = fetch_all(sql.TOKEN, {"digest": digest, "on": local_date(at)})
    if not rows:
        return ANONYMOUS, None
    token_id, person_id, own, used_on = rows[0][:4]
    scopes = () if own else _scopes(row[4:] for row in rows)
    actor = Actor("token", person_id, scopes, purpose, name=f"token-{token_id}")
    return actor, token_id if used_on != local_date(at) else None


def own_tokens(person_id: uuid.UUID) -> list[ApiToken]:
    """The tokens that somebody made for themselves and has not withdrawn, the newest first."""
    return list(ApiToken.objects.filter(person_id=person_id, own=True, revoked_at=None).order_by("-id"))


def person_of(actor: Actor) -> Person:
    """The account of whoever is signed in; raises SignInRequired for everybody else."""
    if actor.kind != "person" or actor.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    return Person.objects.select_related("key").get(pk=actor.person_id)


def account_of(actor: Actor) -> Person:
    """The account behind a session or a token; raises SignInRequired for everybody else."""
    if actor.kind == "token" and actor.person_id is not None:
        return Person.objects.select_related("key").get(pk=actor.person_id)
    return person_of(actor)


def organizations_visible_to(actor: Actor) -> models.QuerySet[Organization]:
    """Organizations are public bodies: everyone who signed in may see them."""
    return Organization.objects.filter(standing()).order_by("code")


def people_visible_to(actor: Actor) -> models.QuerySet[Person]:
    """Post holders inside the actor's places, for those who may read people."""
    require(actor, "people.read")
    reach = Q()
    for path in actor.paths_for("people.read"):
        reach |= Q(mandates__post__place__path__startswith=path)
    return Person.objects.filter(reach, erased_at__isnull=True).distinct().order_by("id")


def posts_with_holders(on: dt.date, path: str = "/") -> models.QuerySet[Post]:
    """Posts at or below a place with `held`, how many hold one; standing in does not fill a seat."""
    holding = in_force(on, "mandates__") & Q(mandates__substitute_for__isnull=True)
    held = Count("mandates", filter=holding)
    posts = Post.objects.filter(in_force(on), place__path__startswith=path).exclude(code__startswith=SERVICE)
    return posts.annotate(held=held).select_related("place", "organization").order_by("code")


def vacancies(on: dt.date, path: str = "/") -> models.QuerySet[Post]:
    """Posts with fewer holders than seats."""
    return posts_with_holders(on, path).filter(held__lt=models.F("seats"))  # type: ignore[misc]  # an annotation


def holders_of(role: str | Collection[str], path: str, on: dt.date) -> list[uuid.UUID]:
    """Who holds a role, or one of some, over a place: the nearest level that has a holder, walking up from `path`."""
    roles = [role] if isinstance(role, str) else role
    mandates = (
        Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__role__in=roles, person__kind="person")
        .extra(where=["starts_with(%s, places_place.path)"], params=[path])
        .select_related("post__place")
        .order_by("id")
    )
    found = [(len(mandate.post.place.path), mandate.person_id) for mandate in mandates]
    deepest = max((depth for depth, _ in found), default=0)
    return list(dict.fromkeys(person_id for depth, person_id in found if depth == deepest))


def name_on(organization_id: int, on: dt.date) -> str:
    """What a body was called on a day; today's name where nothing is known of that day."""
    rows = OrganizationVersion.objects.filter(in_force(on), organization=organization_id).values_list("name", flat=True)
    return rows.first() or Organization.objects.values_list("name", flat=True).get(pk=organization_id)


def members_of(organization_id: int, on: dt.date) -> list[uuid.UUID]:
    """Everyone who holds a post in an organization."""
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__organization_id=organization_id)
    return list(rows.order_by("id").values_list("person_id", flat=True).distinct())


def current_consents(person_id: uuid.UUID) -> models.QuerySet[ConsentRecord]:
    return ConsentRecord.objects.filter(person_id=person_id, withdrawn_at__isnull=True).order_by("purpose")


def consents_to(person_id: uuid.UUID, purpose: str) -> bool:
    """Whether the person's consent to this purpose holds now."""
    return current_consents(person_id).filter(purpose=purpose).exists()


def mandates_of(person_id: uuid.UUID, on: dt.date) -> models.QuerySet[Mandate]:
    """The posts a person holds on a day, with where they are."""
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), person_id=person_id)
    return rows.select_related("post__place", "post__organization").order_by("id")


def standing_of(references: Iterable[str]) -> dict[str, str]:
    """How readers of protected values are named to the person concerned: their post and body, never their name.

    `references` are actors of the trail ("person:UUID"); for who holds no post the answer is empty.
    """
    ids = {reference.removeprefix("person:") for reference in references if reference.startswith("person:")}
    rows = Mandate.objects.filter(person_id__in=ids).select_related("post__place", "post__organization")
    found = {}
    for row in rows.order_by("id"):
        body = row.post.organization or row.post.place
        found[f"person:{row.person_id}"] = f"{body.name} {row.post.title}"
    return found


def export_people(person_id: uuid.UUID) -> dict[str, Any]:
    """What this room holds about a person, in the clear, for that person."""
    person = Person.objects.select_related("key").get(pk=person_id)
    mandates = Mandate.objects.filter(person_id=person_id).order_by("valid_from")
    consents = ConsentRecord.objects.filter(person_id=person_id).order_by("granted_at")
    return {
        "values": vault.own_values(person),
        "created_at": person.created_at,
        "saved_filters": person.saved_filters,
        "mandates": list(mandates.values("post__title", "valid_from", "valid_to", "decision")),
        "consents": list(consents.values("purpose", "version", "granted_at", "withdrawn_at")),
        "tokens": list(ApiToken.objects.filter(person_id=person_id, own=True).order_by("id").values(*_TOKEN)),
    }
