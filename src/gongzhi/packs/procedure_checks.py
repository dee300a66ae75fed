"""What a well-typed procedure can still get wrong: ways that lead back or nowhere, gates without days, shortcuts. Pure.

`procedure_problems` looks at the pack alone; `procedure_law_problems` holds it against the law. What a local variant
may not say is in `procedure_variants`.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.laws import Applied, InForce, region_prefix
from gongzhi.packs.procedure_contents import Condition, Days, Limit, Part, ProcedurePack, Stage, parts
from gongzhi.packs.procedures import numbers, references, reserved_to, whole

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]
_SHARE = re.compile(r"^[1-9]\d{0,3}/[1-9]\d{0,3}$")
_DAYS = ("calendar_days", "working_days")


def procedure_problems(pack: ProcedurePack) -> Found:
    """The pack by itself."""
    if pack.over and pack.name != (name := f"{pack.over}.{region_prefix(pack.jurisdiction)}"):
        yield "$.name", N_("地方程序包的名字要写 {name}"), {"name": name}
    yield from _twice(pack)
    yield from _names(pack)
    for i, stage in enumerate(pack.steps):
        yield from _stage(f"$.steps[{i}]", stage)
    for path, entry in numbers(pack):
        yield from _number(path, entry, pack)
    yield from _ways(pack)
    if pack.group == "contest":
        yield from _praise(pack)
    yield from _whom(pack)


def _whom(pack: ProcedurePack) -> Found:
    """A post that ends is somebody's, and only what is about somebody has a history."""
    for i, ending in enumerate(pack.endings):
        if ending.effect == "end_post" and pack.concerns != "holder":
            yield f"$.endings[{i}].effect", N_("职务终止的程序要写 concerns = {holder}"), {"holder": '"holder"'}
        if ending.count:
            yield from _named(f"$.endings[{i}].count", ending.count, pack.names, "names")
    if pack.concerns == "member" and not pack.closed:
        yield "$.closed", N_("说的是一家成员单位的，要写 closed = true：没听过它的话，不公开"), {}
    if pack.history is None:
        return
    if pack.concerns != "holder":
        yield "$.history", N_("只有对着一位任职的人，才有以前的结果：写 concerns = {holder}"), {"holder": '"holder"'}
    yield from _named("$.history.figure", pack.history.figure, pack.names, "names")
    known = {way.code for stage in pack.steps if stage.decides for way in stage.branches}
    for code in pack.history.outcomes:
        if code not in known:
            yield "$.history.outcomes", N_("作决定的那一步没有结果 {code}"), {"code": code}


def _twice(pack: ProcedurePack) -> Found:
    counted = Counter[str]()
    entries = [(f"$.steps[{i}].code", stage.code) for i, stage in enumerate(pack.steps)]
    entries += [(f"$.endings[{i}].code", ending.code) for i, ending in enumerate(pack.endings)]
    for path, code in entries:
        counted[code] += 1
        if counted[code] > 1:
            yield path, N_("{code} 写了两次"), {"code": code}


def _names(pack: ProcedurePack) -> Found:
    """Every body, figure and document has a name that people can read."""
    for path, body in _bodies(pack):
        yield from _named(path, body, pack.bodies, "bodies")
    for path, entry in numbers(pack):
        for name in _figures(entry):
            yield from _named(path, name, pack.names, "names")
    for i, stage in enumerate(pack.steps):
        own = [*stage.figures, *stage.sums, *(part for each in stage.sums.values() for part in each)]
        own += [name for pair in stage.within.items() for name in pair]
        for name in own:
            yield from _named(f"$.steps[{i}].figures", name, pack.names, "names")
        for document in (*stage.due, *stage.evidence):
            yield from _named(f"$.steps[{i}].evidence", document, pack.documents, "documents")


def _named(path: str, code: str, known: Mapping[str, str], where: str) -> Found:
    if code not in known:
        yield path, N_("{where} 里没有 {code}"), {"where": where, "code": code}


def _bodies(pack: ProcedurePack) -> Iterator[tuple[str, str]]:
    yield from ((f"$.openers[{i}].body", opener.body) for i, opener in enumerate(pack.openers))
    yield from ((f"$.aborters[{i}]", body) for i, body in enumerate(pack.aborters))
    for i, stage in enumerate(pack.steps):
        path = f"$.steps[{i}]"
        yield f"{path}.body", stage.body
        yield from ((f"{path}.callers[{j}].body", caller.body) for j, caller in enumerate(stage.callers))
        yield from ((f"{path}.sign_off[{j}]", body) for j, body in enumerate(stage.sign_off))
        if stage.gate:
            yield f"{path}.gate.decider", stage.gate.decider


def _figures(entry: Part | Limit | Days) -> tuple[str, ...]:
    if isinstance(entry, Part):
        return entry.figure, entry.of
    return (entry.figure,) if isinstance(entry, Limit) else ()


def _stage(path: str, stage: Stage) -> Found:
    if stage.body in stage.sign_off:
        yield f"{path}.sign_off", N_("自己办的一步不能自己签字监督"), {}
    if not stage.records and not stage.gate:
        yield path, N_("不记结果的一步要公示，写 gate"), {}
    if not stage.records and (stage.decides or stage.branches or stage.quorum != Condition() or stage.notice):
        yield path, N_("只公示的一步不表决，也没有结果可选"), {}
    if stage.balloted and not (stage.records and stage.decides):
        yield f"{path}.balloted", N_("只有记结果、作决定的一步才投票：写 decides"), {}
    if stage.decides and not stage.branches:
        yield f"{path}.branches", N_("作决定的一步要写通过和不通过各到哪里"), {}
    with_needs = [bool(way.needs.ways or way.needs.bounds) for way in stage.branches]
    if any(with_needs) and with_needs != [True] * (len(with_needs) - 1) + [False]:
        yield f"{path}.branches", N_("按数字分的，最后一条不写条件，代表“其他情况”；别的都要写"), {}
    if len(stage.branches) == 1:
        yield f"{path}.branches", N_("结果至少要有两种"), {}


def _number(path: str, entry: Part | Limit | Days, pack: ProcedurePack) -> Found:
    """A number is read from a law or said here with its source; a shortcut has neither."""
    own = _own_number(entry)
    if entry.by and own:
        yield path, N_("数字只写一处：依规则包就不再自己写"), {}
    if not entry.by and not own:
        yield path, N_("没有写多少：写 by 依规则包，或者写数字和出处"), {}
    if own and not (entry.source or entry.article or entry.illustrative or pack.article):
        yield path, N_("自己写的数字要有出处：写 source、article，举例的写 illustrative"), {}
    if isinstance(entry, Part):
        if entry.share and not _SHARE.match(entry.share):
            yield f"{path}.share", N_("份额写成分数，如 {example}，不超过 1/1"), {"example": '"2/3"'}
        if entry.figure.partition(".")[2] != entry.of.partition(".")[2]:
            yield path, N_("{figure} 和 {of} 要是同一种量"), {"figure": entry.figure, "of": entry.of}


def _own_number(entry: Part | Limit | Days) -> bool:
    if isinstance(entry, Part):
        return bool(entry.share)
    return (entry.number is not None or entry.left_open) if isinstance(entry, Limit) else entry.days is not None


def _praise(pack: ProcedurePack) -> Found:
    """评选 only praises: whoever is nominated has agreed, nothing is graded as bad, no list names the others."""
    before = takewhile(lambda stage: not stage.decides, pack.steps)
    limits = [stage.limits for stage in before]
    agreed = any(
        (part.figure, part.of, part.share) == ("consenting", "nominated", "1/1")
        for each in limits
        for way in each.ways
        for part in way
    )
    if not agreed or not any((one.figure, one.number) == ("negative", 0) for each in limits for one in each.bounds):
        yield "$.steps", N_("评选只评好：提名的人都要书面同意（consenting），负面评比（negative）要是 0"), {}
    for path, title in _titles(pack):
        for word in pack.never_about:
            if word in title:
                yield path, N_("评选里不能有“{word}”：只评好，不评差，不列没选上的"), {"word": word}


def _titles(pack: ProcedurePack) -> Iterator[tuple[str, str]]:
    yield "$.title", pack.title
    yield from ((f"$.documents.{code}", title) for code, title in pack.documents.items())
    yield from ((f"$.endings[{i}].title", ending.title) for i, ending in enumerate(pack.endings))
    for i, stage in enumerate(pack.steps):
        yield f"$.steps[{i}].title", stage.title
        yield from ((f"$.steps[{i}].branches[{j}].title", way.title) for j, way in enumerate(stage.branches))


# Where the steps lead


def _ways(pack: ProcedurePack) -> Found:
    places = {stage.code: i for i, stage in enumerate(pack.steps)}
    endings = {ending.code for ending in pack.endings}
    for i in range(len(pack.steps)):
        for key, to in _targets(pack, i):
            if to not in places and to not in endings:
                yield f"$.steps[{i}]{key}", N_("{where} 里没有 {code}"), {"where": "steps / endings", "code": to}
            elif places.get(to, len(places)) <= i:
                yield f"$.steps[{i}]{key}", N_("{code} 在前面：程序只往前走，不回头"), {"code": to}
    yield from _since(pack, places)
    reached = _reached(pack, places)
    for i, stage in enumerate(pack.steps):
        if stage.code not in reached:
            yield f"$.steps[{i}]", N_("走不到 {code} 这一步"), {"code": stage.code}
    for i, ending in enumerate(pack.endings):
        if ending.code not in reached:
            yield f"$.endings[{i}]", N_("走不到 {code} 这一步"), {"code": ending.code}
    yield from _undecided(pack, places)


def _since(pack: ProcedurePack, places: Mapping[str, int]) -> Found:
    for path, entry in numbers(pack):
        if isinstance(entry, Days) and entry.since and entry.since not in places:
            yield f"{path}.since", N_("{where} 里没有 {code}"), {"where": "steps", "code": entry.since}


def _targets(pack: ProcedurePack, i: int) -> Iterator[tuple[str, str]]:
    stage = pack.steps[i]
    yield from ((f".branches[{j}].to", way.to) for j, way in enumerate(stage.branches))
    if not stage.branches:
        following = pack.steps[i + 1].code if i + 1 < len(pack.steps) else ""
        yield ".to", stage.to or following
    if stage.gate and stage.gate.upheld:
        yield ".gate.upheld", stage.gate.upheld


def _reached(pack: ProcedurePack, places: Mapping[str, int], *, around: Collection[str] = ()) -> set[str]:
    """Everything to which a way leads from the first step without going through `around`."""
    found: set[str] = set()
    to_see = [pack.steps[0].code]
    while to_see:
        code = to_see.pop()
        if code in found or code in around:
            continue
        found.add(code)
        if code in places:
            to_see += [to for _, to in _targets(pack, places[code])]
    return found


def _undecided(pack: ProcedurePack, places: Mapping[str, int]) -> Found:
    """An ending that counts as decided is reached only through a step that decides."""
    deciding = {stage.code for stage in pack.steps if stage.decides}
    past = _reached(pack, places, around=deciding)
    for i, ending in enumerate(pack.endings):
        if ending.kind == "decided" and ending.code in past:
            yield f"$.endings[{i}]", N_("绕过了作决定的一步也能办成。每条路都要经过写了 decides 的一步"), {}


# Against the law


def procedure_law_problems(pack: ProcedurePack, laws: Mapping[str, InForce]) -> Found:
    """References to nothing, periods of the wrong kind, and whoever decides what a law gives to another body."""
    for path, reference in references(pack):
        yield from _reference(path, reference, laws)
    for path, entry in numbers(pack):
        if entry.by:
            yield from _kind(path, entry, laws)
    for i, matter in enumerate(pack.matters):
        yield from _matter(f"$.matters[{i}]", matter, pack, laws)


def _reference(path: str, reference: str, laws: Mapping[str, InForce]) -> Found:
    law, code, key = parts(reference)
    if law not in laws:
        yield path, N_("没有装规则包 {law}。先装上它"), {"law": law}
    elif code not in laws[law].rules or (key and key not in laws[law].rules[code].params):
        yield path, N_("{where} 里没有 {code}"), {"where": law, "code": f"{code}/{key}" if key else code}


def _rule(reference: str, laws: Mapping[str, InForce]) -> tuple[Applied | None, str]:
    law, code, key = parts(reference)
    return (laws[law].rules.get(code) if law in laws else None), key


def _kind(path: str, entry: Part | Limit | Days, laws: Mapping[str, InForce]) -> Found:
    """A share where a share is wanted, days where days, a whole number where a bound."""
    rule, key = _rule(entry.by or "", laws)
    value = rule.params.get(key) if rule else None
    if value is None:
        return
    if isinstance(entry, Part):
        fits = isinstance(value, Mapping) and "share" in value
    elif isinstance(entry, Days):
        fits = isinstance(value, Mapping) and value.get("unit") in _DAYS and int(value.get("amount", 0)) > 0
    else:
        fits = whole(value) is not None
    if not fits:
        yield f"{path}.by", N_("{code} 不是这里要的那种数"), {"code": entry.by}


def _matter(path: str, matter: str, pack: ProcedurePack, laws: Mapping[str, InForce]) -> Found:
    law, code, _ = parts(matter)
    if law not in laws or code not in laws[law].rules:
        return
    number = laws[law].rules[code].params.get("number")
    deciding = [stage for stage in pack.steps if stage.decides]
    for rule in laws[law].rules.values():
        if number not in rule.params.get("matters", ()):
            continue
        article = f"{rule.cites[-1].source}{rule.cites[-1].article}"
        bodies = reserved_to(rule)
        for stage in deciding if bodies else ():
            if stage.body not in bodies:
                body, title = pack.bodies.get(bodies[0], bodies[0]), laws[law].rules[code].title
                facts = {"article": article, "body": body, "decided": pack.bodies[stage.body], "title": title}
                yield path, N_("“{title}”依{article}要由 {body} 决定，不能由 {decided} 决定"), facts
        yield from _majority(path, f"{law}#{rule.code}", rule, deciding, article)


def _majority(path: str, reference: str, rule: Applied, deciding: Iterable[Stage], article: str) -> Found:
    """The shares that a law asks for this matter are those by which the deciding step passes."""
    shares = [key for key, value in rule.params.items() if isinstance(value, Mapping) and "share" in value]
    asked = {f"{reference}/{key}" for key in shares}
    for stage in deciding:
        read = {part.by for way in stage.branches for each in way.needs.ways for part in each}
        if missing := sorted(asked - {by for by in read if by}):
            yield path, N_("依{article}，这件事要按 {code} 表决"), {"article": article, "code": "、".join(missing)}
