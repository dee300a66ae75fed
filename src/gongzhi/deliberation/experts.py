"""专家智库: who is on the roster by profession, what each follows and has advised, and what stands between them and a
matter. The roster is the posts of expert bodies; who follows a matter is a link."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from gongzhi.audit.models import Link
from gongzhi.common.access import Actor
from gongzhi.common.text import N_
from gongzhi.deliberation import queries, whom
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.engines.procedure_plain import event_of
from gongzhi.packs import queries as packs
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.people.rules import EXPERTS
from gongzhi.places.rules import upwards

FOLLOWED_BY, READ = "followed_by", "people.read"
WAYS = ("expert_following", "expert_review")
MOST = 300
IN_THE_BODY = N_("在请专家的单位任职：{post}")
AT_THE_PLACE = N_("在这个地方任职：{post}")


@dataclass(frozen=True, slots=True)
class Advice:
    """What experts said at one step of a matter, as it was entered there."""

    step: str
    on: dt.date
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Followed:
    """A matter that an expert follows, with the advice given in it."""

    course: Course
    advice: list[Advice]


def professions() -> dict[str, str]:
    """What the model calls each profession, in its order."""
    return {one.code: one.name for one in packs.active_model().professions}


def roster(actor: Actor, on: dt.date) -> list[Mandate]:
    """Experts of bodies at, above or below the actor's places: a district's experts serve its communities."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(READ):
        reach |= Q(post__place__path__startswith=path) | Q(post__place__path__in=upwards(path))
    return _experts(on, reach)


def _experts(on: dt.date, *which: Q) -> list[Mandate]:
    rows = Mandate.objects.filter(*which, in_force(on), in_force(on, "post__"), post__organization__kind=EXPERTS)
    rows = rows.filter(person__kind="person").select_related("post__organization", "post__place", "person")
    return list(rows.defer("post__place__polygon").order_by("post__profession", "post__title", "pk")[:MOST])


def is_way(course: Course) -> bool:
    """Whether experts are chosen in it."""
    name = course.reference.removeprefix("pack:procedure/")
    return any(name.startswith((f"{way}/", f"{way}.")) for way in WAYS)


def chosen(course: Course) -> list[Mandate]:
    """Who was chosen from the roster for a matter, in the order of choosing."""
    rows = Link.objects.filter(source=course.subject, relation=FOLLOWED_BY).order_by("id")
    found = {row.target: whom.mandate_of(row.target) for row in rows}
    return [mandate for mandate in found.values() if mandate is not None]


def interests(mandates: Sequence[Mandate], course: Course, on: dt.date) -> dict[int, list[tuple[str, str]]]:
    """What stands between each and the matter, by mandate: (marked words, the post). One statement for all."""
    persons = {one.person_id: one.pk for one in mandates}
    held = Mandate.objects.filter(in_force(on), person__in=persons).exclude(post__organization__kind=EXPERTS)
    found: dict[int, list[tuple[str, str]]] = {one.pk: [] for one in mandates}
    body = course.organization
    near = {body.pk, body.parent_id}
    for row in held.select_related("post__organization", "post__place").defer("post__place__polygon").order_by("pk"):
        of = row.post.organization
        if of is not None and (of.pk in near or of.parent_id == body.pk):
            found[persons[row.person_id]].append((IN_THE_BODY, whom.title_of(row.post)))
        elif row.post.place.path.startswith(course.path):
            found[persons[row.person_id]].append((AT_THE_PLACE, whom.title_of(row.post)))
    return found


def following(actor: Actor, mandates: Iterable[Mandate]) -> dict[int, list[Followed]]:
    """What each expert follows, as the actor may see it, the newest first: three statements for the whole roster."""
    targets = {f"{whom.MANDATE}{one.pk}": one.pk for one in mandates}
    links = list(Link.objects.filter(relation=FOLLOWED_BY, target__in=targets).order_by("-id"))
    numbers = {row.source.removeprefix("course:") for row in links}
    rows = queries.visible_to(actor).filter(number__in=numbers).select_related("organization")
    courses = {row.subject: row for row in rows}
    said = _advice(courses.values())
    found: dict[int, list[Followed]] = {}
    for row in links:
        if course := courses.get(row.source):
            found.setdefault(targets[row.target], []).append(Followed(course, said.get(course.pk, [])))
    return found


def _advice(courses: Iterable[Course]) -> dict[object, list[Advice]]:
    rows = ProcedureEvent.objects.filter(course__in=list(courses), event__kind="recorded").order_by("sequence")
    found: dict[object, list[Advice]] = {}
    for row in rows:
        event = event_of(row.event)
        if "advice" in event.figures or "opinions" in event.figures:
            found.setdefault(row.course_id, []).append(Advice(event.step, event.on, dict(event.figures)))
    return found
