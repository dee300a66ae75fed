"""The administrator's pages: what is wrong first, and the steps of an empty instance."""

import datetime as dt

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from gongzhi.audit.actions import record, seal_entries
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import head_file
from gongzhi.common.access import system_actor
from gongzhi.notifications.models import OutboxEvent
from gongzhi.people.models import Mandate
from gongzhi.web import instance
from tests import cast
from tests.cast import NOW, World
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
CLI = system_actor("cli")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield cast.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db) -> World:
    yield built
    head_file().unlink(missing_ok=True)


@pytest.fixture
def administrator(world) -> Client:
    client = Client()
    client.force_login(world.people["administrator"])
    return client


def check(title: str, at: dt.datetime = NOW) -> instance.Check:
    return next(one for one in instance.checks(at) if one.title == title)


def test_only_the_administrator_looks(world, administrator):
    assert "一项一项看" in text_of(administrator.get("/health"))
    other = Client()
    other.force_login(world.people["dispatcher"])
    assert other.get("/health").status_code == other.post("/health/verify").status_code == 403


def test_a_worker_that_does_not_run_is_red_and_one_that_runs_is_seen(world):
    assert (check("后台").tone, check("后台").value) == ("over", "停着")
    given = connection.settings_dict
    with psycopg.connect(
        host=given["HOST"],
        port=given["PORT"] or None,
        user=given["USER"],
        password=given["PASSWORD"] or None,
        dbname=given["NAME"],
        application_name=instance.WORKER_NAME,
    ) as worker:
        worker.execute("SELECT 1")
        with connection.cursor() as cursor:  # inside one transaction the server would show what it showed before
            cursor.execute("SELECT pg_stat_clear_snapshot()")
        assert check("后台").tone == "done"


def test_what_is_stuck_is_red_and_what_waits_long_is_amber(world):
    assert check("要发的消息").tone == "done"
    event = OutboxEvent.objects.create(topic="test", created_at=NOW, next_try_at=NOW)
    assert check("要发的消息").tone == "done"
    assert check("要发的消息", NOW + dt.timedelta(hours=1)).tone == "soon"
    OutboxEvent.objects.filter(pk=event.pk).update(attempts=3)
    assert check("要发的消息").tone == "over"


def test_the_last_backup_is_known_from_the_trail(world):
    assert check("备份").value == "还没有做过"
    record(by=CLI, at=NOW, action="cli.backup", subject="instance:x")
    assert check("备份").tone == "done"
    assert check("备份", NOW + dt.timedelta(days=9)).tone == "soon"


def test_the_holiday_table_warns_before_it_ends(world):
    assert check("工作日历").tone == "done"
    assert check("工作日历", dt.datetime(2026, 11, 20, tzinfo=dt.UTC)).tone == "soon"


def test_keys_that_others_can_read_are_red(world, settings):
    assert check("密钥").tone == "done"
    settings.KEYS_DIR.chmod(0o750)
    try:
        assert check("密钥").tone == "over"
    finally:
        settings.KEYS_DIR.chmod(0o700)


def test_what_waits_for_its_seal_is_said(world):
    seal_entries(by=CLI, at=NOW, everything=True)
    record(by=CLI, at=NOW, action="test.act", subject="thing:1")
    assert check("留痕").tone == "done"
    assert check("留痕", NOW + dt.timedelta(hours=1)).tone == "soon"


def test_the_button_finds_a_changed_entry(world, administrator):
    assert "留痕完好" in text_of(administrator.post("/health/verify"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.maintenance', 'yes', true)")
        first = Entry.objects.order_by("id").values_list("id", flat=True)[0]
        cursor.execute("UPDATE audit_entry SET actor = 'x' WHERE id = %s", [first])
        cursor.execute("SELECT set_config('gongzhi.maintenance', '', true)")
    page = text_of(administrator.post("/health/verify"))
    assert "留痕被动过" in page and f"entry_changed · entry:{first}" in page


def test_every_number_of_the_page_is_there(world, administrator):
    page = text_of(administrator.get("/health"))
    for word in ("数据库", "后台", "要发的消息", "工作日历", "留痕", "备份", "磁盘", "密钥", "入口", "Apache-2.0"):
        assert word in page


# Setting up


def test_the_steps_of_a_running_instance(world, administrator):
    response = administrator.get("/setup")
    steps = {step.title: step.ok for step in response.context["steps"]}
    assert steps["装入一个治理模式"] and steps["有系统管理员"] and steps["岗位上有人"]
    assert not steps["做过备份"]


def test_somebody_at_the_machine_sees_the_steps_until_there_is_an_administrator(world, client):
    assert client.get("/setup").status_code == 302
    Mandate.objects.filter(post__role="administrator").delete()
    page = text_of(client.get("/setup"))
    assert "./gongzhi admin create" in page
    assert Client(REMOTE_ADDR="203.0.113.5").get("/setup").status_code == 302
