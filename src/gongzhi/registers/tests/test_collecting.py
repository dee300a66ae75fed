"""Forms that may ask and forms that may not; facts once; conflicts; re-check; scenes that leave nothing behind."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from gongzhi.audit.actions import verify_trail
from gongzhi.audit.models import Entry
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.registry import holdings
from gongzhi.packs.field_contents import FieldDef
from gongzhi.people.actions import erase_account, grant_consent, say_minor, withdraw_consent
from gongzhi.people.actions.consenting import text_hash
from gongzhi.people.models import ConsentRecord
from gongzhi.places.models import Place
from gongzhi.registers import jobs
from gongzhi.registers.actions import asking, collecting, deleting, rechecking
from gongzhi.registers.models import CollectionTask, Fact, Form, Recheck
from gongzhi.registers.queries import facts as reading
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries import progress
from gongzhi.registers.rules.facts import hours, seconds_saved
from gongzhi.registers.tests import neighbourhood as street
from tests.cast import NOW, SETUP, World

TODAY = street.TODAY


@pytest.fixture
def homes(world: World) -> list[Place]:
    return street.build(world)


# A form before it may ask


@pytest.mark.req("N01")
def test_an_incomplete_form_is_refused_with_everything_that_is_missing(world: World, homes: list[Place]) -> None:
    form = street.draft(world, street.asked("dwelling.gas_kind"), purpose="", receiver="", notice="", basis="")
    with pytest.raises(Refused) as refused:
        asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    assert refused.value.code == "form_incomplete"
    assert set(refused.value.facts["codes"].split(",")) == {"purpose", "basis", "receiver", "notice"}


@pytest.mark.req("N01")
@pytest.mark.parametrize("column", ["purpose", "basis", "receiver", "notice", "basis_kind", "purpose_code"])
def test_the_database_itself_refuses_an_incomplete_form(world: World, homes: list[Place], column: str) -> None:
    form = street.approved(world, street.asked("dwelling.gas_kind"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Form.objects.filter(pk=form.pk).update(**{column: ""})


@pytest.mark.req("N01")
def test_the_database_refuses_no_reason_no_end_no_second_person(world: World, homes: list[Place]) -> None:
    form = street.approved(world, street.asked("dwelling.gas_kind"))
    wrong: list[dict[str, Any]] = [
        {"fields": [{"code": "dwelling.gas_kind", "why": ""}]},
        {"fields": []},
        {"closes_on": None},
        {"retention_days": 0},
        {"decided_by": form.asked_by},
        {"for_government": True},
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Form.objects.filter(pk=form.pk).update(**change)


@pytest.mark.req("N01")
def test_no_task_opens_without_an_approved_form(world: World, homes: list[Place]) -> None:
    form = street.draft(world, street.asked("dwelling.gas_kind"))
    with pytest.raises(Conflict):
        street.task_of(world, form)
    place = world.places["PC-1"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectionTask.objects.create(
            form=form, place=place, path=place.path, deadline=TODAY, opened_by="x", opened_at=NOW
        )


@pytest.mark.req("N01")
def test_an_accepted_task_was_asked_and_approved_by_two(world: World, homes: list[Place]) -> None:
    form = street.draft(world, street.asked("dwelling.gas_kind"))
    asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    with pytest.raises(Forbidden) as own:
        asking.decide_form(by=world.actor("secretary"), at=NOW, code=form.code, approved=True)
    assert own.value.code == "own_form"
    with pytest.raises(NotFound):
        asking.decide_form(by=world.actor("grid_member"), at=NOW, code=form.code, approved=True)
    asking.decide_form(by=world.actor("supervisor"), at=NOW, code=form.code, approved=True)
    task = street.task_of(world, form)
    assert task.form.status == "open"
    assert Entry.objects.filter(action="registers.open_task").exists()


def test_a_refusal_says_why(world: World, homes: list[Place]) -> None:
    form = street.draft(world, street.asked("dwelling.gas_kind"))
    asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    with pytest.raises(Refused):
        asking.decide_form(by=world.actor("supervisor"), at=NOW, code=form.code, approved=False)
    told = asking.decide_form(by=world.actor("supervisor"), at=NOW, code=form.code, approved=False, reason="重复了")
    assert (told.status, told.decision) == ("refused", "重复了")


@pytest.mark.req("N01")
def test_a_committee_asks_for_government_only_by_a_named_power(world: World, homes: list[Place]) -> None:
    form = street.draft(world, street.asked("dwelling.gas_kind"), for_government=True)
    with pytest.raises(Refused) as refused:
        asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    assert refused.value.facts["codes"] == "authority"
    again = street.draft(world, street.asked("dwelling.gas_kind"), for_government=True, authority="消防法 53")
    assert asking.send_in_form(by=world.actor("secretary"), at=NOW, code=again.code).status == "waiting"


def test_elsewhere_nobody_may_ask(world: World, homes: list[Place]) -> None:
    with pytest.raises(Forbidden):
        street.draft(world, street.asked("dwelling.gas_kind"), place="PC-2")
    with pytest.raises(Forbidden):
        street.draft(world, street.asked("dwelling.gas_kind"), by="grid_member")


# Facts once


@pytest.mark.req("N02")
def test_a_form_of_thirty_fields_of_which_twenty_four_fill_themselves(world: World) -> None:
    """一表通: what is known is shown with source and day, only the rest is asked, and the hours saved are counted."""
    (home,) = street.build(world, homes=1)
    fields = street.codes("safety")
    assert len(fields) == 30
    known = street.dictionary(TODAY).fields
    given = {code: _given(known[code]) for code in fields}
    for code in fields[:24]:
        street.tell(world, home, code, given[code])
    form = street.approved(world, street.asked(*fields))
    assert (form.overlap["held"], form.overlap["asked"]) == (24, 30)
    task = street.task_of(world, form)
    (row,) = progress.rows_of(task, task.path, TODAY)
    assert (row.held.known, row.held.asked, row.held.left) == (24, 30, 6)
    done = street.answer(world, task, home, {code: given[code] for code in fields[24:]}, confirm=True)
    assert (done.asked, done.confirmed, done.left) == (6, 24, 0)
    assert queries.cost_of(Fact.objects.filter(form=form)).prefilled == 24
    assert hours(seconds_saved(24 * 1000, 20)) == "133.3"


def _given(field: FieldDef) -> str:
    said = {"yes_no": "是", "date": "2026-01-05", "text": "门锁", "choice": (field.options or ("",))[0]}
    return said.get(field.kind, "3")


@pytest.fixture
def task(world: World, homes: list[Place]) -> CollectionTask:
    form = street.approved(world, street.asked("dwelling.gas_kind", "dwelling.wiring_ok", "dwelling.ebike_count"))
    return street.task_of(world, form)


def test_half_a_form_survives_and_only_the_rest_is_asked(
    world: World, homes: list[Place], task: CollectionTask
) -> None:
    first = street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气"})
    assert (first.asked, first.left) == (1, 2)
    again = street.answer(world, task, homes[0], {"dwelling.wiring_ok": "yes", "dwelling.ebike_count": "0"})
    assert again.left == 0
    assert Fact.objects.filter(subject=reading.place_subject(homes[0]).reference).count() == 3


def test_a_page_sent_twice_counts_once(world: World, homes: list[Place], task: CollectionTask) -> None:
    entry = uuid.uuid4()
    for _ in range(2):
        street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气"}, entry=entry)
    assert Fact.objects.count() == 1


def test_correcting_keeps_the_old_value_in_the_history(world: World, homes: list[Place], task: CollectionTask) -> None:
    street.tell(world, homes[0], "dwelling.ebike_count", "1")
    done = street.answer(world, task, homes[0], {"dwelling.ebike_count": "2"})
    assert done.corrected == 1
    stands = reading.standings(reading.place_subject(homes[0]).reference, TODAY)["dwelling.ebike_count"]
    assert (stands.fact.value, stands.sure) == (2, True)
    values = [fact.value for fact in reading.history_of(reading.place_subject(homes[0]).reference)]
    assert values == [2, 1]


@pytest.mark.req("N02")
def test_two_sources_that_differ_wait_for_somebody_to_choose(
    world: World, homes: list[Place], task: CollectionTask
) -> None:
    street.tell(world, homes[0], "dwelling.ebike_count", "1")
    right = street.tell(world, homes[0], "dwelling.ebike_count", "3", source="register:tenure")
    actor = world.actor("grid_member")
    assert len(reading.disputes_under(actor, TODAY, "registers.fill")) == 1
    (row,) = [row for row in progress.rows_of(task, task.path, TODAY) if row.code == homes[0].code]
    assert row.held.known == 0, "what is disputed is asked again"
    chosen = collecting.choose_fact(by=actor, at=NOW, fact_id=right.pk)
    assert (chosen.value, chosen.how, len(chosen.quotes)) == (3, "chosen", 2)
    assert reading.disputes_under(actor, TODAY, "registers.fill") == []
    with pytest.raises(Conflict):
        collecting.choose_fact(by=actor, at=NOW, fact_id=right.pk)


def test_facts_do_not_change_and_do_not_go(world: World, homes: list[Place]) -> None:
    fact = street.tell(world, homes[0], "dwelling.ebike_count", "1")
    for statement in (
        "UPDATE registers_fact SET value = '9' WHERE id = %s",
        "DELETE FROM registers_fact WHERE id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [fact.pk])


def test_who_may_not_answer(world: World, homes: list[Place], task: CollectionTask) -> None:
    with pytest.raises(NotFound):
        street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气"}, by="other_grid_member")
    with pytest.raises(NotFound):
        street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气"}, by="resident")
    asking.close_form(by=world.actor("supervisor"), at=NOW, code=task.form.code)
    with pytest.raises(Conflict):
        street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气"})


def test_empty_answers_are_no_answers(world: World, homes: list[Place], task: CollectionTask) -> None:
    with pytest.raises(Refused) as refused:
        street.answer(world, task, homes[0], {})
    assert refused.value.code == "nothing_answered"


# What others ask already, and what it costs


@pytest.mark.req("N02")
def test_a_form_that_asks_again_is_shown_before_it_is_approved(
    world: World, homes: list[Place], task: CollectionTask
) -> None:
    street.tell(world, homes[0], "dwelling.smoke_alarm", "no")
    again = street.draft(world, street.asked("dwelling.gas_kind", "dwelling.smoke_alarm"), title="燃气大排查")
    sent = asking.send_in_form(by=world.actor("secretary"), at=NOW, code=again.code)
    assert sent.overlap["fields"] == 1
    assert sent.overlap["twice"][0][:2] == ["dwelling.gas_kind", task.form.code]
    assert (sent.overlap["held"], sent.overlap["asked"]) == (1, 6)


def test_the_burden_of_each_unit_is_counted(world: World, homes: list[Place], task: CollectionTask) -> None:
    street.tell(world, homes[0], "dwelling.ebike_count", "1")
    given = {"dwelling.gas_kind": "不用气", "dwelling.wiring_ok": "yes"}
    street.answer(world, task, homes[0], given, confirm=True)
    (row,) = queries.burden_by_unit(world.actor("supervisor"))
    assert (row.unit, row.forms, row.asked, row.avoided) == ("柳园社区居委会", 1, 2, 1)
    assert row.percent_avoided == 33


# Re-check


@pytest.fixture
def answered(world: World, homes: list[Place], task: CollectionTask) -> CollectionTask:
    for home in homes:
        given = {"dwelling.gas_kind": "不用气", "dwelling.wiring_ok": "yes", "dwelling.ebike_count": "1"}
        street.answer(world, task, home, given)
    return asking.close_task(by=world.actor("secretary"), at=NOW, task_id=task.pk)


@pytest.mark.req("N01")
def test_a_second_person_asks_again_and_the_accuracy_has_its_interval(world: World, answered: CollectionTask) -> None:
    rows = rechecking.draw_recheck(by=world.actor("secretary"), at=NOW, task_id=answered.pk)
    assert len(rows) == 5
    answered.refresh_from_db()
    assert rechecking.sample_holds(answered)
    for number, row in enumerate(Recheck.objects.select_related("fact").order_by("pk")):
        value = row.fact.value
        given = {True: "yes"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        if number == 0:
            given = {"dwelling.gas_kind": "瓶装液化气", "dwelling.wiring_ok": "no", "dwelling.ebike_count": "4"}[
                row.fact.field
            ]
        rechecking.record_recheck(by=world.actor("secretary"), at=NOW, recheck_id=row.pk, given=given)
    share = queries.accuracy(answered)
    assert (share.part, share.whole, share.percent) == (4, 5, 80)
    assert share.low is not None
    assert share.high is not None
    assert share.low < 80 < share.high
    assert len(reading.disputes_under(world.actor("grid_member"), TODAY, "registers.fill")) == 1
    assert progress.progress_of(answered, answered.path, TODAY).answers.whole == 9


@pytest.mark.req("N01")
def test_nobody_checks_their_own_answer_and_nobody_draws_twice(world: World, answered: CollectionTask) -> None:
    with pytest.raises(Forbidden):
        rechecking.draw_recheck(by=world.actor("patch_lead"), at=NOW, task_id=answered.pk)
    row = rechecking.draw_recheck(by=world.actor("secretary"), at=NOW, task_id=answered.pk)[0]
    with pytest.raises(Conflict):
        rechecking.draw_recheck(by=world.actor("secretary"), at=NOW, task_id=answered.pk)
    with pytest.raises(Forbidden):
        rechecking.record_recheck(by=world.actor("grid_member"), at=NOW, recheck_id=row.pk, given="1")


def test_a_running_task_is_not_drawn_from(world: World, homes: list[Place], task: CollectionTask) -> None:
    with pytest.raises(Conflict):
        rechecking.draw_recheck(by=world.actor("secretary"), at=NOW, task_id=task.pk)


# Scenes


def _scene_form(world: World) -> Form:
    place, by = world.places["PC-1"], world.actor("supervisor")
    scene = deleting.begin_scene(
        by=by, at=NOW, name="flood", place=place, order="防指〔2026〕3 号", until=TODAY + dt.timedelta(days=7)
    )
    words = {**street.WORDS, "title": "转移摸底", "purpose_code": "flood", "basis_kind": "emergency"}
    words |= {"basis": scene.basis, "retention_days": 30, "closes_on": scene.until}
    form = asking.draw_up_form(
        by=world.actor("secretary"),
        at=NOW,
        place=place,
        values=words,
        fields=street.asked("flood.people_home", "flood.need_transfer"),
        scene=scene,
    )
    asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    return asking.decide_form(by=by, at=NOW, code=form.code, approved=True)


@pytest.mark.req("N01")
@pytest.mark.req("K07", where="/registers/scenes/")
def test_a_scene_is_deleted_when_it_is_switched_off_and_the_trail_still_holds(world: World, homes: list[Place]) -> None:
    kept = street.tell(world, homes[0], "dwelling.ebike_count", "1")
    form = _scene_form(world)
    task = street.task_of_until(world, form)
    for home in homes:
        street.answer(world, task, home, {"flood.people_home": "3", "flood.need_transfer": "no"})
    ended = deleting.end_scene(by=world.actor("supervisor"), at=NOW, scene_id=form.scene_id or 0)
    assert ended.deleted == 6
    assert list(Fact.objects.values_list("pk", flat=True)) == [kept.pk]
    form.refresh_from_db()
    assert form.status == "closed"
    assert Entry.objects.get(action="registers.end_scene").changes["deleted"] == 6
    assert verify_trail(by=SETUP, at=NOW).valid
    with pytest.raises(Conflict):
        street.answer(world, task, homes[0], {"flood.people_home": "3"})


def test_a_scene_ends_by_itself(world: World, homes: list[Place]) -> None:
    form = _scene_form(world)
    task = street.task_of_until(world, form)
    street.answer(world, task, homes[0], {"flood.people_home": "3"})
    jobs.forget_old_facts(NOW + dt.timedelta(days=6))
    assert Fact.objects.count() == 1
    jobs.forget_old_facts(NOW + dt.timedelta(days=8))
    assert Fact.objects.count() == 0


def test_without_an_order_there_is_no_scene_and_no_emergency_form(world: World, homes: list[Place]) -> None:
    place = world.places["PC-1"]
    common: dict[str, Any] = {"at": NOW, "name": "flood", "place": place}
    with pytest.raises(Refused):
        deleting.begin_scene(by=world.actor("supervisor"), order="", until=TODAY, **common)
    with pytest.raises(Refused):
        late = TODAY + dt.timedelta(days=90)
        deleting.begin_scene(by=world.actor("supervisor"), order="防指 3 号", until=late, **common)
    with pytest.raises(Forbidden):
        deleting.begin_scene(by=world.actor("grid_member"), order="防指 3 号", until=TODAY, **common)
    form = street.draft(world, street.asked("flood.people_home"), purpose_code="flood", basis_kind="emergency")
    with pytest.raises(Refused) as refused:
        asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    assert {"scene", "dictionary"} <= set(refused.value.facts["codes"].split(","))


# About people


@pytest.fixture
def own(world: World, homes: list[Place]) -> CollectionTask:
    words = {"about": "person", "purpose_code": "service", "basis_kind": "consent", "basis": "本人同意"}
    form = street.approved(world, street.asked("person.skill", "person.free_time"), **words)
    return street.task_of(world, form)


def _say(world: World, task: CollectionTask, *, agreed: bool = True, name: str = "resident") -> collecting.Answered:
    return collecting.answer_for_myself(
        by=world.actor(name),
        at=NOW,
        task_id=task.pk,
        given={"person.skill": "会修水管"},
        confirm=False,
        agreed=agreed,
        entry=uuid.uuid4(),
    )


def test_what_one_says_about_oneself_is_sealed_exported_and_taken_back(world: World, own: CollectionTask) -> None:
    with pytest.raises(Refused):
        _say(world, own, agreed=False)
    _say(world, own)
    fact = Fact.objects.get()
    assert fact.value is None
    assert "会修水管".encode() not in bytes(fact.sealed or b"")
    person = world.people["resident"].pk
    export = {one.room: one.export_for(person) for one in holdings()}["registers-facts"]
    assert [row["value"] for row in export["facts"]] == ["会修水管"]
    assert deleting.take_back(by=world.actor("resident"), at=NOW, form_code=own.form.code) == 1
    assert not Fact.objects.exists()
    with pytest.raises(NotFound):
        deleting.take_back(by=world.actor("resident"), at=NOW, form_code=own.form.code)


@pytest.mark.req("N01", where="/my/consents/")
def test_agreeing_to_a_form_is_kept_and_withdrawing_it_anywhere_ends_its_facts(
    world: World, own: CollectionTask
) -> None:
    person, by = world.people["resident"], world.actor("resident")
    _say(world, own)
    consent = ConsentRecord.objects.get(person=person, purpose=own.form.reference)
    told = queries.consent_of(own.form.reference)
    assert told is not None and own.form.notice in told.words and consent.text_hash == text_hash(told)
    _say(world, own, agreed=False)
    assert ConsentRecord.objects.count() == 1, "who has agreed is not asked again"
    withdraw_consent(by=by, at=NOW, purpose=own.form.reference)
    assert not Fact.objects.filter(person=person).exists()
    consent.refresh_from_db()
    assert consent.withdrawn_at == NOW
    with pytest.raises(Refused, match="consent_missing"):
        _say(world, own, agreed=False)
    _say(world, own)
    say_minor(by=by, at=NOW, minor=True)
    assert not Fact.objects.filter(person=person).exists(), "what a child agreed to alone ends with its facts"
    with pytest.raises(Refused, match="guardian_needed"):
        _say(world, own)


def test_a_form_that_does_not_rest_on_consent_is_no_consent(world: World, homes: list[Place]) -> None:
    with pytest.raises(NotFound):
        grant_consent(by=world.actor("resident"), at=NOW, purpose="form:F-NONE", version="1")
    form = street.approved(world, street.asked("dwelling.gas_kind"))
    assert queries.consent_of(form.reference) is None


def test_erasing_an_account_takes_its_facts_along(world: World, own: CollectionTask) -> None:
    _say(world, own)
    erase_account(by=world.actor("resident"), at=NOW, person=world.people["resident"])
    assert not Fact.objects.exists()
    assert verify_trail(by=SETUP, at=NOW).valid


def test_no_grid_member_writes_about_a_person(world: World, own: CollectionTask, homes: list[Place]) -> None:
    with pytest.raises(NotFound):
        street.answer(world, own, homes[0], {"person.skill": "会修水管"})
    with pytest.raises(Refused):
        street.tell(world, homes[0], "person.skill", "会修水管", purpose="service")


# How long


@pytest.mark.req("N01")
def test_expired_answers_are_deleted_with_their_count_in_the_trail(
    world: World, homes: list[Place], task: CollectionTask
) -> None:
    street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气", "dwelling.ebike_count": "1"})
    assert jobs.forget_old_facts(NOW + dt.timedelta(days=180)) == 0
    assert jobs.forget_old_facts(NOW + dt.timedelta(days=181)) == 2
    entry = Entry.objects.get(action="registers.forget_expired")
    assert entry.changes == {"count": 2, "of": {"dwelling.ebike_count": 1, "dwelling.gas_kind": 1}}
    assert verify_trail(by=SETUP, at=NOW).valid
