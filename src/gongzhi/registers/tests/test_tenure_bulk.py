"""The made-up homes of one grid (`bench registers` brings 147 of them in): all rows come in, the register adds up."""

from pathlib import Path

import pytest

from bench.registers import BUILDINGS, FLOORS, PER_FLOOR, made_up, write
from gongzhi.audit.imports import import_workbook
from gongzhi.registers.queries import owners
from gongzhi.registers.tests.homes import HOUSE, NOW, TODAY, load_law
from tests.cast import World

pytestmark = pytest.mark.django_db
DWELLINGS = BUILDINGS * FLOORS * PER_FLOOR


@pytest.mark.req("N02")
def test_a_grid_of_made_up_homes_adds_up(world: World, tmp_path: Path) -> None:
    load_law()
    assert 147 * DWELLINGS == 22_050
    rows = made_up(["PC-1-1-1"], "property-1")
    for kind, lines in rows.items():
        path = write(tmp_path, kind, lines)
        outcome = import_workbook([path], kind=kind, by=HOUSE, at=NOW, folder=tmp_path)
        assert "演示数据" in path.name and (outcome.created, outcome.wrong) == (len(lines), 0)
    register = owners.owners_register(world.actor("grid_member"), world.places["PC-1-1-1"], TODAY)
    owned = {row[0] for row in rows["tenures"] if row[1] == "业主"}
    area = sum(int(text.replace(".", "")) for row in rows["dwellings"] for text in row[3:] if text)
    assert (register.totals.units, register.totals.area) == (DWELLINGS, area)
    assert register.totals.without_owner == DWELLINGS - len(owned)
    assert {entry.shares for entry in register.entries} == {"complete", "none"}
    holders: dict[str, set[str]] = {}
    for row in rows["tenures"]:
        if row[1] == "业主":
            holders.setdefault(row[0], set()).add(row[3] or row[4])
    heads = len({frozenset(who) for who in holders.values()}) + DWELLINGS - len(owned)
    assert register.totals.heads == heads < DWELLINGS
