"""The statements that say who somebody is, against what the ORM reads."""

import datetime as dt

import pytest

from gongzhi.common.access import ANONYMOUS
from gongzhi.common.clock import local_date
from gongzhi.people import queries
from gongzhi.people.actions.tokens import create_token
from gongzhi.people.models import ApiToken, Mandate, Person, Post
from gongzhi.people.queries import in_force
from tests import cast


@pytest.fixture
def world(db: None) -> cast.World:
    return cast.build()


def by_orm(person: Person, at: dt.datetime) -> list[tuple[object, ...]]:
    on = local_date(at)
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), person=person).order_by("id")
    return list(rows.values_list("id", "post__role", "post__place__path", "post__organization_id"))


@pytest.mark.parametrize("days", [-10_000, 0, 1, 40])
def test_everyone_s_scopes_are_what_the_orm_reads(world: cast.World, days: int) -> None:
    tomorrow = cast.NOW.date() + dt.timedelta(days=1)
    Mandate.objects.filter(post=world.posts["department"]).update(valid_to=tomorrow)
    Post.objects.filter(pk=world.posts["patch_lead"].pk).update(valid_to=tomorrow)
    at = cast.NOW + dt.timedelta(days=days)
    found = 0
    for person in world.people.values():
        scopes = queries.scopes_of(person.pk, at)
        told = [(scope.mandate_id, scope.role, scope.path, scope.organization_id) for scope in scopes]
        assert told == by_orm(person, at)
        found += len(told)
    assert found == {-10_000: 0, 0: len(cast.POSTS)}.get(days, len(cast.POSTS) - 2)


def test_a_token_is_its_service_account_until_it_is_revoked(world: cast.World) -> None:
    token = create_token(by=cast.SETUP, at=cast.NOW, role="dispatcher", place=world.places["PC"])
    actor = queries.actor_for_token(token, at=cast.NOW, purpose="test")
    row = ApiToken.objects.get()
    assert (actor.kind, actor.person_id, actor.name) == ("token", row.person_id, f"token-{row.pk}")
    assert actor.scopes == queries.scopes_of(row.person_id, cast.NOW) and actor.scopes[0].role == "dispatcher"
    assert queries.actor_for_token("gz_wrong", at=cast.NOW, purpose="test") == ANONYMOUS
    Person.objects.filter(pk=row.person_id).update(is_active=False)
    assert queries.actor_for_token(token, at=cast.NOW, purpose="test") == ANONYMOUS
    Person.objects.filter(pk=row.person_id).update(is_active=True)
    ApiToken.objects.update(revoked_at=cast.NOW)
    assert queries.actor_for_token(token, at=cast.NOW, purpose="test") == ANONYMOUS


def test_a_token_without_a_mandate_is_somebody_who_may_nothing(world: cast.World) -> None:
    token = create_token(by=cast.SETUP, at=cast.NOW, role="dispatcher", place=world.places["PC"])
    Mandate.objects.filter(person=ApiToken.objects.get().person).update(valid_to=cast.NOW.date())
    actor = queries.actor_for_token(token, at=cast.NOW, purpose="test")
    assert actor.person_id is not None and actor.scopes == ()
