"""The cast with the kinds of funds loaded, and funds of theirs: who writes, who approves, what papers there are."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gongzhi.common.clock import local_date
from gongzhi.ledger import actions, queries
from gongzhi.ledger.actions import Written
from gongzhi.ledger.models import Account, Fund, LedgerEntry
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests import cast
from tests.cast import NOW, SETUP, World

TODAY = local_date(NOW)
OPENED = dt.date(2026, 1, 1)
HOSTS = {"community_fund": "charity", "special_maintenance_fund": "owners", "community_account": "committee"}
HOSTS |= {"repair_pool": "treasury", "grants": "treasury", "common_area_income": "owners", "points_shop": "committee"}
HOSTS |= {"time_bank_nanjing": "committee", "points_huangshi": "committee"}


@pytest.fixture
def world(db: Any) -> World:
    return build()


def build() -> World:
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name in ("funds", "schedules", "papers"):
            load_pack(by=SETUP, at=NOW, path=path)
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.owners.decisions.toml")
    return world


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("receipt.jpg", buffer.getvalue(), "image/jpeg")


def open_fund(world: World, kind: str = "community_fund", **more: Any) -> Fund:
    given: dict[str, Any] = {"name": "社区基金" if kind == "community_fund" else "演示账本", "host": HOSTS[kind]}
    given |= {"proof": "编号 1 号", "opened_on": OPENED, "place": world.places["PC-1"]}
    given |= {"organization": world.units["committee-1"], "kind": kind}
    if kind == "special_maintenance_fund":
        given["first_total"] = 100_000_00
    return actions.open_fund(by=world.actor("supervisor"), at=NOW, **{**given, **more})


def written(fund: Fund, movement: str, amount: int, **more: Any) -> Written:
    """A whole entry of a movement: its first accounts, all its papers, a picture of them."""
    rule = queries.movement_of(fund, movement)
    given: dict[str, Any] = {"credit": rule.credit[0], "debit": rule.debit[0], "amount": amount, "on": TODAY}
    given |= {"narration": "买路灯", "party": "演示单位" if rule.party != "none" else ""}
    given |= {"papers": rule.vouchers, "uploads": (photo(),) if rule.vouchers else ()}
    given |= {"decision": "resolution:JY-1" if rule.decision else "", "about": "project:P-1" if rule.about else ""}
    return Written(movement=movement, **{**given, **more})


Write = Callable[..., LedgerEntry]


def write(world: World, fund: Fund, movement: str, amount: int, *, by: str = "secretary", **more: Any) -> LedgerEntry:
    at = more.pop("at", NOW)
    given = written(fund, movement, amount, **more)
    return actions.propose_entry(by=world.actor(by, at), at=at, number=fund.number, written=given)


def counted(world: World, fund: Fund, movement: str, amount: int, **more: Any) -> LedgerEntry:
    """Written by the secretary and, where it needs that, approved by the supervisor."""
    entry = write(world, fund, movement, amount, **more)
    at = more.get("at", NOW)
    if entry.needs_second:
        actions.decide_entry(by=world.actor("supervisor", at), at=at, number=entry.number, granted=True)
    return LedgerEntry.objects.select_related("approval", "fund", "key").get(pk=entry.pk)


def balance(fund: Fund, line: str = "main") -> int:
    return Account.objects.get(fund=fund, line=line).balance
