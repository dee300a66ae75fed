"""党内公示: what a party body posts while one may object; its papers stay with those who run it."""

import datetime as dt
from dataclasses import dataclass

from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.deliberation import inquiries, queries
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.queries import Followed
from gongzhi.gatherings.queries.topics import may_speak
from gongzhi.packs import queries as packs
from gongzhi.packs.procedure_contents import ProcedurePack

PARTY = "party"


@dataclass(frozen=True, slots=True)
class Posting:
    """What stands on the wall, without what it is about: that is on the posting itself."""

    number: str
    title: str
    step: str
    body: str
    until: dt.date | None
    publication: str


def is_party(course: Course) -> bool:
    pack = packs.pack_by_reference(course.reference)
    return isinstance(pack, ProcedurePack) and pack.group == PARTY


def postings_for(actor: Actor, on: dt.date) -> list[Posting]:
    """Postings of party bodies at the places of somebody, those to which one may object today."""
    rows = Course.objects.filter(public=False, status="running").select_related("organization", "key")
    found = []
    for row in rows.order_by("next_on", "id")[: queries.MOST]:
        if is_party(row) and may_speak(actor, row.path, on) and (shown := _posting(Followed(row, on))):
            found.append(shown)
    return found


def _posting(course: Followed) -> Posting | None:
    move = course.move("objected")
    if move is None:
        return None
    stage, row = course.stage(move.step), course.course
    shown = next((one.evidence["publication"] for one in reversed(course.rows) if "publication" in one.evidence), "")
    return Posting(
        row.number, course.pack.title, stage.title, row.organization.name, move.latest, shown.partition(":")[2]
    )


def get_posted_for(actor: Actor, number: str, on: dt.date) -> Course:
    """The course to which somebody objects, locked: one that they see, or a posting of a party body of their place.

    Raises NotFound `course_not_found`, Forbidden `not_of_this_place`.
    """
    try:
        return queries.get_course_for(actor, number, lock=True)
    except NotFound:
        rows = Course.objects.select_for_update(of=("self",)).select_related(*queries.JOINED)
        found = rows.filter(number=number, public=False).first()
        if found is None or not is_party(found):
            raise
        inquiries.check_of_here(actor, found.path, on)
        return found
