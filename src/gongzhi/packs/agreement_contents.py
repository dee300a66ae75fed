"""The shape of a kind of agreement (协议): who stands in it as what, its usual lines, what it may lend, how it ends."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Pack, Sourced, Strict, Text

# Whether an agreement has a last day: it must, it may, or it is a plan for one calendar year.
Term = Literal["needed", "open", "year"]


class PartyRole(Sourced, frozen=True, kw_only=True):
    """As what a body stands in it. `kinds`: of which kinds it may be; none named, of any. `several`: more than one.

    `core`: the side that keeps it; exactly one role has it.
    """

    code: Code
    name: Text
    kinds: tuple[Code, ...] = ()
    core: bool = False
    several: bool = False
    optional: bool = False


class Anchor(Sourced, frozen=True, kw_only=True):
    """A day that its lines are counted from, asked when it is drafted: 预售, 入伙."""

    code: Code
    name: Text


class Facet(Sourced, frozen=True, kw_only=True):
    """What a line is of, to be counted by."""

    code: Code
    name: Text


class AssetKind(Sourced, frozen=True, kw_only=True):
    """What may be lent."""

    code: Code
    name: Text


class UsualLine(Sourced, frozen=True, kw_only=True):
    """A line that stands in every new one: whose it is, what shows it; due `days` after `anchor` or after its start.

    `counted`: the word of what is counted (次, 人); "" where only progress is said. Without days it runs to the end.
    """

    code: Code
    name: Text
    owner: Code
    evidence: Text
    counted: str = ""
    target: Count = 0
    facet: str = ""
    anchor: str = ""
    days: Annotated[int, msgspec.Meta(ge=-3650, le=3650)] | None = None


class Ending(Strict, frozen=True, kw_only=True):
    """An evaluation that has to be written before it may end: by which points."""

    points: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]


class AgreementPack(Pack, frozen=True, kw_only=True):
    """协议种类: roles, usual lines, facets, what may be lent, the papers a signature needs, how it is judged.

    `stands_as`: the word under which a partner appears on the page of its place (结对, 驻区). `public`: if it does.
    """

    what: Text
    stands_as: Text
    roles: Annotated[tuple[PartyRole, ...], msgspec.Meta(min_length=2)]
    lines: tuple[UsualLine, ...] = ()
    facet_of: str = ""
    facets: tuple[Facet, ...] = ()
    assets: tuple[AssetKind, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    term: Term = "needed"
    ending: Ending | None = None
    public: bool = True
    cautions: tuple[Text, ...] = ()

    def role(self, code: str) -> PartyRole | None:
        return next((one for one in self.roles if one.code == code), None)

    def facet(self, code: str) -> Facet | None:
        return next((one for one in self.facets if one.code == code), None)

    @property
    def core(self) -> PartyRole:
        return next(one for one in self.roles if one.core)
