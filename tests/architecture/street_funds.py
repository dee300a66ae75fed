"""A fund with money, an entry that counts, one that waits, and a month added up: for the visits of every address."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import gongzhi.packs as packs_room
from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.ids import uuid7
from gongzhi.ledger import actions, queries
from gongzhi.ledger.actions import Written
from gongzhi.ledger.actions.earning import Award, Deed, award, earn
from gongzhi.ledger.actions.objecting import object_to
from gongzhi.ledger.actions.persons import join
from gongzhi.packs.actions import load_pack
from tests import cast


def picture() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("receipt.jpg", buffer.getvalue(), "image/jpeg")


def build(world: cast.World) -> dict[str, Any]:
    folder = Path(packs_room.__file__).parent / "data/funds"
    for path in sorted(folder.glob("*.toml")):
        load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    now = clock.now()
    today = clock.local_date(now)
    before = today.replace(day=1) - dt.timedelta(days=1)
    by, body = world.actor("supervisor"), world.units["committee-1"]
    given = {"kind": "community_fund", "name": "社区基金", "host": "charity", "proof": "演示 1 号"}
    place = world.places["PC-1"]
    opened = before.replace(day=1)
    fund = actions.open_fund(by=by, at=now, place=place, organization=body, opened_on=opened, **given)
    secretary = world.actor("secretary")

    def write(amount: int, on: dt.date) -> Any:
        asked = queries.movement_of(fund, "gift")
        told = {"narration": "捐赠一笔", "party": "演示单位", "papers": asked.vouchers, "uploads": (picture(),)}
        written = Written("gift", "gifts", "main", amount, on, **told)
        return actions.propose_entry(by=secretary, at=now, number=fund.number, written=written)

    counted = write(100_00, before)
    waits = write(900_000, today)
    period = actions.propose_closing(by=secretary, at=now, number=fund.number)
    paper = queries.papers_of(counted)[0].media_id
    points = _points(world, now, opened)
    return {
        **points,
        "fund": fund.number,
        "entry": counted.number,
        "waiting_entry": waits.number,
        "period": period.span,
        "receipt": str(paper),
    }


def _points(world: cast.World, now: dt.datetime, opened: dt.date) -> dict[str, Any]:
    """A fund of points that the resident joined, a service of his, an award that waits, an objection."""
    given = {"kind": "points_shop", "name": "积分", "host": "committee", "proof": "演示 2 号", "opened_on": opened}
    given |= {"place": world.places["PC-1"], "organization": world.units["committee-1"]}
    fund = actions.open_fund(by=world.actor("supervisor"), at=now, **given)
    resident, today = world.actor("resident"), clock.local_date(now)
    code = join(by=resident, at=now, number=fund.number)["member"].name
    host = world.units["committee-1"].pk
    deed = Deed(uuid7(), world.people["resident"].pk, 120, host, today)
    served = earn(by=system_actor("ledger"), at=now, number=fund.number, deed=deed)
    assert served is not None
    written = Award(code, "good_deed", 1, today, "清扫楼前的路")
    award(by=world.actor("secretary"), at=now, number=fund.number, given=written)
    other = Deed(uuid7(), world.people["resident"].pk, 60, host, today)
    second = earn(by=system_actor("ledger"), at=now, number=fund.number, deed=other)
    assert second is not None
    objection = object_to(by=resident, at=now, number=second.number, reason="应该两小时")
    return {"points": fund.number, "points_entry": served.number, "objection": str(objection.pk)}
