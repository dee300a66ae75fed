"""A sign-in as it goes: the contact a code went to, the person whose first factor held, and the session at its end.

What waits in the session between the steps is sealed: sessions lie in the database, personal values do not.
"""

import base64
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from gongzhi.common import sealing
from gongzhi.common.access import Actor
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.people.queries import scopes_of
from gongzhi.people.rules import needs_second_factor
from gongzhi.web import nav

BACKEND = "django.contrib.auth.backends.ModelBackend"
CONTACT, HALF_WAY, ONE_FACTOR, SECRET = "gz_contact", "gz_half_way", "gz_one_factor", "gz_secret"
MINUTES = 15


def _house_key() -> bytes:
    return vault.keyring().derive("sign-in-session")


def seal_word(word: str, purpose: str) -> str:
    return base64.b64encode(sealing.seal(_house_key(), word.encode(), purpose)).decode()


def open_word(sealed: str, purpose: str) -> str:
    """The word, or "" where it was sealed for something else or under a key that is gone."""
    try:
        return sealing.unseal(_house_key(), base64.b64decode(sealed), purpose).decode()
    except (sealing.Unreadable, ValueError):
        return ""


def own_page(request: HttpRequest, address: str) -> str:
    """The address if it is a page of this site, else ""."""
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed and address.startswith("/") else ""


def keep_contact(request: HttpRequest, contact: str, purpose: str = CONTACT) -> None:
    request.session[purpose] = seal_word(contact, purpose)


def kept_contact(request: HttpRequest, purpose: str = CONTACT) -> str:
    return open_word(request.session.get(purpose, ""), purpose)


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose first factor held; `needs` is "code" or, in a post without a second factor yet, "enrol"."""

    person: Person
    next: str
    needs: str


def go_on(request: HttpRequest, person: Person, *, at: dt.datetime, next_page: str) -> str:
    """After the first factor: the page of the next step, or the person is in and this is where to go."""
    needs = _still_needs(person, at)
    if not needs:
        return enter(request, person, at=at, next_page=next_page, one_factor=not settings.DEMO)
    until = int(at.timestamp()) + MINUTES * 60
    request.session[HALF_WAY] = {"person": str(person.pk), "next": next_page, "until": until}
    return nav.address("sign-in-second" if needs == "code" else "sign-in-enrol")


def _still_needs(person: Person, at: dt.datetime) -> str:
    if person.second_factor is not None:
        return "code"
    in_post = needs_second_factor([scope.role for scope in scopes_of(person.pk, at)])
    return "enrol" if in_post and not settings.DEMO else ""


def half_way(request: HttpRequest, at: dt.datetime) -> HalfWay | None:
    """Who stands between the two factors in this session, for a quarter of an hour."""
    kept: dict[str, Any] = request.session.get(HALF_WAY, {})
    if not kept or at.timestamp() > kept["until"]:
        return None
    person = Person.objects.filter(pk=uuid.UUID(kept["person"]), is_active=True).select_related("key").first()
    needs = _still_needs(person, at) if person else ""
    return HalfWay(person, kept["next"], needs) if person and needs else None


def enter(request: HttpRequest, person: Person, *, at: dt.datetime, next_page: str, one_factor: bool) -> str:
    """Open a fresh session for the person; returns where to go."""
    for name in (CONTACT, HALF_WAY, SECRET):
        request.session.pop(name, None)
    login(request, person, backend=BACKEND)
    request.session[ONE_FACTOR] = one_factor
    return next_page or landing([scope.role for scope in scopes_of(person.pk, at)])


def landing(roles: list[str]) -> str:
    """The screen a role opens in the morning; a resident's home."""
    links = nav.links(roles, "")
    return links[0].url if nav.is_staff(roles) and links else "/"


def without_posts(request: HttpRequest, actor: Actor) -> Actor:
    """Who came in with one factor and was given a post since acts as a resident until the second one is shown."""
    if not actor.scopes or not request.session.get(ONE_FACTOR) or settings.DEMO:
        return actor
    return Actor(actor.kind, actor.person_id, (), actor.purpose, actor.name)
