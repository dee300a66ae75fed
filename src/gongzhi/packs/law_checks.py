"""What a well-typed law pack can still get wrong: numbers that are not exact, a local text without its region. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gongzhi.common.text import N_
from gongzhi.engines.thresholds import exact_share
from gongzhi.packs.contents import LawPack
from gongzhi.packs.laws import SHARE_KEYS, UNITS, overruled, region_prefix, resolve

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]
_REGION = re.compile(r"^\d{6}(\d{3}(\d{3})?)?$")


def law_problems(pack: LawPack) -> Found:
    """Decimals, shares that say not whether the number itself is enough, local texts that are nowhere in force."""
    yield from _local_text(pack)
    for i, rule in enumerate(pack.rules):
        yield from _value(f"$.rules[{i}].params", rule.params)


def _local_text(pack: LawPack) -> Found:
    if pack.jurisdiction != "CN" and not _REGION.match(pack.jurisdiction):
        yield "$.jurisdiction", N_("区划代码要 6、9 或 12 位数字，全国写 CN"), {}
    if not pack.over:
        return
    if pack.jurisdiction == "CN":
        yield "$.over", N_("全国的规则包不能盖在别的包上；地方的要写区划代码"), {}
    elif pack.name != (name := f"{pack.over}.{region_prefix(pack.jurisdiction)}"):
        yield "$.name", N_("地方规则包的名字要写 {name}"), {"name": name}


def _value(path: str, value: Any) -> Found:
    if isinstance(value, float):
        yield path, N_("小数不精确：份额写成分数，如 {example}"), {"example": '"2/3"'}
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _value(f"{path}[{i}]", item)
    elif isinstance(value, dict):
        if "share" in value:
            yield from _share(path, value)
        if "amount" in value and "unit" in value and value["unit"] not in UNITS:
            yield f"{path}.unit", N_("单位要是 {units} 之一"), {"units": " / ".join(UNITS)}
        for key, item in value.items():
            yield from _value(f"{path}.{key}", item)


def _share(path: str, value: dict[str, Any]) -> Found:
    if not _exact(value["share"]):
        yield f"{path}.share", N_("份额写成分数，如 {example}，不超过 1/1"), {"example": '"2/3"'}
    if not isinstance(value.get("inclusive"), bool):
        yield path, N_("份额要写 inclusive：正好到这个数算不算（民法典第1259条）"), {}
    if not isinstance(value.get("of"), str):
        yield path, N_("份额要写 of：是什么的几分之几"), {}
    for key in value.keys() - SHARE_KEYS:
        yield f"{path}.{key}", N_("份额里没有 {key} 这一项"), {"key": key}


def _exact(text: object) -> bool:
    try:
        return 0 < exact_share(text) <= 1
    except ValueError:
        return False


def local_problems(pack: LawPack, under: Iterable[Sequence[tuple[str, LawPack]]]) -> Found:
    """What a local text changes though a text in force at the same time does not leave it to it.

    `under`: for every such time, the texts that lie below it, the widest first.
    """
    for texts in under:
        below = resolve(pack.over, pack.jurisdiction, pack.effective_from, texts)
        for i, rule in enumerate(pack.rules):
            if rule.code in below.rules:
                for key, message in overruled(below.rules[rule.code], rule):
                    yield f"$.rules[{i}].params.{key}", message, {"rule": rule.code, "key": key}
