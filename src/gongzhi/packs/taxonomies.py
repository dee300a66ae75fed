"""A city's own tree of categories, as its export gives it: names by level, to categories with stable codes. Pure."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gongzhi.packs.model_contents import Category
from gongzhi.packs.rendering import render
from gongzhi.packs.taxonomy_contents import TaxonomyPack

NAME, PREFIX = "imported", "tax"
OWN = "office"  # the name under which an office keeps its own categories
Path = tuple[str, ...]
_PARTS = re.compile(r"[和与及、/（）()·]")
# Words that stand everywhere and say nothing.
_EMPTY_WORDS = frozenset({"其他", "其它", "管理", "综合", "问题"})


class Counts(NamedTuple):
    """Different names by level, and different nodes (the same name under two parents is two nodes)."""

    names: tuple[int, ...]
    nodes: tuple[int, ...]


def code_of(path: Path) -> str:
    """A code that the order of rows does not change: "tax." and eight hexadecimal digits for each level's name."""
    digests = (hashlib.sha256(name.encode()).hexdigest()[:8] for name in path)
    return ".".join((PREFIX, *digests))


def nodes_of(paths: Iterable[Path]) -> list[Path]:
    """Every node of the tree once, parents first, in the order of the rows."""
    found: dict[Path, None] = {}
    for path in paths:
        for depth in range(1, len(path) + 1):
            found.setdefault(path[:depth])
    return list(found)


def count_levels(paths: Iterable[Path]) -> Counts:
    nodes = nodes_of(paths)
    depths = range(1, 1 + max(map(len, nodes), default=0))
    by_level = [[node for node in nodes if len(node) == depth] for depth in depths]
    return Counts(tuple(len({node[-1] for node in level}) for level in by_level), tuple(map(len, by_level)))


def words_of(name: str) -> list[str]:
    """The words of a name that may stand in a demand: 城市建设和市政管理 gives 城市建设 and 市政管理."""
    return [word for word in _PARTS.split(name) if len(word) > 1 and word not in _EMPTY_WORDS]


def categories_of(paths: Iterable[Path]) -> tuple[Category, ...]:
    """The tree as categories; a word weighs as much as it is long."""
    return tuple(
        Category(
            code=code_of(node),
            name=node[-1],
            parent=code_of(node[:-1]) if len(node) > 1 else "",
            keywords={word: len(word) for word in words_of(node[-1])},
        )
        for node in nodes_of(paths)
    )


def render_taxonomy(paths: Sequence[Path], *, version: str, source: str, on: dt.date) -> str:
    """The pack as TOML text that reads back equal; one row a line, as in the export."""
    head = {
        "kind": "taxonomy",
        "name": NAME,
        "title": "导入的分类",
        "version": version,
        "source": source,
        "confidence": "S",
    }
    lines = [f"{key} = {_quoted(value)}" for key, value in head.items()]
    rows = [f"  [{', '.join(map(_quoted, path))}]," for path in paths]
    return "\n".join([*lines, f"effective_from = {on}", "paths = [", *rows, "]"]) + "\n"


def render_categories(categories: Sequence[Category], *, version: str, source: str, on: dt.date) -> str:
    """An office's own categories as TOML text that reads back equal."""
    pack = TaxonomyPack(
        kind="taxonomy",
        name=OWN,
        title="自设分类",
        version=version,
        source=source,
        confidence="S",
        effective_from=on,
    )
    return render(pack, "categories", categories)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
