"""The value of an indicator for one actor, place and time, and the rows behind each of its parts."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from gongzhi.common.access import Actor, covers, require
from gongzhi.common.access import Scope as Mandate
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.paging import decode_cursor, encode_cursor
from gongzhi.common.text import N_
from gongzhi.engines.change import rounded
from gongzhi.engines.intervals import wilson
from gongzhi.engines.suppression import is_small
from gongzhi.packs import queries as packs
from gongzhi.places import queries as places
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.lineage import ALL, TOP, Left, Line, Scope, Source, find_source
from gongzhi.sheets.queries.definitions import Defined

READ = "statistics.read"
PAGE = 50
_MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it may be shown. `suppressed`: few persons; `too_few`: under the minimum of the definition.

    `value` is rounded as the definition says; `exact` is not and is for adding up. Both are None where nothing may
    be said.
    """

    defined: Defined
    numerator: Fraction | None
    denominator: int | None
    value: Decimal | None
    exact: Fraction | None
    interval: tuple[Decimal, Decimal] | None
    suppressed: bool
    too_few: bool
    left_out: tuple[Left, ...]
    scope: Scope


def scope_for(
    actor: Actor, *, region: str = "", since: dt.date | None = None, until: dt.date | None = None, at: dt.datetime
) -> Scope:
    """What is asked about; `region` is a place code. Raises NotFound, Refused `period_backwards`."""
    if since and until:
        rules.check_period(since, until)
    path = places.get_place_for(actor, region).path if region else ""
    return Scope(actor, path, since, until, at)


def narrowed(scope: Scope, permission: str) -> Actor:
    """The actor as if the mandates reached no further than the place that is asked about."""
    actor = scope.actor
    if not scope.path:
        return actor
    if actor.kind == "system":
        held = Mandate(None, "system", frozenset({permission}), scope.path)
        return Actor("token", scopes=(held,), purpose=actor.purpose, name=actor.name)
    kept = []
    for one in actor.scopes:
        if scope.path.startswith(one.path):
            kept.append(replace(one, path=scope.path))
        elif one.path.startswith(scope.path):
            kept.append(one)
    # A request's actor is lazy, which dataclasses.replace does not take.
    return Actor(actor.kind, actor.person_id, tuple(kept), actor.purpose, actor.name)


def source_of(defined: Defined) -> Source:
    """Who counts it. Raises NotFound `no_lineage` for a definition whose room is not installed."""
    for name in defined.entry.lineage:
        if source := find_source(name):
            return source
    raise NotFound("no_lineage", N_("指标 {indicator} 的数据来源没有登记。请核对模式包。"), indicator=defined.code)


def may_read(defined: Defined, actor: Actor) -> bool:
    """Whether this actor may have it counted at all."""
    source = next((found for name in defined.entry.lineage if (found := find_source(name))), None)
    return source is not None and bool(actor.paths_for(source.permission) or actor.kind == "system")


def value_of(defined: Defined, scope: Scope) -> Value:
    """Count it for this scope. Raises Forbidden, SignInRequired, NotFound."""
    source = source_of(defined)
    require(scope.actor, source.permission, path=scope.path or None)
    counted = source.measure(scope)
    numerator, denominator = counted.numerator, counted.denominator
    entry, k = defined.entry, smallest(scope)
    if entry.persons and (rules.hides(numerator, denominator, k) or _gives_away(source, scope, k)):
        return Value(defined, None, None, None, None, None, True, False, (), scope)
    left_out = tuple(one for one in counted.left_out if not (entry.persons and is_small(one.count, k)))
    shown = Value(defined, numerator, denominator, None, None, None, False, False, left_out, scope)
    if entry.form == "count":
        return replace(shown, value=_rounded(numerator, entry.decimals, entry.rounding), exact=numerator)
    if not denominator:
        return shown
    if denominator < entry.minimum:
        return replace(shown, too_few=True)
    exact = numerator / denominator
    value = _rounded(100 * exact, entry.decimals, entry.rounding)
    return replace(shown, value=value, exact=exact, interval=_interval(numerator, denominator, entry.decimals))


def smallest(scope: Scope) -> int:
    """The k of small counts on the day that is asked about."""
    return packs.small_cell(local_date(scope.at))


def _gives_away(source: Source, scope: Scope, k: int) -> bool:
    """Whether with the pages of the places above and below somebody could subtract fewer than k persons out."""
    if source.by_place is None:
        return False
    told = rules.told_places(source.by_place(scope), k)
    if scope.path or scope.actor.kind == "system":
        return not told.get(scope.path or "/", True)
    return not all(told.get(path, True) for path in scope.actor.paths_for(source.permission))


def _rounded(value: Fraction, decimals: int, how: str) -> Decimal:
    return rounded(value, decimals, down=how == "down")


def _interval(numerator: Fraction, denominator: int, decimals: int) -> tuple[Decimal, Decimal] | None:
    bounds = wilson(min(round(numerator), denominator), denominator)
    if bounds is None:
        return None
    low, high = (rounded(Fraction(100 * bound), decimals) for bound in bounds)
    return low, high


def check_rows(value: Value) -> None:
    """Raises Forbidden `rows_suppressed`: what is hidden as a figure is not told as rows."""
    if value.suppressed:
        message = N_("这里不到 {k} 个人，为了不让人认出是谁，不显示数，也不列明细。")
        raise Forbidden("rows_suppressed", message, k=smallest(value.scope))


def parts_of(value: Value) -> list[str]:
    """The parts that can be listed: the denominator, the numerator, and each reason for leaving out."""
    return [ALL, TOP, *(one.part for one in value.left_out)]


def rows_page(value: Value, part: str, cursor: str = "", size: int = PAGE) -> tuple[list[Line], str]:
    """One page of the rows of a part, and the cursor of the next or ''. Raises NotFound, Refused `bad_cursor`."""
    check_rows(value)
    source, after = source_of(value.defined), 0
    if cursor:
        found = decode_cursor(cursor, 1)[0]
        if not isinstance(found, int) or not 0 < found < 2**63:
            raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
        after = found
    _check_part(value, part)
    lines = list(source.fetch(value.scope, part, after, size + 1))
    return lines[:size], encode_cursor(lines[size - 1].key) if len(lines) > size else ""


def _check_part(value: Value, part: str) -> None:
    if part not in parts_of(value):
        raise NotFound("unknown_part", N_("这个指标没有“{part}”这一部分。"), part=part)


def every_row(value: Value, part: str) -> Iterator[Line]:
    """All rows of a part, piece by piece, for a workbook."""
    check_rows(value)
    _check_part(value, part)
    source, after, told = source_of(value.defined), 0, 0
    while told < _MOST_EXPORTED:
        piece = source.fetch(value.scope, part, after, 1000)
        yield from piece
        told += len(piece)
        if len(piece) < 1000:
            return
        after = piece[-1].key


def regions_for(actor: Actor, permission: str = READ) -> list[tuple[str, str]]:
    """(code, name) of the regions and grids that the actor may choose, from the top down."""
    paths = actor.paths_for(permission)
    rows = Place.objects.current().filter(kind__in=("region", "grid")).order_by("path")
    if actor.kind != "system":
        top = [path for path in set(paths) if not covers(set(paths) - {path}, path)]
        wanted = [row for path in sorted(top) for row in rows.under(path).values_list("code", "name")[:300]]
        return wanted[:300]
    return list(rows.values_list("code", "name")[:300])
