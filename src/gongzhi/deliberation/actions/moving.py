"""Entering what happened: checked by the engine under a lock, stored once, never changed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor, require
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused, SignInRequired
from gongzhi.common.text import N_
from gongzhi.deliberation import inquiries, meetings, postings, queries, rules, whom, words
from gongzhi.deliberation.actions import tallying
from gongzhi.deliberation.actions.ending import make_resolution
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.deliberation.queries import Followed
from gongzhi.documents.actions import Upload, attach_evidence, store_upload
from gongzhi.engines.procedure_plain import event_values
from gongzhi.engines.procedure_terms import Event, EventKind
from gongzhi.gatherings.models import Gathering
from gongzhi.packs.procedure_wording import refused
from gongzhi.people import vault
from gongzhi.publications.models import Publication, State
from gongzhi.publications.queries.public import get_public


@dataclass(frozen=True, slots=True)
class Paper:
    """What shows a document: a file, one shown before (its event's number), or where the paper lies."""

    upload: Upload | None = None
    again: str = ""
    filed: str = ""

    def __bool__(self) -> bool:
        return bool(self.upload or self.again or self.filed)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says happened. `on` is empty for what starts today (a notice, a posting)."""

    kind: EventKind
    body: str
    step: str = ""
    on: dt.date | None = None
    for_day: dt.date | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    outcome: str = ""
    key: str = ""
    note: str = ""
    publication: str = ""
    vote: str = ""


@transaction.atomic
def record_event(*, by: Actor, at: dt.datetime, number: str, given: Given) -> Course:
    """Enter one event; the course as it stands then.

    Raises Forbidden, `own_work` (who records does not sign), `own_matter` (who it is about), NotFound, and whatever
    the engine refuses, with everything that is missing. A refused event is not stored.
    """
    row = queries.get_course_for(by, number, lock=True)
    course = Followed(row, local_date(at))
    given, meeting = _from_meeting(course, given)
    if not inquiries.check_asker(by, course, given.body):
        require(by, rules.permission_for(course.procedure.definition, given.kind, given.body), path=row.path)
    whom.check_not_concerned(by, row)
    event = event_of(course, given)
    rules.check_other_hand(event, by.reference, course.entered())
    vote = None
    if given.vote.strip() and event.kind in tallying.COUNTED:
        event, vote = tallying.tallied(course, event, given.vote, by)
    else:
        tallying.check_voted(course, event)
    event = whom.remembered(course, event)
    refuse(course, event)
    publication = _publication(course, event, given.publication) if given.publication else None
    shown = [one.reference for one in (publication, vote, meeting) if one is not None]
    enter(course, event, by=by, at=at, given=given, shown=shown)
    if vote is not None:
        tallying.rests_on(row, vote, by=by, at=at)
    changes = {"kind": event.kind, "step": event.step, "for": event.by, "outcome": event.outcome}
    record(by=by, at=at, action="deliberation.record", subject=row.subject, changes=changes)
    return row


@transaction.atomic
def object_to(*, by: Actor, at: dt.datetime, number: str, words: str) -> Course:
    """An objection of anyone who is signed in, to what is posted; the gate stays shut until it is answered.

    To what a party body posts: of who belongs to the place. Raises SignInRequired, NotFound, Forbidden
    `not_of_this_place`, Refused `nothing_published`, `objection_late`, `missing_words`.
    """
    if by.kind != "person":
        raise SignInRequired("sign_in_required", N_("提异议要先登录。登录后会回到这里。"))
    row = postings.get_posted_for(by, number, local_date(at))
    course = Followed(row, local_date(at))
    text = words.strip()
    if not text:
        raise Refused("missing_words", N_("请写您不同意哪一点、为什么。"), field="words")
    if len(text) > rules.LONGEST_NOTE:
        raise Refused("too_long", N_("太长了，最多 {longest} 个字。"), longest=rules.LONGEST_NOTE, field="words")
    count = sum(event.kind == "objected" for event in course.events)
    given = Given("objected", rules.ANYONE, course.standing.current, key=str(count + 1), note=text)
    event = event_of(course, given)
    refuse(course, event)
    enter(course, event, by=by, at=at, given=given)
    record(by=by, at=at, action="deliberation.object", subject=row.subject, changes={"step": event.step})
    return row


@transaction.atomic
def advance_course(*, by: Actor, at: dt.datetime, number: str) -> Course:
    """What time alone does: a posting that ran out, a last day that passed."""
    row = queries.get_course_for(by, number, lock=True)
    if row.status == "running":
        settle(Followed(row, local_date(at)), by=by, at=at)
    return row


def _from_meeting(course: Followed, given: Given) -> tuple[Given, Gathering | None]:
    """With the day, the figures and the minutes of the meeting that was called for the step."""
    day = given.for_day if given.kind == "noticed" else given.on
    step = given.step or course.standing.current
    taken = meetings.taken_over(course, given.kind, step, day, given.figures)
    if taken is None:
        return given, None
    papers = dict(given.papers)
    if taken.minutes is not None and not papers.get(meetings.MINUTES):
        papers[meetings.MINUTES] = Paper(upload=taken.minutes)
    return replace(given, figures=taken.figures, papers=papers), taken.meeting


def event_of(course: Followed, given: Given) -> Event:
    """As the engine reads it; a step that the form did not name is the one at hand."""
    today = course.today
    whole = given.kind in ("aborted",)
    return Event(
        given.kind,
        today if given.kind in rules.TODAY or given.on is None else given.on,
        given.body,
        "" if whole else given.step or course.standing.current,
        entered_on=today,
        for_day=given.for_day,
        figures=dict(given.figures),
        documents=tuple(code for code, paper in given.papers.items() if paper),
        outcome=given.outcome,
        key=given.key,
        note=rules.SEALED_NOTE if given.note.strip() else "",
    )


def refuse(course: Followed, event: Event) -> None:
    """Raises what is in the way: one refusal, or all of them as lines of one."""
    if not (found := course.refusals(event)):
        return
    said = [refused(one, course.pack) for one in found]
    if len(said) == 1:
        raise said[0]
    every = [gettext(one.message).format(**one.facts) for one in said]
    raise Refused(said[0].code, N_("{all}"), all="".join(every), every=every)


def enter(
    course: Followed,
    event: Event,
    *,
    by: Actor,
    at: dt.datetime,
    given: Given | None = None,
    shown: Sequence[str] = (),
) -> None:
    """Store an event that counts, and what follows from it; `shown`: a publication, a vote that it rests on."""
    row = course.course
    sequence = len(course.rows) + 1
    evidence, filed = _evidence(course, given, by, at)
    for reference in shown:
        kind = reference.partition(":")[0]
        evidence[kind] = reference
        if kind == "publication":
            link(by=by, at=at, source=row.subject, relation="published_as", target=reference)
    sealed = words.seal(row, vault.open_key(row.key), sequence, {"note": given.note if given else "", "filed": filed})
    ProcedureEvent.objects.create(
        course=row,
        sequence=sequence,
        event=event_values(event),
        evidence=evidence,
        words=sealed,
        by=by.reference,
        at=at,
    )
    settle(Followed(row, course.today), by=by, at=at)


def _evidence(
    course: Followed, given: Given | None, by: Actor, at: dt.datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """What shows each document, and where papers lie that nobody scanned."""
    shown: dict[str, str] = {}
    filed: dict[str, str] = {}
    kept = course.kept()
    for code, paper in (given.papers if given else {}).items():
        if paper.upload is not None:
            media = store_upload(by=by, at=at, key=course.course.key, upload=paper.upload)
            attach_evidence(by=by, at=at, media=media, subject=course.course.subject, purpose="document")
            shown[code] = f"media:{media.pk}"
        elif paper.again and paper.again in kept:
            shown[code] = f"event:{kept[paper.again][0].sequence}:{paper.again}"
        elif paper.filed.strip():
            shown[code], filed[code] = "filed", paper.filed.strip()[: rules.LONGEST_FILED]
    return shown, filed


def _publication(course: Followed, event: Event, number: str) -> Publication:
    """What is posted, as everybody can read it: public now, for here, and not for fewer days than the gate asks.

    Raises NotFound `publication_not_found`, Refused `publication_not_running`, `publication_elsewhere`,
    `publication_too_short`.
    """
    found = get_public(number.strip())
    if found.state != State.RELEASED:
        raise Refused("publication_not_running", N_("这一条现在没有公开。请先发布，再来公示。"), field="publication")
    here = course.course.path
    if not (here.startswith(found.path) or found.path.startswith(here)):
        raise Refused("publication_elsewhere", N_("这一条不是发给这里的。请核对编号。"), field="publication")
    until = _until(course, event)
    if until and found.expires_on and found.expires_on <= until:
        message = N_("这一条公开到 {ends} 就到期了，公示要到 {until}。请发一条更长的。")
        facts: dict[str, Any] = {"ends": found.expires_on.isoformat(), "until": until.isoformat()}
        raise Refused("publication_too_short", message, field="publication", **facts)
    return found


def _until(course: Followed, event: Event) -> dt.date | None:
    after = Followed(course.course, course.today)
    after.events = (*course.events, event)
    return next((state.until for state in after.standing.steps if state.code == event.step), None)


def settle(course: Followed, *, by: Actor, at: dt.datetime) -> None:
    """Repeat for lists where it stands; make the resolution when its ending is reached."""
    row, standing = course.course, course.standing
    row.status, row.current = standing.status, standing.current
    row.ending = standing.ending.code if standing.ending else ""
    row.next_on = course.next_on
    row.save(update_fields=["status", "current", "ending", "next_on"])
    if standing.ending is not None and standing.ending.kind == "decided":
        make_resolution(course, standing.ending, by=by, at=at)
