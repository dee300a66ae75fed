"""公益创投: bodies are asked, offer in secret, are judged by who has nothing to do with them; paid step by step."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from gongzhi.audit.queries import links_of
from gongzhi.ledger.tests.conftest import photo
from gongzhi.notifications.models import Notice, OutboxEvent
from gongzhi.notifications.registry import Event
from gongzhi.people import actions as people
from gongzhi.projects import actions, seeing
from gongzhi.projects.actions import Offer
from gongzhi.projects.models import Bid, Project
from gongzhi.projects.queries import bidding as reads
from gongzhi.projects.receivers import tell_bidders
from gongzhi.projects.tests.bidding import (
    ITEMS,
    OFFER,
    OVER,
    STARTS,
    UNTIL,
    asked,
    chosen,
    hand_in,
    judge,
    venture,
)
from gongzhi.projects.tests.conftest import TODAY, approved, move, refused
from tests.cast import NOW, SETUP, World


def test_bodies_are_asked_for_long_enough_and_only_for_such_a_project(world: World) -> None:
    project = venture(world)
    opening = {"at": NOW, "number": project.number}
    office = world.actor("secretary")
    early = UNTIL - dt.timedelta(days=1)
    refused("until_too_early", actions.open_bidding, by=office, until=early, **opening)
    refused("forbidden", actions.open_bidding, by=world.actor("auditor"), until=UNTIL, **opening)
    assert actions.open_bidding(by=office, until=UNTIL, **opening).bids_until == UNTIL
    refused("until_not_later", actions.open_bidding, by=office, until=UNTIL, **opening)
    actions.open_bidding(by=office, until=UNTIL + dt.timedelta(days=1), **opening)
    grant = approved(world, title="5栋充电车棚二期", problem=None)
    refused("no_bids_here", actions.open_bidding, by=office, at=NOW, number=grant.number, until=UNTIL)


def test_a_body_offers_once_changes_it_and_takes_it_back_until_the_last_day(world: World) -> None:
    project = asked(world)
    bid = hand_in(world, project, "helper", "helpers")
    again = hand_in(world, project, "helper", "helpers", Offer(80_000_00, "少一天，便宜些。", "10 名志愿者。"))
    assert again.pk == bid.pk and (again.ask, again.position) == (80_000_00, 1)
    taken = {"by": world.actor("helper"), "number": project.number, "position": 1}
    refused("forbidden", actions.withdraw_bid, **{**taken, "by": world.actor("resident")}, at=NOW)
    assert actions.withdraw_bid(at=NOW, **taken).withdrawn_at == NOW
    assert reads.bids_of(project) == []
    refused("bid_unknown", actions.withdraw_bid, at=NOW, **taken)
    last = dt.datetime.combine(UNTIL, dt.time(15, 59), dt.UTC)  # one minute before midnight in China
    assert hand_in(world, project, "helper", "helpers", at=last).position == 1
    midnight = last + dt.timedelta(minutes=1)
    refused("bids_closed", hand_in, world, project, "helper", "helpers", at=midnight)
    refused("bids_closed", actions.withdraw_bid, at=midnight, **taken)


def test_a_project_that_was_given_up_takes_no_offers(world: World) -> None:
    project = asked(world)
    hand_in(world, project, "helper", "helpers")
    move(world, project, "abandon", reason="场地没有了")
    refused("bids_closed", hand_in, world, project, "property", "property-1")
    taken = {"by": world.actor("helper"), "number": project.number, "position": 1}
    refused("bids_closed", actions.withdraw_bid, at=NOW, **taken)


def test_who_may_offer(world: World) -> None:
    project = asked(world)
    refused("not_of_this_body", hand_in, world, project, "resident", "helpers")
    refused("not_of_this_body", hand_in, world, project, "property", "helpers")
    refused("paper_missing", hand_in, world, project, "secretary", "helpers")
    paper = hand_in(world, project, "secretary", "helpers", uploads=[photo()])
    assert paper.on_paper
    refused("body_may_not_bid", hand_in, world, project, "secretary", "committee-1", uploads=[photo()])
    refused("body_may_not_bid", hand_in, world, project, "secretary", "town", uploads=[photo()])
    for wrong, code in ((Offer(0, "做", "人"), "ask_wrong"), (Offer(1, " ", "人"), "line_missing")):
        refused(code, hand_in, world, project, "property", "property-1", wrong)
    named = hand_in(world, project, "property", "property-1", Offer(1, "找 13800001111 联系", "3 人"))
    assert "13800001111" not in named.plan


def test_nobody_reads_an_offer_while_another_may_still_come(world: World) -> None:
    project = asked(world)
    today = dt.datetime.now(dt.UTC).date()
    Project.objects.filter(pk=project.pk).update(bids_until=today + dt.timedelta(days=3))
    bid = hand_in(world, project, "property", "property-1", uploads=[photo()])
    assert not seeing.sees_bid(world.actor("secretary"), str(bid.pk))
    assert seeing.sees_bid(world.actor("property"), str(bid.pk))
    assert not seeing.sees_bid(world.actor("helper"), str(bid.pk))
    looking = {"by": world.actor("supervisor"), "at": NOW, "number": project.number, "position": 1}
    refused("bids_open", actions.declare_interest, conflict=False, **looking)
    refused("bids_open", actions.choose_bid, **looking)
    Project.objects.filter(pk=project.pk).update(bids_until=today - dt.timedelta(days=2))
    assert seeing.sees_bid(world.actor("secretary"), str(bid.pk))
    assert seeing.covers_bid(world.actor("secretary"), str(bid.pk))
    assert not seeing.sees_bid(world.actor("resident"), str(bid.pk))


@pytest.mark.req("I10")
def test_whoever_has_to_do_with_a_body_does_not_judge_it(world: World) -> None:
    project = asked(world)
    hand_in(world, project, "helper", "helpers")
    hand_in(world, project, "property", "property-1")
    post = world.posts["property"]
    held = world.people["second"]
    people.appoint(by=SETUP, at=NOW, person=held, post=post, decision="test", valid_from=dt.date(2024, 1, 1))
    here = {"at": OVER, "number": project.number}
    second = world.actor("second", OVER)
    told = refused("reviewer_conflicted", actions.declare_interest, by=second, position=2, conflict=False, **here)
    assert "物业" in str(told.facts["post"])
    marks = {"marks": dict.fromkeys(ITEMS, "9"), "evidence": {code: ["报价"] for code in ITEMS}}
    refused("interest_undeclared", actions.score_bid, by=second, position=2, **marks, **here)
    actions.declare_interest(by=second, position=2, conflict=True, **here)
    refused("reviewer_stands_aside", actions.score_bid, by=second, position=2, **marks, **here)
    judge(world, project, "second", 1, "9")
    # Who proposed it, who only reads and who works elsewhere do not judge.
    for who in ("secretary", "auditor"):
        by = world.actor(who, OVER)
        refused("not_a_reviewer", actions.declare_interest, by=by, position=1, conflict=False, **here)
    said = reads.said_of(project, [1, 2])
    assert [one.whole for one in said[1]] == [True] and [one.conflict for one in said[2]] == [True]


def test_standing_aside_later_takes_the_points_away(world: World) -> None:
    project = asked(world)
    hand_in(world, project, "helper", "helpers")
    judge(world, project, "supervisor", 1, "9")
    here = {"by": world.actor("supervisor", OVER), "at": OVER, "number": project.number, "position": 1}
    actions.declare_interest(conflict=True, **here)
    assert not reads.judged(reads.bids_of(project), reads.said_of(project, [1]))[0].points
    # Coming back, the reviewer judges anew: the older sheet does not count again.
    actions.declare_interest(conflict=False, **here)
    assert not reads.judged(reads.bids_of(project), reads.said_of(project, [1]))[0].points


@pytest.mark.req("I10")
def test_the_best_is_chosen_by_somebody_else_with_the_money_there(world: World) -> None:
    project = asked(world)
    hand_in(world, project, "helper", "helpers", Offer(120_000_00, OFFER.plan, OFFER.hands))
    hand_in(world, project, "property", "property-1")
    for who in ("supervisor", "second"):
        judge(world, project, who, 1, "8")
    here = {"by": world.actor("supervisor", OVER), "at": OVER, "number": project.number}
    refused("scores_missing", actions.choose_bid, position=1, **here)
    for who in ("supervisor", "second"):
        judge(world, project, who, 2, "7")
    refused("forbidden", actions.choose_bid, **{**here, "by": world.actor("secretary", OVER)}, position=1)
    refused("not_the_best", actions.choose_bid, position=2, **here)
    assert refused("money_short", actions.choose_bid, position=1, **here).facts["there"] == "110,000.00"
    source = actions.Source("own", "居民自筹", 10_000_00)
    actions.add_funding_line(by=world.actor("secretary"), at=OVER, number=project.number, source=source)
    bid = actions.choose_bid(position=1, **here)
    assert bid.chosen_at == OVER
    links = [(one.relation, one.target) for one in links_of(project.reference)]
    assert ("delivered_by", f"organization:{world.units['helpers'].pk}") in links
    refused("bid_chosen", actions.choose_bid, position=1, **here)
    opening = {"by": world.actor("secretary"), "at": OVER, "number": project.number}
    refused("bid_chosen", actions.open_bidding, until=UNTIL + dt.timedelta(days=90), **opening)
    with pytest.raises(DatabaseError), transaction.atomic():
        Bid.objects.filter(project=project).update(chosen_at=OVER)


def test_where_none_passes_bodies_are_asked_once_more(world: World) -> None:
    project = asked(world)
    here = {"by": world.actor("supervisor", OVER), "at": OVER, "number": project.number, "position": 1}
    refused("bids_missing", actions.choose_bid, **here)
    hand_in(world, project, "helper", "helpers")
    for who in ("supervisor", "second"):
        judge(world, project, who, 1, "5")
    refused("no_bid_passes", actions.choose_bid, **here)
    again = (OVER + dt.timedelta(days=15)).date()
    actions.open_bidding(by=world.actor("secretary"), at=OVER, number=project.number, until=again)
    hand_in(world, project, "property", "property-1", at=OVER)
    assert len(reads.bids_of(project)) == 2


@pytest.mark.req("I10")
def test_work_begins_after_the_days_in_public_and_money_follows_what_is_done(world: World) -> None:
    project = asked(world)
    refused("bid_not_chosen", move, world, project, "start", "secretary", at=STARTS)
    hand_in(world, project, "helper", "helpers")
    for who in ("supervisor", "second"):
        judge(world, project, who, 1, "8")
    actions.choose_bid(by=world.actor("supervisor", OVER), at=OVER, number=project.number, position=1)
    refused("bid_still_public", move, world, project, "start", "secretary", at=STARTS - dt.timedelta(days=1))
    move(world, project, "start", "secretary", at=STARTS)
    office, second = world.actor("secretary"), world.actor("supervisor")
    number = {"at": STARTS, "number": project.number}

    def pay(amount: int, position: int = 1) -> Any:
        return actions.pay_line(by=office, position=position, amount=amount, uploads=[photo()], **number)

    def done(position: int) -> Any:
        return actions.finish_milestone(by=office, position=position, uploads=[photo()], **number)

    def judged(position: int, mark: str) -> Any:
        items = [one["code"] for one in reads.queries.sheet_content("project-18")["items"]]  # type: ignore[index]  # shipped
        marks, shown = dict.fromkeys(items, mark), {code: ["评估表"] for code in items}
        return actions.evaluate(by=second, step=position, marks=marks, evidence=shown, notes={}, **number)

    refused("step_first", pay, 1)
    assert pay(10_000_00, 2).paid == 10_000_00  # what a company gives is not paid by steps
    done(1)
    assert refused("step_first", pay, 40_000_01).facts["most"] == "40,000.00"
    assert pay(40_000_00).paid == 40_000_00
    refused("step_not_judged", done, 2)
    refused("step_unknown", judged, 1, "8")
    judged(2, "5")
    assert refused("step_below", done, 2).facts["line"] == 60
    refused("step_first", pay, 70_000_00)
    judged(2, "8")
    done(2)
    assert pay(70_000_00).paid == 70_000_00
    judged(3, "8")
    done(3)
    assert pay(100_000_00).paid == 100_000_00


def test_whoever_offered_hears_of_the_choice_once(world: World) -> None:
    project = chosen(world)
    assert OutboxEvent.objects.filter(topic="project.chosen").count() == 1
    event = Event(id=1, topic="project.chosen", payload={"number": project.number}, at=OVER, now=OVER)
    tell_bidders(event)
    tell_bidders(event)
    told = {one.person_id: one.params["what"] for one in Notice.objects.filter(kind="project")}
    assert told == {world.people["helper"].pk: "chosen", world.people["property"].pk: "not_chosen"}
    assert Notice.objects.filter(kind="project").count() == 2


def test_a_post_left_long_ago_stands_between_nobody(world: World) -> None:
    project = asked(world)
    hand_in(world, project, "property", "property-1")
    post, person = world.posts["property"], world.people["second"]
    mandate = people.appoint(
        by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=dt.date(2021, 1, 1)
    )
    bid = reads.get_bid(project, 1)
    for left, between in ((dt.date(2023, 3, 18), False), (dt.date(2023, 3, 19), True)):
        mandate.valid_to = left
        mandate.save(update_fields=["valid_to"])
        assert bool(reads.stands_between(world.actor("second"), bid, TODAY, 3)) is between
