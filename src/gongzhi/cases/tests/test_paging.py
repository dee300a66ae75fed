"""The list that is written in SQL shows what `visible_to` says, to everyone of the cast, however it is narrowed."""

import json
from typing import Any

import pytest

from gongzhi.cases import actions, queries
from gongzhi.cases.models import OPEN, Case
from gongzhi.cases.rules import Where
from gongzhi.common.access import ANONYMOUS, Actor
from tests import cast
from tests.cast import NOW, World

SHOWN = ("number", "status", "channel", "category", "priority", "place", "unit")
NARROWED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "everything": ({}, {}),
    "open": ({"status": "open"}, {"status__in": OPEN}),
    "one state": ({"status": "dispatched"}, {"status": "dispatched"}),
    "a place": ({"region": "PC-1"}, {"path__startswith": "/321171102/PC/PC-1/"}),
    "a number's beginning": ({"q": "pc-2603"}, {"number__startswith": "PC-2603"}),
    "a wild card": ({"q": "%"}, {"number__startswith": "%"}),
}


@pytest.fixture
def actors(world: World, report: Any) -> dict[str, Actor]:
    """Cases of the resident and the neighbour, in two grids, two with a unit, two confidential."""
    elsewhere = world.places["PC-2-1-1"]
    there = Where(path=elsewhere.path, found="code", place_id=elsewhere.pk, grid_id=elsewhere.pk)
    cases = [report("resident"), report("neighbour", where=there), report("neighbour"), report("resident")]
    for case, unit in ((cases[0], "utility"), (cases[2], "property-1"), (cases[3], "utility")):
        by, unit_id = world.actor("dispatcher"), world.units[unit].pk
        actions.dispatch_case(by=by, at=NOW, number=case.number, unit_id=unit_id)
    Case.objects.filter(pk__in=[cases[1].pk, cases[3].pk]).update(privacy="confidential")
    return {role: world.actor(role) for role in cast.ROLES} | {"nobody": ANONYMOUS, "house": cast.SETUP}


@pytest.mark.parametrize(("asked", "meant"), NARROWED.values(), ids=list(NARROWED))
def test_everyone_is_shown_what_they_may_see(
    actors: dict[str, Actor], asked: dict[str, Any], meant: dict[str, Any]
) -> None:
    for role, actor in actors.items():
        rows = queries.visible_to(actor).filter(**meant).select_related("place", "unit").order_by("-id")
        expected = [
            {
                "number": row.number,
                "status": row.status,
                "channel": row.channel,
                "category": row.category or None,
                "priority": row.priority,
                "place": row.place.name if row.place else None,
                "unit": row.unit.name if row.unit else None,
            }
            for row in rows
        ]
        shown = json.loads(queries.page_json(actor, **asked))
        assert shown["next_cursor"] is None
        told = [{name: item[name] for name in SHOWN} for item in shown["items"]]
        assert told == expected, role


def test_the_cast_sees_different_things(actors: dict[str, Actor]) -> None:
    """So that the comparison above is not of nothing with nothing."""
    counts = {role: len(json.loads(queries.page_json(actor))["items"]) for role, actor in actors.items()}
    assert counts["house"] == 4 and counts["nobody"] == counts["outsider"] == 0
    assert counts["dispatcher"] == 4 and counts["auditor"] == counts["department"] == counts["resident"] == 2
    assert counts["property"] == 1 and counts["other_grid_member"] == 0
