"""The shape of procedures (程序): lawful stepwise decisions whose numbers stand in law packs.

A number is either read from a law (`by` = "law#rule/key") or written here with its own source; never both.
"""

import re
from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Pack, Positive, Sourced, Strict, Text

# "cn.owners.decisions#participation/heads": the law, the rule in it, the parameter.
Reference = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*#[A-Za-z0-9][A-Za-z0-9._/-]*$")]
# What is counted, and behind a dot the measure when it is not heads: "yes", "yes.area".
Figure = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,31}(\.[a-z_]{1,16})?$")]
Group = Literal["village", "owners", "election", "rules", "consult", "review", "party", "contest"]
_PARTS = re.compile(r"^([^#]+)#([^/]+)(?:/(.+))?$")


def parts(reference: str) -> tuple[str, str, str]:
    """The law, the rule and the parameter of a reference; the parameter may be empty."""
    found = _PARTS.match(reference)
    return (found[1], found[2], found[3] or "") if found else ("", "", "")


class Part(Sourced, frozen=True, kw_only=True):
    """`figure` must reach a share `of` another figure: by a law, or `share` ("2/3") with `inclusive`.

    `most` turns it round: no more than the share.
    """

    figure: Figure
    of: Figure
    by: Reference | None = None
    share: str = ""
    inclusive: bool = True
    most: bool = False


class Limit(Sourced, frozen=True, kw_only=True):
    """A figure has an absolute bound: by a law, or `number`; `left_open`: a local text must fill it in."""

    figure: Figure
    limit: Literal["at_least", "at_most"]
    by: Reference | None = None
    number: int | None = None
    left_open: bool = False


class Condition(Strict, frozen=True, kw_only=True):
    """Any of the `ways`, each with all its parts; and all of the `bounds`."""

    ways: tuple[tuple[Part, ...], ...] = ()
    bounds: tuple[Limit, ...] = ()


class Days(Sourced, frozen=True, kw_only=True):
    """A number of days: by a law, or `days`; `lapses`: what comes later does not count any more.

    `since`: the step from whose record or posting it counts, instead of the end of the step before.
    """

    by: Reference | None = None
    days: Positive | None = None
    unit: Literal["calendar_days", "working_days"] = "calendar_days"
    lapses: bool = False
    since: Code | None = None


class Calling(Strict, frozen=True, kw_only=True):
    """Who may open or call, and how many of them it takes."""

    body: Code
    needs: Condition = Condition()


class Posting(Strict, frozen=True, kw_only=True):
    """公示 as a gate: `days` posted, objections within `objection` (else the same days), decided within `decide`."""

    days: Days
    decider: Code
    decide: Days
    objection: Days | None = None
    upheld: Code | None = None


class Way(Strict, frozen=True, kw_only=True):
    """An outcome of a step: chosen by people, or met by figures; the last without `needs` is “otherwise”."""

    code: Code
    title: Text
    to: Code
    needs: Condition = Condition()


class Stage(Sourced, frozen=True, kw_only=True):
    """One step. In order: notice to those called, record, sign-off by `sign_off`, publicity (`gate`).

    `balloted`: only a vote that was held and counted here gives its figures, nobody types them.
    """

    code: Code
    title: Text
    what: str = ""
    body: Code
    callers: tuple[Calling, ...] = ()
    notice: Days | None = None
    due: tuple[Code, ...] = ()
    records: bool = True
    figures: tuple[Figure, ...] = ()
    sums: dict[str, tuple[Figure, ...]] = {}
    within: dict[str, Figure] = {}
    balloted: bool = False
    quorum: Condition = Condition()
    limits: Condition = Condition()
    evidence: tuple[Code, ...] = ()
    sign_off: tuple[Code, ...] = ()
    gate: Posting | None = None
    not_before: Days | None = None
    not_after: Days | None = None
    branches: tuple[Way, ...] = ()
    to: Code | None = None
    decides: bool = False


class Finish(Strict, frozen=True, kw_only=True):
    """How it may end; `effect`: what the product does then, such as ending a post or adopting a text.

    `count`: the figure that says how many posts begin; empty where no figure says it. `entry`: how those who begin
    came to their posts, for the report on changes of staff.
    """

    code: Code
    title: Text
    kind: Literal["decided", "rejected", "void", "withdrawn"]
    effect: str = ""
    count: str = ""
    entry: Literal["", "recruited", "elected", "selected", "appointed"] = ""


class History(Strict, frozen=True, kw_only=True):
    """A figure that earlier resolutions about the same person in the same post give, so that nobody types it.

    How many times in a row, this time included, the outcome was one of `outcomes`; two that lie more than
    `most_years_apart` years apart do not follow each other.
    """

    figure: Figure
    outcomes: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    most_years_apart: Positive | None = None


class ProcedurePack(Pack, frozen=True, kw_only=True):
    """程序: a lawful way to a decision. `over` makes it a local variant, which may only be stricter.

    `bodies`, `names` and `documents` say what the codes in the steps are called. `matters` are rules of laws that it
    may decide ("cn.owners.decisions#matter.6"); without any it is open to every matter that no law reserves.
    `concerns`: it is about one `holder` of a post, about the `vacancy` that one left, or about a `member` body of the
    one that opens it; empty: about nobody. `closed`: only who runs, watches or reads it, and the member, may see it.
    `never_about`: words that may not be in what a course is about, nor in the pack's own titles.
    """

    group: Group
    what: Text
    over: str = ""
    bodies: dict[Code, Text]
    names: dict[Figure, Text] = {}
    documents: dict[Code, Text] = {}
    laws: tuple[Code, ...] = ()
    matters: tuple[Reference, ...] = ()
    concerns: Literal["", "holder", "vacancy", "member"] = ""
    closed: bool = False
    never_about: tuple[Text, ...] = ()
    history: History | None = None
    openers: Annotated[tuple[Calling, ...], msgspec.Meta(min_length=1)]
    aborters: tuple[Code, ...] = ()
    expires: Days | None = None
    late_entry_days: Annotated[int, msgspec.Meta(ge=0, le=30)] = 0
    steps: Annotated[tuple[Stage, ...], msgspec.Meta(min_length=1)]
    endings: Annotated[tuple[Finish, ...], msgspec.Meta(min_length=1)]
