"""Who hears that help is wanted, and that a dispute waits: run from the outbox, silent the second time."""

from gongzhi.cases.models import Case, WorkOrder
from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.registry import Event, receive
from gongzhi.people.queries import holders_of, members_of

_NEWS = system_actor("news")
# Who decides disputes, the nearest kind of post first.
RULERS = ("supervisor", "secretary")


def _case(event: Event) -> Case | None:
    return Case.objects.select_related("unit").filter(number=event.payload["case"]).first()


def tell_helpers(event: Event) -> None:
    """Everyone in the units that were called and have not answered yet."""
    case = _case(event)
    if case is None:
        return
    orders = WorkOrder.objects.filter(
        case=case, role__in=("co", "whistle"), ended_at__isnull=True, accepted_at__isnull=True
    )
    for order in orders.select_related("unit"):
        due = order.due_at.isoformat() if order.due_at else None
        for person_id in members_of(order.unit_id, local_date(event.now)):
            notify_person(
                by=_NEWS,
                at=event.now,
                person_id=person_id,
                kind="order_whistled" if order.role == "whistle" else "order_joined",
                params={"number": case.number, "unit": order.unit.name, "due_at": due},
                subject=case.reference,
                dedupe_key=f"case:{case.number}:order:{order.pk}:called",
                channels=("app",),
            )


def tell_rulers(event: Event) -> None:
    """Those who decide over the common superior's place, and sit in none of the units that differ."""
    case = _case(event)
    if case is None or case.pending.get("kind") != "ruling":
        return
    asked, on = case.pending, local_date(event.now)
    parties = {person for unit in asked.get("concerned", ()) for person in members_of(unit, on)}
    path = asked.get("superior_path") or case.path
    found = (set(holders_of(role, path, on)) - parties for role in RULERS)
    for person_id in sorted(next((people for people in found if people), set())):
        notify_person(
            by=_NEWS,
            at=event.now,
            person_id=person_id,
            kind="ruling_asked",
            params={"number": case.number, "unit": case.unit.name if case.unit else "", "due_at": None},
            subject=case.reference,
            dedupe_key=f"case:{case.number}:{event.id}:ruler",
            channels=("app",),
        )


for _move in ("join", "whistle", "rule"):
    receive(f"case.{_move}")(tell_helpers)
for _move in ("dispute", "ask_ruling"):
    receive(f"case.{_move}")(tell_rulers)
