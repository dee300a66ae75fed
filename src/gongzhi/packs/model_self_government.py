"""What a model says about self-government: which kinds of bodies govern themselves, where, and how far on one is."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Positive, Sourced, Strict, Text
from gongzhi.packs.schedule_contents import Every

# What shows how far on a body is; each is read from what exists: a text, mandates, meetings, decisions, publications.
Shown = Literal["seated", "charter", "met", "decided", "published"]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]


class BodySeats(Strict, frozen=True, kw_only=True):
    """Seats of one title in a body that is founded; who sits there is no staff."""

    title: Text
    seats: Positive
    role: Literal["member", "neighbour_lead"] = "member"


class SelfGoverning(Sourced, frozen=True, kw_only=True):
    """自治组织: a kind of body that governs itself at places of some `levels`.

    `form` names this form of self-government (业主自治) where the level does not; `scope` what it looks after.
    `term_years` and `seats` are what a new one begins with. `instituted`: the law's own way to set one up; such a body
    is not founded by writing it down.
    """

    levels: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    form: str = ""
    scope: str = ""
    term_years: Positive
    seats: tuple[BodySeats, ...] = ()
    instituted: str = ""


class Unit(Strict, frozen=True, kw_only=True):
    """A place level and what self-government there is called."""

    level: Code
    form: Text


class Tier(Sourced, frozen=True, kw_only=True):
    """自治层级: 居（村）民自治, 网格自治, 楼栋自治: the place levels that belong to it."""

    code: Code
    name: Text
    units: Annotated[tuple[Unit, ...], msgspec.Meta(min_length=1)]
    duty: str = ""


class Stage(Sourced, frozen=True, kw_only=True):
    """成熟度: a body stands here when everything that this and the earlier stages need is shown."""

    name: Text
    needs: tuple[Shown, ...] = ()


class SelfGovernment(Sourced, frozen=True, kw_only=True):
    """The tiers of self-government and the stages of maturity.

    Of the seats `seated_percent` must be taken; a body that no schedule rule names meets as often as `meets` says.
    """

    tiers: Annotated[tuple[Tier, ...], msgspec.Meta(min_length=1)]
    stages: Annotated[tuple[Stage, ...], msgspec.Meta(min_length=1)]
    seated_percent: Percent = 50
    meets: Every = "year"

    def tier_of(self, level: str) -> Tier | None:
        return next((tier for tier in self.tiers if any(unit.level == level for unit in tier.units)), None)

    def form_at(self, level: str) -> str:
        """What self-government at places of a level is called; "" where there is none."""
        units = (unit for tier in self.tiers for unit in tier.units)
        return next((unit.form for unit in units if unit.level == level), "")

    @property
    def levels(self) -> tuple[str, ...]:
        return tuple(unit.level for tier in self.tiers for unit in tier.units)
