"""One-time codes and the second factor: wrong, late, tried too often, used twice."""

import datetime as dt

import pyotp
import pytest

from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Refused, TooMany
from gongzhi.people import actions, rules
from gongzhi.people.models import Person, SignInCode
from tests.cast import NOW, phone_of

pytestmark = pytest.mark.django_db
SOON = NOW + dt.timedelta(minutes=1)


def redeem(contact: str, code: str, at: dt.datetime = SOON) -> Person:
    return actions.redeem_code(by=ANONYMOUS, at=at, contact=contact, code=code)


def issue(contact: str, at: dt.datetime = NOW) -> str:
    return actions.issue_code(by=ANONYMOUS, at=at, contact=contact)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_opens_once(world):
    contact = phone_of("resident")
    code = issue(contact)
    assert redeem(contact, f" {code} ") == world.people["resident"]
    with pytest.raises(Refused) as refused:
        redeem(contact, code)
    assert refused.value.code == "code_expired"


def test_the_code_itself_is_not_kept(world):
    code = issue(phone_of("resident"))
    row = SignInCode.objects.latest("id")
    assert code.encode() not in bytes(row.digest) and code not in str(vars(row))


def test_only_the_newest_code_opens(world):
    contact = phone_of("resident")
    first = issue(contact)
    second = issue(contact, NOW + dt.timedelta(seconds=30))
    if first != second:
        with pytest.raises(Refused):
            redeem(contact, first)
    assert redeem(contact, second) == world.people["resident"]


def test_a_code_belongs_to_its_contact(world):
    code = issue(phone_of("resident"))
    issue(phone_of("neighbour"))
    SignInCode.objects.filter(pk=SignInCode.objects.latest("id").pk)
    mine = SignInCode.objects.order_by("id").first()
    SignInCode.objects.filter(pk=SignInCode.objects.latest("id").pk).update(digest=mine.digest)
    with pytest.raises(Refused) as refused:
        redeem(phone_of("neighbour"), code)
    assert refused.value.code == "code_wrong"


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (9.99, True), (10, False), (60, False)])
def test_a_code_lasts_ten_minutes(world, minutes, opens):
    contact = phone_of("resident")
    code = issue(contact)
    at = NOW + dt.timedelta(minutes=minutes)
    if opens:
        assert redeem(contact, code, at)
    else:
        with pytest.raises(Refused) as refused:
            redeem(contact, code, at)
        assert refused.value.code == "code_expired"


def test_five_tries_and_no_more(world):
    contact = phone_of("resident")
    code = issue(contact)
    for _ in range(rules.CODE_ATTEMPTS):
        with pytest.raises(Refused) as refused:
            redeem(contact, other(code))
        assert refused.value.code == "code_wrong"
    with pytest.raises(TooMany) as slowed:
        redeem(contact, code)
    assert slowed.value.code == "code_attempts"


def test_without_a_code_nothing_opens(world):
    with pytest.raises(Refused) as refused:
        redeem("13800001111", "000000")
    assert refused.value.code == "code_expired"


def test_a_closed_account_stays_shut(world):
    contact = phone_of("resident")
    Person.objects.filter(pk=world.people["resident"].pk).update(is_active=False)
    code = issue(contact)
    with pytest.raises(Refused) as refused:
        redeem(contact, code)
    assert refused.value.code == "account_closed"


def test_passwords(world):
    given = {"by": ANONYMOUS, "at": NOW}
    contact = phone_of("resident")
    right = actions.sign_in_with_password(contact=contact, password="resident-password-1", **given)
    assert right == world.people["resident"]
    for who, password in ((contact, "wrong"), ("13800001111", "resident-password-1"), (contact, "")):
        with pytest.raises(Refused) as refused:
            actions.sign_in_with_password(contact=who, password=password, **given)
        assert refused.value.code == "password_wrong"


# The second factor


@pytest.fixture
def bound(world):
    secret = pyotp.random_base32()
    person, by = world.people["dispatcher"], world.actor("dispatcher")
    actions.enrol_second_factor(by=by, at=NOW, person=person, secret=secret, code=pyotp.TOTP(secret).at(NOW))
    person.refresh_from_db()
    yield person, by, pyotp.TOTP(secret)
    Person.objects.filter(pk=person.pk).update(second_factor=None, second_factor_step=0)
    person.refresh_from_db()


def check(bound, code: str, at: dt.datetime) -> None:
    person, by, _ = bound
    actions.check_second_factor(by=by, at=at, person=person, code=code)


def test_the_digits_of_now_open_once(bound):
    later = NOW + dt.timedelta(minutes=2)
    code = bound[2].at(later)
    check(bound, code, later)
    with pytest.raises(Refused) as refused:
        check(bound, code, later + dt.timedelta(seconds=1))
    assert refused.value.code == "code_wrong"


def test_the_digits_of_binding_do_not_sign_in(bound):
    with pytest.raises(Refused):
        check(bound, bound[2].at(NOW), NOW + dt.timedelta(seconds=5))


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_early_or_late(bound, steps, opens):
    later = NOW + dt.timedelta(minutes=10)
    code = bound[2].at(later + dt.timedelta(seconds=30 * steps))
    if opens:
        check(bound, code, later)
    else:
        with pytest.raises(Refused):
            check(bound, code, later)


def test_an_earlier_step_does_not_follow_a_later_one(bound):
    later = NOW + dt.timedelta(minutes=10)
    check(bound, bound[2].at(later + dt.timedelta(seconds=30)), later)
    with pytest.raises(Refused):
        check(bound, bound[2].at(later), later)


def test_the_secret_is_sealed(bound):
    assert bound[2].secret.encode() not in bytes(bound[0].second_factor)


def test_a_wrong_first_code_binds_nothing(world):
    secret = pyotp.random_base32()
    person, by = world.people["auditor"], world.actor("auditor")
    wrong = other(pyotp.TOTP(secret).at(NOW))
    with pytest.raises(Refused):
        actions.enrol_second_factor(by=by, at=NOW, person=person, secret=secret, code=wrong)
    person.refresh_from_db()
    assert person.second_factor is None


def test_who_may_take_it_off(world, bound):
    person, by, _ = bound
    with pytest.raises(Refused) as refused:
        actions.drop_second_factor(by=by, at=NOW, person=person)
    assert refused.value.code == "second_factor_needed"
    with pytest.raises(Refused):
        actions.drop_second_factor(by=world.actor("secretary"), at=NOW, person=person)
    actions.drop_second_factor(by=world.actor("administrator"), at=NOW, person=person)
    person.refresh_from_db()
    assert person.second_factor is None
