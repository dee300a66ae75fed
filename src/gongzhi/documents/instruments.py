"""Reads of texts that hold: those in force for everybody, drafts for who writes them, one text with its versions."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.documents.clauses import Clause, clauses_of
from gongzhi.documents.models import Instrument, InstrumentKind
from gongzhi.documents.papers import Paper, Part
from gongzhi.places.rules import upwards

ADOPT = "documents.adopt"
# What people of a place agreed on; a guide or a procedure of the office binds nobody in a dispute.
_AGREED = (InstrumentKind.CHARTER, InstrumentKind.COVENANT, InstrumentKind.RULES)


def visible_to(actor: Actor) -> QuerySet[Instrument]:
    """Adopted versions are public; drafts are seen where the actor may adopt."""
    reach = Q(adopted_at__isnull=False)
    for path in actor.paths_for(ADOPT):
        reach |= Q(place__path__startswith=path)
    return Instrument.objects.filter(reach).select_related("place").defer("place__polygon")


def versions_of(actor: Actor, code: str) -> list[Instrument]:
    """Newest first; raises NotFound `unknown_instrument` where there is none to see."""
    found = list(visible_to(actor).filter(code=code).order_by("-version"))
    if not found:
        raise NotFound("unknown_instrument", N_("没有这份文本，或者还没有通过。"))
    return found


def in_force(versions: Sequence[Instrument], on: dt.date) -> Instrument | None:
    """The newest adopted version that holds on a day."""
    return next((one for one in versions if holds(one, on)), None)


def holds(one: Instrument, on: dt.date) -> bool:
    begun = one.effective_from is not None and one.effective_from <= on
    return begun and (one.effective_to is None or on < one.effective_to)


def newest_of_each(actor: Actor, on: dt.date) -> list[Instrument]:
    """Of every text the version in force, else the newest; what holds first, by kind and title."""
    by_code: dict[str, list[Instrument]] = {}
    for one in visible_to(actor).defer("text", "place__polygon").order_by("code", "-version"):
        by_code.setdefault(one.code, []).append(one)
    found = [in_force(versions, on) or versions[0] for versions in by_code.values()]
    return sorted(found, key=lambda one: (not holds(one, on), one.kind, one.title))


def _holding(path: str, on: dt.date) -> QuerySet[Instrument]:
    rows = Instrument.objects.filter(adopted_at__isnull=False, place__path__in=upwards(path), effective_from__lte=on)
    rows = rows.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on)).select_related("place")
    return rows.defer("place__polygon").order_by("code", "version")


def _own_first(rows: QuerySet[Instrument]) -> list[Instrument]:
    """The newest version of each, a place's own before those from above, by kind and title."""
    newest = {one.code: one for one in rows}
    return sorted(newest.values(), key=lambda one: (-len(one.place.path), one.kind, one.title))


def in_force_at(path: str, on: dt.date) -> list[Instrument]:
    """Texts that hold at a place today, without their words."""
    return _own_first(_holding(path, on).defer("text", "place__polygon"))


def clauses_at(path: str, names: Collection[str], on: dt.date) -> list[tuple[Instrument, Clause]]:
    """What the texts that hold at a place say about a kind of demand; `names` are the category's and those above it."""
    found = _own_first(_holding(path, on).filter(kind__in=_AGREED))
    pairs = [(one, clause) for one in found for clause in clauses_of(one.text)]
    return [(one, clause) for one, clause in pairs if not set(names).isdisjoint(clause.categories)]


def version_of(versions: Sequence[Instrument], number: str) -> Instrument:
    """One of the versions by its number in an address; raises NotFound `unknown_version`."""
    found = next((one for one in versions if str(one.version) == number), None)
    if found is None:
        raise NotFound("unknown_version", N_("没有这一版。"))
    return found


def may_write(actor: Actor, one: Instrument) -> bool:
    return allows(actor, ADOPT, path=one.place.path)


def sections(text: str) -> list[Part]:
    """The text as headings with their paragraphs; a line that begins with # is a heading."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            parts.append((line.lstrip("# "), []))
        else:
            parts[-1][1].append(line)
    return [Part(heading, lines) for heading, lines in parts if heading or lines]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph as a page shows it; `check`: a step of a checklist, written with □ before it."""

    text: str
    check: bool


def lines_of(part: Part) -> list[Line]:
    """The paragraphs of a part, those of a checklist without their mark."""
    return [Line(text.lstrip("□ "), text.startswith("□")) for text in part.paragraphs]


def paper_of(one: Instrument) -> Paper:
    """The version as a paper, with when and how it was adopted in brackets below the title."""
    adopted = one.adopted_on
    draft = gettext("（草稿，没有通过）")
    number = f"（{adopted.year}年{adopted.month}月{adopted.day}日 {one.basis}）" if adopted else draft
    return Paper(one.title, sections(one.text), number, (one.place.name,))
