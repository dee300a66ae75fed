"""Consent in versions: withdrawing is as easy as granting, what rests on it stops, children have a guardian."""

import hashlib

import pytest
from django.db import IntegrityError, transaction

from gongzhi.cases.queries import calling
from gongzhi.common.errors import NotFound, Refused
from gongzhi.people import actions as people
from gongzhi.people.models import ConsentRecord
from gongzhi.people.rules import CONSENTS, Guardian
from gongzhi.privacy import queries
from tests.cast import NOW, World

MOTHER = Guardian("演示母亲", "母亲")


def test_what_was_agreed_to_is_kept_word_for_word(world: World) -> None:
    person = world.actor("resident")
    row = people.grant_consent(by=person, at=NOW, purpose="callback", version="1")
    words = CONSENTS["callback"]
    assert row.text_hash == hashlib.sha256(f"{words.title}\n{words.words}".encode()).hexdigest()
    assert (row.how, row.by, row.guardian) == ("self", person.reference, None)


def test_a_consent_is_never_rewritten(world: World) -> None:
    row = people.grant_consent(by=world.actor("resident"), at=NOW, purpose="callback", version="1")
    for change in ({"version": "2"}, {"granted_at": NOW.replace(year=2020)}, {"text_hash": "x"}):
        with pytest.raises(IntegrityError, match="only withdrawn"), transaction.atomic():
            ConsentRecord.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="only withdrawn"), transaction.atomic():
        ConsentRecord.objects.filter(pk=row.pk).delete()
    people.withdraw_consent(by=world.actor("resident"), at=NOW, purpose="callback")
    with pytest.raises(IntegrityError, match="only withdrawn"), transaction.atomic():
        ConsentRecord.objects.filter(pk=row.pk).update(withdrawn_at=None)


def test_call_backs_stop_with_the_consent(world: World, report) -> None:
    case, person = report(), world.actor("resident")
    people.grant_consent(by=person, at=NOW, purpose="callback", version="1")
    assert calling.agreed_persons(case) == [person.person_id]
    people.withdraw_consent(by=person, at=NOW, purpose="callback")
    assert calling.agreed_persons(case) == []


def test_under_fourteen_a_guardian_agrees(world: World) -> None:
    child = world.actor("resident")
    people.grant_consent(by=child, at=NOW, purpose="callback", version="1")
    people.say_minor(by=child, at=NOW, minor=True)
    assert not ConsentRecord.objects.filter(purpose="callback", withdrawn_at__isnull=True).exists()
    with pytest.raises(Refused, match="guardian_needed"):
        people.grant_consent(by=child, at=NOW, purpose="callback", version="1")
    with pytest.raises(Refused, match="guardian_needed"):
        people.grant_consent(by=child, at=NOW, purpose="callback", version="1", guardian=Guardian("演示母亲", ""))
    row = people.grant_consent(by=child, at=NOW, purpose="callback", version="1", guardian=MOTHER)
    assert row.how == "guardian" and MOTHER.name.encode() not in bytes(row.guardian)


@pytest.mark.usefixtures("all_in_use")
def test_words_of_children_are_not_published(world: World) -> None:
    child = world.actor("resident")
    people.say_minor(by=child, at=NOW, minor=True)
    with pytest.raises(Refused, match="not_for_children"):
        people.grant_consent(by=child, at=NOW, purpose="story", version="1", guardian=MOTHER)


def test_whoever_is_fourteen_again_speaks_alone(world: World) -> None:
    child = world.actor("resident")
    people.say_minor(by=child, at=NOW, minor=True)
    people.say_minor(by=child, at=NOW, minor=False)
    assert people.grant_consent(by=child, at=NOW, purpose="callback", version="1").how == "self"


def test_no_year_of_birth_is_kept() -> None:
    names = {field.name for field in ConsentRecord._meta.get_fields()}
    assert not any(word in name for name in names for word in ("birth", "age", "year"))


def test_withdrawing_what_was_not_given(world: World) -> None:
    with pytest.raises(NotFound):
        people.withdraw_consent(by=world.actor("resident"), at=NOW, purpose="callback")


def test_every_consent_belongs_to_an_activity_of_the_register(world: World) -> None:
    asked = {row.consent for row in queries.current() if row.ground == "consent"}
    assert asked == set(CONSENTS)
