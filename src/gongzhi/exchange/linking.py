"""From the page of a place to what can be booked there, and to what its people wish for."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.page_links import PageLink, register_page_link
from gongzhi.common.text import N_


def offers_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("约和借"), f"{reverse('share')}?place={identifier}", "calendar-event")


def guides_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("办事指南"), f"{reverse('guides')}?place={identifier}", "file-text")


def needs_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("帮一把"), f"{reverse('help')}?place={identifier}", "heart-handshake")


def register() -> None:
    register_page_link("community", offers_at)
    register_page_link("community", guides_at)
    register_page_link("community", needs_at)
