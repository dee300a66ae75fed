"""Who may vote as owner, as resident or for a household, as values for the room that keeps rolls."""

import datetime as dt
import uuid

from gongzhi.common.registry import Entitlement
from gongzhi.places.models import Place
from gongzhi.places.queries import get_place
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.queries.owners import Entry, owners_under


def owners_of(place_code: str, on: dt.date) -> list[Entitlement]:
    """The owners of a place, one entitlement for each head (建筑物区分所有权解释 8, 9), by address."""
    register = owners_under(get_place(place_code), on)
    heads: dict[int, list[Entry]] = {}
    for entry in register.entries:
        heads.setdefault(entry.head, []).append(entry)
    names = _buildings_of({entry.path for entry in register.entries})
    return [_entitlement(entries, names) for entries in heads.values()]


def _entitlement(entries: list[Entry], buildings: dict[str, str]) -> Entitlement:
    """One head with all that it owns. An area that is unknown makes the whole 0: it is refused, never guessed."""
    owners = entries[0].owners
    areas = [entry.area.hundredths for entry in entries]
    return Entitlement(
        people=tuple(dict.fromkeys(row.person_id for row in owners if row.person_id)),
        bodies=tuple(dict.fromkeys(row.organization_id for row in owners if row.organization_id)),
        group=buildings[entries[0].path],
        area=sum(area for area in areas if area is not None) if None not in areas else 0,
    )


def representatives_of(place_code: str, on: dt.date) -> list[Entitlement]:
    """One entitlement for each household that has named who speaks for it (村民委员会组织法 22)."""
    path = get_place(place_code).path
    rows = Tenure.objects.filter(queries.held(on), representative=True, dwelling__path__startswith=path)
    return [
        Entitlement(people=(row.person_id,), group=_building(row.dwelling), households=1)
        for row in rows.select_related("dwelling__parent").order_by("dwelling__path", "id")
        if row.person_id
    ]


def residents_of(place_code: str, on: dt.date) -> list[Entitlement]:
    """Everybody recognized as living in a dwelling there, once each, whatever they are there as; by address."""
    path = get_place(place_code).path
    rows = Tenure.objects.filter(
        queries.held(on), lives_here=True, person__isnull=False, dwelling__path__startswith=path
    )
    found: dict[uuid.UUID, Entitlement] = {}
    for row in rows.select_related("dwelling__parent").order_by("dwelling__path", "id"):
        assert row.person_id is not None  # noqa: S101 - filtered above
        found.setdefault(row.person_id, Entitlement(people=(row.person_id,), group=_building(row.dwelling)))
    return list(found.values())


def _buildings_of(paths: set[str]) -> dict[str, str]:
    """The name of what each dwelling lies in, by the dwelling's path."""
    above = {path: path[: path.rstrip("/").rfind("/") + 1] for path in paths}
    names = dict(Place.objects.current().filter(path__in=set(above.values())).values_list("path", "name"))
    return {path: names.get(parent, "") for path, parent in above.items()}


def _building(dwelling: Place) -> str:
    return dwelling.parent.name if dwelling.parent else dwelling.name
