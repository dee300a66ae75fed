"""Who may vote with what weight: heads by buyer, exact areas, one representative of a household, delegates.

An entry is one entitlement, known by an opaque text; its weights are whole numbers by measure ("heads", "area" in
square decimetres, "households"). Who is a buyer, of age or a member is decided by whoever makes the roll.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class RollEntry:
    """One entitlement. `due` is False for a member who need not come (应到 leaves them out)."""

    entry: str
    weights: Mapping[str, int]
    due: bool = True


class Unit(NamedTuple):
    """An exclusive unit (专有部分): who holds it and its area in square decimetres.

    Unsold units and units sold but not handed over are held by the developer (区分所有权解释 第9条).
    """

    unit: str
    owners: tuple[str, ...]
    area: int


@dataclass(frozen=True, slots=True)
class Roll:
    """A frozen electorate (名册). Raises ValueError for an entry twice, a negative weight or a missing measure."""

    entries: Sequence[RollEntry]
    measures: tuple[str, ...] = ("heads",)
    weights: Mapping[str, Mapping[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        known: dict[str, Mapping[str, int]] = {}
        for one in self.entries:
            if one.entry in known:
                raise ValueError(f"{one.entry}: on the roll twice")
            if set(one.weights) != set(self.measures) or any(weight < 0 for weight in one.weights.values()):
                raise ValueError(f"{one.entry}: its weights are not {', '.join(self.measures)} from 0 up")
            known[one.entry] = one.weights
        object.__setattr__(self, "weights", known)

    def total(self, entries: Iterable[str]) -> dict[str, int]:
        """The weights of these entries together, by measure. Raises KeyError for one that is not on the roll."""
        sums = dict.fromkeys(self.measures, 0)
        for entry in entries:
            for measure, weight in self.weights[entry].items():
                sums[measure] += weight
        return sums

    def registered(self) -> dict[str, int]:
        return self.total(self.weights)

    def due(self) -> dict[str, int]:
        return self.total(one.entry for one in self.entries if one.due)


def owner_entries(units: Iterable[Unit]) -> list[RollEntry]:
    """One entry for each buyer, with the sum of their areas, in the order in which they first appear.

    区分所有权解释 第9条: one unit is one person, whoever shares it; one buyer of several units is one person; what the
    developer still holds is one person. So whoever holds units together is a buyer of their own.
    Owners who hold together stand as "a+b". Raises ValueError for a unit twice, without an owner, with an owner whose
    reference holds a plus, or with an area that is not a whole number above 0.
    """
    areas: dict[str, int] = {}
    seen: set[str] = set()
    for unit in units:
        named = unit.owners and not any("+" in owner for owner in unit.owners)
        if unit.unit in seen or not named or not isinstance(unit.area, int) or unit.area <= 0:
            raise ValueError(f"{unit.unit}: once, with an owner and an area in whole square decimetres")
        seen.add(unit.unit)
        buyer = "+".join(sorted(set(unit.owners)))
        areas[buyer] = areas.get(buyer, 0) + unit.area
    return [RollEntry(buyer, {"heads": 1, "area": area}) for buyer, area in areas.items()]


def other_owners(units: Iterable[Unit], applicant: str) -> list[RollEntry]:
    """Who must all agree when one of a building turns a dwelling into a business (民法典 第279条, 解释 第11条).

    `units` are those of the building; `applicant` is an entry of theirs. Raises ValueError when it is not.
    """
    entries = owner_entries(units)
    if applicant not in {one.entry for one in entries}:
        raise ValueError(f"{applicant}: not an owner in this building")
    return [one for one in entries if one.entry != applicant]


class Representatives(NamedTuple):
    """One entry for each household that has a representative; the households that have none yet."""

    entries: list[RollEntry]
    missing: list[str]


def household_entries(members: Mapping[str, Collection[str]], chosen: Mapping[str, str]) -> Representatives:
    """One representative of each household (户的代表), of its own adults. Raises ValueError for somebody else."""
    _check_chosen(members, chosen)
    entries, missing = [], []
    for household in members:
        person = chosen.get(household)
        if person is None:
            missing.append(household)
        else:
            entries.append(RollEntry(person, {"heads": 1, "households": 1}))
    return Representatives(entries, missing)


def _check_chosen(members: Mapping[str, Collection[str]], chosen: Mapping[str, str]) -> None:
    for household, person in chosen.items():
        if person not in members.get(household, ()):
            raise ValueError(f"{household}: {person} is not one of its adults")


def adult_entries(members: Mapping[str, Collection[str]], chosen: Mapping[str, str]) -> list[RollEntry]:
    """Every adult with one head; whoever represents the household also carries it (村组法 第22条: either base).

    Raises ValueError for a representative who is not one of the household's adults.
    """
    _check_chosen(members, chosen)
    return [
        RollEntry(person, {"heads": 1, "households": int(chosen.get(household) == person)})
        for household, adults in members.items()
        for person in adults
    ]


def delegate_bounds(households: int, *, fewest_each: int, most_each: int) -> tuple[int, int]:
    """How many delegates there may be when each is sent by so many to so many households (村组法 第25条).

    Exact: with n delegates the households can be shared out exactly when fewest·n ≤ households ≤ most·n.
    Raises ValueError when no number fits.
    """
    if not 1 <= fewest_each <= most_each:
        raise ValueError("a delegate is sent by at least one household")
    fewest, most = -(-households // most_each), households // fewest_each
    if fewest > most or households < 1:
        raise ValueError(f"{households} households cannot be shared out")
    return fewest, most
