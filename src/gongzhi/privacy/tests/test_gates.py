"""What is not in use is not done: every activity of the shipped register, switched off, refuses what it stands for."""

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongzhi.audit.imports import import_workbook
from gongzhi.ballots.actions.rolls import freeze_roll
from gongzhi.cases.actions.calling import draw_callbacks
from gongzhi.cases.queries.published import public_page
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import activity_on, check_activity
from gongzhi.deliberation.actions.opening import Opening, open_course
from gongzhi.disclosure.actions import post_message
from gongzhi.disclosure.rules import Said
from gongzhi.duties.actions.fulfilling import fulfil_duty
from gongzhi.exchange.actions import Wanted, claim_offer
from gongzhi.exchange.tests.conftest import load_sharing, offer
from gongzhi.gatherings.actions.topics import second_topic
from gongzhi.ledger.actions import open_fund
from gongzhi.ledger.actions.persons import join
from gongzhi.notifications.actions import notify_person
from gongzhi.notifications.models import Notice
from gongzhi.partnerships.actions import Drafted, draft_agreement
from gongzhi.people import actions as people
from gongzhi.people.rules import CONSENTS
from gongzhi.privacy import queries, rules
from gongzhi.privacy.actions import exports, register
from gongzhi.privacy.models import ProcessingActivity
from gongzhi.projects.actions import open_problem
from gongzhi.publications.actions.writing import begin_publication
from gongzhi.registers.actions import bringing
from gongzhi.registers.actions.deleting import begin_scene
from gongzhi.registers.tests import neighbourhood as street
from gongzhi.volunteering.actions import register as register_volunteer
from tests.cast import NOW, SETUP, World

REASON = "明天上午停水，逐户打电话。"
Report = Callable[..., Any]
Doing = Callable[[World, Report], Any]


def _sign_up(world: World, report: Report) -> Any:
    code = people.issue_code(by=ANONYMOUS, at=NOW, contact="13700009999")
    return people.redeem_code(by=ANONYMOUS, at=NOW, contact="13700009999", code=code)


def _agree(purpose: str) -> Doing:
    def agree(world: World, report: Report) -> Any:
        version = CONSENTS[purpose].version
        return people.grant_consent(by=world.actor("resident"), at=NOW, purpose=purpose, version=version)

    return agree


def _import(world: World, report: Report) -> Any:
    by = world.actor("administrator")
    return import_workbook([], kind="people", by=by, at=NOW, folder=Path("unused"), dry_run=True)


def _ask_people(world: World, report: Report) -> Any:
    street.build(world, homes=1)
    return street.task_of(world, street.approved(world, street.asked("dwelling.gas_kind")))


def _exchange(world: World, report: Report) -> Any:
    street.build(world, homes=1)
    return street.grant(world)


def _scene(world: World, report: Report) -> Any:
    street.build(world, homes=1)
    by, place = world.actor("supervisor"), world.places["PC"]
    return begin_scene(by=by, at=NOW, name="flood", place=place, order="防指 3 号", until=NOW.date())


def _publish(world: World, report: Report) -> Any:
    text: Any = None
    return begin_publication(
        by=world.actor("secretary"), at=NOW, kind="none", place=world.places["PC-1"], text=text, subject=text
    )


def _care(world: World, report: Report) -> Any:
    load_sharing()
    row = offer(world, "day_care", title="日间照料", hours=[])
    return claim_offer(by=world.actor("resident"), at=NOW, number=row.number, wanted=Wanted())


def _member(world: World, report: Report) -> Any:
    by, body = world.actor("secretary"), world.units["committee-1"]
    return people.keep_member(by=by, at=NOW, branch=body, contact="13700009999", name="演示", category="direct")


DOING: dict[str, Doing] = {
    "account": _sign_up,
    "report": lambda world, report: report(),
    "private_talk": lambda world, report: report(category="dispute"),
    "protected_report": lambda world, report: report(
        channel="conduct", about_unit_id=world.units["property-1"].pk, text="物业经办收了钱不开票。"
    ),
    "party_members": _member,
    "imports": _import,
    "callback": lambda world, report: draw_callbacks(
        by=world.actor("supervisor"), at=NOW, place="PC", week="2026-W10"
    ),
    "story": _agree("story"),
    "publication_named": _agree("publication"),
    "public_cases": lambda world, report: public_page(NOW),
    "export": lambda world, report: exports.ask_export(
        by=world.actor("dispatcher"), at=NOW, reason=REASON, scope="status=open"
    ),
    "tenure": lambda world, report: bringing.bring_tenures(by=SETUP, at=NOW, rows=[]),
    "facts": _ask_people,
    "exchange": _exchange,
    "emergency": _scene,
    "publications": _publish,
    "duties": lambda world, report: fulfil_duty(by=world.actor("secretary"), at=NOW, duty_id=uuid.uuid4()),
    "gatherings": lambda world, report: second_topic(by=world.actor("resident"), at=NOW, number="YT-000000-00000"),
    "ballots": lambda world, report: freeze_roll(
        by=world.actor("secretary"), at=NOW, place=world.places["PC-1"], kind="owners", measures=["heads"], entries=[]
    ),
    "projects": lambda world, report: open_problem(
        by=world.actor("secretary"), at=NOW, place=world.places["PC-1"], name="x", source="case:none"
    ),
    "ledger": lambda world, report: open_fund(
        by=world.actor("supervisor"), at=NOW, kind="none", name="x", place=world.places["PC-1"], host="x", proof="x",
        organization=world.units["committee-1"], opened_on=NOW.date(),
    ),
    "points": lambda world, report: join(by=world.actor("resident"), at=NOW, number="none"),
    "care": _care,
    "volunteering": lambda world, report: register_volunteer(by=world.actor("resident"), at=NOW, of_age=True),
    "neighbourhood": lambda world, report: post_message(
        by=world.actor("resident"), at=NOW, place=world.places["PC-1"], kind="none", said=Said("x")
    ),
    "partnerships": lambda world, report: draft_agreement(
        by=world.actor("secretary"), at=NOW, drafted=Drafted("none", "x", world.places["PC-1"], (), NOW.date())
    ),
    "sharing": lambda world, report: claim_offer(
        by=world.actor("resident"), at=NOW, number="GJ0000", wanted=Wanted()
    ),
    "deliberation": lambda world, report: open_course(
        by=world.actor("secretary"), at=NOW, body=world.units["committee-1"], name="none", opening=Opening("修灯", "x")
    ),
}
# Without these the work goes on, only nothing is suggested and nobody is written to.
QUIET = {"suggesting", "notices"}


def _off(officer: Actor, code: str) -> None:
    register.switch_activity(by=officer, at=NOW, code=code, in_use=False)


def _code(doing: Doing, world: World, report: Report) -> str:
    try:
        doing(world, report)
    except Refused as refused:
        return refused.code
    return ""


def test_every_shipped_activity_is_held_or_must_stay_on(world: World) -> None:
    shipped = {rule.code for rule in queries.shipped(dt.date(2026, 3, 18))}
    assert set(DOING) | QUIET | rules.STAY_ON == shipped


@pytest.mark.usefixtures("all_in_use")
@pytest.mark.parametrize("code", sorted(DOING))
def test_what_is_switched_off_is_refused_with_its_name(
    world: World, officer: Actor, report: Report, code: str
) -> None:
    _off(officer, code)
    with pytest.raises(Conflict) as refused:
        DOING[code](world, report)
    assert refused.value.code == "activity_off"
    assert refused.value.facts["title"] == queries.get_activity(code).title


@pytest.mark.usefixtures("all_in_use")
@pytest.mark.parametrize("code", sorted(DOING))
def test_what_is_in_use_is_not_held_back(world: World, report: Report, code: str) -> None:
    assert _code(DOING[code], world, report) != "activity_off"


def test_what_waits_for_its_assessment_is_refused(world: World, report: Report) -> None:
    """As the packs bring it: nobody approved anything yet (个人信息保护法 55)."""
    for row in queries.waiting():
        if row.code not in QUIET:
            assert _code(DOING[row.code], world, report) == "activity_off", row.code


@pytest.mark.usefixtures("all_in_use")
def test_without_suggesting_and_notices_the_work_goes_on(world: World, officer: Actor, report: Report) -> None:
    assert report().category
    for code in QUIET:
        _off(officer, code)
    before = Notice.objects.count()
    case = report("neighbour")
    assert not case.category and case.status == "reported"
    person = world.people["resident"].pk
    notify_person(
        by=SETUP, at=NOW, person_id=person, kind="case_reported", params={"number": case.number},
        subject=case.reference, dedupe_key="once",
    )  # fmt: skip
    assert Notice.objects.count() == before


@pytest.mark.parametrize("code", sorted(rules.STAY_ON))
def test_some_never_stop(world: World, officer: Actor, code: str) -> None:
    with pytest.raises(Conflict, match="must_stay_on"):
        _off(officer, code)
    assert activity_on(code)


def test_what_is_not_registered_is_not_done(world: World) -> None:
    with pytest.raises(Conflict, match="activity_off"):
        check_activity("face_search")
    ProcessingActivity.objects.all().delete()
    check_activity("report")  # before the register is entered, nothing can be held back by it
