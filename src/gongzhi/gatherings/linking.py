"""From the page of a place to its brands and honours."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_


def brands_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("品牌和荣誉"), reverse("brands", args=[identifier]), "flag")


def register() -> None:
    register_page_link("community", brands_at)
