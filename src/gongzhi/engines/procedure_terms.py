"""Words of lawful stepwise decisions: what a definition says, what an event is, what a refusal tells. No rules here.

A definition is made from a pack of kind `procedure`, its numbers read from law packs (packs.procedures). Numbers
carry their basis, so that every refusal can cite it. `gongzhi.engines.procedure` says where a course stands.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gongzhi.engines.thresholds import Limit, Requirement

Unit = Literal["calendar_days", "working_days"]
EventKind = Literal[
    "opened", "noticed", "called_off", "fell_through", "recorded", "signed", "published", "objected", "answered",
    "aborted",
]
Phase = Literal["locked", "to_notice", "noticed", "to_record", "to_sign", "to_publish", "public", "done", "left_out"]
Status = Literal["not_begun", "running", "ended", "aborted", "expired"]
Answer = Literal["rejected", "upheld", "withdrawn"]
EndingKind = Literal["decided", "rejected", "void", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a number comes from: `rule` ("law:cn.village/2018.1#assembly") is empty where a pack says it itself."""

    article: str = ""
    rule: str = ""
    confidence: str = ""
    illustrative: bool = False


ANYTHING = Requirement()


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure has an absolute bound, such as a cap; both sides include the number (以上、以下, 民法典 1259).

    `number` is None where the law leaves it to the province and nobody has filled it in: then nothing passes.
    """

    figure: str
    limit: Limit
    number: int | None
    basis: Basis = Basis()


@dataclass(frozen=True, slots=True)
class Needs:
    """What figures must satisfy: the ways of a requirement (any way, all of it), and all of the bounds."""

    requirement: Requirement = ANYTHING
    bounds: tuple[Bound, ...] = ()
    basis: Basis = Basis()

    def __bool__(self) -> bool:
        return bool(self.requirement.alternatives or self.bounds)

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that it speaks of, as events write them: "present", "yes.area"."""
        shares = [(name, one.measure) for one in self.requirement.thresholds() for name in (one.counts, one.of)]
        return tuple(dict.fromkeys([*(figure(*each) for each in shares), *(bound.figure for bound in self.bounds)]))


def figure(counts: str, measure: str) -> str:
    """The name of a figure: heads go without saying, other measures stand behind a dot ("yes.area")."""
    return counts if measure == "heads" else f"{counts}.{measure}"


NOTHING = Needs()


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days; `lapses` says that what comes too late does not count any more.

    Between two steps it counts from the end of the one before, or from the day on which `since` was recorded or posted.
    """

    days: int
    unit: Unit = "calendar_days"
    basis: Basis = Basis()
    lapses: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may begin, and how many of them it takes."""

    body: str
    needs: Needs = NOTHING


@dataclass(frozen=True, slots=True)
class Gate:
    """公示 as a gate: posted for `days`, objections within `objection_days`, each decided by `decider`.

    An open objection keeps the gate shut however long the days are over. When one is upheld, the course goes on if
    what is posted can be put right (`upheld` empty: the correction is evidence), or else to `upheld`.
    """

    days: Period
    decider: str
    objection_days: Period
    decide_days: Period
    upheld: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """An outcome of a step and where it leads: a step or an ending. Chosen by people, or met by figures."""

    code: str
    title: str
    to: str
    needs: Needs = NOTHING


@dataclass(frozen=True, slots=True)
class Step:
    """One step. What stands in it happens in this order: notice, record, sign-off, publicity.

    `callers` call it (nobody named: `body` itself); `notice` are the days before the day of the meeting; `due` the
    documents sent with it. `records` is False where the step only makes something public. `quorum` unmet makes the
    meeting void, it may be called again; `limits` unmet refuse the record. `sums`: total = parts, exactly; `within`:
    a figure is no more than another. `branches` are looked at in order; the last without conditions stands for
    “otherwise”; where all have none somebody chooses.
    """

    code: str
    title: str
    body: str
    callers: tuple[Caller, ...] = ()
    notice: Period | None = None
    due: tuple[str, ...] = ()
    records: bool = True
    figures: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    quorum: Needs = NOTHING
    limits: Needs = NOTHING
    evidence: tuple[str, ...] = ()
    sign_off: tuple[str, ...] = ()
    gate: Gate | None = None
    not_before: Period | None = None
    not_after: Period | None = None
    branches: tuple[Branch, ...] = ()
    to: str = ""
    decides: bool = False

    @property
    def convened(self) -> bool:
        """Whether it is a meeting to which people are called."""
        return self.records and bool(self.notice or self.callers or self.due)

    @property
    def chosen(self) -> bool:
        """Whether people say the outcome; otherwise the figures do."""
        return bool(self.branches) and not any(branch.needs for branch in self.branches)

    @property
    def counted(self) -> tuple[str, ...]:
        """The figures that a record of this step must hold."""
        asked = [*self.figures, *self.sums, *(part for parts in self.sums.values() for part in parts)]
        asked += [name for pair in self.within.items() for name in pair]
        asked += [name for needs in self.asked for name in needs.figures]
        return tuple(dict.fromkeys(asked))

    @property
    def asked(self) -> tuple[Needs, ...]:
        """Everything that the figures of a record are held against."""
        return (self.quorum, self.limits, *(branch.needs for branch in self.branches))


@dataclass(frozen=True, slots=True)
class Ending:
    """How a course may end; `effect` names what the room does then, such as "end_post"; the engine does nothing."""

    code: str
    title: str
    kind: EndingKind
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A matter that only these bodies may decide (the second: to whom the first may delegate it), and why."""

    bodies: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole procedure. Steps lead forward only, so that every course ends.

    `matters`: what it may be opened for (empty: anything); `reserved`: matters that belong to one body, whatever a
    pack says. `expires` counts from the opening. `late_entry_days`: how long after the day something may be entered;
    what starts other people's days (an opening, a notice, a posting) is entered on the day itself.
    """

    code: str
    title: str
    steps: tuple[Step, ...]
    endings: tuple[Ending, ...]
    openers: tuple[Caller, ...]
    matters: tuple[str, ...] = ()
    reserved: Mapping[str, Reserved] = field(default_factory=dict)
    expires: Period | None = None
    aborters: tuple[str, ...] = ()
    late_entry_days: int = 0
    pack: str = ""

    def step(self, code: str) -> Step:
        """Raises KeyError for a code the definition does not hold."""
        return {step.code: step for step in self.steps}[code]

    def after(self, step: Step) -> str:
        """Where a step without branches leads: as it says, or to the next one in order."""
        if step.to:
            return step.to
        codes = [other.code for other in self.steps]
        position = codes.index(step.code) + 1
        return codes[position] if position < len(codes) else ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: `on` that day, entered on `entered_on`, by the body `by`, with these figures and documents.

    `for_day`: the day of the meeting that a notice names. `key`: which objection. `outcome`: what people chose, or
    how an objection was decided. `matter`: what an opening is about. `note` says why, or refers to what says it.
    """

    kind: EventKind
    on: dt.date
    by: str
    step: str = ""
    entered_on: dt.date | None = None
    for_day: dt.date | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    outcome: str = ""
    key: str = ""
    matter: str = ""
    note: str = ""

    @property
    def entered(self) -> dt.date:
        return self.entered_on or self.on


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event does not count: a stable code, the step, and the facts that say exactly what is missing."""

    code: str
    step: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class StepRefused(Exception):
    """An event that was refused; `refusals` says everything that is missing, not only the first."""

    def __init__(self, refusals: tuple[Refusal, ...], position: int = 0) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals, self.position = refusals, position


@dataclass(frozen=True, slots=True)
class StepState:
    """Where one step stands, and since when; `until`: the last day of what runs; `objections`: those still open."""

    code: str
    phase: Phase
    since: dt.date | None = None
    until: dt.date | None = None
    for_day: dt.date | None = None
    outcome: str = ""
    objections: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    waits_for: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a course stands on a day: its status, the steps as people see them, the step at hand, the ending."""

    status: Status
    steps: tuple[StepState, ...]
    current: str = ""
    ending: Ending | None = None
    opened_on: dt.date | None = None
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """Something that may be done now: by whom, from which day, until when, with what."""

    kind: EventKind
    step: str
    by: tuple[str, ...]
    earliest: dt.date
    latest: dt.date | None = None
    earliest_day: dt.date | None = None
    documents: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A last day: what for, whether lateness ends the course, whether the calendar knew every day up to it."""

    code: str
    step: str
    on: dt.date
    lapses: bool
    certain: bool
    key: str = ""
    basis: Basis = Basis()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided at the step that decides: its outcome, the figures, each measure as it was worked out."""

    step: str
    on: dt.date
    outcome: str
    title: str
    figures: Mapping[str, int]
    worked: tuple[Mapping[str, Any], ...]
