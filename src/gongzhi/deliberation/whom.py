"""Whom a course concerns: the holder of a post, the one who left it or a member body, by reference; what was decided
about them before."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from gongzhi.audit.queries import links_of
from gongzhi.ballots.models import Vote
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import members, rules
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.engines.procedure_course import outcome_of
from gongzhi.engines.procedure_terms import Event
from gongzhi.engines.voting.reviews import Review, standing_run
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Organization, Post
from gongzhi.people.queries import in_force
from gongzhi.people.queries.staffing import heirs_of, names_for
from gongzhi.people.rules import SETTLED_ROLES

MANDATE, POST, PERSON = "mandate:", "post:", "person:"
COUNTED_BY = "counted_by"
_FAILING, _OTHER = "failing", "other"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier course of the same procedure decided about the same person in the same post."""

    year: int
    number: str
    title: str
    outcome: str


def _mandates() -> QuerySet[Mandate]:
    rows = Mandate.objects.filter(person__kind="person", substitute_for__isnull=True, post__role__in=SETTLED_ROLES)
    return rows.select_related("post__place", "post__organization", "person").defer("post__place__polygon")


def holders(path: str, on: dt.date) -> QuerySet[Mandate]:
    """Who holds a post that a body there may end."""
    return _mandates().filter(in_force(on), post__place__path__startswith=path).order_by("post__title", "id")


def vacancies(path: str, on: dt.date) -> QuerySet[Mandate]:
    """Mandates that ended lately, the newest first: what is filled is the rest of their term."""
    since = on - dt.timedelta(days=rules.VACANT_DAYS)
    rows = _mandates().filter(post__place__path__startswith=path, valid_to__lte=on, valid_to__gte=since)
    return rows.order_by("-valid_to", "id")


def posts(path: str, on: dt.date) -> QuerySet[Post]:
    """Posts there that a resolution may fill."""
    rows = Post.objects.filter(in_force(on), place__path__startswith=path, role__in=SETTLED_ROLES)
    return rows.select_related("place", "organization").defer("place__polygon").order_by("title", "place__path", "id")


def choices(actor: Actor, concerns: str, body: Organization, on: dt.date) -> list[tuple[str, str]]:
    """References with words, for a form; names as the reader may see them, and nobody's own post."""
    if concerns == "member":
        own = members.own_references(actor)
        return [one for one in members.choices(body, on) if one[0] not in own]
    found = {"holder": holders, "vacancy": vacancies}.get(concerns)
    rows = [row for row in found(_path(body), on) if row.person_id != actor.person_id] if found else []
    return list(zip((f"{MANDATE}{row.pk}" for row in rows), labels(actor, rows), strict=True))


def _path(body: Organization) -> str:
    return body.place.path if body.place else "/"


def labels(actor: Actor, rows: Iterable[Mandate]) -> list[str]:
    """Post, place and name of each; the name is masked for who may not see it."""
    rows = list(rows)
    names = names_for(actor, rows)
    return [" · ".join(filter(None, (title_of(row.post), names.get(row.person_id, "")))) for row in rows]


def title_of(post: Post) -> str:
    """As everybody may read it: no person."""
    return f"{post.organization.name if post.organization else post.place.name} {post.title}"


def mandate_of(reference: str) -> Mandate | None:
    """The mandate that a reference names."""
    pk = reference.removeprefix(MANDATE)
    rows = Mandate.objects.select_related("post__place", "post__organization", "person")
    return rows.filter(pk=int(pk)).first() if reference.startswith(MANDATE) and pk.isdigit() else None


def said_of(actor: Actor, reference: str) -> str:
    """The post or the body that a reference names; with the holder's name, masked, for who works here."""
    if body := members.member_of(reference):
        return body.name
    mandate = mandate_of(reference)
    if mandate is None:
        return ""
    return labels(actor, [mandate])[0] if actor.roles else title_of(mandate.post)


def person_concerned(course: Course) -> uuid.UUID | None:
    """Who it is about: whoever held the post when it was opened; nobody where the post had been left before."""
    found = mandate_of(course.concerns)
    if found is None or (found.valid_to and found.valid_to <= course.opened_on):
        return None
    return found.person_id


def check_not_concerned(by: Actor, course: Course) -> None:
    """Nobody runs or signs what is about themselves or the body they belong to. Raises Forbidden `own_matter`."""
    rules.check_not_oneself(by.person_id, person_concerned(course))
    members.check_not_ones_own(by, course.concerns)


def checked(by: Actor, concerns: str, reference: str, body: Organization, on: dt.date) -> str:
    """The reference when the procedure wants one. Raises Refused `missing_concerns`, Forbidden `own_matter`."""
    if not concerns:
        return ""
    if concerns == "member":
        return members.checked(by, body, reference, on)
    rows = (holders if concerns == "holder" else vacancies)(_path(body), on)
    pk = reference.removeprefix(MANDATE)
    row = rows.filter(pk=int(pk)).first() if pk.isdigit() else None
    if row is None:
        message = {
            "holder": N_("请选是哪一项任职。只能选这里选出来、还在任的人。"),
            "vacancy": N_("请选补哪一个缺。只能选这里一年内空出来的岗位。"),
        }[concerns]
        raise Refused("missing_concerns", message, field="concerns")
    if concerns == "holder":
        rules.check_not_oneself(by.person_id, row.person_id)
    return f"{MANDATE}{row.pk}"


def check_alone(row: Course) -> None:
    """One course of a procedure about a person at a time. Raises Conflict `runs_already`."""
    if not row.concerns.startswith(MANDATE):
        return
    alike = row.reference.rpartition("/")[0] + "/"
    same = Course.objects.filter(concerns=row.concerns, status="running", reference__startswith=alike)
    if found := same.first():
        message = N_("这项任职的同一个程序正在办（{number}）。办完了再启动。")
        raise Conflict("runs_already", message, number=found.number, field="concerns")


def earlier(course: Followed) -> list[Earlier]:
    """Resolutions of the same procedure about the same person in the same post, the oldest first."""
    row = course.course
    mandate = mandate_of(row.concerns)
    if mandate is None or course.pack.history is None:
        return []
    same = Mandate.objects.filter(person_id=mandate.person_id, post_id=mandate.post_id).values_list("pk", flat=True)
    kept = [f"{MANDATE}{pk}" for pk in same]
    name = f"pack:procedure/{course.pack.over or course.pack.name}"
    alike = Q(course__reference__startswith=f"{name}/") | Q(course__reference__startswith=f"{name}.")
    rows = Resolution.objects.filter(alike, course__concerns__in=kept, course__opened_at__lt=row.opened_at)
    return [
        Earlier(one.decided_on.year, one.number, one.record.get("title", ""), one.outcome)
        for one in rows.order_by("decided_on", "id")
    ]


def remembered(course: Followed, event: Event) -> Event:
    """The event with the figure that earlier resolutions give; what somebody typed in its place does not count."""
    history = course.pack.history
    if history is None or event.kind != "recorded" or history.figure not in course.step(event.step).counted:
        return event
    bare = replace(event, figures={**event.figures, history.figure: 0})
    here = outcome_of(course.step(event.step), bare)
    if here is None or here.code not in history.outcomes:
        return bare
    said = [(one.year, one.outcome) for one in earlier(course)] + [(event.on.year, here.code)]
    reviews: list[Review] = []
    for year, outcome in said:
        count = sum(one.year == year for one in reviews)
        reviews.append(Review(year, _FAILING if outcome in history.outcomes else _OTHER, count + 1))
    run = standing_run(reviews, failing=_FAILING, most_years_apart=history.most_years_apart)
    return replace(event, figures={**event.figures, history.figure: len(run)})


def heirs(actor: Actor, mandate: Mandate, on: dt.date) -> list[tuple[str, str]]:
    """Who could take the open work of a post on."""
    rows = heirs_of(mandate, on)
    return list(zip((f"{MANDATE}{row.pk}" for row in rows), labels(actor, rows), strict=True))


def elected(course: Course) -> list[str]:
    """Who was elected in the votes that the course counted ("person:…"); none where it counted no election."""
    counted = links_of(course.subject).filter(relation=COUNTED_BY, source=course.subject)
    numbers = [one.target.removeprefix("vote:") for one in counted]
    found: dict[str, None] = {}
    for vote in Vote.objects.filter(number__in=numbers).order_by("counted_at"):
        chosen = ((vote.result or {}).get("seats") or {}).get("elected", ())
        persons = {one["code"]: one.get("person", "") for one in vote.options}
        found |= {f"{PERSON}{persons[code]}": None for code in chosen if persons.get(code)}
    return list(found)


def persons(actor: Actor, references: Iterable[str]) -> list[tuple[str, str]]:
    """References of people with their names as the actor may see them."""
    ids = {one: uuid.UUID(one.removeprefix(PERSON)) for one in references}
    names = vault.shown_to(actor, ids.values(), ("name", "phone"))
    return [(one, names.get(pk, {}).get("name") or names.get(pk, {}).get("phone", "")) for one, pk in ids.items()]


def rest_of_term(course: Course) -> dt.date | None:
    """When the term of who left would have ended, by the resolution that ended it."""
    ended = Resolution.objects.filter(course__concerns=course.concerns, effect="end_post", done_at__isnull=False)
    found = ended.order_by("-done_at").first() if course.concerns else None
    return dt.date.fromisoformat(found.plan["term_ends"]) if found and found.plan.get("term_ends") else None
