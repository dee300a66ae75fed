"""Registering, signing up, codes, confirming, back-entry, reversal, certificates: each refusal beside its success."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.notifications.models import OutboxEvent
from gongzhi.volunteering import actions, queries
from gongzhi.volunteering.actions.joining import erase_volunteering, export_volunteering
from gongzhi.volunteering.models import Activity, ServiceRecord, SignUp, Volunteer
from gongzhi.volunteering.tests.conftest import ENDS, STARTS, called, signed
from tests.cast import NOW, World

LATER = ENDS + dt.timedelta(hours=1)


def use(world: World, activity: Activity, name: str, what: str, at: dt.datetime) -> SignUp:
    code = queries.code_of(activity, what)
    return actions.use_code(by=world.actor(name, at), at=at, number=activity.gathering.number, code=code)


def served(world: World, activity: Activity, name: str = "resident") -> None:
    signed(world, activity, name)
    use(world, activity, name, "start", activity.gathering.starts_at)
    use(world, activity, name, "end", activity.gathering.ends_at)


def recorded(world: World, **more: Any) -> ServiceRecord:
    activity = called(world, **more)
    served(world, activity)
    return actions.confirm(by=world.actor("secretary"), at=LATER, number=activity.gathering.number)[0]


def test_one_registers_and_leaves_of_ones_own_will(world: World) -> None:
    resident = world.actor("resident")
    with pytest.raises(SignInRequired):
        actions.register(by=ANONYMOUS, at=NOW, of_age=True)
    with pytest.raises(Refused, match="guardian_needed"):
        actions.register(by=resident, at=NOW, of_age=False)
    with pytest.raises(Refused, match="not_registered"):
        actions.leave(by=resident, at=NOW)
    first = actions.register(by=resident, at=NOW, of_age=False, guardian=True)
    assert actions.register(by=resident, at=NOW, of_age=True) == first
    assert actions.leave(by=resident, at=LATER).left_at == LATER
    assert actions.register(by=resident, at=LATER, of_age=True) != first


def test_a_team_has_a_badge_of_the_pack_and_members_come_and_go(world: World) -> None:
    body = world.units["committee-1"]
    with pytest.raises(Forbidden):
        actions.name_team(by=world.actor("resident"), at=NOW, body=body, badge="red_cap")
    with pytest.raises(Refused, match="bad_badge"):
        actions.name_team(by=world.actor("secretary"), at=NOW, body=body, badge="none")
    team = actions.name_team(by=world.actor("secretary"), at=NOW, body=body, badge="red_cap")
    resident = world.actor("resident")
    with pytest.raises(Refused, match="not_registered"):
        actions.join_team(by=resident, at=NOW, team=team.pk)
    actions.register(by=resident, at=NOW, of_age=True)
    with pytest.raises(NotFound, match="no_team"):
        actions.join_team(by=resident, at=NOW, team=0)
    assert actions.join_team(by=resident, at=NOW, team=team.pk) == actions.join_team(by=resident, at=NOW, team=team.pk)
    assert [one.members for one in queries.teams()] == [1]
    actions.leave_team(by=resident, at=NOW, team=team.pk)
    assert [one.members for one in queries.teams()] == [0]


def test_who_may_call_an_activity_and_which(world: World) -> None:
    with pytest.raises(Refused, match="bad_activity_kind"):
        called(world, kind="council")
    with pytest.raises(Refused, match="bad_capacity"):
        called(world, capacity=0)
    with pytest.raises(Refused, match="bad_service"):
        called(world, services=["clinic"])
    fair = called(world, kind="fair", services=["clinic", "haircut"])
    assert fair.gathering.status == "noticed" and fair.gathering.public
    again = called(world, kind="residents_day", every="month")
    assert again.gathering.series is not None


def test_where_somebody_could_be_hurt_they_are_insured_first(world: World) -> None:
    """志愿服务条例 17: by the action, and by the database."""
    with pytest.raises(Refused, match="not_insured"):
        called(world, risky=True, insurance=" ")
    assert not Activity.objects.exists()
    safe = called(world)
    activity = called(world, hours=24, risky=True, insurance="演示保险 意外险 2026 年底前有效")
    assert activity.risky and activity.insurance.startswith("演示保险")
    with pytest.raises(IntegrityError, match="volunteering_risky_is_insured"), transaction.atomic():
        Activity.objects.filter(pk=safe.pk).update(risky=True)


def test_places_are_as_many_as_are_wanted(world: World) -> None:
    activity = called(world, capacity=1)
    number = activity.gathering.number
    with pytest.raises(Refused, match="not_registered"):
        actions.sign_up(by=world.actor("resident"), at=NOW, number=number)
    mine = signed(world, activity)
    assert signed(world, activity) == mine
    with pytest.raises(Conflict, match="activity_full"):
        signed(world, activity, "neighbour")
    actions.cancel(by=world.actor("resident"), at=NOW, number=number)
    assert signed(world, activity, "neighbour").person_id == world.people["neighbour"].pk
    with pytest.raises(Refused, match="not_signed_up"):
        actions.cancel(by=world.actor("resident"), at=NOW, number=number)
    with pytest.raises(Conflict, match="activity_over"):
        actions.sign_up(by=world.actor("neighbour"), at=ENDS, number=number)


def test_a_booth_is_one_of_the_fair(world: World) -> None:
    fair = called(world, kind="fair", services=["clinic"])
    resident, number = world.actor("resident"), fair.gathering.number
    actions.register(by=resident, at=NOW, of_age=True)
    with pytest.raises(Refused, match="bad_service"):
        actions.sign_up(by=resident, at=NOW, number=number, service="haircut")
    assert actions.sign_up(by=resident, at=NOW, number=number, service="clinic").service == "clinic"


def test_codes_work_in_their_window_for_who_signed_up(world: World) -> None:
    activity = called(world)
    with pytest.raises(Refused, match="not_signed_up"):
        use(world, activity, "neighbour", "start", STARTS)
    signed(world, activity)
    with pytest.raises(Refused, match="wrong_code"):
        actions.use_code(by=world.actor("resident"), at=STARTS, number=activity.gathering.number, code="no")
    with pytest.raises(Refused, match="code_not_yet"):
        use(world, activity, "resident", "start", NOW)
    with pytest.raises(Refused, match="not_started"):
        use(world, activity, "resident", "end", ENDS)
    late = use(world, activity, "resident", "start", STARTS + dt.timedelta(minutes=20))
    assert late.late
    with pytest.raises(Conflict, match="came_already"):
        actions.cancel(by=world.actor("resident"), at=STARTS, number=activity.gathering.number)
    with pytest.raises(Refused, match="code_over"):
        use(world, activity, "resident", "end", ENDS + dt.timedelta(hours=3))
    left = use(world, activity, "resident", "end", ENDS)
    assert left.left_at == ENDS
    made = actions.confirm(by=world.actor("secretary"), at=LATER, number=activity.gathering.number)
    assert [one.minutes for one in made] == [100]


def test_the_one_helped_confirms_and_nobody_for_oneself(world: World) -> None:
    activity = called(world)
    served(world, activity)
    number, code = activity.gathering.number, queries.code_of(activity, "helped")
    with pytest.raises(Forbidden, match="not_leader"):
        actions.confirm(by=world.actor("neighbour"), at=LATER, number=number)
    with pytest.raises(Refused, match="wrong_code"):
        actions.confirm(by=world.actor("neighbour"), at=LATER, number=number, code="no")
    with pytest.raises(Forbidden, match="own_record"):
        actions.confirm(by=world.actor("resident"), at=LATER, number=number, code=code)
    (made,) = actions.confirm(by=world.actor("neighbour"), at=LATER, number=number, code=code)
    assert (made.minutes, made.how, made.confirmed_by_id) == (120, "codes", world.people["neighbour"].pk)
    event = OutboxEvent.objects.get(topic="volunteering.served")
    assert event.payload == {
        "record": str(made.pk),
        "person": str(world.people["resident"].pk),
        "minutes": 120,
        "organization": world.units["committee-1"].pk,
        "path": activity.gathering.path,
        "how": "codes",
        "on": "2026-03-20",
    }
    with pytest.raises(Refused, match="nobody_to_confirm"):
        actions.confirm(by=world.actor("neighbour"), at=LATER, number=number, code=code)


def test_a_leader_who_serves_does_not_confirm_oneself(world: World) -> None:
    activity = called(world)
    served(world, activity, "secretary")
    mine = SignUp.objects.get()
    number = activity.gathering.number
    with pytest.raises(Forbidden, match="own_record"):
        actions.confirm(by=world.actor("secretary"), at=LATER, number=number, signups=[mine.pk])
    with pytest.raises(Refused, match="nobody_to_confirm"):
        actions.confirm(by=world.actor("secretary"), at=LATER, number=number)
    assert len(actions.confirm(by=world.actor("supervisor"), at=LATER, number=number)) == 1


def test_nobody_serves_at_two_places_at_once(world: World) -> None:
    first, second = called(world), called(world)
    served(world, first)
    served(world, second)
    secretary = world.actor("secretary")
    made = actions.confirm(by=secretary, at=LATER, number=first.gathering.number)[0]
    with pytest.raises(Conflict, match="time_overlaps"):
        actions.confirm(by=secretary, at=LATER, number=second.gathering.number)
    made.pk = None
    with pytest.raises(IntegrityError, match="one_place_at_a_time"), transaction.atomic():
        ServiceRecord.objects.create(
            person_id=made.person_id, host_id=made.host_id, path=made.path, kind=made.kind, minutes=60, how="codes",
            starts_at=STARTS + dt.timedelta(hours=1), ends_at=ENDS + dt.timedelta(hours=1),
            confirmed_by_id=made.confirmed_by_id, made_at=LATER,
        )  # fmt: skip
    following = called(world, hours=2)
    served(world, following)
    assert actions.confirm(by=secretary, at=LATER + dt.timedelta(hours=2), number=following.gathering.number)


def enter(world: World, name: str, signup: SignUp, **more: Any) -> Any:
    given = {"starts_at": STARTS, "ends_at": ENDS, "reason": "手机没电了", **more}
    return actions.enter_back(by=world.actor(name), at=LATER, signup=signup.pk, **given)


def test_what_is_entered_afterwards_is_another_class_and_needs_two(world: World) -> None:
    activity = called(world)
    mine = signed(world, activity)
    with pytest.raises(Forbidden):
        enter(world, "neighbour", mine)
    with pytest.raises(Refused, match="missing_reason"):
        enter(world, "secretary", mine, reason=" ")
    entry = enter(world, "secretary", mine)
    with pytest.raises(Conflict, match="recorded_already"):
        enter(world, "secretary", mine)
    assert not ServiceRecord.objects.exists()
    for name, code in (("secretary", "second_person"), ("neighbour", "forbidden")):
        with pytest.raises(Forbidden, match=code):
            actions.decide_back(by=world.actor(name), at=LATER, entry=entry.pk, approved=True)
    assert [one.pk for one in queries.waiting_for(world.actor("supervisor"))] == [entry.pk]
    assert queries.waiting_for(world.actor("secretary")) == []
    actions.decide_back(by=world.actor("supervisor"), at=LATER, entry=entry.pk, approved=True)
    made = ServiceRecord.objects.get()
    assert (made.how, made.minutes) == ("staff", 120)
    assert OutboxEvent.objects.get(topic="volunteering.served").payload["how"] == "staff"
    with pytest.raises(NotFound, match="no_back_entry"):
        actions.decide_back(by=world.actor("supervisor"), at=LATER, entry=entry.pk, approved=True)


def test_a_refused_back_entry_makes_nothing(world: World) -> None:
    entry = enter(world, "secretary", signed(world, called(world)))
    actions.decide_back(by=world.actor("supervisor"), at=LATER, entry=entry.pk, approved=False)
    assert not ServiceRecord.objects.exists()


def test_a_record_stays_and_a_reversal_frees_its_time(world: World) -> None:
    made = recorded(world)
    for change in (lambda: ServiceRecord.objects.update(minutes=999), lambda: ServiceRecord.objects.all().delete()):
        with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
            change()
    with pytest.raises(Forbidden):
        actions.reverse(by=world.actor("neighbour"), at=LATER, number=made.pk, reason="人没来")
    with pytest.raises(Refused, match="missing_reason"):
        actions.reverse(by=world.actor("secretary"), at=LATER, number=made.pk, reason="")
    actions.reverse(by=world.actor("secretary"), at=LATER, number=made.pk, reason="时间记错了")
    made.refresh_from_db()
    assert made.reversed_at == LATER and made.minutes == 120
    with pytest.raises(NotFound, match="no_record"):
        actions.reverse(by=world.actor("secretary"), at=LATER, number=made.pk, reason="时间记错了")
    assert actions.confirm(by=world.actor("secretary"), at=LATER, number=made.activity.gathering.number)  # type: ignore[union-attr]


def test_a_certificate_says_what_the_record_says(world: World) -> None:
    made, resident = recorded(world), world.actor("resident")
    day, host = made.starts_at.date(), made.host_id
    with pytest.raises(Refused, match="bad_period"):
        actions.issue_certificate(by=resident, at=LATER, host=host, first=day, last=day - dt.timedelta(days=1))
    with pytest.raises(Refused, match="nothing_to_certify"):
        actions.issue_certificate(by=world.actor("neighbour"), at=LATER, host=host, first=day, last=day)
    given = actions.issue_certificate(by=resident, at=LATER, host=host, first=day, last=day)
    assert given.minutes == 120
    assert actions.issue_certificate(by=resident, at=LATER, host=host, first=day, last=day) == given
    found = queries.verify(given.code.lower())
    assert found is not None and found.holds and found.name.startswith("演") and "resident" not in found.name
    assert queries.verify("ZY-000000-NONE") is None
    with pytest.raises(Forbidden):
        actions.revoke_certificate(by=resident, at=LATER, code=given.code)
    actions.revoke_certificate(by=world.actor("secretary"), at=LATER, code=given.code)
    again = queries.verify(given.code)
    assert again is not None and not again.holds


def test_a_certificate_of_a_reversed_record_holds_no_more(world: World) -> None:
    made = recorded(world)
    day = made.starts_at.date()
    given = actions.issue_certificate(by=world.actor("resident"), at=LATER, host=made.host_id, first=day, last=day)
    actions.reverse(by=world.actor("secretary"), at=LATER, number=made.pk, reason="时间记错了")
    found = queries.verify(given.code)
    assert found is not None and not found.holds


def test_an_activity_is_finished_by_who_holds_it(world: World) -> None:
    number = called(world).gathering.number
    with pytest.raises(Forbidden):
        actions.finish(by=world.actor("resident"), at=ENDS, number=number, said="扫了楼道")
    ended = actions.finish(by=world.actor("secretary"), at=ENDS, number=number, said="扫了楼道")
    assert ended.gathering.status == "closed"


def test_few_are_not_counted_out_loud(world: World) -> None:
    recorded(world)
    done = {one.name: one for one in queries.done_by_group(world.actor("secretary"), NOW.date())}
    assert (done["志愿服务"].sessions, done["志愿服务"].people, done["志愿服务"].minutes) == (1, None, None)
    assert all(one.sessions == 0 for one in queries.done_by_group(world.actor("outsider"), NOW.date()))


def test_what_is_held_is_given_out_and_goes(world: World) -> None:
    recorded(world)
    person = world.people["resident"].pk
    assert export_volunteering(person)["records"][0]["minutes"] == 120
    erase_volunteering(person, LATER)
    assert not Volunteer.objects.filter(left_at__isnull=True).exists()
    assert ServiceRecord.objects.filter(person=person).count() == 1
