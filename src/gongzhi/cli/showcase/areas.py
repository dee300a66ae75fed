"""The demo's areas of responsibility: 包片 and 包栋 around the stories, a few left open for the list. 演示数据."""

import datetime as dt

from gongzhi.cli.showcase.staff import SHOWCASE
from gongzhi.common.clock import local_date
from gongzhi.people import actions as people
from gongzhi.people.queries import party
from gongzhi.places.models import Place

HOLDERS = ("patch_lead", "secretary", "grid_member")
MOST = 12


def share_areas(spot: Place, now: dt.datetime) -> None:
    """Levels whose places nobody holds by post: the first few beside the stories are taken on, the last is not."""
    if not party.is_there():
        return
    for area in party.party().areas:
        if area.roles:
            continue
        near = Place.objects.current().filter(level=area.level, path__startswith=_around(spot)).order_by("path")
        for place in list(near.select_related("parent").defer("polygon", "parent__polygon")[: MOST + 1])[:-1]:
            mandate = party.candidates(SHOWCASE, place, local_date(now)).filter(post__role__in=HOLDERS).first()
            if mandate is not None:
                people.charge_holder(by=SHOWCASE, at=now, mandate=mandate, place=place, decision="演示：支部会议")


def _around(spot: Place) -> str:
    """Three levels above a building: its compound or community."""
    return "/".join(spot.path.rstrip("/").split("/")[:-3]) + "/"
