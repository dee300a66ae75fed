"""The demo's agreements: 19 shops lent for twenty years, a year's plan of ten lines by five units, one that ends soon.

演示数据. The two agreements, the areas, 11 visits, 5 joint meetings, 16 demands, 540 transfers and 373 items are the
sources' (S1, S3); names of units, days and what was done are made up.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from gongzhi.cli.showcase import pictures
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.partnerships import actions, rules
from gongzhi.partnerships.actions import Done, Drafted, Lending
from gongzhi.partnerships.models import Agreement
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

KINDS = ("residents_committee", "villagers_committee", "village_committee", "workstation", "party_branch")
# code, name; three of them reside here, two build with us
UNITS = (
    ("centre", "城市基础设施中心（演示）"),
    ("school", "驻区学校（演示）"),
    ("bank", "驻区银行网点（演示）"),
    ("hospital", "共驻医院（演示）"),
    ("market", "共驻市场（演示）"),
)
HELPERS = ("helpers", "邻里互助社（演示）")
TERM = 20


def agree(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Drafted by the secretary, signed by everybody on paper, worked on since."""
    made = _Desk(crew, spot, now)
    if made.core is None:
        return
    made.lend("党群服务中心", Lending("shop", "底层商铺", Decimal("2515.74"), "党群服务中心", 18, "party_service"))
    made.lend("综合治理中心", Lending("shop", "底层商铺", Decimal("203.53"), "综合治理中心", 1, "safety"))
    made.plan()
    row = made.sign("joint_building", "共驻共建（演示）", [("unit", unit) for unit in made.units[3:]], ends=300)
    made.work(row, 1, 16, "回应居民和单位的诉求（演示）")
    made.work(row, 2, 5, "共建议事会（演示）")
    row = made.sign("pairing", "和驻区学校结对（演示）", [("partner", made.units[1])], ends=25)
    made.work(row, 1, 3, "一起办邻里活动（演示）")
    row = made.sign("instructor", "住宅小区党建指导员（演示）", [("sender", made.units[0])], ends=500)
    made.work(row, 2, 540, "接收国企离退休党员，只记人数（演示）")
    row = made.sign("entrusted", "社区公共服务委托（演示）", [("provider", made.helpers)], ends=100)
    made.work(row, 1, 373, "承担的公共服务（演示）")
    made.sign("venue_gaps", "场地缺口清单（演示）", [], ends=None)
    made.draft("resident_unit", "银行网点报到（演示）", [("unit", made.units[2])], ends=365)


class _Desk:
    """Who keeps agreements, for which body, with which units."""

    def __init__(self, crew: Crew, spot: Place, now: dt.datetime) -> None:
        self.now, self.today = now, clock.local_date(now)
        self.by = crew.actor(crew.over(spot.path, "secretary", "supervisor"))
        self.core = self._core(spot)
        self.units: list[Organization] = []
        if self.core is not None and self.core.place is not None:
            place = self.core.place
            self.units = [self._unit(place, code, name, "department") for code, name in UNITS]
            self.helpers = self._unit(place, *HELPERS, "social_organization")

    def _core(self, spot: Place) -> Organization | None:
        """The nearest body around the place that the secretary may keep agreements for."""
        rows = Organization.objects.filter(kind__in=KINDS, place__isnull=False).select_related("place").order_by("pk")
        ours = [one for one in rows if one.place and one.place.path.startswith(self.by.paths_for(rules.KEEP))]
        around = [one for one in ours if one.place and spot.path.startswith(one.place.path)]
        return next(iter([*around, *ours]), None)

    def _unit(self, place: Place, code: str, name: str, kind: str) -> Organization:
        since = self.today - dt.timedelta(days=400)
        given: dict[str, Any] = {"code": f"demo-unit-{code}", "kind": kind, "name": name, "place": place}
        return people.add_organization(by=SHOWCASE, at=self.now, valid_from=since, **given)

    def draft(self, kind: str, title: str, others: list[tuple[str, Organization]], **more: Any) -> Agreement:
        core = self.core
        assert core is not None and core.place is not None  # noqa: S101 - looked for above
        starts = more.pop("starts", self.today - dt.timedelta(days=200))
        ends = more.pop("ends", 365)
        last = ends if isinstance(ends, dt.date) or ends is None else self.today + dt.timedelta(days=ends)
        drafted = Drafted(
            kind=kind,
            title=title,
            place=core.place,
            parties=[("core", core), *others],
            starts_on=starts,
            ends_on=last,
            **more,
        )
        return actions.draft_agreement(by=self.by, at=self.now, drafted=drafted)

    def sign(self, kind: str, title: str, others: list[tuple[str, Organization]], **more: Any) -> Agreement:
        row = self.draft(kind, title, others, **more)
        for party in row.parties.order_by("position"):
            given: dict[str, Any] = {"number": row.number, "organization": party.organization_id}
            given["uploads"] = [pictures.draw("road", "after")]
            actions.sign_agreement(by=self.by, at=self.now, on=row.starts_on, **given)
        return row

    def work(self, row: Agreement, position: int, amount: int, note: str, **more: Any) -> None:
        on = max(row.starts_on, self.today - dt.timedelta(days=12))
        done = Done(on, note, amount, uploads=[pictures.draw("road", "after")], **more)
        actions.record_progress(by=self.by, at=self.now, number=row.number, position=position, done=done)

    def lend(self, title: str, asset: Lending) -> None:
        starts = self.today - dt.timedelta(days=300)
        whole = f"底层商铺无偿使用：{title}（演示）"
        ends = rules.years_after(starts, TERM)
        row = self.sign("asset_use", whole, [("owner", self.units[0])], starts=starts, ends=ends, assets=(asset,))
        if asset.pieces > 1:
            self.work(row, 4, 11, "走访调研（演示）")
            self.work(row, 3, 5, "共建议事会（演示）")
        on = self.today - dt.timedelta(days=3)
        use = Done(on, f"{title}开放（演示）", 60)
        actions.record_use(by=self.by, at=self.now, number=row.number, position=1, done=use)

    def plan(self) -> None:
        """The ten lines, three done, some on their way."""
        starts = self.today.replace(month=1, day=1)
        units = [("unit", unit) for unit in self.units]
        row = self.sign("joint_plan", f"{starts.year} 年“大党委”共建计划（演示）", units, starts=starts, ends=None)
        for position, progress in ((1, 100), (4, 60), (5, 100), (6, 40), (7, 100), (8, 20)):
            self.work(row, position, 0, "一起办了一次（演示）", progress=progress)
