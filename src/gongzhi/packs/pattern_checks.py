"""What a well-typed model can still get wrong about its pattern. Pure."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.model_contents import ModelPack

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def pattern_problems(pack: ModelPack) -> Found:
    """As many items as the figure says, or none where the source cannot be read."""
    counted = Counter(group.code for group in pack.pattern)
    for i, group in enumerate(pack.pattern):
        path = f"$.pattern[{i}]"
        if counted[group.code] > 1:
            yield f"{path}.code", N_("{code} 写了两次"), {"code": group.code}
        if not group.readable and group.items:
            yield f"{path}.items", N_("来源读不到的，不写条目；读到了，就去掉 readable"), {}
        if group.readable and group.count > 1 and len(group.items) != group.count:
            facts = {"count": group.count, "items": len(group.items)}
            yield f"{path}.items", N_("这一组是 {count} 项，写了 {items} 条"), facts


def covers_problems(pack: ModelPack) -> Found:
    """A body of one place may cover more; one that stands at every place of a level covers only those."""
    for i, body in enumerate(pack.organizations):
        if body.covers and not body.place:
            yield f"$.organizations[{i}].covers", N_("covers 要和 place 一起写"), {}
        if len(set(body.covers)) < len(body.covers) or body.place in body.covers:
            yield f"$.organizations[{i}].covers", N_("同一处不要写两次"), {}
