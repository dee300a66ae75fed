"""Figures of a procedure held against what it needs: shares by `engines.thresholds`, caps and least numbers here.

Whole numbers of the smallest unit (heads, square decimetres, fen), as `thresholds` wants them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gongzhi.engines.procedure_terms import Basis, Bound, Needs, figure

Figures = Mapping[str, int]


def amounts(figures: Figures) -> dict[str, dict[str, int]]:
    """What `thresholds` reads: {"yes": {"heads": 480, "area": 4_320}} out of {"yes": 480, "yes.area": 4_320}."""
    found: dict[str, dict[str, int]] = {}
    for name, value in figures.items():
        counts, _, measure = name.partition(".")
        found.setdefault(counts, {})[measure or "heads"] = value
    return found


def lacking(needs: Needs, figures: Figures) -> list[str]:
    """The figures that nobody has given."""
    return sorted(name for name in needs.figures if name not in figures)


def met(needs: Needs, figures: Figures) -> bool:
    """Whether the figures satisfy it; asking nothing is satisfied, a missing figure satisfies nothing."""
    if lacking(needs, figures):
        return False
    return needs.requirement.judge(amounts(figures)).met and all(_within(bound, figures) for bound in needs.bounds)


def _within(bound: Bound, figures: Figures) -> bool:
    if bound.number is None:
        return False
    have = figures[bound.figure]
    return have >= bound.number if bound.limit == "at_least" else have <= bound.number


def unset(needs: Needs) -> list[Bound]:
    """Bounds whose number is left to the province or the community, and nobody has filled it in."""
    return [bound for bound in needs.bounds if bound.number is None]


def beyond(asked: Iterable[Needs], figures: Figures) -> list[tuple[str, str]]:
    """Parts that are larger than their whole: nobody can have more votes than there are voters."""
    pairs = [
        (figure(one.counts, one.measure), figure(one.of, one.measure))
        for needs in asked
        for one in needs.requirement.thresholds()
    ]
    return [(part, whole) for part, whole in dict.fromkeys(pairs) if figures[part] > figures[whole]]


def told(needs: Needs, figures: Figures) -> dict[str, Any]:
    """What it takes and what there is, as plain values for refusals and records."""
    bounds = [_bound_told(bound, figures) for bound in needs.bounds]
    return {**needs.requirement.judge(amounts(figures)).to_record(), "bounds": bounds, **_basis(needs.basis)}


def _bound_told(bound: Bound, figures: Figures) -> dict[str, Any]:
    own = {"figure": bound.figure, "limit": bound.limit, "number": bound.number, "reached": figures[bound.figure]}
    return {**own, "met": _within(bound, figures), **_basis(bound.basis)}


def _basis(basis: Basis) -> dict[str, str]:
    return {"article": basis.article, "rule": basis.rule, "confidence": basis.confidence}
