"""The loop, step by step, each refusal beside its success."""

import datetime as dt
import json
from collections.abc import Callable

import pytest

from gongzhi.audit.jobs import verify_trail
from gongzhi.audit.models import Access, Entry
from gongzhi.cases import actions, queries
from gongzhi.cases.models import Case, CaseEvent, Clock, Reporter
from gongzhi.cases.rules import Where
from gongzhi.common.access import ANONYMOUS, system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.notifications.models import OutboxEvent
from gongzhi.people.actions import erase_account
from gongzhi.people.models import VaultKey
from tests.cast import NOW, World

Report = Callable[..., Case]
HOUR = dt.timedelta(hours=1)


def dispatched(world: World, case: Case) -> Case:
    actions.accept_case(by=world.actor("grid_member"), at=NOW, number=case.number)
    unit = world.units["utility"].pk
    return actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=unit)


def answered(world: World, case: Case) -> Case:
    dispatched(world, case)
    department = world.actor("department")
    actions.start_work(by=department, at=NOW + HOUR, number=case.number)
    actions.record_work(by=department, at=NOW + 2 * HOUR, number=case.number, note="去看了，是灯头坏了")
    Case.objects.filter(pk=case.pk).update(category="")  # without a photo rule
    return actions.submit_result(by=department, at=NOW + 3 * HOUR, number=case.number, note="换了灯头，夜里试过能亮")


def verified(world: World, case: Case) -> Case:
    answered(world, case)
    return actions.verify_case(by=world.actor("grid_member"), at=NOW + 4 * HOUR, number=case.number)


@pytest.mark.req("D09", where="/report")
def test_a_report_is_routed_timed_and_told(world: World, report: Report) -> None:
    case = report()
    assert case.status == "reported"
    assert case.category == "facility.lighting.streetlight"
    assert case.unit == world.units["utility"]
    assert case.routing["code"] == "duty"
    assert {clock.kind for clock in Clock.objects.filter(case=case)} == {"first_contact", "resolve"}
    # 5 working days from Wednesday 2026-03-18: Wednesday 03-25, close of business 17:30 or 18:00 in China.
    assert case.due_at is not None and case.due_at.date() == dt.date(2026, 3, 25)
    assert case.next_clock == "first_contact"
    assert OutboxEvent.objects.get(topic="case.report").payload["case"] == case.number
    assert Entry.objects.filter(action="cases.report", subject=case.reference).count() == 1
    assert Reporter.objects.get(case=case).person == world.people["resident"]


def test_the_words_are_sealed(report: Report) -> None:
    case = report(text="王某住3栋，电话13800002046，灯坏了")
    raw = bytes(case.words)
    assert "灯坏了".encode() not in raw
    assert b"13800002046" not in raw
    assert "13800002046" not in json.dumps(list(OutboxEvent.objects.values_list("payload", flat=True)))


def test_masked_for_staff_clear_for_the_reporter(world: World, report: Report) -> None:
    case = report(text="灯坏了，请打13800002046")
    assert "138****2046" in queries.row_of(world.actor("dispatcher"), case, NOW).text
    assert "13800002046" in queries.row_of(world.actor("resident"), case, NOW, reporter=True).text


@pytest.mark.parametrize("text", ["", "短", "长" * 4001])
def test_text_outside_the_limits_is_refused(report: Report, text: str) -> None:
    with pytest.raises(Refused, match="text_length"):
        report(text=text)
    assert not Case.objects.exists()


def test_unknown_channel_and_category(report: Report) -> None:
    with pytest.raises(Refused, match="unknown_channel"):
        report(channel="carrier pigeon")
    with pytest.raises(Refused, match="unknown_category"):
        report(category="no.such")


def test_anonymous_only_where_the_channel_allows(world: World, here: Where) -> None:
    answer = actions.report_case(by=ANONYMOUS, at=NOW, text="井盖松了", where=here)
    assert answer["status"] == "reported"
    with pytest.raises(SignInRequired):
        actions.report_case(by=ANONYMOUS, at=NOW, text="井盖松了", where=here, channel="grid")


def test_never_routed_to_whom_it_is_about(world: World, report: Report) -> None:
    utility = world.units["utility"]
    case = report(text="路灯所的人态度差，路灯一直不修", about_unit_id=utility.pk)
    assert case.unit == world.units["command"]
    assert case.routing["code"] == "superior"
    with pytest.raises(Refused, match="about_itself"):
        actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=utility.pk)


def test_helped_by_the_grid_member(world: World, report: Report) -> None:
    case = report("grid_member", on_behalf_of=actions.Contact("演示老人", "13900009999"), channel="grid")
    reporter = Reporter.objects.get(case=case)
    assert reporter.assisted and reporter.helper == world.people["grid_member"] and reporter.person is None
    with pytest.raises(Refused, match="bad_phone"):
        report("grid_member", on_behalf_of=actions.Contact("演示老人", "12"), channel="grid")


def test_who_helped_as_staff_does_not_speak_for_the_person(world: World, report: Report) -> None:
    helped = actions.Contact("演示老人", "13900009999")
    case = verified(world, report("grid_member", on_behalf_of=helped, channel="grid"))
    code = queries.track_code_for(case.number)
    given = {"at": NOW + 5 * HOUR, "number": case.number, "solved": "yes"}
    for by_code in ("", code):
        with pytest.raises(Forbidden, match="helper_is_staff"):
            actions.answer_case_question(by=world.actor("grid_member"), track_code=by_code, **given)
    assert actions.answer_case_question(by=ANONYMOUS, track_code=code, **given).status == "confirmed"


def test_a_neighbour_s_help_lasts_until_the_case_ends(world: World, report: Report) -> None:
    case = verified(world, report("neighbour", on_behalf_of=actions.Contact("演示老人", "13900009999")))
    neighbour = world.actor("neighbour")
    assert queries.visible_to(neighbour).filter(pk=case.pk).exists() and queries.is_reporter(neighbour, case)
    actions.answer_case_question(by=neighbour, at=NOW + 5 * HOUR, number=case.number, solved="yes")
    case = actions.close_case(by=world.actor("dispatcher"), at=NOW + 6 * HOUR, number=case.number)
    assert not queries.visible_to(neighbour).filter(pk=case.pk).exists()
    assert not queries.mine(neighbour).exists() and not queries.is_reporter(neighbour, case)
    assert Reporter.objects.get(case=case).helper_id == neighbour.person_id  # who helped stays on record


def test_the_whole_loop(world: World, report: Report) -> None:
    case = verified(world, report())
    resident = world.actor("resident")
    with pytest.raises(Refused, match="missing_answer"):
        actions.answer_case_question(by=resident, at=NOW, number=case.number, solved="")
    case = actions.answer_case_question(
        by=resident, at=NOW + 5 * HOUR, number=case.number, solved="yes", heard=True, satisfied=4
    )
    assert (case.status, case.heard, case.solved, case.satisfied) == ("confirmed", True, "yes", 4)
    case = actions.close_case(by=world.actor("dispatcher"), at=NOW + 6 * HOUR, number=case.number)
    assert case.status == "closed" and case.next_clock_at is None
    assert not Clock.objects.filter(case=case, met_at__isnull=True).exists()
    moves = [event.move for event in CaseEvent.objects.filter(case=case).order_by("id")]
    assert moves == ["report", "accept", "dispatch", "start", "record", "answer", "verify", "confirm", "close"]
    assert verify_trail().valid


def test_nobody_checks_their_own_work(world: World, report: Report) -> None:
    case = answered(world, report())
    with pytest.raises((Forbidden, Refused)):
        actions.verify_case(by=world.actor("department"), at=NOW, number=case.number)
    assert actions.verify_case(by=world.actor("secretary"), at=NOW, number=case.number).status == "verified"


def test_the_handler_with_a_second_post_cannot_verify(world: World, report: Report) -> None:
    from gongzhi.people.actions import appoint
    from tests.cast import SETUP

    case = answered(world, report())
    start = dt.date(2020, 1, 1)
    person, post = world.people["department"], world.posts["patch_lead"]
    appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)
    with pytest.raises(Refused, match="own_work"):
        actions.verify_case(by=world.actor("department"), at=NOW, number=case.number)


def test_photo_rule_of_the_category(world: World, report: Report) -> None:
    case = dispatched(world, report())
    department = world.actor("department")
    actions.start_work(by=department, at=NOW, number=case.number)
    with pytest.raises(Refused, match="missing_photo"):
        actions.submit_result(by=department, at=NOW, number=case.number, note="修好了")


@pytest.mark.parametrize(("solved", "clock"), [("partly", "resolve"), ("no", "resolve"), ("disagree", "review")])
def test_not_solved_goes_on_with_the_same_number(world: World, report: Report, solved: str, clock: str) -> None:
    first = report()
    case = verified(world, first)
    with pytest.raises(Refused, match="missing_note"):
        actions.answer_case_question(by=world.actor("resident"), at=NOW, number=case.number, solved=solved)
    case = actions.answer_case_question(
        by=world.actor("resident"), at=NOW + 5 * HOUR, number=case.number, solved=solved, note="还是不亮"
    )
    assert (case.status, case.number, case.solved) == ("rework", first.number, solved)
    assert Clock.objects.filter(case=case, kind=clock, met_at__isnull=True).exists()


def test_the_level_above_answers_a_disagreement(world: World, report: Report) -> None:
    case = verified(world, report())
    actions.answer_case_question(
        by=world.actor("resident"), at=NOW, number=case.number, solved="disagree", note="道理不对"
    )
    with pytest.raises(Forbidden):
        actions.explain_case(by=world.actor("dispatcher"), at=NOW, number=case.number, note="说明")
    case = actions.explain_case(by=world.actor("supervisor"), at=NOW, number=case.number, note="红线外，不归本区")
    assert case.status == "verified" and case.next_clock == "confirm"


def test_silence_is_its_own_state_and_may_be_reopened(world: World, report: Report) -> None:
    case = verified(world, report())
    late = NOW + dt.timedelta(days=30)
    assert actions.escalate_case(by=system_actor("clock"), at=late, case_id=case.pk) == "silent"
    case.refresh_from_db()
    assert (case.status, case.solved, case.satisfied) == ("closed_silent", "", None)
    case = actions.reopen_case(by=world.actor("resident"), at=late, number=case.number, note="又不亮了")
    assert (case.status, case.reopens) == ("rework", 1)


def test_returned_once_with_a_clause(world: World, report: Report) -> None:
    case = dispatched(world, report())
    department = world.actor("department")
    with pytest.raises(Refused, match="missing_reason"):
        actions.return_case(by=department, at=NOW, number=case.number, reason="", note="不归我们")
    with pytest.raises(Refused, match="unknown_reason"):
        actions.return_case(by=department, at=NOW, number=case.number, reason="lazy", note="不归我们")
    case = actions.return_case(
        by=department, at=NOW, number=case.number, reason="return.not_ours", note="小区里的灯归物业"
    )
    assert (case.status, case.returns) == ("returned", 1)
    dispatcher, unit = world.actor("dispatcher"), world.units["utility"].pk
    actions.dispatch_case(by=dispatcher, at=NOW, number=case.number, unit_id=unit)
    with pytest.raises(Refused, match="returned_before"):
        actions.return_case(by=department, at=NOW, number=case.number, reason="return.not_ours", note="还是不归")


def test_extension_once_and_decided_by_the_dispatcher(world: World, report: Report) -> None:
    case = dispatched(world, report())
    department, dispatcher = world.actor("department"), world.actor("dispatcher")
    actions.start_work(by=department, at=NOW, number=case.number)
    with pytest.raises(Conflict, match="nothing_asked"):
        actions.decide_extension(by=dispatcher, at=NOW, number=case.number, granted=True)
    actions.ask_extension(by=department, at=NOW, number=case.number, reason="extension.parts", note="等灯头")
    before = case.due_at
    case = actions.decide_extension(by=dispatcher, at=NOW, number=case.number, granted=True)
    assert before and case.due_at and case.due_at > before and case.extensions == 1
    with pytest.raises(Refused, match="extended_before"):
        actions.ask_extension(by=department, at=NOW, number=case.number, reason="extension.parts", note="再等")


def test_deferral_needs_two_people_and_comes_back(world: World, report: Report) -> None:
    case = report()
    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=case.number)
    asked = {"number": case.number, "reason": "defer.funds", "note": "要换整条线"}
    with pytest.raises(Refused, match="until_past"):
        actions.ask_deferral(by=world.actor("dispatcher"), at=NOW, until=dt.date(2026, 3, 18), **asked)
    actions.ask_deferral(by=world.actor("dispatcher"), at=NOW, until=dt.date(2026, 4, 20), **asked)
    case = actions.decide_deferral(by=world.actor("secretary"), at=NOW, number=case.number, granted=True)
    assert (case.status, case.next_clock) == ("deferred", "defer")
    later = dt.datetime(2026, 4, 20, 12, tzinfo=dt.UTC)
    assert actions.escalate_case(by=system_actor("clock"), at=later, case_id=case.pk) == "resumed"
    case.refresh_from_db()
    assert case.status == "accepted" and case.due_at and case.due_at > later


def test_who_asked_cannot_approve(world: World, report: Report) -> None:
    from gongzhi.people.actions import appoint
    from tests.cast import SETUP

    case = report()
    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=case.number)
    start = dt.date(2020, 1, 1)
    person, post = world.people["dispatcher"], world.posts["supervisor"]
    appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)
    both = world.actor("dispatcher")
    actions.ask_deferral(
        by=both, at=NOW, number=case.number, reason="defer.funds", note="要换线", until=dt.date(2026, 4, 20)
    )
    with pytest.raises(Refused, match="own_request"):
        actions.decide_deferral(by=both, at=NOW, number=case.number, granted=True)


def test_referral_ends_here_with_a_reason(world: World, report: Report) -> None:
    case = report(text="我要投诉退休金发放不对")
    case = actions.refer_case(
        by=world.actor("dispatcher"), at=NOW, number=case.number, reason="refer.petition", note="已转信访局"
    )
    assert case.status == "referred" and case.next_clock_at is None


def test_dispatch_only_to_whom_works_there(world: World, report: Report) -> None:
    case = report()
    elsewhere = world.units["committee-2"].pk
    with pytest.raises(Refused, match="unit_elsewhere"):
        actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=elsewhere)
    with pytest.raises(NotFound, match="unit_not_found"):
        actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=10**9)


@pytest.mark.req("C01", where="/desk")
def test_overdue_climbs_the_grid_one_step_at_a_time(world: World, report: Report) -> None:
    case, clock = report(), system_actor("clock")
    late = NOW + dt.timedelta(days=40)
    told = []
    for _ in range(10):
        actions.escalate_case(by=clock, at=late, case_id=case.pk)
    for event in OutboxEvent.objects.filter(topic="case.escalate").order_by("id"):
        told.append((event.payload["clock"], event.payload["role"], event.payload["levels_up"]))
    assert told[0] == ("first_contact", "dispatcher", 0)
    assert len(told) == len(set(told)), "no step is taken twice"
    assert {step[0] for step in told} == {"first_contact", "resolve"}
    case.refresh_from_db()
    assert case.next_clock_at is None, "the ladder is used up"


def test_reveal_is_logged_with_a_purpose(world: World, report: Report) -> None:
    case = dispatched(world, report())
    department = world.actor("department")
    with pytest.raises(Refused, match="missing_purpose"):
        actions.reveal_contact(by=department, at=NOW, number=case.number, purpose=" ")
    contacts = actions.reveal_contact(by=department, at=NOW, number=case.number, purpose="上门前联系")
    assert contacts[0]["phone"].startswith("139")
    assert Access.objects.filter(purpose="上门前联系", actor=department.reference).exists()
    with pytest.raises((Forbidden, NotFound)):
        actions.reveal_contact(by=world.actor("outsider"), at=NOW, number=case.number, purpose="好奇")


def test_erased_reporter_leaves_a_sound_trail(world: World, report: Report) -> None:
    finished, running = verified(world, report()), report()
    actions.answer_case_question(by=world.actor("resident"), at=NOW, number=finished.number, solved="yes")
    actions.close_case(by=world.actor("dispatcher"), at=NOW, number=finished.number)
    erase_account(by=world.actor("resident"), at=NOW, person=world.people["resident"])
    finished.refresh_from_db()
    assert VaultKey.objects.get(pk=finished.key_id).destroyed_at is not None
    assert queries.row_of(world.actor("dispatcher"), finished, NOW).hidden
    assert queries.row_of(world.actor("dispatcher"), running, NOW).text, "an open case keeps its words until it ends"
    assert verify_trail().valid


def test_track_needs_the_right_code(world: World, report: Report) -> None:
    case = report()
    code = queries.track_code_for(case.number)
    assert queries.track(case.number, code.lower())["status"] == "reported"
    for number, given in ((case.number, "WRONG"), ("GZ-000000-1", code), (case.number, "")):
        with pytest.raises(NotFound, match="case_not_found"):
            queries.track(number, given)


def test_confirm_by_track_code_without_an_account(world: World, here: Where) -> None:
    answer = actions.report_case(by=ANONYMOUS, at=NOW, text="井盖松了", where=here)
    case = verified(world, Case.objects.get(number=answer["number"]))
    with pytest.raises(NotFound):
        actions.answer_case_question(by=ANONYMOUS, at=NOW, number=case.number, solved="yes", track_code="X")
    case = actions.answer_case_question(
        by=ANONYMOUS, at=NOW, number=case.number, solved="yes", track_code=answer["track_code"]
    )
    assert case.status == "confirmed"


def test_open_work_passes_on_when_a_mandate_ends(world: World, report: Report) -> None:
    from gongzhi.cases.models import WorkOrder
    from gongzhi.people.actions import appoint, end_mandate
    from gongzhi.people.models import Mandate
    from tests.cast import SETUP

    case = dispatched(world, report())
    actions.start_work(by=world.actor("department"), at=NOW, number=case.number)
    start = dt.date(2020, 1, 1)
    person, post = world.people["neighbour"], world.posts["department"]
    successor = appoint(by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=start)
    leaving = Mandate.objects.get(person=world.people["department"])
    with pytest.raises(Forbidden):
        end_mandate(by=world.actor("secretary"), at=NOW, mandate=leaving, on=NOW.date(), handed_to=successor)
    administrator = world.actor("administrator")
    assert end_mandate(by=administrator, at=NOW, mandate=leaving, on=NOW.date(), handed_to=successor) == 1
    assert WorkOrder.objects.get(case=case, ended_at__isnull=True).handler == person
    actions.record_work(by=world.actor("neighbour"), at=NOW, number=case.number, note="我接着办")
    with pytest.raises((Forbidden, NotFound)):
        actions.record_work(by=world.actor("department"), at=NOW, number=case.number, note="我还在办")
