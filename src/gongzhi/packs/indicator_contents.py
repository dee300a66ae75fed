"""The shape of a pack of indicators: questions with numerator and denominator, sheets of them, checks of figures.

What is counted is registered by the rooms that have the tables (`gongzhi.sheets.lineage`); a pack names it, and says
what it is called and how it is read. No number of a person, and nothing about how much somebody uses the product.
"""

from typing import Annotated, Literal

import msgspec

from gongzhi.common.text import N_
from gongzhi.packs.contents import Code, Count, Pack, Positive, Sourced, Strict, Text, Version

Direction = Literal["higher", "lower", "none"]
Axis = Literal["co_build", "co_govern", "co_share", ""]
Right = Literal["know", "take_part", "express", "supervise", ""]
Rounding = Literal["half_up", "down"]
Exact = Annotated[str, msgspec.Meta(pattern=r"^-?\d+(\.\d+)?$", max_length=24)]
Form = Literal["share", "count", "figure"]
Rule = Literal["share", "fewer", "mean", "difference", "sum", "product", "agree", "size_range"]

DIRECTIONS: dict[str, str] = {"higher": N_("越高越好"), "lower": N_("越低越好"), "none": N_("不论高低")}
AXES: dict[str, str] = {"co_build": N_("共建"), "co_govern": N_("共治"), "co_share": N_("共享")}
RIGHTS: dict[str, str] = {
    "know": N_("知情权"),
    "take_part": N_("参与权"),
    "express": N_("表达权"),
    "supervise": N_("监督权"),
}


class IndicatorEntry(Sourced, frozen=True, kw_only=True):
    """One indicator. `form`: a share of two counts, a count, or a figure that is brought in with year and source.

    `lineage` names what counts it: a registered source; a figure has none and is the row itself. `minimum` is the
    smallest denominator that is shown as a share. `persons`: people are counted, so few are not shown
    (`small_cell` of the law pack cn.privacy). `public`: on the public page of a community, counted over what is public;
    `answers`: it tells what residents said or did of themselves, in public neither of few nor where all are alike;
    `public_page`: the page that lists the rows for everybody.
    """

    code: Code
    version: Version = "1"
    name: Text
    question: Text
    numerator: Text
    denominator: str = ""
    exclusions: str = ""
    form: Form = "share"
    unit: str = "%"
    direction: Direction = "none"
    minimum: Count = 0
    lineage: tuple[Code, ...] = ()
    axis: Axis = ""
    right: Right = ""
    public: bool = False
    persons: bool = False
    answers: bool = False
    public_page: str = ""
    decimals: Count = 2
    rounding: Rounding = "half_up"


class RightUse(Strict, frozen=True, kw_only=True):
    """One function of the product and the right that it serves (知情权、参与权、表达权、监督权)."""

    right: Literal["know", "take_part", "express", "supervise"]
    name: Text
    page: str = ""


class SheetItem(Strict, frozen=True, kw_only=True):
    """One line of a weighted sheet: an indicator, or something judged on a scale from 0 to `scale` with evidence."""

    code: Code
    name: Text
    weight: Exact
    indicator: str = ""
    scale: Count = 0
    how: str = ""
    evidence: str = ""


class SheetContent(Sourced, frozen=True, kw_only=True):
    """评分表: weighted items; the weights add up to `total`."""

    code: Code
    name: Text
    version: Version = "1"
    total: Exact = "100"
    items: Annotated[tuple[SheetItem, ...], msgspec.Meta(min_length=1)]


class Check(Sourced, frozen=True, kw_only=True):
    """A sum that figures must pass: `inputs` go into `rule`; `stated` is the figure that says what comes out.

    An input is `figure:CODE` (also `@before`, `@after` the change of boundaries), or
    `before:LEVEL:TYPE:WHAT` and `after:…` for the units of the last change, or `now:LEVEL:TYPE:WHAT`; WHAT is
    `count`, `population`, `area`, `mean_population` or `mean_area`.
    """

    code: Code
    group: Text
    name: Text
    rule: Rule
    inputs: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    unit: str = ""
    decimals: Count = 1
    stated: str = ""
    tolerance_percent: Exact = "0"
    minimum: tuple[Count, ...] = ()
    maximum: tuple[Count, ...] = ()
    note: str = ""


class Premises(Sourced, frozen=True, kw_only=True):
    """社区阵地: how many square metres for every so many households."""

    square_metres: Positive
    households: Positive


class IndicatorsPack(Pack, frozen=True, kw_only=True):
    """指标包: indicators, sheets of them, checks of figures, rights, and the standard of premises.

    `public_levels`: the levels of places whose public figures are set down once a month, `public_after_days` after its
    end: what was answered by then is counted, and nothing that was told changes later.
    """

    indicators: tuple[IndicatorEntry, ...] = ()
    rights: tuple[RightUse, ...] = ()
    sheets: tuple[SheetContent, ...] = ()
    checks: tuple[Check, ...] = ()
    public_levels: tuple[Code, ...] = ()
    public_after_days: Count = 0
    premises: Premises | None = None
