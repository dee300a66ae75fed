"""Workbooks on their way in: kept between the dry run and the import, readable by this account only, then gone."""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_

LARGEST = 32 * 1024**2
KEPT = dt.timedelta(hours=4)
_TOKEN = re.compile(r"[0-9a-f]{32}\.(xlsx|csv)")
_WRONG = re.compile(r"[a-z_]{1,40}-[0-9a-f]{8}-wrong\.xlsx")


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports" / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep(upload: Any, at: dt.datetime) -> str:
    """Put a file aside; returns the word it is found by. Raises Refused `file_too_large`, `unreadable_table`."""
    ending = Path(str(upload.name)).suffix.lower().replace(".xlsm", ".xlsx")
    if ending not in (".xlsx", ".csv"):
        message = N_("{file} 读不出来。要 .xlsx 或 .csv；旧的 .xls 请先另存为 .xlsx，再试一次。")
        raise Refused("unreadable_table", message, file=upload.name)
    if upload.size > LARGEST:
        raise Refused("file_too_large", N_("文件超过 {most} MB。请在服务器上用命令导入。"), most=LARGEST // 1024**2)
    _sweep(at)
    token = f"{uuid7().hex}{ending}"
    with os.fdopen(os.open(_folder() / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return token


def path_of(token: str) -> Path:
    """The file put aside, or NotFound `upload_gone`."""
    path = _folder() / token
    if not _TOKEN.fullmatch(token) or not path.is_file():
        raise NotFound("upload_gone", N_("上传的文件已经清掉了。请再选一次文件。"))
    return path


def tokens() -> list[str]:
    """Every file that is kept, the oldest first."""
    return sorted(path.name for path in _folder().iterdir() if _TOKEN.fullmatch(path.name))


def drop(token: str) -> None:
    """The file goes, and what is noted beside it."""
    path = path_of(token)
    for ending in (".json", ".stop"):
        path.with_suffix(ending).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def wrong_rows(name: str) -> Path:
    """A workbook of wrong rows by its name, or NotFound."""
    path = Path(settings.DATA_DIR) / "imports" / name
    if not _WRONG.fullmatch(name) or not path.is_file():
        raise NotFound("upload_gone", N_("这份有错的行已经清掉了。请再核对一次。"))
    return path


def _sweep(at: dt.datetime) -> None:
    """What nobody came back for goes, names and numbers with it."""
    for path in _folder().iterdir():
        if at.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink(missing_ok=True)
