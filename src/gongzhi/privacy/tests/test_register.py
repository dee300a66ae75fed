"""The register: versions, assessments before use, levels, coverage of every column that holds something of a person."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from gongzhi.audit.models import Entry
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.registry import check_activity
from gongzhi.privacy import queries, rules
from gongzhi.privacy.actions import register
from gongzhi.privacy.models import ProcessingActivity
from tests.cast import NOW, World

WHY = "照街道 3 号文改"
ANSWERS = {"legal": "只办这件事", "impact": "熟人可能猜出", "risk": "文件丢失", "fit": "两个人批，有水印"}


def test_what_comes_with_the_product_is_registered_once(world: World, officer: Actor) -> None:
    known = queries.current().count()
    assert known == len(queries.shipped(dt.date(2026, 3, 18))) and known >= 15
    assert register.adopt_shipped(by=officer, at=NOW) == 0
    for row in queries.current():
        assert row.article and row.purpose and row.receivers and row.retention and row.measures, row.code


def test_what_needs_an_assessment_waits_for_it(world: World) -> None:
    """Sensitive, automated, published, given on: never in use by itself (个人信息保护法 55)."""
    waiting = {row.code for row in queries.waiting()}
    assert {"private_talk", "protected_report", "export", "story", "suggesting", "public_cases"} <= waiting
    for row in queries.current():
        assert row.in_use is not row.needs_assessment, row.code
        assert row.needs_assessment == rules.needs_assessment(row.level, row.traits)


def test_no_switching_on_without_an_assessment(world: World, officer: Actor) -> None:
    with pytest.raises(Conflict, match="not_assessed"):
        register.switch_activity(by=officer, at=NOW, code="export", in_use=True)
    with pytest.raises(Conflict, match="activity_off"):
        check_activity("export")
    row = queries.get_activity("export")
    with pytest.raises(IntegrityError, match="assessed_before_use"), transaction.atomic():
        ProcessingActivity.objects.filter(pk=row.pk).update(in_use=True)


def test_an_assessment_takes_two_people_and_four_answers(world: World, officer: Actor) -> None:
    with pytest.raises(Refused, match="missing_answer"):
        register.assess_activity(by=officer, at=NOW, code="export", answers={**ANSWERS, "risk": ""}, result="go")
    with pytest.raises(Refused, match="missing_result"):
        register.assess_activity(by=officer, at=NOW, code="export", answers=ANSWERS, result="")
    register.assess_activity(by=officer, at=NOW, code="export", answers=ANSWERS, result="go_with")
    with pytest.raises(Refused, match="own_assessment"):
        register.approve_assessment(by=officer, at=NOW, code="export")
    row = register.approve_assessment(by=world.actor("second_privacy_officer"), at=NOW, code="export")
    assert row.in_use and row.assessment["keep_until"] == "2029-03-18", "kept three years (56)"
    check_activity("export")


def test_what_must_not_be_done_is_not_approved(world: World, officer: Actor) -> None:
    register.assess_activity(by=officer, at=NOW, code="export", answers=ANSWERS, result="stop")
    with pytest.raises(Refused, match="assessed_stop"):
        register.approve_assessment(by=world.actor("second_privacy_officer"), at=NOW, code="export")


def test_a_wider_purpose_needs_a_new_assessment(world: World, officer: Actor, all_in_use: None) -> None:
    row = register.change_activity(by=officer, at=NOW, code="export", changes={"receivers": "所有单位"}, reason=WHY)
    assert not row.in_use and "approved_on" not in row.assessment
    versions = list(queries.versions_of("export").values_list("version", "valid_to"))
    assert [number for number, _ in versions] == [3, 2, 1] and versions[0][1] is None and versions[1][1] == NOW
    assert Entry.objects.filter(subject="activity:export", action="privacy.change_activity").exists()


@pytest.mark.parametrize("who", ["resident", "secretary", "auditor", "administrator"])
def test_only_the_privacy_officer_writes_the_register(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        register.switch_activity(by=world.actor(who), at=NOW, code="report", in_use=False)


def test_the_auditor_reads_it_all(world: World) -> None:
    assert queries.register_for(world.actor("auditor")).count() == queries.current().count()
    with pytest.raises(Forbidden):
        queries.register_for(world.actor("secretary"))


@pytest.mark.parametrize(
    ("column", "level"),
    [
        ("people.VaultValue.sealed", "L3"),
        ("cases.Reporter.contact", "L3"),
        ("cases.CaseEvent.note", "L4"),
        ("cases.WorkOrder.handler", "L2"),
    ],
)
def test_every_column_has_its_level(world: World, column: str, level: str) -> None:
    assert queries.level_of(column, dt.date(2026, 3, 18)) == level


def test_a_column_that_nobody_registered_has_no_level(world: World) -> None:
    with pytest.raises(Refused, match="not_classified"):
        queries.level_of("people.Person.shoe_size", dt.date(2026, 3, 18))


def test_the_numbers_are_the_laws(world: World) -> None:
    on = dt.date(2026, 3, 18)
    assert queries.number("rights_reply", "days", on) == 15
    assert queries.number("small_cell", "least", on) == 5
    assert queries.number("assessment_kept", "years", on) == 3
    assert queries.number("log_kept", "months", on) == 6
    assert queries.number("guardian_under", "years", on) == 14


def test_kept_until_knows_leap_days() -> None:
    assert rules.kept_until(dt.date(2024, 2, 29), 3) == dt.date(2027, 3, 1)
    assert rules.kept_until(dt.date(2026, 3, 18), 3) == dt.date(2029, 3, 18)


def test_logs_are_kept_six_months_at_least() -> None:
    rules.check_retention({"readings": 183}, 183)
    with pytest.raises(Refused, match="logs_too_short"):
        rules.check_retention({"readings": 182}, 183)


