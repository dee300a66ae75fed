"""Tasks over many subjects: nothing is cut off, pages join up, numbers of the whole agree with the rows."""

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.places.models import Place
from gongzhi.registers.models import CollectionTask
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries import progress
from gongzhi.registers.tests import neighbourhood as street
from gongzhi.registers.tests.neighbourhood import TODAY
from gongzhi.registers.views import tasks as views
from tests.cast import World

pytestmark = pytest.mark.django_db
EVERYTHING = {"dwelling.gas_kind": "不用气", "dwelling.wiring_ok": "yes", "dwelling.ebike_count": "1"}


@pytest.fixture
def homes(world: World) -> list[Place]:
    return street.build(world, 9)


@pytest.fixture
def task(world: World, homes: list[Place]) -> CollectionTask:
    return street.task_of(world, street.approved(world, street.asked(*EVERYTHING)))


@pytest.mark.req("N01", where="/registers/tasks/")
def test_no_subject_of_a_task_is_cut_off_however_many(
    world: World, homes: list[Place], task: CollectionTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "AT_ONCE", 4)
    street.answer(world, task, homes[2], EVERYTHING)
    street.tell(world, homes[5], "dwelling.ebike_count", "1")
    every = list(progress.rows_of(task, task.path, TODAY))
    assert [row.key for row in every] == sorted(home.path for home in homes)
    done = progress.progress_of(task, task.path, TODAY)
    assert (done.count, done.left) == (len(every), sum(1 for row in every if row.held.left))
    assert done.answers == queries.Share(sum(row.held.known for row in every), sum(row.held.asked for row in every))
    after, joined = "", []
    while True:
        rows, after = progress.page_of(task, task.path, TODAY, after=after, most=3, skip=done.whole)
        joined += rows
        if not after:
            break
    assert [row.key for row in joined] == [row.key for row in every if row.held.left]
    assert len(list(progress.results_of(task.form, world.actor("secretary"), TODAY))) == len(every)


def test_what_two_sources_dispute_is_still_to_be_asked(
    world: World, homes: list[Place], task: CollectionTask
) -> None:
    street.answer(world, task, homes[0], EVERYTHING)
    street.tell(world, homes[0], "dwelling.ebike_count", "9", source="register:tenure")
    (row,) = [row for row in progress.rows_of(task, task.path, TODAY) if row.code == homes[0].code]
    done = progress.progress_of(task, task.path, TODAY)
    assert row.held.left == 1 and row.reference not in done.whole
    assert done.answers.part == row.held.known


def test_the_pages_of_tasks_forms_and_disputes_go_on_and_can_be_taken_along(
    world: World, homes: list[Place], task: CollectionTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 4)
    for home in homes[:6]:
        street.tell(world, home, "dwelling.ebike_count", "1")
        street.tell(world, home, "dwelling.ebike_count", "3", source="register:tenure")
    client = Client()
    client.force_login(world.people["secretary"])
    address, seen = reverse("collection-task", args=[task.pk]), 0
    page = client.get(address)
    while True:
        seen += len(page.context["rows"])
        if not page.context["next_url"]:
            break
        page = client.get(address + page.context["next_url"])
    assert (seen, page.context["left"], page.context["count"]) == (9, 9, 9)
    listed = client.get(reverse("collection-tasks")).context
    assert (len(listed["disputes"]), listed["disputed"]) == (4, 6)
    for export in ("xlsx", "disputes"):
        assert client.get(reverse("collection-tasks"), {"export": export}).content[:2] == b"PK"
    assert client.get(reverse("forms"), {"export": "forms"}).content[:2] == b"PK"
    for name in ("collection-tasks", "forms"):
        assert client.get(reverse(name), {"after": "x"}).status_code == 422, name


def test_tasks_come_one_page_after_the_other(
    world: World, homes: list[Place], task: CollectionTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    for place in ("PC-1-1", "LY-5"):
        street.task_of(world, task.form, place)
    client, found, address = Client(), [], reverse("collection-tasks")
    client.force_login(world.people["secretary"])
    page = client.get(address)
    while True:
        found += [row.pk for row in page.context["rows"]]
        if not page.context["next_url"]:
            break
        page = client.get(address + page.context["next_url"])
    assert sorted(found) == sorted(CollectionTask.objects.values_list("pk", flat=True)) and len(found) == 3
