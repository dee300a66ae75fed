"""Rows made once, done with evidence, excused by two, told once a step, handed on with the post."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from gongzhi.audit.models import Entry, Link
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.documents.models import Evidence
from gongzhi.duties import actions, jobs, queries
from gongzhi.duties.models import Duty
from gongzhi.notifications.jobs import deliver_due
from gongzhi.notifications.models import Notice, OutboxEvent
from gongzhi.people import actions as people
from tests.cast import NOW, SETUP, World

TODAY = dt.date(2026, 3, 18)
JOB = system_actor("duties")


def make(at: dt.datetime = NOW, **more: Any) -> int:
    return actions.make_duties(by=JOB, at=at, **more)


def at(day: str, hour: int = 1) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour:02d}:00:00+00:00")


def of(rule: str, period: str, subject: str = "") -> Duty:
    rows = Duty.objects.filter(rule=rule, period=period)
    return rows.get(subject=subject) if subject else rows.get()


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("minutes.jpg", buffer.getvalue(), "image/jpeg")


def committee(world: World) -> str:
    return f"organization:{world.units['committee-1'].pk}"


def test_rows_are_made_once_for_everybody_whom_a_rule_binds(world: World) -> None:
    made = make()
    assert made == Duty.objects.count() > 20
    assert make() == 0
    assert make(at("2026-03-19")) == 0 or Duty.objects.filter(made_at=at("2026-03-19")).exists()
    weekly = Duty.objects.filter(rule="talk.week", subject="place:PC-1").order_by("due_on")
    assert weekly[0].period == "2026-W12"
    secretary = world.people["secretary"].mandates.get()
    assert weekly[0].holder == secretary
    assert {row.holder_id for row in Duty.objects.filter(rule="meeting.month", subject=committee(world))} == {
        secretary.pk
    }
    # 桥南 has no secretary: its duties are there all the same, and vacant.
    assert Duty.objects.filter(
        rule="meeting.month", subject=f"organization:{world.units['committee-2'].pk}", holder=None
    )


def test_after_a_pause_the_rows_of_the_meantime_are_made_too(world: World) -> None:
    make()
    make(at("2026-06-10"))
    weeks = (
        Duty.objects.filter(rule="talk.week", subject="place:PC-1")
        .order_by("ordinal")
        .values_list("ordinal", flat=True)
    )
    assert list(weeks) == list(range(weeks[0], weeks[0] + len(weeks)))
    assert of("report.year", "2026", committee(world)).due_on == dt.date(2026, 12, 31)


def test_only_the_job_makes_rows(world: World) -> None:
    with pytest.raises(Forbidden):
        actions.make_duties(by=world.actor("secretary"), at=NOW)


def test_the_same_row_twice_is_refused_by_the_database(world: World) -> None:
    make()
    duty = Duty.objects.first()
    assert duty is not None
    twin = Duty(rule=duty.rule, pack=duty.pack, subject=duty.subject, path=duty.path, period=duty.period, ordinal=0)
    twin.opens_on = twin.closes_on = twin.due_on = TODAY
    twin.made_at = NOW
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_a_photo_shows_that_the_meeting_was_held(world: World) -> None:
    make()
    duty, secretary = of("meeting.month", "2026-03", committee(world)), world.actor("secretary")
    actions.fulfil_duty(by=secretary, at=NOW, duty_id=duty.pk, uploads=[photo()], note="记录见照片，电话 13912345678")
    duty.refresh_from_db()
    assert duty.evidence.startswith("media:")
    assert duty.fulfilled_by == secretary.reference
    assert "13912345678" not in duty.note
    assert Evidence.objects.filter(subject=str(duty)).count() == 1
    assert Link.objects.filter(relation="fulfils", target=str(duty)).exists()
    assert queries.rows_of([duty], TODAY)[0].state == "done"
    with pytest.raises(Conflict, match="duty_settled"):
        actions.fulfil_duty(by=secretary, at=NOW, duty_id=duty.pk, uploads=[photo()])


@pytest.mark.parametrize(
    ("reference", "code"),
    [("", "evidence_missing"), ("talk:PC-1:2026-W12", "wrong_evidence"), ("media:1", "evidence_unknown")],
)
def test_without_evidence_nothing_is_done(world: World, reference: str, code: str) -> None:
    make()
    duty = of("meeting.month", "2026-03", committee(world))
    with pytest.raises(Refused, match=code):
        actions.fulfil_duty(by=world.actor("secretary"), at=NOW, duty_id=duty.pk, reference=reference)


@pytest.mark.parametrize("who", ["resident", "grid_member", "department", "other_grid_member"])
def test_who_does_not_answer_for_it_does_not_even_see_it(world: World, who: str) -> None:
    make()
    duty = of("meeting.month", "2026-03", committee(world))
    with pytest.raises(NotFound):
        actions.fulfil_duty(by=world.actor(who), at=NOW, duty_id=duty.pk, uploads=[photo()])


@pytest.mark.parametrize("who", ["supervisor", "auditor"])
def test_who_watches_sees_but_does_not_do(world: World, who: str) -> None:
    make()
    duty = of("meeting.month", "2026-03", committee(world))
    with pytest.raises(Forbidden, match="not_your_duty"):
        actions.fulfil_duty(by=world.actor(who), at=NOW, duty_id=duty.pk, uploads=[photo()])


def test_nobody_ticks_off_what_has_not_begun(world: World) -> None:
    make()
    duty = of("meeting.month", "2026-04", committee(world))
    with pytest.raises(Refused, match="not_open_yet"):
        actions.fulfil_duty(by=world.actor("secretary"), at=NOW, duty_id=duty.pk, uploads=[photo()])


def test_an_act_elsewhere_fulfils_the_duty_that_asks_for_it(world: World) -> None:
    make()
    by = world.actor("secretary")
    held = {"by": by, "at": NOW, "evidence": "talk:PC-1:2026-W12", "on": TODAY}
    assert actions.show_evidence(subject="place:PC-1", **held) == 1
    assert actions.show_evidence(subject="place:PC-1", **held) == 0
    assert of("talk.week", "2026-W12", "place:PC-1").evidence == "talk:PC-1:2026-W12"
    assert of("talk.week", "2026-W12", "place:PC-2").is_open
    assert of("talk.week", "2026-W13", "place:PC-1").is_open


def test_what_was_shown_can_be_sent_back_by_another(world: World) -> None:
    make()
    duty, secretary = of("meeting.month", "2026-03", committee(world)), world.actor("secretary")
    actions.fulfil_duty(by=secretary, at=NOW, duty_id=duty.pk, uploads=[photo()])
    with pytest.raises(Forbidden, match="not_yours_to_judge"):
        actions.reopen_duty(by=secretary, at=NOW, duty_id=duty.pk, reason="照片看不清")
    with pytest.raises(Refused, match="reason_missing"):
        actions.reopen_duty(by=world.actor("supervisor"), at=NOW, duty_id=duty.pk, reason="")
    again = actions.reopen_duty(by=world.actor("supervisor"), at=NOW, duty_id=duty.pk, reason="照片看不清，请重传")
    assert again.is_open
    assert again.next_alarm_on is not None


def test_an_excuse_takes_two_people_and_stays_visible(world: World) -> None:
    make()
    duty = of("meeting.month", "2026-03", committee(world))
    secretary, supervisor = world.actor("secretary"), world.actor("supervisor")
    with pytest.raises(Conflict, match="nothing_asked"):
        actions.decide_excuse(by=supervisor, at=NOW, duty_id=duty.pk, granted=True)
    actions.ask_excuse(by=secretary, at=NOW, duty_id=duty.pk, reason="防汛值守，全员在岗")
    with pytest.raises(Forbidden, match="needs_second_person"):
        actions.decide_excuse(by=secretary, at=NOW, duty_id=duty.pk, granted=True)
    done = actions.decide_excuse(by=supervisor, at=NOW, duty_id=duty.pk, granted=True)
    row = queries.rows_of([done], dt.date(2026, 5, 1))[0]
    assert (row.state, row.duty.excused_by) == ("excused", supervisor.reference)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).update(excused_by=secretary.reference)


def test_a_declined_excuse_leaves_it_open(world: World) -> None:
    make()
    duty = of("meeting.month", "2026-03", committee(world))
    actions.ask_excuse(by=world.actor("secretary"), at=NOW, duty_id=duty.pk, reason="最近比较忙")
    declined = actions.decide_excuse(by=world.actor("supervisor"), at=NOW, duty_id=duty.pk, granted=False)
    assert declined.is_open
    assert declined.excuse == ""


def notices(world: World, who: str) -> list[str]:
    return [
        n.message.subject for n in Notice.objects.filter(person=world.people[who], kind="duty_alarm").order_by("id")
    ]


def test_each_step_of_the_ladder_is_told_once(world: World) -> None:
    make()
    meeting = of("meeting.month", "2026-03", committee(world))
    assert meeting.due_on == dt.date(2026, 3, 25)
    Duty.objects.exclude(pk=meeting.pk).delete()
    jobs.sound_alarms(at("2026-03-19"))
    assert notices(world, "secretary") == []
    for _ in range(3):
        jobs.sound_alarms(at("2026-03-20"))
        deliver_due(at("2026-03-20"))
    assert OutboxEvent.objects.filter(topic="duty.alarm").count() == 1
    assert len(notices(world, "secretary")) == 1
    assert "例会" in notices(world, "secretary")[0]
    for day in ("2026-03-25", "2026-03-26", "2026-03-28", "2026-03-29"):
        jobs.sound_alarms(at(day))
        deliver_due(at(day))
    assert len(notices(world, "secretary")) == 3  # five days before, on the day, three days after
    assert "过期" in notices(world, "secretary")[-1]
    meeting.refresh_from_db()
    assert meeting.next_alarm_on is None


def test_what_is_done_rings_no_more(world: World) -> None:
    make()
    meeting = of("meeting.month", "2026-03", committee(world))
    Duty.objects.exclude(pk=meeting.pk).delete()
    actions.fulfil_duty(by=world.actor("secretary"), at=NOW, duty_id=meeting.pk, uploads=[photo()])
    assert jobs.sound_alarms(at("2026-04-20")) == 0


def test_the_scan_is_one_index_read(world: World, django_assert_num_queries: Any) -> None:
    make()
    with django_assert_num_queries(1):
        assert jobs.sound_alarms(at("2026-03-01")) == 0


def test_what_was_missed_again_and_again_sleeps(world: World) -> None:
    make()
    make(at("2026-04-22"))
    later = dt.date(2026, 4, 22)
    rows = queries.team_list(world.actor("secretary"), later, rule="talk.week")
    assert [row.state for row in rows[:5]] == ["dormant"] * 5
    assert rows[0].missed == 5
    once = [(row.duty.subject, row.missed) for row in queries.folded(rows) if row.state == "dormant"]
    assert len(once) == len(set(once)) == len({row.duty.subject for row in rows}), "one line for a run of weeks"
    duty = of("talk.week", "2026-W14", "place:PC-1")
    actions.show_evidence(
        by=world.actor("secretary"),
        at=at("2026-04-02"),
        subject="place:PC-1",
        evidence="talk:PC-1:x",
        on=dt.date(2026, 4, 2),
    )
    duty.refresh_from_db()
    assert not duty.is_open
    rows = [
        row for row in queries.team_list(world.actor("secretary"), later, rule="talk.week") if row.duty.due_on < later
    ]
    assert {row.state for row in rows} == {"overdue"}
    here = [row for row in queries.folded(rows) if row.duty.subject == "place:PC-1"]
    assert sorted(row.duty.period for row in here) == ["2026-W12", "2026-W13", "2026-W16"], "two runs stay apart"


def test_reports_of_a_half_year_are_owed_one_by_one(world: World) -> None:
    make()
    owed = Duty.objects.filter(rule="duty_report.half_year", period="2026-H1")
    assert {row.holder.post.role for row in owed} == {"secretary", "patch_lead"}  # type: ignore[union-attr]  # all held
    assert {row.due_on for row in owed} == {dt.date(2026, 6, 30)}


def test_open_duties_go_to_the_successor_and_nobody_owes_twice(world: World) -> None:
    make()
    leaving, post = world.people["secretary"].mandates.get(), world.posts["secretary"]
    heir = people.appoint(
        by=SETUP, at=NOW, person=world.people["neighbour"], post=post, decision="test", valid_from=TODAY
    )
    people.end_mandate(by=SETUP, at=NOW, mandate=leaving, on=TODAY, handed_to=heir)
    assert not Duty.objects.filter(holder=leaving, fulfilled_at=None).exists()
    assert of("duty_report.half_year", "2026-H1", f"mandate:{leaving.pk}").holder == heir
    make()
    owed = Duty.objects.filter(rule="duty_report.half_year", period="2026-H1", holder=heir)
    assert owed.count() == 1
    assert Entry.objects.filter(action="duties.hand_over").exists()


def test_a_body_that_goes_up_in_another_leaves_it_its_duties(world: World) -> None:
    make()
    first, second = world.units["committee-1"], world.units["committee-2"]
    only = of("meeting.month", "2026-03", f"organization:{first.pk}")
    Duty.objects.exclude(pk=only.pk).delete()
    people.merge_organizations(by=SETUP, at=NOW, organization=first, into=second, on=TODAY)
    only.refresh_from_db()
    assert only.subject == f"organization:{second.pk}"


def test_an_end_in_sight_opens_a_duty_before_it(world: World) -> None:
    person, post = world.people["neighbour"], world.posts["grid_member"]
    ending = people.appoint(
        by=SETUP, at=NOW, person=person, post=post, decision="test", valid_from=TODAY, valid_to=dt.date(2026, 5, 31)
    )
    make()
    duty = of("mandate.expiry", "2026-05-31", f"mandate:{ending.pk}")
    assert (duty.opens_on, duty.due_on) == (dt.date(2026, 4, 1), dt.date(2026, 5, 31))
    assert duty.holder == ending


def test_something_that_happened_is_owed_once(world: World) -> None:
    told = {"by": JOB, "at": NOW, "rule": "village.handover", "subject": "handover:1", "path": "/321171102/PC/PC-1/"}
    duty = actions.open_duty(on=TODAY, **told)
    assert duty.due_on == dt.date(2026, 3, 30)  # the tenth day is a Saturday (民法典 203)
    assert actions.open_duty(on=TODAY, **told).pk == duty.pk
    with pytest.raises(NotFound):
        actions.open_duty(on=TODAY, **{**told, "rule": "meeting.month"})


def test_erasing_takes_the_words_and_leaves_the_deed(world: World) -> None:
    make()
    duty, secretary = of("meeting.month", "2026-03", committee(world)), world.actor("secretary")
    actions.fulfil_duty(by=secretary, at=NOW, duty_id=duty.pk, uploads=[photo()], note="李书记记的")
    from gongzhi.common.registry import holdings

    mine = next(one for one in holdings() if one.room == "duties")
    person = world.people["secretary"].pk
    assert any(row["note"] == "李书记记的" for row in mine.export_for(person)["duties"])
    mine.erase_for(person, NOW)
    duty.refresh_from_db()
    assert duty.note == ""
    assert duty.fulfilled_at is not None


def test_nobody_signed_in_has_no_duties(world: World) -> None:
    from gongzhi.common.access import ANONYMOUS

    with pytest.raises(SignInRequired):
        queries.mine(ANONYMOUS, TODAY)
    with pytest.raises(Forbidden):
        queries.mine(world.actor("resident"), TODAY)
