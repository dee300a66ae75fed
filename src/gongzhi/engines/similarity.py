"""Are two demands the same thing? Near duplicates from text × place × time. No Django, no database.

Text. Shingles are pairs of neighbouring characters (Broder 1997, "On the resemblance and containment of documents";
Chinese needs no word segmentation for it). Each shingle weighs by its rarity (inverse document frequency, Spärck Jones
1972, in the smoothed form of Robertson), so that a template ("尊敬的领导，您好") counts for little and the name of a
compound for much. Resemblance is the weighted Jaccard coefficient, containment the shared weight over the lighter
text; their mean is the likeness of two texts. Any hashable shingle does: the database keeps keyed fingerprints only.

Candidates. A text that shares `share` of this one's weight must share one of its heaviest shingles that together
weigh more than 1 - share: the prefix filter of Chaudhuri, Ganti and Kaushik (2006). `prefix` gives those, and an
inverted index answers who holds one of them; nothing that reaches the share is lost.

Place. The same place counts whole, then by distance (half at `half_metres`) or by how much of the two paths is
common. Time. Half as much after `half_days`, never less than a floor: a broken lamp stays broken.

    weights = Rarity([shingles(text) for text in texts])
    score = likeness(a, b, weights, Knobs())        # Score(text=…, place=…, time=…, total=…)
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field

Shingles = frozenset[Hashable]
_RUNS = re.compile(r"[^\W_]+")
_EARTH = 6_371_000.0
_REMEMBERED = 20_000


def folded(text: str) -> str:
    """Full-width and capital forms made one (NFKC, lower case)."""
    return unicodedata.normalize("NFKC", text).lower()


def shingles(text: str, size: int = 2) -> frozenset[str]:
    """Runs of `size` letters or digits that stand next to each other; punctuation and spaces divide."""
    found = (run[n : n + size] for run in _RUNS.findall(folded(text)) for n in range(len(run) - size + 1))
    return frozenset(found)


class Rarity:
    """How much a shingle weighs, learnt from a collection of texts.

    A small collection says little: `at_least` stands for the texts not seen, so that the first cases of an office
    do not make every word rare. `common` are shingles known to be templates (a pack's greetings), taken as standing
    in half of all texts.
    """

    def __init__(
        self, texts: Iterable[Collection[Hashable]] = (), *, at_least: int = 200, common: Collection[Hashable] = ()
    ) -> None:
        counts: Counter[Hashable] = Counter()
        seen = 0
        for text in texts:
            counts.update(set(text))
            seen += 1
        self._counts, self._common = counts, frozenset(common)
        self._total = max(seen, at_least)
        self._known: dict[Hashable, float] = {}
        self._totals: dict[Shingles, float] = {}

    def weight(self, shingle: Hashable) -> float:
        """ln(1 + (N - n + ½) / (n + ½)), n of N texts having the shingle."""
        if (known := self._known.get(shingle)) is None:
            known = self._known[shingle] = self._weight(shingle)
        return known

    def _weight(self, shingle: Hashable) -> float:
        n = self._counts[shingle]
        if shingle in self._common:
            n = max(n, self._total // 2)
        return math.log(1 + (self._total - n + 0.5) / (n + 0.5))

    def total(self, text: Iterable[Hashable]) -> float:
        """The weight of a text; remembered for a frozen set, which is compared with many."""
        if not isinstance(text, frozenset):
            return math.fsum(map(self.weight, text))
        if (known := self._totals.get(text)) is None:
            if len(self._totals) >= _REMEMBERED:
                self._totals.clear()
            known = self._totals[text] = math.fsum(map(self.weight, text))
        return known

    def prefix(self, text: Collection[Hashable], share: float) -> list[Hashable]:
        """The heaviest shingles of a text, so many that what is left weighs less than `share` of it."""
        weighed = [(self.weight(shingle), shingle) for shingle in set(text)]
        weighed.sort(key=lambda one: (-one[0], repr(one[1])))
        left = math.fsum(weight for weight, _ in weighed)
        least, found = share * left, []
        for weight, shingle in weighed:
            if left < least:
                break
            found.append(shingle)
            left -= weight
        return found


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand as the engine sees it.

    `days`: when, in days since any fixed moment. `path`: where, as "/region/grid/building/"; "" where nobody knows.
    `point`: (longitude, latitude) in degrees. `kind`: what it is about, in any code; "" unknown.
    """

    shingles: Collection[Hashable]
    days: float = 0.0
    path: str = ""
    point: tuple[float, float] | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Knobs:
    """Parameters, all from packs in the product.

    `kind_share`: how much of what the words leave open is settled by two demands being of the same kind: neighbours
    say the same thing in other words. `unknown_place`: the factor where one of the two has no place.
    """

    half_metres: float = 150.0
    half_days: float = 45.0
    least_place: float = 0.3
    unknown_place: float = 0.7
    least_time: float = 0.5
    kind_share: float = 0.25


@dataclass(frozen=True, slots=True)
class Score:
    """The three factors and their product, each from 0 to 1; `words` is the likeness of the texts alone."""

    words: float
    text: float
    place: float
    time: float
    total: float = field(default=0.0)


def resemblance(a: Collection[Hashable], b: Collection[Hashable], weights: Rarity) -> tuple[float, float]:
    """Weighted Jaccard coefficient and containment of two texts; (0, 0) where one has no shingles."""
    first, second = frozenset(a), frozenset(b)
    one, two = weights.total(first), weights.total(second)
    if not one or not two:
        return 0.0, 0.0
    shared = math.fsum(map(weights.weight, first & second))
    return shared / (one + two - shared), shared / min(one, two)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (longitude, latitude) on the sphere (haversine)."""
    longitude, latitude = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    north = math.cos(math.radians(a[1])) * math.cos(math.radians(b[1]))
    half = math.sin(latitude / 2) ** 2 + north * math.sin(longitude / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def common_path(a: str, b: str) -> float:
    """How close two places lie in the tree: 1 the same, less a third with every step up to where they meet."""
    first, second = ([part for part in path.split("/") if part] for path in (a, b))
    shared = 0
    for one, two in zip(first, second, strict=False):
        if one != two:
            break
        shared += 1
    steps = max(len(first), len(second)) - shared
    return (2 / 3) ** steps if shared else 0.0


def closeness(a: Demand, b: Demand, knobs: Knobs) -> float:
    """The factor of place: from `least_place` to 1; `unknown_place` where one of the two has none."""
    if not a.path or not b.path:
        return knobs.unknown_place
    near = common_path(a.path, b.path)
    if a.point and b.point and near < 1:
        near = max(near, 0.5 ** (metres(a.point, b.point) / knobs.half_metres))
    return knobs.least_place + (1 - knobs.least_place) * near


def likeness(a: Demand, b: Demand, weights: Rarity, knobs: Knobs) -> Score:
    """How likely two demands are the same thing; symmetric."""
    jaccard, containment = resemblance(a.shingles, b.shingles, weights)
    words = (jaccard + containment) / 2
    text = words
    if words and a.kind and a.kind == b.kind:
        text += (1 - words) * knobs.kind_share
    place = closeness(a, b, knobs)
    decay = 0.5 ** (abs(a.days - b.days) / knobs.half_days)
    time = knobs.least_time + (1 - knobs.least_time) * decay
    return Score(words, text, place, time, text * place * time)
