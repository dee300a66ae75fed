"""People with accounts in a fund, for tests: who joins, what is served, what lies where."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.common.access import system_actor
from gongzhi.ledger import holding
from gongzhi.ledger.actions import persons
from gongzhi.ledger.actions.earning import Deed, earn
from gongzhi.ledger.models import Account, Fund, LedgerEntry
from gongzhi.packs.fund_contents import SERVED
from tests.cast import NOW, World

RULE = system_actor("ledger")


def join(world: World, fund: Fund, name: str = "resident", **more: Any) -> dict[str, Account]:
    return persons.join(by=world.actor(name), at=NOW, number=fund.number, **more)


def served(world: World, fund: Fund, done: int, name: str = "resident", **more: Any) -> LedgerEntry | None:
    at = more.pop("at", NOW)
    given: dict[str, Any] = {"source": uuid.uuid4(), "person": world.people[name].pk, "done": done, "origin": SERVED}
    given |= {"host": world.units["committee-1"].pk, "on": (at + dt.timedelta(hours=8)).date()}
    return earn(by=RULE, at=at, number=fund.number, deed=Deed(**{**given, **more}))


def spend(world: World, fund: Fund, amount: int, name: str = "resident", **more: Any) -> LedgerEntry:
    at = more.pop("at", NOW)
    given: dict[str, Any] = {"person": world.people[name].pk, "fund": fund, "about": "claim:1", "request": uuid.uuid4()}
    given["by"] = world.actor(name, at)
    return persons.spend(at=at, amount=amount, **{**given, **more})


def held(world: World, fund: Fund, name: str = "resident", line: str = "member") -> int:
    return holding.accounts_in(fund, world.people[name].pk, joined=False)[line].balance


def lots(world: World, fund: Fund, name: str = "resident", line: str = "member") -> dict[dt.date | None, int]:
    account = holding.accounts_in(fund, world.people[name].pk, joined=False)[line]
    return {one.expires_on: one.amount for one in holding.lots_on(account) if one.amount}
