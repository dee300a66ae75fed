"""一核三体: who leads, who deliberates, who decides, who does, at one place; and which way a matter has to go.

The source (S4) calls the owners' committee the deliberating body and the assembly the supervising one. What 民法典 278
lists is decided by the owners together: here the committee deliberates, the assembly decides and accepts.
"""

import datetime as dt
from dataclasses import dataclass

from gongzhi.ballots.grounds import owners_law
from gongzhi.common.errors import Refused
from gongzhi.common.registry import Entitlement, electorate
from gongzhi.common.text import N_
from gongzhi.deliberation import queries
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import region_of
from gongzhi.packs.procedure_queries import Procedure
from gongzhi.packs.procedures import reserved
from gongzhi.people.models import Organization, Post
from gongzhi.people.queries import in_force, posts_with_holders
from gongzhi.places.models import Place
from gongzhi.places.rules import upwards

LAW, USE_OF_FUND = "cn.owners.decisions", "matter.5"
# Which kinds of bodies fill a role, the nearest to it first.
KINDS = {
    "core": ("party_branch", "grid_branch", "party_organization", "party_committee"),
    "committee": ("owners_committee", "self_management_committee"),
    "property": ("property_company",),
    "assembly": ("owners_assembly",),
}
MOST_POSTS = 12


@dataclass(frozen=True, slots=True)
class Held:
    """A body in its role with its posts; None where nobody fills it here."""

    role: str
    body: Organization | None
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Owners:
    """Everybody who decides together: how many, with which area (square decimetres)."""

    heads: int
    area: int


def held_at(place: Place, on: dt.date) -> list[Held]:
    """The four roles in their order; a body at the place goes before one above it or one that lies in it."""
    kinds = [kind for names in KINDS.values() for kind in names]
    rows = Organization.objects.filter(in_force(on), kind__in=kinds, place__isnull=False).select_related("place")
    near = [*rows.filter(place__path__in=upwards(place.path)), *rows.filter(place__path__startswith=place.path)[:200]]
    found = {role: _nearest(near, names, place.path) for role, names in KINDS.items()}
    posts: dict[int, list[Post]] = {}
    bodies = [body.pk for body in found.values() if body is not None]
    for post in posts_with_holders(on).filter(organization__in=bodies).order_by("id"):
        posts.setdefault(post.organization_id or 0, []).append(post)
    return [
        Held(role, body, tuple(posts.get(body.pk, ())[:MOST_POSTS]) if body else ()) for role, body in found.items()
    ]


def _nearest(near: list[Organization], kinds: tuple[str, ...], path: str) -> Organization | None:
    """Kind by kind as they are listed; at the place or in it before above, and from above the closest."""

    def order(body: Organization) -> tuple[int, bool, int, int]:
        where = body.place.path if body.place else ""
        inside = where.startswith(path)
        return kinds.index(body.kind), not inside, len(where) if inside else -len(where), body.pk

    return min((body for body in near if body.kind in kinds), key=order, default=None)


def owners_at(place: Place, on: dt.date) -> Owners:
    """Who stands in the register of owners today; of no one it says nothing."""
    register = electorate("owners")
    rows: list[Entitlement] = register(place.code, on) if register else []
    return Owners(sum(one.heads for one in rows), sum(one.area for one in rows))


def matters_at(path: str, on: dt.date) -> list[tuple[str, str]]:
    """The nine matters that owners decide together, as references that procedures know, in the words of the law."""
    references = [f"{LAW}#matter.{number}" for number in range(1, 10)]
    return queries.matter_words(references, path=path, on=on)


def deciding(matter: str, path: str, on: dt.date) -> list[Procedure]:
    """The procedures by which a matter may be decided here today."""
    found = queries.procedures_for(path, on)
    return [one for one in found if matter and matter in one.definition.matters]


def thresholds(matter: str, path: str, on: dt.date) -> tuple[str, str]:
    """The law's own words about taking part and about agreeing, for one of the matters."""
    law = owners_law(path, on)
    special = bool(law.rule(matter.partition("#")[2]).params["special"])
    return law.rule("participation").title, law.rule("special" if special else "ordinary").title


@dataclass(frozen=True, slots=True)
class Emergency:
    """紧急使用维修资金: what the law of the place says; `situations`: those that it lists, none where it lists none."""

    title: str
    article: str
    situations: tuple[str, ...]


def emergency_at(matter: str, path: str, on: dt.date) -> Emergency | None:
    """The way without a vote, for the use of the maintenance fund alone (民法典 281)."""
    rule = owners_law(path, on).rules.get("fund.emergency")
    if matter != f"{LAW}#{USE_OF_FUND}" or rule is None:
        return None
    cite = rule.cites[-1]
    return Emergency(rule.title, f"{cite.source}{cite.article}", tuple(rule.params.get("situations", ())))


def check_committee(matter: str, path: str, on: dt.date) -> None:
    """Whether the owners' committee may decide it alone. Raises Refused `reserved_to_owners` with the article."""
    laws = {law.name: law for law in packs.laws_at(region=region_of(path), on=on)}
    kept = reserved(laws).get(matter)
    if kept is None:
        return
    message = N_(
        "依{article}，这件事由业主共同决定，业主委员会不能代替决定。委员会可以研究、起草，再提请业主大会表决。"
    )
    raise Refused("reserved_to_owners", message, article=kept.basis.article, field="matter")
