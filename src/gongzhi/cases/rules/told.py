"""Counts of what is private, as they may be told: whole months that are over, weighed over all places at once. Pure."""

import datetime as dt
from collections.abc import Collection, Mapping

from gongzhi.engines.suppression import suppress_tree


def told_by_month(
    months: Mapping[dt.date, Mapping[str, int]], paths: Collection[str], k: int
) -> dict[str, tuple[int, bool]]:
    """(how many, whether some months are kept back) of each path, summed over the months that are given.

    A month of a place is told or not, whichever span is asked for; so two spans, two neighbouring months, a place and
    its parts tell no more together than each alone. `months`: counts by the path where they lie; `paths`: all that
    are shown somewhere.
    """
    parents = {path: above(path, paths) for path in paths}
    found = dict.fromkeys(paths, (0, False))
    for counts in months.values():
        own: dict[str, tuple[int]] = {}
        for path, n in counts.items():
            nearest = path if path in parents else above(path, paths)
            if nearest is not None:
                own[nearest] = (own.get(nearest, (0,))[0] + n,)
        for path, told in suppress_tree(own, parents, k=k).items():
            sum_, kept = found[path]
            found[path] = (sum_, True) if told is None else (sum_ + (told[0] if told else 0), kept)
    return found


def above(path: str, paths: Collection[str]) -> str | None:
    """The nearest of the paths in which this one lies, not itself."""
    pieces = path.strip("/").split("/")
    for depth in range(len(pieces) - 1, 0, -1):
        if (upper := "/" + "".join(f"{piece}/" for piece in pieces[:depth])) in paths:
            return upper
    return None
