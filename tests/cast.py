"""The fixed cast and their small neighbourhood, for tests of actions, pages and journeys.

Everyone here is made up. Names are roles, so that a failing test reads as a sentence.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gongzhi.packs as packs_room
from gongzhi.audit.queries import head_file
from gongzhi.cases.queries.routing import clear_units
from gongzhi.common.access import Actor, system_actor
from gongzhi.packs import queries as packs
from gongzhi.packs.actions import load_pack, set_active_model
from gongzhi.people import actions as people
from gongzhi.people.models import Organization, Person, Post
from gongzhi.people.queries import actor_for
from gongzhi.places import locating
from gongzhi.places.models import Place
from gongzhi.privacy.actions.register import approve_assessment
from gongzhi.privacy.queries import forget_activities, waiting
from tests.support.snapshot import prepared

SETUP = system_actor("setup")
# A working Wednesday morning, inside the known holiday tables.
NOW = dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC)
ROOT = "/321171102/PC/"

# code: (kind, level, name, parent code, lower left corner of its square in thousandths of a degree, its side)
PLACES: dict[str, tuple[str, str, str, str, tuple[int, int, int] | None]] = {
    "321171102": ("region", "street", "丁岗镇", "", None),
    "PC": ("grid", "grid1", "平昌社区", "321171102", (0, 0, 40)),
    "PC-1": ("grid", "grid2", "柳园社区", "PC", (0, 0, 20)),
    "PC-2": ("grid", "grid2", "桥南社区", "PC", (20, 0, 20)),
    "PC-1-1": ("grid", "grid3", "柳园一片", "PC-1", (0, 0, 20)),
    "PC-1-1-1": ("grid", "grid4", "柳园一网格", "PC-1-1", (0, 0, 10)),
    "PC-1-1-2": ("grid", "grid4", "柳园二网格", "PC-1-1", (10, 0, 10)),
    "PC-2-1": ("grid", "grid3", "桥南一片", "PC-2", (20, 0, 20)),
    "PC-2-1-1": ("grid", "grid4", "桥南一网格", "PC-2-1", (20, 0, 20)),
    "LY-5": ("building", "building", "柳园小区5栋", "PC-1-1-1", None),
}
# code: (kind, name, place, parent, unit kind, serves)
ORGANIZATIONS: dict[str, tuple[str, str, str, str, str, list[str]]] = {
    "town": ("party_committee", "镇党委", "321171102", "", "", []),
    "command": ("command_centre", "指挥中心", "PC", "town", "", []),
    "committee-1": ("residents_committee", "柳园社区居委会", "PC-1", "command", "community", []),
    "committee-2": ("residents_committee", "桥南社区居委会", "PC-2", "command", "community", []),
    "property-1": ("property_company", "柳园物业", "PC-1", "committee-1", "property", ["facility", "environment"]),
    "utility": ("utility", "路灯管理所", "PC", "command", "utility", ["facility.lighting.streetlight"]),
}
# cast name: (role, title, place, organization)
POSTS: dict[str, tuple[str, str, str, str]] = {
    "grid_member": ("grid_member", "网格员", "PC-1-1-1", ""),
    "other_grid_member": ("grid_member", "网格员", "PC-2-1-1", ""),
    "patch_lead": ("patch_lead", "片长", "PC-1-1", ""),
    "dispatcher": ("dispatcher", "分拨员", "PC", "command"),
    "department": ("department", "维修经办", "PC", "utility"),
    "property": ("department", "物业经办", "PC-1", "property-1"),
    "secretary": ("secretary", "社区书记", "PC-1", "committee-1"),
    "supervisor": ("supervisor", "督办", "PC", ""),
    "auditor": ("auditor", "审计", "321171102", ""),
    "administrator": ("administrator", "系统管理员", "321171102", ""),
}
RESIDENTS = ("resident", "neighbour", "outsider")
ROLES = (*RESIDENTS, *POSTS)


@dataclass
class World:
    """Places, units and people by their short names."""

    places: dict[str, Place] = field(default_factory=dict)
    units: dict[str, Organization] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str, at: dt.datetime = NOW) -> Actor:
        """The actor a signed-in member of the cast would be."""
        return actor_for(self.people[name], at=at, purpose="test")


def phone_of(name: str) -> str:
    return f"1390000{ROLES.index(name):04d}"


def _square(corner: tuple[int, int, int]) -> dict[str, object]:
    west, south, side = (119.6 + corner[0] / 1000, 32.1 + corner[1] / 1000, corner[2] / 1000)
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _build_places(world: World) -> None:
    for code, (kind, level, name, parent, corner) in PLACES.items():
        above = world.places.get(parent)
        world.places[code] = Place.objects.create(
            kind=kind,
            level=level,
            code=code,
            name=name,
            parent=above,
            path=f"{above.path if above else '/'}{code}/",
            valid_from=dt.date(2020, 1, 1),
            polygon=_square(corner) if corner else None,
            target_households=150 if level == "grid4" else None,
        )


def _build_units(world: World) -> None:
    for code, (kind, name, place, parent, unit_kind, serves) in ORGANIZATIONS.items():
        world.units[code] = people.add_organization(
            by=SETUP,
            at=NOW,
            code=code,
            kind=kind,
            name=name,
            place=world.places[place],
            parent=world.units.get(parent),
            serves=serves,
            features={"unit_kind": unit_kind} if unit_kind else {},
            valid_from=dt.date(2020, 1, 1),
        )
    clear_units()


def _build_people(world: World) -> None:
    for name in ROLES:
        values = {"name": f"演示{name}", "phone": phone_of(name)}
        world.people[name] = people.create_person(by=SETUP, at=NOW, values=values, password=f"{name}-password-1")
    for name, (role, title, place, unit) in POSTS.items():
        world.posts[name] = people.add_post(
            by=SETUP,
            at=NOW,
            code=f"post-{name}",
            role=role,
            title=title,
            place=world.places[place],
            organization=world.units.get(unit),
            seats=2,
        )
        start = dt.date(2020, 1, 1)
        person, post = world.people[name], world.posts[name]
        post.valid_from = start
        post.save(update_fields=["valid_from"])
        people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)


# Beside the cast: no member of ROLES, so that the hand-written matrices speak of the roles that work on cases.
PRIVACY_OFFICERS = ("privacy_officer", "second_privacy_officer")


def add_privacy_officers(world: World) -> None:
    """Two people in the post of 个人信息保护负责人 over the whole street."""
    post = people.add_post(
        by=SETUP,
        at=NOW,
        code="post-privacy_officer",
        role="privacy_officer",
        title="个人信息保护负责人",
        place=world.places["321171102"],
        seats=2,
    )
    start = dt.date(2020, 1, 1)
    post.valid_from = start
    post.save(update_fields=["valid_from"])
    for number, name in enumerate(PRIVACY_OFFICERS):
        values = {"name": f"演示{name}", "phone": f"139000100{number:02d}"}
        person = people.create_person(by=SETUP, at=NOW, values=values, password=f"{name}-password-1")
        world.people[name], world.posts[name] = person, post
        people.appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)


def approve_register() -> None:
    """Every processing activity assessed, approved and in use, as on an instance that runs."""
    for row in list(waiting()):
        approve_assessment(by=SETUP, at=NOW, code=row.code)


def build() -> World:
    """The whole world in the database of the test."""
    world: World = standing("cast", _build)
    return world


def standing(name: str, prepare: Callable[[], Any], *, adds: bool = False) -> Any:
    """What `prepare` makes, in the database of the test and in memory; made once in a process, then copied.

    `adds` as for `prepared`.
    """
    head_file().unlink(missing_ok=True)  # the test before this one was rolled back
    packs.forget()
    value = prepared(name, prepare, adds=adds)
    packs.remember()
    locating.forget()  # outlines of the test before
    clear_units()
    forget_activities()  # what it had switched on or off
    return value


def _build() -> World:
    folder = Path(packs_room.__file__).parent / "data"
    load_pack(by=SETUP, at=NOW, path=folder / "calendars/cn.toml")
    load_pack(by=SETUP, at=NOW, path=folder / "laws/cn.privacy.toml")
    load_pack(by=SETUP, at=NOW, path=folder / "models/pingchang/model.toml")
    set_active_model(by=SETUP, at=NOW, name="pingchang")
    packs.remember()
    world = World()
    _build_places(world)
    _build_units(world)
    _build_people(world)
    return world
