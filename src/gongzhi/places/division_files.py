"""Reading division files as they come: CSV or CSV.gz, UTF-8 or GB 18030, with or without header, any order."""

import csv
import gzip
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_, tidy
from gongzhi.places import rules

_CODES = ("code", "代码", "区划代码", "统计代码", "统计用区划代码", "id")
_NAMES = ("name", "名称", "区划名称")
_CIVIL = ("civilcode", "民政代码")
# A file's level, by the most specific parent column it has; "parentcode" says nothing about the level.
_PARENTS = {
    "streetcode": "village",
    "areacode": "street",
    "countycode": "street",
    "citycode": "area",
    "provincecode": "city",
    "parentcode": "",
    "上级代码": "",
}
_FILE_WORDS = {
    "province": "province",
    "cit": "city",
    "area": "area",
    "count": "area",
    "street": "street",
    "town": "street",
    "village": "village",
    "communit": "village",
}
MAX_NAME = 200


@dataclass(frozen=True)
class Shape:
    """Where a file keeps what, and the level of its rows ("" where each row says it by its code)."""

    path: Path
    encoding: str
    has_header: bool
    level: str
    code: int
    name: int
    parent: int | None
    civil: int | None

    @cached_property
    def width(self) -> int:
        return 1 + max(self.code, self.name, self.parent or 0, self.civil or 0)

    @cached_property
    def file(self) -> str:
        return self.path.name


class Row(NamedTuple):
    """One line of a file, mended as far as it can be; `reason` says why it cannot be taken."""

    file: str
    line: int
    level: str
    code: str
    parent: str
    name: str
    civil: str
    reason: str = ""


def find_files(files: Iterable[Path]) -> list[Path]:
    """The CSV files among files and folders, each once. Raises Refused `no_division_files`."""
    found: dict[Path, None] = {}
    for path in files:
        inside = sorted(p for p in path.iterdir() if p.name.endswith((".csv", ".csv.gz"))) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    if not found:
        raise Refused("no_division_files", N_("这里没有 .csv 或 .csv.gz 文件。请指向区划文件或所在文件夹。"))
    return list(found)


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over the contents, in the order of reading."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _open(path: Path, encoding: str) -> IO[str]:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding=encoding, errors="replace", newline="")
    return path.open(encoding=encoding, errors="replace", newline="")


def _encoding(path: Path) -> str:
    opener: Any = gzip.open if path.name.endswith(".gz") else open
    with opener(path, "rb") as file:
        head: bytes = file.read(1 << 16)
    # The last character may be cut in the middle: look only at whole lines.
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        whole.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _column(header: list[str], names: Iterable[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _level_by_name(path: Path) -> str:
    return next((level for word, level in _FILE_WORDS.items() if word in path.name.lower()), "")


def read_shape(path: Path) -> Shape:
    """What a file looks like. Raises Refused `unreadable_division_file`."""
    try:
        encoding = _encoding(path)
        with _open(path, encoding) as file:
            first = next(csv.reader(file), [])
    except (OSError, EOFError, csv.Error) as error:
        raise Refused(
            "unreadable_division_file", N_("{file} 打不开或不是 CSV。请重新下载这个文件。"), file=path.name
        ) from error
    header = [cell.strip().lower() for cell in first]
    code, name = _column(header, _CODES), _column(header, _NAMES)
    if code is None or name is None:
        if not first or not _digits(first[0]):
            raise Refused(
                "unreadable_division_file",
                N_("{file} 的第一行要有 code 和 name 两列（代码、名称）。"),
                file=path.name,
            )
        return Shape(path, encoding, False, _level_by_name(path), 0, 1, None, None)
    parents = [column for column in _PARENTS if column in header]
    parent = header.index(parents[0]) if parents else None
    level = _PARENTS[parents[0]] if parents else _level_by_name(path)
    return Shape(path, encoding, True, level, code, name, parent, _column(header, _CIVIL))


def _digits(cell: str) -> str:
    """The digits of a code cell, mended: full-width digits, a leading apostrophe, Excel's ".0"; else ""."""
    if cell.isdecimal() and cell.isascii():
        return cell
    cell = unicodedata.normalize("NFKC", cell.strip("\ufeff\u3000 \t'\"")).strip().removesuffix(".0")
    return cell if cell.isdecimal() and cell.isascii() else ""


def _shortened(code: str, digits: int) -> str:
    """A padded code cut to its level's digits; unchanged where something would be lost."""
    if digits and len(code) > digits and not code[digits:].strip("0"):
        return code[:digits]
    return code


def _name(cell: str) -> str:
    return cell if cell.isalnum() else tidy(cell).replace("\n", "")


def _mend(shape: Shape, line: int, cells: list[str]) -> Row:
    """One line as a row, mended by itself: it knows nothing of other lines."""
    if len(cells) < shape.width:
        cells += [""] * (shape.width - len(cells))
    name = _name(cells[shape.name])
    code = _digits(cells[shape.code])
    if shape.level:
        code = _shortened(code, rules.DIGITS_OF_LEVEL[shape.level])
    elif len(code) == rules.STATISTICAL_DIGITS and code.endswith("000"):
        code = rules.shortened_codes(code)[-1]
    level = rules.LEVEL_OF_DIGITS.get(len(code), "")
    above = rules.parent_code(code)
    parent = _shortened(_digits(cells[shape.parent]), len(above)) if shape.parent is not None else ""
    civil = _digits(cells[shape.civil]) if shape.civil is not None else ""
    reason = "" if code and level and name.isalnum() and len(name) <= MAX_NAME else _reason(code, level, name)
    if shape.level and level != shape.level:
        reason = reason or N_("代码位数不对")
    shown = code or cells[shape.code].strip()
    civil = civil or rules.civil_code_of(code)
    return Row(shape.file, line, level, shown, parent or above, name, civil, reason)


def _reason(code: str, level: str, name: str) -> str:
    if not code:
        return N_("代码不是数字")
    if not level:
        return N_("代码位数不对")
    if not name:
        return N_("没有名称")
    if len(name) > MAX_NAME:
        return N_("名称太长")
    return N_("名称里有读不出的字") if "\ufffd" in name else ""


def read_rows(shape: Shape) -> Iterator[Row]:
    """Every line of a file that is not blank, mended; `line` counts physical lines from 1."""
    with _open(shape.path, shape.encoding) as file:
        reader = csv.reader(file)
        if shape.has_header:
            next(reader, None)
        try:
            for cells in reader:
                if any(cells):
                    yield _mend(shape, reader.line_num, cells)
        except (OSError, EOFError, csv.Error) as error:
            raise Refused(
                "unreadable_division_file",
                N_("{file} 读到第 {line} 行断了。请重新下载这个文件。"),
                file=shape.path.name,
                line=reader.line_num,
            ) from error


def read_in_order(shapes: list[Shape]) -> Iterator[Row]:
    """All rows, upper levels first, so that a parent comes before what lies in it.

    A file whose rows have mixed levels is read once for each level; its unusable rows come with the last.
    """
    for level in rules.DIVISION_LEVELS:
        for shape in shapes:
            if shape.level == level:
                yield from read_rows(shape)
            elif not shape.level:
                for row in read_rows(shape):
                    if row.level == level or (not row.level and level == rules.DIVISION_LEVELS[-1]):
                        yield row
