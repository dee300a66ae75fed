"""What a well-typed model can still get wrong about party organizations. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.model_contents import ModelPack

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def party_problems(pack: ModelPack) -> Found:
    """Levels and kinds of nothing, a figure twice, areas that do not go from wide to narrow."""
    if pack.party is None:
        return
    levels = {level.code: level.order for level in pack.levels}
    kinds = {kind.code for kind in pack.organization_kinds}
    roles = {role.code for role in pack.roles}
    yield from _unknown("$.party.branches", pack.party.branches, kinds, "organization_kinds")
    counted = Counter(cover.code for cover in pack.party.covers)
    for i, cover in enumerate(pack.party.covers):
        path = f"$.party.covers[{i}]"
        if counted[cover.code] > 1:
            yield f"{path}.code", N_("{code} 写了两次"), {"code": cover.code}
        yield from _unknown(f"{path}.level", [cover.level], levels, "levels")
        yield from _unknown(f"{path}.kinds", cover.kinds, kinds, "organization_kinds")
    for i, area in enumerate(pack.party.areas):
        yield from _unknown(f"$.party.areas[{i}].level", [area.level], levels, "levels")
        yield from _unknown(f"$.party.areas[{i}].roles", area.roles, roles, "roles")
    orders = [levels.get(area.level, 0) for area in pack.party.areas]
    if orders != sorted(set(orders)):
        yield "$.party.areas", N_("从大到小写，每一级写一次"), {}


def _unknown(path: str, codes: Collection[str], known: Collection[str], where: str) -> Found:
    for code in codes:
        if code not in known:
            yield path, N_("{where} 里没有 {code}"), {"where": where, "code": code}
