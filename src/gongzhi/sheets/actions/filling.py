"""Weighted sheets: made from a pack or by hand, changed as a new version once used, filled in with evidence."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_, mask_personal_numbers, tidy
from gongzhi.places.models import Place
from gongzhi.sheets import rules
from gongzhi.sheets.actions.using import use_definition
from gongzhi.sheets.lineage import Scope
from gongzhi.sheets.models import Sheet, SheetEntry
from gongzhi.sheets.queries import figures
from gongzhi.sheets.queries.definitions import get_defined, library
from gongzhi.sheets.queries.public import PUBLIC

WRITE, FILL = "sheets.write", "sheets.fill"
_MOST_WORDS = 400


@transaction.atomic
def take_sheet(*, by: Actor, at: dt.datetime, code: str) -> Sheet:
    """Version 1 of a sheet that a pack brings; there already, it stays as it is. Raises NotFound `unknown_sheet`."""
    require(by, WRITE)
    known = Sheet.objects.filter(code=code).order_by("-version").first()
    if known is not None:
        return known
    found = library().sheets.get(code)
    if found is None:
        raise NotFound("unknown_sheet", N_("没有评分表 {sheet}。请从列表里选。"), sheet=code)
    entry, pack = found
    content: dict[str, Any] = msgspec.to_builtins(entry)
    content["source"] = entry.source or pack.source
    return _kept(by, at, Sheet(code=code, version=1, content=content), "sheets.take_sheet")


def _kept(by: Actor, at: dt.datetime, sheet: Sheet, action: str) -> Sheet:
    sheet.made_at, sheet.made_by = at, by.reference
    sheet.save()
    changes = {"version": sheet.version, "items": len(sheet.content["items"])}
    audit.record(by=by, at=at, action=action, subject=sheet.reference[:80], changes=changes)
    return sheet


def get_sheet(code: str, version: int | None = None) -> Sheet:
    """The newest version, or the one named. Raises NotFound `unknown_sheet`."""
    rows = Sheet.objects.filter(code=code)
    sheet = (rows.filter(version=version) if version else rows).order_by("-version").first()
    if sheet is None:
        raise NotFound("unknown_sheet", N_("没有评分表 {sheet}。请从列表里选。"), sheet=code)
    return sheet


def _check_by_hand(code: str) -> None:
    """The public figures are set down by the month's job alone. Raises Refused `public_sheet`."""
    if code == PUBLIC:
        raise Refused("public_sheet", N_("公开的数每月由系统定一次，不能用手填，也不加权。"))


@transaction.atomic
def weigh_sheet(*, by: Actor, at: dt.datetime, code: str, weights: Mapping[str, str]) -> Sheet:
    """Other weights: in place while nobody has filled the sheet, else as its next version.

    Raises Refused `public_sheet`, `weight_unreadable`, `weights_do_not_add_up`, `weight_negative`, NotFound
    `unknown_sheet`.
    """
    require(by, WRITE)
    _check_by_hand(code)
    sheet = Sheet.objects.select_for_update().get(pk=get_sheet(code).pk)
    items = [{**item, "weight": _weight(item, weights)} for item in sheet.content["items"]]
    rules.check_weights([Decimal(item["weight"]) for item in items], Decimal(sheet.content["total"]))
    content = {**sheet.content, "items": items}
    if content == sheet.content:
        return sheet
    if sheet.frozen_at is None:
        sheet.content = content
        return _kept(by, at, sheet, "sheets.weigh_sheet")
    last = Sheet.objects.filter(code=code).aggregate(last=Max("version"))["last"]
    return _kept(by, at, Sheet(code=code, version=last + 1, content=content), "sheets.weigh_sheet")


def _weight(item: Mapping[str, Any], weights: Mapping[str, str]) -> str:
    given = weights.get(item["code"], item["weight"]).strip()
    try:
        value, decimals = rules.read_exact(given)
    except (ValueError, InvalidOperation):
        message = N_("“{item}”的权重要写数字，现在是“{value}”。")
        raise Refused("weight_unreadable", message, item=item["name"], value=given, field=item["code"]) from None
    return f"{value:.{decimals}f}"


@transaction.atomic
def fill_sheet(
    *,
    by: Actor,
    at: dt.datetime,
    sheet: Sheet,
    place: Place,
    since: dt.date,
    until: dt.date,
    marks: Mapping[str, str],
    evidence: Mapping[str, Sequence[str]],
    notes: Mapping[str, str],
    about: str = "",
) -> list[SheetEntry]:
    """Fill every item of a sheet for one place and time: indicators are counted now, judged ones need evidence.

    `about`: one thing there that is judged, "project:…"; "" the place itself. A judged item without a mark stays open.
    The sheet is frozen by its first entry. Raises Forbidden, Refused `mark_unreadable`, `mark_beyond_scale`,
    `evidence_missing`, `period_backwards`, Conflict `sheet_replaced`.
    """
    require(by, FILL, path=place.path)
    _check_by_hand(sheet.code)
    rules.check_period(since, until)
    row = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if Sheet.objects.filter(code=row.code, version__gt=row.version).exists():
        message = N_("这张评分表有了新版本。请打开新版本再填。")
        raise Conflict("sheet_replaced", message)
    span = {"sheet": row, "place": place, "since": since, "until": until, "about": about}
    span |= {"filled_at": at, "filled_by": by.reference}
    drafts = [
        draft
        for item in row.content["items"]
        if (draft := _draft(item, by, at, span, marks, evidence, notes)) is not None
    ]
    if not drafts:
        raise Refused("nothing_filled", N_("还没有一项能算出来。请先填一项，或者换一个时间。"))
    if row.frozen_at is None:
        Sheet.objects.filter(pk=row.pk).update(frozen_at=at)
    made = SheetEntry.objects.bulk_create(drafts)
    changes = {"place": place.reference, "since": since.isoformat(), "until": until.isoformat(), "items": len(made)}
    changes |= {"about": about} if about else {}
    audit.record(by=by, at=at, action="sheets.fill_sheet", subject=row.reference[:80], changes=changes)
    for reference in sorted({word for entry in made for word in entry.evidence}):
        audit.link(by=by, at=at, source=row.reference[:80], relation="evidence", target=reference[:80])
    return made


def _draft(
    item: Mapping[str, Any],
    by: Actor,
    at: dt.datetime,
    span: Mapping[str, Any],
    marks: Mapping[str, str],
    evidence: Mapping[str, Sequence[str]],
    notes: Mapping[str, str],
) -> SheetEntry | None:
    code = item["code"]
    said = [tidy(mask_personal_numbers(word))[:_MOST_WORDS] for word in evidence.get(code, ()) if word.strip()]
    note = tidy(mask_personal_numbers(notes.get(code, "")))[:_MOST_WORDS]
    shared = {**span, "item": code, "evidence": said, "note": note}
    if item.get("indicator"):
        return _counted(item, by, at, shared)
    return _judged(item, marks.get(code, "").strip(), shared)


def _counted(item: Mapping[str, Any], by: Actor, at: dt.datetime, shared: Mapping[str, Any]) -> SheetEntry | None:
    """The indicator as it is now; nothing where it counts nothing or may not be shown."""
    defined = get_defined(item["indicator"])
    scope = Scope(by, shared["place"].path, shared["since"], shared["until"], at)
    value = figures.value_of(defined, scope)
    if value.exact is None or value.numerator is None or not value.denominator:
        return None
    definition = use_definition(by=by, at=at, defined=defined)
    numerator = Decimal(value.numerator.numerator) / Decimal(value.numerator.denominator)
    return SheetEntry(**shared, numerator=numerator, denominator=value.denominator, definition=definition)


def _judged(item: Mapping[str, Any], given: str, shared: Mapping[str, Any]) -> SheetEntry | None:
    if not given:
        return None
    try:
        mark, _decimals = rules.read_exact(given)
    except ValueError:
        message = N_("“{item}”要写数字，现在是“{value}”。")
        raise Refused("mark_unreadable", message, item=item["name"], value=given, field=item["code"]) from None
    if not 0 <= mark <= item["scale"]:
        message = N_("“{item}”在 0 到 {scale} 之间，现在是 {value}。")
        raise Refused(
            "mark_beyond_scale", message, item=item["name"], scale=item["scale"], value=given, field=item["code"]
        )
    if mark > 0 and not shared["evidence"]:
        message = N_("“{item}”要写证据：{evidence}。没有证据不能给分。")
        wanted = item.get("evidence") or item["name"]
        raise Refused("evidence_missing", message, item=item["name"], evidence=wanted, field=item["code"])
    return SheetEntry(**shared, numerator=mark, denominator=item["scale"], definition=None)
