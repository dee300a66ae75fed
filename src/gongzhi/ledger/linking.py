"""From the page of a place to what was published of its accounts."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_


def accounts_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("公开账目"), reverse("public-accounts", args=[identifier]), "building-bank")


def register() -> None:
    register_page_link("community", accounts_at)
