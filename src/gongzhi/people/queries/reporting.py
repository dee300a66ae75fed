"""Reports about posts: who holds two of them (一肩挑), which units have nobody, how holders are employed."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Q

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.packs import queries as packs
from gongzhi.packs.model_office import SharedPosts
from gongzhi.people import rules
from gongzhi.people.models import Employment, Mandate, Post
from gongzhi.people.queries import SERVICE, in_force
from gongzhi.people.queries.staffing import READ
from gongzhi.places.models import Place

YEAR = Fraction(1461, 4)


def reach_of(actor: Actor, field: str) -> Q:
    require(actor, READ)
    if actor.kind == "system":
        return Q()
    reach = Q(pk__in=[])
    for path in actor.paths_for(READ):
        reach |= Q(**{f"{field}__startswith": path})
    return reach


def percent(part: int, whole: int) -> str:
    """One decimal, rounded half up; "—" of nothing."""
    if not whole:
        return "—"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


@dataclass(slots=True)
class SharedUnit:
    """One place with both posts: who holds the first, who the second."""

    place: Place
    first: list[Mandate] = field(default_factory=list)
    second: list[Mandate] = field(default_factory=list)

    @property
    def vacant(self) -> bool:
        return not (self.first and self.second)

    @property
    def shared(self) -> bool:
        return bool({one.person_id for one in self.first} & {one.person_id for one in self.second})


@dataclass(frozen=True, slots=True)
class Sharing:
    """一肩挑率: units where one person holds both, of the units with both posts, vacant ones among them."""

    rule: SharedPosts
    units: list[SharedUnit]

    @property
    def numerator(self) -> int:
        return sum(unit.shared for unit in self.units)

    @property
    def denominator(self) -> int:
        return len(self.units)

    @property
    def vacant(self) -> int:
        return sum(unit.vacant for unit in self.units)

    @property
    def rate(self) -> str:
        return percent(self.numerator, self.denominator)


def sharing(actor: Actor, on: dt.date) -> list[Sharing]:
    """Each pair that the model counts, over the actor's places."""
    require(actor, READ)
    try:
        office = packs.active_model().office
    except Refused:
        return []
    return [_sharing_of(rule, actor, on) for rule in office.shared_posts] if office else []


def _sharing_of(rule: SharedPosts, actor: Actor, on: dt.date) -> Sharing:
    wanted = Q()
    for word in (*rule.first, *rule.second):
        wanted |= Q(title__endswith=word)
    posts = Post.objects.filter(reach_of(actor, "place__path"), in_force(on), wanted).select_related("place")
    posts = posts.order_by("place__path", "code")
    holders: dict[int, list[Mandate]] = {}
    for mandate in Mandate.objects.filter(in_force(on), post__in=posts, substitute_for=None).select_related("post"):
        holders.setdefault(mandate.post_id, []).append(mandate)
    units: dict[int, SharedUnit] = {}
    have: dict[int, set[str]] = {}
    for post in posts:
        for name, words in (("first", rule.first), ("second", rule.second)):
            if rules.ends_with(post.title, words):
                unit = units.setdefault(post.place_id, SharedUnit(post.place))
                getattr(unit, name).extend(holders.get(post.pk, []))
                have.setdefault(post.place_id, set()).add(name)
    return Sharing(rule, [unit for key, unit in units.items() if have[key] == {"first", "second"}])


@dataclass(slots=True)
class Coverage:
    """One kind of post at one level: units there, with such a post, with somebody in it; and those with nobody."""

    title: str
    level: str
    units: int = 0
    posted: int = 0
    held: int = 0

    @property
    def without(self) -> int:
        return self.units - self.held

    @property
    def rate(self) -> str:
        return percent(self.held, self.units)


def coverage(actor: Actor, on: dt.date) -> list[Coverage]:
    """Units with a holder out of all units of the level, for every kind of post that some unit of the level has."""
    totals: dict[str, int] = {}
    for level in Place.objects.current().filter(reach_of(actor, "path")).values_list("level", flat=True):
        totals[level] = totals.get(level, 0) + 1
    held = set(Mandate.objects.filter(in_force(on), substitute_for=None).values_list("post_id", flat=True))
    found: dict[tuple[str, str], tuple[set[int], set[int]]] = {}
    for post in _posts(actor, on):
        posted, filled = found.setdefault((post.title, post.place.level), (set(), set()))
        posted.add(post.place_id)
        if post.pk in held:
            filled.add(post.place_id)
    rows = [
        Coverage(title, level, totals.get(level, len(posted)), len(posted), len(filled))
        for (title, level), (posted, filled) in found.items()
    ]
    return sorted(rows, key=lambda row: (row.level, row.title))


def _posts(actor: Actor, on: dt.date) -> Iterable[Post]:
    rows = Post.objects.filter(reach_of(actor, "place__path"), in_force(on), place__valid_to__isnull=True)
    return rows.exclude(code__startswith=SERVICE).select_related("place").defer("place__polygon")


def units_without(actor: Actor, on: dt.date, title: str, level: str) -> list[Place]:
    """The units of a level in which nobody holds the post, those without such a post among them."""
    filled = Mandate.objects.filter(in_force(on), in_force(on, "post__"), substitute_for=None, post__title=title)
    places = Place.objects.current().filter(reach_of(actor, "path"), level=level).defer("polygon")
    return list(places.exclude(pk__in=filled.values("post__place")).order_by("path"))


@dataclass(frozen=True, slots=True)
class Employed:
    """One type of employment: holders, how many have a stipend written down, mean years, on the way up."""

    code: str
    holders: int
    with_stipend: int
    mean_years: str
    on_path: int


def employment(actor: Actor, on: dt.date, role: str = "") -> list[Employed]:
    """Holders by employment; "" is what nobody has written down yet."""
    rows = employed_rows(actor, on, role)
    order = [*Employment.values, ""]
    return [_employed(code, some, on) for code in order if (some := [row for row in rows if row.employment == code])]


def employed_rows(actor: Actor, on: dt.date, role: str = "", code: str | None = None) -> list[Mandate]:
    rows = Mandate.objects.filter(
        reach_of(actor, "post__place__path"), in_force(on), in_force(on, "post__"), substitute_for=None
    ).filter(person__kind="person")
    if role:
        rows = rows.filter(post__role=role)
    if code is not None:
        rows = rows.filter(employment=code)
    return list(rows.select_related("post__place").defer("post__place__polygon").order_by("post__code", "id"))


def _employed(code: str, rows: list[Mandate], on: dt.date) -> Employed:
    days = sum((on - row.valid_from).days for row in rows)
    mean = Fraction(days, len(rows)) / YEAR
    stipends = sum(bool(row.terms.get("stipend")) for row in rows)
    path = sum(bool(row.terms.get("committee_path")) for row in rows)
    return Employed(code, len(rows), stipends, f"{float(round(mean, 1)):.1f}", path)


def years_of(mandate: Mandate, on: dt.date) -> str:
    return f"{float(round(Fraction((on - mandate.valid_from).days) / YEAR, 1)):.1f}"


def employment_words() -> dict[str, Any]:
    return dict(Employment.choices)
