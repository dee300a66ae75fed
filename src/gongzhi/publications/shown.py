"""A public item as what shows a duty done, and what people call it (duties.registry)."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.common.access import Actor
from gongzhi.duties.registry import Shown, evidence, naming
from gongzhi.publications import queries
from gongzhi.publications.models import WAS_PUBLIC, Publication


@evidence("publication")
def shown_publication(actor: Actor, number: str) -> Shown | None:
    """The desk's page for its staff; for everybody else what is or was public, nothing before."""
    found = Publication.objects.filter(number=number).first()
    if found is None:
        return None
    if queries.is_staff(actor, found) and actor.kind != "system":
        return Shown(number, reverse("publication-desk", args=[number]))
    return Shown(number, reverse("publication", args=[number])) if found.state in WAS_PUBLIC else None


@naming("publication")
def called(numbers: Iterable[str]) -> dict[str, str]:
    """By kind and number; what it says is sealed until it is public."""
    rows = Publication.objects.filter(number__in=list(numbers)).values_list("number", "kind")
    return {number: _("{kind} {number}").format(kind=queries.kind_name(kind), number=number) for number, kind in rows}
