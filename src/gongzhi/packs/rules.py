"""What packs decide by themselves: versions, guesses from words, who serves what, sizes, 三无. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from gongzhi.packs.model_contents import Category, ModelPack, Organization

# The three features a compound is asked for (S0): each yes, no or unknown.
THREE = ("property_service", "responsible_unit", "security")


class Guess(NamedTuple):
    """One category that a text may be about: the sum of its words' weights, and the words."""

    category: Category
    score: int
    words: tuple[str, ...]


class Size(NamedTuple):
    """How a number of households stands to its target, in percent of the target (whole percents, toward zero)."""

    verdict: Literal["small", "fit", "large"]
    deviation_percent: int


class ThreeWithout(NamedTuple):
    """三无: which of the three are lacking, which are not known, and the computed facet, if any."""

    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    facet: Literal["three_without", "partly_without", ""]


def version_key(version: str) -> tuple[int, ...]:
    """Versions compare by their numbers: 1.10 is later than 1.9."""
    return tuple(int(part) for part in version.split("."))


def guess_category(text: str, categories: Sequence[Category]) -> list[Guess]:
    """Categories whose words stand in `text`, best first; ties by the longest word, then the pack's order.

    A word that stands only inside a longer matched word of the same category does not count twice.
    """
    low = text.lower()
    guesses = [guess for category in categories if (guess := _guess(low, category)) and guess.score > 0]
    return sorted(guesses, key=lambda guess: (-guess.score, -max(map(len, guess.words))))


def _guess(text: str, category: Category) -> Guess | None:
    found = [word for word in category.keywords if word in text]
    if not found:
        return None
    words = [word for word in found if not _only_inside(word, found, text)]
    return Guess(category, sum(category.keywords[word] for word in words), tuple(words))


def _only_inside(word: str, found: Sequence[str], text: str) -> bool:
    longer = [other for other in found if len(other) > len(word) and word in other]
    for other in longer:
        text = text.replace(other, "\0")
    return bool(longer) and word not in text


def category_chain(code: str, categories: Iterable[Category]) -> list[Category]:
    """The category and those above it, from the top down; empty for an unknown code."""
    by_code = {category.code: category for category in categories}
    chain: list[Category] = []
    while code in by_code:
        chain.insert(0, by_code[code])
        code = by_code[code].parent
    return chain


def category_title(code: str, categories: Iterable[Category]) -> str:
    """“公用设施›照明›路灯”."""
    return "›".join(category.name for category in category_chain(code, categories))


def leaves(categories: Sequence[Category]) -> list[Category]:
    """The categories that have none below them."""
    parents = {category.parent for category in categories}
    return [category for category in categories if category.code not in parents]


def served_categories(body: Organization, pack: ModelPack) -> list[str]:
    """The leaf categories that a body handles: by its unit kind, and those it names (with what lies below)."""
    served = []
    for category in leaves(pack.categories):
        above = {link.code for link in category_chain(category.code, pack.categories)}
        by_kind = bool(body.unit_kind) and category.unit_kind == body.unit_kind
        if by_kind or above & set(body.serves):
            served.append(category.code)
    return served


def size(households: int, target: int, tolerance_percent: int) -> Size:
    """Whether a grid or community is too small, too large, or fits; the tolerance itself still fits."""
    difference = households - target
    deviation = abs(difference) * 100 // target * (1 if difference >= 0 else -1)
    if abs(difference) * 100 <= tolerance_percent * target:
        return Size("fit", deviation)
    return Size("large" if difference > 0 else "small", deviation)


def three_without(features: Mapping[str, Any]) -> ThreeWithout:
    """三无 (S0): no property service AND no responsible unit AND no security; unknown is not “no”."""
    lacking = tuple(name for name in THREE if features.get(name) in (False, "no"))
    known = (True, False, "yes", "no")
    unknown = tuple(name for name in THREE if features.get(name) not in known)
    if len(lacking) == len(THREE):
        return ThreeWithout(lacking, unknown, "three_without")
    return ThreeWithout(lacking, unknown, "partly_without" if lacking else "")
