"""The rule of one vote, as parameters: nothing legal is known here, everything comes from a pack with its article.

A rule travels as plain JSON (`to_params`, `from_params`), every key always present, so that a record holds it whole and
a program by somebody else can read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from gongzhi.engines.thresholds import Requirement

Method = Literal["resolution", "approval", "ranking"]
Blank = Literal["abstain", "invalid"]
Settling = Literal["revote", "lot", "order"]

YES, NO, ABSTAIN = "yes", "no", "abstain"
# Amounts that a threshold may count or take as its base; a resolution adds its three answers, an election "support".
STATED = ("registered", "due", "present", "participating", "valid", "cast")
SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Ties:
    """How equal votes at the last seat are settled: a new vote, a lot drawn in public, an order published before."""

    by: Settling = "revote"
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proxies:
    """How many entitlements one holder may carry (None: no cap), and whether the holder must be on the roll."""

    per_holder: int | None
    holder_on_roll: bool


@dataclass(frozen=True, slots=True)
class Least:
    """Among those elected, at least so many of a trait (村组法 第6条: 应当有妇女成员); reported, never filled in."""

    trait: str
    least: int


@dataclass(frozen=True, slots=True)
class Rule:
    """How one vote is counted. Raises ValueError naming the parameter that cannot be.

    - `method`: "resolution" (yes, no, abstain), "approval" (up to `most_marks`; 1 is choose-1), "ranking" (`points` for
      the first place, the second …).
    - `quorum` before anything counts, `majority` for a motion (counts "yes" or "no") or for each candidate (counts
      "support").
    - `precedence`: ranks of origins, strongest first; within a rank the first ballot stands.
    - `runoff_extra`: how many more candidates than seats the next round has; None when there is none.
    - `blank`: what an empty ballot is; `invalid_participates`: whether whoever cast an invalid one took part.
    """

    pack: str
    version: str
    code: str
    article: str
    method: Method
    options: tuple[str, ...]
    quorum: Requirement
    majority: Requirement
    measures: tuple[str, ...] = ("heads",)
    rank_by: str = "heads"
    seats: int = 0
    most_marks: int = 1
    points: tuple[int, ...] = ()
    contested: bool = False
    write_ins: bool = False
    blank: Blank = "invalid"
    invalid_participates: bool = True
    secret: bool = False
    precedence: tuple[tuple[str, ...], ...] = (("online", "booth", "paper", "at_door", "proxy"),)
    proxies: Proxies | None = None
    ties: Ties = field(default_factory=Ties)
    runoff_extra: int | None = None
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    composition: tuple[Least, ...] = ()

    def __post_init__(self) -> None:
        for wrong, what in (*_wrong_options(self), *_wrong_counts(self), *_wrong_links(self)):
            if wrong:
                raise ValueError(what)

    @property
    def origins(self) -> dict[str, int]:
        """Origin → its rank, 0 the strongest."""
        return {origin: rank for rank, each in enumerate(self.precedence) for origin in each}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Rule":
        """From plain JSON, every key present. Raises ValueError."""
        if set(params) != set(_KEYS):
            raise ValueError(f"{min(set(params) ^ set(_KEYS))}: unknown, or missing from the rule")
        for key, kind in _KEYS.items():
            if not _is_a(params[key], kind):
                raise ValueError(f"{key}: not what a rule holds")
        try:
            return _read(params)
        except (KeyError, TypeError) as error:
            raise ValueError(f"a part of the rule is not what it should be: {error}") from None

    def to_params(self) -> dict[str, Any]:
        proxies = self.proxies
        return {
            **{key: getattr(self, key) for key, kind in _KEYS.items() if kind in (str, int, bool)},
            **{key: list(getattr(self, key)) for key in ("options", "measures", "points")},
            "precedence": [list(each) for each in self.precedence],
            "quorum": self.quorum.to_params(),
            "majority": self.majority.to_params(),
            "proxies": proxies and {"per_holder": proxies.per_holder, "holder_on_roll": proxies.holder_on_roll},
            "ties": {"by": self.ties.by, "order": list(self.ties.order)},
            "runoff_extra": self.runoff_extra,
            "traits": {option: list(traits) for option, traits in self.traits.items()},
            "composition": [{"trait": each.trait, "least": each.least} for each in self.composition],
        }


_OPTIONAL = object()
_KEYS: dict[str, Any] = {
    **dict.fromkeys(("pack", "version", "code", "article", "method", "rank_by", "blank"), str),
    **dict.fromkeys(("seats", "most_marks"), int),
    **dict.fromkeys(("contested", "write_ins", "invalid_participates", "secret"), bool),
    **dict.fromkeys(("options", "measures", "points", "precedence", "quorum", "majority", "composition"), list),
    **dict.fromkeys(("ties", "traits"), dict),
    **dict.fromkeys(("proxies", "runoff_extra"), _OPTIONAL),
}


def _is_a(value: object, kind: Any) -> bool:
    if kind is _OPTIONAL:
        return True
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _read(params: Mapping[str, Any]) -> Rule:
    proxies, ties = params["proxies"], params["ties"]
    plain = {key: params[key] for key, kind in _KEYS.items() if kind in (str, int, bool)}
    return Rule(
        **plain,
        options=_words(params["options"]),
        measures=_words(params["measures"]),
        points=tuple(params["points"]),
        precedence=tuple(_words(each) for each in params["precedence"]),
        quorum=Requirement.from_params(params["quorum"]),
        majority=Requirement.from_params(params["majority"]),
        proxies=None if proxies is None else Proxies(proxies["per_holder"], proxies["holder_on_roll"]),
        ties=Ties(ties["by"], _words(ties["order"])),
        runoff_extra=params["runoff_extra"],
        traits={option: _words(traits) for option, traits in params["traits"].items()},
        composition=tuple(Least(each["trait"], each["least"]) for each in params["composition"]),
    )


def _words(values: Sequence[Any]) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(each, str) and each for each in values):
        raise ValueError(f"{values!r}: a list of words")
    return tuple(values)


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


Finding = tuple[bool, str]


def _wrong_options(rule: Rule) -> list[Finding]:
    answers = {YES, NO}, {YES, NO, ABSTAIN}
    return [
        (rule.method not in get_args(Method), "method: resolution, approval or ranking"),
        (rule.blank not in get_args(Blank), "blank: abstain or invalid"),
        (rule.ties.by not in get_args(Settling), "ties.by: revote, lot or order"),
        (len(set(rule.options)) != len(rule.options), "options: one stands twice"),
        (rule.method == "resolution" and set(rule.options) not in answers, "options: yes, no and perhaps abstain"),
        (rule.method == "resolution" and rule.write_ins, "write_ins: a motion has none"),
        (rule.method != "resolution" and not rule.options and not rule.write_ins, "options: nobody to vote for"),
        (rule.contested and len(rule.options) <= rule.seats, "contested: more candidates than seats (差额)"),
    ]


def _wrong_counts(rule: Rule) -> list[Finding]:
    points, extra, proxies = rule.points, rule.runoff_extra, rule.proxies
    falling = all(_whole(each, 0) for each in points) and list(points) == sorted(points, reverse=True)
    return [
        (not _whole(rule.seats, 0 if rule.method == "resolution" else 1), "seats: at least one"),
        (rule.method == "resolution" and rule.seats != 0, "seats: a motion fills none"),
        (not _whole(rule.most_marks, 1), "most_marks: at least one"),
        (rule.method == "resolution" and rule.most_marks != 1, "most_marks: one answer to a motion"),
        (not falling, "points: whole numbers that do not rise"),
        (bool(points) != (rule.method == "ranking"), "points: for a ranking, and only for it"),
        (bool(points) and len(points) != rule.most_marks, "points: one for each place"),
        (extra is not None and not _whole(extra, 0), "runoff_extra: a number from 0, or none"),
        (any(not _whole(each.least, 1) or not isinstance(each.trait, str) for each in rule.composition),
         "composition: a trait, at least one"),
        (proxies is not None and not isinstance(proxies.holder_on_roll, bool), "proxies.holder_on_roll: true or false"),
        (proxies is not None and proxies.per_holder is not None and not _whole(proxies.per_holder, 1),
         "proxies.per_holder: at least one, or none"),
    ]  # fmt: skip


def _wrong_links(rule: Rule) -> list[Finding]:
    origins = [origin for each in rule.precedence for origin in each]
    choices = {YES, NO, ABSTAIN} & set(rule.options) if rule.method == "resolution" else {SUPPORT}
    known = {*STATED, *choices}
    thresholds = [*rule.quorum.thresholds(), *rule.majority.thresholds()]
    before = [word for one in rule.quorum.thresholds() for word in (one.counts, one.of)]
    return [
        (not rule.measures or len(set(rule.measures)) != len(rule.measures), "measures: each once"),
        (rule.rank_by not in rule.measures, "rank_by: one of the measures"),
        (rule.secret and rule.measures != ("heads",), "secret: only heads, an area would name its owner"),
        (not origins or len(set(origins)) != len(origins), "precedence: each origin once"),
        (rule.method == "resolution" and not rule.majority.alternatives, "majority: a motion needs one"),
        (any(one.measure not in rule.measures for one in thresholds), "measure: one that is counted"),
        (any(word not in known for one in thresholds for word in (one.counts, one.of)), "counts, of: an amount"),
        (any(word not in STATED for word in before), "quorum: says nothing of choices"),
        (rule.ties.by == "order" and set(rule.ties.order) != set(rule.options), "ties.order: every candidate once"),
        (rule.ties.by != "order" and bool(rule.ties.order), "ties.order: only where the order settles"),
        (len(set(rule.ties.order)) != len(rule.ties.order), "ties.order: one stands twice"),
        (rule.ties.by == "order" and rule.write_ins, "ties.order: cannot know who is written in"),
        (not set(rule.traits) <= set(rule.options) and not rule.write_ins, "traits: of a candidate"),
    ]
