"""Who hears of which step: run from the outbox, at least once; the dedupe keys make a second run silent."""

from typing import Any

from gongzhi.cases import words
from gongzhi.cases.models import Case, Clock
from gongzhi.cases.queries import track_code_for
from gongzhi.cases.queries.seeing import bodies_of, reporters_of
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.notifications.actions import notify_person, send_address
from gongzhi.notifications.registry import Event, receive
from gongzhi.people.models import Person
from gongzhi.people.queries import actor_for, holders_of, members_of
from gongzhi.places.rules import upwards

_NEWS = system_actor("news")

# Message for the reporter after each move.
REPORTER_NEWS = {
    "report": "case_reported",
    "dispatch": "case_dispatched",
    "rule": "case_dispatched",
    "tell": "case_told",
    "answer": "case_answered",
    "verify": "case_confirm_please",
    "explain": "case_confirm_please",
    "settle": "case_confirm_please",
    "reply": "case_confirm_please",
    "judge": "case_confirm_please",
    "rework": "case_reopened",
    "reopen": "case_reopened",
    "unsolved": "case_reopened",
    "disagree": "case_reopened",
    "defer": "case_deferred",
    "exclude": "case_out_of_score",
    "put_back": "case_back_in_score",
    "uphold": "case_out_of_score",
    "close": "case_closed",
    "agree": "mediation_agreed",
    "decline_talk": "mediation_ended",
    "end_talk": "mediation_ended",
    "remind": "mediation_court",
    "archive": "case_closed",
    "propose_time": "meeting_proposed",
    "served": "case_confirm_please",
    "merge": "case_merged",
    "unmerge": "case_unmerged",
}
# Message for the responsible unit.
UNIT_NEWS = {
    "dispatch": "order_assigned",
    "rule": "order_assigned",
    "night": "order_assigned",
    "issue": "order_assigned",
    "urge": "order_urged",
    "remind_due": "order_urged",
    "rework": "case_reopened",
    "unsolved": "case_reopened",
    "reopen": "case_reopened",
    "remind": "mediation_court",
    "accept_time": "meeting_accepted",
    "decline_time": "meeting_accepted",
}


def _case(event: Event) -> Case | None:
    return Case.objects.select_related("unit", "key").filter(number=event.payload["case"]).first()


def _due(case: Case, move: str) -> str | None:
    """The date the message speaks of: the first answer, the confirmation, or the result."""
    kind = {"report": "first_contact", "verify": "confirm", "explain": "confirm", "served": "confirm"}.get(move)
    kind = {"agree": "judicial", "remind": "judicial"}.get(move, kind)
    if kind:
        clock = Clock.objects.filter(case=case, kind=kind).order_by("-id").first()
        return clock.due_at.isoformat() if clock else None
    return case.due_at.isoformat() if case.due_at else None


def _params(case: Case, move: str) -> dict[str, Any]:
    answering = case.first_unit if move == "tell" else case.unit
    unit = answering.name if answering else ""
    next_at = case.deferred_until.isoformat() if case.deferred_until else None
    return {"number": case.number, "unit": unit, "due_at": _due(case, move), "next_at": next_at}


def tell_reporters(event: Event) -> None:
    """Every reporter, by account or by the number they left."""
    case, move = _case(event), event.topic.removeprefix("case.")
    if case is None:
        return
    kind, params = REPORTER_NEWS[move], _params(case, move)
    for reporter in reporters_of(case):
        own = reporter.case  # of several that were merged, each reporter is told by the number they know
        params = {**params, "number": own.number}
        key = f"case:{case.number}:{event.id}:reporter:{reporter.pk}"
        if reporter.person_id:
            notify_person(
                by=_NEWS,
                at=event.now,
                person_id=reporter.person_id,
                kind=kind,
                params=params,
                subject=own.reference,
                dedupe_key=key,
            )
        elif contact := words.open_part(own.key, "contact", reporter.contact):
            _tell_number(own, contact, kind, params, key, event)


def _tell_number(
    case: Case, contact: dict[str, str], kind: str, params: dict[str, Any], key: str, event: Event
) -> None:
    if contact.get("phone"):
        send_address(
            by=_NEWS,
            at=event.now,
            channel="sms",
            to=contact["phone"],
            kind=kind,
            params=params,
            secret={"track_code": track_code_for(case.number)},
            subject=case.reference,
            dedupe_key=key,
            key=case.key,
        )


def tell_unit(event: Event) -> None:
    """Everyone who holds a post in the responsible unit."""
    case, move = _case(event), event.topic.removeprefix("case.")
    if case is None or case.unit_id is None:
        return
    for person_id in members_of(case.unit_id, local_date(event.now)):
        notify_person(
            by=_NEWS,
            at=event.now,
            person_id=person_id,
            kind=UNIT_NEWS[move],
            params=_params(case, move),
            subject=case.reference,
            dedupe_key=f"case:{case.number}:{event.id}:unit",
            channels=("app",),
        )


def _kept_from(case: Case, person_id: Any, event: Event) -> bool:
    """Whether a protected report is about a body of this person's (信访工作条例 30)."""
    if case.privacy != "protected" or case.about_unit_id is None:
        return False
    person = Person.objects.filter(pk=person_id).first()
    return case.about_unit_id in bodies_of(actor_for(person, at=event.now, purpose="news"))


def tell_superiors(event: Event) -> None:
    """The holders of the ladder step's role, so many levels above the case's place."""
    case = _case(event)
    if case is None:
        return
    levels = upwards(case.path)
    above = levels[max(0, len(levels) - 1 - int(event.payload["levels_up"]))]
    for person_id in holders_of(event.payload["role"], above, local_date(event.now)):
        if _kept_from(case, person_id, event):
            continue
        notify_person(
            by=_NEWS,
            at=event.now,
            person_id=person_id,
            kind="case_escalated",
            params=_params(case, "escalate"),
            subject=case.reference,
            dedupe_key=f"case:{case.number}:{event.id}:superior",
            channels=("app",),
        )


for _move in REPORTER_NEWS:
    receive(f"case.{_move}")(tell_reporters)
for _move in UNIT_NEWS:
    receive(f"case.{_move}")(tell_unit)
receive("case.escalate")(tell_superiors)
