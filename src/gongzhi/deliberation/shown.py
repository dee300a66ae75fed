"""What this room answers for others: who sees its papers, and a decision as evidence that a duty was done."""

from django.urls import reverse

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.deliberation import queries
from gongzhi.documents.registry import viewer
from gongzhi.duties.registry import Shown, evidence


@viewer("course")
def may_see_papers(actor: Actor, identifier: str) -> bool:
    """Papers hold names and signatures: not for everybody, even where the course itself is public."""
    course = queries.visible_to(actor).filter(number=identifier).first()
    return course is not None and queries.reads_papers(actor, course)


@evidence("course")
def shown_course(actor: Actor, identifier: str) -> Shown | None:
    try:
        row = queries.get_course_for(actor, identifier)
    except NotFound:
        return None
    return Shown(row.about, reverse("course", args=[row.number]))


@evidence("resolution")
def shown_resolution(actor: Actor, identifier: str) -> Shown | None:
    try:
        row = queries.get_resolution_for(actor, identifier)
    except NotFound:
        return None
    return Shown(row.about, reverse("resolution", args=[row.number]))
