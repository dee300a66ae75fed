"""Where a message lies, from the names it speaks of: one certain place, or none. Never a guess. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from gongzhi.engines.wordscan import WordScan

SHORTEST_NAME = 3
# Where one name is borne by several kinds, the grid is meant: it has somebody who answers for it.
KINDS = ("grid", "region", "venue", "building")
# A name that every neighbourhood has: 3号楼, 第二网格, 一期, 东区.
_EVERYWHERE = re.compile(
    r"第?[0-9a-zA-Z一二三四五六七八九十百零东西南北中新老]+(号|栋|幢|座|单元|楼|网格|片区?|区|组|期|村|街)+"
)
# After these a new name begins; after any other letter it may be the rest of a longer one.
_BEFORE_NAMES = frozenset("在于是的住位到从和与及或向去往对给经由为我们本咱省市区县镇乡道村请")
_COMMITTEES = ((re.compile(r"社区(居委会|居民委员会)$"), "社区"), (re.compile(r"村?(村委会|村民委员会)$"), "村"))


class Named(NamedTuple):
    """A place as a message may speak of it."""

    id: int
    kind: str
    name: str
    path: str


def spoken_name(name: str) -> str:
    """What people call it: 平昌社区居委会 is 平昌社区, 金鼎村委会 is 金鼎村; empty for a name that says too little."""
    short = name
    for committee, word in _COMMITTEES:
        short = committee.sub(word, short)
    return "" if len(short) < SHORTEST_NAME or _EVERYWHERE.fullmatch(short) else short


class PlaceNames:
    """The names of an instance's places, each with those that bear it."""

    def __init__(self, places: Iterable[Named]) -> None:
        self._bearers: dict[str, list[Named]] = {}
        for place in places:
            for name in {place.name, spoken_name(place.name)}:
                if spoken_name(name):
                    self._bearers.setdefault(name, []).append(place)
        self._scan = WordScan(self._bearers)

    def find(self, text: str) -> Named | None:
        """The one place that a text speaks of: the deepest, where several lie in each other; None where it is open."""
        names = (name for at, name in self._scan.longest_in(text) if _begins_here(text, at))
        spoken = [_likeliest(self._bearers[name]) for name in dict.fromkeys(names)]
        certain = [bearers[0] for bearers in spoken if len(bearers) == 1]
        for bearers in spoken:
            inside = [one for one in bearers if any(one.path.startswith(known.path) for known in certain)]
            if len(bearers) > 1 and len(inside) == 1:
                certain.append(inside[0])
        deepest = {one.id: one for one in certain if not any(_lies_in(other, one) for other in certain)}
        return next(iter(deepest.values())) if len(deepest) == 1 else None


def _begins_here(text: str, at: int) -> bool:
    """Whether a name can begin here: 桂园小区 does not in 碧桂园小区, nor 梅园小区 in 东岸梅园小区."""
    before = text[at - 1] if at else ""
    return not before.isalnum() or before in _BEFORE_NAMES


def _lies_in(place: Named, other: Named) -> bool:
    return place.path != other.path and place.path.startswith(other.path)


def _likeliest(bearers: list[Named]) -> list[Named]:
    """The bearers of the first kind that has any."""
    first = min(KINDS.index(one.kind) for one in bearers)
    return [one for one in bearers if KINDS.index(one.kind) == first]
