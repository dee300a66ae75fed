"""家属院改造: residents meet as often as they do, each meeting is in the diary, and what people bring is a thing."""

import pytest
from django.test import Client

from gongzhi.common import clock
from gongzhi.ledger.tests.conftest import photo
from gongzhi.projects import actions
from gongzhi.projects.actions import Source
from gongzhi.projects.models import ProjectEvent
from gongzhi.projects.tests.conftest import move, open_problem, propose, show_all, sponsor_of
from gongzhi.projects.tests.test_taking_part import met
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of

YARDS = ("仪表厂家属院改造", "武警家属院改造")


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.req("H10", where="/projects/P00001")
@pytest.mark.parametrize("yard", YARDS)
def test_a_yard_is_renovated_with_meetings_and_what_residents_bring(world: World, yard: str) -> None:
    problem = open_problem(world, yard.removesuffix("改造"))
    facts = {"homes": "96", "joined": "71"}
    project = propose(world, "renovation", title=yard, problem=problem, facts=facts)
    show_all(world, project)
    office, desk = client_of(world, "secretary"), f"/projects/{project.number}"
    brought = {"kind": "in_kind", "name": "院里居民", "thing": "拆旧棚，两个周末，16 人次"}
    assert office.post(f"{desk}/do/funding", brought).status_code == 302
    source = Source("public", "老旧小区改造资金", 300_000_00)
    actions.add_funding_line(by=world.actor("secretary"), at=NOW, number=project.number, source=source)
    for number, words in (("HY-1", "议了拆哪些棚"), ("HY-2", "看了图纸，改了大门的位置")):
        met(world, number, "PC-1", ("resident", "neighbour"))
        said = {"reference": f"gathering:{number}", "words": words}
        assert office.post(f"{desk}/do/meeting", said).status_code == 302, text_of(office.get(desk))
    assert office.post(f"{desk}/do/meeting", {"reference": "gathering:HY-9", "words": "x"}).status_code in (404, 422)
    page = text_of(office.get(desk))
    assert "议了拆哪些棚" in page and "看了图纸，改了大门的位置" in page and "拆旧棚，两个周末，16 人次" in page
    assert ProjectEvent.objects.filter(project=project, kind="meeting").count() == 2
    move(world, project, "review")
    mandate = sponsor_of(world, project)
    actions.assign_sponsor(by=world.actor("supervisor"), at=NOW, number=project.number, mandate_id=mandate)
    move(world, project, "approve")
    assert office.post(f"{desk}/do/pay", {"position": "1", "amount": "", "files": [photo()]}).status_code == 302
    # Everybody reads the diary and who brought what.
    told = text_of(Client().get(f"/works/{project.number}"))
    assert "看了图纸，改了大门的位置" in told and "院里居民" in told
    assert client_of(world, "resident").post(f"{desk}/do/meeting", {"reference": "gathering:HY-1"}).status_code == 403
