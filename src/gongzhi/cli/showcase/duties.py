"""The demo's duties: six weeks of them, some done, some asleep, one that somebody asks to be excused from; a covenant
in its second version. 演示数据."""

import datetime as dt

from gongzhi.cli.showcase import pictures
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.documents.actions import adopt_instrument, draft_instrument
from gongzhi.duties import actions, queries
from gongzhi.duties.models import OPEN, Duty
from gongzhi.places.models import Place

# Rules that ask one of each post or body: the demo's people do most of it, not all.
_DONE = ("meeting.month", "residents.disclosure.quarter", "sponsor.month", "information.report.year")
_BEFORE = "# 一、楼道\n楼道不堆放杂物。\n# 二、停车\n车停在划好的线里。\n# 三、养犬\n出门牵绳，随手清理。"
_AFTER = (
    "# 一、楼道\n楼道和门厅不堆放杂物，电动车不进楼、不上楼充电。\n# 二、停车\n车停在划好的线里，消防通道不停车。\n"
    "# 三、养犬\n出门牵绳，随手清理。\n# 四、噪音\n晚上 10 点到早上 7 点不装修、不放大音量。"
)


def show_duties(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Duties as they stand after six weeks of work."""
    by = system_actor("showcase")
    for weeks in (6, 0):
        actions.make_duties(by=by, at=now - dt.timedelta(weeks=weeks))
    today = clock.local_date(now)
    _do_some(crew, spot, now, today)
    _ask_once(crew, spot, now, today)
    _adopt_covenant(crew, spot, now, today)


def _do_some(crew: Crew, spot: Place, now: dt.datetime, today: dt.date) -> None:
    """Of what the demo's own posts owe, what has begun is done with a picture; every third is left."""
    begun = Duty.objects.filter(OPEN, rule__in=_DONE, opens_on__lte=today, holder__isnull=False)
    for number, duty in enumerate(begun.select_related("holder__person").order_by("due_on", "id")[:12]):
        if number % 3 == 2 or duty.holder is None:
            continue
        at = min(now, dt.datetime.combine(duty.due_on, dt.time(15), clock.CHINA))
        by = crew.actor(duty.holder.person)
        actions.fulfil_duty(by=by, at=at, duty_id=duty.pk, uploads=[pictures.draw("road", "after")], note="演示数据")


def _ask_once(crew: Crew, spot: Place, now: dt.datetime, today: dt.date) -> None:
    asking = crew.actor(crew.over(spot.path, "secretary"))
    rows = queries.own_duties(asking).filter(OPEN, opens_on__lte=today).order_by("due_on", "id")
    if duty := rows.last():
        actions.ask_excuse(by=asking, at=now, duty_id=duty.pk, reason="这个月防汛值守，全员在岗（演示数据）")


def _adopt_covenant(crew: Crew, spot: Place, now: dt.datetime, today: dt.date) -> None:
    by = crew.actor(crew.over(spot.path, "secretary"))
    reach = by.paths_for("documents.adopt")
    place = next((one for one in _above(spot) if one.path in reach), None)
    if place is None:
        return
    for text, days in ((_BEFORE, 400), (_AFTER, 20)):
        on = today - dt.timedelta(days=days)
        code, title = "demo-covenant", f"{place.name}居民公约（演示数据）"
        draft_instrument(by=by, at=now, code=code, place=place, kind="covenant", title=title, text=text)
        basis = f"{on.year}年居民代表会议决议（演示）"
        adopt_instrument(by=by, at=now, code=code, adopted_on=on, basis=basis, effective_from=on)


def _above(spot: Place) -> list[Place]:
    return list(Place.objects.current().filter(path__in=_prefixes(spot.path)).defer("polygon").order_by("-path"))


def _prefixes(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[: n + 1])}/" for n in range(len(parts))]
