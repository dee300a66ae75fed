"""Mediators, lawyers and counsellors beside the fixed cast, and the law packs that they work by."""

import datetime as dt
from pathlib import Path

import gongzhi.packs as packs_room
from gongzhi.cases.queries import advising
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from tests.cast import NOW, SETUP, World, approve_register

LONG_AGO = dt.date(2020, 1, 1)
# name: (role, body, kind of body)
STAFF = {
    "mediator": ("mediator", "mediation", "mediation_committee"),
    "second_mediator": ("mediator", "mediation", "mediation_committee"),
    "foreign_mediator": ("mediator", "other-mediation", "mediation_committee"),
    "judge": ("lawyer", "legal-room", "department"),
    "counsellor": ("counsellor", "heart-room", "social_organization"),
}


def load_laws() -> None:
    laws = (Path(packs_room.__file__).parent / "data/laws").glob("*.toml")
    for path in sorted(laws, key=lambda path: path.stem):  # a law before its local texts
        load_pack(by=SETUP, at=NOW, path=path)
    approve_register()
    advising.forget()


def hire(world: World, *names: str) -> None:
    """Each in a post of a body over the whole model."""
    load_laws()
    for name in names or tuple(STAFF):
        role, body, kind = STAFF[name]
        if body not in world.units:
            world.units[body] = people.add_organization(
                by=SETUP, at=NOW, code=body, kind=kind, name=f"演示{body}", place=world.places["PC"],
                parent=world.units["command"], serves=[], features={}, valid_from=LONG_AGO,
            )  # fmt: skip
        values = {"name": f"演示{name}", "phone": f"1380000{list(STAFF).index(name):04d}"}
        world.people[name] = people.create_person(by=SETUP, at=NOW, values=values, password=f"{name}-password-1")
        world.posts[name] = people.add_post(
            by=SETUP, at=NOW, code=f"post-{name}", role=role, title=f"演示{name}", place=world.places["PC"],
            organization=world.units[body], seats=2,
        )  # fmt: skip
        world.posts[name].valid_from = LONG_AGO
        world.posts[name].save(update_fields=["valid_from"])
        people.appoint(
            by=SETUP, at=NOW, person=world.people[name], post=world.posts[name], decision="test", valid_from=LONG_AGO
        )
