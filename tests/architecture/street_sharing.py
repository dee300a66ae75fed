"""Something to book, somebody who booked it, a merchant to look at, two wishes: for the visits of every address."""

import datetime as dt
from pathlib import Path
from typing import Any

import gongzhi.packs as packs_room
from gongzhi.common import clock
from gongzhi.duties.feeds import feed_of_person
from gongzhi.exchange import actions
from gongzhi.exchange.actions import Asked, Given, Wanted
from gongzhi.exchange.rules.times import Span, read_hours
from gongzhi.packs.actions import load_pack
from tests import cast


def build(world: cast.World) -> dict[str, Any]:
    folder = Path(packs_room.__file__).parent / "data"
    for name in ("sharing", "offers", "needs", "catalogues"):
        for path in sorted((folder / name).glob("*.toml")):
            load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    now = clock.now()
    shop, resident = world.actor("property", now), world.actor("resident", now)
    common: dict[str, Any] = {"place": world.places["PC-1"], "organization": world.units["property-1"], "fee": "free"}
    hours = read_hours("周一至周日 00:00-24:00")
    seat = actions.enter_offer(by=shop, at=now, given=Given("seat", "折叠椅", mode="menu", hours=hours, **common))
    care = actions.enter_offer(by=shop, at=now, given=Given("day_care", "日间照料", mode="professional", **common))
    entered = actions.enter_offer(by=shop, at=now, given=Given("merchant", "早餐八折", mode="devotion", **common))
    fresh = actions.enter_offer(by=shop, at=now, given=Given("merchant", "理发九折", mode="devotion", **common))
    actions.check_offer(by=world.actor("secretary", now), at=now, number=fresh.number, approve=True)
    day = clock.starts(clock.local_date(now) + dt.timedelta(days=2))
    span = Span(day + dt.timedelta(hours=9), day + dt.timedelta(hours=10))
    claim = actions.claim_offer(by=resident, at=now, number=seat.number, wanted=Wanted(span))[0]
    asked = Asked("wish", "thing", "想要一副老花镜", world.places["PC-1"], name="演示")
    need = actions.ask_need(by=resident, at=now, asked=asked)
    actions.check_need(by=world.actor("secretary", now), at=now, number=need.number, publish=True)
    assert resident.person_id is not None
    return {
        "offer": seat.number,
        "day_care": care.number,
        "merchant": entered.number,
        "merchant_open": fresh.number,
        "share_claim": claim.number,
        "need": need.number,
        "share_feed": feed_of_person(resident.person_id).token,
    }
