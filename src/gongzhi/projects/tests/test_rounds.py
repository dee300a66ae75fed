"""A round of a participatory budget: assessed projects, one paper, winners go on, losers hear why."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.ballots import actions as ballots
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.models import Roll, Vote
from gongzhi.cases.actions import report_case
from gongzhi.cases.actions.merging import merge_case
from gongzhi.cases.queries import locate
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import Entitlement
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.projects import actions, rounds
from gongzhi.projects.actions import Paper, Source
from gongzhi.projects.models import Project
from gongzhi.projects.tests.conftest import open_problem, propose
from tests.cast import NOW, SETUP, World
from tests.support.pages import text_of

CLOSES, AFTER = NOW + dt.timedelta(days=14), NOW + dt.timedelta(days=15)
VOTERS = ("resident", "neighbour", "grid_member", "patch_lead", "secretary", "supervisor")
IDEAS = (("车棚加顶", 1_200_000), ("楼道感应灯", 800_000), ("健身角换垫子", 900_000))


@pytest.fixture
def world(world: World) -> World:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.budgeting.toml")
    return world


def roll_of(world: World) -> Roll:
    by, place = world.actor("secretary"), world.places["PC-1"]
    people = [Entitlement((world.people[name].pk,), group="一组") for name in VOTERS]
    roll = ballots.freeze_roll(by=by, at=NOW, place=place, kind="residents", measures=("heads",), entries=people)
    return ballots.publish_roll(by=by, at=NOW, number=roll.number)


def idea(world: World, title: str, fen: int) -> Project:
    """Proposed by the secretary, with everything that the guide asks for and what it costs."""
    project = propose(world, rounds.KIND, title=title, problem=open_problem(world, title))
    by = world.actor("secretary")
    for code in ("need", "who", "how", "money", "after"):
        actions.show_point(by=by, at=NOW, number=project.number, key=f"guide.{code}", words="写好了")
    actions.add_funding_line(by=by, at=NOW, number=project.number, source=Source("fund", "社区基金", fen))
    return project


def paper(world: World, **more: Any) -> Paper:
    given = {"budget": 20_000, "form": "approval", "way": "greedy", "closes_at": CLOSES, **more}
    return Paper(Question("今年的 2 万元做哪几件事？"), world.units["committee-1"], **given)


def put(world: World, projects: list[Project], *, by: str = "supervisor", **more: Any) -> Vote:
    numbers = [one.number for one in projects]
    roll = more.pop("roll", None) or roll_of(world)
    return actions.put_to_vote(by=world.actor(by), at=NOW, roll=roll, numbers=numbers, paper=paper(world, **more))


def voted(world: World, vote: Vote) -> Vote:
    by = world.actor("supervisor")
    ballots.open_vote(by=by, at=NOW, number=vote.number)
    for place, name in enumerate(VOTERS, 1):
        marks = ["1", "2"] if place < 5 else ["3"]
        ballots.cast_ballot(by=world.actor(name), at=NOW, number=vote.number, position=place, marks=marks)
    ballots.close_vote(by=by, at=AFTER, number=vote.number)
    return ballots.count_vote(by=by, at=AFTER, number=vote.number)


def test_winners_go_on_and_losers_hear_why(world: World) -> None:
    projects = [idea(world, title, fen) for title, fen in IDEAS]
    vote = put(world, projects)
    assert [one["note"] for one in vote.options] == ["12,000 元", "8,000 元", "9,000 元"]
    with pytest.raises(Conflict, match="not_counted"):
        actions.settle_round(by=world.actor("supervisor"), at=AFTER, number=vote.number)
    voted(world, vote)
    moved = actions.settle_round(by=world.actor("supervisor"), at=AFTER, number=vote.number)
    assert [one.state for one in moved] == ["reviewed", "reviewed", "rejected"]
    first, last = Project.objects.get(pk=projects[0].pk), Project.objects.get(pk=projects[2].pk)
    assert first.shown["gate.voted"]["reference"] == vote.reference
    assert first.lines.get().state == "committed"
    note = last.events.get(kind="reject").note
    assert vote.number in note and "得票 2" in note and "钱还差 9,000 元" in note
    assert actions.settle_round(by=world.actor("supervisor"), at=AFTER, number=vote.number) == []  # once


def test_only_assessed_projects_by_somebody_else_are_put_to_the_vote(world: World) -> None:
    good = [idea(world, title, fen) for title, fen in IDEAS[:2]]
    bare = propose(world, rounds.KIND, title="石凳", problem=open_problem(world, "没地方坐"))
    other = propose(world, problem=open_problem(world, "另一种"))
    refusals: list[tuple[type[Refused], str, list[Project], str]] = [
        (Forbidden, "forbidden", good, "secretary"),
        (Conflict, "not_assessed", [*good, bare], "supervisor"),
        (Conflict, "not_waiting", [*good, other], "supervisor"),
    ]
    for kind, code, projects, who in refusals:
        with pytest.raises(kind, match=code):
            put(world, projects, by=who)
    mine = idea(world, "我自己提的", 500_000)
    Project.objects.filter(pk=mine.pk).update(proposed_by=world.actor("supervisor").reference)
    with pytest.raises(Refused, match="second_person"):
        put(world, [*good, mine])
    shown = {f"guide.{one}": {} for one in ("need", "who", "how", "money", "after")}
    Project.objects.filter(pk=bare.pk).update(shown=shown)
    with pytest.raises(Conflict, match="no_cost"):
        put(world, [*good, bare])
    assert not Vote.objects.exists()
    put(world, good)
    with pytest.raises(Conflict, match="not_waiting"):  # they are on a paper already
        put(world, good)


def test_called_off_and_they_wait_again(world: World) -> None:
    projects, by = [idea(world, title, fen) for title, fen in IDEAS[:2]], world.actor("supervisor")
    vote = put(world, projects)
    assert rounds.waiting(by, "/") == []
    ballots.cancel_vote(by=by, at=NOW, number=vote.number, reason="钱还没到")
    assert [one.pk for one in rounds.waiting(by, "/")] == [one.pk for one in projects]


def test_a_round_on_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    projects, roll = [idea(world, title, fen) for title, fen in IDEAS], roll_of(world)
    clients = {name: Client() for name in ("supervisor", "secretary", "resident", "outsider")}
    for name, client in clients.items():
        client.force_login(world.people[name])
    supervisor, resident = clients["supervisor"], clients["resident"]
    assert roll.number in supervisor.get("/projects/rounds/").content.decode()
    new = f"/projects/rounds/with/{roll.number}"
    assert clients["secretary"].get(new).status_code == 403 and resident.get(new).status_code == 403
    given = {
        "title": "今年的 2 万元做哪几件事？", "budget": "20000", "form": "approval", "way": "greedy", "ways": "both",
        "closes_at": "2026-04-01T18:00", "body": world.units["committee-1"].pk,
    }  # fmt: skip
    assert "还没选" not in supervisor.get(new).content.decode()
    lacking = supervisor.post(new, given)
    assert lacking.status_code == 422 and "请选放哪些项目" in lacking.content.decode()
    assert supervisor.post(new, {**given, "projects": [one.number for one in projects]}).status_code == 302
    vote = Vote.objects.get()
    page = f"/projects/rounds/{vote.number}"
    assert resident.get(page).status_code == 404  # not before it opens
    voted(world, vote)
    words = resident.get(page).content.decode()
    assert "车棚加顶" in words and "没选上" in words and "把结果记进项目" not in words
    assert clients["outsider"].get(page).status_code == 404
    assert resident.post(f"{page}/settle").status_code == 403
    assert "把结果记进项目" in supervisor.get(page).content.decode()
    moment[0] = AFTER
    assert supervisor.post(f"{page}/settle").status_code == 302
    assert "把结果记进项目" not in supervisor.get(page).content.decode()
    assert "今年的 2 万元" in resident.get("/projects/rounds/").content.decode()


@pytest.mark.req("D04", where="/works/ideas/PC-1")
def test_what_became_of_every_idea_is_public_with_the_reason(world: World) -> None:
    ready, second = idea(world, *IDEAS[0]), idea(world, *IDEAS[1])
    bare = propose(world, rounds.KIND, title="口袋公园", problem=open_problem(world, "没处坐"))
    refused = propose(world, rounds.KIND, title="地下车库", problem=open_problem(world, "停车难"))
    actions.move_project(
        by=world.actor("supervisor"), at=NOW, number=refused.number, verb="reject", reason="挖不下去，下面是管道"
    )
    put(world, [second, idea(world, *IDEAS[2])])
    stages = {one.project.title: one.stage for one in rounds.ideas_page(world.places["PC-1"]).items}
    assert stages == {
        "车棚加顶": "ready", "楼道感应灯": "on_paper", "健身角换垫子": "on_paper", "口袋公园": "assessing",
        "地下车库": "not_taken",
    }  # fmt: skip
    page = text_of(Client().get("/works/ideas/PC-1"))
    assert "为什么：挖不下去，下面是管道" in page and "评好了，等上票" in page and "12,000 元" in page
    # Nobody opens what is not approved, and what it says is written for everybody.
    assert f"/works/{bare.number}" not in Client().get("/works/ideas/PC-1").content.decode()
    assert ready.title in page and "还没有主意" in text_of(Client().get("/works/ideas/PC-2"))
    assert Client().get("/works/ideas/PC-1", {"cursor": "odd"}).status_code in (400, 422)
    assert "/works/ideas/PC-1" in Client().get("/works/at/PC-1").content.decode()


def test_how_many_asked_for_the_same_counts_merged_reports(world: World) -> None:
    where = locate(place_code="PC-1-1-1")
    first, second = (
        report_case(by=world.actor(who), at=NOW, text="车棚漏雨，想加个顶。", where=where)
        for who in ("resident", "neighbour")
    )
    merge_case(by=world.actor("dispatcher"), at=NOW, number=str(second["number"]), into=str(first["number"]))
    source = f"case:{first['number']}"
    propose(world, rounds.KIND, title="车棚加顶", problem=open_problem(world, "车棚漏雨", source=source))
    idea(world, *IDEAS[1])
    asked = {one.project.title: one.asked for one in rounds.ideas_page(world.places["PC-1"]).items}
    assert asked == {"车棚加顶": 2, "楼道感应灯": 0}
    assert "2 个人提过" in text_of(Client().get("/works/ideas/PC-1"))
