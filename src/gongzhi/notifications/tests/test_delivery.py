import json
from typing import Any

import pytest

from gongzhi.audit.models import Access, Entry
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.notifications import actions, jobs, queries, rules
from gongzhi.notifications.models import Delivery, DeliveryStatus, Notice
from gongzhi.notifications.tests.conftest import HOUSE, NOW, Gateway, Mailbox, free_port, later
from gongzhi.people import vault
from gongzhi.people.actions.accounts import create_person

pytestmark = pytest.mark.django_db
PARAMS = {"number": "GZ-0317-046", "unit": "柳园物业", "due_at": "2027-03-19T10:00:00+00:00"}


def tell(person: Any, dedupe_key: str = "case:GZ-0317-046:dispatched", **other: Any) -> None:
    facts = {"kind": "case_dispatched", "params": PARAMS, "subject": "case:GZ-0317-046", **other}
    actions.notify_person(by=HOUSE, at=NOW, person_id=person.pk, dedupe_key=dedupe_key, **facts)


def send_code(dedupe_key: str = "sign-in:1", **other: Any) -> None:
    facts = {
        "channel": "sms",
        "to": "13900009999",
        "kind": "sign_in_code",
        "params": {"minutes": 10},
        **other,
    }
    actions.send_address(by=HOUSE, at=NOW, secret={"code": "246810"}, dedupe_key=dedupe_key, **facts)


@pytest.mark.req("N06")
def test_a_person_is_told_in_the_product_and_by_one_mail(resident: Any, mailbox: Mailbox) -> None:
    tell(resident)
    tell(resident)  # the receiver ran twice
    assert jobs.deliver_due(NOW).sent == 1
    (mail,) = mailbox.mails
    assert mail["To"] == "zhang@example.cn" and "GZ-0317-046 有人管了" in mail["Subject"]
    assert "柳园物业" in mail.get_content() and mail.get_content_charset() == "utf-8"
    assert Notice.objects.get().message.subject == "GZ-0317-046 有人管了"
    assert Access.objects.get().subjects == [f"person:{resident.pk}"]


def test_nothing_in_the_rows_names_the_receiver(resident: Any, mailbox: Mailbox, sms: Gateway) -> None:
    tell(resident)
    send_code()
    stored = json.dumps([*Delivery.objects.values(), *Notice.objects.values()], default=str)
    for value in ("13800002046", "zhang@", "13900009999", "246810", "张三"):
        assert value not in stored


def test_without_a_mail_server_the_sms_is_used(resident: Any, sms: Gateway) -> None:
    tell(resident)
    assert jobs.deliver_due(NOW).sent == 1
    path, headers, body = sms.requests[0]
    assert path == "/hook" and json.loads(body)["to"] == "13800002046"
    assert json.loads(body)["text"].startswith("GZ-0317-046 有人管了。这件事由柳园物业办，")
    stamp = int(headers["Gongzhi-Timestamp"])
    assert headers["Gongzhi-Signature"] == rules.signature(b"a-secret-of-the-gateway", stamp, body)
    assert headers["Idempotency-Key"] == Delivery.objects.get().dedupe_key


def test_without_any_server_the_notice_alone_is_made(resident: Any) -> None:
    tell(resident)
    assert Notice.objects.count() == 1 and Delivery.objects.count() == 0


def test_a_person_without_contact_has_the_notice_alone(mailbox: Mailbox, sms: Gateway) -> None:
    tell(create_person(by=HOUSE, at=NOW, values={"name": "李四"}))
    assert Notice.objects.count() == 1 and Delivery.objects.count() == 0


def test_a_kind_without_words_is_refused_before_anything_is_queued(resident: Any, mailbox: Mailbox) -> None:
    with pytest.raises(Refused, match="unknown_message"):
        tell(resident, kind="no_such_kind")
    assert not Notice.objects.exists() and not Delivery.objects.exists()


@pytest.mark.req("N06")
def test_a_mail_server_that_is_down_costs_one_try_and_loses_nothing(resident: Any, mailbox: Mailbox) -> None:
    mailbox.stop()
    for number in range(3):
        tell(resident, f"key:{number}")
    run = jobs.deliver_due(NOW)
    assert (run.sent, run.not_sent) == (0, 1)
    tried = Delivery.objects.get(attempts=1)
    assert tried.status == "waiting" and "refused" in tried.last_error.lower()
    assert queries.delivery_health().waiting == 3
    mailbox.start()
    assert jobs.deliver_due(later(minutes=10)).sent == 3
    assert jobs.deliver_due(later(days=2)).sent == 0
    assert len(mailbox.mails) == len({mail["Message-ID"] for mail in mailbox.mails}) == 3


def test_a_dead_channel_does_not_hold_up_the_others(resident: Any, mailbox: Mailbox, sms: Gateway) -> None:
    mailbox.stop()
    tell(resident)
    send_code()
    run = jobs.deliver_due(NOW)
    assert (run.sent, run.not_sent) == (1, 1) and len(sms.requests) == 1


def test_a_refused_address_stops_at_once_and_stays_visible(
    resident: Any, mailbox: Mailbox, administrator: Actor
) -> None:
    mailbox.answer = "550 no such user zhang@example.cn here"
    tell(resident)
    jobs.deliver_due(NOW)
    (stuck,), _ = queries.stuck_page(administrator, None, 10)
    assert stuck.status == "failed" and "550" in stuck.last_error and "zhang@" not in stuck.last_error
    assert jobs.deliver_due(later(days=3)).sent == 0

    mailbox.answer = "250 OK"
    actions.retry_delivery(by=administrator, at=later(days=3), delivery_id=stuck.pk)
    actions.retry_delivery(by=administrator, at=later(days=3), delivery_id=stuck.pk)
    assert jobs.deliver_due(later(days=3)).sent == 1 and len(mailbox.mails) == 1
    assert Entry.objects.filter(action="notifications.retry_delivery").count() == 1


def test_a_passing_refusal_is_tried_again(resident: Any, mailbox: Mailbox) -> None:
    mailbox.answer = "451 try again later"
    tell(resident)
    jobs.deliver_due(NOW)
    mailbox.answer = "250 OK"
    assert jobs.deliver_due(later(minutes=1)).sent == 1


@pytest.mark.req("N06")
def test_after_the_last_try_it_fails_visibly_and_can_be_retried(
    resident: Any, sms: Gateway, administrator: Actor
) -> None:
    sms.status = 503
    tell(resident)
    for day in range(rules.MAX_TRIES + 3):
        jobs.deliver_due(later(days=day))
    assert len(sms.requests) == rules.MAX_TRIES
    assert len({headers["Idempotency-Key"] for _, headers, _ in sms.requests}) == 1
    delivery = Delivery.objects.get()
    assert delivery.status == DeliveryStatus.FAILED and delivery.last_error == "HTTP 503"
    sms.status = 200
    assert actions.retry_failed(by=administrator, at=later(days=30)) == 1
    assert jobs.deliver_due(later(days=30)).sent == 1


def test_a_gateway_that_says_no_or_sends_elsewhere_is_not_asked_again(resident: Any, sms: Gateway) -> None:
    for number, status in enumerate((400, 401, 302)):
        sms.status = status
        tell(resident, f"key:{number}")
        jobs.deliver_due(later(days=number))
        assert Delivery.objects.filter(status="failed", last_error=f"HTTP {status}").count() == 1
    assert len(sms.requests) == 3


def test_an_sms_gateway_that_is_down_is_tried_again(resident: Any, settings: Any, gateway: Gateway) -> None:
    settings.SMS_URL = f"http://127.0.0.1:{free_port()}/"
    tell(resident)
    jobs.deliver_due(NOW)
    assert Delivery.objects.get().status == "waiting"
    settings.SMS_URL = gateway.url
    jobs.deliver_due(later(minutes=5))
    assert len(gateway.requests) == 1 and Delivery.objects.get().status == "sent"


def test_a_sign_in_code_reaches_somebody_without_an_account_and_leaves_nothing_behind(sms: Gateway) -> None:
    send_code()
    jobs.deliver_due(NOW)
    body = json.loads(sms.requests[0][2])
    assert body["to"] == "13900009999" and "246810" in body["text"]
    assert Delivery.objects.get().sealed is None


def test_a_code_that_came_too_late_is_not_sent(sms: Gateway, administrator: Actor) -> None:
    send_code(expires_at=later(minutes=10))
    assert jobs.deliver_due(later(minutes=11)).sent == 0
    delivery = Delivery.objects.get()
    assert delivery.status == "given_up" and delivery.sealed is None and not sms.requests
    with pytest.raises(Conflict, match="delivery_gone"):
        actions.retry_delivery(by=administrator, at=later(minutes=12), delivery_id=delivery.pk)


def test_an_address_under_a_destroyed_key_is_given_up(sms: Gateway) -> None:
    key, _ = vault.new_key("case", NOW)
    key.save(force_insert=True)
    send_code("one", key=key)
    jobs.deliver_due(NOW)
    assert len(sms.requests) == 1
    send_code("two", key=key)
    key.wrapped, key.destroyed_at = b"", NOW
    key.save()
    jobs.deliver_due(NOW)
    assert len(sms.requests) == 1
    assert Delivery.objects.get(dedupe_key="two").last_error == "address was erased"


def test_an_erased_person_is_not_written_to(resident: Any, mailbox: Mailbox) -> None:
    tell(resident)
    resident.vault_values.all().delete()
    jobs.deliver_due(NOW)
    assert Delivery.objects.get().status == "given_up" and not mailbox.mails
    actions.erase_notifications(by=HOUSE, at=NOW, person_id=resident.pk)
    assert not Notice.objects.exists() and not Delivery.objects.exists()


def test_a_channel_without_a_server_fails_with_its_reason(settings: Any) -> None:
    settings.DEMO = False
    send_code()
    jobs.deliver_due(NOW)
    assert Delivery.objects.get().last_error == "no server is set for this channel"


def test_in_the_demo_messages_stay_on_the_machine(settings: Any, resident: Any) -> None:
    settings.DEMO = True
    send_code()
    tell(resident)
    assert jobs.deliver_due(NOW).sent == 2


def test_a_dedupe_key_must_fit_a_header(sms: Gateway) -> None:
    for wrong in ("编号", "a\nb"):
        with pytest.raises(ValueError, match="dedupe_key"):
            send_code(wrong)


def test_only_an_administrator_retries(resident: Any) -> None:
    neighbour = Actor("person", resident.pk)
    for act in (
        lambda by: actions.retry_delivery(by=by, at=NOW, delivery_id=1),
        lambda by: actions.retry_failed(by=by, at=NOW),
        lambda by: queries.stuck_page(by, None, 10),
        lambda by: queries.failing_events(by),
    ):
        with pytest.raises(Forbidden):
            act(neighbour)
        with pytest.raises(SignInRequired):
            act(ANONYMOUS)


def test_reading_notices(resident: Any) -> None:
    me, other = Actor("person", resident.pk), Actor("person", create_person(by=HOUSE, at=NOW).pk)
    for number in range(5):
        tell(resident, f"key:{number}")
    first, cursor = queries.notice_page(me, None, 3)
    rest, end = queries.notice_page(me, cursor, 3)
    assert [len(first), len(rest), end] == [3, 2, None]
    assert len({notice.pk for notice in first + rest}) == 5
    actions.mark_read(by=me, at=NOW, notice_id=first[0].pk)
    actions.mark_read(by=me, at=later(days=1), notice_id=first[0].pk)
    assert Notice.objects.get(pk=first[0].pk).read_at == NOW
    with pytest.raises(NotFound):
        actions.mark_read(by=other, at=NOW, notice_id=first[1].pk)
    assert queries.unread_count(me) == 4 and queries.unread_count(other) == 0
    assert actions.mark_all_read(by=me, at=NOW) == 4
    with pytest.raises(Refused, match="bad_cursor"):
        queries.notice_page(me, "bm9wZQ", 3)
