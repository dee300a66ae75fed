"""The desk keeps imported history out of today's work, says how much there is, and shows it when asked."""

import datetime as dt
from collections.abc import Callable

from django.test import Client

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.common import clock
from tests.cast import World

Report = Callable[..., Case]


def numbers(client: Client, tab: str) -> list[str]:
    return [row["view"].case.number for row in client.get("/desk/", {"tab": tab}).context["rows"]]


def test_imported_cases_wait_under_a_tab_of_their_own(world: World, report: Report) -> None:
    now = clock.now()
    client = Client()
    client.force_login(world.people["dispatcher"])
    fresh = report(at=now)
    assert "导入的" not in client.get("/desk/").content.decode()
    assert "没有导入的等分拨" in client.get("/desk/", {"tab": "imported"}).content.decode()
    old = report(at=now - dt.timedelta(days=300))
    Case.objects.filter(pk=old.pk).update(channel="import")
    page = client.get("/desk/")
    tabs = {tab["code"]: tab["count"] for tab in page.context["tabs"]}
    assert (tabs["todo"], tabs["soon"]) == (1, 0) and page.context["nav_counts"] == {"desk": 1}
    assert "另有导入的 1 件，没排进来。" in page.content.decode() and "?tab=imported" in page.content.decode()
    assert "导入的 1 件" in client.get("/desk/", {"tab": "imported", "part": "queue"}).content.decode()
    assert numbers(client, "todo") == [fresh.number] and numbers(client, "soon") == []
    assert numbers(client, "imported") == [old.number]
    # Taken up here, it is work like any other.
    dispatcher = world.actor("dispatcher")
    unit = world.units["utility"].pk
    actions.dispatch_case(by=dispatcher, at=now, number=old.number, unit_id=unit)
    assert numbers(client, "imported") == [] and numbers(client, "soon") == [old.number]
