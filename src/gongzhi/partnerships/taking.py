"""Who took part in agreements and meetings of a place: for the register of participants (partnerships.registry)."""

import datetime as dt

from django.db.models import Count, F, Q

from gongzhi.common.clock import ends, starts
from gongzhi.common.text import N_
from gongzhi.gatherings.models import Attendance
from gongzhi.partnerships.models import Party
from gongzhi.partnerships.queries import kinds_in_force
from gongzhi.partnerships.queries.together import HELD
from gongzhi.partnerships.registry import TakingPart, taking_part


@taking_part("agreements")
def agreements(path: str, since: dt.date, until: dt.date) -> TakingPart:
    """Bodies that stood in an agreement which held in these days; not the community that keeps it. One statement."""
    cores = Q(pk__in=[])
    for pack, _reference in kinds_in_force(until).values():
        cores |= Q(agreement__kind=pack.name, role=pack.core.code)
    rows = Party.objects.filter(agreement__path__startswith=path, agreement__state__in=HELD)
    rows = rows.filter(agreement__starts_on__lte=until, signed_on__isnull=False)
    rows = rows.filter(Q(agreement__ends_on=None) | Q(agreement__ends_on__gte=since)).exclude(cores)
    counted = rows.values_list("organization").annotate(n=Count("agreement", distinct=True))
    return TakingPart(N_("共建协议"), dict(counted))


@taking_part("gatherings")
def gatherings(path: str, since: dt.date, until: dt.date) -> TakingPart:
    """Whoever came to a meeting or an activity, for a body or for themselves; not the body that called it."""
    days = {"gathering__starts_at__gte": starts(since), "gathering__starts_at__lt": ends(until)}
    rows = Attendance.objects.filter(gathering__path__startswith=path, state="came", **days)
    sent = rows.exclude(body=None).exclude(body=F("gathering__organization"))
    bodies = sent.values_list("body").annotate(n=Count("gathering", distinct=True))
    return TakingPart(N_("开会议事、活动"), dict(bodies), set(rows.values_list("person", flat=True)))
