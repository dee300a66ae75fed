"""Make places.csv and outlines.geojson of `yihesanti`, `haicang` and `xinyang1314`. Deterministic; run again after a
change.

    python tools/make_surveyed_places.py DIVISIONS

DIVISIONS holds streets.csv and villages.csv.gz (china-division, 2023-06-30). The source of `yihesanti` (S4) does not
name its district: the streets and communities that it does name, and its 19 towns, 168 villages and 56 communities,
are those of 511303. S0 (`xinyang1314`) names one street, 湖东街道 in 411502, and two compounds without saying in which
community they lie. Regions are real; outlines, most compounds, all buildings and households are made up (演示数据).
"""

import sys
from pathlib import Path
from typing import Any

from make_model_places import MODELS, Book, Ground, bilinear, buildings, part, read_rows

# (name, facet, grids across, buildings a grid, stairwells, floors, answers, what it is called after)
Spec = tuple[str, str, int, int, int, int, str, str]
YIHESANTI: list[tuple[str, Ground, list[Spec]]] = [
    ("511303001010", Ground(106.1050, 30.7850, 0.1), [
        ("水映兰庭小区", "commercial", 2, 4, 2, 9, "yes yes yes", "source=S4;illustrative=yes"),
        ("江山丽景四区", "resettlement", 2, 3, 3, 7, "yes yes yes", "source=S4;illustrative=yes"),
    ]),
    ("511303002009", Ground(106.1180, 30.7700, -0.15), [
        ("嘉陵岸小区", "commercial", 2, 4, 2, 11, "yes unknown yes", "demo=yes"),
        ("粮站宿舍", "staff_compound", 1, 5, 3, 6, "no no no", "demo=yes"),
    ]),
    ("511303005001", Ground(106.0900, 30.8100, 0.2), [
        ("民建东院", "urban_village", 1, 6, 2, 6, "no yes no", "demo=yes"),
    ]),
]  # fmt: skip
HAICANG: list[tuple[str, Ground, list[Spec]]] = [
    ("350205003001", Ground(118.0300, 24.4870, 0.1), [
        ("文圃花园", "commercial", 2, 5, 2, 9, "yes yes yes", "source=S3;illustrative=yes"),
        ("临海公寓", "staff_compound", 1, 4, 3, 6, "no yes no", "demo=yes"),
    ]),
    ("350205003006", Ground(118.0420, 24.4760, -0.1), [
        ("绿苑小区三组团", "commercial", 2, 4, 2, 11, "yes yes yes", "source=S3;illustrative=yes"),
    ]),
    ("350205001005", Ground(118.0150, 24.4650, 0.25), [
        ("山后社", "urban_village", 2, 6, 1, 5, "no yes no", "source=S3;illustrative=yes"),
    ]),
]  # fmt: skip
XINYANG: list[tuple[str, Ground, list[Spec]]] = [
    ("411502006009", Ground(114.0900, 32.1150, 0.1), [
        ("仪表厂家属院", "staff_compound", 2, 3, 3, 6, "no yes yes", "source=S0;illustrative=yes;type=没有物业"),
        ("湖景花园", "commercial", 2, 4, 2, 11, "yes yes yes", "demo=yes;type=有物业"),
    ]),
    ("411502006004", Ground(114.1010, 32.1240, -0.15), [
        ("武警家属院", "staff_compound", 1, 4, 2, 6, "no yes yes", "source=S0;illustrative=yes;type=没有物业"),
        ("老粮站院", "staff_compound", 1, 3, 2, 5, "no no no", "demo=yes;type=没有物业"),
    ]),
    ("411502001004", Ground(114.0720, 32.1300, 0.2), [
        ("东方红小区", "commercial", 1, 5, 2, 9, "yes yes yes", "demo=yes;type=有物业"),
        ("城关老院", "urban_village", 1, 4, 1, 5, "no no no", "demo=yes;type=没有物业"),
    ]),
]  # fmt: skip
# code, name, the region it stands in, metres from the first compound
YIHESANTI_VENUES = [
    ("511303005001-YST", "议事堂", "511303005001", (40, 330)),
    ("511303001010-CG", "民情茶馆", "511303001010", (-60, 330)),
    ("511303002009-QXZ", "民情气象站", "511303002009", (20, 330)),
]
HAICANG_VENUES = [
    ("350205003006-HYT", "同心合议厅", "350205003006", (30, 330)),
    ("350205003001-SMJY", "四民家园", "350205003001", (-50, 330)),
    ("350205001005-HXC", "民声话仙场", "350205001005", (10, 330)),
    ("350205001005-ZXT", "知心亭", "350205001005", (90, 330)),
]
XINYANG_VENUES = [
    ("411502006009-YST", "居民议事厅", "411502006009", (20, 330)),
    ("411502006004-HLD", "邻里活动点", "411502006004", (-40, 330)),
]
_SUFFIXES = (
    ("村村民委员会", "村", "村"), ("村民委员会", "村", "村"), ("居民委员会", "", "社区"), ("居委会", "", "社区"),
    ("村委会", "村", "村"),
)  # fmt: skip


def called(name: str) -> tuple[str, str]:
    """“松林社区居民委员会” is called 松林社区; with its type, 社区 or 村."""
    for suffix, ending, kind in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix) + ending, kind
    return name, ""


def district(divisions: Path, regions: list[tuple[str, str, str, str]]) -> Book:
    """Province, city and district, then all its towns and villages as the divisions have them."""
    book = Book()
    for code, level, name, parent in regions:
        book.add(code, "region", level, name, parent, civil_code=code.ljust(6, "0"))
    area = regions[-1][0]
    for row in read_rows(divisions / "streets.csv", area):
        book.add(row["code"], "region", "street", row["name"], area)
    for row in read_rows(divisions / "villages.csv.gz", area):
        name, kind = called(row["name"])
        book.add(row["code"], "region", "village", name, row["streetCode"], features=f"type={kind}" if kind else "")
    return book


def fill(book: Book, places: list[tuple[str, Ground, list[Spec]]], word: str) -> None:
    for village, ground, compounds in places:
        west = -400.0 * len(compounds) / 2
        for number, spec in enumerate(compounds, 1):
            quad = ((west, -250.0), (west + 380, -250.0), (west + 380, 250.0), (west, 250.0))
            compound(book, f"{village}-{number}", village, ground, quad, spec, word)
            west += 400


def compound(book: Book, code: str, village: str, ground: Ground, quad: Any, spec: Spec, word: str) -> None:
    name, facet, across, per_grid, stairs, floors, answers, mark = spec
    keys = ("property_service", "responsible_unit", "security")
    features = ";".join(f"{key}={answer}" for key, answer in zip(keys, answers.split(), strict=True))
    each = per_grid * stairs * floors * 2
    book.add(
        code, "region", "compound", name, village, ground=ground, quad=quad, facets=facet,
        households=each * across, features=f"{mark};{features}",
    )  # fmt: skip
    for place in range(across):
        cell, grid = part(quad, place / across, (place + 1) / across, 0, 1), f"{code}-{place + 1}"
        book.add(
            grid, "grid", "grid", f"{name}第{place + 1}{word}", code, ground=ground, quad=cell, households=each,
            target_households=each, features=f"demo=yes;compound={code}",
        )  # fmt: skip
        rows = [
            (f"{grid}-{b + 1:02d}", f"{name} {place * per_grid + b + 1}栋", stairs, floors) for b in range(per_grid)
        ]
        buildings(book, ground, cell, grid, rows)


def venues(book: Book, places: list[tuple[str, Ground, list[Spec]]], rows: list[tuple[str, str, str, Any]]) -> None:
    grounds = {village: ground for village, ground, _ in places}
    for code, name, region, metres in rows:
        longitude, latitude = grounds[region].degrees(bilinear((metres,) * 4, 0, 0))
        book.add(
            code, "venue", "venue", name, region, longitude=longitude, latitude=latitude, features="illustrative=yes"
        )


def yihesanti(divisions: Path) -> Book:
    above = [("51", "province", "四川省", ""), ("5113", "city", "南充市", "51"), ("511303", "area", "高坪区", "5113")]
    book = district(divisions, above)
    fill(book, YIHESANTI, "楼院")
    venues(book, YIHESANTI, YIHESANTI_VENUES)
    return book


def haicang(divisions: Path) -> Book:
    above = [("35", "province", "福建省", ""), ("3502", "city", "厦门市", "35"), ("350205", "area", "海沧区", "3502")]
    book = district(divisions, above)
    fill(book, HAICANG, "网格")
    venues(book, HAICANG, HAICANG_VENUES)
    return book


def xinyang1314(divisions: Path) -> Book:
    above = [("41", "province", "河南省", ""), ("4115", "city", "信阳市", "41"), ("411502", "area", "浉河区", "4115")]
    book = district(divisions, above)
    fill(book, XINYANG, "网格")
    venues(book, XINYANG, XINYANG_VENUES)
    return book


if __name__ == "__main__":
    for made in (yihesanti, haicang, xinyang1314):
        folder = MODELS / made.__name__
        folder.mkdir(exist_ok=True)
        made(Path(sys.argv[1])).write(folder)
