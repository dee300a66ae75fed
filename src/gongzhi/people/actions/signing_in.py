"""Signing in: one-time codes by telephone or mail, passwords, and the second factor of staff."""

import datetime as dt
import secrets
from collections.abc import Callable

import pyotp
from django.db import transaction
from django.db.models import F

from gongzhi.audit.actions import record
from gongzhi.common import sealing
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import Refused, SignInRequired, TooMany
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.people import rules, vault
from gongzhi.people.actions.accounts import (
    check_may_manage,
    clean_contact,
    contact_field,
    create_person,
    set_value,
)
from gongzhi.people.models import Person, SignInCode

_CODES_AN_HOUR = 6
Tell = Callable[[str, str], None]


@transaction.atomic
def issue_code(*, by: Actor, at: dt.datetime, contact: str) -> str:
    """A six-digit code for a telephone number or mail address; the caller sends it in the same transaction.

    Raises Refused `bad_phone`, `bad_email`; TooMany `too_many_codes` after six in an hour.
    """
    field = contact_field(contact)
    index = vault.blind_index(field, clean_contact(field, contact))
    recent = SignInCode.objects.filter(blind_index=index, created_at__gt=at - dt.timedelta(hours=1)).count()
    if recent >= _CODES_AN_HOUR:
        raise TooMany("too_many_codes", N_("一小时内要了太多次验证码。请过一会儿再试。"), retry_after=3600)
    code = f"{secrets.randbelow(1_000_000):06d}"
    SignInCode.objects.create(
        blind_index=index,
        digest=rules.code_digest(vault.keyring().derive("sign-in"), index, code),
        created_at=at,
        expires_at=at + dt.timedelta(minutes=rules.CODE_MINUTES),
    )
    return code


def redeem_code(*, by: Actor, at: dt.datetime, contact: str, code: str) -> Person:
    """The person behind a contact, made on first sign-in; a wrong try is counted even though it is refused.

    Raises Refused `code_wrong`, `code_expired`, TooMany `code_attempts`.
    """
    field = contact_field(contact)
    clean = clean_contact(field, contact)
    return _enter(field, clean, _checked_code(field, clean, code, at), at)


def _checked_code(field: str, clean: str, code: str, at: dt.datetime) -> SignInCode:
    """The newest code of a contact if it is the one given; the try is counted first, so that none is free."""
    index = vault.blind_index(field, clean)
    row = SignInCode.objects.filter(blind_index=index).order_by("-created_at", "-id").first()
    if row is None:
        raise Refused("code_expired", N_("验证码过期了。请重新要一个。"))
    given = rules.code_digest(vault.keyring().derive("sign-in"), index, code.strip())
    SignInCode.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    row.refresh_from_db()
    rules.check_code(
        expected=bytes(row.digest),
        given=given,
        attempts=row.attempts - 1,
        used=row.used_at is not None,
        expires_at=row.expires_at,
        at=at,
    )
    return row


def _spend(row: SignInCode, at: dt.datetime) -> None:
    if not SignInCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=at):
        raise Refused("code_expired", N_("验证码过期了。请重新要一个。"))


def change_contact(
    *, by: Actor, at: dt.datetime, person: Person, contact: str, code: str, tell: Tell | None = None
) -> None:
    """Keep a new telephone number or mail address of one's own, once the code sent there was typed back.

    `tell(field, old)` hears of the one that no longer counts, in the same transaction: whoever reads there should
    know, whether or not it was they who changed it.

    Raises what `redeem_code` raises, Refused `contact_taken`.
    """
    field = contact_field(contact)
    clean = clean_contact(field, contact)
    row = _checked_code(field, clean, code, at)
    with transaction.atomic():
        _spend(row, at)
        old = vault.own_values(person).get(field, "")
        set_value(by=by, at=at, person=person, field=field, value=clean)
        if tell and old and old != clean:
            tell(field, old)


@transaction.atomic
def _enter(field: str, clean: str, row: SignInCode, at: dt.datetime) -> Person:
    _spend(row, at)
    person = vault.find_person(field, clean)
    if person is None:
        check_activity("account")
        person = create_person(by=ANONYMOUS, at=at, values={field: clean})
    if not person.is_active:
        raise Refused("account_closed", N_("这个账号已停用。请到社区服务站核实。"))
    record(by=Actor("person", person.pk), at=at, action="people.sign_in", subject=f"person:{person.pk}")
    return person


@transaction.atomic
def sign_in_with_password(*, by: Actor, at: dt.datetime, contact: str, password: str) -> Person:
    """The person with this contact and password; which of the two was wrong is not said.

    Raises Refused `password_wrong`.
    """
    field = contact_field(contact)
    person = vault.find_person(field, clean_contact(field, contact))
    stand_in = person or Person(password="")
    if not stand_in.check_password(password) or person is None or not person.is_active:
        raise Refused("password_wrong", N_("号码（邮箱）或密码不对。也可以改用验证码登录。"))
    record(by=Actor("person", person.pk), at=at, action="people.sign_in", subject=f"person:{person.pk}")
    return person


def _secret_context(person: Person) -> str:
    return f"person:{person.pk}:second-factor"


def _step_of(secret: str, code: str, at: dt.datetime, after: int) -> int:
    """The time step whose code this is, one early or late, later than `after`; raises Refused `code_wrong`."""
    totp, now_step = pyotp.TOTP(secret), int(at.timestamp()) // 30
    for step in range(now_step - 1, now_step + 2):
        if step > after and secrets.compare_digest(totp.at(step * 30).encode(), code.strip().encode()):
            return step
    raise Refused("code_wrong", N_("动态口令不对。请看手机上现在的 6 位数字，等它换一个再输。"))


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).select_related("key").get(pk=person.pk)


@transaction.atomic
def enrol_second_factor(*, by: Actor, at: dt.datetime, person: Person, secret: str, code: str) -> None:
    """Keep a TOTP secret (RFC 6238) once its first code was typed back; raises Refused `code_wrong`."""
    if by.person_id != person.pk:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    locked = _locked(person)
    locked.second_factor_step = _step_of(secret, code, at, after=0)
    locked.second_factor = sealing.seal(vault.open_key(locked.key), secret.encode(), _secret_context(person))
    locked.save(update_fields=["second_factor", "second_factor_step"])
    record(by=by, at=at, action="people.second_factor", subject=f"person:{person.pk}")


@transaction.atomic
def check_second_factor(*, by: Actor, at: dt.datetime, person: Person, code: str) -> None:
    """Accept a TOTP code once, one step early or late; raises Refused `code_wrong`."""
    locked = _locked(person)
    if locked.second_factor is None:
        raise Refused("no_second_factor", N_("您还没有绑定动态口令。请先绑定。"))
    secret = sealing.unseal(vault.open_key(locked.key), bytes(locked.second_factor), _secret_context(person))
    locked.second_factor_step = _step_of(secret.decode(), code, at, after=locked.second_factor_step)
    locked.save(update_fields=["second_factor_step"])


@transaction.atomic
def drop_second_factor(*, by: Actor, at: dt.datetime, person: Person) -> None:
    """Take the second factor off: a resident's own, or (people.manage) a colleague's who lost the telephone.

    The colleague binds a new one at the next sign-in. Raises Refused `second_factor_needed` for one's own in a post.
    """
    check_may_manage(by, person)
    if by.person_id == person.pk and rules.needs_second_factor(by.roles):
        raise Refused("second_factor_needed", N_("有岗位的账号要用动态口令，不能关。换手机请先绑定新的。"))
    locked = _locked(person)
    locked.second_factor, locked.second_factor_step = None, 0
    locked.save(update_fields=["second_factor", "second_factor_step"])
    record(by=by, at=at, action="people.drop_second_factor", subject=f"person:{person.pk}")
