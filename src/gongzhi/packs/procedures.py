"""A procedure pack and the law in force become a definition that `engines.procedure` runs. Pure.

Which texts were read is kept in every number (`Basis`), so that a refusal and a record can say why.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from gongzhi.engines import procedure_terms as terms
from gongzhi.engines.thresholds import Limit as Edge
from gongzhi.engines.thresholds import Requirement, Threshold
from gongzhi.packs.laws import Applied, InForce
from gongzhi.packs.procedure_contents import (
    Calling,
    Condition,
    Days,
    Limit,
    Part,
    Posting,
    ProcedurePack,
    Stage,
    Way,
    parts,
)

Laws = Mapping[str, InForce]
_UNITS: dict[str, terms.Unit] = {"calendar_days": "calendar_days", "working_days": "working_days"}


def definition(pack: ProcedurePack, laws: Laws, reference: str = "") -> terms.Definition:
    """The procedure with its numbers. Raises KeyError or NotFound for a rule that `laws` do not hold."""
    read = _Reader(pack, laws)
    return terms.Definition(
        code=pack.name,
        title=pack.title,
        steps=tuple(read.step(stage) for stage in pack.steps),
        endings=tuple(terms.Ending(each.code, each.title, each.kind, each.effect) for each in pack.endings),
        openers=read.callers(pack.openers),
        matters=pack.matters,
        reserved=reserved(laws),
        expires=read.days(pack.expires),
        aborters=pack.aborters,
        late_entry_days=pack.late_entry_days,
        pack=reference,
    )


def reserved(laws: Laws) -> dict[str, terms.Reserved]:
    """Matters that a law gives to one body: its rules with `body` (and `delegable_to`) and the numbers of `matters`."""
    found: dict[str, terms.Reserved] = {}
    for name, law in laws.items():
        for rule in law.rules.values():
            if bodies := reserved_to(rule):
                for number in rule.params.get("matters", ()):
                    found[f"{name}#matter.{number}"] = terms.Reserved(bodies, basis_of(name, rule))
    return found


def reserved_to(rule: Applied) -> tuple[str, ...]:
    """The body to which a rule gives its matters, and the one to whom that body may delegate them."""
    return tuple(rule.params[key] for key in ("body", "delegable_to") if "body" in rule.params and key in rule.params)


def basis_of(law: str, rule: Applied) -> terms.Basis:
    """The text that said it last, the most local one; as sure as the least sure of them."""
    cite = rule.cites[-1]
    illustrative = any(each.illustrative for each in rule.cites)
    return terms.Basis(f"{cite.source}{cite.article}", f"{cite.pack}#{rule.code}", rule.confidence, illustrative)


class _Reader:
    """One pack read against one set of laws."""

    def __init__(self, pack: ProcedurePack, laws: Laws) -> None:
        self.pack, self.laws = pack, laws

    def _law(self, reference: str) -> tuple[Applied, str, terms.Basis]:
        law, code, key = parts(reference)
        rule = self.laws[law].rule(code)
        return rule, key, basis_of(law, rule)

    def _own(self, entry: Part | Limit | Days) -> terms.Basis:
        """The basis of a number that the pack says itself."""
        article = entry.article or (self.pack.article if not entry.source else "")
        source, confidence = entry.source or self.pack.source, entry.confidence or self.pack.confidence
        return terms.Basis(f"{source}{article}", "", confidence, entry.illustrative)

    def days(self, entry: Days | None) -> terms.Period | None:
        if entry is None:
            return None
        if not entry.by:
            return terms.Period(entry.days or 0, entry.unit, self._own(entry), entry.lapses, entry.since or "")
        rule, key, basis = self._law(entry.by)
        period = rule.period(key)
        return terms.Period(period.amount, _UNITS[period.unit], basis, entry.lapses, entry.since or "")

    def needed(self, entry: Days) -> terms.Period:
        found = self.days(entry)
        assert found is not None  # noqa: S101 - `days` gives nothing only for nothing
        return found

    def condition(self, entry: Condition) -> terms.Needs:
        if not entry.ways and not entry.bounds:
            return terms.NOTHING
        shares = [[self._share(part) for part in way] for way in entry.ways]
        bases = [basis for way in shares for _, basis in way]
        ways = tuple(tuple(threshold for threshold, _ in way) for way in shares)
        bounds = tuple(self._bound(limit) for limit in entry.bounds)
        return terms.Needs(Requirement(ways), bounds, bases[0] if bases else terms.Basis())

    def _share(self, part: Part) -> tuple[Threshold, terms.Basis]:
        counts, _, measure = part.figure.partition(".")
        of = part.of.partition(".")[0]
        if part.by:
            rule, key, basis = self._law(part.by)
            found = rule.share(key)
            share, inclusive, most = found.share, found.inclusive, found.most
        else:
            share, inclusive, most, basis = Fraction(part.share), part.inclusive, part.most, self._own(part)
        limit: Edge = "at_most" if most else "at_least"
        return Threshold(counts, measure or "heads", share, inclusive, of, limit), basis

    def _bound(self, entry: Limit) -> terms.Bound:
        if not entry.by:
            return terms.Bound(entry.figure, entry.limit, entry.number, self._own(entry))
        rule, key, basis = self._law(entry.by)
        return terms.Bound(entry.figure, entry.limit, whole(rule.params.get(key)), basis)

    def callers(self, entries: tuple[Calling, ...]) -> tuple[terms.Caller, ...]:
        return tuple(terms.Caller(each.body, self.condition(each.needs)) for each in entries)

    def gate(self, entry: Posting | None) -> terms.Gate | None:
        if entry is None:
            return None
        objection = self.needed(entry.objection or entry.days)
        return terms.Gate(
            self.needed(entry.days), entry.decider, objection, self.needed(entry.decide), entry.upheld or ""
        )

    def branch(self, entry: Way) -> terms.Branch:
        return terms.Branch(entry.code, entry.title, entry.to, self.condition(entry.needs))

    def step(self, stage: Stage) -> terms.Step:
        return terms.Step(
            code=stage.code,
            title=stage.title,
            body=stage.body,
            callers=self.callers(stage.callers),
            notice=self.days(stage.notice),
            due=stage.due,
            records=stage.records,
            figures=stage.figures,
            sums=dict(stage.sums),
            within=dict(stage.within),
            quorum=self.condition(stage.quorum),
            limits=self.condition(stage.limits),
            evidence=stage.evidence,
            sign_off=stage.sign_off,
            gate=self.gate(stage.gate),
            not_before=self.days(stage.not_before),
            not_after=self.days(stage.not_after),
            branches=tuple(self.branch(way) for way in stage.branches),
            to=stage.to or "",
            decides=stage.decides,
        )


def whole(value: Any) -> int | None:
    """A whole number of a law, alone or as an amount with its unit; nothing where the law leaves it open."""
    if isinstance(value, Mapping):
        value = value.get("amount")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def laws_of(pack: ProcedurePack) -> tuple[str, ...]:
    """The laws that a pack reads, each once, in a stable order."""
    named = [*pack.laws, *(parts(reference)[0] for _, reference in references(pack))]
    return tuple(sorted(set(named)))


def references(pack: ProcedurePack) -> Iterator[tuple[str, str]]:
    """Every reference to a law with the path at which it stands."""
    for i, matter in enumerate(pack.matters):
        yield f"$.matters[{i}]", matter
    for path, entry in numbers(pack):
        if entry.by:
            yield f"{path}.by", entry.by


def numbers(pack: ProcedurePack) -> Iterator[tuple[str, Part | Limit | Days]]:
    """Every number of a pack with the path at which it stands."""
    for i, opener in enumerate(pack.openers):
        yield from conditions(f"$.openers[{i}].needs", opener.needs)
    if pack.expires:
        yield "$.expires", pack.expires
    for i, stage in enumerate(pack.steps):
        yield from _numbers_of(f"$.steps[{i}]", stage)


def _numbers_of(path: str, stage: Stage) -> Iterator[tuple[str, Part | Limit | Days]]:
    for key in ("notice", "not_before", "not_after"):
        if (days := getattr(stage, key)) is not None:
            yield f"{path}.{key}", days
    if stage.gate:
        for key in ("days", "decide", "objection"):
            if (days := getattr(stage.gate, key)) is not None:
                yield f"{path}.gate.{key}", days
    yield from conditions(f"{path}.quorum", stage.quorum)
    yield from conditions(f"{path}.limits", stage.limits)
    for i, caller in enumerate(stage.callers):
        yield from conditions(f"{path}.callers[{i}].needs", caller.needs)
    for i, way in enumerate(stage.branches):
        yield from conditions(f"{path}.branches[{i}].needs", way.needs)


def conditions(path: str, entry: Condition) -> Iterator[tuple[str, Part | Limit]]:
    for i, way in enumerate(entry.ways):
        yield from ((f"{path}.ways[{i}][{j}]", part) for j, part in enumerate(way))
    yield from ((f"{path}.bounds[{i}]", limit) for i, limit in enumerate(entry.bounds))
