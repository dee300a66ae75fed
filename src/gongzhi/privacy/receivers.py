"""Tells the privacy officers when something was written to them; run from the outbox, at least once."""

from gongzhi.cases.models import Case
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.packs import queries as packs
from gongzhi.people.queries import holders_of

OURS = ("rights", "export_request", "breach")
_NEWS = system_actor("news")


@receive("case.report")
def tell_officers(event: Event) -> None:
    """A request, an export or a breach: everybody in the post over the place hears of it, without its words."""
    case = Case.objects.filter(number=event.payload["case"], channel__in=OURS).first()
    if case is None:
        return
    channel = packs.active_model().channel(case.channel)
    what = channel.name if channel else case.channel
    for person in holders_of("privacy_officer", case.path, local_date(event.now)):
        notify_person(
            by=_NEWS,
            at=event.now,
            person_id=person,
            kind="privacy_request",
            params={"number": case.number, "what": what},
            subject=case.reference,
            dedupe_key=f"privacy:{case.number}",
        )
