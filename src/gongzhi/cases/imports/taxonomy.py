"""The table of a city's categories: one row a path, blank cells repeat the row above, rows may come twice."""

from pathlib import Path as File

from gongzhi.common.errors import Refused
from gongzhi.common.tables import Table, read_tables
from gongzhi.common.text import N_, tidy
from gongzhi.packs.taxonomies import Path

_LEVELS = ("level1", "level2", "level3")
COLUMNS = {
    "level1": ("一级分类", "一级", "一级标签"),
    "level2": ("二级分类", "二级", "二级标签"),
    "level3": ("三级分类", "三级", "三级标签"),
}
LONGEST_NAME = 100


def read_taxonomy(file: File) -> list[Path]:
    """Each path once, in the order of the rows. Raises Refused `bad_taxonomy` with the line of a row that is none."""
    paths: dict[Path, None] = {}
    for table in read_tables(file, COLUMNS, ("level1", "level2")):
        _read_into(paths, table, file.name)
    return list(paths)


def _read_into(paths: dict[Path, None], table: Table, file: str) -> None:
    above: Path = ()
    for row in table.rows:
        cells = [tidy(str(table.value(row, level) or "")).replace("\n", " ") for level in _LEVELS]
        above = _filled(cells, above)
        if not above or any(len(name) > LONGEST_NAME for name in above):
            message = N_("{file} 第 {line} 行不是一条分类。要从左到右写，名称最多 {most} 个字。")
            raise Refused("bad_taxonomy", message, file=file, line=row.line, most=LONGEST_NAME)
        paths.setdefault(above)


def _filled(cells: list[str], above: Path) -> Path:
    """The path of a row: leading blanks (merged cells) are those of the row above, nothing stands after a blank."""
    first = next((at for at, cell in enumerate(cells) if cell), len(cells))
    whole = [*above[:first], *cells[first:]]
    while whole and not whole[-1]:
        whole.pop()
    return tuple(whole) if first <= len(above) and all(whole) else ()
