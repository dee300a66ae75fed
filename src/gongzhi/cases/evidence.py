"""Cases, talks and campaigns as what shows that a duty was done (duties.registry)."""

from django.urls import reverse

from gongzhi.audit.models import Link
from gongzhi.cases.queries.desk import worked_by
from gongzhi.common.access import Actor
from gongzhi.duties.registry import Shown, evidence
from gongzhi.packs import queries as packs


@evidence("case")
def shown_case(actor: Actor, number: str) -> Shown | None:
    """A case that the actor works with."""
    found = worked_by(actor).filter(number=number).exists()
    return Shown(number, reverse("case-page", args=[number])) if found else None


@evidence("talk")
def shown_talk(actor: Actor, identifier: str) -> Shown | None:
    """A talk that was recorded; which matters came of it is seen by who reads cases."""
    held = Link.objects.filter(source=f"talk:{identifier}", relation="held_at").exists()
    return Shown(identifier, reverse("talks")) if held else None


@evidence("campaign")
def shown_campaign(actor: Actor, code: str) -> Shown | None:
    """A campaign of the model in use, for who reads figures."""
    found = packs.active_model().campaign(code)
    if found is None or not actor.paths_for("statistics.read"):
        return None
    return Shown(found.title, reverse("campaign", args=[code]))
