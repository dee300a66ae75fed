"""What the demo's community made public: a notice, a 公示, a criticism that was corrected and answered. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase import pictures
from gongzhi.cli.showcase.staff import Crew
from gongzhi.people.models import Organization
from gongzhi.places.models import Place
from gongzhi.publications import actions, queries
from gongzhi.publications.actions import Subject
from gongzhi.publications.rules.records import Words

Common = dict[str, Any]


def publish(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Items of the community of the demo's secretary; nothing where the model has no kinds or nobody to release."""
    writer = crew.over(spot.path, "secretary")
    second = crew.over(spot.path, "supervisor")
    held = [path for (role, path), person in crew.by_place.items() if role == "secretary" and person == writer]
    place = Place.objects.current().filter(path__in=held).order_by("path").first()
    if place is None or writer == second:
        return
    desk = _Desk(crew, place, writer, second)
    pinned = desk.release(
        "notice",
        now - dt.timedelta(days=2),
        Words(
            title="周四上午停水三小时（演示）",
            body="周四上午9点到12点换主水管，请提前存水。\n下午还没来水的，打物业值班电话，或者在这里报一件事。",
            about="小区主水管",
            facts={"contact": "社区居委会值班室"},
        ),
    )
    actions.pin_publication(by=desk.second, at=now - dt.timedelta(days=1), number=pinned, pinned=True)
    desk.release(
        "public_notice",
        now - dt.timedelta(days=1),
        Words(
            title="充电棚选址公示（演示）",
            body="拟在南门东侧空地建电动车充电棚，共24个充电口，离最近的楼12米。",
            about="南门东侧空地",
            facts={"why": "离楼近，想听听大家的意见", "objection": "社区居委会，或者在这里报一件事"},
        ),
    )
    desk.release(
        "activity",
        now - dt.timedelta(hours=5),
        Words(
            title="周末义诊（演示）",
            body="量血压、测血糖、看片子。不收钱，不用预约。",
            about="义诊",
            facts={"where": "社区活动室", "join": "直接来，带上最近的检查单"},
            begins_at=(now + dt.timedelta(days=4)).replace(minute=0, second=0, microsecond=0).isoformat(),
        ),
    )
    desk.release(
        "brand",
        now - dt.timedelta(days=30),
        Words(
            title="道德讲堂",
            body="每个月请一位邻居讲自己的事，听完一起动手做一件。（演示）",
            about="道德讲堂",
            facts={"stands_for": "讲身边的好人好事，给全体居民", "since": "2024-03-01"},
        ),
    )
    desk.release(
        "honour",
        now - dt.timedelta(days=20),
        Words(
            title="孝心示范点（演示）",
            body="连着两年给八十岁以上的老人过生日。",
            about="孝心示范",
            facts={"given_by": "演示街道", "given_on": "2025-12-01", "document": "演示文件〔2025〕8 号"},
        ),
    )
    desk.expose(now)
    desk.leave_for_review(now)


class _Desk:
    """The two people of the desk at one place."""

    def __init__(self, crew: Crew, place: Place, writer: Any, second: Any) -> None:
        self.crew, self.place = crew, place
        self.writer, self.second = crew.actor(writer), crew.actor(second)

    def release(self, kind: str, at: dt.datetime, text: Words) -> str:
        made = actions.begin_publication(
            by=self.writer, at=at, kind=kind, place=self.place, text=text, subject=Subject("matter")
        )
        actions.submit_publication(by=self.writer, at=at, number=made.number)
        actions.release_publication(by=self.second, at=at, number=made.number)
        return made.number

    def expose(self, now: dt.datetime) -> None:
        """A fire lane, told to its property company, corrected once, answered by it."""
        party = self._party()
        if party is None:
            return
        at = now - dt.timedelta(days=8)
        text = Words(
            title="东门消防通道堆物（演示）",
            body="东门消防通道堆了5处杂物，两次去看都没有清。",
            about="东门消防通道",
            facts={"checked": "两次到现场看，拍了照片", "rectify_by": (now + dt.timedelta(days=10)).date().isoformat()},
        )
        subject = Subject("facility", party=party)
        by = self.writer
        common: Common = {"kind": "exposure", "place": self.place, "text": text, "subject": subject}
        number = actions.begin_publication(by=by, at=at, **common).number
        shot = pictures.draw("road", "report")
        actions.add_pictures(by=by, at=at, number=number, uploads=[shot], evidence=True)
        actions.notify_party(by=by, at=at, number=number)
        over = at + dt.timedelta(days=5)
        actions.submit_publication(by=by, at=over, number=number)
        actions.release_publication(by=self.second, at=over, number=number)
        self._mend(number, over + dt.timedelta(hours=20))

    def _mend(self, number: str, at: dt.datetime) -> None:
        correction = actions.propose_correction(
            by=self.writer,
            at=at,
            number=number,
            title="东门消防通道堆物（演示）",
            body="东门消防通道堆了3处杂物，两次去看都没有清。",
            wrong="写成了5处",
            right="是3处；另外2处在通道外的空地上",
            why="照片里把空地上的也数进去了",
        )
        common: Common = {"by": self.second, "at": at + dt.timedelta(hours=1), "number": number}
        actions.decide_correction(correction_id=correction.pk, granted=True, **common)
        code = queries.reply_code(queries.get_publication_for(self.writer, number))
        said = "3处杂物已约车，这周内清完；通道画黄线，每天看一次。"
        reply = actions.file_reply(by=self.second, at=at, number=number, text=said, code=code)
        actions.show_reply(reply_id=reply.pk, **common)

    def _party(self) -> Organization | None:
        rows = Organization.objects.filter(valid_to__isnull=True, kind__contains="property").order_by("code")
        return rows.filter(place__path__startswith=self.place.path).first() or rows.first()

    def leave_for_review(self, now: dt.datetime) -> None:
        """One waits for the second person."""
        text = Words(
            title="楼道清理好做法（演示）",
            body="三个楼栋约好周六一起清楼道，旧家具集中拉走，一次清了11车。",
            about="楼道清理",
            facts={"where": "小区北片三个楼栋"},
        )
        subject = Subject("matter")
        made = actions.begin_publication(
            by=self.writer, at=now, kind="practice", place=self.place, text=text, subject=subject
        )
        actions.submit_publication(by=self.writer, at=now, number=made.number)
