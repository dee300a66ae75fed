"""Places merge: projects, books, agreements and charges go along; an undo puts them back, or says what holds it."""

from typing import Any

import pytest

from gongzhi.common.errors import Refused
from gongzhi.ledger.models import Fund
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.partnerships.models import Agreement
from gongzhi.partnerships.tests.conftest import draft
from gongzhi.people import actions as people
from gongzhi.people.models import Charge
from gongzhi.people.tests.test_carrying import HEAD, MERGED, bring, undo
from gongzhi.places import comparing
from gongzhi.places.models import Place
from gongzhi.projects.models import Problem, Project
from gongzhi.projects.tests.conftest import approved, open_fund, open_problem, propose
from tests.cast import NOW, SETUP, World

__all__ = ["bring"]
LYING = (Project, Problem, Fund, Agreement)


def paths() -> dict[str, list[str]]:
    found = {model.__name__: list(model.objects.order_by("pk").values_list("path", flat=True)) for model in LYING}
    charges = Charge.objects.order_by("pk").values_list("place__code", "valid_to")
    return {**found, "Charge": [f"{code} {ended}" for code, ended in charges]}


@pytest.fixture
def merged(world: World, bring: Any) -> tuple[str, dict[str, list[str]]]:
    """The number of the import that made one of two communities, and where all lay before."""
    for path in shipped.common_packs():
        if path.parent.name == "agreements":
            load_pack(by=SETUP, at=NOW, path=path)
    project = approved(world)
    Project.objects.filter(pk=propose(world, problem=open_problem(world, "没处停车")).pk).update(state="withdrawn")
    world.units["build-centre"] = world.units["utility"]
    draft(world)
    for code in ("PC-1", "PC-2"):
        given = {"organization": world.units["property-1"], "place": world.places[code], "decision": "党委会"}
        if world.units["property-1"].place_id != world.places[code].pk:
            people.charge_body(by=SETUP, at=NOW, **given)
    mandate = world.people["supervisor"].mandates.get()
    for code in ("PC-1", "PC-2"):
        given = {"mandate": mandate, "place": world.places[code], "decision": "党委会"}
        people.charge_holder(by=SETUP, at=NOW, **given)
    assert project.path == world.places["PC-1"].path
    before = paths()
    return bring("boundaries", [HEAD, *MERGED]), before


def test_what_is_not_over_goes_along_and_what_is_over_stays(
    world: World, merged: tuple[str, dict[str, list[str]]]
) -> None:
    new = Place.objects.get(code="PC-9")
    assert set(Project.objects.exclude(state="withdrawn").values_list("path", flat=True)) == {new.path}
    assert Project.objects.get(state="withdrawn").path == world.places["PC-1"].path
    assert Fund.objects.get().path == Agreement.objects.get().path == new.path
    mandate = world.people["supervisor"].mandates.get()
    assert [one.place for one in mandate.charges.filter(valid_to=None)] == [new], "once, not for each of the two"
    told = dict(comparing.batches(SETUP)[0].carried)
    assert (told["projects"], told["funds"], told["agreements"]) == (1, 1, 1)
    words = dict(comparing.batches(SETUP)[0].went_along)
    assert {"没办完的项目", "账本", "协议"} <= set(words)


def test_an_undo_puts_everything_back(world: World, merged: tuple[str, dict[str, list[str]]]) -> None:
    number, before = merged
    assert paths() != before
    undo(world, number)
    assert paths() == before


def test_what_came_to_the_new_place_holds_the_undo(world: World, merged: tuple[str, dict[str, list[str]]]) -> None:
    number, _ = merged
    fund = open_fund(world, kind="common_area_income", name="新开的账本", place=Place.objects.get(code="PC-9"))
    with pytest.raises(Refused) as refused:
        undo(world, number)
    assert refused.value.code == "import_in_use" and fund.number in str(refused.value.facts["needs"])
    assert Fund.objects.get(pk=fund.pk).path.endswith("/PC-9/")
