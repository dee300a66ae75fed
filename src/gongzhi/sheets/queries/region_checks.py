"""Sums that imported figures of a region must pass: formula, inputs with year and source, result, what is stated.

Units come from the tree of places under old and new boundaries (places.comparing), figures from observations; what a
check says is worked out by engines.cross_checks. Nothing is refused: a doubt is a question to the source.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gongzhi.common.access import Actor, require, system_actor
from gongzhi.engines.change import rounded
from gongzhi.engines.cross_checks import Outcome, checked
from gongzhi.packs.indicator_contents import Check, IndicatorsPack
from gongzhi.places import comparing
from gongzhi.places.boundaries import Unit
from gongzhi.places.comparing import Batch
from gongzhi.places.models import Place
from gongzhi.sheets.models import Observation
from gongzhi.sheets.queries.definitions import Library, library
from gongzhi.sheets.queries.series import READ, latest

WHAT = ("count", "population", "area", "mean_population", "mean_area")
# A mean is compared as it is published: whole persons, hundredths of a square kilometre.
_HOUSE = system_actor("sheets.checks")
_MEAN_DECIMALS = {"mean_population": 0, "mean_area": 2}


@dataclass(frozen=True, slots=True)
class Input:
    """One number that goes into a check: where it is from, and its rows. `value` None: nothing was brought in."""

    word: str
    value: Fraction | None
    decimals: int
    observation: Observation | None = None
    when: str = ""
    level: str = ""
    type: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One check as the page shows it."""

    check: Check
    pack: IndicatorsPack
    inputs: tuple[Input, ...]
    stated: Input | None
    outcome: Outcome | None

    @property
    def ready(self) -> bool:
        return self.outcome is not None and self.outcome.value is not None

    @property
    def result(self) -> Decimal | None:
        if self.outcome is None or self.outcome.value is None:
            return None
        return rounded(self.outcome.value, self.check.decimals)

    @property
    def synthetic(self) -> bool:
        rows = [one.observation for one in (*self.inputs, self.stated) if one and one.observation]
        return any(row.synthetic for row in rows)


@dataclass(slots=True)
class _Region:
    """What the checks of one region draw on, read once."""

    place: Place
    batch: Batch | None
    before: list[Unit]
    after: list[Unit]
    now: list[Unit]
    newest: dict[str, Observation]
    newest_before: dict[str, Observation]
    newest_after: dict[str, Observation]

    def input(self, word: str) -> Input:
        if word.startswith("figure:"):
            return self._figure(word)
        when, level, type_, what = word.split(":")
        units = [u for u in self._units(when) if u.level == level and (not type_ or u.type == type_)]
        value = _of_units(units, what) if units else None
        return Input(word, value, _decimals(value), None, when, level, type_, what)

    def _units(self, when: str) -> list[Unit]:
        return {"before": self.before, "after": self.after}.get(when, self.now)

    def _figure(self, word: str) -> Input:
        code, _, moment = word.removeprefix("figure:").partition("@")
        known = {"before": self.newest_before, "after": self.newest_after}.get(moment, self.newest)
        row = known.get(code)
        return Input(word, Fraction(row.value) if row else None, row.decimals if row else 0, row)


def _decimals(value: Fraction | None) -> int:
    if value is None or value.denominator == 1:
        return 0
    return next(n for n in range(1, 5) if n == 4 or (value * 10**n).denominator == 1)


def _of_units(units: Sequence[Unit], what: str) -> Fraction | None:
    if what == "count":
        return Fraction(len(units))
    known = _known(units, "population" if "population" in what else "area")
    if not known:
        return None
    total = sum(known, Fraction(0))
    if what in _MEAN_DECIMALS:
        return Fraction(rounded(total / len(known), _MEAN_DECIMALS[what]))
    return total


def _known(units: Iterable[Unit], name: str) -> list[Fraction]:
    values = (getattr(unit, name) for unit in units)
    return [Fraction(str(value)) for value in values if value is not None]


def checks_of(
    actor: Actor,
    place: Place,
    today: dt.date,
    group: str = "",
    *,
    known: Library | None = None,
    batch: Batch | None = None,
) -> list[Checked]:
    """Every check that has at least one of its numbers, in the packs' order. Raises Forbidden.

    `known` and `batch` where the caller has looked them up already.
    """
    require(actor, READ, path=place.path)
    known = known or library()
    wanted = [(check, pack) for check, pack in known.checks if not group or check.group == group]
    region = _read(place, wanted, today, batch or _last_batch(place))
    found = [_checked(check, pack, region) for check, pack in wanted]
    return [one for one in found if any(given.value is not None for given in one.inputs)]


def _read(place: Place, wanted: Sequence[tuple[Check, IndicatorsPack]], today: dt.date, batch: Batch | None) -> _Region:
    words = [word for check, _ in wanted for word in (*check.inputs, check.stated)]
    codes = {word.removeprefix("figure:").partition("@")[0] for word in words if word.startswith("figure:")}
    before = comparing.units_on(place.path, batch.on - dt.timedelta(days=1)) if batch else []
    now = comparing.units_on(place.path, today)
    after = comparing.units_on(place.path, batch.on) if batch else now
    on = batch.on if batch else None
    return _Region(
        place,
        batch,
        before,
        after,
        now,
        latest(codes, place),
        latest(codes, place, before=on) if on else {},
        latest(codes, place, since=on) if on else latest(codes, place),
    )


def _last_batch(place: Place) -> Batch | None:
    """The newest change of boundaries in this region."""
    batches = comparing.batches(_HOUSE, limit=1000)
    return next((one for one in batches if one.root.startswith(place.path)), None)


def _checked(check: Check, pack: IndicatorsPack, region: _Region) -> Checked:
    inputs = tuple(region.input(word) for word in check.inputs)
    stated = region.input(check.stated) if check.stated else None
    values = [one.value for one in inputs]
    if any(value is None for value in values):
        return Checked(check, pack, inputs, stated, None)
    said = stated.observation.value if stated and stated.observation else None
    outcome = checked(
        check.rule,
        [value for value in values if value is not None],
        stated=_as_given(said, stated),
        decimals=check.decimals,
        tolerance_percent=Fraction(check.tolerance_percent),
        least=check.minimum,
        most=check.maximum,
    )
    return Checked(check, pack, inputs, stated, outcome)


def _as_given(said: Decimal | None, stated: Input | None) -> Decimal | None:
    """With the decimals that the source wrote: 89.3 at one."""
    if said is None or stated is None:
        return None
    return said.quantize(Decimal(1).scaleb(-stated.decimals))


def groups(known: Library) -> list[str]:
    """The names of the groups of checks, in the packs' order."""
    return list(dict.fromkeys(check.group for check, _ in known.checks))


def batch_of(place: Place) -> Batch | None:
    return _last_batch(place)


def units_behind(place: Place, given: Input, today: dt.date) -> list[Unit]:
    """The units behind a number of a check, by code."""
    batch = _last_batch(place)
    on = today
    if batch is not None and given.when != "now":
        on = batch.on - dt.timedelta(days=1) if given.when == "before" else batch.on
    units = comparing.units_on(place.path, on)
    rows = [one for one in units if one.level == given.level and (not given.type or one.type == given.type)]
    return sorted(rows, key=lambda unit: unit.code)
