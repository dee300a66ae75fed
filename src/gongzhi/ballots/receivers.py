"""Who hears of a vote: everybody on its roll, when it opens and when its result is out."""

from gongzhi.ballots.models import Elector, Vote
from gongzhi.common.access import system_actor
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive


@receive("vote.told")
def tell_the_roll(event: Event) -> None:
    vote = Vote.objects.filter(number=event.payload["number"]).select_related("organization").first()
    if vote is None:
        return
    what = event.payload["what"]
    params = {"number": vote.number, "title": vote.title, "what": what, "closes_at": vote.closes_at.isoformat()}
    people = Elector.objects.filter(entry__roll=vote.roll_id, person__isnull=False).values_list("person_id", flat=True)
    for person_id in people.distinct().order_by("person_id"):
        notify_person(
            by=system_actor("ballots"),
            at=event.now,
            person_id=person_id,
            kind="vote",
            params=params,
            subject=vote.reference,
            dedupe_key=f"{vote.number}-{what}",
        )
