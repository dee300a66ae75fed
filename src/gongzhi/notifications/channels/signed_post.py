"""A signed HTTP POST: HMAC-SHA256 over time and body, an Idempotency-Key, no redirect, a checked address.

The host name is resolved once, every address is checked, and the connection goes to a checked address: a
name that answers differently the second time (DNS rebinding) changes nothing.
"""

import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from gongzhi.common.logs import without_personal_values
from gongzhi.notifications import rules
from gongzhi.notifications.channels import ChannelDown, NotSent, Rejected

TIMEOUT = 10
_TRY_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True)
class SignedRequest:
    """What goes out; `private_allowed` is for addresses that the operator, not a user, has chosen."""

    url: str
    body: bytes
    secret: bytes
    timestamp: int
    idempotency_key: str
    private_allowed: bool


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to the address that was checked, and speaks TLS to the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT)
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(request: SignedRequest) -> None:
    """Returns when the other side said 2xx. Raises ChannelDown, Rejected (4xx, redirect), NotSent (5xx)."""
    parts = urlsplit(request.url)
    tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    address = checked_address(host, port, private_allowed=request.private_allowed)
    connection = _PinnedConnection(host, port, address, tls=tls)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body=request.body, headers=_headers(request))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise ChannelDown(without_personal_values(f"{type(error).__name__}: {error}")) from error
    finally:
        connection.close()
    _judge(status)


def _headers(request: SignedRequest) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "gongzhi",
        "Idempotency-Key": request.idempotency_key,
        "Gongzhi-Timestamp": str(request.timestamp),
        "Gongzhi-Signature": rules.signature(request.secret, request.timestamp, request.body),
    }


def _judge(status: int) -> None:
    if 200 <= status < 300:
        return
    if status >= 500 or status in _TRY_LATER:
        raise NotSent(f"HTTP {status}")
    raise Rejected(f"HTTP {status}")


def checked_address(host: str, port: int, *, private_allowed: bool) -> str:
    """The first address of a host, once all of its addresses may be called; Rejected otherwise."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ChannelDown(f"{type(error).__name__}: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not private_allowed and not all(rules.address_is_public(address) for address in addresses):
        raise Rejected("address is not public")
    return addresses[0]
