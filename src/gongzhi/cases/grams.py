"""Blind bigrams: how sealed words are found. Keyed fingerprints of neighbouring characters, kept beside the case.

A word of two characters or more stands in a text only if all its pairs do; who holds the key can ask for them, who
holds the database alone sees numbers (docs/decisions/0010). Confidential words are not indexed at all.
"""

import hashlib
import unicodedata
from functools import lru_cache

from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.people import vault

SHORTEST = 2
_BITS = 31


def fold(text: str) -> str:
    """The form in which words are compared: full width, capitals and half width made one."""
    return unicodedata.normalize("NFKC", text).lower()


def words_of(query: str) -> tuple[list[str], list[str]]:
    """The words of a query, folded: those long enough to be looked up, and the single characters."""
    found = fold(query).split()
    return [word for word in found if len(word) >= SHORTEST], [word for word in found if len(word) < SHORTEST]


def pairs_of(text: str) -> set[str]:
    """Every two neighbouring characters, none across white space."""
    return {word[n : n + 2] for word in fold(text).split() for n in range(len(word) - 1)}


def index_key() -> bytes:
    """From the first master key, so that a rotation of the master keeps what is indexed (see sealing.derive)."""
    return vault.keyring().derive("case-grams")


@lru_cache(maxsize=200_000)
def _blind(key: bytes, pair: str) -> int:
    return int.from_bytes(hashlib.blake2b(pair.encode(), digest_size=4, key=key).digest()) >> (32 - _BITS)


def blind(text: str) -> list[int]:
    """The fingerprints of a text, each once, in the order of their numbers: neither order nor count is kept."""
    key = index_key()
    return sorted({_blind(key, pair) for pair in pairs_of(text)})


def grams_of(text: str, detail: str, privacy: str) -> list[int] | None:
    """What goes into the column: fingerprints of the words; None for what is confidential."""
    return None if privacy in PRIVATE else blind(f"{text}\n{detail}")
