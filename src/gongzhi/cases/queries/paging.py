"""The public list, built by PostgreSQL as JSON in one statement whose text is put together by hand.

What it shows is `visible_to`, said again in SQL; test_paging holds the two equal for everyone of the cast.
"""

import datetime as dt
import json
from typing import Any

from django.db import connection

from gongzhi.cases.models import OPEN
from gongzhi.cases.queries.searching import Narrowing, ids_for, looks_like_number, phone_in
from gongzhi.cases.queries.seeing import bodies_of, letter_channels, letters_read_by, partners
from gongzhi.cases.rules.privacy import SHOWN_TO_HANDLERS
from gongzhi.common.access import Actor
from gongzhi.common.errors import Refused
from gongzhi.common.paging import clamp_limit, decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.places.queries import path_of

# Not prepared: which index is right depends on how much the actor sees, so every plan is made for its values.
_PAGE = """
WITH page AS (
  SELECT c.id, c.number, {status} AS status, c.channel, c.category, c.priority, c.received_at, c.due_at, c.closed_at,
    p.name AS place, u.name AS unit, m.number AS main
  FROM cases_case c
  LEFT JOIN places_place p ON p.id = c.place_id
  LEFT JOIN people_organization u ON u.id = c.unit_id
  LEFT JOIN cases_case m ON m.id = c.main_id
  WHERE {where} ORDER BY c.id DESC LIMIT %(size)s + 1
), shown AS (SELECT * FROM page ORDER BY id DESC LIMIT %(size)s)
SELECT (SELECT coalesce(json_agg(json_build_object(
    'number', number, 'status', status, 'channel', channel, 'category', nullif(category, ''),
    'priority', priority, 'place', place, 'unit', unit,
    'received_at', received_at, 'due_at', due_at, 'closed_at', closed_at,
    'main', main) ORDER BY id DESC), '[]')::text FROM shown),
  (SELECT min(id) FROM shown), (SELECT count(*) > %(size)s FROM page)
"""
_RAISED = """EXISTS (SELECT 1 FROM cases_reporter r
  WHERE r.case_id = c.id AND (r.person_id = %(person)s OR r.helper_id = %(person)s AND c.status = ANY(%(open)s)))"""

_HELPS = """c.id IN (SELECT o.case_id FROM cases_workorder o
  WHERE o.unit_id = ANY(%(units)s) AND o.role IN ('co', 'whistle', 'partner') AND o.ended_at IS NULL)"""
_FIRST = """c.first_unit_id = ANY(%(units)s) AND c.status = ANY(%(open)s)
  AND c.privacy NOT IN ('confidential', 'protected')"""
_NOT_KEPT = "NOT (c.privacy = 'protected' AND coalesce(c.about_unit_id = ANY(%(kept)s), false))"
_OFFERED = """c.routing @> '{"offered": true}' AND c.status = ANY(%(open)s)"""

# For callers that only list: the moment is written beside a reading of telephone numbers, nowhere else.
_ANY_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)


def page_json(
    actor: Actor,
    *,
    status: str = "",
    region: str = "",
    q: str = "",
    cursor: str = "",
    limit: int = 50,
    purpose: str = "",
    at: dt.datetime = _ANY_TIME,
) -> bytes:
    """The contract's page, newest first: {items, next_cursor}. `region` is a place code.

    `q` is a number or its beginning, words, or a telephone number with the `purpose` of looking it up.
    Raises Refused `unknown_place`, `bad_cursor`, and what searching raises.
    """
    size = clamp_limit(limit)
    seen, values = _visible(actor)
    found: tuple[list[int], str] | None = None
    if _asks_for_words(q):
        narrowing = Narrowing(status=status, path=_region_path(region) if region else "")
        found = ids_for(actor, q, at, narrowing=narrowing, cursor=cursor, limit=size, purpose=purpose)
        values["found"], q, cursor = found[0], "", ""
    shown = _shown_status(values)
    narrowed = _narrowed(values, shown, status=status, region=region, q=q, cursor=cursor)
    if found is not None:
        narrowed.append("c.id = ANY(%(found)s)")
    with connection.cursor() as database:
        database.execute(_PAGE.format(status=shown, where=" AND ".join([seen, *narrowed])), {**values, "size": size})
        items, last, more = database.fetchone()
    after = encode_cursor(last) if more else found[1] if found else ""
    next_cursor = json.dumps(after) if after else "null"
    return f'{{"items":{items},"next_cursor":{next_cursor}}}'.encode()


def _asks_for_words(q: str) -> bool:
    """A single letter or sign is taken for the beginning of a number, as ever."""
    q = q.strip()
    return bool(q) and (bool(phone_in(q)) or not (looks_like_number(q) or (q.isascii() and len(q) == 1)))


def _beginning(text: str) -> str:
    """A LIKE pattern of what begins with the text."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _visible(actor: Actor) -> tuple[str, dict[str, Any]]:
    """`visible_to` as a condition on `c`, and its values."""
    if actor.kind == "system":
        return "true", {}
    values: dict[str, Any] = {}
    reach = []
    for n, path in enumerate(actor.paths_for("cases.read")):
        values[f"read{n}"] = _beginning(path)
        reach.append(f"c.path LIKE %(read{n})s AND c.privacy NOT IN ('confidential', 'protected')")
    values["letters"] = letter_channels()
    for n, path in enumerate(actor.paths_for("cases.dispatch")):
        values[f"dispatch{n}"] = _beginning(path)
        reach.append(f"c.path LIKE %(dispatch{n})s AND c.channel <> ALL(%(letters)s)")
    for n, (path, written_to) in enumerate(letters_read_by(actor)):
        values[f"letter{n}"], values[f"written{n}"] = _beginning(path), written_to
        reach.append(f"c.path LIKE %(letter{n})s AND c.channel = ANY(%(written{n})s)")
    if units := actor.organizations_for("cases.read_assigned") + actor.organizations_for("cases.handle"):
        values["units"] = list(units)
        reach.append("c.unit_id = ANY(%(units)s) AND c.status NOT IN ('reported', 'accepted')")
        reach += [_HELPS, _FIRST]
        values["open"] = [str(one) for one in OPEN]
        if partners(units):
            reach.append(_OFFERED)
    if reach and (kept := bodies_of(actor)):
        values["kept"] = kept
        reach = [f"({' OR '.join(reach)}) AND {_NOT_KEPT}"]
    if actor.person_id:
        values["person"], values["open"] = actor.person_id, [str(one) for one in OPEN]
        reach.append(_RAISED)
    return (f"({' OR '.join(reach)})" if reach else "false"), values


def _shown_status(values: dict[str, Any]) -> str:
    """The state as the actor is shown it (see `seeing.with_status`): the units' own cases without what was said."""
    if "units" not in values:
        return "c.status"
    reads = " OR ".join(f"c.path LIKE %({name})s" for name in values if name.startswith("read")) or "false"
    own = f"c.unit_id = ANY(%(units)s) OR coalesce(c.first_unit_id = ANY(%(units)s), false) OR NOT ({reads})"
    whens = " ".join(f"WHEN '{real}' THEN '{shown}'" for real, shown in SHOWN_TO_HANDLERS.items())
    return f"CASE WHEN {own} THEN CASE c.status {whens} ELSE c.status END ELSE c.status END"


def _narrowed(values: dict[str, Any], shown: str, *, status: str, region: str, q: str, cursor: str) -> list[str]:
    """Conditions of what was asked for; their values are added to `values`."""
    conditions = []
    if status:
        values["statuses"] = [str(one) for one in OPEN] if status == "open" else [status]
        conditions.append(f"{shown} = ANY(%(statuses)s)")
    if region:
        values["region"] = _beginning(_region_path(region))
        conditions.append("c.path LIKE %(region)s")
    if q:
        values["q"] = _beginning(q.strip().upper())
        conditions.append("c.number LIKE %(q)s")
    if cursor:
        values["after"] = _cursor_id(cursor)
        conditions.append("c.id < %(after)s")
    return conditions


def _region_path(code: str) -> str:
    if not (path := path_of(code)):
        raise Refused("unknown_place", N_("没有这个地点编号。请核对后再试。"), field="region")
    return path


def _cursor_id(cursor: str) -> int:
    last = decode_cursor(cursor, 1)[0]
    if not isinstance(last, int) or not 0 < last < 2**63:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return last
