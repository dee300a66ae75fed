"""Rate limits and idempotency keys of public writes: one statement, shared by all processes of an instance."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from gongzhi.audit.models import RequestKey
from gongzhi.common.errors import Conflict, TooMany
from gongzhi.common.prepared import fetch_one
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_

_COUNT = """
INSERT INTO audit_ratewindow (bucket, "window", count) VALUES (%s, %s, 1)
ON CONFLICT (bucket, "window") DO UPDATE SET count = audit_ratewindow.count + 1 RETURNING count
"""


def visitor(address: str) -> str:
    """A visitor's keyed fingerprint: addresses are not stored."""
    return load_keyring(settings.KEYS_DIR).blind_index("visitor", address).hex()[:20]


def limited(address: str) -> bool:
    """Limits may be switched off for tests and benchmarks, and only for callers on this machine."""
    loopback = address.startswith("127.") or address in ("::1", "")
    return not (settings.RATE_LIMIT == "off" and loopback)


def count_use(*, what: str, who: str, limit: int, seconds: int, at: dt.datetime) -> None:
    """Count one use of `what` by `who`; raises TooMany `rate_limited` past `limit` in a window of `seconds`."""
    moment = int(at.timestamp())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [f"{what}:{who}", moment - moment % seconds])
        used = cursor.fetchone()[0]
    if used > limit:
        raise _too_many(seconds - moment % seconds)


@dataclass(frozen=True, slots=True)
class Request:
    """One public write as its caller names it: the same key and body again must get the same answer."""

    caller: str
    key: str
    fingerprint: bytes


_BEGIN = """
WITH used AS (
  INSERT INTO audit_ratewindow (bucket, "window", count)
  SELECT %(bucket)s::text, %(window)s::bigint, 1 WHERE %(limit)s::int > 0
  ON CONFLICT (bucket, "window") DO UPDATE SET count = audit_ratewindow.count + 1 RETURNING count
)
SELECT (SELECT count FROM used), fingerprint, answer FROM (SELECT 1) AS one
LEFT JOIN audit_requestkey ON caller = %(caller)s::text AND key = %(key)s::text AND %(key)s::text <> ''
"""


def begin_request(
    request: Request, *, what: str, who: str, limit: int, seconds: int, at: dt.datetime
) -> dict[str, Any] | None:
    """Count a public write and look for an earlier answer, in one statement; `limit` 0 counts nothing.

    Returns the earlier answer, or None for a new request. Raises TooMany `rate_limited`, Conflict
    `idempotency_conflict` when the key came with another body.
    """
    moment = int(at.timestamp())
    window = moment - moment % seconds
    values: dict[str, Any] = {"bucket": f"{what}:{who}", "window": window, "limit": limit}
    used, fingerprint, answer = fetch_one(_BEGIN, {**values, "caller": request.caller, "key": request.key})
    if fingerprint is not None:
        return _replayed(request, bytes(fingerprint), answer)
    if limit and used > limit:
        raise _too_many(seconds - moment % seconds)
    return None


def find_answer(request: Request) -> dict[str, Any] | None:
    """The earlier answer to a key that another request was faster with."""
    row = RequestKey.objects.filter(caller=request.caller, key=request.key).first()
    return _replayed(request, bytes(row.fingerprint), row.answer) if row else None


def remember_answer(request: Request, answer: dict[str, Any], *, at: dt.datetime) -> None:
    """Keep what a write was answered with, in its transaction; a write without a key is not remembered."""
    if request.key:
        row = {"caller": request.caller, "key": request.key, "fingerprint": request.fingerprint}
        RequestKey.objects.create(**row, answer=answer, created_at=at)


def _replayed(request: Request, fingerprint: bytes, answer: Any) -> dict[str, Any]:
    if fingerprint != request.fingerprint:
        raise Conflict("idempotency_conflict", N_("同一个请求编号已经用在另一份内容上。请换一个编号再送。"))
    found: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else answer
    return found


def _too_many(wait: int) -> TooMany:
    return TooMany(
        "rate_limited", N_("提交得太频繁了。请 {minutes} 分钟后再试。"), retry_after=wait, minutes=wait // 60 + 1
    )


def address_of(meta: Mapping[str, str]) -> str:
    """The visitor's address: the last hop that a trusted proxy names, else who is connected."""
    direct = meta.get("REMOTE_ADDR", "")
    if direct in settings.TRUSTED_PROXIES:
        return meta.get("HTTP_X_FORWARDED_FOR", direct).split(",")[-1].strip()
    return direct
