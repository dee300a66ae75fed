"""Who hears of a gathering: everyone on its list, once for each notice or change; of a topic: who proposed it."""

from gongzhi.common.access import system_actor
from gongzhi.gatherings.models import Attendance, Gathering, Topic
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive


@receive("gathering.told")
def tell_those_expected(event: Event) -> None:
    row = Gathering.objects.filter(number=event.payload["number"]).select_related("organization").first()
    if row is None:
        return
    what, moment = event.payload["what"], event.payload["at"]
    params = {
        "number": row.number,
        "title": row.title,
        "what": what,
        "where": row.where,
        "starts_at": row.starts_at.isoformat(),
    }
    # A notice is told once; a change each time it changes.
    key = f"{row.number}-{what}" if what == "notice" else f"{row.number}-{what}-{moment}"
    for person_id in Attendance.objects.filter(gathering=row).values_list("person_id", flat=True):
        notify_person(
            by=system_actor("gatherings"),
            at=event.now,
            person_id=person_id,
            kind="gathering",
            params=params,
            subject=row.reference,
            dedupe_key=key,
        )


@receive("gathering.announced")
def tell_of_topics(event: Event) -> None:
    """Whose topic stands on the agenda hears when it will be talked about."""
    for topic in Topic.objects.filter(item__gathering__number=event.payload["number"], proposer__isnull=False):
        _tell_proposer(topic, "agenda", event)


@receive("topic.told")
def tell_who_proposed(event: Event) -> None:
    topic = Topic.objects.filter(number=event.payload["number"], proposer__isnull=False).first()
    if topic is not None:
        _tell_proposer(topic, event.payload["what"], event)


def _tell_proposer(topic: Topic, what: str, event: Event) -> None:
    assert topic.proposer_id is not None  # noqa: S101 - asked for above
    notify_person(
        by=system_actor("gatherings"),
        at=event.now,
        person_id=topic.proposer_id,
        kind="topic",
        params={"number": topic.number, "title": topic.title, "what": what},
        subject=topic.reference,
        dedupe_key=f"{topic.number}-{what}",
    )
