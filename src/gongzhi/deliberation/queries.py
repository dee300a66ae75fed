"""Reads: which courses somebody may see, where one stands, which procedures a body may open, resolutions."""

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import cached_property

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.ids import readable_code
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_
from gongzhi.deliberation import members, rules
from gongzhi.deliberation.models import Course, ProcedureEvent, Resolution
from gongzhi.engines import procedure as engine
from gongzhi.engines.calendar import WorkCalendar
from gongzhi.engines.procedure_plain import event_of
from gongzhi.engines.procedure_terms import Decision, Due, Event, Next, Refusal, Standing, Step
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import region_of
from gongzhi.packs.models import Pack
from gongzhi.packs.procedure_contents import ProcedurePack, Stage
from gongzhi.packs.procedure_queries import Procedure, content_of, procedure_at, procedure_by_reference, procedures_at
from gongzhi.people.models import Organization

PAGE, MOST = 50, 500
JOINED = ("organization", "key")


def visible_to(actor: Actor) -> QuerySet[Course]:
    """Public ones for everybody; all of one's places for whoever runs, watches or reads them; what is about one's own
    body, such as a shop, for whoever holds a post in it.
    """
    if actor.kind == "system":
        return Course.objects.all()
    reach = Q(public=True)
    if own := members.own_references(actor):
        reach |= Q(concerns__in=own)
    for path in {path for verb in (rules.RUN, rules.SUPERVISE, rules.READ) for path in actor.paths_for(verb)}:
        reach |= Q(path__startswith=path)
    return Course.objects.filter(reach)


def get_course_for(actor: Actor, number: str, *, lock: bool = False) -> Course:
    """Raises NotFound `course_not_found`: none, and none that this actor may know of, are the same answer."""
    rows = visible_to(actor).filter(number=number)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related(*JOINED).first()
    if found is None:
        raise NotFound("course_not_found", N_("没有找到这件事。请核对编号。"))
    return found


def reads_papers(actor: Actor, course: Course) -> bool:
    """Papers and words of a course name people: for those who run, watch or read it by mandate, and for who asked."""
    if actor.kind == "person" and course.opened_by == actor.reference and course.reference.startswith(rules.INQUIRY):
        return True
    verbs = (rules.RUN, rules.SUPERVISE, rules.READ)
    return actor.kind == "system" or any(allows(actor, verb, path=course.path) for verb in verbs)


def kinds_of(democracy: str) -> list[str]:
    """References of every procedure that was ever loaded for one of the five democracies."""
    groups = rules.FIVE[democracy][1]
    rows = Pack.objects.filter(kind="procedure")
    return [row.reference for row in rows if content_of(row).group in groups]


def _of(rows: QuerySet[Course], democracy: str) -> QuerySet[Course]:
    return rows.filter(reference__in=kinds_of(democracy)) if democracy in rules.FIVE else rows


def running(actor: Actor, democracy: str = "") -> list[Course]:
    """What can move first stands first."""
    rows = _of(visible_to(actor), democracy).filter(status="running").select_related("organization")
    return list(rows.order_by("next_on", "opened_at", "id")[:MOST])


def counted(actor: Actor, democracy: str) -> tuple[int, int]:
    """How many courses run, how many are over."""
    counts = _of(visible_to(actor), democracy).aggregate(
        going=Count("pk", filter=Q(status="running")), done=Count("pk", filter=~Q(status="running"))
    )
    return counts["going"], counts["done"]


def over(
    actor: Actor, before: tuple[dt.datetime, uuid.UUID] | None = None, size: int = PAGE, democracy: str = ""
) -> list[Course]:
    """Ended, newest first; `before` is the last row of the page before."""
    rows = _of(visible_to(actor), democracy).exclude(status="running")
    if before is not None:
        rows = rows.filter(Q(opened_at__lt=before[0]) | Q(opened_at=before[0], id__lt=before[1]))
    return list(rows.select_related("organization").order_by("-opened_at", "-id")[:size])


def page_of_courses(
    actor: Actor, *, status: str = "", before: tuple[dt.datetime, uuid.UUID] | None = None, size: int
) -> list[Course]:
    """A page of all that the actor may see, newest first; `before` as in `over`."""
    rows = visible_to(actor).filter(status=status) if status else visible_to(actor)
    if before is not None:
        rows = rows.filter(Q(opened_at__lt=before[0]) | Q(opened_at=before[0], id__lt=before[1]))
    return list(rows.select_related("organization", "place").order_by("-opened_at", "-id")[:size])


def steps_of(courses: Sequence[Course]) -> dict[str, tuple[ProcedurePack, dict[str, str]]]:
    """By reference: the pack and what its steps and endings are called; each pack is read once."""
    found = {}
    for reference in {course.reference for course in courses}:
        pack = packs.pack_by_reference(reference)
        if isinstance(pack, ProcedurePack):
            endings = {one.code: one.title for one in pack.endings}
            found[reference] = (pack, endings | {one.code: one.title for one in pack.steps})
    return found


def bodies_for(actor: Actor) -> QuerySet[Organization]:
    """Bodies with a place where the actor may run procedures."""
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.RUN):
        reach |= Q(place__path__startswith=path)
    rows = Organization.objects.filter(reach, valid_to__isnull=True).select_related("place")
    return rows.defer("place__polygon").order_by("name", "id")


def busy_first(bodies: QuerySet[Organization]) -> QuerySet[Organization]:
    """Those that opened a course last stand first; then by name."""
    last = Course.objects.filter(organization=OuterRef("pk")).order_by("-opened_at").values("opened_at")[:1]
    return bodies.annotate(last=Subquery(last)).order_by(F("last").desc(nulls_last=True), "name", "id")


def home_of(actor: Actor) -> str:
    """Where the actor may see or run procedures, the widest place; nothing local applies to anybody else."""
    paths = {path for verb in (rules.RUN, rules.SUPERVISE, rules.READ) for path in actor.paths_for(verb)}
    return min(paths, key=len, default="/")


def procedures_for(path: str, on: dt.date) -> list[Procedure]:
    return procedures_at(region=region_of(path), on=on)


def procedure(name: str, path: str, on: dt.date) -> Procedure:
    """Raises NotFound `no_procedure`."""
    return procedure_at(name, region=region_of(path), on=on)


def matter_words(references: Sequence[str], *, path: str, on: dt.date) -> list[tuple[str, str]]:
    """What a procedure may be opened for, in the words of the law; a matter that no text knows is left out."""
    titles: dict[str, str] = {}
    for law in packs.laws_at(region=region_of(path), on=on):
        titles |= {f"{law.name}#{code}": rule.title for code, rule in law.rules.items()}
    return [(reference, titles[reference]) for reference in references if reference in titles]


def reserved_matters(procedure: Procedure, *, path: str, on: dt.date) -> list[tuple[str, str]]:
    """Matters that the law gives to one body: said where somebody opens a procedure without matters of its own."""
    return matter_words(sorted(procedure.definition.reserved), path=path, on=on)


class Followed:
    """A course replayed on a day: everything that its pages, papers and actions ask about it."""

    def __init__(self, course: Course, today: dt.date) -> None:
        self.course, self.today = course, today
        self.rows = list(ProcedureEvent.objects.filter(course=course).order_by("sequence"))
        for row in self.rows:
            row.course = course
        self.events: tuple[Event, ...] = tuple(event_of(row.event) for row in self.rows)

    @cached_property
    def procedure(self) -> Procedure:
        course = self.course
        return procedure_by_reference(course.reference, region=course.region, on=course.opened_on)

    @property
    def pack(self) -> ProcedurePack:
        return self.procedure.pack

    @cached_property
    def calendar(self) -> WorkCalendar:
        return packs.calendar()

    @cached_property
    def standing(self) -> Standing:
        return engine.where_it_stands(self.procedure.definition, self.events, self.today, self.calendar)

    @cached_property
    def moves(self) -> tuple[Next, ...]:
        return engine.next_steps(self.procedure.definition, self.events, self.today, self.calendar)

    @cached_property
    def dues(self) -> tuple[Due, ...]:
        return engine.deadlines(self.procedure.definition, self.events, self.today, self.calendar)

    @cached_property
    def decision(self) -> Decision | None:
        return engine.outcome(self.procedure.definition, self.events, self.calendar)

    @property
    def next_on(self) -> dt.date | None:
        running = self.standing.status == "running"
        return rules.next_day(self.moves, self.dues, self.today) if running else None

    def refusals(self, event: Event) -> tuple[Refusal, ...]:
        return engine.check(self.procedure.definition, self.events, event, self.today, self.calendar)

    def move(self, kind: str) -> Next | None:
        return next((one for one in self.moves if one.kind == kind), None)

    def step(self, code: str) -> Step:
        return self.procedure.definition.step(code)

    def stage(self, code: str) -> Stage:
        return next(stage for stage in self.pack.steps if stage.code == code)

    def entered(self) -> list[tuple[Event, str]]:
        return [(event, row.by) for event, row in zip(self.events, self.rows, strict=True)]

    def kept(self) -> dict[str, tuple[ProcedureEvent, str]]:
        """Every document that was shown so far: the newest row with it, and what shows it."""
        return {code: (row, shows) for row in self.rows for code, shows in row.evidence.items()}


def followed(actor: Actor, number: str, today: dt.date) -> Followed:
    return Followed(get_course_for(actor, number), today)


def resolutions(actor: Actor, size: int = MOST) -> list[Resolution]:
    rows = Resolution.objects.filter(course__in=visible_to(actor)).select_related("course__organization")
    return list(rows.order_by("-decided_on", "-id")[:size])


def page_of_resolutions(actor: Actor, *, before: tuple[dt.date, int] | None = None, size: int) -> list[Resolution]:
    """A page of them, those decided last first; `before`: day and key of the last row of the page before."""
    rows = Resolution.objects.filter(course__in=visible_to(actor))
    if before is not None:
        rows = rows.filter(Q(decided_on__lt=before[0]) | Q(decided_on=before[0], pk__lt=before[1]))
    return list(rows.select_related("course__organization", "course__place").order_by("-decided_on", "-id")[:size])


def resolution_from(course: Course) -> Resolution | None:
    return Resolution.objects.filter(course=course).first()


def get_resolution_for(actor: Actor, number: str, *, lock: bool = False) -> Resolution:
    """Raises NotFound `resolution_not_found`."""
    rows = Resolution.objects.filter(course__in=visible_to(actor), number=number)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related("course__organization", "course__key", "course__place").first()
    if found is None:
        raise NotFound("resolution_not_found", N_("没有找到这份决议。请核对编号。"))
    return found


def may_run(actor: Actor, course: Course) -> bool:
    return allows(actor, rules.RUN, path=course.path)


def code_for(prefix: str, day: dt.date, pk: object) -> str:
    """A number as printed on papers."""
    key = load_keyring(settings.KEYS_DIR).derive("deliberation-number")
    return f"{prefix}-{day:%y%m%d}-{readable_code(key, str(pk), 5)}"
