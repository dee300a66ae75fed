"""Where the model wants party organizations: which kinds of bodies count, and at which level every place has one."""

from typing import Annotated

import msgspec

from gongzhi.packs.contents import Code, Sourced, Strict, Text

Kinds = Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]


class PartyCover(Sourced, frozen=True, kw_only=True):
    """党组织覆盖: the places of a `level`, and the kinds of bodies of which one has to stand at or cover each."""

    code: Code
    name: Text
    level: Code
    kinds: Kinds


class ResponsibilityArea(Strict, frozen=True, kw_only=True):
    """责任区一级: places of a `level` that somebody answers for: 包片, 包栋.

    Whoever holds a post of one of `roles` right there answers for it too.
    """

    level: Code
    name: Text
    roles: tuple[Code, ...] = ()


class MemberCategory(Sourced, frozen=True, kw_only=True):
    """党员类别: what a branch writes down of a member, for itself alone; others see how many, never who."""

    code: Code
    name: Text


class Party(Sourced, frozen=True, kw_only=True):
    """`law` holds the thresholds of a branch; `branches` are the kinds that may cover several places of their level.

    `areas` are the levels at which somebody answers for a place; the last is that whose places are all to be covered.
    `categories` are those of members; without them no branch keeps its members here.
    """

    law: Code
    branches: Kinds
    covers: Annotated[tuple[PartyCover, ...], msgspec.Meta(min_length=1)]
    areas: Annotated[tuple[ResponsibilityArea, ...], msgspec.Meta(min_length=1)]
    categories: tuple[MemberCategory, ...] = ()
