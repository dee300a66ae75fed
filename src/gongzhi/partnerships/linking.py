"""From the page of a place to whoever works together there."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_


def partners_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("共建单位"), reverse("partners", args=[identifier]), "heart-handshake")


def register() -> None:
    register_page_link("community", partners_at)
