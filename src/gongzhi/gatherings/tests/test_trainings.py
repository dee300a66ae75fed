"""Trainings and salons of secretaries (S1): who came and what came out is counted by the studio they are held in."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.gatherings import actions, queries
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.gatherings.actions.holding import Decided
from gongzhi.gatherings.models import Attendance
from gongzhi.gatherings.queries.councils import platforms_used
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack, set_active_model
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from tests import cast
from tests.cast import NOW, SETUP, World

START = dt.date(2020, 1, 1)


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "models/longling/model.toml")
    set_active_model(by=SETUP, at=NOW, name="longling")
    return world


@pytest.fixture
def committee(world: World) -> Organization:
    """The party committee of 柳园社区, with its secretary and two members."""
    body = people.add_organization(
        by=SETUP, at=NOW, code="party-1", kind="party_committee", name="柳园社区党委", place=world.places["PC-1"],
        valid_from=START,
    )  # fmt: skip
    for name, role in (("secretary", "secretary"), ("resident", "member"), ("neighbour", "member")):
        post = people.add_post(
            by=SETUP, at=NOW, code=f"party-{name}", role=role, title="委员", place=world.places["PC-1"],
            organization=body, valid_from=START,
        )  # fmt: skip
        people.appoint(by=SETUP, at=NOW, person=world.people[name], post=post, decision="test", valid_from=START)
    return body


@pytest.mark.req("B14", where="/gatherings/councils")
def test_a_training_is_attended_and_what_it_decides_is_counted_at_its_studio(
    world: World, committee: Organization
) -> None:
    kinds = {kind.code: kind for kind in queries.kinds()}
    assert (kinds["training"].name, kinds["salon"].name) == ("学治理·谈治理·做治理", "书记有约")
    secretary, starts = world.actor("secretary"), NOW + dt.timedelta(days=4)
    meeting = Meeting(starts, starts + dt.timedelta(hours=3), where="名书记工作室", platform="studio")
    row = actions.call_gathering(
        by=secretary, at=NOW, kind="training", body=committee, title="老小区的楼道怎么清", meeting=meeting
    )
    actions.add_item(by=secretary, at=NOW, number=row.number, kind="matter", title="楼道堆物怎么清")
    actions.notice_gathering(by=secretary, at=NOW, number=row.number)
    came = Attendance.objects.filter(gathering=row, person__in=[world.people[n].pk for n in ("secretary", "resident")])
    actions.open_gathering(by=secretary, at=starts, number=row.number)
    actions.mark_attendance(by=secretary, at=starts, number=row.number, states={one.pk: "came" for one in came})
    decided = Decided("assign", "每栋先清一层做样子", world.units["property-1"].pk, (starts + dt.timedelta(30)).date())
    actions.decide_item(by=secretary, at=starts, number=row.number, position=1, decided=decided)
    actions.close_gathering(by=secretary, at=starts, number=row.number, said="各社区交流了做法")
    studio = next(one for one in platforms_used(secretary) if one.platform.code == "studio")
    assert (studio.sessions, studio.came, studio.tasks, studio.cases, studio.topics) == (1, 2, 1, 0, 0)
    assert all(one.sessions == 0 for one in platforms_used(world.actor("outsider")))
    reader = Client()
    reader.force_login(world.people["secretary"])
    page = reader.get("/gatherings/councils").content.decode()
    assert "名书记工作室" in page and "来了几人次" in page
