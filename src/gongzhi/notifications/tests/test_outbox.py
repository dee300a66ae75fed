import json
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from gongzhi.notifications import actions, jobs, queries, registry, sql
from gongzhi.notifications.models import OutboxEvent
from gongzhi.notifications.tests.conftest import HOUSE, NOW, later

pytestmark = pytest.mark.django_db
heard: list[str] = []


def listen(event: registry.Event) -> None:
    heard.append(event.payload["number"])


def stumble(event: registry.Event) -> None:
    OutboxEvent.objects.create(topic="left.behind", payload={}, created_at=NOW, next_try_at=later(days=9))
    raise RuntimeError("call 13800002046 about zhang@example.cn")


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    heard.clear()
    registry.receive("case.reported")(listen)
    yield
    registry.forget("case.reported", listen)
    registry.forget("case.reported", stumble)


def test_an_event_is_heard_once() -> None:
    actions.emit("case.reported", {"number": "GZ-1"}, at=NOW)
    assert jobs.deliver_due(NOW).events == 1
    assert jobs.deliver_due(later(days=1)).events == 0
    assert heard == ["GZ-1"]


def test_an_event_exists_only_if_its_act_does() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.emit("case.reported", {"number": "GZ-1"}, at=NOW)
        raise RuntimeError
    assert not OutboxEvent.objects.exists()


def test_the_sql_fragment_writes_the_same_row_as_the_action() -> None:
    actions.emit("case.reported", {"number": "GZ-1"}, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH x AS ({sql.OUTBOX_INSERT} SELECT %s, %s::jsonb, %s, %s RETURNING id) SELECT id FROM x",
            ["case.reported", json.dumps({"number": "GZ-1"}), NOW, NOW],
        )
    one, other = OutboxEvent.objects.order_by("id").values()
    assert {**one, "id": 0} == {**other, "id": 0}


def test_events_without_a_receiver_are_done() -> None:
    actions.emit("nobody.listens", {}, at=NOW)
    assert jobs.deliver_due(NOW).events == 1


def test_a_failing_receiver_holds_up_no_other_and_is_tried_again_alone() -> None:
    registry.receive("case.reported")(stumble)
    actions.emit("case.reported", {"number": "GZ-1"}, at=NOW)
    actions.emit("case.reported", {"number": "GZ-2"}, at=NOW)
    run = jobs.deliver_due(NOW)
    assert (run.events, run.events_failed) == (0, 2)
    assert heard == ["GZ-1", "GZ-2"]
    assert not OutboxEvent.objects.filter(topic="left.behind").exists()  # its half-done writes are gone

    event = OutboxEvent.objects.get(payload__number="GZ-1")
    assert "RuntimeError" in event.last_error and event.attempts == 1
    assert "13800002046" not in event.last_error and "zhang@" not in event.last_error
    assert queries.delivery_health().events_failing == 2

    registry.forget("case.reported", stumble)
    assert jobs.deliver_due(later(seconds=5)).events == 0  # not before its pause is over
    assert jobs.deliver_due(later(minutes=2)).events == 2
    assert heard == ["GZ-1", "GZ-2"]


def test_a_receiver_that_fails_for_weeks_is_still_tried_within_the_hour() -> None:
    registry.receive("case.reported")(stumble)
    actions.emit("case.reported", {"number": "GZ-1"}, at=NOW)
    OutboxEvent.objects.update(attempts=31_999)
    jobs.deliver_due(NOW)
    assert OutboxEvent.objects.get().next_try_at <= later(hours=1, minutes=1)


def test_a_database_error_in_a_receiver_is_kept_with_the_event() -> None:
    def wrong(event: registry.Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM notifications_outboxevent")

    registry.receive("case.odd")(wrong)
    actions.emit("case.odd", {}, at=NOW)
    assert jobs.deliver_due(NOW).events_failed == 1
    assert "ProgrammingError" in OutboxEvent.objects.get().last_error
    registry.forget("case.odd", wrong)


def test_handled_events_go_after_thirty_days() -> None:
    actions.emit("nobody.listens", {}, at=NOW)
    jobs.deliver_due(NOW)
    actions.emit("still.waiting", {}, at=NOW)
    assert actions.forget_old(by=HOUSE, at=later(days=29)) == 0
    assert actions.forget_old(by=HOUSE, at=later(days=31)) == 1
    assert OutboxEvent.objects.get().topic == "still.waiting"
