"""搜索: by number, by words of two characters and more, by telephone; only among what the actor may see anyway.

Words: all their blind bigrams must stand in the index (exact: nothing that contains the word is missed), then the
words are opened and looked at, so that only true hits are shown. Recall is that of LIKE on the same text.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Reverse, StrIndex, Substr

from gongzhi.audit.actions import log_access
from gongzhi.cases.grams import blind, fold, words_of
from gongzhi.cases.models import OPEN, Case, Reporter
from gongzhi.cases.queries.reading import CaseView, may_see_contact, row_of
from gongzhi.cases.queries.residents import cursor_id
from gongzhi.cases.queries.seeing import visible_to, with_status
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.paging import clamp_limit, encode_cursor
from gongzhi.common.text import N_, normalize_phone
from gongzhi.people import vault

_NUMBER = re.compile(r"[A-Za-z]{1,6}-[\d-]*|[\d-]*\d[\d-]*")
_PHONE = re.compile(r"1[3-9]\d{9}")
LONGEST = 60
_SHOWN = ("key", "unit", "place", "grid", "main")


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows of one page, newest first, the cursor of the next or "", and whether more was left unlooked at."""

    rows: list[CaseView]
    cursor: str = ""


def looks_like_number(q: str) -> bool:
    """PC-260318-0042, its beginning, or digits out of it."""
    return bool(_NUMBER.fullmatch(q.strip()))


def phone_in(q: str) -> str:
    """The mobile number that was typed in, in its plain form, or ""."""
    plain = normalize_phone(q)
    typed = re.sub(r"[\s+-]", "", fold(q))
    return plain if _PHONE.fullmatch(plain) and typed.isdigit() else ""


def may_search_phone(actor: Actor) -> bool:
    return allows(actor, "cases.reveal_contact")


def by_number(known: QuerySet[Case], q: str, *, limit: int = 10) -> list[Case]:
    """The whole number first, then what begins with it, whose day or last digits it is; else what holds it anywhere.

    Each but the last is one walk along an index; the last looks at numbers one by one and is asked only in need.
    """
    wanted = q.strip().upper()
    rows = known.select_related(*_SHOWN).defer("place__polygon", "grid__polygon", "grams").order_by("-id")
    found: dict[int, Case] = {}
    for part in _parts(wanted):
        if len(found) < limit:
            fresh = rows.annotate(**_ENDS).filter(**part).exclude(pk__in=list(found))
            found |= {case.pk: case for case in fresh[: limit - len(found)]}
    rest = found.values() or rows.filter(number__contains=wanted)[:limit]
    return sorted(rest, key=lambda case: case.number != wanted)


# As the indexes cases_number_end and cases_number_day say them.
_ENDS = {
    "backwards": Reverse("number"),
    "rest": Substr("number", StrIndex("number", Value("-")) + 1),
}


def _parts(wanted: str) -> tuple[dict[str, str], ...]:
    return (
        {"number__startswith": wanted},
        {"rest__startswith": wanted},
        {"backwards__startswith": wanted[::-1]},
    )


def check_words(q: str) -> tuple[list[str], list[str]]:
    """Words to look up and single characters to look at. Raises Refused `one_character`, `query_too_long`."""
    if len(q) > LONGEST:
        raise Refused("query_too_long", N_("写得太长。请只写几个词，最多 {most} 个字。"), most=LONGEST, field="q")
    long, single = words_of(q)
    if not long:
        raise Refused("one_character", N_("一个字太少，找出来的太多。请写两个字或更多，比如“路灯”。"), field="q")
    return long, single


def by_words(
    actor: Actor, known: QuerySet[Case], q: str, at: dt.datetime, *, cursor: str = "", limit: int | None = None
) -> Hits:
    """One keyset page of the cases whose words hold every word asked for. Raises Refused (see `check_words`)."""
    long, single = check_words(q)
    size = clamp_limit(limit)
    candidates = known.filter(grams__contains=blind(" ".join(long))).exclude(privacy__in=PRIVATE)
    rows: list[CaseView] = []
    for case in _newest_first(candidates, cursor_id(cursor) if cursor else None, size + 1):
        if len(rows) == size:
            return Hits(rows, encode_cursor(rows[-1].case.pk))
        view = row_of(actor, case, at)
        text = fold(f"{view.text}\n{view.detail}")
        if all(word in text for word in (*long, *single)):
            rows.append(view)
    return Hits(rows)


def _newest_first(candidates: QuerySet[Case], before: int | None, size: int) -> Iterator[Case]:
    """In batches, without an offset."""
    rows = candidates.select_related(*_SHOWN).defer("place__polygon", "grid__polygon", "grams").order_by("-id")
    while True:
        batch = list(rows.filter(pk__lt=before)[:size] if before else rows[:size])
        yield from batch
        if len(batch) < size:
            return
        before = batch[-1].pk


def by_phone(actor: Actor, known: QuerySet[Case], phone: str, at: dt.datetime, *, purpose: str) -> list[Case]:
    """Cases of whoever left this number, or has it in the vault, where the actor may see contacts anyway; logged.

    Raises Forbidden `contact_closed` without the permission, Refused `missing_purpose`.
    """
    if not may_search_phone(actor):
        raise Forbidden("contact_closed", N_("按电话找，只给办这件事的岗位用。您可以按编号或内容找。"))
    if not purpose.strip():
        raise Refused("missing_purpose", N_("请写明为什么按电话找。会留下记录。"), field="purpose")
    person = vault.find_person("phone", phone)
    left = Q(phone_index=vault.blind_index("phone", phone))
    who = left | Q(person=person) if person else left
    raised = Reporter.objects.filter(who).values("case_id")
    rows = known.filter(pk__in=raised).select_related(*_SHOWN).order_by("-id")[:50]
    found = [case for case in rows if may_see_contact(actor, case)]
    subjects = [case.reference for case in found] or ["search:phone"]
    log_access(by=actor, at=at, subjects=subjects, fields="phone", purpose=purpose.strip()[:80])
    return found


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list is narrowed to beside the words: a state as the actor is shown it or "open", a path."""

    status: str = ""
    path: str = ""


def ids_for(
    actor: Actor, q: str, at: dt.datetime, *, narrowing: Narrowing, cursor: str, limit: int, purpose: str
) -> tuple[list[int], str]:
    """For the interface for programs: the ids of a page of what `q` finds, and the next cursor or "".

    `q` is a telephone number (with a purpose) or words; numbers are looked up by the page's own statement.
    """
    known = visible_to(actor).filter(path__startswith=narrowing.path)
    if narrowing.status:
        known = with_status(actor, known, OPEN if narrowing.status == "open" else [narrowing.status])
    if phone := phone_in(q):
        known = known.filter(pk__lt=cursor_id(cursor)) if cursor else known
        return [case.pk for case in by_phone(actor, known, phone, at, purpose=purpose)], ""
    hits = by_words(actor, known, q, at, cursor=cursor, limit=limit)
    return [row.case.pk for row in hits.rows], hits.cursor
