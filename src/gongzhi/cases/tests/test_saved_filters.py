"""Filters kept under a name: one's own, few, and opened with one press. And the lists as workbooks."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.audit.models import Access
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.common import clock
from gongzhi.people.models import Person
from gongzhi.people.queries import export_people
from gongzhi.people.rules import MOST_FILTERS
from tests.cast import World

Visit = Callable[[str], Client]


@pytest.fixture
def visit(world: World) -> Visit:
    def _visit(who: str) -> Client:
        client = Client()
        client.force_login(world.people[who])
        return client

    return _visit


def keep(client: Client, name: str = "超期的", address: str = "over=1&status=open&cursor=x&evil=1") -> str:
    return client.post("/cases/saved", {"name": name, "address": address}, follow=True).content.decode()


def kept(world: World, who: str) -> Any:
    return Person.objects.get(pk=world.people[who].pk).saved_filters


def test_kept_opened_renamed_and_removed(world: World, visit: Visit) -> None:
    client = visit("dispatcher")
    assert "筛选存好了" in keep(client)
    assert kept(world, "dispatcher") == [{"name": "超期的", "address": {"over": "1", "status": "open"}}]
    for page in ("/cases/", "/desk/"):
        shown = client.get(page).content.decode()
        assert "超期的</a>" in shown and "/cases/?over=1&amp;status=open" in shown
    assert 'aria-current="true">超期的' in client.get("/cases/?status=open&over=1").content.decode()
    client.post("/cases/saved/rename", {"name": "超期的", "new_name": " 还没办完 的 "})
    assert [one["name"] for one in kept(world, "dispatcher")] == ["还没办完 的"]
    client.post("/cases/saved/remove", {"name": "还没办完 的"})
    assert kept(world, "dispatcher") == []


def test_nobody_else_sees_or_changes_them(world: World, visit: Visit) -> None:
    keep(visit("dispatcher"))
    other = visit("secretary")
    assert "超期的</a>" not in other.get("/cases/").content.decode()
    assert other.post("/cases/saved/remove", {"name": "超期的"}).status_code == 404
    assert other.post("/cases/saved/rename", {"name": "超期的", "new_name": "我的"}).status_code == 404
    assert visit("resident").post("/cases/saved", {"name": "a", "address": "over=1"}).status_code == 403
    assert len(kept(world, "dispatcher")) == 1 and not kept(world, "secretary")


def test_what_cannot_be_kept_is_said(world: World, visit: Visit) -> None:
    client = visit("dispatcher")
    assert "还没有筛选条件" in keep(client, address="cursor=x")
    assert "请给筛选起个名字" in keep(client, name="  ")
    assert "最多 30 个字" in keep(client, name="长" * 31)
    keep(client, name="长" * 30)
    assert "已有一个叫" in keep(client, name="长" * 30)
    for n in range(MOST_FILTERS - 1):
        keep(client, name=f"筛选{n}")
    assert "最多存 20 个" in keep(client, name="再来一个")
    assert "已有一个叫" in client.post(
        "/cases/saved/rename", {"name": "筛选1", "new_name": "筛选2"}, follow=True
    ).content.decode()
    assert len(kept(world, "dispatcher")) == MOST_FILTERS
    assert export_people(world.people["dispatcher"].pk)["saved_filters"]


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


def test_queue_and_inbox_are_taken_out_as_workbooks(
    world: World, visit: Visit, report: Callable[..., Case]
) -> None:
    here, given = report(), report()
    actions.dispatch_case(
        by=world.actor("dispatcher"), at=clock.now(), number=given.number, unit_id=world.units["utility"].pk
    )
    queue = rows_of(visit("dispatcher").get("/desk/?format=xlsx"))
    assert queue[1][0] == "编号" and [row[0] for row in queue[2:]] == [here.number]
    assert "导出 1 件" in str(queue[0][0])
    inbox = rows_of(visit("department").get("/inbox/?format=xlsx"))
    assert [row[0] for row in inbox[2:]] == [given.number]
    assert Access.objects.filter(subjects__contains=[given.reference], fields="words").exists()
    assert visit("auditor").get("/desk/?format=xlsx").status_code == 403
    assert visit("secretary").get("/inbox/?format=xlsx").status_code == 403
