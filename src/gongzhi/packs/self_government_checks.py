"""What a well-typed model can still get wrong about self-government. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.model_self_government import SelfGovernment

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def self_government_problems(pack: ModelPack) -> Found:
    """Levels of nothing, a level in two tiers, a kind at a level without self-government, stages that say the same."""
    said = pack.self_government
    levels = {level.code for level in pack.levels}
    if said is not None:
        yield from _tiers(said, levels)
        yield from _stages(said)
    governed = said.levels if said else ()
    for i, kind in enumerate(pack.organization_kinds):
        for j, level in enumerate(kind.governs.levels if kind.governs else ()):
            if level not in governed:
                path = f"$.organization_kinds[{i}].governs.levels[{j}]"
                yield path, N_("{where} 里没有 {code}"), {"where": "self_government.tiers", "code": level}


def _tiers(said: SelfGovernment, levels: Collection[str]) -> Found:
    counted = Counter(said.levels)
    for i, tier in enumerate(said.tiers):
        for j, unit in enumerate(tier.units):
            path = f"$.self_government.tiers[{i}].units[{j}].level"
            if unit.level not in levels:
                yield path, N_("{where} 里没有 {code}"), {"where": "levels", "code": unit.level}
            if counted[unit.level] > 1:
                yield path, N_("{code} 写了两次"), {"code": unit.level}


def _stages(said: SelfGovernment) -> Found:
    """The first stage needs nothing: every body stands somewhere. What a stage needs, no other needs again."""
    if said.stages[0].needs:
        yield "$.self_government.stages[0].needs", N_("第一级不要条件：登记了就算"), {}
    seen = set[str]()
    for i, stage in enumerate(said.stages):
        for code in stage.needs:
            if code in seen:
                yield f"$.self_government.stages[{i}].needs", N_("{code} 写了两次"), {"code": code}
            seen.add(code)
