"""Which item of a model's source the software serves, where, and which tests show it (M10).

The facts are in data/coverage.json, written by tools/coverage_page.py from a complete test run and by nobody's hand:
an item without a passed test is “not yet”, one with tests but no page named by them is “partly”.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from gongzhi.common.text import N_
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.model_pattern import PatternGroup, PatternItem
from gongzhi.packs.shipped import FOLDER

FILE = FOLDER / "coverage.json"
# The parts of the catalogue (docs/reference/requirements.csv), by the first letter of an id.
PARTS = {
    "A": N_("地方和组织"),
    "B": N_("党建引领"),
    "C": N_("网格"),
    "D": N_("诉求"),
    "E": N_("会商、交办、督办"),
    "F": N_("协商议事"),
    "G": N_("民主"),
    "H": N_("小区、物业、业主"),
    "I": N_("项目和资源"),
    "J": N_("志愿和微心愿"),
    "K": N_("服务"),
    "L": N_("平安和调解"),
    "M": N_("评价"),
    "N": N_("数据"),
    "O": N_("公开和网上"),
}


class State(StrEnum):
    """办得到、有一部分、还没有."""

    WORKS = "works"
    PARTLY = "partly"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement of the catalogue: its words, the pages that tests name, and the tests that passed."""

    id: str
    source: str
    term: str
    where: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def state(self) -> State:
        if not self.tests:
            return State.NOT_YET
        return State.WORKS if self.where else State.PARTLY


@dataclass(frozen=True, slots=True)
class Named:
    """An item that the model's pattern names, with the requirements that it stands for."""

    item: PatternItem
    requirements: tuple[Item, ...]

    @property
    def state(self) -> State:
        """As its requirements are: all of them, some, none."""
        return together(one.state for one in self.requirements)


@dataclass(frozen=True, slots=True)
class ModelCoverage:
    """A model held against its source."""

    pack: ModelPack
    groups: tuple[tuple[PatternGroup, tuple[Named, ...]], ...]
    items: tuple[Item, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(item.state for item in self.items)
        return {state.value: found[state] for state in State}

    @property
    def figures(self) -> str:
        """1-3-1-4."""
        return "-".join(str(group.count) for group in self.pack.pattern)

    def parts(self) -> list[tuple[str, list[Item]]]:
        """The items by part of the catalogue, in its order."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.id[0], []).append(item)
        return [(PARTS[letter], some) for letter, some in sorted(found.items())]


def together(states: Iterable[State]) -> State:
    """WORKS where all work, NOT_YET where nothing does (or nothing is named), else PARTLY."""
    found = set(states)
    if found == {State.WORKS}:
        return State.WORKS
    return State.NOT_YET if found <= {State.NOT_YET} else State.PARTLY


@lru_cache(maxsize=1)
def items() -> tuple[Item, ...]:
    """The whole catalogue as the last complete test run left it."""
    rows = json.loads(FILE.read_text("utf-8"))
    return tuple(
        Item(row["id"], row["source"], row["term"], tuple(row["where"]), tuple(row["tests"])) for row in rows
    )


def of_source(source: str, known: Sequence[Item]) -> tuple[Item, ...]:
    """What a source names: “S0/S3” belongs to both, “all” to everyone."""
    return tuple(item for item in known if {source, "all"} & set(item.source.split("/")))


def coverage_of(pack: ModelPack, known: Sequence[Item]) -> ModelCoverage:
    """The pattern's items and those of the model's source in the catalogue."""
    by_id = {item.id: item for item in known}
    groups = tuple(
        (
            group,
            tuple(
                Named(item, tuple(by_id[code] for code in item.requirements if code in by_id)) for item in group.items
            ),
        )
        for group in pack.pattern
    )
    return ModelCoverage(pack, groups, of_source(pack.catalogue, known))
