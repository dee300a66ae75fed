"""What a model's name counts: 1-3-1-4, 一三五三一, 一核三体: groups, their items, the requirements each stands for."""

from typing import Annotated

import msgspec

from gongzhi.packs.contents import Code, Positive, Sourced, Strict, Text

Requirement = Annotated[str, msgspec.Meta(pattern=r"^[A-O]\d{2}$")]


class PatternItem(Strict, frozen=True, kw_only=True):
    """One thing that the source names; `requirements` are ids of the catalogue (docs/reference/requirements.csv)."""

    name: Text
    requirements: tuple[Requirement, ...] = ()


class PatternGroup(Sourced, frozen=True, kw_only=True):
    """One figure of the pattern. `count` is the number that the source says; `readable = false`: the source has the
    number, but what it counts cannot be read in it, so nothing is named until whoever knows writes it in.
    """

    code: Code
    name: Text
    count: Positive
    readable: bool = True
    items: tuple[PatternItem, ...] = ()
