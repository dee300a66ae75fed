"""立成项目: the way from a case, a topic, a course or a resolution to a new project; from a place to its works."""

from django.urls import reverse

from gongzhi.common.access import Actor, allows
from gongzhi.common.page_links import Linker, PageLink, register_page_link
from gongzhi.common.text import N_
from gongzhi.projects import rules

KINDS = ("case", "topic", "course", "resolution")


def _new_from(kind: str, actor: Actor, identifier: str, path: str) -> PageLink | None:
    """For whoever may propose there."""
    if actor.kind != "person" or not allows(actor, rules.PROPOSE, path=path):
        return None
    return PageLink(N_("立成项目"), f"{reverse('project-new')}?source={kind}:{identifier}", "building-community")


def _of_campaign(actor: Actor, identifier: str, path: str) -> PageLink | None:
    """A campaign has no place of its own: for whoever may propose anywhere."""
    if actor.kind != "person" or not actor.paths_for(rules.PROPOSE):
        return None
    address = f"{reverse('project-new')}?kind=special_campaign&source=campaign:{identifier}"
    return PageLink(N_("立成项目"), address, "building-community")


def works_at(actor: Actor, identifier: str, path: str) -> PageLink | None:
    return PageLink(N_("这里的项目"), reverse("works-at", args=[identifier]), "building-community")


def register() -> None:
    for kind in KINDS:
        register_page_link(kind, _linker(kind))
    register_page_link("campaign", _of_campaign)
    register_page_link("community", works_at)


def _linker(kind: str) -> Linker:
    def linker(actor: Actor, identifier: str, path: str) -> PageLink | None:
        return _new_from(kind, actor, identifier, path)

    return linker
