"""What a local variant of a procedure may not say: it may ask for more, never for less. Pure.

A variant may add steps, documents, signatures, days and conditions. It drops none of those that the procedure has for
which it stands in, lets nobody else open, call, decide or stop it, and leads no outcome past a step.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.procedure_contents import Calling, Condition, Days, Posting, ProcedurePack, Stage

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def variant_problems(pack: ProcedurePack, base: ProcedurePack) -> Found:
    """Everything in which a variant is looser than the procedure that it stands in for."""
    own = {stage.code: (i, stage) for i, stage in enumerate(pack.steps)}
    facts = {"over": base.title}
    yield from _whole(pack, base)
    places = [own[stage.code][0] for stage in base.steps if stage.code in own]
    if places != sorted(places):
        yield "$.steps", N_("步骤的先后和 {over} 不一样"), facts
    for stage in base.steps:
        if stage.code not in own:
            yield "$.steps", N_("少了“{title}”这一步，{over}要有"), {"title": stage.title, **facts}
            continue
        i, mine = own[stage.code]
        yield from _weaker(f"$.steps[{i}]", mine, stage, base.title)
        yield from _led_past(f"$.steps[{i}]", mine, stage, pack, base)


def _whole(pack: ProcedurePack, base: ProcedurePack) -> Found:
    facts = {"over": base.title}
    if pack.late_entry_days > base.late_entry_days:
        yield "$.late_entry_days", N_("补记的天数比{over}多"), facts
    yield from _callers("$.openers", pack.openers, base.openers, pack, base)
    if more := [body for body in pack.aborters if body not in base.aborters]:
        names = "、".join(pack.bodies.get(body, body) for body in more)
        yield "$.aborters", N_("{names}在{over}里不能停下这件事"), {"names": names, **facts}
    if base.expires and _longer(pack.expires, base.expires):
        yield "$.expires", N_("走完的期限比{over}长"), facts
    if more := [matter for matter in pack.matters if matter not in base.matters] if base.matters else []:
        yield "$.matters", N_("{matters} 在{over}里不能决定"), {"matters": "、".join(more), **facts}
    if missing := [word for word in base.never_about if word not in pack.never_about]:
        yield "$.never_about", N_("少了不能评的词：{words}"), {"words": "、".join(missing)}
    kept = ("group", "concerns", "closed", "history")
    if any(getattr(pack, key) != getattr(base, key) for key in kept):
        yield "$", N_("group、concerns、closed、history 要和{over}一样"), facts


def _callers(
    path: str, mine: tuple[Calling, ...], of_base: tuple[Calling, ...], pack: ProcedurePack, base: ProcedurePack
) -> Found:
    """Nobody may open or call who may not in the procedure itself, and no one with fewer behind them."""
    for i, caller in enumerate(mine):
        asked = [each.needs for each in of_base if each.body == caller.body]
        facts = {"body": pack.bodies.get(caller.body, caller.body), "over": base.title}
        if not asked:
            yield f"{path}[{i}]", N_("{body}在{over}里不能提出或者召集"), facts
        elif not any(_asks(caller.needs) >= _asks(needs) for needs in asked):
            yield f"{path}[{i}].needs", N_("{body}联名的条件比{over}松"), facts


def _weaker(path: str, mine: Stage, base: Stage, over: str) -> Found:
    facts = {"title": base.title, "over": over}
    yield from _sooner(path, mine, base, facts)
    if missing := [body for body in base.sign_off if body not in mine.sign_off]:
        yield f"{path}.sign_off", N_("“{title}”少了签字：{bodies}"), {**facts, "bodies": "、".join(missing)}
    for key, had in (("evidence", base.evidence), ("due", base.due)):
        if missing := [code for code in had if code not in getattr(mine, key)]:
            yield f"{path}.{key}", N_("“{title}”少了材料：{documents}"), {**facts, "documents": "、".join(missing)}
    if (mine.body, mine.decides, mine.records) != (base.body, base.decides, base.records):
        yield f"{path}.body", N_("“{title}”换了作决定的人，{over}不允许"), facts
    asked = _asks(mine.quorum) >= _asks(base.quorum) and _asks(mine.limits) >= _asks(base.limits)
    dropped = {*base.sums} - {*mine.sums} or {*base.figures} - {*mine.figures}
    looser = base.within.items() - mine.within.items() or (base.balloted and not mine.balloted)
    if not asked or dropped or looser:
        yield f"{path}.quorum", N_("“{title}”的到会或限制条件比{over}松"), facts


def _sooner(path: str, mine: Stage, base: Stage, facts: dict[str, Any]) -> Found:
    """Fewer days for other people than the procedure leaves them, or another who answers them."""
    if base.gate and not mine.gate:
        yield f"{path}.gate", N_("“{title}”少了公示，{over}要有"), facts
    if base.gate and mine.gate and _shorter(mine.gate.days, base.gate.days):
        yield f"{path}.gate.days", N_("“{title}”的公示比{over}短"), facts
    elif base.gate and mine.gate and _shorter(_objecting(mine.gate), _objecting(base.gate)):
        yield f"{path}.gate", N_("“{title}”能提异议的日子比{over}少"), facts
    if base.gate and mine.gate and mine.gate.decider != base.gate.decider:
        yield f"{path}.gate.decider", N_("“{title}”的异议换了人答复，{over}不允许"), facts
    if _shorter(mine.notice, base.notice):
        yield f"{path}.notice", N_("“{title}”的通知期比{over}短"), facts
    if _shorter(mine.not_before, base.not_before):
        yield f"{path}.not_before", N_("“{title}”前面隔的天数比{over}短"), facts
    if base.not_after and _longer(mine.not_after, base.not_after):
        yield f"{path}.not_after", N_("“{title}”的期限比{over}长"), facts


def _led_past(path: str, mine: Stage, base: Stage, pack: ProcedurePack, whole: ProcedurePack) -> Found:
    """The same outcomes, each with all that it asked for, each to where it led, perhaps through added steps."""
    facts = {"title": base.title, "over": whole.title}
    had = {way.code: way for way in base.branches}
    if [way.code for way in mine.branches] != list(had):
        yield f"{path}.branches", N_("“{title}”的结果和{over}不一样"), facts
        return
    for j, way in enumerate(mine.branches):
        if not _asks(way.needs) >= _asks(had[way.code].needs):
            yield f"{path}.branches[{j}]", N_("“{title}”通过的条件比{over}松"), facts
        if _astray(way.to, had[way.code].to, pack, whole):
            yield f"{path}.branches[{j}].to", N_("“{title}”之后绕过了{over}要有的步骤"), facts
    if not base.branches and _astray(_follows(mine, pack), _follows(base, whole), pack, whole):
        yield f"{path}.to", N_("“{title}”之后绕过了{over}要有的步骤"), facts
    if base.gate and mine.gate and (base.gate.upheld or "") != (mine.gate.upheld or ""):
        yield f"{path}.gate.upheld", N_("“{title}”异议成立以后的去处和{over}不一样"), facts


def _follows(stage: Stage, pack: ProcedurePack) -> str:
    codes = [each.code for each in pack.steps]
    after = codes.index(stage.code) + 1
    return stage.to or (codes[after] if after < len(codes) else "")


def _astray(to: str, meant: str, pack: ProcedurePack, base: ProcedurePack) -> bool:
    """Whether a way leads elsewhere than meant; added steps are passed, an ending that decides nothing may be added."""
    known = {stage.code for stage in base.steps} | {ending.code for ending in base.endings}
    own: Mapping[str, Stage] = {stage.code: stage for stage in pack.steps}
    undecided = {ending.code for ending in pack.endings if ending.kind != "decided"}
    to_see, reached = [to], set[str]()
    while to_see:
        code = to_see.pop()
        if code in known or code not in own:
            reached.add(code)
        else:
            to_see += [way.to for way in own[code].branches] or [_follows(own[code], pack)]
    return bool(reached - {meant} - undecided)


def _objecting(gate: Posting) -> Days:
    return gate.objection or gate.days


def _shorter(mine: Days | None, base: Days | None) -> bool:
    """Whether a variant has fewer days; a law that both read is the same, another reading is not comparable."""
    if base is None:
        return False
    if mine is None:
        return True
    if mine.days is None or base.days is None:
        return mine.by != base.by
    return mine.days < base.days or mine.unit != base.unit


def _longer(mine: Days | None, base: Days) -> bool:
    if mine is None:
        return True
    if mine.days is None or base.days is None:
        return mine.by != base.by
    return mine.days > base.days or mine.unit != base.unit or (base.lapses and not mine.lapses)


def _asks(condition: Condition) -> set[tuple[object, ...]]:
    """What a condition asks for, comparable as a set; a requirement with other ways is another requirement."""
    ways = sorted(
        tuple((part.figure, part.of, part.by or "", part.share, part.inclusive, part.most) for part in way)
        for way in condition.ways
    )
    bounds = [(limit.figure, limit.limit, limit.by or "", limit.number) for limit in condition.bounds]
    return {("ways", *ways)} | set(bounds) if ways else set(bounds)
