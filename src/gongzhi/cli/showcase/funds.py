"""The demo's books: a community fund of 5,330,000 yuan in three purposes (S1), a maintenance fund that runs low.

演示数据. Only the whole sum and the three purposes are the source's; how it is shared and spent is made up.
"""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase import pictures, points
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.ledger import actions, queries
from gongzhi.ledger.actions import Written
from gongzhi.ledger.models import Fund
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

RAISED = 5_330_000_00
SHARES = (("help", 2_000_000_00), ("service", 1_800_000_00), ("environment", 1_200_000_00))
# movement, amount, days ago, what; of the community fund
SPENT = (
    ("spend_help", 12_000_00, 75, "困难家庭过冬补助（演示）"),
    ("spend_service", 36_800_00, 60, "助餐点厨房设备（演示）"),
    ("spend_environment", 4_680_00, 21, "楼道加装声控灯（演示）"),
    ("spend_help", 3_600_00, 9, "助学书本费（演示）"),
)


def keep_books(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Opened by the supervisor, written by the secretary; what is above the limit is approved, one waits."""
    books = _Books(crew, spot, now)
    if books.body is None:
        return
    _community_fund(books)
    books.fund("repair_pool", "房屋维修基金池（演示）", "treasury", since=60)
    books.add("budget", 300_000_00, 55, "财政投入第一批（演示）")
    books.add("repair", 18_650_00, 30, "屋面渗漏修三个单元（演示）", debit="roof", about="project:roof-demo")
    books.add("retain", 980_00, 30, "扣下质保金（演示）", debit="roof", about="project:roof-demo")
    books.fund("special_maintenance_fund", "专项维修资金（演示）", "owners", since=400, first_total=1_000_000_00)
    books.add("opening", 322_400_00, 395, "接手时的余额（演示）")
    books.add("works", 14_900_00, 90, "电梯曳引机大修（演示）", decision="resolution:demo-1")
    books.add("urgent", 9_800_00, 5, "外墙砖脱落应急加固（演示）", situation="楼体外墙墙面有脱落危险的", waits=True)
    books.fund("community_account", "社区收支账（演示）", "committee", since=70)
    books.add("rent", 24_000_00, 40, "门面租金（演示）")
    books.add("from_department", 8_000_00, 35, "老年人体检代办经费（演示）")
    books.add("office", 860_50, 12, "打印纸和墨盒（演示）")
    shop = books.fund("points_shop", "文明超市积分（演示）", "committee", since=60)
    points.keep_points(crew, shop, books.writer, books.second, now)
    bank = books.fund("time_bank_nanjing", "互助时间银行（演示）", "committee", since=60)
    points.keep_time(crew, bank, now)


def _community_fund(books: "_Books") -> None:
    fund = books.fund("community_fund", "社区基金", "treasury", since=100)
    books.add("gift", RAISED, 98, "社区服务基金筹集（演示）")
    for purpose, amount in SHARES:
        books.add("assign", amount, 96, "按三类用途划分（演示）", debit=purpose, decision="resolution:demo-2")
    for movement, amount, days, what in SPENT:
        books.add(movement, amount, days, what)
    wrong = books.add("spend_service", 5_200_00, 7, "活动室桌椅（演示，记错了）")
    actions.reverse_entry(by=books.writer, at=books.now, number=wrong, reason="金额多写了一位，冲销重记（演示）")
    books.add("spend_environment", 48_000_00, 2, "东门口花坛改造（演示）", waits=True)
    for _ in range(2):  # the two oldest months are closed
        row = actions.propose_closing(by=books.writer, at=books.now, number=fund.number)
        actions.close_period(by=books.second, at=books.now, number=fund.number, label=row.span)


class _Books:
    """Who writes, who approves, of which fund just now."""

    def __init__(self, crew: Crew, spot: Place, now: dt.datetime) -> None:
        self.now, self.today = now, clock.local_date(now)
        self.writer: Actor = crew.actor(crew.over(spot.path, "secretary"))
        self.second: Actor = crew.actor(crew.over(spot.path, "supervisor"))
        self.body = self._body(spot)
        self.open: Fund | None = None

    def _body(self, spot: Place) -> Organization | None:
        """The committee around the place: where the secretary writes and the supervisor approves."""
        kinds = ("residents_committee", "villagers_committee", "village_committee")
        near = Organization.objects.filter(kind__in=kinds, place__isnull=False).select_related("place")
        able = [one for one in near if one.place and self._reaches(one.place.path)]
        around = [one for one in able if one.place and spot.path.startswith(one.place.path)]
        return next(iter([*around, *able]), None)

    def _reaches(self, path: str) -> bool:
        ways = (self.writer.paths_for("ledger.propose"), self.second.paths_for("ledger.open"))
        return all(any(path.startswith(one) for one in paths) for paths in ways)

    def fund(self, kind: str, name: str, host: str, *, since: int, **more: Any) -> Fund:
        body = self.body
        assert body is not None and body.place is not None  # noqa: S101 - looked for above
        self.open = actions.open_fund(
            by=self.second,
            at=self.now,
            kind=kind,
            name=name,
            place=body.place,
            organization=body,
            host=host,
            proof="演示编号 1 号",
            opened_on=self._month_of(since),
            **more,
        )
        return self.open

    def _month_of(self, days: int) -> dt.date:
        return (self.today - dt.timedelta(days=days)).replace(day=1)

    def add(self, movement: str, amount: int, days: int, what: str, *, waits: bool = False, **more: Any) -> str:
        fund = self.open
        assert fund is not None  # noqa: S101 - opened before
        rule = queries.movement_of(fund, movement)
        debit = more.pop("debit", rule.debit[0])
        given: dict[str, Any] = {"narration": what, "party": "" if rule.party == "none" else "演示单位", **more}
        given |= {"papers": rule.vouchers, "uploads": [pictures.draw("road", "after")] if rule.vouchers else []}
        on = self.today - dt.timedelta(days=days)
        written = Written(movement, rule.credit[0], debit, amount, on, **given)
        entry = actions.propose_entry(by=self.writer, at=self.now, number=fund.number, written=written)
        if entry.needs_second and not waits:
            actions.decide_entry(by=self.second, at=self.now, number=entry.number, granted=True)
        return entry.number
