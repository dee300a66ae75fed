"""An agreement that runs with what it lends, and a draft that nobody has signed: for the visits of every address."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import gongzhi.packs as packs_room
from gongzhi.common import clock
from gongzhi.packs.actions import load_pack
from gongzhi.partnerships import actions
from gongzhi.partnerships.actions import Drafted, Lending
from tests import cast
from tests.architecture.street_funds import picture


def build(world: cast.World) -> dict[str, Any]:
    folder = Path(packs_room.__file__).parent / "data/agreements"
    for path in sorted(folder.glob("*.toml")):
        load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    now = clock.now()
    today, by = clock.local_date(now), world.actor("secretary")
    units = [world.units[code] for code in ("committee-1", "utility")]
    drafted = Drafted(
        kind="asset_use",
        title="底层商铺无偿使用",
        place=world.places["PC-1"],
        parties=list(zip(("core", "owner"), units, strict=True)),
        starts_on=today,
        ends_on=today + dt.timedelta(days=7000),
        assets=(Lending("shop", "底层商铺", Decimal("2515.74"), "党群服务中心", 18, "party_service"),),
    )
    running = actions.draft_agreement(by=by, at=now, drafted=drafted)
    for unit in units:
        sent = {"number": running.number, "organization": unit.pk, "uploads": [picture()]}
        actions.sign_agreement(by=by, at=now, **sent)
    draft = actions.draft_agreement(by=by, at=now, drafted=drafted)
    values = {"agreement": running.number, "draft_agreement": draft.number, "party": units[1].pk}
    return {**values, "today": today.isoformat()}
