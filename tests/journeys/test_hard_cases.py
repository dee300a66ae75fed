"""The hard ones, through the pages' own addresses: nobody's duty, two duties, a boundary road, a fifth reopening,
what cannot be done this year, a whistle.
"""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from gongzhi.cases.jobs import escalate_overdue
from gongzhi.cases.models import Case, CaseEvent, Clock, WorkOrder
from gongzhi.common import clock
from tests import cast
from tests.architecture.street import photo
from tests.cast import World

WORDS = "5栋门口路灯不亮，晚上看不见台阶。"


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


class Street:
    """Everybody's browser, without script."""

    def __init__(self, world: World) -> None:
        self.world, self.clients = world, dict[str, Client]()

    def of(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = Client()
            if name != "visitor":
                self.clients[name].force_login(self.world.people[name])
        return self.clients[name]

    def report(self, words: str = WORDS, who: str = "resident") -> str:
        client = self.of(who)
        opened = client.get("/r/LY-5")  # the code on the wall: the form knows where it hangs
        given = {name: value for name, value in opened.context["form"].initial.items() if value is not None}
        page = client.post("/report", {**given, "text": words, "apart": "1"})
        assert page.status_code == 302, page.content.decode()[:2000]
        found = re.search(r"sent/([A-Z0-9-]+)", page["Location"])
        assert found is not None
        return found[1]

    def move(self, who: str, number: str, move: str, **given: Any) -> Case:
        """One form of the case's page, sent; it must be taken."""
        page = self.of(who).post(f"/desk/{number}/{move}", given)
        assert page.status_code == 302, f"{move} by {who}: {page.status_code} {_wrong(page)}"
        return self.case(number)

    def refused(self, who: str, number: str, move: str, **given: Any) -> str:
        page = self.of(who).post(f"/desk/{number}/{move}", given)
        assert page.status_code >= 400, f"{move} by {who} was taken"
        return page.content.decode()

    def page(self, who: str, url: str) -> str:
        found = self.of(who).get(url)
        assert found.status_code == 200, f"{url} as {who}: {found.status_code}"
        return found.content.decode()

    def case(self, number: str) -> Case:
        return Case.objects.select_related("unit").get(number=number)

    def unit(self, code: str) -> int:
        return self.world.units[code].pk


def _wrong(page: Any) -> str:
    return " ".join(re.findall(r"gz-err[^>]*>([^<]+)", page.content.decode()))[:400]


@pytest.fixture
def street(world: World) -> Street:
    return Street(world)


def finish(street: Street, number: str) -> None:
    """Repaired with a photo, checked by the grid."""
    if street.case(number).status in ("dispatched", "rework"):
        street.move("department", number, "start")
    street.move("department", number, "record", note="去看了，是灯头", stage="before", photos=photo())
    street.move("department", number, "answer", note="灯头换了，夜里试过能亮", photos=photo())
    street.move("grid_member", number, "verify", note="看过，亮了")


@pytest.mark.req("C13")
def test_nobodys_duty(street: Street) -> None:
    """The dispatcher finds no line in the list; the superior names somebody; the next of the same kind shows it."""
    number = street.report()
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "ask_ruling", reason="dispute.nobody", note="清单三条都没写到这种灯")
    assert "归谁管有不同说法" in street.page("resident", f"/track/{number}")
    desk = street.page("supervisor", "/rulings/")
    assert number in desk and "去裁决" in desk
    case = street.move(
        "supervisor",
        number,
        "rule",
        unit_id=street.unit("utility"),
        clause="专题会议纪要第3条",
        note="公共路灯都由路灯所管",
    )
    assert (case.status, case.unit_id) == ("dispatched", street.unit("utility"))
    assert "上级定了：由路灯管理所负责" in street.page("resident", f"/track/{number}")
    second = street.report("4栋门口路灯也不亮了，很黑。", "neighbour")
    shown = street.page("dispatcher", f"/desk/{second}")
    assert "专题会议纪要第3条" in shown and number in shown
    finish(street, number)


@pytest.mark.req("C13")
def test_two_duties(street: Street) -> None:
    """Returned once, disputed the second time, decided between both, worked on all the while; one leads, one helps."""
    number = street.report()
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("utility"))
    street.move("department", number, "return", reason="return.not_ours", note="线路归物业")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("property-1"))
    assert "首接负责：路灯管理所" in street.page("dispatcher", f"/desk/{number}")
    assert "由路灯管理所回复您" in street.page("resident", f"/track/{number}")
    street.refused("property", number, "return", reason="return.not_ours", note="灯杆不归物业")
    street.move(
        "property",
        number,
        "dispute",
        reason="dispute.two_duties",
        note="灯杆归路灯所",
        unit_id=street.unit("utility"),
    )
    street.move("property", number, "start")
    assert "首接负责：路灯管理所" in street.page("dispatcher", f"/desk/{number}")  # until the end, or a ruling
    ruling = {"unit_id": street.unit("utility"), "clause": "清单第12条", "co_units": [street.unit("property-1")]}
    street.refused("secretary", number, "rule", note="我来定", **ruling)
    street.move("supervisor", number, "rule", note="灯归灯，线归线", **ruling)
    street.move("department", number, "start")
    street.move("department", number, "record", note="去看了，灯归灯，线归线", stage="before", photos=photo())
    assert "还有配合单位没签" in street.refused("department", number, "answer", note="灯修好了", photos=photo())
    street.move("property", number, "sign", note="线路接好了")
    street.move("department", number, "answer", note="灯修好了", photos=photo())
    street.move("grid_member", number, "verify", note="看过了")
    assert street.of("resident").post(f"/track/{number}/answer", {"solved": "yes"}).status_code == 302
    assert street.move("dispatcher", number, "close").status == "closed"


def test_a_boundary_road(street: Street) -> None:
    """Disputed at once, without a return; the page shows both grids and says so; the list alone is enough."""
    number = street.report("两个网格中间那条路的灯不亮")
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("property-1"))
    street.move("property", number, "dispute", reason="dispute.boundary", note="路中间往东是二网格")
    page = street.page("dispatcher", f"/desk/{number}")
    assert "边界问题" in page and "由柳园物业先办" in page
    outlines = street.of("dispatcher").get(f"/desk/{number}").context["map"]["outlines"]
    assert {"柳园一网格", "柳园二网格"} <= {outline["properties"]["name"] for outline in outlines}
    listed = street.page("supervisor", "/rulings/")
    assert "边界问题" in listed and number in listed
    assert "交界上" in street.page("resident", f"/track/{number}")
    street.move("supervisor", number, "rule", unit_id=street.unit("property-1"), clause="勘界图2019", note="路归一网格")
    assert street.case(number).pending == {}
    answer = street.of("supervisor").get("/rulings/?format=xlsx")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")


def test_a_fifth_reopening(street: Street) -> None:
    """Number and promise stay; from the second time on, somebody higher is called each time."""
    number = street.report()
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("utility"))
    for _time in range(5):
        finish(street, number)
        assert street.of("resident").post(f"/track/{number}/answer", {"solved": "yes"}).status_code == 302
        assert street.of("resident").post(f"/track/{number}/reopen", {"note": "又不亮了"}).status_code == 302
    case = street.case(number)
    assert (case.reopens, case.status, case.number) == (5, "rework", number)
    climbed = CaseEvent.objects.filter(case=case, move="escalate", facts__clock="reopen")
    assert climbed.count() == 4 and case.escalation == 4
    assert "反映人一再重新打开" in street.page("supervisor", f"/desk/{number}")


def test_what_cannot_be_done_this_year(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """挂账: reason, next date, a second person; counted in public by category; it comes back on its day."""
    number = street.report()
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("utility"))
    until = (clock.now() + dt.timedelta(days=200)).date()
    street.move(
        "dispatcher", number, "ask_deferral", reason="defer.funds", note="进了明年的改造计划", until=until.isoformat()
    )
    street.refused("dispatcher", number, "defer")
    assert street.move("secretary", number, "defer", note="同意").status == "deferred"
    public = street.page("visitor", "/public")
    assert "一时办不了，先挂账的" in public and WORDS not in public
    assert number in street.page("visitor", "/public?show=deferred")
    later = clock.now() + dt.timedelta(days=201)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert escalate_overdue() >= 1
    assert street.case(number).status == "accepted"


def test_a_whistle(street: Street) -> None:
    """The community calls two departments: one answers and comes, one does not; both are on record, both sides rate."""
    number = street.report("5栋前的灯箱漏电，路灯也灭了")
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("committee-1"))
    called = [street.unit("utility"), street.unit("property-1")]
    street.move("grid_member", number, "whistle", units=called, note="现在就到5栋门口")
    assert number in street.page("property", "/inbox/")
    street.move("property", number, "respond")
    orders = {order.unit_id: order for order in WorkOrder.objects.filter(case__number=number, role="whistle")}
    came, missing = orders[called[1]], orders[called[0]]
    street.move("grid_member", number, "arrive", order=came.pk)
    street.move("grid_member", number, "absent", order=missing.pk, reason="absence.no_reason", note="打了三次电话")
    street.move("grid_member", number, "rate_unit", order=came.pk, rating="5")
    street.move("property", number, "rate_whistle", rating="4")
    page = street.page("dispatcher", f"/desk/{number}")
    assert "没到" in page and "到了" in page
    counted = street.page("secretary", "/together/")
    assert "柳园物业" in counted and "路灯管理所" in counted
    assert not Clock.objects.filter(case__number=number, kind="whistle", met_at__isnull=True).exists()


def test_a_supervise_order_and_a_list(street: Street, world: World) -> None:
    """督办 from the case's page, a list with a line, struck off after somebody else looked."""
    number = street.report()
    street.move("dispatcher", number, "accept")
    street.move("dispatcher", number, "dispatch", unit_id=street.unit("utility"))
    until = (clock.now() + dt.timedelta(days=9)).date().isoformat()
    ordered = {"unit_id": street.unit("utility"), "until": until, "note": "三天内报办理方案"}
    street.move("supervisor", number, "supervise", **ordered)
    order = Case.objects.get(channel="supervise")
    listed = street.page("supervisor", "/supervised/")
    assert order.number in listed and number in listed and "已交办" in listed
    made = {"text": "柳园路灯改造清单", "place_code": "PC-1", "unit_id": street.unit("utility"), "until": until}
    assert street.of("secretary").post("/lists/", made).status_code == 302
    head = Case.objects.get(channel="tasklist")
    line = {"text": "5栋前换灯", "standard": "夜里都亮", "unit_id": street.unit("utility"), "until": until}
    assert street.of("secretary").post(f"/lists/{head.number}", line).status_code == 302
    item = Case.objects.get(channel="listitem")
    street.move("department", item.number, "start")
    assert "销号要有凭证" in street.refused("department", item.number, "answer", note="换了")
    street.move("department", item.number, "answer", note="换了", photos=photo())
    street.move("dispatcher", item.number, "verify", note="都亮")
    assert street.move("secretary", item.number, "strike").status == "closed"
    page = street.page("secretary", f"/lists/{head.number}")
    assert "已销号" in page and "销号 1 项" in page
