"""The demo's points: a shop that four neighbours joined, a time bank between relatives. 演示数据."""

import datetime as dt
import uuid

from gongzhi.cli.showcase.staff import Crew
from gongzhi.common.access import Actor, system_actor
from gongzhi.common.clock import local_date
from gongzhi.ledger import actions
from gongzhi.ledger.actions import persons
from gongzhi.ledger.actions.earning import Award, Deed, award, earn
from gongzhi.ledger.actions.objecting import object_to
from gongzhi.ledger.models import Account, Fund
from gongzhi.packs.fund_contents import BACK_ENTRY, SERVED
from gongzhi.people.models import Person
from gongzhi.web.views.demo import demo_person

_RULE = system_actor("ledger")
# days ago, minutes, how; of the shop's first member
_SERVED = ((40, 150, SERVED), (26, 200, SERVED), (12, 120, BACK_ENTRY), (6, 560, SERVED))


def keep_points(crew: Crew, fund: Fund, writer: Actor, second: Actor, now: dt.datetime) -> None:
    """Of the shop: services that were confirmed, one written in, an award, an exchange, an objection."""
    members = _members(crew, now)
    begun = now - dt.timedelta(days=44)
    codes = [_join(crew, one, fund, begun) for one in members]
    for days, minutes, how in _SERVED:
        at = now - dt.timedelta(days=days)
        deed = Deed(uuid.uuid4(), members[0].pk, minutes, fund.organization_id, local_date(at), how)
        earn(by=_RULE, at=at, number=fund.number, deed=deed)
    for code, what in zip(codes, ("雪天清扫楼前的路（演示）", "教邻居用手机（演示）"), strict=False):
        made = award(
            by=writer, at=now, number=fund.number, given=Award(code.name, "good_deed", 1, local_date(now), what)
        )
        if code == codes[0]:
            actions.decide_entry(by=second, at=now, number=made.number, granted=True)
            told = "那天我也扫了后门（演示）"
            object_to(by=crew.actor(members[0]), at=now, number=made.number, reason=told)
    first, request = members[0], uuid.uuid4()
    persons.spend(by=crew.actor(first), at=now, person=first.pk, fund=fund, amount=5, about="", request=request)


def keep_time(crew: Crew, fund: Fund, now: dt.datetime) -> None:
    """Of the time bank: hours of two neighbours, some of them offered to the first by a relative."""
    members = _members(crew, now)[:2]
    codes = [_join(crew, one, fund, now - dt.timedelta(days=20)) for one in members]
    at = now - dt.timedelta(days=9)
    for one, minutes in zip(members, (180, 240), strict=False):
        deed = Deed(uuid.uuid4(), one.pk, minutes, fund.organization_id, local_date(at), SERVED)
        earn(by=_RULE, at=at, number=fund.number, deed=deed)
    if len(members) > 1:
        relative = crew.actor(members[1])
        persons.offer_transfer(by=relative, at=now, number=fund.number, to=codes[0].name, amount=120)


def _members(crew: Crew, now: dt.datetime) -> list[Person]:
    known = [demo_person("resident", now), *crew.residents[:4]]
    return list(dict.fromkeys(one for one in known if one is not None))


def _join(crew: Crew, person: Person, fund: Fund, at: dt.datetime) -> Account:
    return persons.join(by=crew.actor(person), at=at, number=fund.number, listed=True)["member"]
