"""The library of indicators: what the loaded packs define, the newest version of each pack."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.packs import rules as pack_rules
from gongzhi.packs.indicator_contents import Check, IndicatorEntry, IndicatorsPack, Premises, RightUse, SheetContent
from gongzhi.packs.models import Pack
from gongzhi.sheets.lineage import find_source


@dataclass(frozen=True, slots=True)
class Defined:
    """One indicator with the pack version that defines it, its source and how sure that is."""

    entry: IndicatorEntry
    pack: IndicatorsPack
    reference: str

    @property
    def code(self) -> str:
        return self.entry.code

    @property
    def source(self) -> str:
        return self.entry.source or self.pack.source

    @property
    def article(self) -> str:
        return self.entry.article or self.pack.article

    @property
    def confidence(self) -> str:
        return self.entry.confidence or self.pack.confidence

    @property
    def digest(self) -> str:
        """Of everything that decides what is counted and how it is shown."""
        return digest_of(self.as_json())

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self.entry)
        return found

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that its lineage ends in; a figure's are this room's own."""
        if self.entry.form == "figure":
            return ("sheets.Observation",)
        known = [source for name in self.entry.lineage if (source := find_source(name))]
        return tuple(dict.fromkeys(table for source in known for table in source.tables))


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that the indicator packs say, by code."""

    indicators: Mapping[str, Defined]
    rights: tuple[RightUse, ...]
    sheets: Mapping[str, tuple[SheetContent, IndicatorsPack]]
    checks: tuple[tuple[Check, IndicatorsPack], ...]
    premises: tuple[Premises, IndicatorsPack] | None
    public_levels: tuple[str, ...] = ()
    public_after_days: int = 0


def digest_of(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def library() -> Library:
    """One statement; the texts are parsed once per process."""
    newest: dict[str, Pack] = {}
    for row in Pack.objects.filter(kind="indicators"):
        known = newest.get(row.name)
        if known is None or pack_rules.version_key(row.version) > pack_rules.version_key(known.version):
            newest[row.name] = row
    return _library([(packs.content_of(row), row.reference) for _, row in sorted(newest.items())])


def _library(contents: list[tuple[Any, str]]) -> Library:
    indicators: dict[str, Defined] = {}
    sheets: dict[str, tuple[SheetContent, IndicatorsPack]] = {}
    rights: list[RightUse] = []
    checks: list[tuple[Check, IndicatorsPack]] = []
    premises: tuple[Premises, IndicatorsPack] | None = None
    for pack, reference in contents:
        indicators |= {one.code: Defined(one, pack, reference) for one in pack.indicators}
        sheets |= {one.code: (one, pack) for one in pack.sheets}
        rights += pack.rights
        checks += [(one, pack) for one in pack.checks]
        premises = (pack.premises, pack) if pack.premises else premises
    levels = tuple(dict.fromkeys(level for pack, _ in contents for level in pack.public_levels))
    after = max((pack.public_after_days for pack, _ in contents), default=0)
    return Library(indicators, tuple(rights), sheets, tuple(checks), premises, levels, after)


def get_defined(code: str) -> Defined:
    """One indicator. Raises NotFound `unknown_indicator`."""
    found = library().indicators.get(code)
    if found is None:
        raise NotFound("unknown_indicator", N_("没有指标 {indicator}。请从指标库里选。"), indicator=code)
    return found


def searched(text: str, *, axis: str = "", right: str = "", form: str = "") -> list[Defined]:
    """Indicators whose code, name, question or formula holds the text, in the packs' order."""
    wanted = text.strip().lower()
    return [
        one
        for one in library().indicators.values()
        if (not axis or one.entry.axis == axis)
        and (not right or one.entry.right == right)
        and (not form or one.entry.form == form)
        and (not wanted or wanted in _words(one.entry))
    ]


def _words(entry: IndicatorEntry) -> str:
    return "\n".join((entry.code, entry.name, entry.question, entry.numerator, entry.denominator)).lower()
