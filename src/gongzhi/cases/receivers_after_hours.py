"""下班以后: what is urgent goes to the body on duty; whoever is on duty for the place is told of everything."""

from gongzhi.cases.actions.after_hours import route_at_night
from gongzhi.cases.models import Case
from gongzhi.common.access import system_actor
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.people.queries.duty import answers_after_hours

_NEWS = system_actor("news")


@receive("case.report")
def tell_who_is_on_duty(event: Event) -> None:
    """Counted from when it was received, not from when the outbox was worked through."""
    case = Case.objects.filter(number=event.payload["case"]).first()
    if case is None:
        return
    route_at_night(by=_NEWS, at=event.now, number=case.number)
    for one in answers_after_hours(case.path, case.received_at):
        notify_person(
            by=_NEWS,
            at=event.now,
            person_id=one.person_id,
            kind="case_after_hours",
            params={"number": case.number, "due_at": one.until.isoformat()},
            subject=case.reference,
            dedupe_key=f"case:{case.number}:duty:{one.mandate_id}",
            channels=("app",),
        )
