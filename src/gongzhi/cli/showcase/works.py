"""The demo's projects: one from a report to the acceptance, one being built, a list of leaks. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cases.models import Case
from gongzhi.cli.showcase import pictures
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.duties.registry import resolve
from gongzhi.gatherings.models import Gathering
from gongzhi.ledger import actions as ledger
from gongzhi.ledger import queries as books
from gongzhi.ledger.actions import Written
from gongzhi.ledger.models import Fund
from gongzhi.places.models import Place
from gongzhi.projects import actions, queries
from gongzhi.projects.actions import Offer, Source
from gongzhi.projects.actions.works import Given, Spot, add_works_lines, step_line
from gongzhi.projects.models import Project
from gongzhi.projects.queries import bidding
from gongzhi.projects.queries import works as reads

FROM_FUND, OWN = 18_000_00, 2_400_00


def show_works(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """A shed, a shade and a list of leaks."""
    if (works := _works(crew, spot, now)) is not None:
        works.shed()
        works.shade()
        works.leaks()


def show_venture(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """公益创投: approved, bodies are asked, one has handed in on paper; after the bodies of agreements are there."""
    if (works := _works(crew, spot, now)) is not None:
        works.meals()


def _works(crew: Crew, spot: Place, now: dt.datetime) -> "_Works | None":
    """Where a community fund is kept and a meeting was held; elsewhere there is nothing to tell."""
    fund = Fund.objects.filter(kind="community_fund").select_related("place", "organization").first()
    office = crew.actor(crew.over(spot.path, "secretary"))
    held = [row for row in Gathering.objects.filter(status="closed").order_by("id") if resolve(office, row.reference)]
    if fund is None or not held:
        return None
    return _Works(crew, office, crew.actor(crew.over(spot.path, "supervisor")), fund, held[0].reference, now)


class _Works:
    """Who proposes and who approves, out of which books, after which meeting."""

    def __init__(
        self, crew: Crew, office: Actor, second: Actor, fund: Fund, meeting: str, now: dt.datetime
    ) -> None:
        self.crew, self.office, self.second, self.now = crew, office, second, now
        self.fund, self.meeting = fund, meeting

    def shed(self) -> None:
        """Reported, talked about, built, paid and accepted; the account waits to be closed."""
        case = self._case()
        project = self._proposed("need_based", "5栋充电车棚（演示）", "电动车在楼道充电（演示）", source=case)
        account = next((one.code for one in self.fund.accounts.all() if one.purpose == "environment"), self.fund.number)
        self._line(project, Source("fund", "社区基金（演示）", FROM_FUND, account=account))
        self._line(project, Source("own", "居民自筹（演示）", OWN))
        self._line(project, Source("in_kind", "居民出工（演示）", thing="两个周末，一共 16 人次"))
        self._started(project)
        for position, purpose in ((1, "document"), (2, "before"), (3, "work"), (4, "after")):
            stage = purpose if purpose in ("before", "after") else "work"
            self._done(project, position, purpose, stage)
        actions.record_visit(
            by=self.second, at=self.now, number=project.number, found="棚顶装好了，消防通道留出来了（演示）。"
        )
        self._spend(project, account)
        actions.pay_line(by=self.office, at=self.now, number=project.number, position=1, amount=FROM_FUND)
        for position, amount in ((2, OWN), (3, None)):
            paper = [pictures.draw("road", "after")]
            actions.pay_line(
                by=self.office, at=self.now, number=project.number, position=position, amount=amount, uploads=paper
            )
        self._move(project, "finish", self.office)
        self._accepted(project)

    def shade(self) -> None:
        """Begun: the first step is done, the sponsor was there."""
        project = self._proposed("micro_space", "东门纳凉点（演示）", "夏天没处乘凉（演示）", variety="shade")
        self._line(project, Source("reward", "街道以奖代补（演示）", 9_000_00))
        self._line(project, Source("own", "居民自筹（演示）", 1_200_00))
        self._line(project, Source("in_kind", "物业出两条长椅（演示）", thing="长椅两条"))
        self._started(project)
        self._done(project, 1, "before", "before")

    def meals(self) -> None:
        """Offers are coming in; nobody reads them before the last day."""
        project = self._proposed("venture", "独居老人助餐（演示）", "独居老人做饭难（演示）")
        self._line(project, Source("purchase", "街道购买服务（演示）", 60_000_00))
        self._line(project, Source("pledge", "辖区企业认捐（演示）", 10_000_00))
        self._approved(project)
        today, number = clock.local_date(self.now), project.number
        until = today + dt.timedelta(days=20)
        actions.open_bidding(by=self.office, at=self.now, number=number, until=until)
        bodies = bidding.possible_bodies(project, today)
        body = bodies.filter(kind="social_organization").first() or bodies.first()
        if body is not None:
            offer = Offer(58_000_00, "工作日中午送餐，志愿者轮班（演示）。", "12 名志愿者，2 名社工（演示）。")
            paper = [pictures.draw("road", "before")]
            actions.submit_bid(
                by=self.office, at=self.now, number=number, body=body, offer=offer, uploads=paper
            )

    def leaks(self) -> None:
        """A list of leaks: some mended, accepted and warranted, others on their way."""
        spots = [
            Spot(place, f"{n} 单元屋面" if n < 3 else "东侧外墙", "roof" if n < 3 else "wall", 6 + n, "有水印（演示）")
            for place in self._buildings()
            for n in (1, 2, 3)
        ]
        facts = {"homes": str(sum(one.homes for one in spots))}
        project = self._proposed("repair_pool", "屋面外墙渗漏维修（演示）", "下雨就漏（演示）", facts=facts)
        self._line(project, Source("public", "财政维修资金（演示）", 60_000_00))
        self._started(project)
        made = add_works_lines(by=self.office, at=self.now, number=project.number, spots=spots)
        bodies = reads.possible_contractors(project, clock.local_date(self.now))
        builder = bodies.filter(kind="property_company").first() or bodies.first()
        for line, far in zip(made, (5, 5, 4, 3, 2, 1), strict=False):
            given = [
                ("triage", Given(urgency="now", uploads=[pictures.draw("road", "before")])),
                ("budget", Given(budget=3_800_00)),
                ("order", Given(contractor=builder)),
                ("done", Given(uploads=[pictures.draw("road", "after")])),
                ("accept", Given()),
            ]
            for verb, what in given[:far]:
                self._step(project, line.position, verb, what)

    def _buildings(self) -> list[Place]:
        rows = Place.objects.current().filter(path__startswith=self.fund.place.path, kind="building")
        return list(rows.defer("polygon").order_by("path")[:3])

    def _step(self, project: Project, position: int, verb: str, given: Given) -> None:
        by = self.second if verb == "accept" else self.office
        step_line(by=by, at=self.now, number=project.number, position=position, verb=verb, given=given)

    def _case(self) -> str:
        """A report from there that everybody of the office may see."""
        rows = Case.objects.filter(path__startswith=self.fund.place.path, privacy="named").order_by("id")[:20]
        return next((one.reference for one in rows if resolve(self.office, one.reference)), "")

    def _proposed(self, kind: str, title: str, problem: str, *, source: str = "", **more: Any) -> Project:
        stated = actions.Stated(self.fund.place, problem, "演示：编的一件事。", source)
        owner = self.fund.organization
        project = actions.propose_for(
            by=self.office, at=self.now, stated=stated, kind=kind, title=title, owner=owner, illustrative=True, **more
        )
        pack = queries.kind_of(project)
        for one in pack.guide:
            fits = "gathering" in one.accepts
            given = {"reference": self.meeting} if fits else {"words": "写好了（演示）"}
            actions.show_point(by=self.office, at=self.now, number=project.number, key=f"guide.{one.code}", **given)
        for gate in pack.consultations:
            actions.show_point(
                by=self.office, at=self.now, number=project.number, key=f"gate.{gate.code}", reference=self.meeting
            )
        actions.log_meeting(
            by=self.office, at=self.now, number=project.number, reference=self.meeting, words="议了做法和花费（演示）"
        )
        return project

    def _line(self, project: Project, source: Source) -> None:
        actions.add_funding_line(by=self.office, at=self.now, number=project.number, source=source)

    def _started(self, project: Project) -> None:
        self._approved(project)
        self._move(project, "start", self.office)

    def _approved(self, project: Project) -> None:
        self._move(project, "review", self.second)
        sponsors = list(queries.possible_sponsors(project, clock.local_date(self.now)))
        mine = next((one for one in sponsors if one.person_id == self.second.person_id), sponsors[0])
        actions.assign_sponsor(by=self.second, at=self.now, number=project.number, mandate_id=mine.pk)
        self._move(project, "approve", self.second)

    def _move(self, project: Project, verb: str, by: Actor) -> None:
        actions.move_project(by=by, at=self.now, number=project.number, verb=verb)

    def _done(self, project: Project, position: int, purpose: str, stage: str) -> None:
        actions.finish_milestone(
            by=self.office,
            at=self.now,
            number=project.number,
            position=position,
            note="演示图",
            uploads=[pictures.draw("lamp" if position == 1 else "rubbish", stage)],
            purpose=purpose,
        )

    def _spend(self, project: Project, account: str) -> None:
        """The same sum in the books, about the project."""
        rule = books.movement_of(self.fund, "spend_environment")
        written = Written(
            rule.code, rule.credit[0], rule.debit[0], FROM_FUND, clock.local_date(self.now),
            narration="充电车棚材料和安装（演示）", party="演示单位", about=project.reference,
            papers=rule.vouchers, uploads=[pictures.draw("road", "after")],
        )  # fmt: skip
        entry = ledger.propose_entry(by=self.office, at=self.now, number=self.fund.number, written=written)
        if entry.needs_second:
            ledger.decide_entry(by=self.second, at=self.now, number=entry.number, granted=True)

    def _accepted(self, project: Project) -> None:
        """By neighbours and members of bodies there, as far as the demo has them."""
        row = queries.get_project_for(self.office, project.number)
        people = {one.pk: one for one in (*self.crew.residents, *self.crew.by_place.values())}
        today, said = clock.local_date(self.now), 0
        for person in people.values():
            actor = self.crew.actor(person)
            if queries.lives_there(actor, row, today) and said < 7:
                said += 1
                actions.say_accepted(by=actor, at=self.now, number=row.number, satisfied=True)
        paper = [pictures.draw("road", "after")]
        actions.add_photos(by=self.office, at=self.now, number=row.number, uploads=paper, purpose="document")
        if not queries.voices_of(row).lacks(queries.kind_of(row).acceptance.residents):
            self._move(project, "accept", self.office)
