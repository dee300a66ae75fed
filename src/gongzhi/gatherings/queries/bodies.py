"""The register of bodies that govern themselves: members, charter, meetings, what came of them, how far on each is."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from gongzhi.common.access import Actor, allows
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.documents.instruments import holds
from gongzhi.documents.models import Instrument
from gongzhi.duties import queries as duties
from gongzhi.duties.queries import DutyRow
from gongzhi.duties.schedules import Ruled, rules_in_use
from gongzhi.gatherings import rules
from gongzhi.gatherings.models import AgendaItem, Gathering
from gongzhi.gatherings.queries import visible_to
from gongzhi.gatherings.queries.councils import YEAR
from gongzhi.packs.model_contents import OrganizationKind
from gongzhi.packs.model_self_government import SelfGoverning, SelfGovernment, Stage
from gongzhi.packs.schedule_contents import Every
from gongzhi.people.models import Mandate, Organization, Post
from gongzhi.people.queries import governing, in_force, standing
from gongzhi.people.rules import FOUND
from gongzhi.places.models import Place
from gongzhi.places.queries import level_names
from gongzhi.places.rules import upwards
from gongzhi.publications.models import WAS_PUBLIC, Publication

_LENGTHS = ("week", "month", "quarter", "half_year", "year")


@dataclass(frozen=True, slots=True)
class Office:
    """A title in a body: how many sit there, until when the first of them; never who."""

    post: Post
    held: int
    ends_on: dt.date | None


@dataclass(frozen=True)
class Body:
    """One body of the register with all that is known of it."""

    organization: Organization
    place: Place
    kind: str
    governs: SelfGoverning
    tier: str
    form: str
    level: str
    known: rules.Known
    shown: frozenset[str]
    stage: int
    stages: tuple[Stage, ...]
    rule: Ruled | None
    every: Every
    charter: Instrument | None = None
    last: Gathering | None = None
    coming: Gathering | None = None
    offices: Sequence[Office] = field(default_factory=list)

    @property
    def stage_name(self) -> str:
        return self.stages[self.stage].name

    @property
    def vacant(self) -> int:
        return max(self.known.seats - self.known.held, 0)

    @property
    def scope(self) -> str:
        return str(self.organization.features.get("scope") or self.governs.scope)

    @property
    def term_years(self) -> int:
        return int(self.organization.features.get("term_years") or self.governs.term_years)

    @property
    def ends_on(self) -> dt.date | None:
        """When the first of the members' terms is over."""
        return min((one.ends_on for one in self.offices if one.ends_on), default=None)

    @property
    def wanting(self) -> list[str]:
        """What is missing for the next stage."""
        following = self.stages[self.stage + 1 : self.stage + 2]
        return [code for stage in following for code in stage.needs if code not in self.shown]


def may_found(actor: Actor, path: str | None = None) -> bool:
    return allows(actor, FOUND, path=path)


def reach_of(actor: Actor, field_name: str = "place__path") -> Q:
    """Bodies of the places that the actor answers for."""
    if actor.kind == "system":
        return Q()
    reach = Q(pk__in=[])
    for path in actor.paths_for(rules.READ) + actor.paths_for(FOUND):
        reach |= Q(**{f"{field_name}__startswith": path})
    return reach


def register() -> QuerySet[Organization]:
    """Every body that governs itself and stands, by place and then by when it came."""
    rows = Organization.objects.filter(standing(), kind__in=governing.codes(), place__isnull=False)
    return rows.select_related("place").defer("place__polygon").order_by("place__path", "id")


def narrowed(
    rows: QuerySet[Organization], *, path: str = "", level: str = "", kind: str = "", text: str = ""
) -> QuerySet[Organization]:
    rows = rows.filter(place__path__startswith=path) if path else rows
    rows = rows.filter(place__level=level) if level else rows
    rows = rows.filter(Q(name__icontains=text) | Q(place__name__icontains=text)) if text else rows
    return rows.filter(kind=kind) if kind else rows


def page_of(
    actor: Actor, rows: QuerySet[Organization], at: dt.datetime, *, cursor: str = "", limit: int | None = None
) -> tuple[list[Body], str]:
    """One page and the cursor of the next, or ''; as many statements for one body as for all of the page."""
    if cursor:
        path, pk = (str(one) for one in decode_cursor(cursor, 2))
        rows = rows.filter(Q(place__path__gt=path) | Q(place__path=path, pk__gt=int(pk) if pk.isdigit() else 0))
    size = clamp_limit(limit)
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    following = encode_cursor(last.place.path, str(last.pk)) if last and last.place else ""
    return known_of(actor, found[:size], at), following


def seen_by(actor: Actor) -> QuerySet[Organization]:
    """The register as staff read it."""
    return register().filter(reach_of(actor))


def get_body(code: str) -> Organization:
    """Bodies are public. Raises NotFound `body_not_found`."""
    found = register().filter(code=code).first()
    if found is None:
        raise NotFound("body_not_found", N_("没有这个自治组织，或者它已经撤销了。"))
    return found


def over(place: Place) -> QuerySet[Organization]:
    """The bodies of a place and of those that it lies in: who stands for whoever lives there."""
    return register().filter(place__path__in=upwards(place.path))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was read about all bodies of a page, by their keys."""

    today: dt.date
    said: SelfGovernment
    kinds: Mapping[str, OrganizationKind]
    levels: Mapping[str, str]
    ruled: Mapping[str, Ruled]
    offices: Mapping[int, Sequence[Office]]
    texts: Mapping[str, Instrument]
    held: Mapping[int, dt.datetime]
    decided: Mapping[int, int]
    published: Mapping[int, int]
    last: Mapping[int, Gathering]
    coming: Mapping[int, Gathering]


def known_of(actor: Actor, rows: Sequence[Organization], at: dt.datetime) -> list[Body]:
    """Everything about the bodies: nine statements, however many there are."""
    today, said = local_date(at), governing.said()
    if said is None or not rows:
        return []
    keys = [row.pk for row in rows]
    last, coming = _meetings(actor, keys, at)
    facts = _Facts(
        today=today,
        said=said,
        kinds={kind.code: kind for kind in governing.kinds()},
        levels=level_names(),
        ruled=_ruled(today),
        offices=_offices(keys, today),
        texts=_charters(rows, today),
        held=_last_held(keys),
        decided=_decided(keys, at),
        published=_published(keys, at),
        last=last,
        coming=coming,
    )
    return [_body(row, facts) for row in rows]


def _known(row: Organization, facts: _Facts) -> rules.Known:
    offices, text = facts.offices.get(row.pk, ()), _text(row, facts)
    return rules.Known(
        seats=sum(one.post.seats for one in offices),
        held=sum(one.held for one in offices),
        charter=text is not None and holds(text, facts.today),
        last_on=local_date(facts.held[row.pk]) if row.pk in facts.held else None,
        decided=facts.decided.get(row.pk, 0),
        published=facts.published.get(row.pk, 0),
    )


def _text(row: Organization, facts: _Facts) -> Instrument | None:
    return facts.texts.get(str(row.features.get("charter", "")))


def _body(row: Organization, facts: _Facts) -> Body:
    kind, place, said = facts.kinds[row.kind], row.place, facts.said
    assert place is not None and kind.governs is not None  # noqa: S101 - the register asks for both
    known, rule, tier = _known(row, facts), facts.ruled.get(row.kind), said.tier_of(place.level)
    every = rule.rule.every if rule else said.meets
    shown = rules.shown_of(known, percent=said.seated_percent, every=every, today=facts.today)
    return Body(
        organization=row,
        place=place,
        kind=kind.name,
        governs=kind.governs,
        tier=tier.name if tier else "",
        form=kind.governs.form or said.form_at(place.level),
        level=facts.levels.get(place.level, place.level),
        known=known,
        shown=shown,
        stage=rules.stage_of([stage.needs for stage in said.stages], shown),
        stages=said.stages,
        rule=rule,
        every=every,
        charter=_text(row, facts),
        last=facts.last.get(row.pk),
        coming=facts.coming.get(row.pk),
        offices=facts.offices.get(row.pk, ()),
    )


def _ruled(today: dt.date) -> dict[str, Ruled]:
    """For each kind of body the rule that says how often it meets; of several the one that asks most often."""
    found: dict[str, Ruled] = {}
    for one in rules_in_use(today):
        if one.rule.per != "organization" or one.rule.every not in _LENGTHS or "gathering" not in one.rule.evidence:
            continue
        for kind in one.rule.organizations:
            before = found.get(kind)
            if before is None or _LENGTHS.index(one.rule.every) < _LENGTHS.index(before.rule.every):
                found[kind] = one
    return found


def _offices(bodies: list[int], today: dt.date) -> dict[int, list[Office]]:
    posts = list(Post.objects.filter(in_force(today), organization__in=bodies).order_by("id"))
    held: defaultdict[int, list[dt.date | None]] = defaultdict(list)
    rows = Mandate.objects.filter(in_force(today), post__in=posts, substitute_for__isnull=True)
    for post, ends in rows.values_list("post", "valid_to"):
        held[post].append(ends)
    found: defaultdict[int, list[Office]] = defaultdict(list)
    for post_row in posts:
        ends_on = min((day for day in held[post_row.pk] if day), default=None)
        found[post_row.organization_id or 0].append(Office(post_row, len(held[post_row.pk]), ends_on))
    return found


def _charters(rows: Iterable[Organization], today: dt.date) -> dict[str, Instrument]:
    """By code: the version in force, else the newest that was adopted."""
    codes = {str(row.features["charter"]) for row in rows if row.features.get("charter")}
    found: dict[str, Instrument] = {}
    for one in Instrument.objects.filter(code__in=codes, adopted_at__isnull=False).defer("text").order_by("-version"):
        before = found.get(one.code)
        if before is None or (holds(one, today) and not holds(before, today)):
            found[one.code] = one
    return found


def _last_held(bodies: list[int]) -> dict[int, dt.datetime]:
    """When each met last, whoever may read about it."""
    rows = Gathering.objects.filter(organization__in=bodies, status="closed").order_by("organization", "-starts_at")
    return dict(rows.distinct("organization").values_list("organization", "starts_at"))


def _meetings(
    actor: Actor, bodies: list[int], at: dt.datetime
) -> tuple[dict[int, Gathering], dict[int, Gathering]]:
    """The last and the next meeting of each that the actor may open."""
    seen = visible_to(actor).filter(organization__in=bodies).defer("words", "terms")
    held = seen.filter(status="closed").order_by("organization", "-starts_at").distinct("organization")
    wait = seen.filter(status__in=("planned", "noticed", "open"), ends_at__gte=at)
    coming = wait.order_by("organization", "starts_at").distinct("organization")
    return {row.organization_id: row for row in held}, {row.organization_id: row for row in coming}


def _decided(bodies: list[int], at: dt.datetime) -> dict[int, int]:
    rows = AgendaItem.objects.filter(gathering__organization__in=bodies, decided_at__gte=at - YEAR)
    rows = rows.exclude(decision__in=("", "defer"))
    return dict(rows.order_by().values_list("gathering__organization").annotate(n=Count("pk")))


def _published(bodies: list[int], at: dt.datetime) -> dict[int, int]:
    """What was made public about the body itself."""
    rows = Publication.objects.filter(subject_organization__in=bodies, state__in=WAS_PUBLIC)
    rows = rows.filter(released_at__gte=at - YEAR).order_by()
    return dict(rows.values_list("subject_organization").annotate(n=Count("pk")))


def lately(actor: Actor, body: Organization, limit: int = 5) -> list[Gathering]:
    """Its last meetings that the actor may open."""
    rows = visible_to(actor).filter(organization=body, status="closed").defer("words", "terms")
    return list(rows.order_by("-starts_at", "-id")[:limit])


def duty_of(actor: Actor, body: Body, today: dt.date) -> DutyRow | None:
    """How it stands with the duty to meet, for who may read duties there: what is due now, else what was last."""
    if body.rule is None:
        return None
    rows = duties.visible_to(actor).filter(subject=f"organization:{body.organization.pk}", rule=body.rule.rule.code)
    begun = rows.filter(opens_on__lte=today).order_by("-due_on", "-id").distinct()[:1]
    return next(iter(duties.rows_of(begun, today)), None)
