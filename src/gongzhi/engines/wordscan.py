"""Which of many words stand in a text: one pass over the text, however many words there are.

Words are found by their first two characters, then by the lengths that words beginning so have. For names and
category words (a few lengths to a beginning) this needs one dictionary look-up to a character; the classical
automaton (Aho and Corasick, 1975) promises the same for any words, at more memory and a slower loop in Python.
"""

import re
from collections.abc import Iterable, Iterator

SHORTEST = 2


class WordScan:
    """A fixed set of words of two characters or more; shorter ones are left out. Immutable after construction.

    An alphabet of thousands of letters makes the first letter a good sieve: the search runs on letters that begin
    a word, in the regular expressions' own loop.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if len(word) >= SHORTEST)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:SHORTEST], set()).add(len(word))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}
        firsts = "".join(sorted({re.escape(start[0]) for start in self._lengths}))
        self._first = re.compile(f"[{firsts}]" if firsts else r"(?!)")

    def __len__(self) -> int:
        return len(self._words)

    def _candidates(self, text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Where a word may begin, and the lengths that it may have, the longest first."""
        known = self._lengths
        for found in self._first.finditer(text):
            start = found.start()
            if lengths := known.get(text[start : start + SHORTEST]):
                yield start, lengths

    def words_in(self, text: str) -> set[str]:
        """Every word that stands in the text, also inside a longer one."""
        spans = ((start, start + n) for start, lengths in self._candidates(text) for n in lengths)
        return {word for start, end in spans if (word := text[start:end]) in self._words}

    def longest_in(self, text: str) -> list[tuple[int, str]]:
        """(start, word) from left to right, at each place the longest, none inside another; repeats are kept."""
        found: list[tuple[int, str]] = []
        free = 0
        for start, lengths in self._candidates(text):
            word = next((word for n in lengths if (word := text[start : start + n]) in self._words), "")
            if word and start >= free:
                found.append((start, word))
                free = start + len(word)
        return found
