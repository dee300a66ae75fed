"""Reads of packs: the model in force, its calendar, its categories. Cheap: each text is parsed once per process.

Which packs are in use is remembered for a few seconds per process, but only once it is committed; a change made
here is forgotten at once, a change by another process is seen after REMEMBERED_SECONDS.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.engines.calendar import WorkCalendar
from gongzhi.packs import laws, rules, shipped, taxonomies
from gongzhi.packs.calendars import work_calendar
from gongzhi.packs.contents import CalendarPack, FormPack, LawPack
from gongzhi.packs.contents import Pack as Content
from gongzhi.packs.duty_contents import DutiesPack
from gongzhi.packs.duty_rules import DutyList, duty_list
from gongzhi.packs.model_contents import Category, ModelPack
from gongzhi.packs.models import ActiveModel, Pack
from gongzhi.packs.reading import read_pack
from gongzhi.packs.taxonomy_contents import TaxonomyPack

REMEMBERED_SECONDS = 5.0
PRIVACY = "cn.privacy"


class InUse(NamedTuple):
    """What an instance runs on, with the references that are stored beside a decision.

    `taxonomy` is the newest imported tree of categories, `own` what the office wrote beside the model's; `by_code`
    knows the model's and those of every version; `duties` are the versions of the model's duty list, the highest first,
    `privacy` those of the numbers of the law on personal information.
    """

    model: ModelPack
    model_reference: str
    calendar: WorkCalendar
    calendar_reference: str
    taxonomy: tuple[Category, ...]
    by_code: Mapping[str, Category]
    duties: tuple[DutyList, ...] = ()
    own: tuple[Category, ...] = ()
    categories: tuple[Category, ...] = ()
    privacy: tuple[LawPack, ...] = ()


class _Remembered(NamedTuple):
    value: InUse
    until: float


class _Own(threading.local):
    """What this thread's open transaction has seen: the block it was looked up in, and until when it holds."""

    block: object = None
    remembered: _Remembered | None = None


_memory: list[_Remembered] = []
_own = _Own()
_reading = threading.Lock()


def in_use() -> InUse:
    """The model and calendar in use; raises Refused `no_model` or `no_calendar` when there is none."""
    if _memory and time.monotonic() < _memory[0].until:
        return _memory[0].value
    # Inside a transaction the row may be our own and yet be rolled back: all keep it once that is settled, and until
    # then only the block in which it was seen.
    if (own := _own.remembered) and _own.block in connection.atomic_blocks and time.monotonic() < own.until:
        return own.value
    value = _look()
    if connection.atomic_blocks:
        _own.block, _own.remembered = connection.atomic_blocks[-1], _remembered(value)
    transaction.on_commit(lambda: _keep(value))
    return value


def forget() -> None:
    """Look again at the next question."""
    _memory.clear()
    _own.block = _own.remembered = None


@contextmanager
def held() -> Iterator[InUse]:
    """One look that holds until the end: for long work that must not change its mind half-way."""
    value = _look()
    _memory[:] = [_Remembered(value, float("inf"))]
    try:
        yield value
    finally:
        forget()


def remember() -> InUse:
    """Look now and keep the answer, whatever transaction is open: for tests that count statements."""
    _keep(value := _look())
    return value


def _keep(value: InUse) -> None:
    _memory[:] = [_remembered(value)]


def _remembered(value: InUse) -> _Remembered:
    return _Remembered(value, time.monotonic() + REMEMBERED_SECONDS)


def _look() -> InUse:
    chosen = ActiveModel.objects.select_related("pack").order_by("-id").first()
    if chosen is None:
        raise Refused("no_model", N_("还没有选模式。先运行 ./gongzhi load-model pingchang。"))
    model = _content(chosen.pack.content, str(chosen.pack))
    assert isinstance(model, ModelPack)  # noqa: S101 - only model packs can be chosen
    wanted = Q(kind="calendar", name=model.calendar) | Q(kind="taxonomy") | Q(kind="duties", name=model.name)
    wanted |= Q(kind="law", name=PRIVACY)
    rows = sorted(Pack.objects.filter(wanted), key=lambda row: rules.version_key(row.version))
    tables = [row for row in rows if row.kind == "calendar"]
    if not tables:
        raise Refused("no_calendar", N_("还没有工作日历 {name}。先装上它。"), name=model.calendar)
    # The newest last: a case keeps the code that it got from an older version.
    trees = [(row.name, _taxonomy(row.content, str(row))) for row in rows if row.kind == "taxonomy"]
    newest_of = dict(trees)
    own = newest_of.get(taxonomies.OWN, ())
    return InUse(
        model=model,
        model_reference=chosen.pack.reference,
        calendar=_calendar(tables[-1].content, str(tables[-1])),
        calendar_reference=tables[-1].reference,
        taxonomy=newest_of.get(taxonomies.NAME, ()),
        by_code={item.code: item for tree in (*(tree for _, tree in trees), model.categories) for item in tree},
        duties=tuple(_duties(row.content, str(row), row.reference) for row in rows[::-1] if row.kind == "duties"),
        own=own,
        categories=(*model.categories, *own),
        privacy=tuple(_law(row) for row in rows[::-1] if row.kind == "law"),
    )


def _law(row: Pack) -> LawPack:
    content = _content(row.content, str(row))
    assert isinstance(content, LawPack)  # noqa: S101 - the row's kind says so
    return content


def _content(text: str, file: str) -> Content:
    """One thread reads it, the others of a new process wait: reading takes a tenth of a second."""
    with _reading:
        return _read_once(text, file)


@lru_cache(maxsize=128)
def _read_once(text: str, file: str) -> Content:
    return read_pack(text, file)


@lru_cache(maxsize=8)
def _calendar(text: str, file: str) -> WorkCalendar:
    pack = _content(text, file)
    assert isinstance(pack, CalendarPack)  # noqa: S101 - the row's kind says so
    return work_calendar(pack)


@lru_cache(maxsize=8)
def _taxonomy(text: str, file: str) -> tuple[Category, ...]:
    pack = _content(text, file)
    assert isinstance(pack, TaxonomyPack)  # noqa: S101 - the row's kind says so
    return pack.categories or taxonomies.categories_of(pack.paths)


@lru_cache(maxsize=8)
def _duties(text: str, file: str, reference: str) -> DutyList:
    pack = _content(text, file)
    assert isinstance(pack, DutiesPack)  # noqa: S101 - the row's kind says so
    return duty_list(pack, reference)


def duties(on: dt.date | None = None) -> DutyList | None:
    """The duty list of the model in use: the highest version, of those in force on a day if one is given."""
    known = in_use().duties
    return next((one for one in known if on is None or one.pack.in_force(on)), None)


def active_model() -> ModelPack:
    """The governance model that the instance runs; raises Refused `no_model`."""
    return in_use().model


def calendar() -> WorkCalendar:
    """The working calendar of the active model, in its newest version."""
    return in_use().calendar


def categories() -> tuple[Category, ...]:
    """What a demand can be about: the model's categories and the office's own."""
    return in_use().categories


def own_categories() -> tuple[Category, ...]:
    """Those that the office brought in beside the model's."""
    return in_use().own


def find_category(code: str) -> Category | None:
    """One category of the active model or of an imported tree, by one look-up; None for an unknown code."""
    return in_use().by_code.get(code)


def imported_categories() -> tuple[Category, ...]:
    """The newest tree of categories that came in with an import; empty when there is none."""
    return in_use().taxonomy


def names_of_category(code: str) -> list[str]:
    """The category's name and the names of those above it; empty for an unknown code."""
    found, names = find_category(code), []
    while found is not None and found.name not in names:
        names.append(found.name)
        found = find_category(found.parent)
    return names


def category(code: str) -> Category:
    """One category of the active model or the office's own; raises NotFound `unknown_category`."""
    found = next((item for item in categories() if item.code == code), None)
    if found is None:
        raise NotFound("unknown_category", N_("没有分类 {category}。请从列表里选一个。"), category=code)
    return found


def guess_category(text: str, limit: int = 3) -> list[rules.Guess]:
    """The likeliest categories of a demand, best first, with the words that speak for each."""
    return rules.guess_category(text, categories())[:limit]


def newest(kind: str, name: str, on: dt.date | None = None) -> Pack | None:
    """The highest version of a pack, of those in force on a day if one is given."""
    rows = [row for row in Pack.objects.filter(kind=kind, name=name) if on is None or _in_force(row, on)]
    return max(rows, key=lambda row: rules.version_key(row.version), default=None)


def _in_force(row: Pack, on: dt.date) -> bool:
    return row.effective_from <= on and (row.effective_to is None or on < row.effective_to)


def pack_in_force(kind: str, name: str, on: dt.date) -> Content:
    """The content of the highest version in force on a day; raises NotFound `no_pack_in_force`."""
    row = newest(kind, name, on)
    if row is None:
        message = N_("{on} 那天没有生效的模式包 {name}。先装上那时的版本。")
        raise NotFound("no_pack_in_force", message, kind=kind, name=name, on=on.isoformat())
    return content_of(row)


def shipped_model(name: str) -> ModelPack:
    """A model that comes with the product, in use or not; raises NotFound `unknown_model`."""
    if name not in shipped.model_names():
        known = "、".join(shipped.model_names())
        raise NotFound("unknown_model", N_("没有模式 {name}。可用的有：{known}。"), name=name, known=known)
    model = _content(shipped.model_text(name), name)
    assert isinstance(model, ModelPack)  # noqa: S101 - the folder holds models only
    return model


def content_of(row: Pack) -> Content:
    """The typed content of one loaded version."""
    return _content(row.content, str(row))


def law(name: str, on: dt.date) -> LawPack:
    pack = pack_in_force("law", name, on)
    assert isinstance(pack, LawPack)  # noqa: S101 - the row's kind says so
    return pack


def law_at(name: str, *, region: str, on: dt.date) -> laws.InForce:
    """What applies in a region (a GB/T 2260 code or a longer one; “CN”: nothing local) on a day, local texts over it.

    Raises NotFound `no_pack_in_force` where no national text of that name was in force.
    """
    names = [name, *(f"{name}.{prefix}" for prefix in laws.prefixes(region))]
    found = _law_of(names, Pack.objects.filter(kind="law", name__in=names), region, on)
    if found is None:
        message = N_("{on} 那天没有生效的模式包 {name}。先装上那时的版本。")
        raise NotFound("no_pack_in_force", message, kind="law", name=name, on=on.isoformat())
    return found


def laws_at(*, region: str, on: dt.date) -> list[laws.InForce]:
    """Every law that was in force in a region on a day, by name."""
    rows = list(Pack.objects.filter(kind="law"))
    national = sorted({pack.name for _, pack in map(_text, rows) if not pack.over})
    prefixes = laws.prefixes(region)
    found = (_law_of([name, *(f"{name}.{prefix}" for prefix in prefixes)], rows, region, on) for name in national)
    return [one for one in found if one]


def _law_of(names: list[str], rows: Iterable[Pack], region: str, on: dt.date) -> laws.InForce | None:
    """The newest text of each name in force on the day, the national one first; None when that is not there."""
    best: dict[str, Pack] = {}
    for row in rows:
        if row.name in names and _in_force(row, on) and (row.name not in best or _later(row, best[row.name])):
            best[row.name] = row
    texts = [_text(best[key]) for key in names if key in best]
    return laws.resolve(names[0], region, on, texts) if names[0] in best else None


def texts_under(pack: LawPack) -> Iterator[list[tuple[str, LawPack]]]:
    """For each version of the law under a local text that is in force in its time: that one and what lies between.

    Raises NotFound `law_not_loaded` when there is none.
    """
    ends = pack.effective_to or dt.date.max
    rows = [
        row
        for row in Pack.objects.filter(kind="law", name=pack.over, effective_from__lt=ends)
        if row.effective_to is None or row.effective_to > pack.effective_from
    ]
    if not rows:
        raise NotFound("law_not_loaded", N_("{name} 盖在 {over} 上面，先装上它。"), name=pack.name, over=pack.over)
    wider = laws.prefixes(pack.jurisdiction)[:-1]
    for row in rows:
        on = max(row.effective_from, pack.effective_from)
        between = [newest("law", f"{pack.over}.{prefix}", on) for prefix in wider]
        yield [_text(row), *(_text(local) for local in between if local)]


def law_texts(name: str = "") -> dict[str, LawPack]:
    """Every version of one law or of all that is kept, by reference, the oldest of each name first."""
    rows = Pack.objects.filter(kind="law", **({"name": name} if name else {}))
    ordered = sorted(rows, key=lambda row: (row.name, rules.version_key(row.version)))
    return dict(map(_text, ordered))


def _later(row: Pack, other: Pack) -> bool:
    return rules.version_key(row.version) > rules.version_key(other.version)


def _text(row: Pack) -> tuple[str, LawPack]:
    pack = content_of(row)
    assert isinstance(pack, LawPack)  # noqa: S101 - the row's kind says so
    return row.reference, pack


def small_cell(on: dt.date) -> int:
    """The k below which no count of people is told (engines.suppression): of the version in force on a day, else of
    the first one that is known. Raises NotFound `no_pack_in_force` where none is loaded."""
    known = in_use().privacy
    force = (one for one in known if one.effective_from <= on and (one.effective_to is None or on < one.effective_to))
    pack = next(force, None) or (known[-1] if known else law(PRIVACY, on))
    return int(pack.params("small_cell")["least"])


def form(name: str, on: dt.date) -> FormPack:
    pack = pack_in_force("form", name, on)
    assert isinstance(pack, FormPack)  # noqa: S101 - the row's kind says so
    return pack


def pack_by_reference(reference: str) -> Content:
    """The content that a stored decision names ("pack:model/pingchang/1.0"); raises NotFound `unknown_pack`."""
    kind, _, rest = reference.removeprefix("pack:").partition("/")
    name, _, version = rest.partition("/")
    row = Pack.objects.filter(kind=kind, name=name, version=version).first()
    if row is None:
        raise NotFound("unknown_pack", N_("没有装过 {reference}。"), reference=reference)
    return content_of(row)


def all_packs() -> list[Pack]:
    """Every version that is kept, by kind and name, the newest first."""
    rows = Pack.objects.all()
    newest_first = sorted(rows, key=lambda row: rules.version_key(row.version), reverse=True)
    return sorted(newest_first, key=lambda row: (row.kind, row.name))


def text_of(kind: str, name: str, version: str) -> str:
    """The text of one version as loaded; raises NotFound `unknown_pack`."""
    row = Pack.objects.filter(kind=kind, name=name, version=version).first()
    if row is None:
        message = N_("没有装过 {reference}。")
        raise NotFound("unknown_pack", message, reference=f"pack:{kind}/{name}/{version}")
    return row.content
