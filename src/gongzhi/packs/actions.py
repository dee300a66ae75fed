"""Loading packs, choosing the model, adding a year to the calendar: the only writes about packs.

A loaded text never changes (a trigger holds it); every change is a new row and is told to the rooms above
(`events`), which write the trail and work out deadlines again, in this same transaction.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.db import transaction

from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import calendars, events, procedure_queries, queries, rules, taxonomies
from gongzhi.packs.contents import CalendarPack, CalendarYear, LawPack
from gongzhi.packs.law_checks import local_problems
from gongzhi.packs.model_contents import Category
from gongzhi.packs.models import ActiveModel, Pack
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.reading import read_pack, refuse
from gongzhi.packs.taxonomy_contents import TaxonomyPack


class Loaded(NamedTuple):
    """A pack version, and whether it is new here."""

    pack: Pack
    new: bool


class Chosen(NamedTuple):
    """The model that was in use before, if any, and the one now."""

    before: Pack | None
    after: Pack


class CalendarChanged(NamedTuple):
    """The calendar's new version and the days that now mean something else; deadlines that cross them move."""

    pack: Pack
    days: list[dt.date]


@transaction.atomic
def load_pack(*, by: Actor, at: dt.datetime, text: str = "", path: Path | None = None) -> Loaded:
    """Read a pack and keep it; the same text again changes nothing.

    Raises WrongPack with file and line (also for a local text that changes what the law does not leave to it, and
    for a procedure that does not fit the law), NotFound `law_not_loaded` and `procedure_not_loaded` for a local text
    whose wider one is not here yet, Conflict `pack_text_changed` for another text under a loaded version.
    """
    require(by, "packs.load")
    if path is not None:
        text = path.read_text("utf-8")
    content = read_pack(text, path.name if path else "pack.toml")
    if isinstance(content, LawPack) and content.over:
        refuse(local_problems(content, queries.texts_under(content)), text, path.name if path else "pack.toml")
    if isinstance(content, ProcedurePack):
        refuse(procedure_queries.load_problems(content), text, path.name if path else "pack.toml")
    digest = hashlib.sha256(text.encode()).hexdigest()
    row, new = Pack.objects.get_or_create(
        kind=content.kind,
        name=content.name,
        version=content.version,
        defaults={
            "title": content.title,
            "digest": digest,
            "content": text,
            "effective_from": content.effective_from,
            "effective_to": content.effective_to,
            "loaded_at": at,
            "loaded_by": by.reference,
        },
    )
    if row.digest != digest:
        raise Conflict(
            "pack_text_changed",
            N_("{pack} 已经装过，内容不一样。改动要用新的版本号。"),
            pack=str(row),
        )
    if new:
        _tell(by, at, "packs.load_pack", row, {"digest": digest})
    return Loaded(row, new)


@transaction.atomic
def set_active_model(*, by: Actor, at: dt.datetime, name: str, version: str = "") -> Chosen:
    """Run on a loaded model from now on (its highest version unless one is named).

    Raises NotFound `model_not_loaded`. Choosing what is in use already changes nothing.
    """
    require(by, "packs.load")
    rows = Pack.objects.filter(kind="model", name=name, **({"version": version} if version else {}))
    row = max(rows, key=lambda row: rules.version_key(row.version), default=None)
    if row is None:
        raise NotFound("model_not_loaded", N_("还没有装过模式 {name}。先装上它。"), name=name)
    last = ActiveModel.objects.select_related("pack").order_by("-id").first()
    before = last.pack if last else None
    if before != row:
        ActiveModel.objects.create(pack=row, since=at, chosen_by=by.reference)
        _tell(by, at, "packs.set_active_model", row, {"before": before.reference if before else None})
    return Chosen(before, row)


@transaction.atomic
def add_calendar_year(
    *,
    by: Actor,
    at: dt.datetime,
    year: CalendarYear,
    known_until: dt.date | None = None,
    name: str = "cn",
) -> CalendarChanged:
    """Put a year's notice into the calendar, or replace it, as a new version of the pack.

    `known_until` defaults to 25 December of the last year: the next notice may move the days after. Raises
    NotFound `no_calendar`, WrongPack for a year that does not fit (a gap, a workday that is none).
    """
    require(by, "packs.load")
    row = queries.newest("calendar", name)
    before = queries.content_of(row) if row else None
    if row is None or not isinstance(before, CalendarPack):
        raise NotFound("no_calendar", N_("还没有工作日历 {name}。先装上它。"), name=name)
    after = _with_year(before, year, known_until)
    if after.years == before.years and after.known_until == before.known_until:
        return CalendarChanged(row, [])
    text = calendars.render_calendar(after)
    checked = read_pack(text, f"{name}.toml")
    if not isinstance(checked, CalendarPack):
        raise Refused("not_a_calendar", N_("{name} 不是工作日历。"), name=name)
    loaded = load_pack(by=by, at=at, text=text).pack
    days = calendars.changed_days(before, checked)
    span = (days[0], days[-1]) if days else (None, None)
    facts = {"year": year.year, "days": len(days), "before": row.reference}
    _tell(by, at, "packs.add_calendar_year", loaded, facts, *span)
    return CalendarChanged(loaded, days)


@transaction.atomic
def load_taxonomy(*, by: Actor, at: dt.datetime, paths: Sequence[taxonomies.Path], source: str) -> Loaded:
    """Keep a city's own tree of categories; the same rows again change nothing, others are a new version.

    `paths` are names from the top down, each path once; `source` says where they come from.
    """
    require(by, "packs.load")
    last = queries.newest("taxonomy", taxonomies.NAME)
    before = queries.content_of(last) if last else None
    if last and isinstance(before, TaxonomyPack) and before.paths == tuple(paths):
        return Loaded(last, False)
    version = str(rules.version_key(last.version)[0] + 1) if last else "1"
    text = taxonomies.render_taxonomy(paths, version=version, source=source, on=local_date(at))
    return load_pack(by=by, at=at, text=text)


@transaction.atomic
def load_categories(*, by: Actor, at: dt.datetime, categories: Sequence[Category], source: str) -> Loaded:
    """Keep an office's own categories beside the model's, as their next version; the same again changes nothing.

    Raises WrongPack for a code that stands twice or parents that run in a circle.
    """
    require(by, "packs.load")
    last = queries.newest("taxonomy", taxonomies.OWN)
    before = queries.content_of(last) if last else None
    if last and isinstance(before, TaxonomyPack) and before.categories == tuple(categories):
        return Loaded(last, False)
    version = str(rules.version_key(last.version)[0] + 1) if last else "1"
    text = taxonomies.render_categories(categories, version=version, source=source, on=local_date(at))
    return load_pack(by=by, at=at, text=text)


def _with_year(pack: CalendarPack, year: CalendarYear, known_until: dt.date | None) -> CalendarPack:
    others = [known for known in pack.years if known.year != year.year]
    years = tuple(sorted([*others, year], key=lambda known: known.year))
    default = pack.known_until
    if years[-1].year > pack.known_until.year:
        default = dt.date(years[-1].year, 12, 25)
    *head, last = rules.version_key(pack.version)
    version = ".".join(map(str, [*head, last + 1]))
    return msgspec.structs.replace(pack, years=years, known_until=known_until or default, version=version)


def _tell(
    by: Actor,
    at: dt.datetime,
    action: str,
    row: Pack,
    changes: dict[str, object],
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
) -> None:
    """News for the rooms above, and this process looks again once the change is committed."""
    events.tell(events.PackChange(by, at, action, row.reference, changes, first_day, last_day))
    queries.forget()
    transaction.on_commit(queries.forget)
