"""A fund with money, an entry that counts, one that waits, and a month added up: for the visits of every address."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import gongzhi.packs as packs_room
from gongzhi.common import clock
from gongzhi.ledger import actions, queries
from gongzhi.ledger.actions import Written
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
    return {
        "fund": fund.number,
        "entry": counted.number,
        "waiting_entry": waits.number,
        "period": period.span,
        "receipt": str(paper),
    }
