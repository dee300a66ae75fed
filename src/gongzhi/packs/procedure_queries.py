"""Reads of procedures: the one in force at a place on a day, with its numbers from the law in force there then."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.engines.procedure_terms import Definition
from gongzhi.packs import laws, queries
from gongzhi.packs.kinds import rows_in_force
from gongzhi.packs.models import Pack
from gongzhi.packs.procedure_checks import procedure_law_problems
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.procedure_variants import variant_problems
from gongzhi.packs.procedures import definition, laws_of


class Procedure(NamedTuple):
    """A procedure as it applies: the pack, what the engine runs, and every text that its numbers come from."""

    pack: ProcedurePack
    reference: str
    definition: Definition
    texts: tuple[str, ...]


def procedure_at(name: str, *, region: str, on: dt.date) -> Procedure:
    """The procedure in force in a region on a day: the most local variant, else the national one.

    Raises NotFound `no_procedure`, or `no_pack_in_force` for a law that was not loaded for that day.
    """
    row = _nearest(rows_in_force("procedure", on), name, region)
    if row is None:
        message = N_("{on} 那天没有生效的程序 {name}。先装上那时的版本。")
        raise NotFound("no_procedure", message, name=name, on=on.isoformat())
    return _read(row, region, on, _laws_in_force(region, on))


def _nearest(rows: Mapping[str, Pack], name: str, region: str) -> Pack | None:
    names = [name, *(f"{name}.{prefix}" for prefix in laws.prefixes(region))]
    return next((rows[each] for each in reversed(names) if each in rows), None)


def procedure_by_reference(reference: str, *, region: str, on: dt.date) -> Procedure:
    """The version that a course was opened with ("pack:procedure/levy/1.0"), under the law of the day of its opening.

    Raises NotFound `unknown_pack`.
    """
    name, _, version = reference.removeprefix("pack:procedure/").partition("/")
    row = Pack.objects.filter(kind="procedure", name=name, version=version).first()
    if row is None:
        raise NotFound("unknown_pack", N_("没有装过 {reference}。"), reference=reference)
    return _read(row, region, on, _laws_in_force(region, on))


def procedures_at(*, region: str, on: dt.date) -> list[Procedure]:
    """Every procedure that may be opened in a region on a day, local variants in the place of the national one."""
    rows, in_force = rows_in_force("procedure", on), _laws_in_force(region, on)
    nearest = {_nearest(rows, content_of(row).over or name, region) for name, row in rows.items()}
    readable = [row for row in nearest if row and set(laws_of(content_of(row))) <= set(in_force)]
    return [_read(row, region, on, in_force) for row in sorted(readable, key=lambda row: row.name)]


def _laws_in_force(region: str, on: dt.date) -> dict[str, laws.InForce]:
    return {law.name: law for law in queries.laws_at(region=region, on=on)}


def _read(row: Pack, region: str, on: dt.date, in_force: Mapping[str, laws.InForce]) -> Procedure:
    """Read against every law, not only those whose numbers it uses: what one reserves, no procedure may take."""
    pack = content_of(row)
    found = {name: in_force.get(name) or queries.law_at(name, region=region, on=on) for name in laws_of(pack)}
    texts = tuple(sorted({text for law in found.values() for text in law.packs}))
    return Procedure(pack, row.reference, definition(pack, in_force, row.reference), texts)


def content_of(row: Pack) -> ProcedurePack:
    pack = queries.content_of(row)
    assert isinstance(pack, ProcedurePack)  # noqa: S101 - the row's kind says so
    return pack


def load_problems(pack: ProcedurePack) -> Iterator[tuple[str, str, dict[str, object]]]:
    """What is wrong with a pack that reads well: against every text in force in its time, and its national one.

    Raises NotFound `procedure_not_loaded` for a local variant of a procedure that is not here.
    """
    for on in _days(pack):
        yield from procedure_law_problems(pack, dict(_laws(pack, on)))
    if not pack.over:
        return
    base = queries.newest("procedure", pack.over)
    if base is None:
        message = N_("{name} 是 {over} 的地方写法，先装上它。")
        raise NotFound("procedure_not_loaded", message, name=pack.name, over=pack.over)
    yield from variant_problems(pack, content_of(base))


def _laws(pack: ProcedurePack, on: dt.date) -> Iterator[tuple[str, laws.InForce]]:
    for name in laws_of(pack):
        try:
            yield name, queries.law_at(name, region=pack.jurisdiction, on=on)
        except NotFound:  # said by the check, with the line on which it stands
            continue


def _days(pack: ProcedurePack) -> list[dt.date]:
    """The first day of the pack and those on which a law that it reads changes while it is in force."""
    ends = pack.effective_to or dt.date.max
    rows = Pack.objects.filter(kind="law", name__in=laws_of(pack)) if laws_of(pack) else []
    changes = {row.effective_from for row in rows if pack.effective_from < row.effective_from < ends}
    return sorted({pack.effective_from, *changes})
