"""The shape of every pack kind as typed, immutable values. A key that is not named here is refused.

The reference for authors is docs/reference/packs.md; a test holds the two together.
"""

import datetime as dt
import threading
from typing import Annotated, Any, Literal, TypeVar

import msgspec

Kind = Literal[
    "law", "model", "calendar", "form", "taxonomy", "duties", "fields", "scene", "events",
    "indicators", "schedules", "paper", "procedure", "fund", "project", "agreement",
    "sharing", "offer", "need", "catalogue",
]
# L read in a statute, P on a stored page, S in a source document, M from memory, D a product choice,
# V to be verified: the text in force has not been read whole, what stands here comes from an older text or a fragment.
Confidence = Literal["L", "P", "S", "M", "D", "V"]
# What a local text may do with a number of a wider one: set any, only a higher one, only a lower one.
Leave = Literal["any", "more", "less"]
Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)*$", max_length=20)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]

Shape = TypeVar("Shape")
_alone = threading.Lock()


def typed(given: Any, shape: type[Shape], **options: Any) -> Shape:
    """`msgspec.convert`, one thread at a time; raises msgspec.ValidationError.

    msgspec learns a shape when it is first used, and a second thread that comes meanwhile reads what is not there
    yet: the process dies of a segmentation fault (0.22, seen in web workers right after their start).
    """
    with _alone:
        found: Shape = msgspec.convert(given, shape, **options)
    return found


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a pack: immutable, only named keys, exact types."""


class Sourced(Strict, frozen=True, kw_only=True):
    """An entry that may name its own source; without one, the pack's source holds."""

    source: str = ""
    article: str = ""
    confidence: Confidence | None = None
    illustrative: bool = False


class Pack(Strict, frozen=True, kw_only=True):
    """The head that every pack carries."""

    kind: Kind
    name: Code
    title: Text
    version: Version
    source: Text
    confidence: Confidence
    effective_from: dt.date
    effective_to: dt.date | None = None
    article: str = ""
    jurisdiction: str = "CN"
    licence: str = ""
    notes: str = ""

    def in_force(self, on: dt.date) -> bool:
        """Whether `on` lies in [effective_from, effective_to)."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


class Rule(Sourced, frozen=True, kw_only=True):
    """One rule of a law pack: a title and its parameters, read by the code that applies it.

    `local` says which parameters a local text may set and how; what it does not name, no local text changes.
    `caution`: what the people who rely on this should know, such as a conflict with another law.
    """

    code: Code
    title: Text
    params: dict[str, Any]
    local: dict[Code, Leave] = {}
    caution: str = ""


class LawPack(Pack, frozen=True, kw_only=True):
    """规则包: the numbers of one instrument, valid for a jurisdiction and a time.

    `over` makes it a local text: it adds rules to the law of that name, and changes what that law leaves to it.
    """

    over: str = ""
    rules: tuple[Rule, ...]

    def params(self, code: str) -> dict[str, Any]:
        """The parameters of one rule; raises KeyError for a code the pack does not hold."""
        return {rule.code: rule.params for rule in self.rules}[code]


class Hours(Strict, frozen=True, kw_only=True):
    """One span of working hours on a working day."""

    start: dt.time
    end: dt.time


class Rest(Strict, frozen=True, kw_only=True):
    """A run of rest days, both ends counted."""

    name: Text
    first: dt.date
    last: dt.date


class CalendarYear(Sourced, frozen=True, kw_only=True):
    """One year's notice: rest days, and rest weekdays on which people work (调休)."""

    year: Annotated[int, msgspec.Meta(ge=1993, le=2099)]
    holidays: tuple[Rest, ...]
    workdays: tuple[dt.date, ...] = ()


class CalendarPack(Pack, frozen=True, kw_only=True):
    """工作日历: working hours, and the years whose notices are known."""

    known_until: dt.date
    rest_weekdays: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...] = (6, 7)
    zone: str = "Asia/Shanghai"
    hours: tuple[Hours, ...]
    years: tuple[CalendarYear, ...]


class Field(Strict, frozen=True, kw_only=True):
    """One question of a form, with the reason why it is asked and how sensitive the answer is (L1–L4).

    `categories` are the category codes of the options, one each in their order ("" for none): the answer sorts the
    case. `priorities` are their priority classes in the same way: how urgent the answer makes it. `alarm`: a yes, or
    the first option, shows the emergency numbers at once.
    """

    code: Code
    label: Text
    kind: Literal["text", "long_text", "choice", "yes_no", "number", "date", "place", "photo"]
    why: Text
    level: Literal["L1", "L2", "L3", "L4"]
    required: bool = False
    options: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    priorities: tuple[Literal["", "urgent", "hard", "minor", "small"], ...] = ()
    alarm: bool = False


class FormPack(Pack, frozen=True, kw_only=True):
    """表单: what is asked for one purpose, and for how long the answers are kept."""

    purpose: Text
    keep_days: Positive
    fields: tuple[Field, ...]
