"""Dwellings, owners and tenants of 147 grids × 150 brought in from workbooks, then read as an owners' register.

All of it is made up: the file names and the names in the rows say 演示数据. 22,050 dwellings, of which 5 % are the
developer's, 3 % have no owner, 10 % two owners, and the owner of every fortieth has a second one; 15 % are let.
"""

import datetime as dt
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench._database import own_database

BUILDINGS, FLOORS, PER_FLOOR = 5, 15, 2
SEED = 20260318
Rows = list[list[str]]


def buildings_of(grids: list[str]) -> Rows:
    """代码, 名称, 上级代码."""
    return [[f"YS-{grid}-{n}", f"演示{grid} {n}栋", grid] for grid in grids for n in range(1, BUILDINGS + 1)]


def dwellings_of(buildings: Rows, draw: random.Random) -> Rows:
    """楼栋代码, 单元, 房号, 登记面积, 实测面积, 合同面积: thirty a building; one in twelve is not registered yet."""
    rows = []
    for building, _, _ in buildings:
        for floor in range(1, FLOORS + 1):
            for number in range(1, PER_FLOOR + 1):
                area = f"{draw.randint(4_500, 16_000) / 100:.2f}"
                place = draw.choices((0, 1, 2), (11, 0.7, 0.3))[0]
                areas = [area if at == place else "" for at in range(3)]
                rows.append([building, "1", f"{floor}{number:02d}", *areas])
    return rows


def tenures_of(dwellings: Rows, developer: str, draw: random.Random) -> Iterator[list[str]]:
    """房屋代码, 身份, 姓名, 电话, 单位代码, 人数, 份额, 起始日期, 到期日期."""
    phone, last = 13_000_000_000, None
    for building, stair, room, *_ in dwellings:
        code, since = f"{building}-{stair}-{room}", f"20{draw.randint(10, 24)}-05-01"
        kind = draw.random()
        if kind < 0.05:
            yield [code, "业主", "", "", developer, "", "全部", since, ""]
            continue
        if kind < 0.08:
            continue
        names = 2 if kind < 0.18 else 1
        for _ in range(names):
            phone += 1
            same = names == 1 and last is not None and draw.random() < 0.025
            owner = last if same and last else (f"演示业主{phone % 100_000}", str(phone))
            last = owner
            yield [code, "业主", owner[0], owner[1], "", "", "1/2" if names == 2 else "全部", since, ""]
        if draw.random() < 0.15:
            yield [code, "租客", "", "", "", str(draw.randint(1, 4)), "", "2025-09-01", "2099-01-01"]


HEADERS = {
    "buildings": ("代码", "名称", "上级代码"),
    "dwellings": ("楼栋代码", "单元", "房号", "登记面积", "实测面积", "合同面积"),
    "tenures": ("房屋代码", "身份", "姓名", "电话", "单位代码", "人数", "份额", "起始日期", "到期日期"),
}


def write(folder: Path, kind: str, rows: Rows) -> Path:
    """A workbook of synthetic rows; its name says so."""
    from gongzhi.common.spreadsheets import workbook

    path = folder / f"{kind}-演示数据.xlsx"
    path.write_bytes(workbook(HEADERS[kind], rows, title="演示数据"))
    return path


def made_up(grids: list[str], developer: str, seed: int = SEED) -> dict[str, Rows]:
    """The rows of the three workbooks for these grids; the same seed makes the same rows."""
    draw = random.Random(seed)
    buildings = buildings_of(grids)
    dwellings = dwellings_of(buildings, draw)
    return {"buildings": buildings, "dwellings": dwellings, "tenures": list(tenures_of(dwellings, developer, draw))}


def run() -> dict[str, Any]:
    with own_database(), tempfile.TemporaryDirectory(prefix="gz-bench-") as scratch:
        _load()
        return {"name": "registers", "rows": list(_measured(Path(scratch)))}


def _load() -> None:
    """The packs of the model and its tree down to the grids; its own demo homes are left out."""
    from gongzhi.common.access import system_actor
    from gongzhi.packs import shipped
    from gongzhi.packs.actions import load_pack, set_active_model
    from gongzhi.packs.model_places import read_places
    from gongzhi.people.actions import add_organization
    from gongzhi.places.actions import PlaceRow, bulk_load_places
    from gongzhi.places.models import Place

    by, at, folder = system_actor("bench"), dt.datetime.now(dt.UTC), shipped.model_folder("pingchang")
    for path in [*shipped.common_packs(), folder / "model.toml"]:
        load_pack(by=by, at=at, path=path)
    set_active_model(by=by, at=at, name="pingchang")
    rows = [
        PlaceRow(kind=row.kind, level=row.level, code=row.code, name=row.name, parent=row.parent)
        for row in read_places(folder)
        if row.kind in ("region", "grid")
    ]
    bulk_load_places(by=by, at=at, rows=rows)
    root = Place.objects.get(level="grid1")
    add_organization(by=by, at=at, code="YS-JS", kind="property_company", name="演示建设单位（演示数据）", place=root)


def _row(what: str, value: float, unit: str, note: str = "") -> dict[str, Any]:
    return {"what": what, "value": round(value, 2), "unit": unit, "ratio_to": note}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measured(folder: Path) -> Iterator[dict[str, Any]]:
    from gongzhi.audit.imports import import_workbook
    from gongzhi.common.access import system_actor
    from gongzhi.people.models import Organization
    from gongzhi.places.models import Place
    from gongzhi.registers.queries import owners

    grids = list(Place.objects.current().filter(level="grid4").order_by("path").values_list("code", flat=True))
    developer = Organization.objects.values_list("code", flat=True).get()
    by, at = system_actor("bench"), dt.datetime.now(dt.UTC)
    yield _row("grids", len(grids), "grids")
    for kind, rows in made_up(grids, developer).items():
        path = write(folder, kind, rows)
        wall, cpu = time.perf_counter(), time.process_time()
        outcome = import_workbook([path], kind=kind, by=by, at=at, folder=folder)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        yield _row(f"{kind}: rows imported", outcome.created, "rows", f"{outcome.wrong} wrong of {outcome.read}")
        yield _row(f"{kind}: wall", wall, "s", f"{cpu:.1f} s CPU here; {outcome.read / wall:,.0f} rows/s")
        yield _row(f"{kind}: most memory so far", _peak(), "MiB")
    yield from _read(owners, Place, at.date())


def _read(owners: Any, place: Any, on: dt.date) -> Iterator[dict[str, Any]]:
    one = place.objects.current().filter(level="grid4").order_by("path")[0]
    whole = place.objects.current().get(kind="grid", level="grid1")
    for word, scope in (("one grid", one), ("147 grids", whole)):
        wall = time.perf_counter()
        register = owners.owners_under(scope, on)
        wall = time.perf_counter() - wall
        totals = register.totals
        note = f"{totals.units} units, {totals.heads} heads, {totals.area / 100:.2f} m²"
        yield _row(f"owners' register of {word}", wall * 1000, "ms", note)
    yield from _paged(owners, whole, on)


def _paged(owners: Any, place: Any, on: dt.date) -> Iterator[dict[str, Any]]:
    """The page that is looked at: the base of the vote and a hundred units, the first and one in the middle."""
    after = owners.owners_under(place, on).entries[place_of_page := 11_000].path
    for word, behind in (("first page", ""), (f"page behind unit {place_of_page:,}", after)):
        times = []
        for _ in range(9):
            wall = time.perf_counter()
            owners.owners_under(place, on, after=behind, most=100)
            times.append(time.perf_counter() - wall)
        note = f"median of {len(times)}, worst {max(times) * 1000:.0f} ms"
        yield _row(f"owners' register of 147 grids, {word}", sorted(times)[4] * 1000, "ms", note)
