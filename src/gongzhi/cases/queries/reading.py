"""How a case is shown: a row, a page, its timeline, its public progress."""

import copy
import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from gongzhi.cases import rules, words
from gongzhi.cases.models import OPEN, Case, CaseEvent, Clock, WorkOrder
from gongzhi.cases.queries.joint import answers_first, helping_units, idle_moves, partner_units
from gongzhi.cases.queries.routing import lineage
from gongzhi.cases.queries.seeing import (
    bodies_of,
    is_reporter,
    letters_read_by,
    reporters_of,
    visible_to,
    works_on,
)
from gongzhi.cases.rules.channels import belongs
from gongzhi.cases.rules.privacy import SENT_BACK_BY_WORD, SHOWN_TO_HANDLERS, WORDS_SAID, contact_level
from gongzhi.common.access import Actor, allows
from gongzhi.common.personal import show, viewer_of
from gongzhi.common.text import mask_personal_numbers
from gongzhi.packs import queries as packs
from gongzhi.people import vault

_TITLE_LENGTH = 40


@dataclass(frozen=True)
class CaseView:
    """What one reader sees of one case; `title` and `text` are empty where only the handlers may read them.

    `answers` are the questions of the channel's form with what was said; `case` is a copy without what was said of
    the work where the reader is of the side that did it.
    """

    case: Case
    title: str
    text: str
    detail: str
    result: str
    category: str
    status: str
    resident_status: str
    standing: rules.Standing | None
    open: bool
    hidden: bool = False
    answers: tuple[tuple[str, str], ...] = ()
    moves: frozenset[str] = field(default_factory=frozenset)


def may_read_words(actor: Actor, case: Case, *, reporter: bool = False) -> bool:
    """Confidential words are for the handling unit and the reporter; a letter's for whom it is written to.

    Those of a protected report are for the assigned reviewer alone, once there is one.
    """
    if case.privacy == "protected" and not reporter and actor.kind != "system":
        return may_review(actor, case)
    return bool(
        reporter
        or case.privacy != "confidential"
        or any(case.channel in ways and case.path.startswith(path) for path, ways in letters_read_by(actor))
        or case.unit_id in actor.organizations_for("cases.handle")
        or actor.kind == "system"
    )


def may_see_media(actor: Actor, number: str) -> bool:
    """Whether a case's photos are shown to the actor: as its words are."""
    case = visible_to(actor).filter(number=number).first()
    return case is not None and may_read_words(actor, case, reporter=is_reporter(actor, case))


def may_see_contact(actor: Actor, case: Case) -> bool:
    """Whether names and numbers may be asked for: the handling unit's, elsewhere by place unless confidential."""
    if case.privacy == "protected":
        return may_review(actor, case) and reviewer_of(case) is not None
    if case.unit_id in actor.organizations_for("cases.reveal_contact"):
        return True
    return case.privacy != "confidential" and allows(actor, "cases.reveal_contact", path=case.path)


def reviewer_of(case: Case) -> Any:
    """Who took the protected report up: the one person who may learn who raised it."""
    orders = WorkOrder.objects.filter(case=case, role="lead").order_by("-id")
    return orders.values_list("handler_id", flat=True).first()


def may_review(actor: Actor, case: Case) -> bool:
    """The unit it was given to while nobody there has taken it up; then only who did. Never the body it is about."""
    if case.unit_id not in actor.organizations_for("cases.handle") or case.about_unit_id in bodies_of(actor):
        return False
    return reviewer_of(case) in (None, actor.person_id)


def _standing(case: Case, at: dt.datetime) -> rules.Standing | None:
    if case.due_at is None or case.status not in OPEN or case.status in ("verified", "deferred"):
        return None
    return rules.standing(started_at=case.received_at, due_at=case.due_at, at=at)


def row_of(actor: Actor, case: Case, at: dt.datetime, *, reporter: bool = False) -> CaseView:
    """A case as a row or page; personal numbers inside the words are masked for everyone but the reporter."""
    if not reporter and works_on(actor, case):
        case = as_handlers_see(case)
    readable = may_read_words(actor, case, reporter=reporter)
    opened: dict[str, Any] = words.open_words(case.key, case.words) if readable else {"text": ""}
    result = words.open_part(case.key, "result", case.result) if readable else None
    mask = (lambda text: text) if reporter else mask_personal_numbers
    text = mask(opened.get("text", ""))
    state = packs.active_model().state(case.status)
    first_line = text.split("\n")[0]
    title = first_line if len(first_line) <= _TITLE_LENGTH else first_line[: _TITLE_LENGTH - 1] + "…"
    return CaseView(
        case=case,
        title=title or category_name(case.category) or case.number,
        text=text,
        detail=mask(opened.get("detail", "")),
        result=mask(result or ""),
        category=category_name(case.category),
        status=state.name,
        resident_status=state.resident,
        standing=_standing(case, at),
        open=case.status in OPEN,
        hidden=not readable or bool(opened.get("erased")),
        answers=tuple((one["label"], mask(one["value"])) for one in opened.get("answers", ())),
    )


def as_handlers_see(case: Case) -> Case:
    """A copy to show: checked and ended, but not what the reporter said, nor that nothing was said."""
    shown = copy.copy(case)
    shown.status = SHOWN_TO_HANDLERS.get(case.status, case.status)
    shown.solved, shown.satisfied, shown.heard = "", None, None
    return shown


def category_name(code: str) -> str:
    """公用设施 › 照明 › 路灯."""
    names = [item.name for item in (packs.find_category(c) for c in reversed(lineage(code))) if item]
    return " › ".join(names)


def view_of(actor: Actor, case: Case, at: dt.datetime, *, reporter: bool = False) -> CaseView:
    """One case's page, with the moves this actor may make now."""
    row = row_of(actor, case, at, reporter=reporter)
    return CaseView(**{**row.__dict__, "moves": moves_for(actor, row.case, reporter=reporter)})


def moves_for(actor: Actor, case: Case, *, reporter: bool = False) -> frozenset[str]:
    """The names of the moves that state and mandates allow; what the page offers, never more."""
    if case.main_id is not None:
        return frozenset()  # it is worked on where it was merged into
    open_now = [move for move in rules.MOVES.values() if case.status in move.sources]
    held = [move.name for move in open_now if holds(actor, case, move, reporter=reporter)]
    return frozenset(name for name in held if _asked_for(name, case)) - idle_moves(actor, case, held)


def holds(actor: Actor, case: Case, move: rules.Move, *, reporter: bool = False) -> bool:
    """Whether the actor's mandates give this move on this case, in whatever state it is."""
    if move.held == "path":
        return allows(actor, move.permission, path=case.path)
    if move.held == "unit":
        return case.unit_id is not None and allows(actor, move.permission, organization_id=case.unit_id)
    if move.held == "superior":
        return allows(actor, move.permission, path=case.path) and _stands_above(actor, case)
    if move.held == "first":
        return answers_first(actor, case)
    if move.held == "helper":
        return bool(helping_units(actor, case))
    if move.held == "partner":
        return bool(partner_units(actor, case))
    return reporter and move.held == "reporter"


def _stands_above(actor: Actor, case: Case) -> bool:
    """Whether the actor decides between the units that differ about the case."""
    path, concerned = case.pending.get("superior_path") or case.path, case.pending.get("concerned", ())
    return rules.may_rule(actor.scopes, superior_path=path, concerned=concerned)


_DECISIONS = {
    "grant_extension": "extension",
    "refuse_extension": "extension",
    "defer": "deferral",
    "refuse_deferral": "deferral",
    "grant_pause": "pause",
    "refuse_pause": "pause",
    "rule": "ruling",
    "exclude": "exclusion",
    "refuse_out": "exclusion",
    "uphold": "objection",
}
_ASKING = ("ask_deferral", "ask_pause", "dispute", "ask_ruling")


def _asked_for(move: str, case: Case) -> bool:
    if move in _DECISIONS:
        return rules.asked_for(case.pending, _DECISIONS[move]) is not None
    if move == "explain":
        return Clock.objects.filter(case=case, kind="review", met_at__isnull=True).exists()
    if move == "propose_out":
        return not case.pending and not case.uncounted
    if move == "put_back":
        return case.uncounted not in ("", "issued")
    if move == "return" and case.returns:
        return False  # from now on it is a dispute
    if not belongs(move, _kind_of(case.channel), case.outcome):
        return False
    if move == "ask_extension":
        return rules.may_ask_extension(case.pending)
    return not case.pending if move in _ASKING else True


def _kind_of(channel: str) -> str:
    found = packs.active_model().channel(channel)
    return found.kind if found else "demand"


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the parcel timeline."""

    at: dt.datetime
    move: str
    status: str
    unit: str
    note: str
    facts: dict[str, Any]
    public: bool
    confidential: bool = False
    n: int = 0


def _note(case: Case, event: CaseEvent) -> str:
    """The words of an event; a confidential note stays shut here, whoever reads (see actions.confiding)."""
    return "" if event.audience else words.open_part(case.key, "note", event.note) or ""


def timeline_of(
    case: Case, *, public_only: bool, with_notes: bool = True, reader: Actor | None = None
) -> list[TimelineEntry]:
    """Oldest first, numbered from 1 over all events. A `reader` of the side that did the work is shown that the case
    was opened again and why, not what was said of the work, nor when it was found good."""
    entries = _entries_of(case, public_only=public_only, with_notes=with_notes)
    if reader is None or not works_on(reader, case):
        return entries
    return [_as_handlers_read(entry) for entry in entries if entry.move not in WORDS_SAID]


def _as_handlers_read(entry: TimelineEntry) -> TimelineEntry:
    status = SHOWN_TO_HANDLERS.get(entry.status, entry.status)
    if entry.move in SENT_BACK_BY_WORD:
        return replace(entry, move="reopen", status=status, facts={})
    return replace(entry, status=status)


def _entries_of(case: Case, *, public_only: bool, with_notes: bool) -> list[TimelineEntry]:
    events: Iterable[CaseEvent] = CaseEvent.objects.filter(case=case).select_related("unit").order_by("id")
    return [
        TimelineEntry(
            at=event.at,
            move=event.move,
            status=event.status,
            unit=event.unit.name if event.unit else "",
            note=_note(case, event) if with_notes else "",
            facts=event.facts,
            public=event.public,
            confidential=bool(event.audience),
            n=n,
        )
        for n, event in enumerate(events, 1)
        if event.public or not public_only
    ]


_CONTACT = ("name", "phone")


def contacts_of(case: Case, *, by: Actor, at: dt.datetime, purpose: str) -> list[dict[str, Any]]:
    """Reporters' names and numbers in the clear; the caller has logged the reading of this case."""

    def asked(person: uuid.UUID) -> dict[str, str]:
        found = vault.reveal(by=by, at=at, person_ids=[person], fields=_CONTACT, purpose=purpose)
        return found.get(person, {})

    return [one for one in _contacts(by, case, asked, revealed=True) if one["name"] or one["phone"]]


def contacts_for(actor: Actor, case: Case) -> list[dict[str, Any]]:
    """The same as the actor sees them before asking (张**, 138****2046), and whether somebody helped."""

    def held(person: uuid.UUID) -> dict[str, str]:
        return vault.shown_to(actor, [person], _CONTACT).get(person, {})

    return _contacts(actor, case, held, revealed=False)


def _contacts(
    actor: Actor, case: Case, of_person: Callable[[uuid.UUID], dict[str, str]], *, revealed: bool
) -> list[dict[str, Any]]:
    """What a reporter left for this case comes before what the account says."""
    level, found = contact_level(case.privacy), []
    for reporter in reporters_of(case):
        left = words.open_part(reporter.case.key, "contact", reporter.contact)
        if left is not None:
            values = left
        elif reporter.person_id is not None:
            values = of_person(reporter.person_id)
        else:
            continue
        viewer = viewer_of(actor, about=reporter.person_id, revealed=revealed)
        shown = {name: show(name, values.get(name, ""), level=level, viewer=viewer) for name in _CONTACT}
        found.append({**shown, "assisted": reporter.assisted})
    return found
