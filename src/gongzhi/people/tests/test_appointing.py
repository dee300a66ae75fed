"""Who may hold a post: seats, incompatible posts, standing in, vacancies, the handover of open work."""

import datetime as dt

import pytest

from gongzhi.audit.models import Entry
from gongzhi.common import registry
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, Refused, SignInRequired
from gongzhi.people import actions, rules
from gongzhi.people.models import Mandate, Post
from gongzhi.people.queries import holders_of, scopes_of, staffing, vacancies
from tests.cast import NOW, SETUP, phone_of

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 18)
DAY = dt.timedelta(days=1)


@pytest.fixture
def post(world) -> Post:
    return actions.add_post(
        by=SETUP, at=NOW, code="one-seat", role="supervisor", title="督办", place=world.places["PC"], seats=1
    )


def appoint(world, name: str, post: Post, **more) -> Mandate:
    return actions.appoint(by=SETUP, at=NOW, person=world.people[name], post=post, decision="test", **more)


def code_of(excinfo) -> str:
    return excinfo.value.code


# Pure


@pytest.mark.parametrize(
    ("held", "role", "incompatible", "taken", "seats", "code"),
    [
        ([], "auditor", [], 0, 1, None),
        ([], "auditor", [], 1, 1, "post_full"),
        ([], "auditor", [], 1, 2, None),
        ([("dispatcher", [])], "auditor", ["dispatcher"], 0, 1, "posts_incompatible"),
        ([("dispatcher", ["auditor"])], "auditor", [], 0, 1, "posts_incompatible"),
        ([("dispatcher", ["secretary"])], "auditor", ["grid_member"], 0, 1, None),
    ],
)
def test_the_rules_of_an_appointment(held, role, incompatible, taken, seats, code):
    given = {"held": held, "role": role, "incompatible": incompatible, "taken": taken, "seats": seats}
    if code is None:
        rules.check_appointment(**given)
    else:
        with pytest.raises(Refused) as refused:
            rules.check_appointment(**given)
        assert refused.value.code == code


# With the database


def test_a_mandate_gives_the_permissions_of_its_role_over_its_place(world, post):
    person = world.people["outsider"]
    assert scopes_of(person.pk, NOW) == ()
    appoint(world, "outsider", post)
    (scope,) = scopes_of(person.pk, NOW)
    assert (scope.role, scope.path) == ("supervisor", world.places["PC"].path)
    assert scope.permissions == rules.permissions_of("supervisor")


def test_a_mandate_that_is_not_yet_or_no_more_gives_nothing(world, post):
    person = world.people["outsider"]
    appoint(world, "outsider", post, valid_from=TODAY + DAY, valid_to=TODAY + 3 * DAY)
    found = [bool(scopes_of(person.pk, NOW + n * DAY)) for n in range(5)]
    assert found == [False, True, True, False, False]


def test_seats_are_counted_over_the_whole_time(world, post):
    appoint(world, "outsider", post, valid_from=TODAY + 10 * DAY)
    with pytest.raises(Refused) as refused:
        appoint(world, "neighbour", post)
    assert code_of(refused) == "post_full"
    appoint(world, "neighbour", post, valid_to=TODAY + 10 * DAY)
    with pytest.raises(Refused):
        appoint(world, "resident", post, valid_to=TODAY + DAY)


def test_the_same_post_twice_is_once(world):
    wide = actions.add_post(
        by=SETUP, at=NOW, code="wide", role="auditor", title="审计", place=world.places["PC"], seats=3
    )
    appoint(world, "outsider", wide)
    with pytest.raises(Conflict) as refused:
        appoint(world, "outsider", wide)
    assert code_of(refused) == "already_in_post"


def test_incompatible_posts_either_way_round(world, post):
    place = world.places["PC"]
    jealous = actions.add_post(
        by=SETUP, at=NOW, code="j", role="auditor", title="审计", place=place, incompatible=["supervisor"]
    )
    appoint(world, "outsider", post)
    with pytest.raises(Refused) as refused:
        appoint(world, "outsider", jealous)
    assert code_of(refused) == "posts_incompatible"
    appoint(world, "neighbour", jealous)
    Mandate.objects.filter(post=post).delete()
    with pytest.raises(Refused):
        appoint(world, "neighbour", post)


def test_only_who_manages_people_there_appoints(world, post):
    person = world.people["outsider"]
    for by, error in (
        (world.actor("secretary"), Forbidden),
        (world.actor("resident"), Forbidden),
        (ANONYMOUS, SignInRequired),
    ):
        with pytest.raises(error):
            actions.appoint(by=by, at=NOW, person=person, post=post, decision="test")
    actions.appoint(by=world.actor("administrator"), at=NOW, person=person, post=post, decision="test")
    entry = Entry.objects.filter(action="people.appoint").latest("id")
    assert entry.changes == {"post": "one-seat", "person": str(person.pk), "substitute": False}


def test_standing_in_takes_no_seat_and_ends(world, post):
    holder = appoint(world, "outsider", post)
    with pytest.raises(Refused) as refused:
        appoint(world, "neighbour", post, substitute_for=holder)
    assert code_of(refused) == "substitute_needs_end"
    stand_in = appoint(world, "neighbour", post, substitute_for=holder, valid_to=TODAY + 5 * DAY)
    assert scopes_of(stand_in.person_id, NOW) and not scopes_of(stand_in.person_id, NOW + 5 * DAY)
    other = Mandate.objects.get(person=world.people["grid_member"])
    with pytest.raises(Refused) as refused:
        appoint(world, "resident", post, substitute_for=other, valid_to=TODAY + DAY)
    assert code_of(refused) == "substitute_elsewhere"


def test_a_substitute_goes_when_the_holder_goes(world, post):
    holder = appoint(world, "outsider", post)
    stand_in = appoint(world, "neighbour", post, substitute_for=holder, valid_to=TODAY + 30 * DAY)
    actions.end_mandate(by=SETUP, at=NOW, mandate=holder, on=TODAY + DAY)
    stand_in.refresh_from_db()
    assert stand_in.valid_to == TODAY + DAY


def test_ending_hands_open_work_on_through_the_registry(world, post, monkeypatch):
    calls = []

    def move(source, target, at):
        calls.append((source, target, at))
        return 3

    monkeypatch.setattr(registry, "_handovers", {"test": move})
    wide = actions.add_post(
        by=SETUP, at=NOW, code="wide", role="supervisor", title="督办", place=world.places["PC"], seats=2
    )
    leaving, heir = appoint(world, "outsider", post), appoint(world, "neighbour", wide)
    assert actions.end_mandate(by=SETUP, at=NOW, mandate=leaving, on=TODAY, handed_to=heir) == 3
    assert calls == [(leaving.pk, heir.pk, NOW)]
    leaving.refresh_from_db()
    assert (leaving.valid_to, leaving.handed_to_id) == (TODAY, heir.pk)
    assert not scopes_of(leaving.person_id, NOW)
    with pytest.raises(Conflict) as refused:
        actions.end_mandate(by=SETUP, at=NOW, mandate=leaving, on=TODAY)
    assert code_of(refused) == "mandate_ended"


def test_work_is_not_handed_to_who_is_not_there(world, post):
    leaving = appoint(world, "outsider", post)
    wide = actions.add_post(
        by=SETUP, at=NOW, code="wide", role="supervisor", title="督办", place=world.places["PC"], seats=2
    )
    later = appoint(world, "neighbour", wide, valid_from=TODAY + 9 * DAY)
    with pytest.raises(Refused) as refused:
        actions.end_mandate(by=SETUP, at=NOW, mandate=leaving, on=TODAY, handed_to=later)
    assert code_of(refused) == "handover_elsewhere"


def test_vacancies_count_seats_and_no_substitutes(world, post):
    on = TODAY
    assert post in list(vacancies(on))
    holder = appoint(world, "outsider", post)
    assert post not in list(vacancies(on))
    appoint(world, "neighbour", post, substitute_for=holder, valid_to=TODAY + 9 * DAY)
    actions.end_mandate(by=SETUP, at=NOW, mandate=holder, on=TODAY)
    assert post in list(vacancies(on))


def test_posts_of_programs_are_nobody_s_vacancies(world):
    actions.create_token(by=SETUP, at=NOW, role="dispatcher", place=world.places["PC"])
    assert not [post for post in vacancies(TODAY) if post.title == "接口账号"]
    assert world.people["dispatcher"].pk in holders_of("dispatcher", world.places["PC"].path, TODAY)
    assert len(holders_of("dispatcher", world.places["PC"].path, TODAY)) == 1


def test_the_vacancy_rate_has_its_denominator(world):
    rows = {row.role: row for row in staffing.seats_by_role(world.actor("administrator"), TODAY)}
    grid = rows["grid_member"]
    assert (grid.posts, grid.seats, grid.filled, grid.vacant, grid.percent) == (2, 4, 2, 2, "50.0%")
    near = {row.role: row for row in staffing.seats_by_role(world.actor("secretary"), TODAY)}
    assert near["grid_member"].posts == 1  # only what lies in the secretary's places
    assert staffing.Seats("x", 3, 3, 2).percent == "33.3%"
    assert staffing.Seats("x", 3, 3, 1).percent == "66.7%"
    assert staffing.Seats("x", 0, 0, 0).percent == "0.0%"


def test_appointing_by_number_makes_an_account_where_there_is_none(world, post):
    by = world.actor("administrator")
    given = {"by": by, "at": NOW, "post": post, "decision": "test"}
    with pytest.raises(Refused) as refused:
        actions.appoint_by_contact(contact="13800001111", name=" ", **given)
    assert code_of(refused) == "name_missing"
    mandate = actions.appoint_by_contact(contact=phone_of("outsider"), name="", **given)
    assert mandate.person == world.people["outsider"]


def test_the_first_administrator_comes_from_the_machine(world):
    given = {"at": NOW, "contact": "13800001111", "name": "演示第一位"}
    with pytest.raises(Forbidden):
        actions.make_first_administrator(by=world.actor("administrator"), **given)
    with pytest.raises(Conflict) as refused:
        actions.make_first_administrator(by=SETUP, **given)
    assert code_of(refused) == "already_administered"
    Mandate.objects.filter(post__role="administrator").delete()
    mandate = actions.make_first_administrator(by=SETUP, **given)
    assert mandate.post.place == world.places["321171102"]
    assert scopes_of(mandate.person_id, NOW)[0].role == "administrator"


# Organizations


def test_a_renamed_body_keeps_its_past(world):
    body = world.units["command"]
    actions.change_organization(by=SETUP, at=NOW, organization=body, on=TODAY, name="综合指挥中心")
    past = staffing.past_of(body)
    assert [(one.name, one.valid_to) for one in past] == [("指挥中心", TODAY)]
    with pytest.raises(Refused) as refused:
        actions.change_organization(by=SETUP, at=NOW, organization=body, on=TODAY, name="再改")
    assert code_of(refused) == "date_too_early"


def test_no_body_stands_above_itself(world):
    town, command = world.units["town"], world.units["command"]
    with pytest.raises(Refused) as refused:
        actions.change_organization(by=SETUP, at=NOW, organization=town, on=TODAY, parent=command)
    assert code_of(refused) == "organization_circle"


def test_a_code_is_used_once(world):
    with pytest.raises(Conflict) as refused:
        actions.add_organization(by=SETUP, at=NOW, code="command", kind="command_centre", name="又一个")
    assert code_of(refused) == "code_taken"
