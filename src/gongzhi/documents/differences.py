"""What changed between two versions of a text: line by line, and inside a line sign by sign. Pure."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Change = Literal["same", "changed", "added", "removed"]
# Lines less alike than this are shown as one gone and one new: single signs in common say nothing.
ALIKE = 0.45


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of signs; `marked` where it is gone (left) or new (right)."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the old text beside one of the new; a side that has none is empty. Numbers count from 1."""

    change: Change
    old_number: int | None
    new_number: int | None
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()


def compare(old: str, new: str) -> list[Pair]:
    """The two texts side by side; every line of both stands in it once, in order."""
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    pairs: list[Pair] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += [_same(a + n, c + n, before[a + n]) for n in range(b - a)]
        else:
            pairs += _replaced(before[a:b], after[c:d], a, c)
    return pairs


def _same(old: int, new: int, text: str) -> Pair:
    return Pair("same", old + 1, new + 1, (Piece(text),), (Piece(text),))


def _replaced(before: Sequence[str], after: Sequence[str], a: int, c: int) -> list[Pair]:
    """Lines that stand for others: those alike are paired in order, the rest is gone or new."""
    pairs, j = [], 0
    for i, line in enumerate(before):
        match = next((k for k in range(j, len(after)) if _alike(line, after[k])), None)
        if match is None:
            pairs.append(Pair("removed", a + i + 1, None, (Piece(line, True),)))
            continue
        pairs += [_added(c + k, after[k]) for k in range(j, match)]
        old, new = _inside(line, after[match])
        pairs.append(Pair("changed", a + i + 1, c + match + 1, old, new))
        j = match + 1
    return pairs + [_added(c + k, after[k]) for k in range(j, len(after))]


def _added(number: int, text: str) -> Pair:
    return Pair("added", None, number + 1, (), (Piece(text, True),))


def _alike(one: str, other: str) -> bool:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _inside(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = [], []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = tag == "equal"
        old += [Piece(one[a:b], not same)] if b > a else []
        new += [Piece(other[c:d], not same)] if d > c else []
    return tuple(old), tuple(new)


def merged(pair: Pair) -> list[tuple[Literal["same", "gone", "new"], str]]:
    """One line with what is gone and what is new where they belong, for reading in one column."""
    runs: list[tuple[Literal["same", "gone", "new"], str]] = []
    old, new = list(pair.old), list(pair.new)
    while old or new:
        if old and old[0].marked:
            runs.append(("gone", old.pop(0).text))
        elif new and new[0].marked:
            runs.append(("new", new.pop(0).text))
        else:
            runs.append(("same", (new or old)[0].text))
            del old[:1], new[:1]
    return runs


def counted(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many lines are changed, added and removed."""
    return {change: sum(1 for pair in pairs if pair.change == change) for change in ("changed", "added", "removed")}
