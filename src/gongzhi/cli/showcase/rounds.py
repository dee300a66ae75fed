"""The demo's participatory budget: one round counted and written into projects, one that is voted on. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.ballots import actions as ballots
from gongzhi.ballots import rules as voting
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.models import Roll, RollEntry, Vote
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common.access import Actor, allows
from gongzhi.common.registry import Entitlement
from gongzhi.people.models import Organization, Person
from gongzhi.places.models import Place
from gongzhi.projects import actions as projects
from gongzhi.projects import rules
from gongzhi.projects.actions import Paper, Source
from gongzhi.web.views.demo import demo_person

VOTERS = 12
# What it is, what it costs in fen, who looks after it.
FIRST = (
    ("北门车棚加顶", 1_200_000, "20 个车位，物业维护。"),
    ("楼道换感应灯", 800_000, "6 层，坏了由物业换。"),
    ("健身角换软垫", 900_000, "孩子摔了不疼，社区维护。"),
    ("门口添四张石凳", 300_000, "等车、歇脚用。"),
)
SECOND = (
    ("院里装两盏路灯", 600_000, "从南门到垃圾房一段。"),
    ("晾衣架换新", 400_000, "两处，物业维护。"),
    ("宣传栏改成共享书架", 350_000, "志愿者管。"),
)
SHOWN = {
    "need": "议事会上有人提（演示）",
    "who": "院里的住户都用得上（演示）",
    "how": "物业找人做，一个月做完（演示）",
    "money": "三家报价，取中间的（演示）",
}
MARKS = (("1", "2"), ("1", "2"), ("1",), ("1", "4"), ("2", "4"), ("3", "4"), ("3",), ("1", "3"), ("2",), ("4",))


def hold_rounds(crew: Crew, spot: Place, now: dt.datetime) -> Vote | None:
    """At the spot: nothing where nobody may both review projects and hold votes there."""
    path = spot.path
    by, other = (crew.actor(crew.over(path, role)) for role in ("supervisor", "secretary"))
    may = allows(by, rules.REVIEW, path=path) and allows(by, voting.HOLD, path=path)
    body = _body(path)
    if not may or body is None or not allows(other, rules.PROPOSE, path=path) or by.reference == other.reference:
        return None
    begun = now - dt.timedelta(days=45)
    roll = _roll(crew, by, spot, begun)
    first = _put(by, other, roll, body, FIRST, begun, "今年的 2 万元先做哪几件事？（演示）", 20_000)
    _vote(crew, first, begun + dt.timedelta(days=3), VOTERS)
    after = first.closes_at + dt.timedelta(hours=1)
    ballots.close_vote(by=by, at=after, number=first.number)
    ballots.count_vote(by=by, at=after, number=first.number)
    projects.settle_round(by=by, at=after + dt.timedelta(days=1), number=first.number)
    at = now - dt.timedelta(days=2)
    running = _put(by, other, roll, body, SECOND, at, "剩下的 8 千元再做哪几件事？（演示）", 8_000)
    _vote(crew, running, now - dt.timedelta(hours=6), 3)
    first.refresh_from_db()
    return first


def _body(path: str) -> Organization | None:
    near = Organization.objects.filter(valid_to__isnull=True, place__isnull=False).select_related("place")
    found = [one for one in near if one.place and path.startswith(one.place.path)]
    return max(found, key=lambda one: (len(one.place.path) if one.place else 0, one.name), default=None)


def _people(crew: Crew, at: dt.datetime) -> list[Person]:
    """Residents of the demo, whoever the card “居民” signs in, then some who hold posts."""
    shown = demo_person("resident", at)
    every = [*([shown] if shown else []), *crew.residents, *crew.by_place.values()]
    return list({person.pk: person for person in every}.values())[:VOTERS]


def _roll(crew: Crew, by: Actor, spot: Place, at: dt.datetime) -> Roll:
    entries = [Entitlement((person.pk,), group=spot.name) for person in _people(crew, at)]
    roll = ballots.freeze_roll(by=by, at=at, place=spot, kind="residents", measures=("heads",), entries=entries)
    ballots.publish_roll(by=by, at=at, number=roll.number)
    roll.refresh_from_db()
    return roll


def _put(
    by: Actor, other: Actor, roll: Roll, body: Organization, ideas: Any, at: dt.datetime, title: str, budget: int
) -> Vote:
    """Ideas are proposed with all that is asked of them by one, put on the paper by another, and opened."""
    numbers = [_propose(other, roll.place, body, idea, at) for idea in ideas]
    paper = Paper(
        Question(title, "街道给的一笔钱，在这个院子里用。"), body, budget, "approval", "equal-shares",
        at + dt.timedelta(days=14),
    )  # fmt: skip
    vote = projects.put_to_vote(by=by, at=at, roll=roll, numbers=numbers, paper=paper)
    return ballots.open_vote(by=by, at=at, number=vote.number)


def _propose(by: Actor, place: Place, body: Organization, idea: tuple[str, int, str], at: dt.datetime) -> str:
    name, fen, told = idea
    problem = projects.open_problem(by=by, at=at, place=place, name=name, told=told)
    given: dict[str, Any] = {"kind": "participatory", "title": name, "owner": body, "illustrative": True}
    number = projects.propose(by=by, at=at, problem=problem, **given).number
    for code, words in {**SHOWN, "after": told}.items():
        projects.show_point(by=by, at=at, number=number, key=f"guide.{code}", words=words)
    projects.add_funding_line(by=by, at=at, number=number, source=Source("public", "街道拨的钱（演示）", fen))
    return number


def _vote(crew: Crew, vote: Vote, at: dt.datetime, most: int) -> None:
    """Each by themselves; the first on the roll is left to whoever looks at the running one."""
    options = {one["code"] for one in vote.options}
    rows = RollEntry.objects.filter(roll=vote.roll_id).prefetch_related("electors__person").order_by("position")
    for place, entry in enumerate(list(rows)[1 : most + 1]):
        person = entry.electors.all()[0].person
        marks = [mark for mark in MARKS[place % len(MARKS)] if mark in options]
        if person is not None and marks:
            given: dict[str, Any] = {"number": vote.number, "position": entry.position, "marks": marks}
            ballots.cast_ballot(by=crew.actor(person), at=at, **given)
