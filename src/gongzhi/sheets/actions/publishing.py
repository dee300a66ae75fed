"""What a community may be told of itself: once a month the public indicators are counted and set down for good.

Counted over what is public alone. A figure that is set down does not change: two readings tell no more than one.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor, require
from gongzhi.common.access import Scope as Mandate
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.actions.filling import FILL
from gongzhi.sheets.actions.using import use_definition
from gongzhi.sheets.lineage import Counted, Scope, Source
from gongzhi.sheets.models import Sheet, SheetEntry
from gongzhi.sheets.queries.definitions import Defined
from gongzhi.sheets.queries.figures import source_of
from gongzhi.sheets.queries.public import PUBLIC, month_span, public_indicators, public_places


@transaction.atomic
def publish_month(*, by: Actor, at: dt.datetime, month: dt.date) -> int:
    """Set down the public indicators of a month that is over, for every place of a public level; how many figures.

    A month that is set down stays as it is: 0. Raises Refused `month_not_over`, Conflict `definition_changed`.
    """
    require(by, FILL)
    since, until = month_span(month)
    if until >= local_date(at):
        raise Refused("month_not_over", N_("这个月还没过完。过完了再定公开的数。"))
    if SheetEntry.objects.filter(sheet__code=PUBLIC, since=since, until=until).exists():
        return 0
    defined, places = public_indicators(), public_places()
    span = {"since": since, "until": until, "filled_at": at, "filled_by": by.reference}
    drafts = [draft for one in defined for draft in _drafts(one, places, span, by, at)]
    if not drafts:
        return 0
    sheet = _sheet_of(defined, by, at)
    for draft in drafts:
        draft.sheet = sheet
    made = SheetEntry.objects.bulk_create(drafts)
    changes = {"since": since.isoformat(), "until": until.isoformat(), "figures": len(made)}
    audit.record(by=by, at=at, action="sheets.publish_month", subject=sheet.reference[:80], changes=changes)
    return len(made)


def _sheet_of(defined: Sequence[Defined], by: Actor, at: dt.datetime) -> Sheet:
    """The sheet of these indicators, without weights; other indicators make its next version."""
    items = [{"code": one.code, "name": one.entry.name, "weight": "0", "indicator": one.code} for one in defined]
    content = {"code": PUBLIC, "name": "公开的指标（不加权）", "total": "0", "items": items, "source": "产品默认"}
    newest = Sheet.objects.filter(code=PUBLIC).order_by("-version").first()
    if newest is not None and newest.content == content:
        return newest
    version = newest.version + 1 if newest else 1
    return Sheet.objects.create(
        code=PUBLIC, version=version, content=content, made_at=at, made_by=by.reference, frozen_at=at
    )


def _drafts(
    defined: Defined, places: Sequence[Place], span: Mapping[str, object], by: Actor, at: dt.datetime
) -> list[SheetEntry]:
    """One figure of each place where it may be told."""
    source, entry = source_of(defined), defined.entry
    counted = _counted(source, places, span, at)
    told = set(counted)
    if entry.answers or entry.persons:
        sides = {path: (int(one.numerator), one.denominator - int(one.numerator)) for path, one in counted.items()}
        told = rules.told_answers(sides, packs.small_cell(local_date(at)))
    shown = [
        (place, counted[place.path])
        for place in places
        if place.path in told and counted[place.path].denominator >= max(entry.minimum, 1)
    ]
    if not shown:
        return []
    definition = use_definition(by=by, at=at, defined=defined)
    return [
        SheetEntry(
            **span,
            place=place,
            item=defined.code,
            numerator=Decimal(one.numerator.numerator) / Decimal(one.numerator.denominator),
            denominator=one.denominator,
            definition=definition,
        )
        for place, one in shown
    ]


def _counted(
    source: Source, places: Sequence[Place], span: Mapping[str, object], at: dt.datetime
) -> dict[str, Counted]:
    """By path, from the top down: where nothing lies, nothing lies in the parts."""
    found: dict[str, Counted] = {}
    empty: set[str] = set()
    for place in places:
        if rules.nearest(place.path, empty) is None:
            scope = _scope(source, place, span, at)
            found[place.path] = counted = source.measure(scope)
            if not counted.denominator:
                empty.add(place.path)
    return found | dict.fromkeys((place.path for place in places if place.path not in found), _NOTHING)


_NOTHING = Counted(Fraction(0), 0)
_READS = frozenset({"cases.read", "statistics.read", "people.read", "places.read", "registers.read", "duties.read"})


def _scope(source: Source, place: Place, span: Mapping[str, object], at: dt.datetime) -> Scope:
    held = Mandate(None, "system", _READS | {source.permission}, place.path)
    reader = Actor("token", scopes=(held,), purpose="public_figures", name="public_figures")
    since, until = span["since"], span["until"]
    assert isinstance(since, dt.date)  # noqa: S101 - both are set above
    assert isinstance(until, dt.date)  # noqa: S101 - both are set above
    return Scope(reader, place.path, since, until, at, public=True)
