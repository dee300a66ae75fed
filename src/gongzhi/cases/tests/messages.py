"""Workbooks of messages for tests, and the figures worked out again without the product's code."""

import csv
import datetime as dt
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[Any] = HEADER, *above: Any) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*above, header, *rows]:
        sheet.append(list(row))
    book.save(path)
    return path


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def raw_rows(path: Path) -> list[tuple[Any, ...]]:
    """Every row of a source file, header first, as it is."""
    book = load_workbook(path, read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return rows


def _time(cell: Any) -> dt.datetime:
    if isinstance(cell, dt.datetime):
        return cell
    day, _, clock = cell.strip().partition(" ")
    year, month, date = map(int, day.split("/"))
    return dt.datetime(year, month, date, *map(int, clock.split(":") if clock else ()))  # noqa: DTZ001 - both ends alike, only their difference counts


def recomputed(rows: Sequence[Sequence[Any]]) -> dict[str, float]:
    """Count, median, upper quartile, mean and longest of the reply delays in days."""
    days = [(_time(row[6]) - _time(row[3])).total_seconds() / 86_400 for row in rows]
    return {
        "count": len(days),
        "median": statistics.median(days),
        "p75": statistics.quantiles(days, n=4, method="inclusive")[2],
        "mean": statistics.fmean(days),
        "longest": max(days),
    }
