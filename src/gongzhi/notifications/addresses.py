"""Sealed receivers: an address and one-time words (a sign-in code) that never lie open in a row."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from gongzhi.common import sealing

_CONTEXT = "notifications.delivery:"


@dataclass(frozen=True)
class Address:
    """Where a message goes, and the words of it that only its receiver may read."""

    to: str
    secret: dict[str, Any] = field(default_factory=dict)


def house_key() -> bytes:
    """The key for receivers without a vault key of their own; such rows are emptied once sent."""
    return sealing.load_keyring(settings.KEYS_DIR).derive("notifications")


def seal_address(key: bytes, dedupe_key: str, address: Address) -> bytes:
    plain = json.dumps([address.to, address.secret], ensure_ascii=False).encode()
    return sealing.seal(key, plain, _CONTEXT + dedupe_key)


def unseal_address(key: bytes, dedupe_key: str, sealed: bytes) -> Address:
    """Raises sealing.Unreadable once the key is destroyed."""
    to, secret = json.loads(sealing.unseal(key, sealed, _CONTEXT + dedupe_key))
    return Address(to, secret)


def seal_secret(url: str, secret: str) -> bytes:
    return sealing.seal(house_key(), secret.encode(), "notifications.webhook:" + url)


def unseal_secret(url: str, sealed: bytes) -> bytes:
    return sealing.unseal(house_key(), sealed, "notifications.webhook:" + url)
