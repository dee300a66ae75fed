"""商户联盟: who belongs to one, the pact that holds, what was said of its members; names only for who handles them."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongzhi.audit.models import Link
from gongzhi.cases import queries as cases
from gongzhi.cases.models import Case
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.deliberation import members, queries, rules
from gongzhi.deliberation.models import Course, ProcedureEvent, Resolution
from gongzhi.documents.instruments import holds
from gongzhi.documents.models import Instrument
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization, Relation
from gongzhi.people.queries import in_force

KIND, PACT, VIOLATION, TAKEN_UP = "merchant_alliance", "merchant_alliance", "alliance_violation", "taken_up"
MOST = 50
REFERRED, MADE_GOOD, UNFOUNDED = "referred", "decided", "unfounded"


@dataclass(frozen=True, slots=True)
class Pact:
    """One version of the self-discipline pact: adopted by which resolution, filed and published on which day."""

    text: Instrument
    resolution: str
    holds: bool
    filed_on: dt.date | None
    published_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many violations run and how the others ended; no shop."""

    running: int
    made_good: int
    referred: int
    unfounded: int


def in_model() -> bool:
    """Whether the model knows alliances of shops at all."""
    return any(kind.code == KIND for kind in packs.active_model().organization_kinds)


def alliances(on: dt.date) -> list[tuple[Organization, int]]:
    """Each with how many belong to it."""
    rows = Organization.objects.filter(in_force(on), kind=KIND).select_related("place").order_by("name", "id")
    joined = Relation.objects.filter(in_force(on), in_force(on, "source__"), kind=members.JOINED, target__kind=KIND)
    held = Counter(joined.values_list("target_id", flat=True))
    return [(row, held[row.pk]) for row in rows.defer("place__polygon")]


def get_alliance(code: str, on: dt.date) -> Organization:
    """Raises NotFound `unknown_alliance`."""
    rows = Organization.objects.filter(in_force(on), kind=KIND, place__isnull=False).select_related("place")
    found = rows.defer("place__polygon").filter(code=code).first()
    if found is None:
        raise NotFound("unknown_alliance", N_("没有这个商户联盟，或者已经撤销了。"))
    return found


def _courses(body: Organization, name: str) -> QuerySet[Course]:
    """Courses of a procedure and of its local variants."""
    ways = Q(reference__startswith=f"pack:procedure/{name}/") | Q(reference__startswith=f"pack:procedure/{name}.")
    return Course.objects.filter(ways, organization=body)


def pacts(body: Organization, on: dt.date) -> list[Pact]:
    """Every version, the newest first."""
    made = Resolution.objects.filter(course__in=_courses(body, PACT), done_as__startswith="instrument:")
    by_text = {row.done_as: row for row in made.select_related("course")}
    codes = {reference.removeprefix("instrument:").partition("/")[0] for reference in by_text}
    found = Instrument.objects.filter(code__in=codes, adopted_at__isnull=False).order_by("-version")
    texts = [one for one in found if one.reference in by_text]
    days = _days([row.course_id for row in by_text.values()])
    said = [(one, by_text[one.reference]) for one in texts]
    return [
        Pact(
            one,
            row.number,
            holds(one, on),
            days.get((row.course_id, "filing", "recorded")),
            days.get((row.course_id, "publish", "published")),
        )
        for one, row in said
    ]


def _days(courses: list[uuid.UUID]) -> dict[tuple[object, str, str], dt.date]:
    rows = ProcedureEvent.objects.filter(course_id__in=courses, event__step__in=("filing", "publish"))
    return {
        (row.course_id, row.event["step"], row.event["kind"]): dt.date.fromisoformat(row.event["on"]) for row in rows
    }


def counted(body: Organization) -> Counts:
    """For everybody: totals of the alliance, of no shop."""
    ends = Counter(_courses(body, VIOLATION).values_list("status", "ending"))
    ended = Counter[str]()
    for (_status, ending), count in ends.items():
        ended[ending] += count
    running = sum(count for (status, _ending), count in ends.items() if status == "running")
    return Counts(running, ended[MADE_GOOD], ended[REFERRED], ended[UNFOUNDED])


def violations(actor: Actor, body: Organization) -> list[Course]:
    """Those that the actor may see: what runs first, then the newest."""
    rows = queries.visible_to(actor).filter(pk__in=_courses(body, VIOLATION).values("pk"))
    found = list(rows.select_related("organization").order_by("-opened_at", "-id")[:MOST])
    return sorted(found, key=lambda row: row.status != "running")


def taken_up(course: Course) -> list[str]:
    """Numbers of the cases with which a course began."""
    rows = Link.objects.filter(relation=TAKEN_UP, target=course.subject).order_by("id")
    return [source.removeprefix("case:") for source in rows.values_list("source", flat=True)]


def may_run(actor: Actor, body: Organization) -> bool:
    return body.place is not None and any(body.place.path.startswith(path) for path in actor.paths_for(rules.RUN))


def reports(actor: Actor, body: Organization, on: dt.date) -> list[Case]:
    """What was said of members and not taken up yet, for who runs the alliance's courses."""
    if not may_run(actor, body):
        return []
    rows = cases.visible_to(actor).filter(about_unit__in=members.members(body, on), closed_at__isnull=True)
    found = list(rows.select_related("about_unit").order_by("-received_at")[:MOST])
    taken = Link.objects.filter(relation=TAKEN_UP, source__in=[f"case:{row.number}" for row in found])
    gone = set(taken.values_list("source", flat=True))
    return [row for row in found if f"case:{row.number}" not in gone]
