"""Closing honestly: what an answer must show, what leaves the score, what a protected report keeps from whom."""

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Access
from gongzhi.cases import actions, queries, rules
from gongzhi.cases.actions import excluding
from gongzhi.cases.jobs import fold_counts
from gongzhi.cases.models import Case, CaseEvent, Clock
from gongzhi.cases.queries import desk, listing, rates
from gongzhi.cases.queries.counts import district
from gongzhi.cases.queries.listing import Filters
from gongzhi.cases.views.showing import evidence_needs
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.people.models import Organization
from tests.architecture.street import photo
from tests.cast import NOW, World

LAMP = "facility.lighting.streetlight"


# What an answer must show


def test_evidence_lists_all_that_is_missing() -> None:
    wanted = ("photo_before", "photo_after", "note", "signature", "document")
    assert rules.missing_evidence(wanted, set()) == ["photo_before", "photo_after", "signature", "document"]
    assert rules.missing_evidence(wanted, {"report", "after", "signature", "receipt"}) == []
    refused = rules.evidence_refused(["photo_after", "signature"])
    assert refused.code == "missing_photo" and "签字" in refused.facts["missing"]
    assert rules.evidence_refused(["document"]).code == "missing_evidence"


def test_an_answer_waits_for_every_kind_of_evidence(
    world: World, report: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongzhi.packs import queries as packs

    lamp = packs.find_category(LAMP)
    strict = msgspec.structs.replace(lamp, evidence=("photo_after", "signature", "document"))
    monkeypatch.setattr(packs, "find_category", lambda code: strict if code == LAMP else None)
    case, handler = report(category="facility.lighting.streetlight"), world.actor("department")
    number = case.number
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=number, unit_id=world.units["utility"].pk)
    actions.start_work(by=handler, at=NOW, number=number)
    with pytest.raises(Refused) as refused:
        actions.submit_result(by=handler, at=NOW, number=number, note="好了", photos=[photo()])
    assert refused.value.code == "missing_evidence"
    for stage in ("signature", "document"):
        actions.record_work(by=handler, at=NOW, number=number, note="签了字", photos=[photo()], stage=stage)
    assert [need["ok"] for need in evidence_needs(case, {"signature": [1], "document": [1]})] == [False, True, True]
    done = actions.submit_result(by=handler, at=NOW, number=number, note="好了", photos=[photo()])
    assert done.status == "answered"


# 不同意: the level above, not the unit


def test_disagreeing_goes_one_level_up_with_a_clock_of_its_own(world: World, report: Callable[..., Case]) -> None:
    case, handler = report(), world.actor("department")
    Case.objects.filter(pk=case.pk).update(category="")
    number = case.number
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=number, unit_id=world.units["utility"].pk)
    actions.start_work(by=handler, at=NOW, number=number)
    actions.submit_result(by=handler, at=NOW, number=number, note="修不了")
    actions.verify_case(by=world.actor("grid_member"), at=NOW, number=number)
    later = NOW + dt.timedelta(days=1)
    actions.answer_case_question(by=world.actor("resident"), at=later, number=number, solved="disagree", note="能修")
    clock = Clock.objects.get(case=case, kind="review", met_at__isnull=True)
    assert clock.started_at == later and clock.due_at > later
    for who in ("department", "grid_member", "dispatcher", "secretary"):
        with pytest.raises((Forbidden, NotFound)):
            actions.explain_case(by=world.actor(who), at=later, number=number, note="还是修不了")
    told = actions.explain_case(by=world.actor("supervisor"), at=later, number=number, note="要等改造")
    assert told.status == "verified" and not Clock.objects.filter(case=case, kind="review", met_at=None).exists()


# 不合理诉求


def _proposed(world: World, report: Callable[..., Case]) -> Case:
    case = report()
    return excluding.propose_exclusion(
        by=world.actor("dispatcher"), at=NOW, number=case.number, reason="unreasonable.settled", note="去年已办结"
    )


@pytest.mark.req("D13")
def test_two_people_take_a_case_out_of_the_score_never_out_of_the_record(
    world: World, report: Callable[..., Case]
) -> None:
    case = _proposed(world, report)
    number = case.number
    assert case.uncounted == "" and case.pending["kind"] == "exclusion"
    both = world.people["dispatcher"]
    assert str(both.pk) in case.pending["by"]
    with pytest.raises((Forbidden, NotFound)):
        excluding.decide_exclusion(by=world.actor("department"), at=NOW, number=number, granted=True)
    done = excluding.decide_exclusion(by=world.actor("secretary"), at=NOW, number=number, granted=True, note="属实")
    assert done.uncounted == "unreasonable.settled" and done.status == "reported"
    found = rates.rates(world.actor("supervisor"), Filters(), NOW)
    assert found.received == 1 and all(rate.left_out == {"uncounted": 1} for rate in found.rates.values())
    fold_counts()
    assert district(world.actor("supervisor"), world.places["PC"].path, NOW).whole.received == 0
    told = queries.timeline_of(done, public_only=True)
    assert told[-1].move == "exclude" and told[-1].note == "属实"
    with pytest.raises(Conflict):
        excluding.propose_exclusion(
            by=world.actor("dispatcher"), at=NOW, number=number, reason="unreasonable.settled", note="再提"
        )


def test_the_same_person_cannot_be_both(world: World, report: Callable[..., Case]) -> None:
    case = _proposed(world, report)
    Case.objects.filter(pk=case.pk).update(pending={**case.pending, "by": world.actor("secretary").reference})
    with pytest.raises(Refused) as refused:
        excluding.decide_exclusion(by=world.actor("secretary"), at=NOW, number=case.number, granted=True, note="是")
    assert refused.value.code == "own_request"


def test_the_reporter_objects_and_a_review_answers(world: World, report: Callable[..., Case], client: Client) -> None:
    number = _proposed(world, report).number
    excluding.decide_exclusion(by=world.actor("secretary"), at=NOW, number=number, granted=True, note="属实")
    client.force_login(world.people["resident"])
    page = client.get(reverse("track-case", args=[number])).content.decode()
    assert "不计入考核" in page and "请上一级复核" in page
    assert client.post(reverse("track-object", args=[number]), {"why": "有新情况"}).status_code == 302
    case = Case.objects.get(number=number)
    assert case.pending["kind"] == "objection"
    assert Clock.objects.filter(case=case, kind="review", met_at__isnull=True).exists()
    excluding.uphold(by=world.actor("supervisor"), at=NOW, number=number, note="看过，没有新情况")
    assert Case.objects.get(number=number).uncounted
    excluding.put_back(by=world.actor("secretary"), at=NOW, number=number, note="撤回")  # the second person
    assert Case.objects.get(number=number).uncounted == ""


def test_only_the_second_person_or_a_review_puts_it_back(world: World, report: Callable[..., Case]) -> None:
    number = _proposed(world, report).number
    excluding.decide_exclusion(by=world.actor("secretary"), at=NOW, number=number, granted=True, note="属实")
    with pytest.raises(Forbidden) as refused:
        excluding.put_back(by=world.actor("supervisor"), at=NOW, number=number, note="撤回")
    assert refused.value.code == "second_person_only"
    excluding.object_to_exclusion(by=world.actor("resident"), at=NOW, number=number, note="有新情况")
    assert excluding.put_back(by=world.actor("supervisor"), at=NOW, number=number, note="有理").uncounted == ""


@pytest.mark.req("D11", where="/morning/")
def test_an_objection_about_a_finished_case_climbs_and_stands_in_the_morning(
    world: World, report: Callable[..., Case], client: Client
) -> None:
    case = report()
    by, number = world.actor, case.number
    excluding.propose_exclusion(
        by=by("dispatcher"), at=NOW, number=number, reason="unreasonable.settled", note="要拆墙"
    )
    excluding.decide_exclusion(by=by("secretary"), at=NOW, number=number, granted=True)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOW)
    excluding.object_to_exclusion(by=world.actor("resident"), at=NOW, number=case.number, note="不是这样")
    case.refresh_from_db()
    review = Clock.objects.get(case=case, kind="review")
    assert case.status == "closed" and review.met_at is None and case.next_clock == "review"
    assert case.pk in {one.pk for one in listing.to_decide(world.actor("supervisor"), NOW)}
    client.force_login(world.people["supervisor"])
    page = client.get("/morning/").content.decode()
    assert case.number in page and "反映人不同意“要求不合理”的认定" in page
    late = review.due_at + dt.timedelta(days=30)
    steps = [actions.escalate_case(by=system_actor("clock"), at=late, case_id=case.pk) for _ in range(4)]
    assert "escalated" in steps and steps[-1] == "nothing"
    told = CaseEvent.objects.filter(case=case, move="escalate")
    assert {event.facts["clock"] for event in told} == {"review"}
    assert not Case.objects.filter(channel="supervise").exists()  # the review is late, not the unit
    excluding.uphold(by=world.actor("supervisor"), at=late, number=case.number, note="维持")
    case.refresh_from_db()
    assert case.next_clock_at is None and not Clock.objects.filter(case=case, met_at__isnull=True).exists()
    assert case.pk not in {one.pk for one in listing.to_decide(world.actor("supervisor"), NOW)}


def test_the_morning_and_the_desk_leave_out_what_the_office_handed_out(
    world: World, report: Callable[..., Case]
) -> None:
    report()
    supervisor, dispatcher = world.actor("supervisor"), world.actor("dispatcher")
    before = listing.morning_numbers(supervisor, NOW), desk.tab_counts(dispatcher, NOW)
    task = actions.Task("把路灯全换了", world.units["utility"].pk, NOW.date() + dt.timedelta(days=1))
    order = actions.issue_rectification(by=supervisor, at=NOW, finding="查-1", place_code="LY-5", task=task)
    late = NOW + dt.timedelta(days=2)
    assert (listing.morning_numbers(supervisor, NOW), desk.tab_counts(dispatcher, NOW)) == before
    rows = listing.filtered(supervisor, Filters(status="open", raised=True), late)
    assert rows.count() == before[0].open and order.pk not in {case.pk for case in rows}
    assert order.pk not in {case.pk for case in desk.whole_queue(dispatcher, late, tab="soon", limit=50)}


# Protected reports


WORDS = "物业收了停车费不给票，钱去哪里了"


@pytest.fixture
def protected(world: World, report: Callable[..., Case]) -> Case:
    """A resident reports the property company; the property's people must not learn that there is a report."""
    return report(text=WORDS, channel="conduct", about_unit_id=world.units["property-1"].pk)


def _give(world: World, case: Case) -> Case:
    actions.dispatch_case(
        by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=world.units["utility"].pk
    )
    return actions.start_work(by=world.actor("department"), at=NOW, number=case.number)


@pytest.mark.req("D13")
def test_identity_is_for_the_assigned_reviewer_alone(world: World, protected: Case) -> None:
    dispatcher = world.actor("dispatcher")
    assert protected.privacy == "protected"
    seen = queries.get_case_for(dispatcher, protected.number)
    assert queries.row_of(dispatcher, seen, NOW).hidden and not queries.may_see_contact(dispatcher, seen)
    case = _give(world, protected)
    reviewer = world.actor("department")
    assert not queries.row_of(reviewer, case, NOW).hidden
    rows = actions.reveal_contact(by=reviewer, at=NOW, number=case.number, purpose="问清楚情况")
    assert rows[0]["phone"] and Access.objects.filter(subjects__contains=[case.reference], fields="contact").exists()
    for who in ("grid_member", "patch_lead", "secretary", "supervisor", "auditor", "property", "neighbour"):
        with pytest.raises(NotFound):
            queries.get_case_for(world.actor(who), case.number)


@pytest.mark.req("D13")
def test_the_body_complained_of_finds_no_trace_at_any_address(
    world: World, protected: Case, client: Client
) -> None:
    """Every address of the permission matrix, as a member of the accused body who may dispatch and read there."""
    unit: Organization = world.units["property-1"]
    post = world.posts["dispatcher"]
    post.organization = unit  # the one who hands out work there now belongs to the body complained of
    post.save(update_fields=["organization"])
    table = tomllib.loads((Path(__file__).parents[4] / "tests/architecture/urls.toml").read_text("utf-8"))["urls"]
    fold_counts()
    client.raise_request_exception = False
    for who in ("property", "dispatcher"):
        client.force_login(world.people[who])
        for key, row in table.items():
            method, _, name = key.rpartition(" ")
            arguments = row.get("args", {})
            if any(value != "$number" for value in arguments.values() if str(value).startswith("$")):
                continue
            filled = {name: protected.number if value == "$number" else value for name, value in arguments.items()}
            ask = client.post if method == "POST" else client.get
            answer = ask(reverse(name, kwargs=filled), {k: v for k, v in row.get("data", {}).items() if v[:1] != "$"})
            body = b"" if answer.streaming else answer.content
            text = body.decode(errors="replace")
            if filled:  # what was asked for by number is said to be unknown; the number itself may be echoed
                assert WORDS[:8] not in text, (who, key)
            else:
                assert protected.number not in text and WORDS[:8] not in text, (who, key)
        actor = world.actor(who)
        assert protected.number not in queries.page_json(actor).decode()
        assert protected.number not in queries.page_json(actor, q=protected.number).decode()
        with pytest.raises(NotFound):
            queries.get_case_for(actor, protected.number)
    assert rates.rates(world.actor("dispatcher"), Filters(), NOW).received == 0
    assert district(world.actor("supervisor"), world.places["PC"].path, NOW).whole.received == 0


def test_a_report_about_a_body_is_kept_from_the_bodies_below_it(world: World, report: Callable[..., Case]) -> None:
    case = report(text=WORDS, channel="conduct", about_unit_id=world.units["committee-1"].pk)
    Case.objects.filter(pk=case.pk).update(unit=world.units["utility"], status="dispatched")
    post = world.posts["dispatcher"]
    post.organization = world.units["property-1"]  # property-1 belongs to committee-1
    post.save(update_fields=["organization"])
    with pytest.raises(NotFound):
        queries.get_case_for(world.actor("dispatcher"), case.number)


def test_nobody_is_told_of_it_but_the_reporter(world: World, protected: Case) -> None:
    from gongzhi.cases.queries.published import public_page

    assert protected.number not in {case.number for case in public_page(NOW)[0]}
    assert not Case.objects.get(pk=protected.pk).grams
