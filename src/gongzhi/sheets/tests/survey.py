"""The survey's district and its figures as workbooks an office would send (演示数据: only totals are the source's)."""

from pathlib import Path
from typing import Any

from openpyxl import Workbook

from gongzhi.places.tests import offices
from gongzhi.sheets.imports_figures import COLUMNS

SOURCE = "S4 村社区调查（2021-08-18 发表）"
OLD, NEW = "2019-12-31", "2020-12-31"
# code, year, value as the source writes it, boundaries
FIGURES: list[tuple[str, int, str, str]] = [
    ("voters.registered", 2021, "37.84万", NEW),
    ("voters.voted", 2021, "33.78万", NEW),
    ("voters.turnout", 2021, "89.3", NEW),
    ("committee.members", 2021, "1158", NEW),
    ("region.town_merge_rate", 2020, "40.6", NEW),
    ("region.mean_town_population", 2020, "3.14万", NEW),
    ("region.mean_town_area", 2020, "42.43", NEW),
    ("region.mean_village_population", 2020, "2496", NEW),
    ("region.more_village_population", 2020, "1229", NEW),
    ("region.mean_village_area", 2020, "4.2", NEW),
    ("region.more_village_area", 2020, "2.1", NEW),
    ("region.mean_group_population", 2020, "397", NEW),
    ("region.more_group_population", 2020, "203", NEW),
    ("region.mean_group_area", 2020, "0.54", NEW),
    ("region.more_group_area", 2020, "0.28", NEW),
    ("region.village_groups", 2019, "2561", OLD),
    ("region.resident_groups", 2019, "520", OLD),
    ("region.village_groups", 2020, "1102", NEW),
    ("region.resident_groups", 2020, "400", NEW),
    ("premises.all", 2021, "56", NEW),
    ("premises.failing", 2021, "11", NEW),
    ("grid.leaks", 2021, "798", NEW),
    ("grid.households", 2021, "22050", NEW),
    ("wishes.received", 2023, "2115", NEW),
    ("wishes.solved", 2023, "1802", NEW),
    ("projects.all", 2023, "578", NEW),
    ("projects.solved", 2023, "7600", NEW),
    ("catalog.resources", 2023, "42", NEW),
    ("catalog.services", 2023, "38", NEW),
    ("team.service_activities", 2023, "1487", NEW),
    ("team.education_activities", 2023, "490", NEW),
    ("volunteers.new", 2023, "64645", NEW),
    ("volunteers.participants", 2023, "66186", NEW),
    ("compound.residents", 2023, "9000", NEW),
    ("compound.buildings", 2023, "220", NEW),
    ("compound.parking", 2023, "262", NEW),
    ("compound.parking_lots", 2023, "2", NEW),
]
# check → (result as shown, verdict): written by hand from fixtures.md 3.1 to 3.3
EXPECTED: dict[str, tuple[str, str]] = {
    "turnout": ("89.3", "fits"),
    "committee": ("5.17", ""),
    "committee_size": ("1,158", "fits"),
    "towns": ("40.6", "fits"),
    "town_population": ("596,600", ""),
    "town_mean_population": ("31,400", "fits"),
    "town_mean_area": ("42.43", "fits"),
    "town_area": ("806.17", ""),
    "bodies": ("224", ""),
    "villages": ("52.1", ""),
    "all_bodies": ("44.1", ""),
    "village_mean": ("2,496", "fits"),
    "village_more": ("1,229", "fits"),
    "village_before": ("1,267", ""),
    "village_people": ("25,389", ""),
    "village_totals": ("25,389", "doubtful"),
    "village_area": ("4.2", "fits"),
    "village_area_more": ("2.1", "fits"),
    "village_area_before": ("737.1", ""),
    "village_area_after": ("705.6", ""),
    "groups_before": ("3,081", ""),
    "groups_after": ("1,502", ""),
    "groups": ("51.2", ""),
    "group_mean": ("397", "fits"),
    "group_more": ("203", "fits"),
    "group_area": ("0.54", "fits"),
    "group_area_more": ("0.28", "fits"),
    "group_people": ("1,420", "fits"),
    "group_areas": ("10.0", "fits"),
    "registered": ("63.4", ""),
    "premises": ("19.6", ""),
    "leaks": ("3.6", ""),
    "wishes": ("85.20", ""),
    "wishes_open": ("313", ""),
    "project_solved": ("13.1", ""),
    "catalog": ("80", ""),
    "team": ("1,977", ""),
    "volunteers": ("97.7", ""),
    "buildings": ("41", ""),
    "parking": ("131", ""),
    "parking_people": ("34", ""),
}


def workbook(path: Path, header: list[str], rows: list[list[Any]]) -> Path:
    book = Workbook(write_only=True)
    page = book.create_sheet("演示数据")
    page.append(header)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def figures_file(folder: Path, rows: list[list[Any]] | None = None, name: str = "演示数据-区域年度数据") -> Path:
    """The survey's figures, or other rows, under the template's own headers."""
    header = [column.header for column in COLUMNS]
    given = rows or [[code, offices.ROOT, year, value, "", SOURCE, "是", on] for code, year, value, on in FIGURES]
    return workbook(folder / f"{name}.xlsx", header, given)


def batch_file(folder: Path) -> Path:
    return workbook(folder / "演示数据-区划调整.xlsx", offices.HEADER, offices.batch_rows())
