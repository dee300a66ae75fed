"""来龙去脉: what a project came from and what came of it, by the links of the trail. Reads only."""

from collections.abc import Iterable

from django.db.models import Q

from gongzhi.audit.models import Link
from gongzhi.cases.queries.campaigning import get_campaign
from gongzhi.cases.queries.desk import worked_by
from gongzhi.common.access import Actor
from gongzhi.deliberation import queries as deliberation
from gongzhi.gatherings.queries.topics import get_topic_for
from gongzhi.places.models import Place
from gongzhi.projects.models import Project
from gongzhi.projects.rules import LONGEST_NAME

MOST_STEPS, MOST_ROWS = 4, 60
# How to walk back from a thing to what it came from: forwards along these, backwards along those.
_TO = ("follows",)
_FROM = ("led_to", "resolved", "raised", "taken_up")
_KINDS = ("case", "campaign", "topic", "course", "resolution", "gathering")


def _kind(reference: str) -> str:
    return reference.partition(":")[0]


def _before(references: Iterable[str]) -> set[str]:
    """One step back: one statement."""
    here = list(references)
    rows = Link.objects.filter(Q(source__in=here, relation__in=_TO) | Q(target__in=here, relation__in=_FROM))
    found = {row.target if row.source in here and row.relation in _TO else row.source for row in rows[:MOST_ROWS]}
    return {one for one in found if _kind(one) in _KINDS}


def origins(project: Project) -> list[str]:
    """References behind the problem, the furthest first: cases, then topics, meetings, courses, resolutions."""
    source = project.problem.source
    seen = {source} if source else set()
    shown = {str(one.get("reference", "")) for one in project.shown.values()}
    seen |= {one for one in shown if _kind(one) in ("resolution", "topic", "course", "case")}
    edge = {one for one in seen if _kind(one) != "gathering"}
    for _ in range(MOST_STEPS):
        edge = _before(edge) - seen if edge else set()
        seen |= edge
        edge = {one for one in edge if _kind(one) != "gathering"}
    return sorted((one for one in seen if _kind(one) in _KINDS), key=lambda one: (_KINDS.index(_kind(one)), one))


def cases_behind(project: Project) -> list[str]:
    """Numbers of the cases from which it came."""
    return [one.partition(":")[2] for one in origins(project) if _kind(one) == "case"]


def proposed_from(actor: Actor, source: str) -> dict[str, str]:
    """What a form may be filled with from where the problem came: its line and its place. Nothing sealed is read."""
    kind, _, identifier = source.partition(":")
    if kind == "case":
        case = worked_by(actor).filter(number=identifier).select_related("place", "grid").first()
        place = (case.place if case.place and case.place.kind == "grid" else case.grid) if case else None
        return {"place": place.code} if place else {}
    if kind == "campaign":
        campaign = get_campaign(identifier)
        return {"name": campaign.title[:LONGEST_NAME], "title": campaign.title[:LONGEST_NAME]}
    if kind == "topic":
        topic = get_topic_for(actor, identifier)
        return _filled(topic.title, topic.organization.place)
    if kind == "course":
        course = deliberation.get_course_for(actor, identifier)
        return _filled(course.about, course.place)
    if kind == "resolution":
        made = deliberation.get_resolution_for(actor, identifier)
        return _filled(made.about, made.course.place)
    return {}


def _filled(line: str, place: Place | None) -> dict[str, str]:
    short = line[:LONGEST_NAME]
    return {"name": short, "title": short} | ({"place": place.code} if place else {})
