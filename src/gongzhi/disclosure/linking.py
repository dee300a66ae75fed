"""From the public page of a community to what its neighbours write."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_


def neighbours_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("线上社区"), reverse("neighbours"), "messages")


def register() -> None:
    register_page_link("community", neighbours_at)
