"""What a well-typed kind of project can still get wrong. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.project_contents import (
    Consultation,
    Defect,
    FactLine,
    Funding,
    GuideItem,
    MilestoneLine,
    PlanSection,
    ProjectPack,
    Variety,
)

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def projects_problems(pack: ProjectPack) -> Found:
    """Codes twice, an own share where nothing is rewarded, a part of a number that is not there, steps out of order."""
    for name in ("varieties", "defects", "guide", "consultations", "milestones", "facts", "sections"):
        yield from _twice(f"$.{name}", getattr(pack, name))
    kinds = Counter[str](one.kind for one in pack.funding)
    for i, one in enumerate(pack.funding):
        yield from _funding(f"$.funding[{i}]", one, kinds)
    if pack.acceptance.satisfied is not None and not 0 < Fraction(pack.acceptance.satisfied) <= 1:
        yield "$.acceptance.satisfied", N_("比例要大于 0，不超过 1，比如 2/3"), {}
    if bool(pack.acceptance.residents) != bool(pack.acceptance.satisfied):
        yield "$.acceptance", N_("要居民验收，就写几个人、多少满意；不要，两样都不写"), {}
    if pack.pass_points and not pack.sheet:
        yield "$.pass_points", N_("写了合格线，也要写是哪张评分表"), {}
    known = {one.code for one in pack.facts}
    for i, fact in enumerate(pack.facts):
        if fact.of and fact.of not in known - {fact.code}:
            yield f"$.facts[{i}].of", N_("{where} 里没有 {code}"), {"where": "facts", "code": fact.of}
    days = [one.day for one in pack.milestones]
    if days != sorted(days):
        yield "$.milestones", N_("几步要从早到晚写"), {}
    yield from _tranches(pack)


def _tranches(pack: ProjectPack) -> Found:
    """Parts that are paid step by step come to the whole; what is judged has a sheet."""
    parts = [Fraction(one.pays) for one in pack.milestones if one.pays]
    if parts and sum(parts) != 1:
        yield "$.milestones", N_("分几步付的钱，加起来要正好是全部，比如 2/5、3/10、3/10"), {}
    if any(one.judged for one in pack.milestones) and not pack.sheet:
        yield "$.milestones", N_("有一步要先评价，也要写是哪张评分表"), {}


_Coded = Variety | Defect | GuideItem | Consultation | MilestoneLine | FactLine | PlanSection


def _twice(path: str, entries: Sequence[_Coded]) -> Found:
    counted = Counter[str]()
    for i, entry in enumerate(entries):
        counted[entry.code] += 1
        if counted[entry.code] > 1:
            yield f"{path}[{i}].code", N_("{code} 写了两次"), {"code": entry.code}


def _funding(path: str, one: Funding, kinds: Counter[str]) -> Found:
    if kinds[one.kind] > 1:
        yield f"{path}.kind", N_("{code} 写了两次"), {"code": one.kind}
    if one.own_share is None:
        return
    if one.kind != "reward" or not kinds["own"]:
        yield f"{path}.own_share", N_("自筹比例只写在 reward 上，还要有 own 这一种"), {}
    if not 0 < Fraction(one.own_share) < 1:
        yield f"{path}.own_share", N_("比例要大于 0、小于 1，比如 1/10"), {}
