"""A vote from its roll to its sealed record: what is done, and beside it what is refused."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from gongzhi.ballots import actions, queries
from gongzhi.ballots.actions.erasing import erase_ballots, export_ballots
from gongzhi.ballots.grounds import owners_ground
from gongzhi.ballots.models import Ballot, BoxSheet, Elector, Proxy, RollEntry, Vote
from gongzhi.ballots.tests.conftest import (
    AFTER,
    CLOSES,
    FUND,
    TODAY,
    drafted,
    ground,
    opened,
    owners,
    roll_of,
)
from gongzhi.cli.main import run
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.registry import Entitlement, carry_along
from gongzhi.engines.record_checks import Published, verify_record
from gongzhi.engines.voting.tallies import still_needed
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.packs.laws import region_of
from gongzhi.people.models import Person
from gongzhi.people.queries import actor_for
from tests.cast import NOW, SETUP, World

BOX = {"printed": 10, "issued": 2, "unused": 8, "spoiled": 0, "returned": 2}


def three(world: World) -> list[Entitlement]:
    names = ("resident", "neighbour", "outsider")
    return [Entitlement(people=(world.people[name].pk,), group="5栋", area=8_960) for name in names]


def vote_as(who: Any, vote: Vote, position: int, *marks: str, at: dt.datetime = NOW) -> Ballot | None:
    return actions.cast_ballot(by=who, at=at, number=vote.number, position=position, marks=marks)


def ended(world: World, vote: Vote) -> Vote:
    by = world.actor("secretary")
    actions.close_vote(by=by, at=AFTER, number=vote.number)
    return actions.count_vote(by=by, at=AFTER, number=vote.number)


@pytest.mark.req("H03")
def test_an_owners_vote_from_roll_to_record(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)), ground(FUND))
    assert vote.legal_effect == "advisory" and vote.basis["agreement"]["cites"][0]["source"] == "民法典"
    for position, name in enumerate(("resident", "neighbour", "outsider"), 1):
        assert vote_as(world.actor(name), vote, position, "yes") is not None
    counted = ended(world, vote)
    assert counted.outcome == "passed"
    assert counted.result["amounts"]["yes"] == {"heads": 3, "area": 26_880}  # type: ignore[index]
    record = json.loads(json.dumps(queries.record_of(counted)))
    known = Published(seal=counted.seal, rule=counted.rule_digest, roll=counted.roll_digest)
    assert record["seal"] == counted.seal and verify_record(record, known) == []
    first = Ballot.objects.filter(vote=vote).select_related("entry").earliest("id")
    assert verify_record(record, Published(receipts=[queries.receipt_of(vote, first)])) == []
    flipped = json.loads(json.dumps(record).replace('"yes"', '"no"', 1))
    assert verify_record(flipped)


def test_the_record_on_the_command_line(world: World, tmp_path: Path, capsys: Any) -> None:
    vote = opened(world, roll_of(world, three(world)))
    vote_as(world.actor("resident"), vote, 1, "yes")
    path = tmp_path / "record.json"
    path.write_text(json.dumps(queries.record_of(ended(world, vote))), "utf-8")
    assert run(["verify", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"valid": True, "failures": []}
    independent = Path(__file__).parents[4] / "tools/verify_record.py"
    assert subprocess.run([sys.executable, independent, path], capture_output=True).returncode == 0


def test_what_a_roll_needs(world: World) -> None:
    with pytest.raises(Refused, match="empty_roll"):
        roll_of(world, [])
    with pytest.raises(Refused, match="area_missing"):
        roll_of(world, [Entitlement(people=(world.people["resident"].pk,))])
    with pytest.raises(Refused, match="nobody_on_roll"):
        roll_of(world, [Entitlement(area=9_000)])
    with pytest.raises(Forbidden):
        common = {"at": NOW, "place": world.places["LY-5"], "kind": "owners", "measures": ("heads",)}
        actions.freeze_roll(by=world.actor("grid_member"), entries=three(world), **common)  # type: ignore[arg-type]
    assert roll_of(world, [*three(world), Entitlement(area=9_000)]).entries.count() == 4  # an unknown owner counts


def test_a_published_roll_does_not_change(world: World) -> None:
    roll = roll_of(world, three(world))
    entry = roll.entries.order_by("position").first()
    assert entry is not None and roll.digest
    with pytest.raises(Conflict, match="roll_is_published"):
        actions.publish_roll(by=world.actor("secretary"), at=NOW, number=roll.number)
    for change in (
        lambda: RollEntry.objects.filter(pk=entry.pk).update(area=1),
        lambda: RollEntry.objects.filter(pk=entry.pk).update(heads=2),
        lambda: RollEntry.objects.create(roll=roll, position=9, salt=b"x" * 32),
        lambda: Elector.objects.create(entry=entry, person=world.people["secretary"]),
        lambda: Elector.objects.filter(entry=entry).update(person=world.people["secretary"]),
        lambda: roll.entries.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_was_announced_does_not_change(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    for name, value in (("title", "别的事"), ("closes_at", AFTER), ("rule", {}), ("legal_effect", "binding")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Vote.objects.filter(pk=vote.pk).update(**{name: value})
    ended(world, vote)
    for name, value in (("outcome", "passed"), ("seal", "0" * 64), ("status", "open")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Vote.objects.filter(pk=vote.pk).update(**{name: value})


def test_drawing_up_and_opening(world: World) -> None:
    roll = roll_of(world, three(world), published=False)
    by, vote = world.actor("secretary"), drafted(world, roll)
    with pytest.raises(Refused, match="roll_not_published"):
        actions.open_vote(by=by, at=NOW, number=vote.number)
    with pytest.raises(NotFound):
        vote_as(world.actor("resident"), vote, 1, "yes")  # a draft is nobody's
    actions.publish_roll(by=by, at=NOW, number=roll.number)
    with pytest.raises(NotFound):
        actions.open_vote(by=world.actor("resident"), at=NOW, number=vote.number)
    with pytest.raises(Refused, match="closes_too_soon"):
        actions.open_vote(by=by, at=CLOSES, number=vote.number)
    assert actions.open_vote(by=by, at=NOW, number=vote.number).roll_digest
    with pytest.raises(Conflict, match="wrong_step"):
        actions.open_vote(by=by, at=NOW, number=vote.number)


def test_one_entitlement_one_ballot(world: World) -> None:
    couple = Entitlement(people=(world.people["resident"].pk, world.people["neighbour"].pk), area=8_960)
    vote = opened(world, roll_of(world, [couple]))
    vote_as(world.actor("resident"), vote, 1, "yes")
    with pytest.raises(Conflict, match="already_voted"):
        vote_as(world.actor("neighbour"), vote, 1, "no")
    with pytest.raises(NotFound):
        vote_as(world.actor("outsider"), vote, 1, "no")
    ballot = Ballot.objects.get()
    assert ballot.marks == ["yes"]
    for change in ({"marks": ["no"]}, {"origin": "paper"}, {"at": AFTER}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.filter(pk=ballot.pk).delete()
    values = {"vote": vote, "entry": ballot.entry, "marks": ["no"], "origin": "online", "rank": 0, "at": NOW}
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.create(**values, cast_by="x")


def test_what_is_no_ballot(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    me = world.actor("resident")
    for marks, code in (((), "nothing_chosen"), (("maybe",), "bad_choice"), (("yes", "no"), "bad_choice")):
        with pytest.raises(Refused, match=code):
            vote_as(me, vote, 1, *marks)
    with pytest.raises(NotFound, match="not_yours"):
        vote_as(me, vote, 2, "yes")
    with pytest.raises(Conflict, match="vote_is_over"):
        vote_as(me, vote, 1, "yes", at=CLOSES + dt.timedelta(microseconds=1))
    with pytest.raises(Conflict, match="not_open_yet"):
        vote_as(me, vote, 1, "yes", at=NOW - dt.timedelta(seconds=1))
    assert vote_as(me, vote, 1, "yes", at=CLOSES) is not None  # the last moment counts


def test_a_body_votes_through_whoever_is_in_its_posts(world: World) -> None:
    developer = Entitlement(bodies=(world.units["property-1"].pk,), group="未售", area=360_000)
    vote = opened(world, roll_of(world, [*three(world), developer]))
    assert vote_as(world.actor("property"), vote, 4, "no") is not None
    with pytest.raises(NotFound):
        vote_as(world.actor("department"), vote, 4, "yes")


def test_proxies_are_written_listed_and_capped(world: World) -> None:
    vote = opened(world, roll_of(world, [*three(world), *owners(1)]))
    by, holder = world.actor("secretary"), world.people["dispatcher"]
    give = {"by": by, "at": NOW, "number": vote.number, "signed_on": TODAY}
    actions.give_proxy(**give, position=1, holder=holder)
    with pytest.raises(Refused, match="proxy_twice"):
        actions.give_proxy(**give, position=1, holder=world.people["neighbour"])
    with pytest.raises(Refused, match="proxy_own"):
        actions.give_proxy(**give, position=2, holder=world.people["neighbour"])
    with pytest.raises(Refused, match="signed_later"):
        actions.give_proxy(**{**give, "signed_on": TODAY + dt.timedelta(days=1)}, position=2, holder=holder)
    with pytest.raises(Forbidden):
        actions.give_proxy(**{**give, "by": world.actor("resident")}, position=2, holder=holder)
    with pytest.raises(NotFound, match="no_proxy"):
        actions.withdraw_proxy(by=by, at=NOW, number=vote.number, position=3)
    assert [one.entry.position for one in queries.mine_in(actor_for(holder, at=NOW, purpose="test"), vote)] == [1]
    ballot = vote_as(actor_for(holder, at=NOW, purpose="test"), vote, 1, "yes")
    assert ballot is not None and ballot.origin == "proxy" and ballot.holder == Proxy.objects.get().holder
    with pytest.raises(Conflict, match="already_voted"):
        actions.withdraw_proxy(by=by, at=NOW, number=vote.number, position=1)
    assert verify_record(queries.record_of(ended(world, vote))) == []


def test_the_cap_of_a_local_rule(world: World) -> None:
    given = ground()
    capped = {**given.rule.to_params(), "proxies": {"per_holder": 1, "holder_on_roll": True}}
    rule = type(given.rule).from_params(capped)
    vote = opened(world, roll_of(world, three(world)), type(given)(rule, given.basis))
    give = {"by": world.actor("secretary"), "at": NOW, "number": vote.number, "signed_on": TODAY}
    with pytest.raises(Refused, match="proxy_holder_not_on_roll"):
        actions.give_proxy(**give, position=1, holder=world.people["dispatcher"])
    actions.give_proxy(**give, position=1, holder=world.people["outsider"])
    with pytest.raises(Refused, match="proxy_over_cap"):
        actions.give_proxy(**give, position=2, holder=world.people["outsider"])
    actions.withdraw_proxy(by=world.actor("secretary"), at=NOW, number=vote.number, position=1)
    actions.give_proxy(**give, position=2, holder=world.people["outsider"])


def test_two_people_enter_a_box_and_paper_voids_online(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    vote_as(world.actor("resident"), vote, 1, "no")
    by, other = world.actor("secretary"), world.actor("grid_member")
    box = actions.add_box(by=by, at=NOW, number=vote.number, code="1 号箱", origin="paper")
    common = {"at": AFTER, "number": vote.number, "box_id": box.pk, "numbers": BOX}
    with pytest.raises(Refused, match="unknown_number"):
        actions.enter_box(by=by, **common, papers=[(1, ("yes",)), (9, ("yes",))])
    with pytest.raises(Refused, match="papers_not_returned"):
        actions.enter_box(by=by, **common, papers=[(1, ("yes",))])
    with pytest.raises(Refused, match="box_unbalanced"):
        actions.enter_box(by=by, **{**common, "numbers": {**BOX, "unused": 7}}, papers=[(1, ("yes",)), (2, ())])
    actions.enter_box(by=by, **common, papers=[(1, ("yes",)), (2, ("no",))])
    assert actions.enter_box(by=other, **common, papers=[(1, ("yes",)), (2, ("yes",))]).agreed_at is None
    with pytest.raises(Conflict, match="two_tellers_already"):
        actions.enter_box(by=world.actor("supervisor"), **common, papers=[(1, ("yes",)), (2, ("yes",))])
    with pytest.raises(Conflict, match="boxes_open"):
        ended(world, vote)
    assert Ballot.objects.filter(vote=vote).count() == 1
    assert actions.enter_box(by=by, **common, papers=[(1, ("yes",)), (2, ("yes",))]).agreed_at is not None
    with pytest.raises(Conflict, match="box_is_taken"):
        actions.enter_box(by=by, **common, papers=[(1, ("yes",)), (2, ("yes",))])
    assert BoxSheet.objects.filter(box=box).count() == 3  # the corrected entry stays with its author
    with pytest.raises(DatabaseError), transaction.atomic():
        BoxSheet.objects.filter(box=box).update(numbers={})
    assert list(Ballot.objects.filter(voided_at=None).values_list("marks", flat=True)) == [["yes"], ["yes"]]
    with pytest.raises(Conflict, match="wrong_step"):
        vote_as(world.actor("resident"), vote, 1, "no")
    counted = actions.count_vote(by=by, at=AFTER, number=vote.number)
    assert counted.outcome == "passed" and verify_record(queries.record_of(counted)) == []


def test_a_paper_of_two_boxes_is_found(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    numbers = {"printed": 1, "issued": 1, "unused": 0, "spoiled": 0, "returned": 1}
    for code in ("一", "二"):
        box = actions.add_box(by=world.actor("secretary"), at=NOW, number=vote.number, code=code, origin="paper")
        enter = {"at": NOW, "number": vote.number, "box_id": box.pk, "numbers": numbers, "papers": [(1, ("yes",))]}
        actions.enter_box(by=world.actor("secretary"), **enter)
        if code == "二":
            with pytest.raises(Refused, match="paper_twice"):
                actions.enter_box(by=world.actor("grid_member"), **enter)
        else:
            actions.enter_box(by=world.actor("grid_member"), **enter)
            with pytest.raises(Conflict, match="already_voted"):
                vote_as(world.actor("resident"), vote, 1, "no")


def test_nobody_ends_or_counts_early(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    by = world.actor("secretary")
    with pytest.raises(Conflict, match="not_over_yet"):
        actions.close_vote(by=by, at=CLOSES - dt.timedelta(seconds=1), number=vote.number)
    with pytest.raises(Conflict, match="wrong_step"):
        actions.count_vote(by=by, at=AFTER, number=vote.number)
    with pytest.raises(Forbidden):
        actions.close_vote(by=world.actor("auditor"), at=AFTER, number=vote.number)
    counted = ended(world, vote)
    assert counted.outcome == "no_quorum" and "yes" not in counted.result["amounts"]  # type: ignore[index]
    with pytest.raises(Conflict, match="wrong_step"):
        actions.count_vote(by=by, at=AFTER, number=vote.number)


def test_calling_a_vote_off(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    vote_as(world.actor("resident"), vote, 1, "yes")
    by = world.actor("secretary")
    with pytest.raises(Refused, match="missing_reason"):
        actions.cancel_vote(by=by, at=NOW, number=vote.number, reason=" ")
    actions.cancel_vote(by=by, at=NOW, number=vote.number, reason="方案改了")
    with pytest.raises(Conflict, match="wrong_step"):
        vote_as(world.actor("neighbour"), vote, 2, "yes")


def test_beijing_sends_online_votes_to_its_own_system(world: World) -> None:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.owners.decisions.11.toml")
    roll = roll_of(world, three(world))
    with pytest.raises(Refused, match="needs_official_system"):
        drafted(world, roll, owners_ground("/11/1101/110101/LY/", TODAY, FUND, effect="binding"))
    assert drafted(world, roll, owners_ground("/110101001/", TODAY, FUND)).legal_effect == "advisory"
    on_paper = owners_ground("/110101001/", TODAY, FUND, effect="binding", online=False)
    vote = actions.open_vote(by=world.actor("secretary"), at=NOW, number=drafted(world, roll, on_paper).number)
    with pytest.raises(Refused, match="not_online"):
        vote_as(world.actor("resident"), vote, 1, "yes")
    with pytest.raises(Refused, match="bad_matter"):
        owners_ground("/110101001/", TODAY, "special")


def test_what_goes_with_an_account(world: World) -> None:
    vote = opened(world, roll_of(world, three(world)))
    vote_as(world.actor("resident"), vote, 1, "yes")
    me: Person = world.people["resident"]
    found = export_ballots(me.pk)
    assert found["ballots"][0]["marks"] == ["yes"] and found["rolls"][0]["entry__position"] == 1
    erase_ballots(me.pk, NOW)
    assert not Elector.objects.filter(person=me).exists() and Ballot.objects.count() == 1
    told = carry_along({"/321171102/PC/": "/321171102/XX/"}, NOW)
    assert told["ballots"].counts == {"votes": 1, "rolls": 1}
    vote.refresh_from_db()
    assert vote.path.startswith("/321171102/XX/") and vote.roll.path == vote.path


@pytest.mark.parametrize(
    ("path", "region"),
    [("/32/3211/321171/PC/5/", "321171"), ("/321171102/PC/", "321171102"), ("/PC/", "CN"), ("/", "CN")],
)
def test_the_region_of_a_path(path: str, region: str) -> None:
    assert region_of(path) == region


def test_the_live_bars_are_the_engines(world: World) -> None:
    vote = opened(world, roll_of(world, [*three(world), Entitlement(area=12_345)]))
    for position, name in ((1, "resident"), (3, "outsider")):
        vote_as(world.actor(name), vote, position, "no")
        names = queries.commitments(vote)
        came = [names[entry.pk] for entry in queries.participants(vote)]
        rule = queries.rule_of(vote)
        assert queries.progress_of(vote) == still_needed(rule, queries.engine_roll(vote, names), came)


def test_the_database_opens_no_vote_whose_roll_and_rule_are_not_published(world: World) -> None:
    """Not the action but the table itself refuses."""
    vote = Vote.objects.filter(pk=drafted(world, roll_of(world, owners(3))).pk)
    with pytest.raises(IntegrityError, match="ballots_published_before_it_opens"), transaction.atomic():
        vote.update(status="open", opens_at=NOW)
    assert vote.update(status="open", opens_at=NOW, roll_digest="0" * 64) == 1
