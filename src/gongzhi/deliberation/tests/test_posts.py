"""Posts end and begin by resolutions: recall, by-election, two failing reviews in a row, selection, recruitment."""

import datetime as dt
from typing import Any

import pytest
from django.db import Error, transaction

from gongzhi.audit.models import Entry, Link
from gongzhi.ballots.tests import elections as ballots
from gongzhi.ballots.tests.reviews import graded
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.deliberation import actions, queries, whom
from gongzhi.deliberation.actions.posts import Chosen
from gongzhi.deliberation.actions.tallying import rests_on
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import DAY, given, load_procedures, opened, walk
from gongzhi.engines.voting.reviews import Review, standing_run
from gongzhi.people import actions as people
from gongzhi.people.models import Mandate, Post
from gongzhi.people.queries import actor_for
from tests import cast
from tests.cast import NOW, SETUP, World, phone_of

YEAR = 365 * DAY
NAMES = ("democratic_review", "recall", "by_election", "secretary_selection", "grid_recruitment")


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(NAMES)
    return world


def seat(world: World, role: str = "member", title: str = "村委会委员", code: str = "member-1") -> Post:
    return people.add_post(
        by=SETUP,
        at=NOW,
        code=code,
        role=role,
        title=title,
        place=world.places["PC-1"],
        organization=world.units["committee-1"],
        valid_from=dt.date(2020, 1, 1),
    )


@pytest.fixture
def member(world: World) -> Mandate:
    """Somebody elected until the end of 2029."""
    return people.appoint(
        by=SETUP,
        at=NOW,
        person=world.people["neighbour"],
        post=seat(world),
        decision="换届",
        valid_from=dt.date(2025, 1, 1),
        valid_to=dt.date(2029, 12, 31),
    )


def about(mandate: Mandate) -> dict[str, Any]:
    return {"matter": "", "concerns": f"mandate:{mandate.pk}"}


def reviewed(world: World, mandate: Mandate, at: dt.datetime, way: str) -> Course:
    row = opened(world, "democratic_review", at, opener="supervisors", about="委员述职评议", **about(mandate))
    walk(world, row, prefer={"review": way})
    return Course.objects.get(pk=row.pk)


def recalled(world: World, mandate: Mandate, at: dt.datetime = NOW, way: str = "recalled") -> Course:
    figures = {"voters": 900, "calling": 180}
    more = {"figures": figures, **about(mandate)}
    row = opened(world, "recall", at, opener="villagers", about="罢免要求", **more)
    walk(world, row, prefer={"vote": way})
    return Course.objects.get(pk=row.pk)


def resolution(row: Course) -> Resolution:
    return Resolution.objects.get(course=row)


def applied(world: World, made: Resolution, at: dt.datetime) -> Resolution:
    actions.plan_end(by=world.actor("secretary"), at=at, number=made.number)
    return actions.carry_out(by=world.actor("supervisor"), at=at, number=made.number)


@pytest.mark.req("G08", where="/deliberations/")
def test_two_failing_reviews_in_a_row_end_a_post(world: World, member: Mandate) -> None:
    first = reviewed(world, member, NOW, "unfit")
    assert (first.status, first.ending) == ("ended", "decided") and resolution(first).outcome == "unfit"
    assert resolution(first).record["inputs"]["unfit_in_a_row"] == 1
    member.refresh_from_db()
    assert member.valid_to == dt.date(2029, 12, 31), "one year ends nothing"
    second = reviewed(world, member, NOW + YEAR, "ends")
    made = resolution(second)
    assert second.ending == "post_ends" and made.record["inputs"]["unfit_in_a_row"] == 2 and made.effect == "end_post"
    later = NOW + YEAR + 90 * DAY
    done = applied(world, made, later)
    member.refresh_from_db()
    assert member.valid_to == made.decided_on and done.done_as == f"mandate:{member.pk}"
    assert Link.objects.filter(source=made.reference, relation="ended", target=f"mandate:{member.pk}").exists()
    entry = Entry.objects.filter(action="people.end_mandate").latest("id")
    assert entry.changes["resolution"] == made.reference


@pytest.mark.parametrize(
    ("before", "years"), [(["unfit", "fit"], [0, 1]), (["unfit"], [-1]), ([], [])], ids=["a good year", "a gap", "none"]
)
def test_a_year_between_starts_anew(world: World, member: Mandate, before: list[str], years: list[int]) -> None:
    for way, year in zip(before, years, strict=True):
        reviewed(world, member, NOW + year * YEAR, way)
    last = reviewed(world, member, NOW + (2 if len(before) == 2 else 1) * YEAR, "unfit")
    assert last.ending == "decided" and resolution(last).record["inputs"]["unfit_in_a_row"] == 1


def test_a_typed_history_does_not_count_and_a_voided_review_neither(world: World, member: Mandate) -> None:
    row = opened(world, "democratic_review", NOW, opener="supervisors", about="评议", **about(member))
    at = walk(world, row, until="review")
    vote = graded(world, [1, 2, 3, 4, 4, 4, 4], at + 20 * DAY)
    papers = ["report"]
    notice = given("noticed", "supervisors", "review", for_day=(at + 20 * DAY).date(), documents=papers)
    later = at + 12 * DAY
    actions.record_event(by=world.actor("secretary"), at=later, number=row.number, given=notice)
    said = given(
        "recorded",
        "representatives_assembly",
        "review",
        on=(at + 20 * DAY).date(),
        figures={"unfit_in_a_row": 2},
        vote=vote.number,
        documents=["tally"],
    )
    actions.record_event(by=world.actor("secretary"), at=at + 20 * DAY, number=row.number, given=said)
    standing = queries.Followed(Course.objects.get(pk=row.pk), (at + 20 * DAY).date())
    assert standing.events[-1].figures["unfit_in_a_row"] == 1
    assert standing.decision is not None and standing.decision.outcome == "unfit"


def test_the_run_at_the_end() -> None:
    rows = [Review(2023, "no"), Review(2024, "yes"), Review(2025, "no"), Review(2026, "no")]
    assert [one.year for one in standing_run(rows, failing="no")] == [2025, 2026]
    assert standing_run(rows[:2], failing="no") == () == standing_run([], failing="no")
    apart = [Review(2023, "no"), Review(2025, "no")]
    assert len(standing_run(apart, failing="no", most_years_apart=1)) == 1


def test_a_plan_needs_another_hand_and_the_right_one(world: World, member: Mandate) -> None:
    made = resolution(recalled(world, member))
    at, secretary, supervisor = NOW + 90 * DAY, world.actor("secretary"), world.actor("supervisor")
    with pytest.raises(Conflict, match="nothing_planned"):
        actions.carry_out(by=supervisor, at=at, number=made.number)
    with pytest.raises(Refused, match="needs_posts"):
        actions.settle_effect(by=secretary, at=at, number=made.number, words="办了")
    with pytest.raises(Refused, match="no_post_here"):
        actions.plan_begin(by=secretary, at=at, number=made.number, chosen=Chosen(phone_of("resident")))
    with pytest.raises(Forbidden):
        actions.plan_end(by=supervisor, at=at, number=made.number)
    actions.plan_end(by=secretary, at=at, number=made.number)
    with pytest.raises(Forbidden):
        actions.carry_out(by=secretary, at=at, number=made.number)
    Resolution.objects.filter(pk=made.pk).update(asked_by=supervisor.reference)
    with pytest.raises(Forbidden, match="own_plan"):
        actions.carry_out(by=supervisor, at=at, number=made.number)
    actions.drop_plan(by=secretary, at=at, number=made.number)
    applied(world, made, at)
    for again in (actions.carry_out, actions.drop_plan):
        with pytest.raises((Conflict, Forbidden)):
            again(by=supervisor, at=at, number=made.number)
    with pytest.raises(Error), transaction.atomic():
        Resolution.objects.filter(pk=made.pk).update(plan={})


def test_a_recall_ends_a_post_and_a_by_election_fills_the_rest_of_the_term(world: World, member: Mandate) -> None:
    made = resolution(recalled(world, member))
    at = NOW + 90 * DAY
    applied(world, made, at)
    member.refresh_from_db()
    assert member.valid_to == made.decided_on and made.record["concerns"] == f"mandate:{member.pk}"
    row = opened(world, "by_election", at, opener="villagers_committee", about="补选委员", **about(member))
    walk(world, row, figures={"nominate": {"candidates": 2, "seats": 1}, "vote": {"elected": 1, "seats": 1}})
    filled = resolution(row)
    chosen = Chosen(phone_of("resident"))
    later = at + 90 * DAY
    actions.plan_begin(by=world.actor("secretary"), at=later, number=filled.number, chosen=chosen)
    with pytest.raises(Refused, match="chosen_already"):
        actions.plan_begin(by=world.actor("secretary"), at=later, number=filled.number, chosen=chosen)
    more = Chosen("13900009999", "演示另一人")
    with pytest.raises(Refused, match="wrong_number"):
        actions.plan_begin(by=world.actor("secretary"), at=later, number=filled.number, chosen=more)
    actions.carry_out(by=world.actor("supervisor"), at=later, number=filled.number)
    begun = Mandate.objects.get(post=member.post, person=world.people["resident"])
    assert (begun.valid_from, begun.valid_to) == (filled.decided_on, dt.date(2029, 12, 31))
    assert begun.decision == f"决议 {filled.number}"
    assert Link.objects.filter(source=filled.reference, relation="begun", target=f"mandate:{begun.pk}").exists()


def test_one_signature_short_opens_no_recall_and_one_vote_short_recalls_nobody(world: World, member: Mandate) -> None:
    short = {"figures": {"voters": 900, "calling": 179}, **about(member)}
    with pytest.raises(Refused) as few:
        opened(world, "recall", opener="villagers", about="罢免", **short)
    assert few.value.code == "callers_short" and "第16条" in str(few.value.facts["needs"])
    third = {"figures": {"representatives": 30, "calling_representatives": 9}, **about(member)}
    with pytest.raises(Refused, match="callers_short"):
        opened(world, "recall", opener="representatives", about="罢免", **third)
    kept = recalled(world, member, way="kept")
    assert kept.ending == "kept" and not Resolution.objects.filter(course=kept).exists()
    member.refresh_from_db()
    assert member.valid_to == dt.date(2029, 12, 31)


@pytest.mark.parametrize(
    ("cast_votes", "yes", "outcome"),
    [(451, 226, "recalled"), (450, 450, "kept"), (451, 225, "kept"), (452, 226, "kept"), (452, 227, "recalled")],
)
def test_a_recall_needs_both_majorities(world: World, member: Mandate, cast_votes: int, yes: int, outcome: str) -> None:
    more = {"figures": {"voters": 900, "calling": 180}, **about(member)}
    row = opened(world, "recall", opener="villagers", about="罢免要求", **more)
    course = queries.Followed(row, row.opened_on)
    from gongzhi.engines.procedure_course import outcome_of
    from gongzhi.engines.procedure_terms import Event

    figures = {"registered": 900, "cast": cast_votes, "participating": cast_votes, "yes": yes}
    figures |= {"no": cast_votes - yes, "abstain": 0}
    event = Event("recorded", row.opened_on, "voters", "vote", figures=figures)
    found = outcome_of(course.step("vote"), event)
    assert found is not None and found.code == outcome


def test_whom_it_concerns_is_a_reference_within_reach(world: World, member: Mandate) -> None:
    for wrong in ("", "mandate:0", "张三", f"mandate:{Mandate.objects.get(post__code='post-supervisor').pk}"):
        with pytest.raises(Refused, match="missing_concerns"):
            opened(world, "recall", opener="villagers", matter="", figures={"voters": 5, "calling": 1}, concerns=wrong)
    more = {"figures": {"voters": 5, "calling": 1}, **about(member)}
    opened(world, "recall", opener="villagers", **more)
    with pytest.raises(Conflict, match="runs_already"):
        opened(world, "recall", opener="villagers", **more)


def test_nobody_runs_what_is_about_themselves(world: World) -> None:
    own = Mandate.objects.get(post__code="post-secretary")
    with pytest.raises(Forbidden, match="own_matter"):
        opened(world, "democratic_review", opener="supervisors", **about(own))
    row = opened(world, "democratic_review", opener="supervisors", about="评议", **about(seated(world)))
    person = Mandate.objects.get(pk=int(row.concerns.removeprefix("mandate:"))).person
    people.appoint(by=SETUP, at=NOW, person=person, post=world.posts["secretary"], decision="另一位书记")
    report = given("recorded", "member", "report", on=NOW.date(), documents=["report"])
    with pytest.raises(Forbidden, match="own_matter"):
        actions.record_event(by=actor_for(person, at=NOW, purpose="test"), at=NOW, number=row.number, given=report)


def seated(world: World) -> Mandate:
    post = seat(world, title="委员", code="member-2")
    return people.appoint(by=SETUP, at=NOW, person=world.people["outsider"], post=post, decision="换届")


@pytest.mark.parametrize(
    ("name", "role", "title", "opener"),
    [
        pytest.param("secretary_selection", "member", "小区党支部书记", "party_committee",
                     marks=pytest.mark.req("B04", where="/deliberations/")),
        pytest.param("grid_recruitment", "grid_member", "网格员", "community",
                     marks=pytest.mark.req("C04", where="/deliberations/")),
    ],
)  # fmt: skip
def test_selection_and_recruitment_end_in_a_begun_post(
    world: World, name: str, role: str, title: str, opener: str
) -> None:
    post = seat(world, role, title, "new-post")
    row = opened(world, name, opener=opener, about="选人", matter="")
    at = walk(world, row) + 60 * DAY
    made = resolution(row)
    secretary, number = world.actor("secretary"), made.number
    far = Chosen(phone_of("resident"), post=f"post:{world.posts['supervisor'].pk}")
    with pytest.raises(Refused, match="missing_post"):
        actions.plan_begin(by=secretary, at=at, number=number, chosen=far)
    many = made.record["inputs"].get("chosen", 1)
    Post.objects.filter(pk=post.pk).update(seats=many)
    for n in range(many):
        chosen = Chosen(f"1391000{n:04d}", f"演示新人{n}", post=f"post:{post.pk}")
        actions.plan_begin(by=secretary, at=at, number=number, chosen=chosen)
    assert "演示新人" not in str(Resolution.objects.get(pk=made.pk).plan), "names stay in the vault"
    actions.carry_out(by=world.actor("supervisor"), at=at, number=number)
    begun = Mandate.objects.filter(post=post)
    assert begun.count() == many and all(one.valid_from == made.decided_on for one in begun)


def test_a_post_left_before_the_decision_stays_as_it_ended(world: World, member: Mandate) -> None:
    course = recalled(world, member)
    made = resolution(course)
    people.end_mandate(by=SETUP, at=NOW, mandate=member, on=made.decided_on - DAY)
    applied(world, made, NOW + 90 * DAY)
    member.refresh_from_db()
    assert member.valid_to == made.decided_on - DAY
    assert whom.rest_of_term(course) is not None


def test_what_a_body_here_does_not_elect_it_does_not_end(world: World) -> None:
    with pytest.raises(Refused, match="appointed_elsewhere"):
        people.appoint(
            by=world.actor("supervisor"),
            at=NOW,
            person=world.people["resident"],
            post=world.posts["dispatcher"],
            decision="决议",
            resolution="resolution:JY-1",
        )
    with pytest.raises(Forbidden):
        people.appoint(
            by=world.actor("supervisor"), at=NOW, person=world.people["resident"], post=seat(world), decision="决议"
        )


def test_who_was_elected_here_gets_the_post_and_nobody_else(world: World, member: Mandate) -> None:
    """The candidates of an election are people of its roll: whom it elected is taken over, not typed."""
    ballots.load_laws()
    vote = ballots.poll(
        world, ballots.nominated(world, ballots.voters_roll(world, 6), 2), {(1,): 4, (2,): 1}, opens=ballots.OPENS
    )
    made = resolution(recalled(world, member))
    at = NOW + 90 * DAY
    applied(world, made, at)
    row = opened(world, "by_election", at, opener="villagers_committee", about="补选委员", **about(member))
    rests_on(row, vote, by=world.actor("secretary"), at=at)
    walk(world, row, figures={"nominate": {"candidates": 2, "seats": 1}, "vote": {"elected": 1, "seats": 1}})
    filled, later, secretary = resolution(row), at + 90 * DAY, world.actor("secretary")
    winner = f"person:{world.people['resident'].pk}"
    assert whom.elected(row) == [winner] and whom.persons(secretary, [winner])[0][1].startswith("演")
    for chosen in (Chosen("13900009999", "演示另一人"), Chosen(person=f"person:{world.people['neighbour'].pk}")):
        with pytest.raises(Refused, match="not_elected"):
            actions.plan_begin(by=secretary, at=later, number=filled.number, chosen=chosen)
    actions.plan_begin(by=secretary, at=later, number=filled.number, chosen=Chosen(person=winner))
    actions.carry_out(by=world.actor("supervisor"), at=later, number=filled.number)
    assert Mandate.objects.filter(post=member.post, person=world.people["resident"]).exists()
