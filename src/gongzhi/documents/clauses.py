"""条款: which kinds of demands a paragraph of a covenant settles, written at its end as 【诉求：噪声、遛狗】.

The mark is part of the text, so it is voted on, versioned and printed with it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

_MARKED = re.compile("【诉求：([^】]*)】")


@dataclass(frozen=True)
class Clause:
    """One paragraph without its mark, the heading above it, and the names of categories that the mark lists."""

    heading: str
    words: str
    categories: tuple[str, ...]


def clauses_of(text: str) -> list[Clause]:
    """The marked paragraphs of a text, in its order."""
    heading, found = "", []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif names := [name.strip() for listed in _MARKED.findall(line) for name in re.split("[、，,]", listed)]:
            found.append(Clause(heading, _MARKED.sub("", line).strip(), tuple(filter(None, names))))
    return found


def unknown_names(text: str, known: Collection[str]) -> list[str]:
    """Names in marks that are no category, each once, in the text's order."""
    named = [name for clause in clauses_of(text) for name in clause.categories]
    return [name for name in dict.fromkeys(named) if name not in known]
