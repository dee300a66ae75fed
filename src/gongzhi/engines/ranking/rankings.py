"""A ranking of units, never of persons: communities, grids, companies, each by one figure of many cases.

Definition and rows in, a result out that says how sure it is: a value and its interval, a rank and its interval, the
band in which nobody can be told from anybody, and whoever is not ranked with the reason. Nothing is left to the
machine: values are exact fractions, everything else is worked out with portable arithmetic and rounded, lots are drawn
from the definition's seed and the unit's code. Whoever has `replay_digest` can show that nothing was changed since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any, Literal, NamedTuple, get_args

from gongzhi.engines.change import rounded
from gongzhi.engines.ranking import orders
from gongzhi.engines.ranking.curves import Curve, Kind, lots, wrong_way
from gongzhi.engines.ranking.orders import Better, Chances, Control, Pair
from gongzhi.engines.ranking.plain import Interval, interval_of, plain_interval
from gongzhi.engines.ranking.shrinkage import Prior, Priors, Seen, check, check_priors, curve, fit, text_of, value
from gongzhi.engines.records import digest

ENGINE = "gongzhi-ranking-1"
# Every pair is looked at for the bands: 400 units are 79,800 pairs.
MOST_PAIRED = 400
# Beyond it no statement deserves the name; pairs that are wrong more often are not looked at closely.
MOST_LEVEL = Fraction(1, 5)
# Closer than this many spreads of their difference, a pair is never told apart and needs no area.
_NEAR, _FAR = 0.8, 9.0

Unranked = Literal["", "missing", "nothing_counted", "few"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What is ranked and how; every number comes from a pack or from whoever asks.

    `least_size`: below it a unit is not ranked. `least_units`: below it a stratum has no prior of its own.
    `level`: what intervals leave out, and how often a statement about pairs may be wrong. `draws`: how many for
    ranks, 0 for none. `decimals`: as values are shown, and by which they are equal. `top`: how many first or last.
    `seed` is published before the figures are known, as the period's name is. Raises ValueError.
    """

    code: str
    version: str
    kind: Kind
    better: Better
    seed: str
    least_size: Fraction
    least_units: int
    level: Fraction
    control: Control = "familywise"
    draws: int = 4000
    decimals: int = 4
    top: int = 3

    def __post_init__(self) -> None:
        for key, words in (("kind", Kind), ("better", Better), ("control", Control)):
            if getattr(self, key) not in get_args(words):
                raise ValueError(f"{key}: one of {', '.join(get_args(words))}")
        if not self.code or not self.version or not self.seed:
            raise ValueError("code, version, seed: not empty")
        if not 0 < self.level <= MOST_LEVEL:
            raise ValueError("level: above 0, up to 1/5")
        if self.least_size < 0 or self.least_units < 2 or self.top < 1:
            raise ValueError("least_size from 0, least_units from 2, top from 1")
        if not 0 <= self.draws <= 100_000 or not 0 <= self.decimals <= 9:
            raise ValueError("draws up to 100000, decimals up to 9")

    def to_params(self) -> dict[str, Any]:
        named = ("code", "version", "kind", "better", "seed", "least_units", "control", "draws", "decimals", "top")
        exact = {"least_size": text_of(self.least_size), "level": text_of(self.level)}
        return {**{name: getattr(self, name) for name in named}, **exact}


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit of a ranking. Probabilities and average ranks are decimals, rounded.

    `value` is drawn towards the group, `raw` is what was seen, `plain` the interval of the raw figure alone (Wilson
    for shares) for comparison. Without a rank `unranked` says why. `low_rank`–`high_rank` holds for this unit,
    `best_rank`–`worst_rank` for all units together. None where it was not worked out.
    """

    unit: str
    stratum: str
    seen: Fraction | int | None
    size: Fraction | int | None
    raw: Fraction | None
    value: Fraction | None
    shown: Decimal | None
    interval: Interval | None
    plain: Interval | None
    unranked: Unranked = ""
    rank: int | None = None
    tied: tuple[str, ...] = ()
    band: int | None = None
    expected_rank: Decimal | None = None
    low_rank: int | None = None
    high_rank: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None
    in_top: Decimal | None = None
    in_bottom: Decimal | None = None

    def to_record(self) -> dict[str, Any]:
        exact = {name: text_of(getattr(self, name)) for name in ("seen", "size", "raw", "value")}
        said = {name: _said(getattr(self, name)) for name in ("shown", "expected_rank", "in_top", "in_bottom")}
        spans = {name: _span(getattr(self, name)) for name in ("interval", "plain")}
        named = ("rank", "band", "low_rank", "high_rank", "best_rank", "worst_rank", "unranked", "unit", "stratum")
        return {**exact, **said, **spans, **{name: getattr(self, name) for name in named}, "tied": list(self.tied)}


class Note(NamedTuple):
    """What a reader must know. `stratum` is empty where it is about the whole.

    pooled_upwards: too few units, the whole's prior is used; not_told_apart: the units' differences are not more than
    chance; goes_with_size: larger units do better or worse, so that drawing towards one mean is not fair to them:
    use sizes as strata; one_unit: nothing to compare with; nothing_counted: no unit has a case; too_many_for_bands.
    """

    code: str
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """`standings` best first, then those without a rank by their code. `apart` are the pairs told apart."""

    definition: Definition
    priors: Priors
    standings: tuple[Standing, ...]
    apart: frozenset[Pair]
    notes: tuple[Note, ...]
    inputs: str

    @property
    def ranked(self) -> tuple[Standing, ...]:
        return tuple(each for each in self.standings if each.rank is not None)

    def of(self, unit: str) -> Standing:
        """Raises KeyError."""
        for each in self.standings:
            if each.unit == unit:
                return each
        raise KeyError(unit)

    def to_record(self) -> dict[str, Any]:
        """Plain JSON without a float, always the same for the same inputs."""
        return {
            "engine": ENGINE,
            "inputs": self.inputs,
            "definition": self.definition.to_params(),
            "priors": self.priors.to_params(),
            "standings": [each.to_record() for each in self.standings],
            "notes": [list(each) for each in self.notes],
        }

    @property
    def digest(self) -> str:
        """Of the whole result: whoever counts again gets the same one."""
        return digest(self.to_record())


def rank(
    definition: Definition,
    rows: Sequence[Seen],
    *,
    versions: Mapping[str, str],
    priors: Priors | None = None,
    only: str | None = None,
) -> Ranking:
    """One figure of many units, ranked. Raises ValueError for a unit given twice and for counts that cannot be.

    `versions` are the packs and references that the rows were counted by; they go into the digest. With `priors` given
    (last year's, say) nothing is estimated. `only` ranks the units of one stratum among themselves, drawn as before.
    """
    listed = sorted(rows, key=lambda row: row.unit)
    if len({row.unit for row in listed}) < len(listed):
        raise ValueError("unit: one is given twice")
    for row in listed:
        check(definition.kind, row)
    if priors is not None:
        check_priors(definition.kind, priors)
    found = priors if priors is not None else fit(definition.kind, listed, least_units=definition.least_units)
    inputs = replay_digest(definition, listed, versions=versions, priors=priors, only=only)
    chosen = [row for row in listed if only is None or row.stratum == only]
    why = {row.unit: _unranked(row, definition) for row in chosen}
    work = _Work(definition, found, [row for row in chosen if not why[row.unit]])
    ranked = sorted((work.standing(row) for row in work.rows), key=lambda each: (each.rank or 0, each.unit))
    rest = [_without_rank(definition, found, row, why[row.unit]) for row in chosen if why[row.unit]]
    notes = _notes(definition, found, chosen, len(work.rows), given=priors is not None)
    return Ranking(definition, found, (*ranked, *rest), work.apart, notes, inputs)


def asked(
    definition: Definition,
    rows: Sequence[Seen],
    *,
    versions: Mapping[str, str],
    priors: Priors | None = None,
    only: str | None = None,
) -> dict[str, Any]:
    """Everything that a ranking is made from, as plain JSON to keep; `replays.answered` makes the ranking of it."""
    return {
        "engine": ENGINE,
        "definition": definition.to_params(),
        "rows": [row.to_params() for row in sorted(rows, key=lambda row: row.unit)],
        "versions": dict(versions),
        "priors": priors.to_params() if priors is not None else None,
        "only": only,
    }


def replay_digest(
    definition: Definition,
    rows: Sequence[Seen],
    *,
    versions: Mapping[str, str],
    priors: Priors | None = None,
    only: str | None = None,
) -> str:
    """SHA-256 of `asked` in canonical JSON; the order of rows and keys is nothing."""
    return digest(asked(definition, rows, versions=versions, priors=priors, only=only))


class _Work:
    """What is worked out once for all ranked units."""

    def __init__(self, definition: Definition, priors: Priors, rows: Sequence[Seen]) -> None:
        self.definition, self.rows = definition, rows
        self.prior: dict[str, Prior] = {row.unit: _prior_of(priors, row) for row in rows}
        self.value = {row.unit: value(row, self.prior[row.unit]) for row in rows}
        self.curve = _curves(definition.kind, rows, self.prior)
        better, decimals = definition.better, definition.decimals
        self.place = orders.places(self.value, better=better, decimals=decimals)
        self.order = sorted(self.place, key=lambda unit: (self.place[unit].rank, unit))
        self.chances = self._chances()
        self.paired = len(rows) <= MOST_PAIRED
        self.apart = self._apart() if self.paired else frozenset()
        self.band = orders.bands(self.order, self.apart) if self.paired else {}
        self.sure = orders.sure_ranks(self.order, self.apart) if self.paired else {}

    def standing(self, row: Seen) -> Standing:
        unit, decimals = row.unit, self.definition.decimals
        one: Chances | None = self.chances.get(unit)
        best, worst = self.sure.get(unit, (None, None))
        plain = plain_interval(self.definition.kind, row, self.definition.level, self.prior[unit].variance, decimals)
        return Standing(
            unit, row.stratum, row.seen, row.size, row.raw, self.value[unit], rounded(self.value[unit], decimals),
            interval_of(self.curve[unit], self.definition.level, decimals), plain,
            rank=self.place[unit].rank, tied=self.place[unit].tied, band=self.band.get(unit),
            expected_rank=_decimal(one.expected, 2) if one else None,
            low_rank=one.low if one else None, high_rank=one.high if one else None,
            best_rank=best, worst_rank=worst,
            in_top=_decimal(one.top, 3) if one else None, in_bottom=_decimal(one.bottom, 3) if one else None,
        )  # fmt: skip

    def _chances(self) -> dict[str, Chances]:
        if not self.definition.draws:
            return {}
        seed, count = self.definition.seed, self.definition.draws
        draws = {row.unit: self.curve[row.unit].points(lots(seed, row.unit, count)) for row in self.rows}
        same = {row.unit: (row.seen, row.size, self.prior[row.unit]) for row in self.rows}
        definition = self.definition
        return orders.chances(draws, better=definition.better, level=definition.level, top=definition.top, same=same)

    def _apart(self) -> frozenset[Pair]:
        tied = {(unit, other) for unit, place in self.place.items() for other in place.tied}
        level, control = self.definition.level, self.definition.control
        return orders.told_apart(self.order, tied, self._wrong_way, level=level, control=control)

    def _wrong_way(self, above: str, below: str) -> float:
        if self.prior[above] is self.prior[below] and self.prior[above].told_apart is False:
            return 0.5  # where chance explains all differences of a group, no two of it are told apart
        large, small = self.curve[above], self.curve[below]
        if self.definition.better == "lower":
            large, small = small, large
        spread = sqrt(large.spread * large.spread + small.spread * small.spread)
        apart = large.middle - small.middle
        if apart <= _NEAR * spread:
            return 0.5
        return 0.0 if apart > _FAR * spread else wrong_way(large, small)


def _curves(kind: Kind, rows: Sequence[Seen], prior: Mapping[str, Prior]) -> dict[str, Curve]:
    """One table for each kind of data; units with the same data share it."""
    made: dict[tuple[object, ...], Curve] = {}
    found = {}
    for row in rows:
        key = (row.seen, row.size, prior[row.unit])
        if key not in made:
            made[key] = curve(kind, row, prior[row.unit])
        found[row.unit] = made[key]
    return found


def _prior_of(priors: Priors, row: Seen) -> Prior:
    found = priors.of(row.stratum)
    if found is None:
        raise ValueError(f"{row.unit}: no prior for it is given")
    return found


def _unranked(row: Seen, definition: Definition) -> Unranked:
    if row.size is None:
        return "missing"
    if not row.size:
        return "nothing_counted"
    return "few" if row.size < definition.least_size else ""


def _without_rank(definition: Definition, priors: Priors, row: Seen, why: Unranked) -> Standing:
    """A value and its interval where something was counted; nothing made up where nothing was."""
    decimals, got, span, plain = definition.decimals, None, None, None
    prior = priors.of(row.stratum)
    if why == "few" and prior:
        got = value(row, prior)
        span = interval_of(curve(definition.kind, row, prior), definition.level, decimals)
        plain = plain_interval(definition.kind, row, definition.level, prior.variance, decimals)
    shown = rounded(got, decimals) if got is not None else None
    return Standing(row.unit, row.stratum, row.seen, row.size, row.raw, got, shown, span, plain, why)


def _notes(
    definition: Definition, priors: Priors, rows: Sequence[Seen], ranked: int, *, given: bool
) -> tuple[Note, ...]:
    notes = [] if any(row.size for row in rows) else [Note("nothing_counted")]
    used = sorted({row.stratum for row in rows if row.size})
    if ranked == 1:
        notes.append(Note("one_unit"))
    if ranked > MOST_PAIRED:
        notes.append(Note("too_many_for_bands"))
    if priors.strata and not given:
        notes += [Note("pooled_upwards", name) for name in used if name not in priors.strata]
    for name, prior in _used(priors, used):
        if prior.told_apart is False:
            notes.append(Note("not_told_apart", name))
        if prior.goes_with_size:
            notes.append(Note("goes_with_size", name))
    return tuple(notes)


def _used(priors: Priors, strata: Sequence[str]) -> list[tuple[str, Prior]]:
    """The whole's prior first where somebody uses it, then those of strata."""
    own = [(name, priors.strata[name]) for name in strata if name in priors.strata]
    return [("", priors.whole), *own] if priors.whole and len(own) < len(strata) else own


def _decimal(number: float, digits: int) -> Decimal:
    return Decimal(f"{number:.{digits}f}")


def _said(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _span(span: Interval | None) -> list[str] | None:
    return None if span is None else [f"{span.low:f}", f"{span.high:f}"]
