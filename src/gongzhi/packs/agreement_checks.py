"""What a well-typed kind of agreement can still get wrong. Pure."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.agreement_contents import AgreementPack, UsualLine

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def agreement_problems(pack: AgreementPack) -> Found:
    """Codes twice, no side that keeps it, lines of nobody, days counted from nowhere."""
    for name in ("roles", "lines", "facets", "assets", "anchors"):
        yield from twice(f"$.{name}", [one.code for one in getattr(pack, name)])
    if sum(one.core for one in pack.roles) != 1:
        yield "$.roles", N_("正好一方写 core：协议由它保管"), {}
    if any(one.core and (one.several or one.optional) for one in pack.roles):
        yield "$.roles", N_("保管协议的一方只能有一个，也不能没有"), {}
    for i, line in enumerate(pack.lines):
        yield from _line(f"$.lines[{i}]", line, pack)


def twice(path: str, codes: list[str]) -> Found:
    """Each code that stands a second time in one list."""
    counted = Counter[str]()
    for i, code in enumerate(codes):
        counted[code] += 1
        if counted[code] > 1:
            yield f"{path}[{i}].code", N_("{code} 写了两次"), {"code": code}


def _line(path: str, line: UsualLine, pack: AgreementPack) -> Found:
    named = (("owner", "roles", pack.roles), ("facet", "facets", pack.facets), ("anchor", "anchors", pack.anchors))
    for key, where, among in named:
        code = getattr(line, key)
        if code and code not in {one.code for one in among}:
            yield f"{path}.{key}", N_("{where} 里没有 {code}"), {"where": where, "code": code}
    if line.anchor and line.days is None:
        yield f"{path}.days", N_("从哪天算起写了，还要写 days"), {}
    if line.target and not line.counted:
        yield f"{path}.counted", N_("有目标数的，要写数的是什么（次、人）"), {}
