"""What every page knows: large type, language, where one can go, who is signed in. Read lazily."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor, Scope
from gongzhi.common.asking import actor_of
from gongzhi.notifications.queries import unread_count
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.web import nav
from gongzhi.web.nav import Link

TEXT_COOKIE = "gz_text"
LEVELS = ("", "large", "max")


MINUTES_KEPT = 10


def name_of(scope: Scope) -> str:
    """The organization's name, else the place's, else ours."""
    if scope.organization_id is not None:
        named = Organization.objects.filter(pk=scope.organization_id).values_list("name", flat=True).first()
    else:
        named = Place.objects.filter(path=scope.path).values_list("name", flat=True).first()
    return named or _("共治")


class Shell:
    """`gz` in templates. Each value is worked out at its first use, so that a partial pays for nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        return actor_of(self.request)

    @cached_property
    def signed_in(self) -> bool:
        return self.actor.kind == "person"

    @cached_property
    def elder(self) -> str:
        """ "", "large" or "max": the person's own choice when signed in, else the cookie's."""
        person = getattr(self.request, "user", None)
        level = getattr(person, "text_size", "") if self.signed_in else ""
        level = level or self.request.COOKIES.get(TEXT_COOKIE, "")
        return level if level in LEVELS else ""

    @cached_property
    def lang(self) -> str:
        return "en" if (get_language() or "").startswith("en") else "zh-CN"

    @cached_property
    def staff(self) -> bool:
        return nav.is_staff(self.actor.roles)

    @cached_property
    def base(self) -> str:
        """The frame for a page that residents and staff share."""
        return "web/base_staff.html" if self.staff else "web/base_resident.html"

    @cached_property
    def nav(self) -> list[Link]:
        return nav.links(self.actor.roles, self.request.path)

    @cached_property
    def groups(self) -> list[tuple[str, list[Link]]]:
        return nav.grouped(self.nav)

    @cached_property
    def tabs(self) -> list[Link]:
        return nav.tabs(self.nav)

    @cached_property
    def where(self) -> str:
        """The body or place of the first mandate, in the top bar; a resident's pages bear our name."""
        scope = next(iter(self.actor.scopes), None)
        if scope is None:
            return _("共治")
        key = f"where:{scope.organization_id}:{scope.path}"
        return str(cache.get_or_set(key, lambda: name_of(scope), MINUTES_KEPT * 60))

    @cached_property
    def who(self) -> str:
        """The role, never the name: the top bar is seen by whoever stands beside the screen."""
        word = nav.role_word(self.actor.roles)
        return _(word) if word else ""

    @cached_property
    def unread(self) -> int:
        """Notices not yet read; at most half a minute old."""
        key = f"unread:{self.actor.person_id}"
        return int(cache.get_or_set(key, lambda: unread_count(self.actor), 30) or 0)

    @cached_property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @cached_property
    def tiles(self) -> dict[str, str]:
        return {"url": settings.MAP_TILES, "credit": settings.MAP_CREDIT}

    @cached_property
    def sign_in_url(self) -> str:
        return nav.address("sign-in")

    @cached_property
    def sign_out_url(self) -> str:
        return nav.address("sign-out")

    @cached_property
    def notices_url(self) -> str:
        return nav.address("notices")

    @cached_property
    def report_url(self) -> str:
        return nav.address("report")

    @cached_property
    def track_url(self) -> str:
        return nav.address("track")

    @cached_property
    def topics_url(self) -> str:
        return nav.address("topics")

    @cached_property
    def share_url(self) -> str:
        return nav.address("share")

    @cached_property
    def help_url(self) -> str:
        return nav.address("help")

    @cached_property
    def public_url(self) -> str:
        return nav.address("public")


def context(request: HttpRequest) -> dict[str, Any]:
    return {"gz": Shell(request)}
