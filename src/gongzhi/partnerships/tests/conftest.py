"""The cast with the kinds of agreements loaded; a partner unit with somebody who works for it, agreements of theirs."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from gongzhi.common.clock import local_date
from gongzhi.ledger.tests.conftest import photo
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.partnerships import actions
from gongzhi.partnerships.actions import Done, Drafted, Lending
from gongzhi.partnerships.models import Agreement
from gongzhi.people import actions as people
from tests import cast
from tests.cast import NOW, SETUP, World

TODAY = local_date(NOW)
SHOPS = Lending("shop", "底层商铺", Decimal("2515.74"), "党群服务中心", 18, "party_service")
SHOP = Lending("shop", "底层商铺", Decimal("203.53"), "综合治理中心", 1, "safety")

__all__ = ["TODAY", "photo"]


@pytest.fixture
def world(db: Any) -> World:
    return build()


def build() -> World:
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name in ("agreements", "schedules"):
            load_pack(by=SETUP, at=NOW, path=path)
    bodies = (("build-centre", "department", "基础设施建设中心"), ("helpers", "social_organization", "邻里互助社"))
    for code, kind, name in bodies:
        given = {"code": code, "kind": kind, "name": name, "place": world.places["PC-1"]}
        world.units[code] = people.add_organization(by=SETUP, at=NOW, valid_from=dt.date(2020, 1, 1), **given)
    add_clerk(world, "unit_clerk", "build-centre", "13900008001")
    add_clerk(world, "helper_clerk", "helpers", "13900008002")
    return world


def add_clerk(world: World, name: str, unit: str, phone: str) -> None:
    """Somebody who works for a partner unit."""
    start = dt.date(2020, 1, 1)
    values = {"name": f"演示{name}", "phone": phone}
    person = people.create_person(by=SETUP, at=NOW, values=values, password=f"{name}-password-1")
    given = {"code": f"post-{name}", "role": "department", "title": "经办", "organization": world.units[unit]}
    post = people.add_post(by=SETUP, at=NOW, place=world.places["PC-1"], seats=1, **given)
    post.valid_from = start
    post.save(update_fields=["valid_from"])
    people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)
    world.people[name], world.posts[name] = person, post


def drafted(world: World, kind: str = "pairing", **more: Any) -> Drafted:
    roles = {"pairing": "partner", "asset_use": "owner", "entrusted": "provider", "joint_plan": "unit"}
    partner = more.pop("partner", world.units["helpers" if kind == "entrusted" else "build-centre"])
    parties = [("core", world.units["committee-1"]), (roles.get(kind, "unit"), partner)]
    given: dict[str, Any] = {"kind": kind, "title": "演示协议", "place": world.places["PC-1"], "parties": parties}
    given |= {"starts_on": TODAY, "ends_on": TODAY + dt.timedelta(days=365)}
    if kind == "asset_use":
        given |= {"assets": (SHOPS, SHOP), "ends_on": dt.date(2046, 3, 17)}
    return Drafted(**{**given, **more})


def draft(world: World, kind: str = "pairing", *, by: str = "secretary", **more: Any) -> Agreement:
    at = more.pop("at", NOW)
    return actions.draft_agreement(by=world.actor(by, at), at=at, drafted=drafted(world, kind, **more))


def signed(world: World, kind: str = "pairing", **more: Any) -> Agreement:
    """Drafted by the secretary, signed by both sides."""
    at = more.get("at", NOW)
    row = draft(world, kind, **more)
    for party in row.parties.select_related("organization"):
        files = () if party.organization.code == "committee-1" else (photo(),)
        given = {"number": row.number, "organization": party.organization_id, "uploads": files}
        actions.sign_agreement(by=world.actor("secretary", at), at=at, **given)
    return Agreement.objects.get(pk=row.pk)


def work(world: World, row: Agreement, position: int = 1, *, by: str = "secretary", **more: Any) -> Any:
    at = more.pop("at", NOW)
    given: dict[str, Any] = {"on": local_date(at), "note": "一起办了一次", "uploads": (photo(),), **more}
    actor = world.actor(by, at)
    return actions.record_progress(by=actor, at=at, number=row.number, position=position, done=Done(**given))
