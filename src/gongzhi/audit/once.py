"""A write of the interface taken once: its key, its fingerprint, the answer of the first try given again."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from gongzhi.audit.limits import Request, begin_request, find_answer, remember_answer
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

# Writes of one account in ten minutes: a program that runs wild is stopped, a busy desk is not.
WRITES, WINDOW = 600, 600
LONGEST_KEY = 80
KEY_HEADER: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key and body again get the same answer.",
            "schema": {"type": "string", "maxLength": LONGEST_KEY},
        }
    ]
}


def check_key(key: str) -> str:
    """The key of a write; raises Refused `bad_key`."""
    if len(key) > LONGEST_KEY or "\0" in key:
        raise Refused("bad_key", N_("请求编号太长。最多 80 个字符。"), field="Idempotency-Key")
    return key


def fingerprint(request: HttpRequest, *, leave_out: Collection[str] = ()) -> bytes:
    """SHA-256 of the body; of a form: of its fields and files, since the boundary changes with every try."""
    digest = hashlib.sha256()
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.digest()
    for name in sorted(set(request.POST) - set(leave_out)):
        digest.update(json.dumps([name, request.POST.getlist(name)]).encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.digest()


def write_once(asked: Request, *, at: dt.datetime, write: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The answer of a signed-in write, and whether an earlier try with the same key had given it already.

    Raises Conflict `idempotency_conflict`, TooMany `rate_limited`, and what `write` raises.
    """
    if earlier := begin_request(asked, what="move", who=asked.caller, limit=WRITES, seconds=WINDOW, at=at):
        return earlier, True
    try:
        with transaction.atomic():
            answer = write()
            remember_answer(asked, answer, at=at)
        return answer, False
    except IntegrityError:
        # Another request with the same key was faster by a moment.
        if not asked.key or (found := find_answer(asked)) is None:
            raise
        return found, True


def answered(answer: dict[str, Any], *, status: int, replayed: bool) -> HttpResponse:
    """What is sent back; a second try is told that it is one."""
    response = HttpResponse(msgspec.json.encode(answer), content_type="application/json", status=status)
    if replayed:
        response["Idempotent-Replay"] = "true"
    return response
