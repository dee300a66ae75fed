"""Ballots of money: terms, the four forms of paper, the count by the engine, the result in words, `.pb` both ways."""

import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.ballots import actions, budgets, papers, queries, spending
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.budgets import Proposal, Terms
from gongzhi.ballots.models import SecretPaper, Vote
from gongzhi.ballots.rules import read_papers
from gongzhi.ballots.tests.conftest import AFTER, CLOSES, roll_of
from gongzhi.ballots.tests.test_api import Caller, token_of
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.registry import Entitlement, electorate
from gongzhi.engines.budgeting.elections import Election, Project
from gongzhi.engines.budgeting.pabulib import read_pb, write_pb
from gongzhi.engines.budgeting.rules import BudgetRule
from gongzhi.engines.budgeting.tallies import tally
from gongzhi.engines.record_checks import verify_record
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from tests.cast import NOW, ROLES, SETUP, World
from tests.support.pages import client_of

PROPOSALS = (
    Proposal("1", "电动车棚加顶", 12_000, "北门，20 个车位"),
    Proposal("2", "楼道感应灯", 8_000, "5 栋 6 层"),
    Proposal("3", "健身角换垫子", 9_000),
    Proposal("4", "门口石凳", 3_000),
)
LINES = "电动车棚加顶，12000，北门，20 个车位\n楼道感应灯,8000元,5 栋 6 层\n\n健身角换垫子，9000\n门口石凳，3000"
VOTERS = ROLES[:8]


@pytest.fixture
def world(world: World) -> World:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.budgeting.toml")
    return world


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def drafted(world: World, *, who: str = "secretary", voters: Any = VOTERS, **more: Any) -> Vote:
    people = [Entitlement((world.people[name].pk,), group="一组") for name in voters]
    given: dict[str, Any] = {"budget": 20_000, "form": "approval", "way": "equal-shares", "proposals": PROPOSALS}
    return actions.draft_budget_vote(
        by=world.actor(who), at=NOW, roll=roll_of(world, people, kind="residents"), body=world.units["committee-1"],
        question=Question("今年的 2 万元做哪几件事？"), closes_at=CLOSES, **{**given, **more},
    )  # fmt: skip


def opened(world: World, **more: Any) -> Vote:
    return actions.open_vote(by=world.actor("secretary"), at=NOW, number=drafted(world, **more).number)


def cast(world: World, vote: Vote, place: int, *marks: str) -> None:
    by = world.actor(VOTERS[place])
    assert actions.cast_ballot(by=by, at=NOW, number=vote.number, position=place + 1, marks=marks) is None


def counted(world: World, vote: Vote) -> Vote:
    by = world.actor("secretary")
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    return actions.count_vote(by=by, at=AFTER, number=vote.number)


WAYS = (("1", "2"), ("1", "2"), ("1",), ("1", "3"), ("2", "4"), ("4", "3"), ("3",))


def test_the_count_is_the_engines_and_its_record_verifies(world: World) -> None:
    vote = opened(world)
    for place, marks in enumerate(WAYS):
        cast(world, vote, place, *marks)
    vote = counted(world, vote)
    ballots = Counter(tuple(sorted((code, 1) for code in marks)) for marks in WAYS)
    projects = tuple(Project(one.code, one.cost, one.name) for one in PROPOSALS)
    rule = BudgetRule("equal-shares", completion="add1u", order=("1", "2", "3", "4"))
    assert vote.result is not None
    assert vote.result["budget"] == tally(Election(projects, ballots, 20_000), rule).to_record()
    assert vote.result["budget"]["trace"]["voters"] == len(WAYS) and vote.result["budget"]["selected"]
    record = queries.record_of(vote)
    assert verify_record(record) == []
    assert record["events"][1]["body"]["code"] == f"budget.{budgets.terms_of(vote).digest}"  # terms are sealed


def test_terms_are_frozen_when_the_vote_opens(world: World) -> None:
    vote = opened(world)
    assert Terms.from_params(json.loads(json.dumps(vote.basis["budget"]))) == budgets.terms_of(vote)
    vote.basis["budget"]["budget"] = 90_000
    with pytest.raises(Exception, match="ballots"):
        vote.save(update_fields=["basis"])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"form": "stars"}, "bad_form"),
        ({"way": "dice"}, "bad_way"),
        ({"budget": 0}, "bad_budget"),
        ({"proposals": PROPOSALS[:1]}, "too_few_proposals"),
        ({"proposals": (*PROPOSALS, Proposal("5", "一袋花种", 499))}, "cost_too_low"),
        ({"proposals": (*PROPOSALS, Proposal("5", "电梯", 20_001))}, "cost_over_budget"),
    ],
)
def test_what_cannot_be_put_to_the_vote(world: World, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        drafted(world, **wrong)
    assert not Vote.objects.exists()


def test_who_may_draw_one_up(world: World) -> None:
    with pytest.raises((Forbidden, NotFound)):
        drafted(world, who="resident")
    assert drafted(world, who="secretary").secret


def test_points_are_given_out_up_to_their_sum(world: World) -> None:
    vote = opened(world, form="cumulative")
    with pytest.raises(Refused, match="too_many_points"):
        cast(world, vote, 0, "1=6", "2=5")
    with pytest.raises(Refused, match="bad_choice"):
        cast(world, vote, 0, "1=11")
    cast(world, vote, 0, "1=6", "2=4")
    cast(world, vote, 1, "1=10")
    vote = counted(world, vote)
    election = budgets.election_of(vote, queries.sorted_papers(vote))
    assert election.scores() == {"1": 16, "2": 4, "3": 0, "4": 0}


def test_an_order_is_worth_points_by_its_places(world: World) -> None:
    vote = opened(world, form="ordinal")
    cast(world, vote, 0, "3", "1")
    vote = counted(world, vote)
    assert budgets.election_of(vote, queries.sorted_papers(vote)).scores() == {"3": 4, "1": 3, "2": 0, "4": 0}


def test_one_choice_is_one(world: World) -> None:
    vote = opened(world, form="choose-1", way="greedy")
    with pytest.raises(Refused, match="bad_choice"):
        cast(world, vote, 0, "1", "2")
    cast(world, vote, 0, "2")
    assert counted(world, vote).result["budget"]["selected"] == ["2"]  # type: ignore[index]


def test_online_and_paper_make_one_count(world: World) -> None:
    by, vote = world.actor("secretary"), opened(world, form="cumulative")
    cast(world, vote, 0, "1=10")
    for position in (2, 3, 4):
        actions.hand_out_paper(by=by, at=NOW, number=vote.number, position=position, origin="booth")
    with pytest.raises(Conflict, match="already_voted"):
        cast(world, vote, 1, "1=10")
    box = actions.add_box(by=by, at=NOW, number=vote.number, code="1", origin="booth")
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    typed = "2=6 4=4\n2=9 2=1\n1=9 2=9"  # the second names one twice, the third gives eighteen
    papers = read_papers(typed, budgets.typed(vote), numbered=False)
    numbers = {"printed": 3, "issued": 3, "unused": 0, "spoiled": 0, "returned": 3}
    for who in ("secretary", "grid_member"):
        actions.enter_box(
            by=world.actor(who), at=AFTER, number=vote.number, box_id=box.pk, numbers=numbers, papers=papers
        )
    vote = actions.count_vote(by=by, at=AFTER, number=vote.number)
    election = budgets.election_of(vote, queries.sorted_papers(vote))
    assert election.scores() == {"1": 10, "2": 6, "3": 0, "4": 4} and election.voters == 4
    assert election.ballots[()] == 2  # what is not valid pays for nothing


def test_the_papers_come_out_as_pb_and_a_program_by_nobody_of_us_recounts_them(world: World, tmp_path: Path) -> None:
    vote = opened(world)
    for place, marks in enumerate(WAYS):
        cast(world, vote, place, *marks)
    with pytest.raises(NotFound, match="no_record"):
        budgets.published_papers(vote)
    vote = counted(world, vote)
    election, result = budgets.published_papers(vote), (vote.result or {})["budget"]
    written = write_pb(election, result["selected"])
    back = read_pb(written)
    assert back.ballots == election.ballots and back.budget == 20_000
    assert tally(back, budgets.terms_of(vote).rule).to_record() == result
    (tmp_path / "papers.pb").write_bytes(written)
    (tmp_path / "budget.json").write_text(json.dumps(result), "utf-8")
    checker = Path(__file__).resolve().parents[4] / "tools/check_budget.py"
    names = [str(tmp_path / name) for name in ("papers.pb", "budget.json")]
    done = subprocess.run([sys.executable, str(checker), *names], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_handful_of_papers_is_not_handed_out(world: World, today: list[dt.datetime]) -> None:
    vote = opened(world)
    for place in range(4):
        cast(world, vote, place, "1")
    vote = counted(world, vote)
    with pytest.raises(Conflict, match="too_few_papers"):
        budgets.published_papers(vote)
    said = spending.result_of(vote)
    assert not said["papers_shown"] and "少于 5 人" in said["rows"][0]["paid"]
    # Every door by which papers leave is shut; the result is not.
    voter = client_of(world, VOTERS[0])
    page = voter.get(f"/votes/{vote.number}").content.decode()
    for name in ("record.json", "papers.pb", "budget.json"):
        shut = voter.get(f"/votes/{vote.number}/{name}")
        assert shut.status_code == 409 and "少于 5 人" in shut.content.decode(), name
        assert name not in page
    over_api = Caller(token_of(world.people[VOTERS[0]])).get(f"/votes/{vote.number}/record")
    assert over_api.status_code == 409 and over_api.json()["code"] == "too_few_papers"
    assert verify_record(queries.record_of(vote)) == []  # the seal is good all the same


def test_why_the_others_lost(world: World) -> None:
    vote = opened(world, way="greedy")
    for place, marks in enumerate(WAYS):
        cast(world, vote, place, *marks)
    rows = {one["name"]: one for one in spending.result_of(counted(world, vote))["rows"]}
    assert rows["电动车棚加顶"]["won"] and rows["楼道感应灯"]["won"]
    assert "钱还差 9,000 元" in rows["健身角换垫子"]["why"] and "29,000 元 就能选上" in rows["健身角换垫子"]["why"]


MARKS = st.integers(0, 4).flatmap(lambda n: st.permutations(["1", "2", "3", "4"]).map(lambda every: every[:n]))
FORMS = st.sampled_from(["approval", "ordinal", "cumulative", "choose-1"])


@given(FORMS, MARKS, st.sampled_from(list(budgets.WAY_WORDS)))
def test_papers_give_the_engine_what_they_say(form: Any, marks: list[str], way: Any) -> None:
    """What is on the papers reaches the engine whole: nobody's marks are lost, nobody gives more than there is."""
    rule = BudgetRule(way, order=("1", "2", "3", "4"))
    terms = Terms(20_000, form, 4, 10, 0, 5, rule, PROPOSALS)
    pointed = tuple(f"{code}={place + 1}" for place, code in enumerate(marks))
    said = budgets.points_on(pointed if form == "cumulative" else tuple(marks), terms)
    assert (said is None) == (not marks)
    if said is not None:
        assert {code for code, _ in said} == set(marks)
        assert sum(points for _, points in said) <= (10 if form in ("cumulative", "ordinal") else len(marks))
    assert Terms.from_params(terms.to_params()) == terms


FORM = {
    "title": "今年的 2 万元做哪几件事？",
    "budget": "20000",
    "proposals": LINES,
    "form": "approval",
    "way": "equal-shares",
    "closes_at": "2026-04-01T18:00",
    "ways": "both",
}


def test_on_pages_from_the_roll_to_the_result(world: World, today: list[dt.datetime]) -> None:
    load_law()
    for name, door in zip(("resident", "neighbour", "outsider"), homes(world).values(), strict=True):
        approve(world, declare(world, name, door))
    register = electorate("residents")
    assert register is not None
    by, place = world.actor("secretary"), world.places["LY-5"]
    entries = register(place.code, clock.local_date(NOW))
    assert len(entries) == 3
    roll = actions.freeze_roll(by=by, at=NOW, place=place, kind="residents", measures=("heads",), entries=entries)
    actions.publish_roll(by=by, at=NOW, number=roll.number)
    secretary, resident = client_of(world, "secretary"), client_of(world, "resident")
    new, given = f"/votes/rolls/{roll.number}/budget", {**FORM, "body": world.units["committee-1"].pk}
    assert new in secretary.get(f"/votes/rolls/{roll.number}").content.decode()
    assert resident.get(new).status_code == 403
    lacking = secretary.post(new, {**given, "proposals": "只有名字"})
    assert lacking.status_code == 422 and "第 1 行看不懂" in lacking.content.decode()
    assert secretary.post(new, given).status_code == 302
    vote = Vote.objects.get()
    page = f"/votes/{vote.number}"
    secretary.post(f"{page}/act/open")
    words = resident.get(page).content.decode()
    assert "12,000 元" in words and "最多打 4 个勾" in words and "规则是例子" in words and "checked>" not in words
    position = queries.mine_in(world.actor("resident"), vote)[0].entry.position
    assert resident.post(f"{page}/cast", {"position": position}).status_code == 422
    assert resident.post(f"{page}/cast", {"position": position, "choice": ["1", "4"]}).status_code == 302
    assert SecretPaper.objects.count() == 1 and "您投过了" in resident.get(page).content.decode()
    assert resident.get(f"{page}/papers.pb").status_code == 404
    today[0] = AFTER + dt.timedelta(days=60)
    secretary.post(f"{page}/act/close")
    secretary.post(f"{page}/act/count")
    words = resident.get(page).content.decode()
    assert "选上 2 个" in words and "没有人投它" in words and "还剩 5,000 元" in words
    assert resident.get(f"{page}/papers.pb").status_code == 409  # one paper would say whose it is
    assert client_of(world, "grid_member").get(f"{page}/desk").status_code == 200
    assert ["电动车棚加顶", "得票 1"] in papers.result_of(Vote.objects.get())["choices"]


@pytest.mark.parametrize("form", ["approval", "choose-1", "cumulative", "ordinal"])
def test_every_form_has_its_page_paper_and_desk(world: World, today: list[dt.datetime], form: str) -> None:
    vote = opened(world, form=form)
    resident, secretary = client_of(world, VOTERS[0]), client_of(world, "secretary")
    page = f"/votes/{vote.number}"
    assert resident.get(page).status_code == 200
    given = {"cumulative": {"p1": "7", "p4": "3"}, "ordinal": {"p4": "1", "p1": "2"}}.get(form, {"choice": "4"})
    wrong = {"cumulative": {"p1": "77"}, "ordinal": {"p4": "2"}}.get(form, {"choice": "9"})
    assert resident.post(f"{page}/cast", {"position": 1, **wrong}).status_code == 422
    assert resident.post(f"{page}/cast", {"position": 1, **given}).status_code == 302
    assert secretary.get(f"{page}/papers").status_code == 200
    box = actions.add_box(by=world.actor("secretary"), at=NOW, number=vote.number, code="1", origin="booth")
    assert secretary.get(f"{page}/desk/{box.pk}").status_code == 200
    empty = dict.fromkeys(("printed", "issued", "unused", "spoiled", "returned"), 0)
    for who in ("secretary", "grid_member"):
        by, at = world.actor(who), AFTER
        if who == "secretary":
            actions.close_vote(by=by, at=at, number=vote.number)
        actions.enter_box(by=by, at=at, number=vote.number, box_id=box.pk, numbers=empty, papers=[])
    vote = actions.count_vote(by=world.actor("secretary"), at=AFTER, number=vote.number)
    assert vote.result["budget"]["selected"]  # type: ignore[index]
    assert resident.get(page).status_code == 200


def test_five_papers_and_the_result_can_be_taken_away(world: World, today: list[dt.datetime]) -> None:
    vote = opened(world)
    for place, marks in enumerate(WAYS):
        cast(world, vote, place, *marks)
    counted(world, vote)
    resident = client_of(world, VOTERS[0])
    assert verify_record(resident.get(f"/votes/{vote.number}/record.json").json()) == []
    election = read_pb(resident.get(f"/votes/{vote.number}/papers.pb").content)
    assert election.voters == len(WAYS)
    said = resident.get(f"/votes/{vote.number}/budget.json").json()
    assert tally(election, budgets.terms_of(vote).rule).to_record() == said
