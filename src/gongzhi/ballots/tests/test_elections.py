"""Elections on their pages: nominated three ways, decided at ±1 of the law, a second round, a run-off, a lot."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from gongzhi.ballots import actions, elections, queries
from gongzhi.ballots.actions.erasing import export_ballots
from gongzhi.ballots.models import Roll, Vote
from gongzhi.ballots.tests.elections import CLOSES, COUNTS, DAY, OPENS, load_laws, nominated, poll, voters_roll
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import Entitlement
from gongzhi.engines.record_checks import verify_record
from gongzhi.packs.actions import load_pack
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_for, words

SEAT = {"title": "选举村民委员会委员", "seats": 1, "method": "approval", "ways": "paper", "effect": "binding"}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Any:
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def village(world: World) -> World:
    load_laws()
    return world


def seen_by(world: World, vote: Vote, name: str = "resident") -> str:
    return words(client_for(world.people[name]).get(f"/votes/{vote.number}"))


@pytest.mark.req("G01", where="/votes/{number}")
def test_candidates_are_named_by_voters_by_the_community_and_by_themselves(village: World) -> None:
    roll = voters_roll(village, 5)
    office, body = client_for(village.people["secretary"]), village.units["committee-1"].pk
    address = f"/votes/rolls/{roll.number}/election"
    closes = CLOSES.astimezone(clock.CHINA)
    given = {**SEAT, "body": body, "seats": 2, "closes_at": f"{closes:%Y-%m-%dT%H:%M}"}
    bare = office.post(address, {**given, "method": ""})
    assert bare.status_code == 422 and "请选怎么投" in words(bare)
    assert office.post(address, {**given, "method": "ranking"}).status_code == 422  # the law counts votes
    page = office.post(address, given).headers["Location"]
    resident, neighbour = client_for(village.people["resident"]), client_for(village.people["neighbour"])
    mine, other = (roll.entries.get(electors__person=village.people[n]).position for n in ("resident", "neighbour"))
    wrong = resident.post(f"{page}/nominate", {"source": "voters", "position": mine})
    assert wrong.status_code == 422 and "推荐自己选“个人自荐”" in words(wrong)
    assert resident.post(f"{page}/nominate", {"source": "community", "position": other}).status_code == 422
    assert resident.post(f"{page}/nominate", {"source": "self", "position": mine}).status_code == 302
    assert resident.post(f"{page}/nominate", {"source": "voters", "position": other}).status_code == 302
    assert client_for(village.people["outsider"]).get(page).status_code == 404
    third = next(n for n in range(1, 6) if n not in (mine, other))
    refused = office.post(f"{page}/candidates")
    assert refused.status_code == 422 and "候选人 2 位，要选 2 位" in words(refused) and "第15条" in words(refused)
    office.post(f"{page}/nominate", {"source": "community", "position": third})
    shown = words(neighbour.get(page))
    assert "演示resident" in shown and "个人自荐" in shown and "选民提名" in shown and "社区提名" in shown
    assert "演示" not in json.dumps(Vote.objects.get().options)  # names stay in the vault
    assert office.post(f"{page}/candidates").status_code == 302
    vote = Vote.objects.get()
    stood = export_ballots(village.people["resident"].pk)["stood_in"]
    assert [one["number"] for one in stood] == [vote.number]
    assert (vote.status, vote.rule["contested"], vote.rule["seats"], vote.secret) == ("draft", True, 2, True)
    assert resident.post(f"{page}/nominate", {"source": "self", "position": mine}).status_code == 409


def test_who_does_not_want_to_stand_is_taken_off(village: World) -> None:
    roll = voters_roll(village, 4)
    by = village.actor("secretary")
    made: dict[str, Any] = {"title": "选举", "seats": 1, "closes_at": CLOSES, "body": village.units["committee-1"]}
    vote = actions.draft_election(by=by, at=NOW, roll=roll, **made)
    position = roll.entries.get(electors__person=village.people["resident"]).position
    actions.nominate(by=by, at=NOW, number=vote.number, position=position, source="community")
    neighbour = client_for(village.people["neighbour"])
    assert neighbour.post(f"/votes/{vote.number}/nominate/{position}/withdraw").status_code == 403
    resident = client_for(village.people["resident"])
    assert resident.post(f"/votes/{vote.number}/nominate/{position}/withdraw").status_code == 302
    assert Vote.objects.get().options == []
    with pytest.raises(Refused, match="not_contested"):
        actions.settle_candidates(by=by, at=NOW, number=vote.number)
    office = client_for(village.people["secretary"])
    office.post(f"/votes/{vote.number}/off", {"reason": "换一天"})
    assert "这次选举不办了" in words(resident.get(f"/votes/{vote.number}"))


# 村组法 14: published twenty days before. NOW is Wednesday the 18th of March: 8 April is the first day.
@pytest.mark.req("G01", where="/votes/{number}")
@pytest.mark.parametrize(("days", "status"), [(20, 422), (21, 302)])
def test_the_roll_hangs_out_for_twenty_days(village: World, today: list[dt.datetime], days: int, status: int) -> None:
    vote = nominated(village, voters_roll(village, 4), 2)
    today[0] = NOW + days * DAY
    answer = client_for(village.people["secretary"]).post(f"/votes/{vote.number}/act/open")
    assert answer.status_code == status
    if status == 422:
        assert "4月8日" in words(answer) and "第14条" in words(answer)


@pytest.mark.req("G01", where="/votes/{number}")
def test_nothing_opens_before_the_days_for_objections_are_over(village: World, today: list[dt.datetime]) -> None:
    vote = nominated(village, voters_roll(village, 4), 2)
    today[0] = NOW + 5 * DAY
    refused = client_for(village.people["secretary"]).post(f"/votes/{vote.number}/act/open")
    assert refused.status_code == 409 and "3月23日" in words(refused)


# fixtures.md 3.6 in the small: of 9 registered 5 must vote; of 6 voters 4 votes elect; of 7 ballots 3 in round two.
@pytest.mark.req("G01", where="/votes/{number}")
@pytest.mark.parametrize(
    ("ballots", "outcome", "said"),
    [
        ({(1,): 4}, "no_quorum", "参加的人不够"),
        ({(1,): 5}, "elected", "当选"),
        ({(1,): 3, (2,): 3}, "incomplete", "至少 4 票"),
        ({(1,): 4, (2,): 2}, "elected", "至少 4 票"),
    ],
)
def test_the_first_round_at_the_numbers_of_the_law(
    village: World, ballots: dict[Any, int], outcome: str, said: str
) -> None:
    vote = poll(village, nominated(village, voters_roll(village, 9), 2), ballots)
    assert vote.outcome == outcome and said in seen_by(village, vote)


@pytest.mark.req("G01", where="/votes/{number}")
@pytest.mark.parametrize(
    ("ballots", "outcome"), [({(1,): 2, (2,): 1, (): 4}, "incomplete"), ({(1,): 3, (): 4}, "elected")]
)
def test_the_second_round_asks_for_a_third_of_the_ballots(
    village: World, today: list[dt.datetime], ballots: dict[Any, int], outcome: str
) -> None:
    first = poll(village, nominated(village, voters_roll(village, 9), 3), {(1,): 3, (2,): 3, (3,): 1})
    assert (first.outcome, first.result["seats"]["runoff"]) == ("incomplete", ["c1", "c2"])  # type: ignore[index]
    today[0] = COUNTS
    office = client_for(village.people["secretary"])
    assert "另行选举的候选人" in words(office.get(f"/votes/{first.number}"))
    closes = (COUNTS + 5 * DAY).astimezone(clock.CHINA)
    page = office.post(f"/votes/{first.number}/next", {"closes_at": f"{closes:%Y-%m-%dT%H:%M}"}).headers["Location"]
    second = Vote.objects.get(after=first)
    assert page.endswith(second.number) and second.title.endswith("（另行选举）")
    assert second.rule["majority"][0][0]["share"] == "1/3" and second.rule["majority"][0][0]["of"] == "cast"
    counted = poll(village, second, ballots, opens=COUNTS)
    assert counted.outcome == outcome and "至少 3 票" in seen_by(village, counted)
    again = office.post(f"/votes/{second.number}/next", {"closes_at": "2026-05-20T18:00"})
    assert again.status_code in (409, 422)


@pytest.mark.req("G01", where="/votes/{number}")
def test_equal_votes_at_the_last_seat_are_voted_on_again(village: World, today: list[dt.datetime]) -> None:
    first = poll(village, nominated(village, voters_roll(village, 9), 3, seats=2), {(1, 2): 3, (1, 3): 3, (2, 3): 3})
    assert first.outcome == "tied" and first.result["seats"]["left"] == 2  # type: ignore[index]
    assert "票数相等" in seen_by(village, first)
    run_off = actions.next_round(by=village.actor("secretary"), at=COUNTS, number=first.number, closes_at=COUNTS + DAY)
    assert [one["code"] for one in run_off.options] == ["c1", "c2", "c3"] and run_off.rule["majority"] == []
    done = poll(village, run_off, {(1, 2): 3, (2, 1): 2}, opens=COUNTS)
    assert done.outcome == "elected" and elections.figures_of(done)["elected"] == {"heads": 2}
    with pytest.raises(Conflict, match="no_next_round"):
        actions.next_round(by=village.actor("secretary"), at=COUNTS, number=done.number, closes_at=COUNTS + DAY)


@pytest.mark.req("G01", where="/votes/{number}/lot")
def test_a_lot_is_drawn_only_where_the_rules_name_it(village: World, today: list[dt.datetime], tmp_path: Path) -> None:
    equal: dict[Any, int] = {(1, 2): 3, (1, 3): 3, (2, 3): 3}  # three with six of nine, for two seats
    vote = nominated(village, voters_roll(village, 9), 3, seats=2)
    with pytest.raises(Refused, match="bad_lot"):
        poll(village, vote, equal, lot=("c2", "c1", "c3"))
    local = tmp_path / "cn.village.32.toml"
    local.write_text(LOCAL, "utf-8")
    load_pack(by=SETUP, at=NOW, path=local)
    body, by = village.units["committee-1"], village.actor("secretary")
    other = actions.draft_election(by=by, at=NOW, roll=vote.roll, body=body, title="再选", seats=2, closes_at=CLOSES)
    for position in (1, 2, 3):
        actions.nominate(by=by, at=NOW, number=other.number, position=position, source="community")
    other = actions.settle_candidates(by=by, at=NOW, number=other.number)
    assert other.rule["ties"] == {"by": "lot", "order": []}
    with pytest.raises(Refused, match="lot_due"):
        poll(village, other, equal)
    today[0] = COUNTS
    office = client_for(village.people["secretary"])
    assert "票数相等，当众抽了签" in words(office.get(f"/votes/{other.number}"))
    assert office.post(f"/votes/{other.number}/lot", {"lot": "9"}).status_code == 422
    assert office.post(f"/votes/{other.number}/lot", {"lot": "3 2 1"}).status_code == 302
    other.refresh_from_db()
    assert other.result["seats"]["elected"] == ["c3", "c2"] and "当众抽签定" in seen_by(village, other)  # type: ignore[index]
    assert verify_record(queries.record_of(other)) == []


LOCAL = """
kind = "law"
name = "cn.village.32"
title = "演示省村民委员会选举办法"
version = "1.0"
source = "演示省选举办法"
confidence = "D"
effective_from = 2020-01-01
jurisdiction = "320000"
over = "cn.village"
licence = "演示"

[[rules]]
code = "election.tie"
title = "票数相等的，当众抽签"
article = "第30条"
params = { by = "lot" }
"""


@pytest.mark.req("G01", where="/votes/{number}/record.json")
def test_the_record_of_an_election_verifies_and_names_nobody(village: World, today: list[dt.datetime]) -> None:
    vote = poll(village, nominated(village, voters_roll(village, 9), 3, seats=2), {(1, 2): 5, (1, 3): 2})
    today[0] = COUNTS
    answer = client_for(village.people["resident"]).get(f"/votes/{vote.number}/record.json")
    assert verify_record(json.loads(answer.content)) == [] and "选民" not in words(answer)
    assert elections.figures_of(vote)["support"] == {"heads": 5} and queries.record_of(vote)["seal"] == vote.seal


def test_choosing_one_and_ranking(village: World) -> None:
    """Where no law says how: the places on a paper are worth points, and nobody is bound."""
    roll = voters_roll(village, 6, law="cn.residents")
    by, body = village.actor("secretary"), village.units["committee-1"]
    common: dict[str, Any] = {"by": by, "at": NOW, "body": body, "closes_at": CLOSES}
    chosen = nominated(village, roll, 3, method="choose")
    assert chosen.rule["most_marks"] == 1
    free = actions.freeze_roll(
        by=by, at=NOW, place=village.places["PC-1"], kind="members", measures=("heads",),
        entries=_entitlements(roll),
    )  # fmt: skip
    free = actions.publish_roll(by=by, at=NOW, number=free.number)
    with pytest.raises(Refused, match="free_choice_binds_nobody"):
        actions.draft_election(roll=free, title="评选", seats=1, method="ranking", **common)
    vote = actions.draft_election(roll=free, title="评选", seats=1, method="ranking", effect="advisory", **common)
    for position in (1, 2, 3):
        actions.nominate(by=by, at=NOW, number=vote.number, position=position, source="community")
    vote = actions.settle_candidates(by=by, at=NOW, number=vote.number)
    done = poll(village, vote, {(1, 2, 3): 2, (2, 3, 1): 2, (3, 2, 1): 1}, opens=OPENS)
    points = {one["option"]: one["points"] for one in done.result["seats"]["candidates"]}  # type: ignore[index]
    assert done.result["seats"]["elected"] == ["c2"] and points == {"c1": 9, "c2": 12, "c3": 9}  # type: ignore[index]


def _entitlements(roll: Roll) -> list[Entitlement]:
    people = roll.entries.order_by("position").values_list("electors__person", flat=True)
    return [Entitlement((person,), group="成员") for person in people]
