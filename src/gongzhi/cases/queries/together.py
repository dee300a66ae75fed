"""并案: several reports of one thing. Who is behind it, and how each reporter sees the one case that is worked on."""

import copy
import dataclasses
import datetime as dt
from typing import Any

from gongzhi.cases import words
from gongzhi.cases.models import Case
from gongzhi.cases.queries.reading import CaseView, TimelineEntry, may_read_words, row_of, timeline_of
from gongzhi.cases.queries.seeing import code_opens, reporters_of
from gongzhi.cases.rules.merging import MAIN_STATES, Side
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_, mask_personal_numbers

# What a joined case takes from the one that is worked on, in front of its reporter.
_SHARED = (
    *("status", "unit", "unit_id", "due_at", "due_certain", "deferred_until", "answered_at", "first_contact_at"),
    *("closed_at", "solved", "heard", "satisfied", "escalation"),
)
# Steps that belong to one reporter alone.
_OWN_STEPS = frozenset({"report", "merge", "unmerge", "confirm", "unsolved", "disagree", "reopen"})


def headcount(case: Case) -> int:
    """反映人数."""
    return reporters_of(case).count()


def side_of(case: Case) -> Side:
    """What the rules of merging look at."""
    return Side(
        number=case.number,
        status=case.status,
        privacy=case.privacy,
        main=case.main.number if case.main else "",
        below=case.merged.count(),
        about=case.about_unit_id,
        unit=case.unit_id,
    )


def as_seen(case: Case) -> Case:
    """The case as its reporter is told of it: state, unit and dates of the one it was merged into. Never saved."""
    if case.main is None:
        return case
    seen = copy.copy(case)
    for name in _SHARED:
        setattr(seen, name, getattr(case.main, name))
    return seen


def seen_row(actor: Actor, case: Case, at: dt.datetime) -> CaseView:
    """`row_of` for a reporter: own words, and of the main case the state and the answer, without personal numbers."""
    row = row_of(actor, as_seen(case), at, reporter=True)
    if case.main is None:
        return row
    return dataclasses.replace(row, result=shared_result(case) or "")


def shared_result(case: Case) -> str | None:
    """The answer that this case's reporters are given."""
    worked_on = case.main or case
    answer: str | None = words.open_part(worked_on.key, "result", worked_on.result)
    return mask_personal_numbers(answer) if answer and case.main else answer


def seen_timeline(case: Case) -> list[TimelineEntry]:
    """The public timeline of a reporter: own steps with their notes, those of the main case without.

    A note on the main case may speak of the neighbour who raised it; what is for all stands in the answer.
    """
    own = timeline_of(case, public_only=True)
    if case.main is None:
        return own
    shared = timeline_of(case.main, public_only=True, with_notes=False)
    shared = [entry for entry in shared if entry.move not in _OWN_STEPS]
    return sorted([*own, *shared], key=lambda entry: entry.at)


def track(number: str, code: str) -> dict[str, Any]:
    """Public progress by code, in the contract's shape; a wrong code and an unknown number are the same NotFound."""
    case = Case.objects.filter(number=number).select_related("key", "unit", "main__unit", "main__key").first()
    if case is None or not code_opens(number, code):
        raise NotFound("case_not_found", N_("没有找到这件事。请核对编号和查询码。"))
    seen = as_seen(case)
    return {
        "number": case.number,
        "status": seen.status,
        "category": case.category or None,
        "unit": seen.unit.name if seen.unit else None,
        "received_at": case.received_at,
        "due_at": seen.due_at,
        "result": shared_result(case),
        "timeline": [
            {"at": entry.at, "status": entry.status, "unit": entry.unit or None, "note": entry.note or None}
            for entry in seen_timeline(case)
        ],
    }


@dataclasses.dataclass(frozen=True, slots=True)
class Joined:
    """A case merged into the one shown: its words as the reader may see them, and how many are behind it."""

    view: CaseView
    notes: tuple[str, ...]


def joined_to(actor: Actor, case: Case, at: dt.datetime) -> list[Joined]:
    """The cases merged into this one, the oldest first, for whoever may read its words."""
    rows = case.merged.select_related("key", "unit", "place", "grid").order_by("id")
    found = []
    for row in rows if may_read_words(actor, case) else ():
        entries = timeline_of(row, public_only=True)
        notes = tuple(mask_personal_numbers(entry.note) for entry in entries if entry.note)
        found.append(Joined(row_of(actor, row, at), notes))
    return found


def may_merge(actor: Actor, case: Case) -> bool:
    """Whether the desk offers merging for this case."""
    return allows(actor, "cases.merge", path=case.path) and case.status in MAIN_STATES
