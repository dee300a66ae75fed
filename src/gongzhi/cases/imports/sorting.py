"""What a message is about: the source's own label where it has one, else the words of the category names. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from gongzhi.engines.wordscan import SHORTEST, WordScan
from gongzhi.packs.model_contents import Category
from gongzhi.packs.rules import guess_category


class Sorted(NamedTuple):
    """A category code ("" for none) and who said so: staff (the city's label) or guess."""

    category: str
    source: str


class Sorter:
    """Gives what `guess_category` gives, for thousands of texts: only categories with a word in the text are scored."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self._categories = categories
        self._users: dict[str, list[int]] = {}
        for at, category in enumerate(categories):
            for word in category.keywords:
                self._users.setdefault(word.lower(), []).append(at)
        self._scan = WordScan(self._users)
        self._letters = [word for word in self._users if len(word) < SHORTEST]
        self._by_names: dict[tuple[str, ...], str] = {}
        names: dict[str, tuple[str, ...]] = {}
        for item in categories:  # parents come first
            names[item.code] = (*names.get(item.parent, ()), item.name)
            self._by_names.setdefault(names[item.code], item.code)

    def sort(self, text: str, labels: tuple[str, ...] = ()) -> Sorted:
        for depth in range(len(labels), 0, -1):
            if code := self._by_names.get(labels[:depth]):
                return Sorted(code, "staff")
        return Sorted(self.guess(text), "guess")

    def guess(self, text: str) -> str:
        low = text.lower()
        words = self._scan.words_in(low).union(letter for letter in self._letters if letter in low)
        likely = sorted({at for word in words for at in self._users[word]})
        guesses = guess_category(text, [self._categories[at] for at in likely])
        return guesses[0].category.code if guesses else ""
