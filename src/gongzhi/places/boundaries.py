"""区划调整 as a plan: old units become new ones by merging, splitting, keeping, renaming; before and after. Pure.

Fixture: S4, 32 towns become 19 (撤并率 40.6 %), 351 villages and 50 communities become 168 and 56.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gongzhi.common.text import N_

CHANGES = {"保留": "keep", "更名": "rename", "合并": "merge", "拆分": "split", "撤销": "abolish", "新设": "found"}
_WHOLE = Fraction(1)
_LEEWAY = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the batch: an old unit, what happens to it, the new unit, and the share that goes there."""

    old: str
    change: str
    new: str
    name: str = ""
    parent: str = ""
    type: str = ""
    share: Fraction | None = None
    population: int | None = None
    area: float | None = None


@dataclass(slots=True)
class Target:
    """A unit after the change; `sources` are old codes with the share of each that comes here."""

    code: str
    name: str = ""
    parent: str = ""
    type: str = ""
    population: int | None = None
    area: float | None = None
    sources: list[tuple[str, Fraction]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """New units by code, what becomes of each old unit, and what is wrong (message, facts) where something is."""

    targets: dict[str, Target] = field(default_factory=dict)
    becomes: dict[str, list[tuple[str, Fraction]]] = field(default_factory=dict)
    wrong: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    @property
    def ended(self) -> set[str]:
        """Old codes that no new unit keeps."""
        return {old for old in self.becomes if old not in self.targets}

    @property
    def kept(self) -> set[str]:
        return {old for old in self.becomes if old in self.targets}


def read_share(text: str) -> Fraction | None:
    """“50%”, “0.5” or “1/2” as a fraction above 0 and up to 1; None for an empty cell. Raises ValueError."""
    clean = text.strip().replace("％", "%")
    if not clean:
        return None
    share = Fraction(clean[:-1]) / 100 if clean.endswith("%") else Fraction(clean)
    if not 0 < share <= 1:
        raise ValueError(text)
    return share


def plan_of(lines: Sequence[Line]) -> Plan:
    """The whole batch as a plan; shares that are not given are equal parts."""
    plan = Plan()
    times: dict[str, int] = {}
    for line in lines:
        times[line.old] = times.get(line.old, 0) + 1
    for line in lines:
        share = line.share or Fraction(1, times[line.old])
        if line.old:
            plan.becomes.setdefault(line.old, [])
        if line.change == "abolish":
            continue
        _meet(plan, line)
        if line.old:
            plan.targets[line.new].sources.append((line.old, share))
            plan.becomes[line.old].append((line.new, share))
    _check_shares(plan)
    return plan


def _meet(plan: Plan, line: Line) -> None:
    """Put what this line says of the new unit together with what earlier ones said."""
    target = plan.targets.setdefault(line.new, Target(line.new))
    for name in ("name", "parent", "type", "population", "area"):
        said, known = getattr(line, name), getattr(target, name)
        if said in ("", None):
            continue
        if known not in ("", None) and known != said:
            message = N_("{unit} 有两种说法：{known} 和 {said}")
            plan.wrong.append((message, {"unit": line.new, "known": known, "said": said}))
        setattr(target, name, said)


def _check_shares(plan: Plan) -> None:
    for old, parts in plan.becomes.items():
        total = sum((share for _, share in parts), Fraction(0))
        if parts and abs(total - _WHOLE) > _LEEWAY:
            percent = float(round(total * 100, 1))
            message = N_("{unit} 各部分占比加起来是 {percent}%，要正好 100%")
            plan.wrong.append((message, {"unit": old, "percent": percent}))


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit on one day, with what is known of it."""

    code: str
    name: str
    level: str
    type: str
    population: int | None
    area: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Some units counted: means are over those whose number is known."""

    count: int
    population: int
    populated: int
    area: Fraction
    measured: int

    @property
    def mean_population(self) -> int | None:
        """Persons a unit, rounded half up."""
        return (2 * self.population + self.populated) // (2 * self.populated) if self.populated else None

    @property
    def mean_area(self) -> float | None:
        """Square kilometres a unit, two decimals."""
        return float(round(self.area / self.measured, 2)) if self.measured else None


def count_units(units: Iterable[Unit]) -> Figures:
    rows = list(units)
    people = [row.population for row in rows if row.population is not None]
    areas = [Fraction(str(row.area)) for row in rows if row.area is not None]
    return Figures(len(rows), sum(people), len(people), sum(areas, Fraction(0)), len(areas))


@dataclass(frozen=True, slots=True)
class Compared:
    """One level (and type; "" is all of them) before and after."""

    level: str
    type: str
    before: Figures
    after: Figures

    @property
    def merge_rate(self) -> float | None:
        """撤并率 in percent, one decimal: how many fewer of those that were; negative where there are more."""
        if not self.before.count:
            return None
        return float(round(Fraction(self.before.count - self.after.count, self.before.count) * 100, 1))

    @property
    def more_population(self) -> int | None:
        """By how many persons the mean unit grew."""
        old, new = self.before.mean_population, self.after.mean_population
        return new - old if old is not None and new is not None else None

    @property
    def more_area(self) -> float | None:
        old, new = self.before.mean_area, self.after.mean_area
        return float(round(Fraction(str(new)) - Fraction(str(old)), 2)) if old is not None and new is not None else None


def compare(before: Sequence[Unit], after: Sequence[Unit], order: Sequence[str]) -> list[Compared]:
    """Each level in `order`, as a whole and by type where it has several."""
    found = []
    for level in order:
        old, new = [u for u in before if u.level == level], [u for u in after if u.level == level]
        if not old and not new:
            continue
        found.append(Compared(level, "", count_units(old), count_units(new)))
        types = sorted({unit.type for unit in (*old, *new) if unit.type})
        if len(types) > 1:
            found += [
                Compared(level, word, *(count_units(u for u in some if u.type == word) for some in (old, new)))
                for word in types
            ]
    return found


@dataclass(frozen=True, slots=True)
class Doubt:
    """Totals before and after that differ more than they should: somebody should look, nothing is refused."""

    level: str
    type: str
    what: str
    before: float
    after: float
    percent: float


def doubts(rows: Iterable[Compared], tolerance_percent: int) -> list[Doubt]:
    """A change of boundaries moves people, it makes none: totals should stay within the tolerance."""
    found = []
    for row in rows:
        pairs = {
            "population": (Fraction(row.before.population), Fraction(row.after.population)),
            "area": (row.before.area, row.after.area),
        }
        for what, (old, new) in pairs.items():
            if old and new and abs(new - old) * 100 > old * tolerance_percent:
                percent = float(round((new - old) * 100 / old, 1))
                found.append(Doubt(row.level, row.type, what, float(old), float(new), percent))
    return found


def inherited(target: Target, known: Mapping[str, Unit]) -> tuple[int | None, float | None]:
    """Population and area that its sources bring, by share; None where any of them is unknown."""
    people = [(known[old].population, share) for old, share in target.sources if old in known]
    areas = [(known[old].area, share) for old, share in target.sources if old in known]
    population = sum(Fraction(n) * share for n, share in people if n is not None)
    area = sum(Fraction(str(n)) * share for n, share in areas if n is not None)
    return (
        round(population) if people and all(n is not None for n, _ in people) else None,
        float(round(area, 4)) if areas and all(n is not None for n, _ in areas) else None,
    )
