"""Importing a city's messages with its answers: repeatable, resumable, read = imported + wrong.

Rows are read as a stream and written in batches, each in its own transaction. What is stored is the cursor: a row
whose number is there with the same words counts as imported and is not written again, so that an import that was
interrupted goes on where it stopped. Words that were erased here never come back from a file.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from gongzhi.audit import actions as audit
from gongzhi.cases import words
from gongzhi.cases.imports.drafting import CHANNEL, Draft, Drafter
from gongzhi.cases.imports.messages import COLUMNS, NEEDED, Message, Print, WrongRow, compare, message_of, print_of
from gongzhi.cases.imports.taxonomy import read_taxonomy
from gongzhi.cases.imports.writing import write_answers, write_drafts
from gongzhi.cases.models import Case, Status
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.locking import database_time, one_at_a_time
from gongzhi.common.progress import ImportReport, Progress, Silent
from gongzhi.common.tables import SourceRow, Table, read_tables
from gongzhi.common.text import N_
from gongzhi.common.wrong_rows import WrongRows
from gongzhi.notifications.actions import emit
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_taxonomy
from gongzhi.packs.model_contents import Category
from gongzhi.packs.taxonomies import categories_of, count_levels
from gongzhi.places import queries as places
from gongzhi.places.division_files import digest_of

BATCH = 1_000
# The sealer looks back over the newest 20,000 entries: it must be called before more have come in.
_SEAL_EVERY = 10
_LOCK = 7_302_002
_OTHER = N_("编号重复，内容不同")
_OTHER_STORED = N_("编号已经导入过，内容不同")
_TAKEN_UP = N_("这一件已经有人在办，答复请在页面上写")


Source = tuple[Table, SourceRow]


@dataclass(slots=True)
class _Pending:
    """A message of this batch, and the rows of the batch that said it."""

    message: Message
    print: Print
    rows: list[int]


class _Import:
    """One run: what was seen, what was counted, and the writing of one batch after the other."""

    def __init__(self, drafter: Drafter, wrong: WrongRows, progress: Progress, *, dry_run: bool) -> None:
        self._drafter, self._wrong, self._progress, self._dry_run = drafter, wrong, progress, dry_run
        self._seen: dict[str, Print] = {}
        self.counts: Counter[str] = Counter()

    def take(self, tables: Iterator[Table]) -> None:
        """Read everything; every row that is not blank is counted once, as imported or as wrong."""
        batch: list[Source] = []
        batches = 0
        for table in tables:
            for row in table.rows:
                batch.append((table, row))
                if len(batch) == BATCH:
                    self._take_batch(batch)
                    batch, batches = [], batches + 1
                    if batches % _SEAL_EVERY == 0 and not self._dry_run:
                        audit.seal_entries(by=self._drafter.by, at=self._drafter.at)
        self._take_batch(batch)

    def _take_batch(self, batch: Sequence[Source]) -> None:
        reasons: dict[int, str] = {}
        pending = self._pending(batch, reasons)
        answers = self._compare_stored(pending, reasons)
        drafts = [self._drafter.draft(one.message) for one in pending.values()]
        if not self._dry_run:
            with transaction.atomic():
                write_drafts(drafts, by=self._drafter.by, at=self._drafter.at)
                self._close(answers, reasons)
        self._count(drafts, len(answers))
        for at in sorted(reasons):
            self._wrong.add(*batch[at], reasons[at])
        self.counts["read"] += len(batch)
        self._progress.advance(len(batch))

    def _pending(self, batch: Sequence[Source], reasons: dict[int, str]) -> dict[str, _Pending]:
        """What the batch says that was not said before in this run; wrong rows get their reason."""
        pending: dict[str, _Pending] = {}
        for at, (table, row) in enumerate(batch):
            try:
                message = message_of(partial(table.value, row), self._drafter.at)
            except WrongRow as wrong:
                reasons[at] = str(wrong)
                continue
            if not self._take_row(at, message, pending):
                reasons[at] = _OTHER
        return pending

    def _take_row(self, at: int, message: Message, pending: dict[str, _Pending]) -> bool:
        """Note a good row; False when an earlier row has the same number and other words."""
        number, now = message.number, print_of(message)
        verdict = compare(self._seen[number], now) if number in self._seen else "new"
        if verdict == "other":
            return False
        known = pending.get(number)
        if verdict in ("new", "answer"):
            self._seen[number] = now
            pending[number] = _Pending(message, now, [*(known.rows if known else ()), at])
        elif known:
            known.rows.append(at)
        return True

    def _compare_stored(self, pending: dict[str, _Pending], reasons: dict[int, str]) -> dict[str, _Pending]:
        """Take out of `pending` what is there already; returns those whose answer is new. Others are wrong rows."""
        answers: dict[str, _Pending] = {}
        stored = Case.objects.filter(channel=CHANNEL, external_id__in=pending).select_related("key")
        for case in stored:
            one = pending.pop(case.external_id)
            before = _stored_print(case, one.print)
            verdict = compare(before, one.print)
            if verdict == "other":
                self._seen[case.external_id] = before
                reasons.update(dict.fromkeys(one.rows, _OTHER_STORED))
            elif verdict == "answer" and case.status != Status.REPORTED:
                reasons.update(dict.fromkeys(one.rows, _TAKEN_UP))
            elif verdict == "answer":
                answers[case.external_id] = one
        return answers

    def _close(self, answers: dict[str, _Pending], reasons: dict[int, str]) -> None:
        if answers:
            messages = {number: one.message for number, one in answers.items()}
            for number in write_answers(messages, by=self._drafter.by, at=self._drafter.at):
                reasons.update(dict.fromkeys(answers[number].rows, _TAKEN_UP))

    def _count(self, drafts: Sequence[Draft], answers: int) -> None:
        self.counts["created"] += len(drafts)
        self.counts["answered"] += answers + sum(draft.message.answered_at is not None for draft in drafts)
        self.counts["located"] += sum(draft.located for draft in drafts)
        self.counts["sorted"] += sum(draft.sorted for draft in drafts)


def _stored_print(case: Case, given: Print) -> Print:
    """What is stored, as fingerprints; where its words were erased, it is what the file says: erased stays erased."""
    opened = words.open_words(case.key, case.words)
    if opened.get("erased"):
        return given
    answer = words.open_part(case.key, "result", case.result) or ""
    answered_at = case.answered_at if answer else None
    stored = Message(case.external_id, opened["text"], opened["detail"], case.received_at, answer, answered_at)
    return print_of(stored)


def _categories(
    taxonomy: Path | None, *, by: Actor, at: dt.datetime, dry_run: bool, progress: Progress
) -> tuple[Category, ...]:
    """The given tree (kept, unless this is a dry run), else the one kept last, else the model's own."""
    if taxonomy is None:
        return packs.imported_categories() or packs.categories()
    paths = read_taxonomy(taxonomy)
    if not dry_run:
        load_taxonomy(by=by, at=at, paths=paths, source=taxonomy.name)
    counts = count_levels(paths)
    names, nodes = ("/".join(map(str, level)) for level in counts)
    note = gettext(N_("分类表：各级不同名称 {names}，节点 {nodes}。"))
    progress.note(note.format(names=names, nodes=nodes))
    return categories_of(paths)


def import_messages(
    files: Sequence[Path],
    *,
    taxonomy: Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    data_dir: Path,
    by: Actor | None = None,
    at: dt.datetime | None = None,
    **options: Any,
) -> ImportReport:
    """Make a case of every message, closed where the file has the answer; returns what was read, imported, wrong.

    `taxonomy` is a table of categories from which the messages' own are taken. Nobody is told of imported history.
    Raises Refused `unreadable_table`, `no_header`, `bad_taxonomy`, `no_model`; Conflict `import_running`.
    """
    by, progress, at = by or system_actor("import"), progress or Silent(), at or database_time()
    require(by, "instance.manage", path=places.root_path())
    digest = digest_of(files)
    wrong = WrongRows(data_dir / "imports" / f"messages-{digest[:8]}-wrong.xlsx")
    with one_at_a_time(_LOCK, N_("另一个留言导入还没做完。等它做完再来。")):
        categories = _categories(taxonomy, by=by, at=at, dry_run=dry_run, progress=progress)
        try:
            with packs.held():
                run = _Import(Drafter(by=by, at=at, categories=categories), wrong, progress, dry_run=dry_run)
                progress.start(gettext(N_("读取留言")))
                run.take(table for file in files for table in read_tables(file, COLUMNS, NEEDED))
                progress.finish()
            if not dry_run:
                _record(run.counts, digest, by=by, at=at)
        finally:
            wrong_file = wrong.close()
    _tell(run.counts, progress)
    read = run.counts["read"]
    return ImportReport(read, read - wrong.count, wrong.count, wrong_file)


@transaction.atomic
def _record(counts: Counter[str], digest: str, *, by: Actor, at: dt.datetime) -> None:
    """One entry in the trail and one event for the whole run."""
    subject, changes = f"message-import:{digest[:16]}", dict(counts)
    audit.record(by=by, at=at, action="cases.import_messages", subject=subject, changes=changes)
    emit("cases.imported", {"import": digest[:16], **changes}, at=at)


def _tell(counts: Counter[str], progress: Progress) -> None:
    note = gettext(
        N_("新建 {created} 件，其中 {answered} 件已有答复；找到地点 {located} 件，其余未定位；猜出分类 {sorted} 件。")
    )
    progress.note(note.format(**{name: counts[name] for name in ("created", "answered", "located", "sorted")}))
