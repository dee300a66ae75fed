"""Bringing a workbook of any kind in: checked first, written in one transaction, remembered, and undone while free.

What an import made is remembered as ranges of primary keys in its one entry of the trail (see decision 0012).
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext

from gongzhi.audit.actions import link, record
from gongzhi.audit.models import Entry, Link
from gongzhi.common.access import Actor, allows, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.locking import one_at_a_time
from gongzhi.common.progress import ImportReport, Progress, Silent
from gongzhi.common.registry import check_activity
from gongzhi.common.sheets import Kind, Made, Preview, Row, WrongRow, check_needed, find_kind
from gongzhi.common.tables import SourceRow, Table, read_tables
from gongzhi.common.text import N_
from gongzhi.common.wrong_rows import WrongRows
from gongzhi.packs import queries as packs

MANAGE = "instance.manage"
SHELF = "imports"  # the one source that every import hangs on, so that they are found without a scan
_BROUGHT, _UNDONE = "imports.bring_in", "imports.undo"
_LOCK = 7_302_003
_SHOWN = 20
_BLOCK = 1_000


class WrongLine(NamedTuple):
    """One wrong row for the page: sheet, line and reason."""

    sheet: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do: read = imported + wrong; of the imported, `created` are new here."""

    read: int
    imported: int
    wrong: int
    created: int
    reference: str = ""
    first_wrong: tuple[WrongLine, ...] = ()
    wrong_file: Path | None = None
    preview: Preview | None = None

    @property
    def present(self) -> int:
        return self.imported - self.created

    @property
    def report(self) -> ImportReport:
        return ImportReport(self.read, self.imported, self.wrong, self.wrong_file)


@dataclass(slots=True)
class _Sorted:
    """The rows after the checks: drafts to write, how many are there already, what is wrong and why."""

    drafts: list[Any] = field(default_factory=list)
    read: int = 0
    wrong: list[WrongLine] = field(default_factory=list)
    wrong_count: int = 0


def get_kind(name: str) -> Kind:
    """The registered kind, or NotFound `unknown_import`."""
    if (kind := find_kind(name)) is None:
        raise NotFound("unknown_import", N_("没有“{kind}”这种表。请从列表里选。"), kind=name)
    return kind


def digest_of(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def import_workbook(
    files: Sequence[Path],
    *,
    kind: str,
    by: Actor,
    at: dt.datetime,
    folder: Path,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Check every row; then write all good ones together, or (`dry_run`) nothing. Wrong rows go to a workbook.

    `folder` keeps the workbook of wrong rows. A row that is there already counts as imported and makes nothing.
    Raises Forbidden, NotFound `unknown_import`, Refused `unreadable_table`, `no_header`, Conflict `import_running`.
    """
    chosen, shown = get_kind(kind), progress or Silent()
    require(by, chosen.permission)
    check_activity("imports")
    digest = digest_of(files)
    wrong = WrongRows(folder / "imports" / f"{kind}-{digest[:8]}-wrong.xlsx")
    with one_at_a_time(_LOCK, N_("另一个导入还没做完。等它做完再来。")):
        try:
            found = _sort(chosen, _read(chosen, files, shown), wrong, by, at, shown)
            reference, preview = "", None
            if dry_run and chosen.preview is not None and found.drafts:
                preview = chosen.preview(found.drafts, by, at)
            if found.drafts and not dry_run:
                reference = _write(chosen, found, digest, by=by, at=at, progress=shown)
        finally:
            wrong_file = wrong.close()
    imported = found.read - found.wrong_count
    return Outcome(
        found.read,
        imported,
        found.wrong_count,
        len(found.drafts),
        reference,
        tuple(found.wrong),
        wrong_file,
        preview,
    )


def _read(kind: Kind, files: Sequence[Path], progress: Progress) -> list[tuple[Table, SourceRow, Row]]:
    progress.start(gettext(N_("读取表格")))
    found = []
    for file in files:
        for table in read_tables(file, kind.wanted, kind.needed):
            for source in table.rows:
                cells = {name: source.cells[at] for name, at in table.columns.items() if at < len(source.cells)}
                found.append((table, source, Row(cells, source.line)))
                if len(found) % _BLOCK == 0:
                    progress.advance(_BLOCK)
    progress.finish()
    return found


def _sort(
    kind: Kind,
    rows: Sequence[tuple[Table, SourceRow, Row]],
    wrong: WrongRows,
    by: Actor,
    at: dt.datetime,
    progress: Progress,
) -> _Sorted:
    """Each row through the kind's check, in the order of the file."""
    prepared = kind.prepare([row for _, _, row in rows], by, at)
    found = _Sorted(read=len(rows))
    progress.start(gettext(N_("核对")), len(rows))
    for number, (table, source, row) in enumerate(rows, 1):
        try:
            check_needed(row, kind)
            draft = kind.check_row(row, prepared)
        except WrongRow as bad:
            wrong.add(table, source, bad.reason)
            found.wrong_count += 1
            if len(found.wrong) < _SHOWN:
                found.wrong.append(WrongLine(table.label, source.line, bad.reason))
            continue
        if draft is not None:
            found.drafts.append(draft)
        if number % _BLOCK == 0:
            progress.advance(_BLOCK)
    progress.finish()
    return found


@transaction.atomic
def _write(kind: Kind, found: _Sorted, digest: str, *, by: Actor, at: dt.datetime, progress: Progress) -> str:
    """All drafts, the entry and the link, or nothing; returns the import's reference."""
    if kind.whole and found.wrong_count:
        message = N_("有 {count} 行不对。这种表要全对才办，一行也没有写。先改好再来。")
        raise Refused("rows_wrong", message, count=found.wrong_count)
    reference = f"import:{uuid7().hex}"
    size = kind.batch or len(found.drafts)
    made: Made = {}
    progress.start(gettext(N_("写入")), len(found.drafts))
    for first in range(0, len(found.drafts), size):
        batch = found.drafts[first : first + size]
        for label, keys in kind.write_rows(batch, by, at).items():
            made.setdefault(label, []).extend(keys)
        progress.advance(len(batch))
    progress.finish()
    changes = {
        "kind": kind.name,
        "read": found.read,
        "created": len(found.drafts),
        "wrong": found.wrong_count,
        "digest": digest[:16],
        "made": {label: ranges_of(keys) for label, keys in made.items()},
    }
    record(by=by, at=at, action=_BROUGHT, subject=reference, changes=changes)
    link(by=by, at=at, source=SHELF, relation="brought", target=reference)
    transaction.on_commit(kind.forget)
    return reference


def ranges_of(keys: Iterable[Any]) -> list[str]:
    """Numbers as "first-last", other keys as they are: 100,000 rows of one insert are one word."""
    numbers = sorted(key for key in keys if isinstance(key, int))
    found: list[str] = [str(key) for key in keys if not isinstance(key, int)]
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            first, last = numbers[start], numbers[at - 1]
            found.append(str(first) if first == last else f"{first}-{last}")
            start = at
    return found


def keys_of(ranges: Iterable[str]) -> list[Any]:
    """The keys that `ranges_of` wrote down."""
    found: list[Any] = []
    for word in ranges:
        first, dash, last = word.partition("-")
        if first.isdigit() and (not dash or last.isdigit()):
            found.extend(range(int(first), int(last or first) + 1))
        else:
            found.append(word)
    return found


@dataclass(frozen=True, slots=True)
class Brought:
    """One import that was made: when, of what kind, how many, and whether it was undone."""

    reference: str
    at: dt.datetime
    kind: str
    read: int
    created: int
    wrong: int
    undone_at: dt.datetime | None
    made: dict[str, list[str]]

    @property
    def number(self) -> str:
        return self.reference.removeprefix("import:")

    @property
    def title(self) -> str:
        kind = find_kind(self.kind)
        return gettext(kind.title) if kind else self.kind

    @property
    def undoable(self) -> bool:
        kind = find_kind(self.kind)
        return kind is not None and kind.undoable and bool(self.made)

    def may_undo(self, at: dt.datetime) -> bool:
        """Not undone yet, not older than the model allows."""
        return self.undoable and self.undone_at is None and at - self.at <= dt.timedelta(days=undo_days())


def undo_days() -> int:
    """For how long an import may be undone: the model's number; 0 where it has none."""
    office = packs.active_model().office
    return office.undo_days if office else 0


def imports_made(by: Actor, limit: int = 30) -> list[Brought]:
    """The newest imports first: all for who runs the office, else one's own."""
    links = Link.objects.filter(source=SHELF, relation="brought").order_by("-id")
    if not allows(by, MANAGE):
        links = links.filter(by=by.reference)
    return _brought([row.target for row in links[:limit]])


def get_import(by: Actor, number: str) -> Brought:
    """One's own import by its number, or any for who runs the office. Raises NotFound, Forbidden."""
    found = _brought([f"import:{number}"])
    known = find_kind(found[0].kind) if found else None
    require(by, known.permission if known else MANAGE)
    mine = Link.objects.filter(source=SHELF, relation="brought", target=f"import:{number}", by=by.reference)
    if not found or not (allows(by, MANAGE) or mine.exists()):
        raise NotFound("unknown_import_number", N_("没有编号是 {number} 的导入。请核对。"), number=number)
    return found[0]


def _brought(references: Sequence[str]) -> list[Brought]:
    rows = Entry.objects.filter(subject__in=references, action__in=(_BROUGHT, _UNDONE)).order_by("id")
    undone = {row.subject: row.at for row in rows if row.action == _UNDONE}
    known = {row.subject: row for row in rows if row.action == _BROUGHT}
    return [
        Brought(
            reference,
            known[reference].at,
            known[reference].changes["kind"],
            known[reference].changes["read"],
            known[reference].changes["created"],
            known[reference].changes["wrong"],
            undone.get(reference),
            known[reference].changes["made"],
        )
        for reference in references
        if reference in known
    ]


@transaction.atomic
def undo_import(*, by: Actor, at: dt.datetime, number: str) -> int:
    """Take away what an import made; returns how many rows went. All of it or nothing.

    Raises Forbidden, NotFound, Conflict `import_undone`, Refused `not_undoable`, `undo_too_late`, `import_in_use`
    with `needs`, the list of what holds it.
    """
    found = get_import(by, number)
    if found.undone_at is not None:
        raise Conflict("import_undone", N_("这次导入已经撤销了。"))
    if not found.undoable:
        raise Refused("not_undoable", N_("这种表导入后不能整批撤销。请在页面上一处一处地改。"))
    if not found.may_undo(at):
        message = N_("导入过了 {days} 天，不能整批撤销了。请一处一处地改。")
        raise Refused("undo_too_late", message, days=undo_days())
    made = {label: keys_of(ranges) for label, ranges in found.made.items()}
    kind = get_kind(found.kind)
    removed = _take_whole(kind, made, by, at) if kind.take_back else _take_rows(kind, made)
    record(by=by, at=at, action=_UNDONE, subject=found.reference, changes={"removed": removed})
    transaction.on_commit(kind.forget)
    kind.forget()
    return sum(removed.values())


def refuse_held(holds: Sequence[str]) -> None:
    """Raises Refused `import_in_use` with `needs` where anything holds what an undo would take away."""
    if holds:
        words = "；".join(holds[:_SHOWN])
        message = N_("已经有 {count} 处用上了，不能撤销：{words}。先把它们改开。")
        raise Refused("import_in_use", message, count=len(holds), words=words, needs=list(holds[:_SHOWN]))


def _take_whole(kind: Kind, made: Made, by: Actor, at: dt.datetime) -> dict[str, int]:
    """The kind knows itself how to put back what its import changed."""
    refuse_held(kind.held_by(made))
    return {kind.name: kind.take_back(made, by, at) if kind.take_back else 0}


def _take_rows(kind: Kind, made: Made) -> dict[str, int]:
    refuse_held([*pointing_to(made), *kind.held_by(made)])
    for label in reversed(list(made)):
        _take_away(apps.get_model(label), made[label])
    return {label: len(keys) for label, keys in made.items()}


def _column(field: Any) -> tuple[str, str]:
    """The quoted column of a key, and the type that an array of such keys has."""
    target = field.target_field if field.is_relation else field
    return connection.ops.quote_name(field.column), "uuid" if isinstance(target, models.UUIDField) else "bigint"


def _take_away(model: type[models.Model], keys: list[Any]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    column, kind = _column(model._meta.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s::{kind}[])", [keys])  # noqa: S608 - names of our own tables


def pointing_to(made: Made) -> list[str]:
    """Rows of any room that point to what was made and were not made with it."""
    found: list[str] = []
    for label, keys in made.items():
        for relation in apps.get_model(label)._meta.related_objects:
            found += _pointing_by(relation, keys, made)
    return found


def _pointing_by(relation: Any, keys: list[Any], made: Made) -> list[str]:
    """At most `_SHOWN` of them, in words. Many keys travel as one array, not as a hundred thousand parameters."""
    other: type[models.Model] = relation.related_model
    column, kind = _column(relation.field)
    key, key_kind = _column(other._meta.pk)
    table = connection.ops.quote_name(other._meta.db_table)
    statement = (
        f"SELECT {key} FROM {table} WHERE {column} = ANY(%s::{kind}[]) "  # noqa: S608 - names of our own tables
        f"AND NOT ({key} = ANY(%s::{key_kind}[])) ORDER BY {key} LIMIT {_SHOWN}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys, made.get(other._meta.label, [])])
        outside = [row[0] for row in cursor.fetchall()]
    whole = other._base_manager.in_bulk(outside)
    return [f"{_word_of(other)} {whole[pk]}" for pk in outside]


def _word_of(model: type[models.Model]) -> str:
    """The glossary's word: the first of the model's docstring."""
    return (model.__doc__ or model.__name__).split(" ", 1)[0]
