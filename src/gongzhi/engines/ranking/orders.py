"""Places in a list, and how far they can be trusted: ties, chances of a place, bands of no significant difference.

Ranks are those of a competition (1, 2, 2, 4): one plus how many are better. Equal are those whose figures are equal as
they are shown: nobody reads two places into one number.

How sure a rank is, is found by drawing every unit's true figure many times from what is still possible for it, by lots
that anybody can draw again, and ranking each draw (Goldstein and Spiegelhalter 1996, JRSS A 159, 385–443).

Whether two units can be told apart is asked of every pair at once. The doubt of a statement is how likely it is to be
the wrong way round. `familywise` makes as many statements, the surest first, as their doubts add up to no more than the
level: then no more likely than that is one of them wrong (Boole's inequality). `false_discovery` lets the doubts be as
large as the level on average: that share of the statements may be wrong (Müller, Parmigiani and Rice 2007, Bayesian
Statistics 8). Both trust the shape that was assumed of the group; `strict` asks far more (Holm's steps, 1979,
Scandinavian Journal of Statistics 6, 65–70, on twice the doubt) and says far less.

From the statements follow ranks that hold for all units together (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of
Economic Studies 91, 476–518): not better than one plus those surely better, not worse than all less those surely worse.

A band is a run of the list in which no two units can be told apart, taken from the top, each as long as it can be.
Two units of different bands may be indistinguishable too; whether they are says the pair itself.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Literal

from gongzhi.engines.change import rounded

Better = Literal["higher", "lower"]
Control = Literal["strict", "familywise", "false_discovery"]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A rank, and the other units that share it."""

    rank: int
    tied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chances:
    """What the draws say of one unit's rank: its average, where it lies with the given probability, first or last k."""

    expected: float
    low: int
    high: int
    top: float
    bottom: float


def places(values: Mapping[str, Fraction], *, better: Better, decimals: int) -> dict[str, Place]:
    """Ranks by the figures as shown, best first, equals by their code."""
    shown = {unit: rounded(value, decimals) for unit, value in values.items()}
    alike: dict[Decimal, list[str]] = {}
    for unit in sorted(shown):
        alike.setdefault(shown[unit], []).append(unit)
    found, before = {}, 0
    for value in sorted(alike, reverse=better == "higher"):
        for unit in alike[value]:
            found[unit] = Place(before + 1, tuple(each for each in alike[value] if each != unit))
        before += len(alike[value])
    return found


def chances(
    draws: Mapping[str, Sequence[float]], *, better: Better, level: Fraction, top: int, same: Mapping[str, Hashable]
) -> dict[str, Chances]:
    """From one row of draws for each unit, all of one length. Units with the same data (`same`) get the same answer.

    `low` and `high` leave half of `level` out on either side. Nothing without draws.
    """
    units = sorted(draws)
    if not units or not draws[units[0]]:
        return {}
    counts = _counted(units, draws, better)
    together: dict[Hashable, list[int]] = {}
    alike: dict[Hashable, int] = {}
    for unit in units:
        sums = together.setdefault(same[unit], [0] * len(units))
        together[same[unit]] = [a + b for a, b in zip(sums, counts[unit], strict=True)]
        alike[same[unit]] = alike.get(same[unit], 0) + 1
    times = len(draws[units[0]])
    return {unit: _chances(together[same[unit]], times * alike[same[unit]], level, top) for unit in units}


def told_apart(
    order: Sequence[str],
    tied: Collection[Pair],
    wrong_way: Callable[[str, str], float],
    *,
    level: Fraction,
    control: Control,
) -> frozenset[Pair]:
    """The pairs (better, worse) of a list, best first, that can be told apart; equal ones never can.

    `wrong_way` answers how likely it is that a pair stands in the wrong order.
    """
    pairs = [pair for pair in combinations(order, 2) if pair not in tied]
    doubts = sorted((wrong_way(*pair), pair) for pair in pairs)
    found, total, limit = [], 0.0, float(level)
    for number, (doubt, pair) in enumerate(doubts):
        total += doubt
        left = len(doubts) - number
        if not _sure(control, doubt, total, number + 1, left, limit):
            break
        found.append(pair)
    return frozenset(found)


def _sure(control: Control, doubt: float, total: float, made: int, left: int, limit: float) -> bool:
    """Whether one more statement may be made: `made` with this one, `left` with this one of all that could be."""
    if control == "strict":
        return 2.0 * doubt * left <= limit
    if control == "familywise":
        return total <= limit
    return doubt <= limit and total <= limit * made


def bands(order: Sequence[str], apart: Collection[Pair]) -> dict[str, int]:
    """The number of each unit's band, from 1 at the top."""
    found: dict[str, int] = {}
    band: list[str] = []
    number = 1
    for unit in order:
        if any((above, unit) in apart for above in band):
            number, band = number + 1, []
        band.append(unit)
        found[unit] = number
    return found


def sure_ranks(order: Sequence[str], apart: Collection[Pair]) -> dict[str, tuple[int, int]]:
    """The best and the worst rank of each unit that agrees with every pair told apart."""
    better, worse = dict.fromkeys(order, 0), dict.fromkeys(order, 0)
    for above, below in apart:
        better[below] += 1
        worse[above] += 1
    return {unit: (1 + better[unit], len(order) - worse[unit]) for unit in order}


def _counted(units: Sequence[str], draws: Mapping[str, Sequence[float]], better: Better) -> dict[str, list[int]]:
    """How often each unit had each rank; equals in one draw share the better one."""
    sign = -1.0 if better == "higher" else 1.0
    counts = [[0] * len(units) for _ in units]
    numbers = range(len(units))
    for row in zip(*([sign * each for each in draws[unit]] for unit in units), strict=True):
        rank, last = 0, None
        for before, number in enumerate(sorted(numbers, key=row.__getitem__)):
            if row[number] != last:
                rank, last = before, row[number]
            counts[number][rank] += 1
    return dict(zip(units, counts, strict=True))


def _chances(counts: Sequence[int], times: int, level: Fraction, top: int) -> Chances:
    out, low, high, passed = level / 2 * times, 0, 0, 0
    for rank, count in enumerate(counts, 1):
        passed += count
        if not low and passed > out:
            low = rank
        if not high and passed >= times - out:
            high = rank
    expected = sum(rank * count for rank, count in enumerate(counts, 1)) / times
    return Chances(expected, low, high, sum(counts[:top]) / times, sum(counts[max(0, len(counts) - top) :]) / times)
