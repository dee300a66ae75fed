"""Every state × every member of the cast × every move, against the hand-written matrix."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from gongzhi.cases import rules
from gongzhi.cases.actions.moving import begin
from gongzhi.cases.models import Case, Status, WorkOrder
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from tests.cast import ROLES, World

MATRIX = tomllib.loads((Path(__file__).parent / "matrix.toml").read_text("utf-8"))
UNSEEN = MATRIX.pop("unseen")
EVERYTHING = dict.fromkeys(("unit", "note", "reason", "until", "units", "order", "rating", "clause"), "x")
CAST = (*ROLES, "anonymous")


def test_the_matrix_names_every_move_and_nothing_else() -> None:
    assert set(MATRIX) == set(rules.MOVES)


def _outcome(actor: Actor, case: Case, move: str) -> str:
    try:
        begin(by=actor, number=case.number, move=move, given=EVERYTHING)
    except (Forbidden, NotFound, SignInRequired):
        return "refused"
    except Conflict:
        return "wrong state"
    except Refused as refused:
        return refused.code
    return "allowed"


@pytest.mark.parametrize("status", Status.values)
def test_states_and_cast(status: str, world: World, report: Callable[..., Case]) -> None:
    case = report()
    Case.objects.filter(pk=case.pk).update(status=status, unit=world.units["utility"])
    wrong = []
    actors = {name: ANONYMOUS if name == "anonymous" else world.actor(name) for name in CAST}
    for move, row in MATRIX.items():
        for name in CAST:
            held = name in row["cast"] and status not in UNSEEN.get(name, [])
            expected = "refused" if not held else "allowed" if status in row["states"] else "wrong state"
            found = _outcome(actors[name], case, move)
            if found != expected:
                wrong.append(f"{status} {move} {name}: expected {expected}, found {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("status", Status.values)
def test_who_received_it_first_may_write_while_it_is_elsewhere_and_do_nothing_else(
    status: str, world: World, report: Callable[..., Case]
) -> None:
    case = report()
    first, now_with = world.units["property-1"], world.units["utility"]
    Case.objects.filter(pk=case.pk).update(status=status, unit=now_with, first_unit=first)
    lead = {"role": "lead", "assigned_at": case.received_at, "assigned_by": "test"}
    order = WorkOrder.objects.create(case=case, unit=now_with, **lead)
    wrong = []
    for move, row in MATRIX.items():
        held = "property" in row.get("first", []) and status not in UNSEEN["first"]
        expected = "refused" if not held else "allowed" if status in row["states"] else "wrong state"
        if (found := _outcome(world.actor("property"), case, move)) != expected:
            wrong.append(f"{status} {move}: expected {expected}, found {found}")
    assert not wrong, "\n".join(wrong)
    # Taken up or not, to the end: the unit that works answers for the work, the first one to the reporter.
    before = _outcome(world.actor("property"), case, "tell")
    WorkOrder.objects.filter(pk=order.pk).update(accepted_at=case.received_at)
    assert _outcome(world.actor("property"), case, "tell") == before


@pytest.mark.parametrize("status", Status.values)
def test_those_asked_to_help_may_take_their_own_steps_and_no_others(
    status: str, world: World, report: Callable[..., Case]
) -> None:
    case = report()
    Case.objects.filter(pk=case.pk).update(status=status, unit=world.units["utility"])
    order = {"assigned_at": case.received_at, "assigned_by": "test"}
    WorkOrder.objects.create(case=case, unit=world.units["property-1"], role="whistle", **order)
    helper = world.actor("property")
    wrong = []
    for move, row in MATRIX.items():
        held = "property" in row.get("helper", [])
        expected = "refused" if not held else "allowed" if status in row["states"] else "wrong state"
        if (found := _outcome(helper, case, move)) != expected:
            wrong.append(f"{status} {move}: expected {expected}, found {found}")
    assert not wrong, "\n".join(wrong)
