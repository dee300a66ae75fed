"""Law packs as they apply: exact shares and periods, local texts over wider ones, what differs. Pure.

A local text adds rules, and changes only those parameters that the wider rule leaves to it (`local`).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import takewhile
from typing import Any, Literal, NamedTuple

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.engines.thresholds import exact_share
from gongzhi.packs.contents import Confidence, LawPack, Leave, Rule

SHARE_KEYS = {"share", "inclusive", "of", "most"}
UNITS = ("minutes", "working_minutes", "hours", "calendar_days", "working_days", "months", "years")
# GB/T 2260 and what it continues in: province, city, county; then the street's and the community's three digits.
LEVELS = (2, 4, 6, 9, 12)
Compare = Literal["at_least", "more_than", "at_most", "less_than"]


class Share(NamedTuple):
    """An exact part of a base: 以上 and 以下 include the number, 过半数 and 不足 do not (民法典 1259)."""

    share: Fraction
    inclusive: bool
    of: str
    most: bool = False

    @property
    def compare(self) -> Compare:
        """How a figure must stand to this part of its base."""
        if self.most:
            return "at_most" if self.inclusive else "less_than"
        return "at_least" if self.inclusive else "more_than"


class Period(NamedTuple):
    """A length of time as the law says it; how it is counted is `engines.calendar`'s (民法典 201, 203)."""

    amount: int
    unit: str


class Cited(NamedTuple):
    """Which text said it, to be kept with a decision."""

    pack: str
    version: str
    source: str
    article: str
    confidence: Confidence
    illustrative: bool
    caution: str


class Applied(NamedTuple):
    """One rule as it applies at a place: its parameters, and every text that they come from, the widest first."""

    code: str
    title: str
    params: Mapping[str, Any]
    cites: tuple[Cited, ...]
    local: Mapping[str, Leave]

    def share(self, key: str) -> Share:
        """Raises KeyError for a parameter that is not there: the law leaves it open here and nobody has filled it."""
        return share_of(self.params[key])

    def period(self, key: str) -> Period:
        """Raises KeyError as `share` does."""
        return period_of(self.params[key])

    @property
    def confidence(self) -> Confidence:
        """As sure as the least sure of its texts."""
        return max((cite.confidence for cite in self.cites), key="LSPDMV".index)


class LeftOut(NamedTuple):
    """What a local text says and the law does not leave to it; it is not applied."""

    pack: str
    rule: str
    key: str


class InForce(NamedTuple):
    """The text of one name in force in a region on a day: the national pack and the local ones over it."""

    name: str
    region: str
    on: dt.date
    packs: tuple[str, ...]
    rules: Mapping[str, Applied]
    left_out: tuple[LeftOut, ...] = ()

    def rule(self, code: str) -> Applied:
        """Raises NotFound `no_rule` for a code that none of its texts holds."""
        if code not in self.rules:
            message = N_("{on} 那天的 {name} 里没有这一条：{rule}。")
            raise NotFound("no_rule", message, name=self.name, rule=code, on=self.on.isoformat())
        return self.rules[code]

    def record(self, code: str, inputs: Mapping[str, Any], computed: Mapping[str, Any]) -> dict[str, Any]:
        """What a decision keeps: which text said what, from what it was worked out and what came out; for JSON."""
        rule = self.rule(code)
        return {
            "law": self.name,
            "rule": code,
            "region": self.region,
            "on": self.on.isoformat(),
            "cites": [cite._asdict() for cite in rule.cites],
            "params": _plain(rule.params),
            "inputs": _plain(inputs),
            "computed": _plain(computed),
        }


class Difference(NamedTuple):
    """One rule in two versions of a text."""

    code: str
    before: Rule | None
    after: Rule | None
    what: Literal["same", "changed", "added", "removed", "as_said"]


def share_of(params: Mapping[str, Any]) -> Share:
    return Share(exact_share(params["share"]), params["inclusive"], params["of"], params.get("most", False))


def period_of(params: Mapping[str, Any]) -> Period:
    return Period(params["amount"], params["unit"])


def region_prefix(code: str) -> str:
    """A GB/T 2260 code without its trailing empty levels: 110000 is 11, 321100 is 3211."""
    for length in LEVELS:
        if not code[length:].strip("0"):
            return code[:length]
    return code


def region_of(path: str) -> str:
    """The longest GB/T 2260 code that a place's path begins with; “CN” where it has none: nothing local applies."""
    codes = list(takewhile(str.isdigit, path.strip("/").split("/")))
    return codes[-1] if codes else "CN"


def prefixes(region: str) -> list[str]:
    """The codes of everything that a region lies in, the widest first: 11, 1101, 110105, …; none for the country."""
    digits = region if region.isdigit() else ""
    own = region_prefix(digits)
    return [own[:length] for length in LEVELS if 0 < length <= len(own)]


def resolve(name: str, region: str, on: dt.date, texts: Sequence[tuple[str, LawPack]]) -> InForce:
    """What applies when these texts (reference and content, the widest first) lie over each other."""
    rules: dict[str, Applied] = {}
    left_out: list[LeftOut] = []
    for reference, pack in texts:
        for rule in pack.rules:
            under = rules.get(rule.code)
            bad = [] if under is None else [key for key, _ in overruled(under, rule)]
            left_out += [LeftOut(reference, rule.code, key) for key in bad]
            if under is None or bad != list(rule.params):
                rules[rule.code] = _over(under, rule, cited(reference, pack, rule), bad)
    return InForce(name, region, on, tuple(reference for reference, _ in texts), rules, tuple(left_out))


def cited(reference: str, pack: LawPack, rule: Rule) -> Cited:
    """A rule's own source where it names one, its pack's otherwise."""
    return Cited(
        reference,
        pack.version,
        rule.source or pack.source,
        rule.article or ("" if rule.source else pack.article),
        rule.confidence or pack.confidence,
        rule.illustrative,
        rule.caution,
    )


def _over(under: Applied | None, rule: Rule, cite: Cited, bad: Sequence[str]) -> Applied:
    if under is None:
        return Applied(rule.code, rule.title, rule.params, (cite,), rule.local)
    allowed = {key: value for key, value in rule.params.items() if key not in bad}
    # A wider text may leave something open to the next one only as far as it is itself allowed to.
    local = {key: rule.local.get(key, leave) for key, leave in under.local.items()}
    return Applied(rule.code, rule.title, {**under.params, **allowed}, (*under.cites, cite), local)


def overruled(under: Applied, rule: Rule) -> Iterator[tuple[str, str]]:
    """Parameters that a local rule sets and the rule under it does not leave to it, with why not."""
    for key, value in rule.params.items():
        if key not in under.local:
            if under.params.get(key) != value:
                yield key, N_("全国的规定没有让地方改 {rule} 的 {key}")
        elif not _within(under.local[key], under.params.get(key), value):
            yield key, N_("{rule} 的 {key} 地方只能定得更严，不能放宽")


def _within(leave: Leave, wide: Any, own: Any) -> bool:
    if leave == "any" or wide is None:
        return True
    first, second = _measure(wide), _measure(own)
    if first[1:] != second[1:] or first[0] is None or second[0] is None:
        return False
    return second[0] >= first[0] if leave == "more" else second[0] <= first[0]


def _measure(value: Any) -> tuple[Fraction | None, Any]:
    """A number, and what it counts: only like can be compared with like."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value), ""
    if isinstance(value, dict) and "share" in value:
        share = share_of(value)
        return share.share, share[1:]
    if isinstance(value, dict) and "amount" in value:
        return Fraction(value["amount"]), value["unit"]
    return None, ""


def differences(before: LawPack, after: LawPack) -> list[Difference]:
    """Every rule of both texts, in the order of the newer one; those that only the older has come last.

    `as_said`: the numbers are the same and only the words, the article or the confidence are others.
    """
    old = {rule.code: rule for rule in before.rules}
    rows = [_difference(old.get(rule.code), rule) for rule in after.rules]
    new = {rule.code for rule in after.rules}
    return [*rows, *(Difference(rule.code, rule, None, "removed") for rule in before.rules if rule.code not in new)]


def _difference(before: Rule | None, after: Rule) -> Difference:
    if before is None:
        return Difference(after.code, None, after, "added")
    if before.params != after.params:
        return Difference(after.code, before, after, "changed")
    return Difference(after.code, before, after, "same" if before.title == after.title else "as_said")


def figures(params: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    """Every share, period and number that a rule holds, with its path: what a table of the law must say."""
    for key, value in params.items():
        path = f"{under}{key}"
        if isinstance(value, dict) and "share" in value:
            yield path, share_of(value)
        elif isinstance(value, dict) and {"amount", "unit"} <= value.keys():
            yield path, period_of(value)
        elif isinstance(value, dict):
            yield from figures(value, f"{path}.")
        elif isinstance(value, int) and not isinstance(value, bool):
            yield path, value
        elif isinstance(value, list) and value and all(isinstance(item, int) for item in value):
            yield path, tuple(value)


def _plain(value: Any) -> Any:
    """For JSON: fractions as text, so that nothing is rounded."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
