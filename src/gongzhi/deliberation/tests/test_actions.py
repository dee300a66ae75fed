"""A village decides by 四议两公开; every shortcut is refused with what is missing; a decided text holds."""

import datetime as dt
import io

import pytest
from django.db import Error, transaction
from PIL import Image

from gongzhi.audit.models import Link
from gongzhi.ballots.actions import cast_ballot, close_vote, count_vote
from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests import conftest as ballots
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.registry import Entitlement
from gongzhi.deliberation import actions, queries
from gongzhi.deliberation.actions.ending import Text
from gongzhi.deliberation.actions.moving import Given, Paper
from gongzhi.deliberation.jobs import advance_due
from gongzhi.deliberation.models import Course, ProcedureEvent, Resolution
from gongzhi.deliberation.tests.courses import DAY, given, load_procedures, opened, walk
from gongzhi.documents.models import Evidence, Instrument
from tests.cast import NOW, SETUP, World

TODAY = NOW.date()


def enter(world: World, row: Course, said: Given, who: str = "secretary", at: dt.datetime = NOW) -> Course:
    return actions.record_event(by=world.actor(who), at=at, number=row.number, given=said)


def follow(row: Course, at: dt.datetime = NOW) -> queries.Followed:
    return queries.Followed(Course.objects.get(pk=row.pk), at.date())


def code_of(raised: pytest.ExceptionInfo[Refused]) -> str:
    return raised.value.code


def test_a_village_decides_from_the_proposal_to_the_archive(world: World) -> None:
    row = opened(world)
    assert row.region == "321171102" and row.texts and row.current == "propose" and row.next_on == TODAY
    walk(world, row)
    row.refresh_from_db()
    assert (row.status, row.ending, row.current, row.next_on) == ("ended", "decided", "", None)
    made = Resolution.objects.get(course=row)
    assert made.outcome == "passed" and made.effect == "" and made.record["inputs"]["yes"] > 0
    assert made.record["texts"] == row.texts and made.record["computed"][0]["alternatives"]
    assert Link.objects.filter(source=row.subject, relation="resolved", target=made.reference).exists()


def test_nothing_is_skipped_backdated_or_signed_by_its_own_hand(world: World) -> None:
    row = opened(world)
    with pytest.raises(Refused) as skipped:
        enter(world, row, given("recorded", "two_committees", "consult", documents=["plan"], on=TODAY))
    assert code_of(skipped) == "step_skipped" and ProcedureEvent.objects.filter(course=row).count() == 1
    bare = given("recorded", "party_branch", "propose", on=TODAY)
    with pytest.raises(Refused) as missing:
        enter(world, row, bare)
    assert code_of(missing) == "documents_missing" and missing.value.facts["documents"] == "提议书"
    early = given("recorded", "party_branch", "propose", documents=["proposal"], on=TODAY - DAY)
    with pytest.raises(Refused) as backdated:
        enter(world, row, early)
    assert code_of(backdated) == "backdated"
    enter(world, row, given("recorded", "party_branch", "propose", documents=["proposal"], on=TODAY))
    sign = given("signed", "supervisors", "propose", on=TODAY)
    with pytest.raises(Forbidden):
        enter(world, row, sign)
    enter(world, row, sign, "supervisor")
    assert follow(row).standing.current == "consult"


def test_whoever_runs_and_watches_does_not_sign_for_themselves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.people import rules as people

    both = people.ROLE_PERMISSIONS["secretary"] | {"deliberation.supervise"}
    monkeypatch.setitem(people.ROLE_PERMISSIONS, "secretary", both)
    row = opened(world)
    enter(world, row, given("recorded", "party_branch", "propose", documents=["proposal"], on=TODAY))
    with pytest.raises(Forbidden) as own:
        enter(world, row, given("signed", "supervisors", "propose", on=TODAY))
    assert code_of(own) == "own_work"


def test_a_committee_cannot_take_what_belongs_to_the_owners(world: World) -> None:
    """一核三体: the shortcut is refused at the door, with the article."""
    with pytest.raises(Refused) as taken:
        opened(world, "three_deliberations", matter="cn.owners.decisions#matter.6")
    assert code_of(taken) == "reserved_matter" and "278" in str(taken.value.facts["article"])
    with pytest.raises(Refused) as elsewhere:
        opened(world, "four_deliberations", matter="cn.owners.decisions#matter.6")
    assert "matter_elsewhere" in code_of(elsewhere)
    assert not Course.objects.exists()


def test_only_who_runs_procedures_there_opens_one(world: World) -> None:
    from gongzhi.deliberation.actions.opening import Opening

    said = Opening("修路", "party_branch", "cn.village#matter.5")
    for who in ("resident", "supervisor", "grid_member", "auditor"):
        with pytest.raises(Forbidden):
            actions.open_course(
                by=world.actor(who), at=NOW, body=world.units["committee-1"], name="four_deliberations", opening=said
            )
    with pytest.raises(Forbidden):
        actions.open_course(
            by=world.actor("secretary"), at=NOW, body=world.units["committee-2"], name="covenant", opening=said
        )
    with pytest.raises(Refused, match="missing_about"):
        opened(world, about="  ")
    with pytest.raises(NotFound, match="no_procedure"):
        opened(world, "nothing")


def test_a_posting_waits_for_its_days_and_for_every_objection(world: World) -> None:
    row = opened(world)
    at = walk(world, row, until="publish")
    posted = given("published", "villagers_committee", "publish", documents=["decision"])
    enter(world, row, posted, at=at)
    enter(world, row, given("signed", "supervisors", "publish", on=at.date()), "supervisor", at)
    with pytest.raises(SignInRequired):
        actions.object_to(by=ANONYMOUS, at=at, number=row.number, words="账不对")
    with pytest.raises(Refused, match="missing_words"):
        actions.object_to(by=world.actor("resident"), at=at, number=row.number, words=" ")
    actions.object_to(by=world.actor("resident"), at=at + DAY, number=row.number, words="报价比邻村高")
    late = at + 30 * DAY
    assert follow(row, late).standing.current == "publish"
    answer = given("answered", "supervisors", "publish", on=late.date(), key="1", outcome="rejected", note="核过报价")
    with pytest.raises(Forbidden):
        enter(world, row, answer, at=late)
    enter(world, row, answer, "supervisor", late)
    assert advance_due(late + DAY) in (0, 1)
    row.refresh_from_db()
    assert row.current == "implement"
    sealed = ProcedureEvent.objects.get(course=row, event__kind="objected")
    assert sealed.event["note"] == "sealed" and "邻村".encode() not in bytes(sealed.words)
    with pytest.raises(Refused):
        actions.object_to(by=world.actor("resident"), at=late + DAY, number=row.number, words="太晚了")


def test_papers_are_kept_and_opened_only_by_who_may(world: World) -> None:
    from gongzhi.documents.registry import may_see

    row = opened(world)
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(picture, "JPEG")
    papers = {"proposal": Paper(upload=picture)}
    enter(world, row, Given("recorded", "party_branch", "propose", on=TODAY, papers=papers))
    media = Evidence.objects.get(subject=row.subject).media
    assert ProcedureEvent.objects.get(course=row, sequence=2).evidence == {"proposal": f"media:{media.pk}"}
    seen = {who: may_see(world.actor(who), row.subject) for who in ("secretary", "supervisor", "auditor", "resident")}
    assert seen == {"secretary": True, "supervisor": True, "auditor": True, "resident": False}


def test_stopping_needs_a_reason_and_comes_before_the_decision(world: World) -> None:
    row = opened(world)
    with pytest.raises(Refused, match="reason_missing"):
        enter(world, row, given("aborted", "party_branch", on=TODAY))
    enter(world, row, given("aborted", "party_branch", on=TODAY, note="钱没有着落"))
    row.refresh_from_db()
    assert (row.status, row.next_on) == ("aborted", None)
    with pytest.raises(Conflict, match="aborted"):
        enter(world, row, given("recorded", "party_branch", "propose", documents=["proposal"], on=TODAY))
    second = opened(world)
    at = walk(world, second, until="publish")
    with pytest.raises(Conflict, match="decided_already"):
        enter(world, second, given("aborted", "party_branch", on=at.date(), note="反悔"), at=at)


def test_the_database_keeps_what_happened(world: World) -> None:
    row = opened(world)
    for change in ("update", "delete"):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            rows = ProcedureEvent.objects.filter(course=row)
            rows.update(sequence=9) if change == "update" else rows.delete()
    walk(world, row)
    with pytest.raises(Error, match="does not change"), transaction.atomic():
        Resolution.objects.filter(course=row).update(outcome="rejected")


def test_a_covenant_is_adopted_by_its_resolution(world: World) -> None:
    opener = queries.procedure("covenant", "/321171102/", TODAY).definition.openers[0].body
    row = opened(world, "covenant", matter="", opener=opener, about="村规民约修订")
    at = walk(world, row)
    made = Resolution.objects.get(course=row)
    assert made.effect == "adopt_text"
    text = Text("village-covenant", "covenant", "村规民约", "# 一、卫生\n垃圾不落地", made.decided_on + DAY)
    with pytest.raises(Refused, match="needs_text"):
        actions.settle_effect(by=world.actor("secretary"), at=at, number=made.number, words="办了")
    with pytest.raises(Forbidden):
        actions.adopt_text(by=world.actor("supervisor"), at=at, number=made.number, text=text)
    actions.adopt_text(by=world.actor("secretary"), at=at, number=made.number, text=text)
    adopted = Instrument.objects.get(code="village-covenant")
    assert adopted.adopted_on == made.decided_on and made.number in adopted.basis
    assert Link.objects.filter(source=made.reference, relation="adopted", target=adopted.reference).exists()
    with pytest.raises(Conflict, match="effect_done"):
        actions.adopt_text(by=world.actor("secretary"), at=at, number=made.number, text=text)


def test_what_comes_after_is_a_task_for_a_person_not_a_silent_change(world: World) -> None:
    """Honours are handed over by people; a post begins and ends by two hands (test_posts)."""
    load_procedures(("contest",))
    row = opened(world, "contest", matter="", opener="host", about="阳台绿化评比")
    at = walk(world, row)
    made = Resolution.objects.get(course=row)
    assert made.effect == "honours" and made.done_at is None
    with pytest.raises(Refused, match="missing_words"):
        actions.settle_effect(by=world.actor("secretary"), at=at, number=made.number, words="")
    done = actions.settle_effect(by=world.actor("secretary"), at=at, number=made.number, words="颁奖记录 7 号")
    assert done.done_as == "颁奖记录 7 号" and done.done_by == world.actor("secretary").reference


def test_time_alone_ends_a_posting(world: World) -> None:
    row = opened(world)
    at = walk(world, row, until="publish")
    enter(world, row, given("published", "villagers_committee", "publish", documents=["decision"]), at=at)
    enter(world, row, given("signed", "supervisors", "publish", on=at.date()), "supervisor", at)
    row.refresh_from_db()
    assert row.next_on is not None and row.next_on > at.date() + 7 * DAY
    assert advance_due(at + DAY) == 0
    assert advance_due(at + (row.next_on - at.date())) == 1
    row.refresh_from_db()
    assert row.current == "implement"


def test_what_is_not_public_is_nobodys_business(world: World) -> None:
    row = opened(world)
    Course.objects.filter(pk=row.pk).update(public=False)
    assert queries.get_course_for(world.actor("auditor"), row.number) and queries.get_course_for(SETUP, row.number)
    for actor in (world.actor("resident"), ANONYMOUS):
        with pytest.raises(NotFound):
            queries.get_course_for(actor, row.number)


def counted_vote(world: World, effect: str) -> Vote:
    """Two owners of the building agree to raise the fund; closed and counted."""
    who = [Entitlement((world.people[name].pk,), group="5栋", area=8_912) for name in ("resident", "neighbour")]
    ground_ = ballots.ground(ballots.FUND, effect=effect)
    vote = ballots.opened(world, ballots.roll_of(world, who), ground_)
    for position, name in enumerate(("resident", "neighbour"), 1):
        cast_ballot(by=world.actor(name), at=NOW, number=vote.number, position=position, marks=("yes",))
    close_vote(by=world.actor("secretary"), at=ballots.AFTER, number=vote.number)
    return count_vote(by=world.actor("secretary"), at=ballots.AFTER, number=vote.number)


def test_the_figures_of_a_vote_come_from_its_tally(world: World) -> None:
    values = {"matter": "cn.owners.decisions#matter.6", "opener": "owners_committee", "about": "筹集维修资金"}
    row = opened(world, "owners_special", **values)
    at = walk(world, row, until="vote") + 8 * DAY  # the roll was posted
    plan = given("noticed", "owners_committee", "vote", for_day=at.date() + 20 * DAY, documents=["plan", "told"])
    enter(world, row, plan, at=at)
    held = at + 20 * DAY
    said = {"on": held.date(), "documents": ["tally", "minutes"]}
    advisory = counted_vote(world, "advisory")
    with pytest.raises(Refused, match="vote_advisory"):
        enter(world, row, given("recorded", "owners_assembly", "vote", vote=advisory.number, **said), at=held)
    vote = counted_vote(world, "binding")
    wrong = given("recorded", "owners_assembly", "vote", vote=vote.number, figures={"yes": 1}, **said)
    with pytest.raises(Refused, match="tally_differs"):
        enter(world, row, wrong, at=held)
    with pytest.raises(NotFound, match="vote_not_found"):
        enter(world, row, given("recorded", "owners_assembly", "vote", vote="BJ-0", **said), at=held)
    enter(world, row, given("recorded", "owners_assembly", "vote", vote=vote.number, **said), at=held)
    decision = follow(row, held).decision
    assert decision is not None and decision.outcome == "passed"
    assert (decision.figures["yes"], decision.figures["yes.area"]) == (2, 17_824)
    assert Link.objects.filter(source=row.subject, relation="counted_by", target=vote.reference).exists()
    second = opened(world, "owners_special", **values)
    walk(world, second, until="vote")
    enter(world, second, plan, at=at)
    with pytest.raises(Conflict, match="vote_used"):
        enter(world, second, given("recorded", "owners_assembly", "vote", vote=vote.number, **said), at=held)
