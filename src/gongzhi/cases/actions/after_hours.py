"""下班以后: what is urgent goes to whoever is on duty; what they did not begin comes back in the morning."""

import datetime as dt

from django.db import transaction

from gongzhi.cases import queries, timing
from gongzhi.cases.actions.dispatching import unit_for
from gongzhi.cases.actions.moving import begin, finish, give_order, open_order, start_clock
from gongzhi.cases.models import Case, Clock
from gongzhi.cases.queries.routing import lineage
from gongzhi.cases.rules.night import night_duty
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.access import Actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.engines.calendar import WorkCalendar
from gongzhi.packs import queries as packs
from gongzhi.people.models import Organization
from gongzhi.people.queries.duty import OnDuty, body_on_duty

_MINUTE = dt.timedelta(minutes=1)


def _at_work(calendar: WorkCalendar, at: dt.datetime) -> bool:
    return bool(calendar.working_minutes_between(at, at + _MINUTE))


def _next_morning(calendar: WorkCalendar, at: dt.datetime) -> timing.Planned:
    """When work begins again."""
    opening = calendar.add_working_minutes(at, 1)
    return timing.Planned("duty", at, opening.at - _MINUTE, opening.certain, {})


@transaction.atomic
def route_at_night(*, by: Actor, at: dt.datetime, number: str) -> Case | None:
    """Give a case that came in after hours to the body on duty; None where it stays for the morning as it is.

    The model pack says for which categories and classes, and by which body; somebody of it must be on the roster now.
    Nothing private goes this way, nor anything about that body itself.
    """
    case = queries.get_case_for(by, number, lock=True)
    duty = _duty_for(case, at)
    if duty is None or duty.organization_id is None:
        return None
    try:
        unit = unit_for(case, duty.organization_id)
    except (NotFound, Refused):
        return None
    case, normal = begin(by=by, number=number, move="night"), case.unit_id
    calendar = packs.calendar()
    case.unit = unit
    start_clock(case, _next_morning(calendar, at))
    order = give_order(case, unit.pk, by=by, at=at)
    order.facts = {"night": True, "normal": normal, "pack": packs.in_use().model_reference}
    order.save(update_fields=["facts"])
    facts = {"unit": unit.pk, "normal": normal, "until": duty.until.isoformat()}
    finish(case, by=by, at=at, move="night", facts=facts)
    return case


def _duty_for(case: Case, at: dt.datetime) -> OnDuty | None:
    model, calendar = packs.active_model(), packs.calendar()
    if case.status != "reported" or case.main_id or case.privacy in PRIVATE or case.channel in model.issued:
        return None
    if model.office is None or _at_work(calendar, at) or _at_work(calendar, case.received_at):
        return None
    way_in = model.channel(case.channel)
    if way_in is None or way_in.kind == "letter" or way_in.entered_by == "import":
        return None
    entry = night_duty(model.office.night_duties, lineage(case.category), case.priority)
    return body_on_duty(case.path, at, entry.body) if entry else None


def hand_back(case: Case, by: Actor, at: dt.datetime) -> str:
    """Work begins: what the body on duty has not begun goes back to where it would have come by day."""
    Clock.objects.filter(case=case, kind="duty", met_at__isnull=True).update(met_at=at)
    order = open_order(case) if case.status == "dispatched" else None
    if order is None or not order.facts.get("night"):
        timing.refresh_next_clock(case)
        case.save(update_fields=["next_clock", "next_clock_at"])
        return "begun"
    case = begin(by=by, number=case.number, move="morning")
    order.ended_at = at
    order.save(update_fields=["ended_at"])
    case.unit = Organization.objects.filter(pk=order.facts["normal"], valid_to__isnull=True).first()
    finish(case, by=by, at=at, move="morning", facts={"unit": order.unit_id, "normal": case.unit_id})
    return "handed_back"
