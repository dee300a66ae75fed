"""How sure a share is: the score interval of E. B. Wilson (1927, JASA 22, 209–212)."""

import math

Z95 = 1.959963984540054


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float] | None:
    """Lower and upper bound (0–1) of a share of `trials`, by default at 95 %; None out of nothing.

    Unlike the interval by the normal curve it stays inside 0–1 and says something for 0 out of n.
    """
    if trials <= 0:
        return None
    if not 0 <= successes <= trials:
        raise ValueError("successes must lie between 0 and trials")
    share, square = successes / trials, z * z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = z / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)
