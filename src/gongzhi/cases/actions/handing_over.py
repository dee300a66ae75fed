"""When a mandate ends, the work its holder had taken up passes on: nothing lies with somebody who left."""

import datetime as dt

from gongzhi.audit.actions import record
from gongzhi.cases.models import WorkOrder
from gongzhi.common.access import system_actor
from gongzhi.people.models import Mandate


def hand_over_orders(from_mandate: int, to_mandate: int | None, at: dt.datetime) -> int:
    """Open orders that the leaving holder handles go to the successor, or back to the unit; returns how many."""
    leaving = Mandate.objects.select_related("post").get(pk=from_mandate)
    successor = Mandate.objects.filter(pk=to_mandate).first() if to_mandate else None
    orders = WorkOrder.objects.filter(
        handler_id=leaving.person_id, unit_id=leaving.post.organization_id, ended_at__isnull=True
    )
    moved = 0
    for order in orders.select_related("case").select_for_update(of=("self",)):
        order.handler_id = successor.person_id if successor else None
        order.save(update_fields=["handler"])
        changes = {"handler": [str(leaving.person_id), str(order.handler_id) if order.handler_id else None]}
        by = system_actor("handover")
        record(by=by, at=at, action="cases.hand_over", subject=order.case.reference, changes=changes)
        moved += 1
    return moved
