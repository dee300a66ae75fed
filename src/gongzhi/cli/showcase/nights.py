"""Nights of the demo: who is on duty for a month to come, and what came in before work began. 演示数据."""

import datetime as dt
from collections.abc import Mapping

from gongzhi.cases import actions as cases
from gongzhi.cases import queries
from gongzhi.cases.actions.after_hours import route_at_night
from gongzhi.cases.models import Case
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.people import rules
from gongzhi.people.models import Mandate
from gongzhi.places.models import Place

# A shift goes round the clock: by day nothing is given to whoever is on duty anyway.
_BEGINS = dt.time(8, 0)
_EARLY = dt.time(5, 40)
_DAYS = 31


def keep_nights(now: dt.datetime) -> int:
    """Put the holders in the bodies on duty on the roster, from yesterday on; how many are."""
    office = packs.active_model().office
    bodies = {entry.body for entry in office.night_duties} if office else set()
    held = Mandate.objects.filter(post__role="department", person__is_demo=True, valid_to__isnull=True)
    today = clock.local_date(now)
    days = [today + dt.timedelta(days=number) for number in range(-1, _DAYS)]
    shifts = [rules.shift_of(day, _BEGINS, _BEGINS, clock.CHINA) for day in days]
    count = 0
    for body in sorted(bodies):
        for mandate in held.filter(post__organization__code__startswith=f"{body}-").select_related("post__place"):
            people.add_shifts(by=SHOWCASE, at=now, mandate=mandate, shifts=shifts)
            count += 1
    return count


def show_a_night(crew: Crew, spot: Place, told: Mapping[str, str], now: dt.datetime) -> Case | None:
    """Something urgent came in early this morning: whoever was on duty took it up at once, and has it still.

    Of today, since the demo's posts are of today.
    """
    at = min(now, dt.datetime.combine(clock.local_date(now), _EARLY, clock.CHINA))
    answer = cases.report_case(
        by=crew.actor(crew.residents[-1]),
        at=at,
        text=told["text"].replace("{place}", spot.name),
        where=queries.locate(place_code=spot.code),
        channel="web",
        category=told["category"],
    )
    case = route_at_night(by=SHOWCASE, at=at, number=answer["number"])
    if case is None or case.unit_id not in crew.by_unit:
        return None
    by = crew.actor(crew.by_unit[case.unit_id])
    soon = min(now, at + dt.timedelta(minutes=25))
    return cases.start_work(by=by, at=soon, number=case.number, note=told["note"])
