"""When to try again, when to stop, and what a signed request looks like. Pure."""

import datetime as dt
import hashlib
import hmac
import ipaddress
from urllib.parse import urlsplit

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

FIRST_DELAY = dt.timedelta(seconds=30)
LONGEST_DELAY = dt.timedelta(hours=6)
LONGEST_EVENT_DELAY = dt.timedelta(hours=1)
MAX_TRIES = 12  # about a day and a half in all; after that a person decides
LEASE = dt.timedelta(minutes=3)  # longer than the longest send (SMTP: connect, greet, send; 10 s each)
CONTACT_FIELD = {"mail": "email", "sms": "phone"}  # channel → which vault value it needs

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = frozenset({"localhost"})


def backoff(attempts: int, jitter: float, longest: dt.timedelta = LONGEST_DELAY) -> dt.timedelta:
    """The pause before the next try: doubled each time, capped, spread over 50–100% by `jitter` in [0, 1)."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_DELAY * (1 << doublings), longest) * (0.5 + jitter / 2)


def tries_used_up(attempts: int) -> bool:
    return attempts >= MAX_TRIES


def message_id(dedupe_key: str, host: str) -> str:
    """One stable RFC 5322 Message-ID per delivery, so that a second copy is one message for the reader."""
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]
    return f"<{digest}@{host or 'gongzhi.localhost'}>"


def one_line(subject: str, text: str) -> str:
    """For an SMS: subject and text without line breaks, a full stop between them where none stands."""
    stop = "" if subject[-1:] in "。？！?!." else "。"
    return " ".join(f"{subject}{stop}{text}".split())


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """`v1=` and the hex HMAC-SHA256 of "timestamp.body"; the receiver recomputes it over the raw body."""
    return "v1=" + hmac.new(secret, str(timestamp).encode() + b"." + body, hashlib.sha256).hexdigest()


def address_is_public(address: str) -> bool:
    """Whether a webhook may call this IP address: not private, loopback or link-local, mapped or plain."""
    parsed = _inner_address(ipaddress.ip_address(address.partition("%")[0]))
    return parsed.is_global and not parsed.is_multicast


def _inner_address(address: _Ip) -> _Ip:
    """The IPv4 address that an IPv6 one carries (mapped, 6to4, NAT64: RFC 6052), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def check_webhook_url(url: str, *, local_allowed: bool) -> None:
    """Raises Refused `webhook_url` unless https, or http to this machine where that is switched on."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    loopback = host in _LOCAL_NAMES or _is_loopback_literal(host)
    if parts.username or parts.password or not host:
        raise Refused("webhook_url", N_("推送地址里不要写账号密码，要写完整的网址，例如 https://example.org/hook。"))
    if parts.scheme == "https" or (parts.scheme == "http" and loopback and local_allowed):
        return
    raise Refused("webhook_url", N_("推送地址要以 https:// 开头。"))


def _is_loopback_literal(host: str) -> bool:
    try:
        return is_loopback(host)
    except ValueError:
        return False
