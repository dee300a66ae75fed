"""Several processes at the same work, and processes that die in the middle of it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.db import connection

from gongzhi.notifications import actions, jobs
from gongzhi.notifications.models import Delivery, Notice, OutboxEvent
from gongzhi.notifications.tests.conftest import HOUSE, NOW, Gateway, Mailbox, later

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = Path(actions.__file__).resolve().parents[3]
WORKER = """
import datetime as dt, sys, django
django.setup()
from gongzhi.notifications import actions, jobs, registry
from gongzhi.people.models import Person

@registry.receive("trial.reported")
def tell(event):
    person = Person.objects.get()
    actions.notify_person(by=jobs.SENDER, at=event.now, person_id=person.pk, kind="case_reported",
                          params=event.payload, subject="", dedupe_key=f"event:{event.id}")

print("ready", flush=True)
sys.stdin.readline()
run = jobs.deliver_due(dt.datetime.fromisoformat(sys.argv[1]))
print(run.sent, flush=True)
"""


def start_worker(at: Any, **environment: str) -> subprocess.Popen[str]:
    """A worker process on the test's own database, waiting for a line before it begins."""
    base = connection.settings_dict
    url = f"postgresql://{base['USER']}:{base['PASSWORD']}@/{base['NAME']}?host={base['HOST']}&port={base['PORT']}"
    inherited = {**os.environ, "PYTHONPATH": str(SOURCE), "DATABASE_URL": url, **environment}
    inherited |= {"DJANGO_SETTINGS_MODULE": "gongzhi.config.settings", "GONGZHI_DATA": str(product.DATA_DIR)}
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, at.isoformat()],
        env=inherited,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout and worker.stdout.readline() == "ready\n"
    return worker


def let_go(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin
    worker.stdin.write("\n")
    worker.stdin.flush()


def emit_many(count: int) -> None:
    for number in range(count):
        actions.emit("trial.reported", {"number": f"GZ-{number}"}, at=NOW)


@pytest.mark.req("N06")
def test_two_workers_at_once_double_nothing(resident: Any, mailbox: Mailbox) -> None:
    emit_many(40)
    server = {"GONGZHI_SMTP_HOST": "127.0.0.1", "GONGZHI_SMTP_PORT": str(mailbox.port)}
    workers = [start_worker(later(seconds=1), **server) for _ in range(2)]
    for worker in workers:
        let_go(worker)
    sent = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(sent) == 40 and min(sent) > 0
    assert Counter(mail["Message-ID"] for mail in mailbox.mails).most_common(1)[0][1] == 1
    assert len(mailbox.mails) == Notice.objects.count() == 40
    assert not OutboxEvent.objects.filter(processed_at__isnull=True).exists()


@pytest.mark.req("N06")
def test_workers_that_are_killed_lose_nothing_and_double_nothing_for_the_eye(resident: Any, sms: Gateway) -> None:
    emit_many(60)
    server = {"GONGZHI_SMS_URL": sms.url, "GONGZHI_SMS_SECRET": "a-secret-of-the-gateway"}
    seeded = random.Random(20270318)
    for death in range(6):
        worker = start_worker(later(minutes=10 * death), **server)
        let_go(worker)
        time.sleep(seeded.uniform(0.02, 0.25))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    last = start_worker(later(hours=3), **server)
    let_go(last)
    last.communicate(timeout=60)
    jobs.deliver_due(later(hours=4))

    arrived = Counter(headers["Idempotency-Key"] for _, headers, _ in sms.requests)
    assert len(arrived) == 60  # every one, and every copy under the same key
    assert sum(arrived.values()) <= 60 + 6  # at most one copy more for each death
    assert Notice.objects.count() == Delivery.objects.filter(status="sent").count() == 60


def test_a_delivery_in_another_hand_is_left_alone_until_its_lease_ends(resident: Any, sms: Gateway) -> None:
    actions.notify_person(
        by=HOUSE, at=NOW, person_id=resident.pk, kind="case_closed", params={"number": "GZ-1"}, subject="",
        dedupe_key="one",
    )  # fmt: skip
    Delivery.objects.update(next_try_at=later(minutes=3), attempts=1)  # claimed at NOW by somebody who died
    assert jobs.deliver_due(later(minutes=2)).sent == 0
    assert jobs.deliver_due(later(minutes=3, seconds=1)).sent == 1
