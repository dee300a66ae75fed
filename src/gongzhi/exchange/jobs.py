"""Jobs of the worker: claims and wishes whose time has come. One index read each."""

import datetime as dt
import logging

from django.db import DatabaseError

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.exchange import actions
from gongzhi.exchange.models import Claim, Need, Wish

log = logging.getLogger(__name__)
MOST = 500


def turn_due(now: dt.datetime) -> int:
    """Returns how many were looked at."""
    by = system_actor("exchange")
    claims = Claim.objects.filter(next_at__lte=now).order_by("next_at").values_list("number", "need__number")
    found = list(claims[:MOST])
    late = Need.objects.filter(status=Wish.OPEN, until__lt=local_date(now)).order_by("until")
    wishes = {need for _claim, need in found if need} | set(late.values_list("number", flat=True)[:MOST])
    for number in [claim for claim, need in found if not need]:
        try:
            actions.turn_claim(by=by, at=now, number=number)
        except (Refused, DatabaseError):
            log.exception("claim %s", number)
    for number in sorted(wishes):
        try:
            actions.turn_need(by=by, at=now, number=number)
        except (Refused, DatabaseError):
            log.exception("need %s", number)
    return len(found) + len(wishes)
