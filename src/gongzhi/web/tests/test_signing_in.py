"""Signing in: by code, password and second factor; every refusal beside its success; the demo's doors."""

import datetime as dt
import re
from contextlib import contextmanager

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from gongzhi.common import clock
from gongzhi.notifications import addresses, rendering
from gongzhi.notifications.models import Delivery
from gongzhi.people import actions as people
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Person, SignInCode
from gongzhi.web.views.demo import demo_token
from tests import cast
from tests.cast import NOW, SETUP, World, phone_of
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
WHO = "resident"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The cast, built once for this file; each test works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield cast.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db, settings) -> World:
    settings.SMS_URL, settings.EMAIL_HOST = "http://127.0.0.1:9/sms", "127.0.0.1"
    return built


def sent_code() -> str:
    """What the newest message holds for its receiver."""
    row = Delivery.objects.latest("id")
    return addresses.unseal_address(addresses.house_key(), row.dedupe_key, bytes(row.sealed)).secret["code"]


@contextmanager
def at_time(monkeypatch, moment):
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: moment)
        yield


def ask(client: Client, contact: str, **more: str):
    return client.post("/sign-in", {"contact": contact, **more})


def test_a_resident_signs_in_by_code(world, client):
    answer = ask(client, f" +86 {phone_of(WHO)} ", next="/me")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code?next=%2Fme")
    page = text_of(client.get("/sign-in/code"))
    assert "139****0000" in page and phone_of(WHO) not in page
    before = client.session.session_key
    answer = client.post("/sign-in/code", {"code": sent_code(), "next": "/me"})
    assert answer["Location"] == "/me"
    assert client.session.session_key != before
    assert client.get("/me").status_code == 200


def test_a_new_number_makes_an_account(world, client):
    ask(client, "13811112222")
    assert client.post("/sign-in/code", {"code": sent_code()})["Location"] == "/"
    assert client.session["_auth_user_id"] not in {str(p.pk) for p in world.people.values()}


def test_an_email_gets_its_code_by_mail(world, client):
    ask(client, "someone@example.cn")
    assert Delivery.objects.latest("id").channel == "mail"
    assert client.post("/sign-in/code", {"code": sent_code()}).status_code == 302


def test_no_personal_value_lies_in_a_session(world, client):
    ask(client, phone_of(WHO))
    kept = [str(Session.objects.get(pk=client.session.session_key).get_decoded())]
    assert phone_of(WHO) not in "".join(kept)


@pytest.mark.parametrize("contact", ["12", "a@b", "", "x" * 300])
def test_a_contact_that_is_none_is_said_beside_its_field(world, client, contact):
    answer = ask(client, contact)
    assert answer.status_code == 200
    assert "处要改" in text_of(answer)
    assert not SignInCode.objects.exists()


def test_without_a_way_to_send_nothing_is_made(world, client, settings):
    settings.SMS_URL = ""
    assert "还没有接通短信" in text_of(ask(client, phone_of(WHO)))
    assert not SignInCode.objects.exists() and not Delivery.objects.exists()


def test_wrong_and_old_and_used_codes_do_not_open(world, client, monkeypatch):
    ask(client, phone_of(WHO))
    code = sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert "验证码不对" in text_of(client.post("/sign-in/code", {"code": wrong}))
    with at_time(monkeypatch, clock.now() + dt.timedelta(minutes=11)):
        assert "过期" in text_of(client.post("/sign-in/code", {"code": code}))
    assert client.post("/sign-in/code", {"code": code}).status_code == 302
    other = Client()
    ask(other, phone_of(WHO))
    SignInCode.objects.exclude(used_at__isnull=False).delete()
    assert "过期" in text_of(other.post("/sign-in/code", {"code": code}))


def test_the_sixth_try_needs_a_new_code(world, client):
    ask(client, phone_of(WHO))
    code = sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert client.post("/sign-in/code", {"code": wrong}).status_code == 200
    answer = client.post("/sign-in/code", {"code": code})
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


def test_six_codes_an_hour_for_one_contact(world, client):
    for _ in range(6):
        assert ask(client, phone_of(WHO)).status_code == 302
    assert ask(client, phone_of(WHO)).status_code == 429
    assert ask(client, phone_of("neighbour")).status_code == 302


def test_one_visitor_is_slowed_down(world, client, settings):
    settings.RATE_LIMIT = "on"
    answers = {ask(client, f"138{n:08d}").status_code for n in range(60)}
    assert answers == {302}
    assert ask(client, "13811112222").status_code == 429
    settings.RATE_LIMIT = "off"
    assert ask(client, "13811112222").status_code == 302
    assert ask(Client(REMOTE_ADDR="203.0.113.5"), "13811112223").status_code == 302


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil", ""])
def test_after_signing_in_never_to_another_site(world, client, address):
    ask(client, phone_of(WHO), next=address)
    assert client.post("/sign-in/code", {"code": sent_code(), "next": address})["Location"] == "/"


def test_a_password_opens_and_a_wrong_one_does_not(world, client):
    answer = client.post("/sign-in/password", {"contact": phone_of(WHO), "password": "wrong"})
    assert "密码不对" in text_of(answer)
    unknown = client.post("/sign-in/password", {"contact": "13800009999", "password": "wrong"})
    assert "密码不对" in text_of(unknown)
    answer = client.post("/sign-in/password", {"contact": phone_of(WHO), "password": f"{WHO}-password-1"})
    assert answer["Location"] == "/"


def test_passwords_are_not_guessed_for_long(world, client):
    for _ in range(10):
        client.post("/sign-in/password", {"contact": phone_of(WHO), "password": "wrong"})
    right = {"contact": phone_of(WHO), "password": f"{WHO}-password-1"}
    assert client.post("/sign-in/password", right).status_code == 429


def by_code(client: Client, name: str):
    ask(client, phone_of(name))
    return client.post("/sign-in/code", {"code": sent_code()})


def test_somebody_in_a_post_binds_a_second_factor_first(world, client):
    assert by_code(client, "dispatcher")["Location"] == "/sign-in/bind"
    assert "_auth_user_id" not in client.session
    assert client.get("/desk/").status_code == 302
    page = client.get("/sign-in/bind").content.decode()
    secret = re.search(r'gz-secret"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.get("/sign-in/bind/qr.svg")["Content-Type"] == "image/svg+xml"
    assert "动态口令不对" in text_of(client.post("/sign-in/bind", {"code": "000000"}))
    code = pyotp.TOTP(secret).now()
    assert client.post("/sign-in/bind", {"code": code})["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    # the next time the digits are asked for, and those just used do not work again
    again = Client()
    assert by_code(again, "dispatcher")["Location"] == "/sign-in/second"
    assert "动态口令不对" in text_of(again.post("/sign-in/second", {"code": code}))
    assert "_auth_user_id" not in again.session


def bind(world: World, name: str, moment: dt.datetime) -> str:
    secret = pyotp.random_base32()
    by = world.actor(name)
    people.enrol_second_factor(
        by=by, at=moment, person=world.people[name], secret=secret, code=pyotp.TOTP(secret).at(moment)
    )
    return secret


def test_the_second_factor_opens_once(world, client):
    secret = bind(world, "dispatcher", clock.now() - dt.timedelta(minutes=5))
    assert by_code(client, "dispatcher")["Location"] == "/sign-in/second"
    code = pyotp.TOTP(secret).now()
    assert client.post("/sign-in/second", {"code": code})["Location"] == "/desk/"
    other = Client()
    by_code(other, "dispatcher")
    assert other.post("/sign-in/second", {"code": code}).status_code == 200
    assert "_auth_user_id" not in other.session


def test_nobody_stands_half_way_for_long(world, client, monkeypatch):
    secret = bind(world, "dispatcher", clock.now() - dt.timedelta(minutes=5))
    by_code(client, "dispatcher")
    later = clock.now() + dt.timedelta(minutes=16)
    with at_time(monkeypatch, later):
        answer = client.post("/sign-in/second", {"code": pyotp.TOTP(secret).at(later)})
    assert answer["Location"] == "/sign-in"


def test_a_post_given_later_waits_for_the_second_factor(world, client):
    by_code(client, WHO)
    assert client.get("/people/").status_code == 403
    person, start = world.people[WHO], dt.date(2020, 1, 1)
    people.appoint(
        by=SETUP, at=NOW, person=person, post=world.posts["administrator"], decision="test", valid_from=start
    )
    assert Mandate.objects.filter(person=person).exists()
    assert client.get("/people/").status_code == 403
    assert "还差动态口令" in text_of(client.get("/me"))


def test_signing_out(world, client):
    by_code(client, WHO)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/"
    assert client.get("/me").status_code == 302


def test_an_erased_account_is_out_at_once(world, client):
    by_code(client, WHO)
    people.erase_account(by=world.actor(WHO), at=NOW, person=world.people[WHO])
    assert client.get("/me").status_code == 302


# The demo


@pytest.fixture
def demo(world, settings) -> World:
    settings.DEMO = True
    Person.objects.update(is_demo=True)
    return world


def test_the_demo_opens_by_its_address(demo, client):
    for role in ("resident", "dispatcher", "auditor"):
        answer = client.get(f"/demo/sign-in/{role}", {"token": demo_token(role)})
        assert answer.status_code == 302, role
        assert "_auth_user_id" in client.session
    assert client.get("/trail/").status_code == 200


def test_the_demo_opens_by_a_card(demo, client):
    page = text_of(client.get("/sign-in"))
    assert "分拨员" in page and "居民" in page
    assert client.post("/demo/sign-in/dispatcher")["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_the_demo_s_doors_need_the_token_and_this_machine(demo, client):
    assert client.get("/demo/sign-in/auditor").status_code == 404
    assert client.get("/demo/sign-in/auditor", {"token": demo_token("resident")}).status_code == 404
    away = Client(REMOTE_ADDR="203.0.113.5")
    assert away.get("/demo/sign-in/auditor", {"token": demo_token("auditor")}).status_code == 404
    assert away.post("/demo/sign-in/auditor").status_code == 404
    assert client.post("/demo/sign-in/nobody").status_code == 404


def test_outside_a_demo_there_are_no_such_doors(world, client):
    Person.objects.update(is_demo=True)
    assert client.get("/demo/sign-in/auditor", {"token": demo_token("auditor")}).status_code == 404
    assert client.post("/demo/sign-in/auditor").status_code == 404
    assert "选一个角色" not in text_of(client.get("/sign-in"))


# One's own telephone number


def test_a_new_number_is_kept_once_its_code_came_back(world, client):
    by_code(client, WHO)
    assert client.post("/me/contact", {"contact": "13811112222"})["Location"] == "/me/contact/code"
    code = sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert "验证码不对" in text_of(client.post("/me/contact/code", {"code": wrong}))
    assert not Delivery.objects.filter(kind="contact_changed").exists()
    assert client.post("/me/contact/code", {"code": code})["Location"] == "/me"
    told = Delivery.objects.get(kind="contact_changed")  # whoever reads at the old number hears of it
    key = vault.open_key(world.people[WHO].key)
    assert addresses.unseal_address(key, told.dedupe_key, bytes(told.sealed)).to == phone_of(WHO)
    assert "13811112222" not in str(told.params) and "2222" not in rendering.render(told.kind, told.params).text
    again = Client()
    ask(again, "13811112222")
    again.post("/sign-in/code", {"code": sent_code()})
    assert again.session["_auth_user_id"] == str(world.people[WHO].pk)


def test_somebody_else_s_number_is_not_taken(world, client):
    by_code(client, WHO)
    client.post("/me/contact", {"contact": phone_of("neighbour")})
    assert "已有账号" in text_of(client.post("/me/contact/code", {"code": sent_code()}))
    assert not Delivery.objects.filter(kind="contact_changed").exists()


def test_binding_and_dropping_at_home(world, client):
    by_code(client, WHO)
    page = client.get("/me/second-factor").content.decode()
    secret = re.search(r'gz-secret"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.post("/me/second-factor", {"code": pyotp.TOTP(secret).now()})["Location"] == "/me"
    assert "gz-secret" not in client.get("/me/second-factor").content.decode()
    assert client.post("/me/second-factor/drop", {"code": "000000"}).status_code == 200
    Person.objects.filter(pk=world.people[WHO].pk).update(second_factor_step=0)
    answer = client.post("/me/second-factor/drop", {"code": pyotp.TOTP(secret).now()})
    assert answer["Location"] == "/me"
    assert Person.objects.get(pk=world.people[WHO].pk).second_factor is None


def test_size_and_language_follow_the_account(world, client):
    by_code(client, WHO)
    client.post("/preferences/text-size", {"level": "large"})
    other = Client()
    by_code(other, WHO)
    assert "data-elder" in other.get("/me").content.decode()
    other.post("/preferences/text-size", {"level": ""})
    assert "data-elder" not in other.get("/me").content.decode().split("<head>")[0]
    assert Person.objects.get(pk=world.people[WHO].pk).text_size == ""
