"""Real servers for the channels, and a small cast."""

import datetime as dt
import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from gongzhi.common.access import Actor, Scope, system_actor
from gongzhi.people.actions.accounts import create_person
from gongzhi.people.models import Mandate, Post
from gongzhi.places.models import Place

NOW = dt.datetime(2027, 3, 18, 1, 0, tzinfo=dt.UTC)
HOUSE = system_actor("test")


def later(**delta: float) -> dt.datetime:
    return NOW + dt.timedelta(**delta)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def resident(db: None) -> Any:
    return create_person(by=HOUSE, at=NOW, values={"name": "张三", "phone": "13800002046", "email": "zhang@example.cn"})


@pytest.fixture
def administrator(resident: Any) -> Actor:
    scope = Scope(None, "administrator", frozenset({"notifications.manage"}), "/")
    return Actor("person", resident.pk, (scope,), "test")


@dataclass
class Mailbox:
    """An SMTP server of somebody else's making that keeps what it accepts; `answer` refuses instead."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"
    controller: Controller | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    box.start()
    yield box
    box.stop()


@dataclass
class Gateway:
    """A plain HTTP server that keeps every request and answers with `status`."""

    server: http.server.ThreadingHTTPServer
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gate.requests.append((self.path, dict(self.headers.items()), body))
            self.send_response(gate.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    gate = Gateway(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    threading.Thread(target=gate.server.serve_forever, daemon=True).start()
    yield gate
    gate.server.shutdown()
    gate.server.server_close()


@pytest.fixture
def sms(settings: Any, gateway: Gateway) -> Gateway:
    settings.SMS_URL, settings.SMS_SECRET = gateway.url, "a-secret-of-the-gateway"
    return gateway


@pytest.fixture
def clerk(db: None) -> Client:
    """An administrator, by mandate."""
    person = create_person(by=HOUSE, at=NOW)
    place = Place.objects.create(
        kind="region",
        level="community",
        code="440307015001",
        name="演示社区",
        path="/440307015001/",
        valid_from="2020-01-01",
    )
    post = Post.objects.create(code="admin", role="administrator", title="管理员", place=place, valid_from="2020-01-01")
    Mandate.objects.create(person=person, post=post, valid_from="2020-01-01", decision="演示")
    client = Client()
    client.force_login(person)
    return client
