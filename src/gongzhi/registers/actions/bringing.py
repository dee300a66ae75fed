"""A list of owners and tenants brought in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction

from gongzhi.common.access import Actor, require
from gongzhi.common.registry import check_activity
from gongzhi.people import vault
from gongzhi.people.actions.enrolling import enrol_people
from gongzhi.registers.actions.keeping import keep_conflicts
from gongzhi.registers.models import Status, Tenure

LIST = "import:office"
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ListedTenure:
    """One good row of a list: who holds what. `conflict` names what it contradicts, `held` the tenure."""

    dwelling: int
    capacity: str
    since: str
    name: str = ""
    phone: str = ""
    organization: int | None = None
    heads: int | None = None
    share: str = ""
    until: str = ""
    number: str = ""
    lives_here: bool = True
    conflict: str = ""
    held: int | None = None


@transaction.atomic
def bring_tenures(*, by: Actor, at: dt.datetime, rows: Sequence[ListedTenure]) -> dict[str, list[Any]]:
    """Write what a checked list says: people of owners, approved tenures, conflicts; what was made, by table.

    The office that may import answers for the list (proof 单位台账); its rows count at once, except those that
    contradict the register: they wait, sealed, for somebody else. Raises Forbidden.
    """
    require(by, "registers.import")
    check_activity("tenure")
    sound = [row for row in rows if not row.conflict]
    made: dict[str, list[Any]] = {
        "people.VaultKey": [],
        "people.Person": [],
        "people.VaultValue": [],
        "registers.Tenure": [],
        "registers.RegisterConflict": [],
    }
    people = _people_of(sound, by, at, made)
    tenures = [tenure_of(row, people.get(_identity(row, number)), by, at) for number, row in enumerate(sound)]
    made["registers.Tenure"] = [row.pk for row in Tenure.objects.bulk_create(tenures, batch_size=_AT_ONCE)]
    differing = [(row.dwelling, row.held, row.conflict, asdict(row)) for row in rows if row.conflict]
    for label, keys in keep_conflicts(differing, by=by, at=at).items():
        made[label] += keys
    return made


def _identity(row: ListedTenure, number: int) -> str:
    """The same telephone is the same person; without one, every row is somebody else."""
    return row.phone or f"row-{number}"


def _people_of(rows: Sequence[ListedTenure], by: Actor, at: dt.datetime, made: dict[str, list[Any]]) -> dict[str, Any]:
    """Person ids by identity: those that are there by telephone, the others made."""
    named = {_identity(row, number): row for number, row in enumerate(rows) if row.name}
    known = vault.people_by_phone([row.phone for row in named.values() if row.phone])
    new = {who: row for who, row in named.items() if who not in known}
    wanted = [{"name": row.name, "phone": row.phone} for row in new.values()]
    people, values = enrol_people(by=by, at=at, values=wanted)
    made["people.VaultKey"] += [str(person.key_id) for person in people]
    made["people.Person"] += [str(person.pk) for person in people]
    made["people.VaultValue"] += [value.pk for value in values]
    return {**known, **{who: person.pk for who, person in zip(new, people, strict=True)}}


def tenure_of(row: ListedTenure, person_id: Any, by: Actor, at: dt.datetime) -> Tenure:
    share = Fraction(row.share) if row.share else None
    return Tenure(
        dwelling_id=row.dwelling,
        person_id=person_id,
        organization_id=row.organization,
        heads=row.heads,
        capacity=row.capacity,
        share_numerator=share.numerator if share else None,
        share_denominator=share.denominator if share else None,
        lives_here=row.lives_here,
        valid_from=dt.date.fromisoformat(row.since),
        expires_on=dt.date.fromisoformat(row.until) if row.until else None,
        contract_number=row.number,
        status=Status.APPROVED,
        proof="developer" if row.organization else "office_list",
        declared_by=LIST,
        declared_at=at,
        decided_by=by.reference,
        decided_at=at,
    )
