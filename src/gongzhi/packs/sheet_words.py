"""What workbooks of packs have in common: words for codes, columns that mean the same, the kind itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from gongzhi.common.sheets import Column, Kind, WrongRow, spoken
from gongzhi.common.text import N_
from gongzhi.packs import queries

EVIDENCE = spoken(
    {
        "photo_before": ("办前照片", "photo before"),
        "photo_after": ("办后照片", "photo after"),
        "note": ("说明", "note"),
        "signature": ("签字", "signature"),
        "document": ("文书", "document"),
    }
)
PROOF = Column("evidence", N_("要的证据"), False, N_("办前照片、办后照片、说明、签字、文书"), "办后照片")
_SPLIT = str.maketrans("，,；;", "、、、、")


def named(items: Iterable[Any]) -> dict[str, str]:
    """Codes by what they are called, and by themselves."""
    return spoken({item.code: (item.name,) for item in items})


def priority_words() -> dict[str, str]:
    """The classes of deadlines, as the model calls them and by their codes."""
    return spoken({str(clock.priority): (clock.name,) for clock in queries.active_model().clocks})


def coded(given: str, column: Column, words: Mapping[str, str]) -> str:
    """The code that a word stands for, "" for none. Raises WrongRow."""
    if given and given.lower() not in words:
        raise WrongRow(N_("“{column}”里没有“{value}”"), column=column.header, value=given)
    return words[given.lower()] if given else ""


def parts_of(text: str) -> list[str]:
    """Words set apart by 、 or commas."""
    return [word for part in text.translate(_SPLIT).split("、") if (word := part.strip())]


def all_coded(given: str, column: Column, words: Mapping[str, str]) -> list[str]:
    """The codes of several words. Raises WrongRow."""
    return [coded(part, column, words) for part in parts_of(given)]


def pack_kind(**told: Any) -> Kind:
    """A workbook whose rows become the next version of a pack: who loads packs brings it in."""
    return Kind(permission="packs.load", forget=queries.forget, **told)
