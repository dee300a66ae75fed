"""The trail on screen, for who may read it and nobody else."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.db import connection
from openpyxl import load_workbook

from gongzhi.audit.actions import record
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import entries_page, who_saw
from tests import cast
from tests.cast import World
from tests.support.pages import client_of


@pytest.fixture
def world(db: Any) -> World:
    return cast.build()


@pytest.mark.parametrize("page", ["/trail/", "/trail/readings", "/trail/links?subject=person:1"])
def test_the_auditor_reads_others_do_not(world: World, page: str) -> None:
    assert client_of(world, "auditor").get(page).status_code == 200
    for name in ("dispatcher", "administrator", "resident"):
        assert client_of(world, name).get(page).status_code == 403


def test_the_trail_and_the_readings_are_taken_along_as_they_are_narrowed(world: World) -> None:
    record(by=cast.SETUP, at=cast.NOW, action="test.kept", subject="case:X-1", changes={"unit": [1, 2]})
    answer = client_of(world, "auditor").get("/trail/", {"action": "test.kept", "format": "xlsx"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    told = [row for row in rows if "test.kept" in row]
    assert len(told) == 1 and "case:X-1" in told[0]
    assert not any("people.appoint" in row for row in rows)
    readings = client_of(world, "auditor").get("/trail/readings", {"format": "xlsx"})
    assert readings["Content-Type"].endswith("spreadsheetml.sheet")
    assert client_of(world, "secretary").get("/trail/", {"format": "xlsx"}).status_code == 403


def test_search_narrows_and_pages_by_keyset(world: World) -> None:
    auditor = client_of(world, "auditor")
    page = auditor.get("/trail/", {"action": "people.appoint"}).content.decode()
    assert "people.appoint" in page and "people.create" not in page
    for number in range(60):
        record(by=cast.SETUP, at=cast.NOW, action="test.note", subject=f"test:{number}")
    first = auditor.get("/trail/").content.decode()
    assert "test:59" in first and "test:0<" not in first
    older = auditor.get(re.search(r'/trail/\?cursor=[^"]+', first)[0]).content.decode()  # type: ignore[index]
    assert "test:0<" in older and "test:59" not in older


def test_a_changed_entry_is_found_and_named(world: World) -> None:
    auditor = client_of(world, "auditor")
    assert "都对得上" in auditor.post("/trail/verify").content.decode()
    changed = Entry.objects.order_by("id").first()
    assert changed is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.maintenance', 'test', true)")
        cursor.execute("UPDATE audit_entry SET action = 'people.nothing' WHERE id = %s", [changed.pk])
    page = auditor.post("/trail/verify").content.decode()
    assert "有对不上的" in page and f"entry:{changed.pk}" in page
    assert client_of(world, "dispatcher").post("/trail/verify").status_code == 403


def test_since_a_day_and_who_saw_whom_use_their_indexes(world: World) -> None:
    record(by=cast.SETUP, at=dt.datetime(2026, 3, 17, 16, 0, tzinfo=dt.UTC), action="test.note", subject="test:day")
    record(by=cast.SETUP, at=dt.datetime(2026, 3, 17, 15, 59, tzinfo=dt.UTC), action="test.note", subject="test:eve")
    auditor = world.actor("auditor")
    page = entries_page(auditor, action="test.note", since=dt.date(2026, 3, 18))
    assert [entry.subject for entry in page.items] == ["test:day"]
    with connection.cursor() as cursor:  # the tables are small: what could be used is asked, not what is
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "audit_access_subjects" in who_saw("person:1").explain()
    assert "audit_entry_at" in Entry.objects.filter(at__gte=cast.NOW).explain()


def test_the_trail_since_a_day_compares_moments(world: World, django_assert_num_queries: Any) -> None:
    auditor = world.actor("auditor")
    with django_assert_num_queries(1) as asked:
        entries_page(auditor, since=dt.date(2026, 3, 18))
    assert "AT TIME ZONE" not in asked[0]["sql"]
