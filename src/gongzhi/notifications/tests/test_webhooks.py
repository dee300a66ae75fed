import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Entry
from gongzhi.common.access import ANONYMOUS, Actor
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired
from gongzhi.notifications import actions, jobs, rules
from gongzhi.notifications.channels import Rejected
from gongzhi.notifications.channels.signed_post import checked_address
from gongzhi.notifications.models import Delivery, Webhook
from gongzhi.notifications.tests.conftest import NOW, Gateway, later

pytestmark = pytest.mark.django_db
SECRET = "sixteen-letters-or-more"


@pytest.fixture
def webhook(settings: Any, administrator: Actor, gateway: Gateway) -> Webhook:
    settings.WEBHOOK_LOCAL = True
    return actions.add_webhook(by=administrator, at=NOW, url=gateway.url, secret=SECRET, topics=["case.closed"])


def test_an_event_is_pushed_signed_and_a_second_copy_is_the_same(webhook: Webhook, gateway: Gateway) -> None:
    gateway.status = 500
    actions.emit("case.closed", {"number": "GZ-1"}, at=NOW)
    actions.emit("case.reported", {"number": "GZ-2"}, at=NOW)
    jobs.deliver_due(NOW)
    webhook.refresh_from_db()
    assert webhook.failure_count == 1
    gateway.status = 200
    assert jobs.deliver_due(later(minutes=1)).sent == 1
    (_, first, body), (_, second, again) = gateway.requests
    assert body == again and first["Idempotency-Key"] == second["Idempotency-Key"]
    assert json.loads(body)["payload"] == {"number": "GZ-1"} and json.loads(body)["topic"] == "case.closed"
    stamp = int(second["Gongzhi-Timestamp"])
    assert second["Gongzhi-Signature"] == rules.signature(SECRET.encode(), stamp, body)
    webhook.refresh_from_db()
    assert webhook.failure_count == 0 and SECRET.encode() not in bytes(webhook.secret_sealed)


def test_addresses_inside_the_network_are_not_called(settings: Any, webhook: Webhook, gateway: Gateway) -> None:
    settings.WEBHOOK_LOCAL = False
    actions.emit("case.closed", {"number": "GZ-1"}, at=NOW)
    jobs.deliver_due(NOW)
    assert Delivery.objects.get().status == "failed" and not gateway.requests


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.8", "::1", "169.254.169.254", "2130706433"])
def test_a_name_is_judged_by_the_address_it_leads_to(host: str) -> None:
    with pytest.raises(Rejected):
        checked_address(host, 443, private_allowed=False)


def test_a_webhook_that_was_switched_off_gets_nothing_more(
    webhook: Webhook, gateway: Gateway, administrator: Actor
) -> None:
    gateway.status = 500
    actions.emit("case.closed", {"number": "GZ-1"}, at=NOW)
    jobs.deliver_due(NOW)
    actions.switch_webhook(by=administrator, at=NOW, webhook_id=webhook.pk, active=False)
    actions.emit("case.closed", {"number": "GZ-2"}, at=NOW)
    jobs.deliver_due(later(minutes=1))
    assert Delivery.objects.get().status == "given_up" and len(gateway.requests) == 1
    with pytest.raises(NotFound):
        actions.switch_webhook(by=administrator, at=NOW, webhook_id=0, active=False)


def test_the_page_shows_the_secret_once_and_takes_the_address_off_again(clerk: Client, resident: Any) -> None:
    given = {"url": "https://hook.example.org/gz", "topics": "case.report，case.close case.report"}
    page = clerk.post(reverse("webhooks"), given)
    hook = Webhook.objects.get()
    assert hook.topics == ["case.report", "case.close"] and page["Cache-Control"] == "no-store"
    secret = page.context["secret"]
    assert secret in page.content.decode() and secret.encode() not in bytes(hook.secret_sealed)
    again = clerk.get(reverse("webhooks"))
    assert hook.url in again.content.decode() and secret not in again.content.decode()
    assert hook.url in clerk.get(reverse("deliveries")).content.decode()
    taken = clerk.post(reverse("webhooks"), given)
    assert taken.status_code == 422 and "已经有了" in taken.content.decode() and not taken.context["secret"]
    for url, topics in (("http://example.org/x", "*"), ("https://example.org/x", "Case Report!"), ("", "*")):
        assert clerk.post(reverse("webhooks"), {"url": url, "topics": topics}).status_code == 422
    clerk.post(reverse("webhook-switch", args=[hook.pk]), {"active": "0"})
    assert not Webhook.objects.get().active
    assert clerk.post(reverse("webhook-remove", args=[hook.pk])).status_code == 302
    assert clerk.post(reverse("webhook-remove", args=[hook.pk])).status_code == 404
    assert not Webhook.objects.exists()
    stranger = Client()
    stranger.force_login(resident)
    assert stranger.get(reverse("webhooks")).status_code == 403
    assert stranger.post(reverse("webhooks"), given).status_code == 403
    moves = list(Entry.objects.filter(subject=f"webhook:{hook.pk}").order_by("id").values_list("action", flat=True))
    assert [move.partition(".")[2] for move in moves] == ["add_webhook", "switch_webhook", "remove_webhook"]
    assert hook.url not in str(list(Entry.objects.values("changes", "subject")))


def test_what_cannot_be_a_webhook_is_refused(settings: Any, administrator: Actor, webhook: Webhook) -> None:
    add = {"by": administrator, "at": NOW, "secret": SECRET, "topics": ["*"]}
    with pytest.raises(Refused, match="webhook_url"):
        actions.add_webhook(**add, url="http://example.org/hook")
    with pytest.raises(Refused, match="webhook_secret"):
        actions.add_webhook(**{**add, "secret": "short"}, url="https://example.org/hook")
    with pytest.raises(Conflict, match="webhook_exists"):
        actions.add_webhook(**add, url=webhook.url)
    with pytest.raises(SignInRequired):
        actions.add_webhook(**{**add, "by": ANONYMOUS}, url="https://example.org/hook")
