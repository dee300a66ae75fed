"""A draw that anyone can repeat: each name gets a number from the seed, the smallest numbers are drawn.

The number of a name is SHA-256 over the seed, a line feed and the name, both in UTF-8; names are ordered by its
hexadecimal form. The order in which the names come, and names that are not drawn, change nothing: whoever has seed
and names gets the same sample with any program that knows SHA-256 (`printf 'seed\\nname' | sha256sum`).
"""

import hashlib
import math
from collections.abc import Iterable
from fractions import Fraction


def lot(seed: str, name: str) -> str:
    """The hexadecimal number by which a name stands in the draw."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def draw(names: Iterable[str], *, seed: str, size: int) -> list[str]:
    """The `size` names with the smallest numbers, the smallest first; all of them when there are fewer.

    A name given twice counts once. Raises ValueError for an empty seed or a negative size.
    """
    if not seed or size < 0:
        raise ValueError("a draw needs a seed and a size")
    return sorted(set(names), key=lambda name: (lot(seed, name), name))[:size]


def sample_size(population: int, *, percent: int, least: int, most: int) -> int:
    """`percent` of the population rounded up, at least `least`, at most `most`, never more than there are."""
    share = math.ceil(Fraction(population * percent, 100))
    return min(population, max(least, min(most, share)))


def population_digest(names: Iterable[str]) -> str:
    """SHA-256 over the names in order, a line each: what the draw was made from, without keeping it."""
    return hashlib.sha256("".join(f"{name}\n" for name in sorted(set(names))).encode()).hexdigest()
