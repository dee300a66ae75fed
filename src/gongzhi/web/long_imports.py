"""Long imports: a note beside the kept file says how far the work is; the worker does it, the page reads it.

A note is one small JSON file, `imports/incoming/<token>.json`: no table. It holds no cell of the workbook but the
reasons of the first wrong rows, like the page. A note that was not touched for a while belonged to a worker that is
gone: nothing was written, and it is taken up again.
"""

import datetime as dt
import json
import logging
import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from gongzhi.audit import imports
from gongzhi.audit.imports import Outcome, WrongLine
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.sheets import Preview
from gongzhi.common.text import N_
from gongzhi.people.models import Person
from gongzhi.people.queries import actor_for
from gongzhi.web import incoming

SMALL = 64 * 1024  # about five hundred rows: done while the page waits
WAITING, RUNNING, DONE, CANCELLED, FAILED = "waiting", "running", "done", "cancelled", "failed"
_SILENT = dt.timedelta(seconds=60)
_EVERY = 0.5
_LOG = logging.getLogger(__name__)


class Cancelled(Refused):
    """The person who began an import stopped it; nothing was written."""


@dataclass(frozen=True, slots=True)
class Note:
    """How far one import is, as the page shows it."""

    token: str
    kind: str
    dry_run: bool
    by: str
    language: str
    state: str
    touched: float
    label: str = ""
    reached: int = 0
    total: int | None = None
    said: str = ""
    outcome: dict[str, Any] | None = None

    @property
    def open(self) -> bool:
        return self.state in (WAITING, RUNNING)

    def silent(self, at: dt.datetime) -> bool:
        """Whether its worker is gone."""
        return self.state == RUNNING and at.timestamp() - self.touched > _SILENT.total_seconds()


def _file(token: str) -> Path:
    return incoming.path_of(token).with_suffix(".json")


def _stop(token: str) -> Path:
    return incoming.path_of(token).with_suffix(".stop")


def _write(note: Note) -> None:
    """In one step, so that a reader never sees half of it; readable by this account only."""
    path = _file(note.token)
    fresh = path.with_suffix(f".{uuid.uuid4().hex[:8]}.part")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({name: getattr(note, name) for name in Note.__slots__}, file, ensure_ascii=False)
    fresh.replace(path)


def _changed(note: Note, **more: Any) -> Note:
    values = {name: getattr(note, name) for name in Note.__slots__}
    return Note(**{**values, "touched": clock.now().timestamp(), **more})


def is_long(token: str) -> bool:
    return incoming.path_of(token).stat().st_size > SMALL


def begin(actor: Actor, kind: str, token: str, *, dry_run: bool) -> Note:
    """Put the work down for the worker. Raises Conflict `import_running` where it is being done."""
    if (known := find(token)) is not None and known.open and not known.silent(clock.now()):
        raise Conflict("import_running", N_("另一个导入还没做完。等它做完再来。"))
    _stop(token).unlink(missing_ok=True)
    language = translation.get_language() or settings.LANGUAGE_CODE
    note = Note(token, kind, dry_run, str(actor.person_id), language, WAITING, clock.now().timestamp())
    _write(note)
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY gongzhi_jobs")
    return note


def find(token: str) -> Note | None:
    """The note of a kept file; NotFound `upload_gone` where the file itself is gone."""
    path = _file(token)
    return Note(**json.loads(path.read_text("utf-8"))) if path.is_file() else None


def unfinished() -> list[Note]:
    """What was begun and is not over, and checks whose result waits for somebody; the oldest first."""
    found = [_found(token) for token in incoming.tokens()]
    return [note for note in found if note is not None and (note.state != DONE or note.dry_run)]


def _found(token: str) -> Note | None:
    try:
        return find(token)
    except NotFound:  # it went while we looked
        return None


def cancel(token: str) -> None:
    """Ask the worker to stop; what still waits stops at once."""
    note = find(token)
    if note is None or not note.open:
        return
    _stop(token).touch(mode=0o600)
    if note.state == WAITING or note.silent(clock.now()):
        _write(_changed(note, state=CANCELLED))


class NoteProgress:
    """A Progress that writes the note, now and then, and looks whether to stop."""

    def __init__(self, note: Note) -> None:
        self.note_now, self._told = note, 0.0

    def start(self, label: str, total: int | None = None) -> None:
        self._tell(label=label, reached=0, total=total)

    def advance(self, count: int = 1) -> None:
        reached = self.note_now.reached + count
        if time.monotonic() - self._told >= _EVERY:
            self._tell(reached=reached)
        else:
            self.note_now = _changed(self.note_now, reached=reached)

    def note(self, text: str) -> None:
        pass

    def finish(self) -> None:
        if self.note_now.total is not None:
            self._tell(reached=self.note_now.total)

    def _tell(self, **more: Any) -> None:
        if _stop(self.note_now.token).exists():
            raise Cancelled("import_cancelled", N_("已经停下，什么也没有写。"))
        self.note_now, self._told = _changed(self.note_now, **more), time.monotonic()
        _write(self.note_now)


def take(at: dt.datetime) -> Note | None:
    """The next that waits, or that a worker left lying, marked as being done; the caller is alone (a job's lock)."""
    waiting = next((note for note in unfinished() if note.state == WAITING or note.silent(at)), None)
    if waiting is None:
        return None
    taken = _changed(waiting, state=RUNNING)
    _write(taken)
    return taken


def work(note: Note) -> None:
    """Bring one workbook in, telling how far it is; what goes wrong is told in the note."""
    progress = NoteProgress(note)
    with translation.override(note.language):
        try:
            outcome = _bring_in(note, progress)
        except Cancelled:
            _write(_changed(progress.note_now, state=CANCELLED))
        except Conflict:  # another import is under way: it waits for its turn
            _write(_changed(progress.note_now, state=WAITING))
        except Refused as refused:
            words = gettext(refused.message).format(**refused.facts)
            _write(_changed(progress.note_now, state=FAILED, said=words))
        except Exception:  # noqa: BLE001 - whoever waits must be told; the log has the rest
            _LOG.exception("import %s failed", note.kind)
            words = gettext(N_("出了意外，什么也没有写。请再试一次；还是不行，请管理员看日志。"))
            _write(_changed(progress.note_now, state=FAILED, said=words))
        else:
            _write(_changed(progress.note_now, state=DONE, outcome=as_json(outcome)))


def _bring_in(note: Note, progress: NoteProgress) -> Outcome:
    person = Person.objects.get(pk=note.by)
    actor = actor_for(person, at=clock.now(), purpose="import")
    return imports.import_workbook(
        [incoming.path_of(note.token)],
        kind=note.kind,
        by=actor,
        at=clock.now(),
        folder=settings.DATA_DIR,
        dry_run=note.dry_run,
        progress=progress,
    )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """What came of it, as the note keeps it."""
    preview = outcome.preview
    return {
        "read": outcome.read,
        "imported": outcome.imported,
        "wrong": outcome.wrong,
        "created": outcome.created,
        "reference": outcome.reference,
        "first_wrong": [list(line) for line in outcome.first_wrong],
        "wrong_file": outcome.wrong_file.name if outcome.wrong_file else "",
        "preview": [preview.headers, preview.rows, preview.warnings] if preview else None,
    }


def outcome_of(note: Note) -> Outcome:
    """What came of it, as the page shows it."""
    said = dict(note.outcome or {})
    headers, rows, warnings = said.pop("preview") or ((), (), ())
    preview = Preview(tuple(headers), tuple(tuple(row) for row in rows), tuple(warnings)) if headers else None
    wrong_file = Path(settings.DATA_DIR) / "imports" / said["wrong_file"] if said["wrong_file"] else None
    first = tuple(WrongLine(*line) for line in said["first_wrong"])
    return Outcome(**{**said, "first_wrong": first, "wrong_file": wrong_file, "preview": preview})
