"""What a duty list says about one matter: its lines, what a community may be given; and its text. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from gongzhi.packs.duty_contents import DutiesPack, Duty
from gongzhi.packs.rendering import render


@dataclass(frozen=True, slots=True)
class DutyList:
    """A duty list in force with its reference; `lines` by category, in the pack's order."""

    pack: DutiesPack
    reference: str
    lines: dict[str, tuple[Duty, ...]]

    def lines_for(self, lineage: Sequence[str]) -> tuple[Duty, ...]:
        """The lines of the nearest category that has any; `lineage` is the category and its ancestors."""
        return next((self.lines[code] for code in lineage if code in self.lines), ())

    def is_community(self, unit_kind: str) -> bool:
        return unit_kind in self.pack.community_kinds

    def line_of(self, lineage: Sequence[str], unit_kind: str, level: str = "") -> Duty | None:
        """The line under which a unit of this kind would work, best first: it leads there, leads, helps, steps in."""
        ranked = [
            (rank, line) for line in self.lines_for(lineage) if (rank := _standing(line, unit_kind, level)) is not None
        ]
        return min(ranked, key=lambda pair: pair[0])[1] if ranked else None

    def open_to_community(self, lineage: Sequence[str]) -> Duty | None:
        """The line that lets a community be given the matter; None: it needs 准入 first."""
        return next((line for line in self.lines_for(lineage) if line.community), None)


def _standing(line: Duty, unit_kind: str, level: str) -> int | None:
    """How a kind of unit stands in a line: 0 leads at that level, 1 leads, 2 helps, 3 steps in; None: not at all."""
    if line.lead == unit_kind:
        return 0 if line.level in ("", level) else 1
    if unit_kind in line.co:
        return 2
    return 3 if line.fallback == unit_kind else None


def duty_list(pack: DutiesPack, reference: str) -> DutyList:
    lines: dict[str, list[Duty]] = {}
    for line in pack.duties:
        lines.setdefault(line.category, []).append(line)
    return DutyList(pack, reference, {code: tuple(found) for code, found in lines.items()})


def render_duties(pack: DutiesPack, lines: Sequence[Duty], *, version: str, on: dt.date, source: str) -> str:
    """The TOML of a new version with these lines; everything else as it was."""
    renewed = msgspec.structs.replace(
        pack, version=version, effective_from=on, effective_to=None, source=source, duties=()
    )
    return render(renewed, "duties", lines)
