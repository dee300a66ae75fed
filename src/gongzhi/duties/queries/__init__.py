"""Reads of duties: one's own, those below one's post, one by its key; the rows as pages show them."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Forbidden, NotFound, SignInRequired
from gongzhi.common.text import N_
from gongzhi.duties import registry, rules
from gongzhi.duties.models import OPEN, Duty
from gongzhi.duties.schedules import Ruled, rule_of
from gongzhi.people.models import Mandate, Organization, Post
from gongzhi.places.models import Place

MOST = 2_000
# A run of missed periods is looked for no further back.
LOOK_BACK = 40


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One duty as a page shows it: its rule, its state on the day, whom it binds, how many in a row were missed."""

    duty: Duty
    ruled: Ruled
    state: rules.State
    subject: str
    holder: str
    missed: int

    @property
    def title(self) -> str:
        return self.ruled.rule.title

    @property
    def word(self) -> str:
        return rules.STATE_WORDS[self.state]


def check_staff(actor: Actor) -> None:
    """Raises SignInRequired for nobody, Forbidden for who holds no post."""
    if actor.kind == "anonymous":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if not actor.scopes and actor.kind != "system":
        raise Forbidden("no_duties", N_("周期职责是在岗的人的。您现在没有岗位。"))


def own_mandates(actor: Actor) -> list[int]:
    """The actor's mandates, and those that the actor stands in for."""
    own = [scope.mandate_id for scope in actor.scopes if scope.mandate_id]
    standing_in = Mandate.objects.filter(pk__in=own, substitute_for__isnull=False)
    return own + [mandate for mandate in standing_in.values_list("substitute_for", flat=True) if mandate]


def own_duties(actor: Actor) -> QuerySet[Duty]:
    return Duty.objects.filter(holder__in=own_mandates(actor))


def below(actor: Actor, permission: str = "duties.read") -> QuerySet[Duty]:
    """Duties of the places over which the actor has a permission."""
    if actor.kind == "system":
        return Duty.objects.all()
    reach = Q(pk__in=[])
    for path in actor.paths_for(permission):
        reach |= Q(path__startswith=path)
    return Duty.objects.filter(reach)


def visible_to(actor: Actor) -> QuerySet[Duty]:
    return below(actor) | own_duties(actor)


def get_duty_for(actor: Actor, duty_id: uuid.UUID) -> Duty:
    """Raises NotFound `duty_not_found`, the same for one that does not exist and one that others have."""
    found = visible_to(actor).filter(pk=duty_id).select_related("holder__post").first()
    if found is None:
        raise NotFound("duty_not_found", N_("没有这项职责，或者它不归您看。"))
    return found


def may_fulfil(actor: Actor, duty: Duty) -> bool:
    """Whoever holds it (or stands in), and who answers for the place."""
    return duty.holder_id in own_mandates(actor) or allows(actor, "duties.fulfil", path=duty.path)


def may_decide(actor: Actor, duty: Duty) -> bool:
    return allows(actor, "duties.excuse", path=duty.path)


def rows_of(duties: Iterable[Duty], today: dt.date) -> list[DutyRow]:
    """The duties with state and words; three statements, however many there are."""
    duties = list(duties)
    missed = missed_runs(duties, today)
    subjects = subject_names(duty.subject for duty in duties)
    holders = _titles(duty.holder_id for duty in duties)
    rows = []
    for duty in duties:
        ruled, run = rule_of(duty.pack, duty.rule), missed.get((duty.rule, duty.subject), 0)
        state = rules.state_of(
            duty,
            done=duty.fulfilled_at is not None,
            excused=duty.excused_at is not None,
            missed=run,
            dormant_after=ruled.rule.dormant_after,
            today=today,
        )
        name = subjects.get(duty.subject, duty.subject)
        rows.append(DutyRow(duty, ruled, state, name, holders.get(duty.holder_id or 0, ""), run))
    return rows


def missed_runs(duties: Sequence[Duty], today: dt.date) -> dict[tuple[str, str], int]:
    """Missed in a row, by rule and subject, of those duties that are open and over."""
    wanted = {(duty.rule, duty.subject) for duty in duties if duty.is_open and duty.due_on < today}
    if not wanted:
        return {}
    rows = Duty.objects.filter(due_on__lt=today, subject__in={subject for _, subject in wanted})
    rows = rows.filter(rule__in={rule for rule, _ in wanted}, due_on__gte=today - dt.timedelta(days=366 * 4))
    runs: dict[tuple[str, str], list[Duty]] = {}
    for row in rows.only("rule", "subject", "ordinal", "opens_on", "due_on", "fulfilled_at", "excused_at"):
        runs.setdefault((row.rule, row.subject), []).append(row)
    return {key: rules.missed_in_a_row(run, today) for key, run in runs.items() if key in wanted}


def subject_names(references: Iterable[str]) -> dict[str, str]:
    """What people call the subjects: a body's or a place's name, a post's title and place. No person's name."""
    by_type: dict[str, set[str]] = {}
    for reference in set(references):
        kind, _, identifier = reference.partition(":")
        by_type.setdefault(kind, set()).add(identifier)
    names = {
        f"organization:{pk}": name
        for pk, name in Organization.objects.filter(pk__in=by_type.get("organization", ())).values_list("pk", "name")
    }
    places = Place.objects.filter(code__in=by_type.get("place", ()))
    names |= {f"place:{code}": name for code, name in places.values_list("code", "name")}
    mandates = Mandate.objects.filter(pk__in=by_type.get("mandate", ())).select_related("post__place")
    names |= {f"mandate:{one.pk}": _post_words(one.post) for one in mandates}
    for kind in by_type.keys() - {"organization", "place", "mandate"}:
        told = registry.names_told(kind, by_type[kind])
        names |= {f"{kind}:{identifier}": name for identifier, name in told.items()}
    return names


def _titles(mandates: Iterable[int | None]) -> dict[int, str]:
    held = Mandate.objects.filter(pk__in={pk for pk in mandates if pk}).select_related("post__place")
    return {mandate.pk: _post_words(mandate.post) for mandate in held}


def _post_words(post: Post) -> str:
    return f"{post.place.name} {post.title}"


def team_list(actor: Actor, today: dt.date, *, rule: str = "", show: str = "open", limit: int = MOST) -> list[DutyRow]:
    """Below the actor's post: what sleeps and what is over first, then by day. `show`: open, done or all."""
    duties = below(actor).select_related("holder")
    if rule:
        duties = duties.filter(rule=rule)
    if show == "open":
        duties = duties.filter(OPEN, opens_on__lte=today)
    elif show == "done":
        duties = duties.exclude(OPEN)
    order = {"dormant": 0, "overdue": 1}
    rows = rows_of(duties.order_by("due_on", "id")[:limit], today)
    return sorted(rows, key=lambda row: (order.get(row.state, 2), -row.missed if row.state == "dormant" else 0))


def folded(rows: Sequence[DutyRow]) -> list[DutyRow]:
    """A run of missed periods of one rule and subject as its newest row; `missed` says how long the run is."""
    newest: dict[tuple[str, str], int] = {}
    late = [row for row in rows if row.state in ("dormant", "overdue")]
    for row in late:
        key = (row.duty.rule, row.duty.subject)
        newest[key] = max(newest.get(key, row.duty.ordinal), row.duty.ordinal)
    hidden = {
        row.duty.pk for row in late if 0 < newest[row.duty.rule, row.duty.subject] - row.duty.ordinal < row.missed
    }
    return [row for row in rows if row.duty.pk not in hidden]


def to_be_shown_by(kind: str, path: str, today: dt.date) -> list[DutyRow]:
    """Open duties of a place and of what it lies in that a reference of a type would show done, the soonest first."""
    above = [path[: end + 1] for end, letter in enumerate(path) if letter == "/" and end]
    begun = Duty.objects.filter(OPEN, path__in=above, opens_on__lte=today).order_by("due_on", "id")
    return [row for row in rows_of(begun[:MOST], today) if kind in row.ruled.rule.evidence]


def in_month(actor: Actor, first: dt.date, last: dt.date, today: dt.date) -> list[DutyRow]:
    """Own duties and those below that are due in the month, by day."""
    duties = visible_to(actor).filter(due_on__range=(first, last)).distinct()
    return rows_of(duties.order_by("due_on", "id")[:MOST], today)


def mine(actor: Actor, today: dt.date) -> list[DutyRow]:
    """What the actor has to do: open and begun, the most pressing first; then what opens within a month."""
    check_staff(actor)
    soon = Q(opens_on__lte=today + dt.timedelta(days=31))
    return rows_of(own_duties(actor).filter(OPEN & soon).order_by("due_on", "id")[:200], today)


def mine_done(actor: Actor, today: dt.date, limit: int = 10) -> list[DutyRow]:
    """What the actor did or was excused from lately."""
    done = own_duties(actor).exclude(OPEN).order_by("-due_on", "-id")
    return rows_of(done[:limit], today)


def waiting_excuses(actor: Actor, today: dt.date) -> list[DutyRow]:
    """Requests that wait for the actor's word; one's own are not among them."""
    asked = below(actor, "duties.excuse").filter(OPEN, excuse_asked_at__isnull=False)
    asked = asked.exclude(excuse_asked_by=actor.reference)
    return rows_of(asked.order_by("due_on", "id")[:100], today)
