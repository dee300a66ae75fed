"""From a delivery to the message that goes out: words rendered, address opened at the last moment."""

import datetime as dt
import json

from django.conf import settings

from gongzhi.common.access import system_actor
from gongzhi.common.sealing import Unreadable
from gongzhi.notifications import addresses, rendering, rules
from gongzhi.notifications.addresses import Address
from gongzhi.notifications.channels import NoReceiver, Outgoing
from gongzhi.notifications.models import Delivery, Webhook
from gongzhi.people import vault

SENDER = system_actor("deliver")


def shown_on_screen(channel: str) -> bool:
    """In the demo, what has no server to go to is read on the page /demo/messages."""
    return settings.DEMO and not {"mail": settings.EMAIL_HOST, "sms": settings.SMS_URL}.get(channel, "always")


def outgoing(delivery: Delivery, now: dt.datetime) -> Outgoing:
    """The message with its address opened; raises NoReceiver when there is none any more."""
    if delivery.webhook is not None:
        return _pushed(delivery, delivery.webhook, now)
    address, language = _address_of(delivery, now)
    words = rendering.render(delivery.kind, {**delivery.params, **address.secret}, language)
    return Outgoing(
        channel=delivery.channel,
        kind=delivery.kind,
        to=address.to,
        subject=words.subject,
        text=words.text,
        dedupe_key=delivery.dedupe_key,
        created_at=delivery.created_at,
        now=now,
    )


def _pushed(delivery: Delivery, hook: Webhook, now: dt.datetime) -> Outgoing:
    if not hook.active:
        raise NoReceiver("webhook is switched off")
    return Outgoing(
        channel="webhook",
        kind=delivery.kind,
        to=hook.url,
        subject="",
        text="",
        dedupe_key=delivery.dedupe_key,
        created_at=delivery.created_at,
        now=now,
        body=json.dumps(delivery.body, ensure_ascii=False, sort_keys=True).encode(),
        secret=addresses.unseal_secret(hook.url, bytes(hook.secret_sealed)),
    )


def _address_of(delivery: Delivery, now: dt.datetime) -> tuple[Address, str | None]:
    if delivery.person is not None:
        return _from_vault(delivery, now), delivery.person.language or None
    if not delivery.sealed:
        raise NoReceiver("address is gone")
    try:
        key = vault.open_key(delivery.key) if delivery.key else addresses.house_key()
        return addresses.unseal_address(key, delivery.dedupe_key, bytes(delivery.sealed)), None
    except Unreadable as error:
        raise NoReceiver("address was erased") from error


def _from_vault(delivery: Delivery, now: dt.datetime) -> Address:
    person_id, field = delivery.person_id, rules.CONTACT_FIELD[delivery.channel]
    assert person_id is not None  # noqa: S101 - for the type checker; the caller looked
    purpose = f"notifications.{delivery.kind}"
    values = vault.reveal(by=SENDER, at=now, person_ids=[person_id], fields=[field], purpose=purpose)
    to = values.get(person_id, {}).get(field)
    if not to:
        raise NoReceiver("address was erased")
    return Address(to)
