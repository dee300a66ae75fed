"""The cast's cases in the states that joint work begins from, and a grid member of the committee to look at results."""

import datetime as dt
import io
from typing import Any

from django.test import Client
from openpyxl import load_workbook

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from tests.cast import NOW, SETUP, World

HOUR = dt.timedelta(hours=1)


def sheet(client: Client, address: str) -> list[tuple[Any, ...]]:
    """The rows of a list's workbook."""
    book = load_workbook(io.BytesIO(client.get(address, {"format": "xlsx"}).content))
    return list(book.active.iter_rows(values_only=True))


def dispatched(world: World, case: Case, unit: str = "utility") -> Case:
    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=case.number)
    return give(world, case, unit)


def give(world: World, case: Case, unit: str) -> Case:
    pk = world.units[unit].pk
    return actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=pk)


def in_work(world: World, case: Case) -> Case:
    """With the lamp office, which has begun; without a photo rule."""
    dispatched(world, case)
    Case.objects.filter(pk=case.pk).update(category="")
    return actions.start_work(by=world.actor("department"), at=NOW + HOUR, number=case.number)


def partner(world: World) -> Organization:
    """A school that lends a hand, with somebody who answers for it: made up."""
    features = {"unit_kind": "partner"}
    unit = people.add_organization(
        by=SETUP,
        at=NOW,
        code="partner-1",
        kind="utility",
        name="演示小学",
        place=world.places["PC"],
        parent=world.units["command"],
        serves=[],
        features=features,
        valid_from=dt.date(2020, 1, 1),
    )
    clear_units()
    staff(world, "partner", "department", "PC", unit)
    return unit


def staff(world: World, name: str, role: str, place: str, unit: Organization | None) -> None:
    """One more member of the cast."""
    values = {"name": f"演示{name}", "phone": f"1380000{len(world.people):04d}"}
    world.people[name] = people.create_person(by=SETUP, at=NOW, values=values, password=f"{name}-password-1")
    start = dt.date(2020, 1, 1)
    more: dict[str, Any] = {"place": world.places[place], "organization": unit}
    post = people.add_post(by=SETUP, at=NOW, code=f"post-{name}", role=role, title=name, seats=1, **more)
    post.valid_from = start
    post.save(update_fields=["valid_from"])
    people.appoint(by=SETUP, at=NOW, person=world.people[name], post=post, decision="test", valid_from=start)
