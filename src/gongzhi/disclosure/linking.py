"""From the public page of a community to what its neighbours write, and to its scenes of life."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_


def neighbours_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("线上社区"), reverse("neighbours"), "messages")


def scenes_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("场景：邻里、养老、应急"), reverse("life-scenes", args=[identifier]), "flag")


def register() -> None:
    register_page_link("community", neighbours_at)
    register_page_link("community", scenes_at)
