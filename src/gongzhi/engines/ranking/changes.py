"""What if: the same units by other figures, weights or rules, and who moves (试算). Nothing is stored anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gongzhi.engines.ranking.composites import Composed, Composite, Figure, Sheet, compose
from gongzhi.engines.ranking.rankings import Definition, Ranking, Standing, rank
from gongzhi.engines.ranking.shrinkage import Priors, Seen


@dataclass(frozen=True, slots=True)
class Move:
    """One unit before and after; None where it had no rank or value, or was not there. `up` places gained."""

    unit: str
    value_before: Decimal | None
    value_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    band_before: int | None
    band_after: int | None

    @property
    def up(self) -> int | None:
        if self.rank_before is None or self.rank_after is None:
            return None
        return self.rank_before - self.rank_after

    @property
    def by(self) -> Decimal | None:
        """How much the value changes."""
        if self.value_before is None or self.value_after is None:
            return None
        return self.value_after - self.value_before

    @property
    def moved(self) -> bool:
        before = (self.value_before, self.rank_before, self.band_before)
        return before != (self.value_after, self.rank_after, self.band_after)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`moves` of all units by their code; the lots are the same before and after, so that chance moves nobody."""

    before: Ranking | Composite
    after: Ranking | Composite
    moves: tuple[Move, ...]


def what_if(
    definition: Definition,
    rows: Sequence[Seen],
    *,
    versions: Mapping[str, str],
    changed: Sequence[Seen] = (),
    other: Definition | None = None,
    priors: Priors | None = None,
) -> WhatIf:
    """A ranking with the rows of some units replaced (or added), by another definition, with other priors."""
    rest = {row.unit: row for row in rows} | {row.unit: row for row in changed}
    before = rank(definition, rows, versions=versions)
    after = rank(other or definition, list(rest.values()), versions=versions, priors=priors)
    return WhatIf(before, after, moves(before, after))


def what_if_composed(
    sheet: Sheet,
    figures: Mapping[str, Mapping[str, Figure]],
    *,
    versions: Mapping[str, str],
    changed: Mapping[str, Mapping[str, Figure]] | None = None,
    other: Sheet | None = None,
) -> WhatIf:
    """A composite with some figures replaced (unit → line → figure), or by another sheet: weights, formulas, lines."""
    given = changed or {}
    units = [*figures, *(unit for unit in given if unit not in figures)]
    new = {unit: {**figures.get(unit, {}), **given.get(unit, {})} for unit in units}
    before = compose(sheet, figures, versions=versions)
    after = compose(other or sheet, new, versions=versions)
    return WhatIf(before, after, moves(before, after))


def moves(before: Ranking | Composite, after: Ranking | Composite) -> tuple[Move, ...]:
    """Two results of the same units, last month's and this month's too."""
    old: dict[str, Standing | Composed] = {each.unit: each for each in before.standings}
    new: dict[str, Standing | Composed] = {each.unit: each for each in after.standings}
    return tuple(_move(unit, old.get(unit), new.get(unit)) for unit in sorted({*old, *new}))


def _move(unit: str, old: Standing | Composed | None, new: Standing | Composed | None) -> Move:
    return Move(
        unit, old.shown if old else None, new.shown if new else None,
        old.rank if old else None, new.rank if new else None,
        old.band if old else None, new.band if new else None,
    )  # fmt: skip
