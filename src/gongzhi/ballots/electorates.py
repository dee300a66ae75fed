"""Who goes on a roll of each kind, and what the law says of that roll: its posting, its objections, its classes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from gongzhi.ballots import rules
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.registry import Entitlement, electorate
from gongzhi.common.text import N_
from gongzhi.engines.procedure_course import first_day_after, last_day
from gongzhi.engines.procedure_terms import Period
from gongzhi.engines.rolls import delegate_bounds
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import Applied, InForce, region_of
from gongzhi.people.models import Mandate, Organization
from gongzhi.places.models import Place

VILLAGE, RESIDENTS = "cn.village", "cn.residents"
# What a roll is drawn up for: its kind, and the law of the election it is for.
PURPOSES = {
    "village_election": ("voters", VILLAGE, N_("村民委员会选举：登记的选民")),
    "residents_election": ("households", RESIDENTS, N_("居民委员会选举：户的代表")),
    "owners": ("owners", "", N_("业主表决：专有部分的业主，有面积")),
    "households": ("households", "", N_("户的代表，一户一人")),
    "residents": ("residents", "", N_("认定住在这里的人，一人一票")),
    "voters": ("voters", "", N_("年满十八周岁的人，自己登记")),
    "members": ("members", "", N_("一个组织应到会的成员")),
    "delegates": ("delegates", "", N_("村民（居民）代表")),
}


def entries_for(kind: str, place: Place, body: Organization | None, on: dt.date) -> list[Entitlement]:
    """Who stands on it from the start: of voters nobody, they register.

    Raises Refused `no_register`, `body_missing`.
    """
    if kind in ("members", "delegates"):
        if body is None:
            raise Refused("body_missing", N_("请选是哪个组织的成员。"), field="body")
        return members_of(body, on, grouped=kind == "delegates")
    if kind == "voters":
        return []
    register = electorate(kind)
    if register is None:
        raise Refused("no_register", N_("没有登记住户和业主，定不了名册。"))
    return register(place.code, on)


def members_of(body: Organization, on: dt.date, *, grouped: bool) -> list[Entitlement]:
    """Whoever holds a mandate in a body on that day, once each; a substitute is not a member of their own."""
    holding = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    rows = Mandate.objects.filter(holding, post__organization=body, substitute_for__isnull=True)
    found: dict[Any, Entitlement] = {}
    for row in rows.select_related("post__place").order_by("post__place__path", "post__code", "id"):
        group = row.post.place.name if grouped else row.post.title
        found.setdefault(row.person_id, Entitlement(people=(row.person_id,), group=group))
    return list(found.values())


def law_of(name: str, path: str, on: dt.date) -> InForce:
    """Raises NotFound `no_pack_in_force`."""
    return packs.law_at(name, region=region_of(path), on=on)


def rule_of(names: Sequence[str], code: str, key: str, path: str, on: dt.date) -> tuple[Applied, bool] | None:
    """A rule that holds this parameter: the law's own, else that of the next one (参照); whether it is the next."""
    for place, name in enumerate(names):
        try:
            found = law_of(name, path, on).rules.get(code)
        except NotFound:
            continue
        if found is not None and key in found.params:
            return found, place > 0
    return None


def after(law: str) -> list[str]:
    """A law, and the one that fills what it leaves unsaid."""
    return list(dict.fromkeys(filter(None, [law, VILLAGE])))


def basis_of(law: str, path: str, on: dt.date) -> dict[str, Any]:
    """What a roll keeps of the law: days by key, each with its article, and the classes of voters.

    A kind without a law of its own takes the days of the village law as its example (参照).
    """
    days = {}
    for key in ("objection", "decision", "published_before"):
        found = rule_of(after(law), "roll", key, path, on)
        if found is not None:
            rule, by_example = found
            period, cite = rule.period(key), rule.cites[-1]
            days[key] = {
                "amount": period.amount,
                "unit": period.unit,
                "article": f"{cite.source}{cite.article}",
                "confidence": rule.confidence,
                "example": by_example or not law,
                "pack": cite.pack,
            }
    return {"law": law, "on": on.isoformat(), "days": days, "classes": _classes(law, path, on) if law else []}


def _classes(law: str, path: str, on: dt.date) -> list[dict[str, Any]]:
    """The classes of voters that the law names; `consent`: those who need a meeting's consent (村组法 13)."""
    found = law_of(law, path, on).rules
    if (rule := found.get("voters.classes")) is not None:
        consented = rule.params.get("consented", ())
        words = list(rule.params["classes"])
        return [{"code": str(n), "words": one, "consent": one in consented} for n, one in enumerate(words, 1)]
    return []


@dataclass(frozen=True, slots=True)
class Days:
    """A length of time of a roll's law, as the roll keeps it."""

    period: Period
    article: str
    example: bool


def days_of(basis: dict[str, Any], key: str) -> Days | None:
    said = basis.get("days", {}).get(key)
    return said and Days(Period(said["amount"], said["unit"]), said["article"], said["example"])


def last_for(days: Days, start: dt.date) -> dt.date:
    """The last day of a time that begins on `start` (民法典 201, 203)."""
    return last_day(days.period, start, packs.calendar()).on


def first_after(days: Days, start: dt.date) -> dt.date:
    """The first day with that many whole days in between."""
    return first_day_after(days.period, start, packs.calendar())


def delegates_basis(count: int, households: int, path: str, on: dt.date) -> dict[str, Any]:
    """How many delegates so many households send (村组法 25).

    Raises Refused `delegates_do_not_fit`, `households_missing`, NotFound where the law is not there.
    """
    if households < 1:
        raise Refused("households_missing", N_("请填一共有多少户。代表的人数照户数算。"), field="households")
    rule = law_of(VILLAGE, path, on).rule("representatives.chosen")
    each = {key: int(rule.params[f"households_{key}"]) for key in ("least", "most")}
    try:
        fewest, most = delegate_bounds(households, fewest_each=each["least"], most_each=each["most"])
    except ValueError:
        fewest = most = 0
    if not rules.delegates_fit(count, fewest, most):
        message = N_(
            "{households} 户，每 {least}—{most} 户一位（{article}）：要 {low} 到 {high} 位代表，现在 {count} 位。"
        )
        facts = {"households": households, "low": fewest, "high": most, "count": count, **each}
        article = f"{rule.cites[-1].source}{rule.cites[-1].article}"
        raise Refused("delegates_do_not_fit", message, field="households", article=article, **facts)
    kept = {"households": households, "count": count, "fewest": fewest, "most": most}
    return {**kept, **{f"each_{key}": n for key, n in each.items()}}
