"""The cast with homes, the packs of sharing, and offers and wishes as far as a test needs them."""

import datetime as dt
from typing import Any

import pytest

from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Refused
from gongzhi.exchange import actions
from gongzhi.exchange.actions import Asked, Given, Wanted
from gongzhi.exchange.models import Claim, Need, Offer
from gongzhi.exchange.rules.times import Span, read_hours
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests import cast
from tests.cast import NOW, SETUP, World

TODAY = local_date(NOW)
FOLDERS = ("sharing", "offers", "needs", "catalogues")
HOURS = "周一至周日 08:00-12:00，14:00-22:00"


@pytest.fixture
def world(db: Any) -> World:
    return build()


def load_sharing() -> None:
    for path in shipped.common_packs():
        if path.parent.name in FOLDERS:
            load_pack(by=SETUP, at=NOW, path=path)


def build() -> World:
    """Resident and neighbour live next door to one another; the outsider lives nowhere here."""
    world = cast.build()
    load_sharing()
    load_law()
    doors = homes(world)
    approve(world, declare(world, "resident", doors["1-101"]))
    approve(world, declare(world, "neighbour", doors["1-102"]))
    return world


def refused(code: str, act: Any, /, *args: Any, **more: Any) -> Refused:
    """What is refused with this code, and says so."""
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.code == code, found.value
    return found.value


def offer(
    world: World, kind: str = "venue", *, by: str = "property", body: str | None = "property-1", **more: Any
) -> Offer:
    given: dict[str, Any] = {"kind": kind, "title": "柳园物业会议室", "place": world.places["PC-1"]}
    given |= {"mode": "menu", "fee": "free", "organization": world.units[body] if body else None}
    given["hours"] = read_hours(HOURS)
    return actions.enter_offer(by=world.actor(by), at=more.pop("at", NOW), given=Given(**{**given, **more}))


def at_hour(days: int, hour: int, minutes: int = 60, minute: int = 0) -> Span:
    """A time so many days from the tests' today, by the civil clock."""
    start = dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(hour, minute), CHINA)
    return Span(start, start + dt.timedelta(minutes=minutes))


def claim(world: World, row: Offer, by: str = "resident", **more: Any) -> Claim:
    at = more.pop("at", NOW)
    return actions.claim_offer(by=world.actor(by, at), at=at, number=row.number, wanted=Wanted(**more))[0]


def wish(world: World, by: str = "resident", **more: Any) -> Need:
    given: dict[str, Any] = {"kind": "wish", "category": "thing", "title": "想要一副老花镜"}
    given |= {"place": world.places["PC-1"], "name": "演示", "phone": "13900000000", "where": "门口有花的那家"}
    return actions.ask_need(by=world.actor(by), at=more.pop("at", NOW), asked=Asked(**{**given, **more}))


def published(world: World, **more: Any) -> Need:
    row = wish(world, **more)
    return actions.check_need(by=world.actor("secretary"), at=NOW, number=row.number, publish=True)
