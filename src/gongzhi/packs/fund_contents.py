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
# What happens on accounts of persons, by these codes of movements; each is written by an act of its own, never freely.
EARN, HONOUR, REDEEM, GIVE_BACK = "earn", "honour", "redeem", "give_back"
TRANSFER, DONATE, EXPIRE = "transfer", "donate", "expire"
# Not decided on by the office: it counts when the other person agrees.
BY_BOTH = (TRANSFER,)
# Where persons get points from: a service that its receiver confirmed, one written in afterwards, a neighbour's help
# that whoever was helped confirmed, an award by two.
SERVED, BACK_ENTRY, AWARD = "volunteering.served", "back_entry", "award"
REVERSED = "volunteering.reversed"  # the record that a service brought points by was put right
HELPED = "exchange.helped"
SOURCES = (SERVED, BACK_ENTRY, HELPED, AWARD)


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
    """One account. The first is the fund's own; `floor` and `ceiling` block, in the fund's unit; "none": no floor.

    `each` = "person": everybody who joined has one of his own; nobody is below nothing.
    """

    code: Code
    name: Text
    kind: AccountKind
    purpose: str = ""
    floor: Count | Literal["none"] = "none"
    ceiling: Count | Literal["none"] = "none"
    each: Literal["fund", "person"] = "fund"


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


class Earn(Sourced, frozen=True, kw_only=True):
    """For what somebody gets how much: `gives` for each whole `per` (minutes of a service, one award), never less.

    `origin`: one of SOURCES. `line`: the account of persons it goes to. `day_most`, `host_month_most`: one person in
    a day, all that one host confirms in a month; 0: as much as there is.
    """

    code: Code
    name: Text
    origin: Text
    line: Code
    gives: int
    per: Positive = 1
    day_most: Count = 0
    host_month_most: Count = 0


class Persons(Sourced, frozen=True, kw_only=True):
    """Accounts of persons in a fund of points or minutes: voluntary, for good deeds only, with an end told before.

    `spends`: the one line that can be exchanged. `lasts_months` after the day, or to the end of the year; neither: for
    good. More than `most_kept` goes to the fund itself. `redeem`: for what; `leaving`: what happens with the rest.
    """

    spends: Code
    earns: Annotated[tuple[Earn, ...], msgspec.Meta(min_length=1)]
    lasts_months: Count = 0
    ends_with_year: bool = False
    warn_days: Positive = 30
    most_kept: Count = 0
    redeem: Annotated[tuple[Literal["services", "goods"], ...], msgspec.Meta(min_length=1)] = ("services", "goods")
    to_relatives: bool = False
    leaving: Annotated[tuple[Literal["expire", "donate"], ...], msgspec.Meta(min_length=1)] = ("expire",)

    def earn(self, code: str) -> Earn | None:
        return next((one for one in self.earns if one.code == code), None)


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
    persons: Persons | None = None
    cautions: tuple[Text, ...] = ()

    def movement(self, code: str) -> Movement | None:
        return next((one for one in self.movements if one.code == code), None)

    @property
    def persons_lines(self) -> tuple[str, ...]:
        """Codes of the accounts that everybody has one of."""
        return tuple(one.code for one in self.accounts if one.each == "person")

    @property
    def free_movements(self) -> tuple[Movement, ...]:
        """What the office may write by hand: nothing that moves only accounts of persons."""
        return tuple(one for one in self.movements if self.free(one.credit) and self.free(one.debit))

    def free(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Of these accounts those that are the fund's, not a person's."""
        return tuple(code for code in codes if code not in self.persons_lines)

    def account(self, code: str) -> AccountLine | None:
        return next((one for one in self.accounts if one.code == code), None)
