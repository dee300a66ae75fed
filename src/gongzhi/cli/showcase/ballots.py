"""The demo's owners' votes: one counted, with paper and online; one running that the resident can vote in. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.ballots import actions, queries, rules
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.grounds import owners_ground
from gongzhi.ballots.models import Elector, Roll, RollEntry, Vote
from gongzhi.cli.showcase.owners import found_committee
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.registry import electorate
from gongzhi.people.models import Organization, Person
from gongzhi.registers.models import Tenure
from gongzhi.web.views.demo import demo_person


def hold_votes(crew: Crew, now: dt.datetime) -> tuple[Vote, Vote] | None:
    """On the building whose register the demo fills: raising maintenance funds (passed), a shed (running)."""
    home = Tenure.objects.filter(status="approved", capacity="owner", person__in=crew.residents).order_by("id").first()
    register = electorate("owners")
    if home is None or home.dwelling.parent is None or register is None:
        return None
    place = home.dwelling.parent
    by = crew.actor(crew.over(place.path, "secretary"))
    if not any(place.path.startswith(path) for path in by.paths_for(rules.HOLD)):
        return None
    body = found_committee(place, now - dt.timedelta(days=90))
    entries = [one for one in register(place.code, clock.local_date(now)) if one.area]
    begun = now - dt.timedelta(days=24)
    frozen = {"place": place, "kind": "owners", "measures": ("heads", "area"), "entries": entries}
    roll = actions.freeze_roll(by=by, at=begun, **frozen)  # type: ignore[arg-type]  # as written above
    roll = actions.publish_roll(by=by, at=begun, number=roll.number)
    funds = Question(
        "电梯大修，每平方米筹集 5 元维修资金，好不好？（演示）", notes={"yes": "每平方米 5 元", "no": "先不筹"}
    )
    first = _open(by, begun, roll, body, funds, "matter.6", 14, effect="binding")
    carrier = _carrier(by, first, begun)
    _count(crew, by, first, [*crew.residents[:3], *carrier])
    shed = Question(
        "南门边的空地，建不建电动车充电车棚？（演示）",
        "48 个车位，不占消防通道。不用维修资金，每户不收钱。",
        {"yes": "在南门空地建 48 个车位的充电车棚", "no": "空地保持原样"},
    )
    running = _open(by, now - dt.timedelta(days=3), roll, body, shed, "matter.8", 14)
    _carrier(by, running, now - dt.timedelta(days=2))
    _cast(crew, crew.residents[2:3], running, now - dt.timedelta(hours=5))
    first.refresh_from_db()
    return first, running


def _carrier(by: Actor, vote: Vote, at: dt.datetime) -> list[Person]:
    """Whoever the card “居民” signs in has something to vote with: a written proxy where they own nothing here."""
    shown = demo_person("resident", at)
    mine = Elector.objects.filter(entry__roll=vote.roll_id, person=shown)
    others = Elector.objects.filter(entry__roll=vote.roll_id, person__isnull=False).order_by("-entry__position")
    if shown is None or mine.exists() or not others.exists():
        return []
    position = others.values_list("entry__position", flat=True)[0]
    actions.give_proxy(
        by=by, at=at, number=vote.number, position=position, holder=shown, signed_on=clock.local_date(at)
    )
    return [shown]


def _open(
    by: Actor,
    at: dt.datetime,
    roll: Roll,
    body: Organization,
    question: Question,
    matter: str,
    days: int,
    effect: str = "",
) -> Vote:
    ground = owners_ground(roll.path, clock.local_date(at), matter, effect=effect)
    closes = dt.datetime.combine(clock.local_date(at) + dt.timedelta(days=days), dt.time(18), clock.CHINA)
    about: dict[str, Any] = {"body": body, "question": question, "ground": ground, "closes_at": closes}
    vote = actions.draft_vote(by=by, at=at, roll=roll, **about)
    return actions.open_vote(by=by, at=at, number=vote.number)


def _cast(crew: Crew, who: list[Person], vote: Vote, at: dt.datetime) -> None:
    for person in who:
        by = crew.actor(person)
        for mine in queries.mine_in(by, vote):
            if mine.open:
                common: dict[str, Any] = {"number": vote.number, "position": mine.entry.position}
                actions.cast_ballot(by=by, at=at, marks=("yes",), **common)


def _count(crew: Crew, by: Actor, vote: Vote, online: list[Person]) -> None:
    """Online the two neighbours; the rest but one on paper, entered by two people."""
    _cast(crew, online, vote, vote.closes_at - dt.timedelta(days=6))
    came = set(queries.participants(vote).values_list("pk", flat=True))
    rest = list(RollEntry.objects.filter(roll=vote.roll_id).exclude(pk__in=came).order_by("position"))[:-1]
    papers = [(entry.position, ("no",) if place == 0 else ("yes",)) for place, entry in enumerate(rest)]
    other = crew.actor(crew.over(vote.path, "grid_member", "patch_lead", "supervisor"))
    at = vote.closes_at + dt.timedelta(hours=1)
    if papers and other.person_id != by.person_id:
        box = actions.add_box(by=by, at=vote.closes_at, number=vote.number, code="1 号箱", origin="paper")
        printed = len(rest) + 1
        numbers = {"printed": printed, "issued": len(rest), "unused": 1, "spoiled": 0, "returned": len(rest)}
        enter: dict[str, Any] = {"at": at, "number": vote.number, "box_id": box.pk, "numbers": numbers}
        for teller in (by, other):
            actions.enter_box(by=teller, papers=papers, **enter)
    actions.close_vote(by=by, at=at, number=vote.number)
    actions.count_vote(by=by, at=at, number=vote.number)
