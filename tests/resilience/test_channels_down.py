"""A mail server and a message gateway that are away: the reporter is told when they are back, and exactly once."""

import datetime as dt
import json
from collections import Counter
from typing import Any

import pytest

from gongzhi.cases import actions
from gongzhi.cases.rules import Where
from gongzhi.notifications import jobs
from gongzhi.notifications.models import Delivery, OutboxEvent
from gongzhi.notifications.tests.conftest import Gateway, Mailbox, free_port, gateway, mailbox, sms
from gongzhi.people.actions.accounts import create_person
from gongzhi.people.queries import actor_for
from tests import cast

__all__ = ["gateway", "mailbox", "sms"]  # fixtures: a real SMTP server, a real HTTP server
pytestmark = pytest.mark.django_db(transaction=True)
MINUTES = (0, 1, 5, 20, 60, 240, 600)


@pytest.fixture
def world() -> cast.World:
    return cast.build()


def where(world: cast.World) -> Where:
    building, grid = world.places["LY-5"], world.places["PC-1-1-1"]
    return Where(path=building.path, found="code", place_id=building.pk, grid_id=grid.pk)


def deliver(*minutes: int) -> None:
    """The job as the worker runs it, at these minutes after the report; twice each time, as two workers would."""
    for minute in minutes:
        for _ in range(2):
            jobs.deliver_due(cast.NOW + dt.timedelta(minutes=minute))


@pytest.mark.req("N06", where="POST /api/v1/cases")
def test_mail_that_was_down_tells_the_reporter_once(world: cast.World, mailbox: Mailbox) -> None:
    values = {"name": "演示李", "email": "li@example.cn"}
    person = create_person(by=cast.SETUP, at=cast.NOW, values=values)
    by = actor_for(person, at=cast.NOW, purpose="test")
    mailbox.stop()
    answer = actions.report_case(by=by, at=cast.NOW, text="路灯不亮，看不见台阶。", where=where(world))
    deliver(*MINUTES[:4])
    waiting = Delivery.objects.get()
    assert waiting.status == "waiting" and waiting.attempts > 1 and waiting.last_error and not mailbox.mails
    mailbox.start()
    deliver(*MINUTES[4:])
    assert Counter(mail["To"] for mail in mailbox.mails) == {"li@example.cn": 1}
    assert answer["number"] in mailbox.mails[0].get_content()
    assert Delivery.objects.get().status == "sent"
    assert not OutboxEvent.objects.filter(processed_at__isnull=True).exists()


@pytest.mark.req("N06", where="POST /api/v1/cases")
def test_messages_that_were_down_tell_the_reporter_once(world: cast.World, sms: Gateway, settings: Any) -> None:
    up, settings.SMS_URL = settings.SMS_URL, f"http://127.0.0.1:{free_port()}/"
    contact = actions.Contact("演示", "13700001111")
    by = cast.SETUP
    answer = actions.report_case(by=by, at=cast.NOW, text="路灯不亮。", where=where(world), contact=contact)
    deliver(0, 1)
    settings.SMS_URL, sms.status = up, 503
    deliver(5, 20)
    refused = len(sms.requests)
    assert refused > 0 and Delivery.objects.get().status == "waiting"
    sms.status = 204
    deliver(*MINUTES[4:])
    assert len(sms.requests) == refused + 1
    body = json.loads(sms.requests[-1][2])
    assert body["to"] == "13700001111" and answer["track_code"] in body["text"]
    assert len({headers["Idempotency-Key"] for _, headers, _ in sms.requests}) == 1
    assert Delivery.objects.get().status == "sent"
