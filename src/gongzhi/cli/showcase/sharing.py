"""The demo's sharing: rooms, a parking space, a kitchen, tools, a courtesy, a wish that came true, one that waits.

演示数据. The kinds, the 42 and 38 items of the lists and their three named ones are the sources' (S1, S3, S4); who
offers what, when, and every wish are made up.
"""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase.agreements import KINDS
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.clock import CHINA
from gongzhi.exchange import actions
from gongzhi.exchange.actions import Asked, Given, Wanted
from gongzhi.exchange.models import Offer
from gongzhi.exchange.queries import near
from gongzhi.exchange.rules.times import Span, read_hours
from gongzhi.people.models import Organization, Person
from gongzhi.places.models import Place

WEEK = read_hours("周一至周五 09:00-12:00，14:00-21:00\n周六至周日 09:00-21:00")
WORK = read_hours("周一至周五 08:30-12:00，14:00-17:30")
# kind, title, way of serving, fee, what else; the hours of a kind that has none are left out
OFFERS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("venue", "党群服务中心多功能厅（演示）", "menu", "free", {"hours": WEEK, "where": "党群服务中心二楼"}),
    ("parking", "错时共享车位（演示）", "mutual", "low", {"hours": WEEK, "price": "每小时 2 元，当面付", "pieces": 3}),
    ("kitchen", "邻里共享厨房（演示）", "mutual", "free", {"hours": WEEK, "where": "邻里中心一楼"}),
    ("seat", "读书角座椅（演示）", "devotion", "free", {"hours": WEEK, "pieces": 8}),
    ("book", "共享图书：一次借一本（演示）", "devotion", "free", {"pieces": 120}),
    ("tool", "冲击钻（演示）", "mutual", "free", {"pieces": 2}),
    ("health_check", "量血压、测血糖（演示）", "professional", "free", {"hours": WORK, "where": "社区卫生站"}),
    ("legal_room", "法律服务工作室（演示）", "professional", "free", {"hours": WORK, "where": "社区法律服务室"}),
    ("service_point", "社保医保咨询（演示）", "one_stop", "free", {"hours": WORK, "pieces": 2}),
    ("home_service", "家电维修上门（演示）", "group", "low", {"price": "上门免费，零件按价"}),
    ("canteen", "长者午餐（演示）", "menu", "low", {"price": "每份 8 元，当面付", "stock": 60}),
    ("adoption", "三角花坛认养（演示）", "mutual", "free", {"pieces": 4}),
    ("day_care", "日间照料（演示）", "professional", "low", {"price": "每天 20 元，当面付", "pieces": 12}),
    ("window", "综合窗口（演示）", "one_stop", "free", {"hours": WORK, "pieces": 2, "where": "党群服务中心一楼"}),
    ("matter_guide", "申领居住证（演示）", "one_stop", "free", {"item": "guides/residence_permit"}),
)


def share(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Entered by the secretary for the community's own body; where no community is found there is nothing to tell."""
    office = crew.actor(crew.over(spot.path, "secretary"))
    today = clock.local_date(now)
    place = near.home_of(crew.actor(crew.residents[0]), today) or near.home_of(office, today)
    bodies = list(Organization.objects.filter(place=place).order_by("pk")) if place else []
    body = next((one for one in bodies if one.kind in KINDS), next(iter(bodies), None))
    if place is None or body is None or not office.paths_for("exchange.keep"):
        return
    made = _Sharing(crew, place, body, now)
    offers = [made.offer(*row) for row in OFFERS]
    made.merchant()
    made.book(offers)
    made.matters(offers)
    made.wishes()


class _Sharing:
    def __init__(self, crew: Crew, place: Place, body: Organization, now: dt.datetime) -> None:
        self.crew, self.place, self.body, self.now = crew, place, body, now
        self.office = crew.actor(crew.over(place.path, "secretary"))
        self.second = crew.actor(crew.over(place.path, "supervisor"))

    def offer(self, kind: str, title: str, mode: str, fee: str, more: dict[str, Any]) -> Offer:
        given = Given(kind, title, self.place, mode, fee, self.body, **more)
        return actions.enter_offer(by=self.office, at=self.now, given=given)

    def merchant(self) -> None:
        """One looked at, one that waits to be."""
        shop = {"price": "八折", "stock": 100, "bearer": "商家"}
        row = self.offer("merchant", "早餐八折（演示）", "devotion", "low", shop)
        actions.check_offer(by=self.second, at=self.now, number=row.number, approve=True)
        courtesy = {"stock": 69, "needs_hours": 20, "bearer": "街道"}
        self.offer("courtesy", "志愿者意外险（演示）", "devotion", "free", courtesy)

    def book(self, offers: list[Offer]) -> None:
        """What the residents of the demo took: only who lives there takes what is for households."""
        by_kind = {one.kind: one for one in offers}
        one, two = self.crew.residents[:2]
        self._take(by_kind["health_check"], two, 2, 9, 10)
        self._take(by_kind["seat"], one, 1, 15, 60)
        self._take(by_kind["service_point"], one, 3, 10, 30)
        actions.claim_offer(
            by=self.crew.actor(two), at=self.now, number=by_kind["book"].number, wanted=Wanted()
        )

    def matters(self, offers: list[Offer]) -> None:
        """Of one application everything that is missing was told; somebody is in day care."""
        by_kind = {one.kind: one for one in offers}
        one, two = (self.crew.actor(person) for person in self.crew.residents[:2])
        permit = by_kind["matter_guide"].number
        asked = actions.apply_for(by=one, at=self.now, number=permit, wanted=Wanted(note="租房住，在镇上上班"))
        missing = ["本人相片", "住址证明：租房合同、房产证明、购房合同或者住宿证明，有一种就行"]
        actions.ask_supplement(by=self.office, at=self.now, number=asked.number, missing=missing)
        care = Wanted(note="走路要人扶；紧急时打家里电话（演示）")
        (cared,) = actions.claim_offer(by=two, at=self.now, number=by_kind["day_care"].number, wanted=care)
        serving: dict[str, Any] = {"by": self.office, "at": self.now, "number": cared.number}
        actions.approve_claim(**serving)
        actions.hand_over(**serving)

    def _take(self, offer: Offer, person: Person, days: int, hour: int, minutes: int) -> None:
        day = clock.local_date(self.now) + dt.timedelta(days=days)
        while day.isoweekday() > 5:
            day += dt.timedelta(days=1)
        start = dt.datetime.combine(day, dt.time(hour), CHINA)
        wanted = Wanted(Span(start, start + dt.timedelta(minutes=minutes)))
        actions.claim_offer(by=self.crew.actor(person), at=self.now, number=offer.number, wanted=wanted)

    def wishes(self) -> None:
        """One came true, one waits for somebody, one for the community to look at."""
        one, two, three = (self.crew.actor(person) for person in self.crew.residents[:3])
        done = self._wish(one, "thing", "想要一副老花镜", publish=True)
        taken = actions.take_need(by=two, at=self.now, number=done, note="我有一副新的，度数合适就拿去。")
        yes: dict[str, Any] = {"at": self.now, "number": done, "claim": taken.number}
        actions.accept_help(by=one, **yes)
        actions.deliver_help(by=two, at=self.now, number=done)
        actions.confirm_help(by=one, thanks="戴着正好，谢谢这位邻居。", **yes)
        self._wish(three, "skill", "想学用手机挂号", publish=True)
        self._wish(two, "elder", "下周陪老人去一趟医院", kind="mutual", minutes=120, publish=True)
        self._wish(one, "company", "周末想有人一起下盘棋", publish=False)

    def _wish(
        self, by: Any, category: str, title: str, *, publish: bool, kind: str = "wish", minutes: int | None = None
    ) -> str:
        asked = Asked(kind, category, title, self.place, name="演示", where="演示地址", minutes=minutes)
        row = actions.ask_need(by=by, at=self.now, asked=asked)
        if publish:
            actions.check_need(by=self.office, at=self.now, number=row.number, publish=True)
        return row.number
