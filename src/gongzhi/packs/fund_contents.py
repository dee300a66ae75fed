"""The shape of a kind of fund (账本): whose money, what it may be used for, its accounts, and who must look twice."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Pack, Positive, Sourced, Text

Unit = Literal["fen", "points", "minutes"]
AccountKind = Literal["assets", "liabilities", "income", "expenses", "equity"]
Share = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,3}/[1-9]\d{0,3}$")]
Party = Literal["none", "organization", "any"]
Every = Literal["month", "quarter"]
# What points may be taken away for: they are spent, they end, or a mistake is put right. Never as a punishment.
TAKEN_FOR = ("redeem", "expire")


class Host(Sourced, frozen=True, kw_only=True):
    """Who may hold such a fund; `proof` is what has to be written down before it is opened."""

    code: Code
    name: Text
    proof: Text


class Purpose(Sourced, frozen=True, kw_only=True):
    """What the money is for: a facet of accounts, counted in every statement."""

    code: Code
    name: Text


class AccountLine(Sourced, frozen=True, kw_only=True):
    """One account. The first is the fund's own; `floor` and `ceiling` block, in the fund's unit; "none": no floor."""

    code: Code
    name: Text
    kind: AccountKind
    purpose: str = ""
    floor: Count | Literal["none"] = "none"
    ceiling: Count | Literal["none"] = "none"


class Movement(Sourced, frozen=True, kw_only=True):
    """What can happen: from one of `credit` to one of `debit`. `vouchers`: the papers that must be shown.

    `decision`: needs the reference of a decision; `emergency` is the lawful way without one. `most`: in all for one
    matter; `own_share`: the share of the whole cost that whoever gets it raises himself.
    """

    code: Code
    name: Text
    credit: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    debit: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    party: Party = "any"
    vouchers: tuple[Text, ...] = ()
    about: bool = False
    decision: bool = False
    emergency: bool = False
    most: Count = 0
    own_share: Share | None = None


class Alarm(Sourced, frozen=True, kw_only=True):
    """Less than `share` of `of` left: somebody has to act. `of` is asked when the fund is opened."""

    share: Share
    of: Text
    what: Text


class FundPack(Pack, frozen=True, kw_only=True):
    """账本种类: hosts, purposes, accounts, movements; above `second_above` a second person approves.

    `raising` says whether the platform takes gifts for it: it never does (慈善法 22, 26, 27).
    """

    what: Text
    unit: Unit = "fen"
    hosts: Annotated[tuple[Host, ...], msgspec.Meta(min_length=1)]
    purposes: tuple[Purpose, ...] = ()
    second_above: Count
    close_every: Every = "month"
    publish_every: Every = "quarter"
    publish_within: Positive = 15
    publish_basis: Text
    raising: bool = False
    accounts: Annotated[tuple[AccountLine, ...], msgspec.Meta(min_length=2)]
    movements: Annotated[tuple[Movement, ...], msgspec.Meta(min_length=1)]
    alarm: Alarm | None = None
    cautions: tuple[Text, ...] = ()

    def movement(self, code: str) -> Movement | None:
        return next((one for one in self.movements if one.code == code), None)

    def account(self, code: str) -> AccountLine | None:
        return next((one for one in self.accounts if one.code == code), None)
