"""Who hears that an agreement was signed, starts, ends or is over: everybody who works for one of its parties."""

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.partnerships import queries
from gongzhi.partnerships.models import Agreement


@receive("agreement.moved")
def tell_parties(event: Event) -> None:
    """Both sides, once a move; without anybody who works for it a party is told by the office."""
    row = Agreement.objects.filter(number=event.payload["number"]).first()
    if row is None:
        return
    day, state = local_date(event.now), event.payload["state"]
    bodies = list(row.parties.values_list("organization", flat=True))
    told = {one.person_id for mandates in queries.people_of(bodies, day).values() for one in mandates}
    if keeper := queries.keeper_near(row.path, day):
        told.add(keeper.person_id)
    ends = row.ends_on.isoformat() if row.ends_on else ""
    params = {"number": row.number, "title": row.title, "state": state, "ends_on": ends}
    for person_id in sorted(told):
        notify_person(
            by=system_actor("partnerships"),
            at=event.now,
            person_id=person_id,
            kind="agreement",
            params=params,
            subject=row.reference,
            dedupe_key=f"{row.number}-{state}",
        )
