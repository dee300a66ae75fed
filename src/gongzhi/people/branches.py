"""Which form of party branch the numbers suggest. Pure; the thresholds come from a law pack, a person decides."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class BranchForm(StrEnum):
    """单独、联合、功能型."""

    INDEPENDENT = "independent"
    JOINT = "joint"
    FUNCTIONAL = "functional"


class Thresholds(NamedTuple):
    """`members_least` for a branch of one's own, at most `units_most` in a joint one, usually no more than `most`."""

    members_least: int
    units_most: int
    most: int


class Advice(NamedTuple):
    """The form, and what should be looked at: more than `most` members, more than `units_most` units."""

    form: BranchForm
    too_many_members: bool = False
    too_many_units: bool = False


def thresholds_of(own: Mapping[str, Any], joint: Mapping[str, Any], size: Mapping[str, Any]) -> Thresholds:
    """From the parameters of the rules `own`, `joint` and `size`; raises KeyError for a text without them."""
    return Thresholds(int(own["members_least"]), int(joint["units_most"]), int(size["most"]))


def branch_form(*, members: int, units: int, law: Thresholds) -> Advice:
    """`members` of this compound; `units`: compounds that would be joined, this one among them.

    Enough members: a branch of its own. Too few, but some, and a neighbour to join: a joint branch. Else a functional
    one (S0; 支部工作条例).
    """
    if members >= law.members_least:
        return Advice(BranchForm.INDEPENDENT, too_many_members=members > law.most)
    if members > 0 and units > 1:
        return Advice(BranchForm.JOINT, too_many_units=units > law.units_most)
    return Advice(BranchForm.FUNCTIONAL)
