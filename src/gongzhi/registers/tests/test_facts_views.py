"""The pages of forms, tasks, visits, readers and scenes, and the interface that readers use."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Access
from gongzhi.common import clock
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.places.models import Place
from gongzhi.registers.actions import sharing
from gongzhi.registers.models import CollectionTask, ExchangeGrant, Fact, Form, Recheck, Scene
from gongzhi.registers.tests import neighbourhood as street
from gongzhi.registers.tests.neighbourhood import grant
from tests.cast import NOW, World

TODAY = street.TODAY


@pytest.fixture
def homes(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return street.build(world, homes=7)


@pytest.fixture
def task(world: World, homes: list[Place]) -> CollectionTask:
    form = street.approved(world, street.asked("dwelling.gas_kind", "dwelling.wiring_ok", "dwelling.ebike_count"))
    return street.task_of(world, form)


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.req("N01", where="/registers/forms/")
def test_a_form_from_the_first_word_to_the_task(world: World, homes: list[Place]) -> None:
    secretary, supervisor = signed_in(world, "secretary"), signed_in(world, "supervisor")
    new = secretary.get(reverse("form-new"), {"about": "dwelling", "q": "电瓶车"})
    assert "电动自行车数" in body(new)
    sent = {"title": "用气检查", "about": "dwelling", "place": "PC-1", "f-dwelling.gas_kind": "1"}
    made = secretary.post(reverse("form-new"), {**sent, "w-dwelling.gas_kind": ""})
    assert made.status_code == 302
    form = Form.objects.get()
    page = body(secretary.get(reverse("form", args=[form.code])))
    assert "还缺" in page
    assert "没写为什么要问：用什么燃气" in page
    refused = secretary.post(reverse("form-act", args=[form.code, "send"]), follow=True)
    assert "还差" in body(refused)
    words = {name: value for name, value in street.WORDS.items() if value not in (False, "")}
    whole = {**sent, **words, "title": "用气检查", "w-dwelling.gas_kind": "查隐患"}
    assert secretary.post(reverse("form-edit", args=[form.code]), whole).status_code == 302
    secretary.post(reverse("form-act", args=[form.code, "send"]))
    assert "自己提的自己不能批" in body(secretary.get(reverse("form", args=[form.code])))
    assert secretary.post(reverse("form-act", args=[form.code, "approve"])).status_code == 403
    assert supervisor.post(reverse("form-act", args=[form.code, "refuse"])).status_code == 422
    supervisor.post(reverse("form-act", args=[form.code, "approve"]))
    late = {"place": "PC-1", "deadline": TODAY + dt.timedelta(days=300)}
    assert secretary.post(reverse("form-act", args=[form.code, "task"]), late).status_code == 422
    good = {"place": "PC-1", "deadline": TODAY + dt.timedelta(days=3)}
    assert secretary.post(reverse("form-act", args=[form.code, "task"]), good).status_code == 302
    assert CollectionTask.objects.count() == 1


@pytest.mark.req("N02", where="/visit/<code>")
def test_a_visit_shows_what_is_known_and_asks_the_rest(world: World, homes: list[Place], task: CollectionTask) -> None:
    street.tell(world, homes[0], "dwelling.ebike_count", "1")
    client, address = signed_in(world, "grid_member"), reverse("visit", args=[homes[0].code])
    page = body(client.get(address))
    assert "已有 1/3 项" in page
    assert "只问这 2 项" in page
    assert "2026-02-16" in page, "the day on which it was true"
    wrong = client.post(address, {"a-dwelling.gas_kind": "煤"})
    assert wrong.status_code == 422
    assert "只能选" in body(wrong)
    done = client.post(address, {"confirm": "yes", "a-dwelling.gas_kind": "不用气"}, follow=True)
    assert "存下了 2 项。还差 1 项" in body(done)
    assert sorted(Fact.objects.filter(task=task).values_list("how", flat=True)) == ["asked", "confirmed"]
    elsewhere = signed_in(world, "other_grid_member").get(address)
    assert elsewhere.status_code == 404


@pytest.mark.req("N02", where="/grid/buildings")
def test_a_cell_of_the_building_leads_to_the_visit_for_who_may(world: World, homes: list[Place]) -> None:
    address = reverse("visit", args=[homes[0].code])
    assert f'href="{address}"' in body(signed_in(world, "grid_member").get(reverse("grid-matrix")))
    assert f'href="{address}"' not in body(signed_in(world, "dispatcher").get(reverse("grid-matrix")))


@pytest.mark.req("N01", where="/registers/tasks/")
def test_completeness_accuracy_and_a_blind_recheck(world: World, homes: list[Place], task: CollectionTask) -> None:
    for home in homes:
        street.answer(world, task, home, {"dwelling.gas_kind": "不用气"})
    secretary = signed_in(world, "secretary")
    assert "7 ÷ 21 项" in body(secretary.get(reverse("collection-task", args=[task.pk])))
    secretary.post(reverse("collection-task-act", args=[task.pk, "close"]))
    secretary.post(reverse("collection-task-act", args=[task.pk, "draw"]))
    assert Recheck.objects.count() == 5
    for row in Recheck.objects.all():
        page = body(secretary.get(reverse("recheck", args=[row.pk])))
        assert "checked" not in page, "the first answer is not shown"
        secretary.post(reverse("recheck", args=[row.pk]), {"given": "不用气"})
    page = body(secretary.get(reverse("collection-task", args=[task.pk]), {"show": "all"}))
    assert "5 ÷ 5 项，95% 区间 57–100%" in page
    assert "再抽一遍，结果一样" in page


def test_every_page_opens_and_every_table_exports(world: World, homes: list[Place], task: CollectionTask) -> None:
    street.answer(world, task, homes[0], {"dwelling.gas_kind": "不用气"})
    supervisor = signed_in(world, "supervisor")
    for name in ("forms", "collection-tasks", "field-dictionary", "exchange", "scenes", "form-new"):
        assert supervisor.get(reverse(name)).status_code == 200, name
    for name in ("forms", "field-dictionary", "exchange"):
        assert supervisor.get(reverse(name), {"export": "xlsx"}).headers["Content-Type"].endswith("sheet"), name
    task_file = supervisor.get(reverse("collection-task", args=[task.pk]), {"export": "xlsx"})
    assert task_file.headers["Content-Type"].endswith("sheet")
    file = supervisor.get(reverse("form-results", args=[task.form.code]))
    assert file.headers["Content-Type"].endswith("sheet")
    assert Access.objects.filter(fields="results", subjects=[task.form.reference]).exists()
    fill = signed_in(world, "grid_member").get(reverse("fill-form", args=[task.pk, homes[0].code]))
    assert fill.status_code == 200


def test_a_choice_between_two_sayings_on_the_page(world: World, homes: list[Place], task: CollectionTask) -> None:
    street.tell(world, homes[0], "dwelling.ebike_count", "1")
    right = street.tell(world, homes[0], "dwelling.ebike_count", "3", source="register:tenure")
    client = signed_in(world, "grid_member")
    assert "两种说法" in body(client.get(reverse("collection-tasks")))
    client.post(reverse("choose-fact", args=[right.pk]))
    assert "两种说法" not in body(client.get(reverse("collection-tasks")))


def test_my_own_page(world: World, homes: list[Place]) -> None:
    words = {"about": "person", "purpose_code": "service", "basis_kind": "consent", "basis": "本人同意"}
    form = street.approved(world, street.asked("person.skill"), **words)
    own = street.task_of(world, form)
    client, address = signed_in(world, "resident"), reverse("my-facts-fill", args=[own.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"a-person.skill": "会修水管"}).status_code == 422
    client.post(address, {"a-person.skill": "会修水管", "agreed": "yes"})
    assert "会修水管" in body(client.get(reverse("my-facts")))
    client.post(reverse("my-facts-withdraw", args=[form.code]))
    assert "会修水管" not in body(client.get(reverse("my-facts")))
    client.post(address, {"a-person.skill": "会修水管", "agreed": "yes"})
    consents = body(client.get(reverse("my-consents")))
    assert form.title in consents and form.notice in consents
    client.post(reverse("my-consents-withdraw", args=[form.reference]))
    assert "会修水管" not in body(client.get(reverse("my-facts")))
    assert Client().get(reverse("my-facts")).status_code in (302, 401)


def test_a_scene_on_the_page(world: World, homes: list[Place]) -> None:
    client = signed_in(world, "supervisor")
    bad = {"name": "flood", "place": "PC", "order": "防指 3 号", "until": TODAY + dt.timedelta(days=99)}
    assert client.post(reverse("scenes"), bad).status_code == 422
    client.post(reverse("scenes"), {**bad, "until": TODAY})
    scene = Scene.objects.get()
    assert "要不要帮着转移" in body(client.get(reverse("form-new"), {"about": "dwelling", "scene": scene.pk}))
    assert signed_in(world, "secretary").post(reverse("scene-end", args=[scene.pk])).status_code == 403
    assert "已停用，删了 0 条" in body(client.post(reverse("scene-end", args=[scene.pk]), follow=True))


# Readers from outside


def read(token: str, **asked: str) -> Any:
    return Client().get("/api/v1/facts", asked, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def token(world: World, homes: list[Place]) -> str:
    for number, home in enumerate(homes):
        street.tell(world, home, "dwelling.gas_kind", "不用气" if number < 5 else "瓶装液化气")
    return sharing.approve_grant(by=world.actor("supervisor"), at=NOW, grant_id=grant(world).pk)


@pytest.mark.req("N04", where="/api/v1/facts")
def test_an_admitted_reader_reads_and_the_reading_is_written_down(world: World, token: str) -> None:
    asked = {"field": "dwelling.gas_kind", "region": "PC-1", "purpose": "safety"}
    answer = read(token, **asked)
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 7
    account = ExchangeGrant.objects.get().account_id
    logged = Access.objects.get(actor=f"person:{account}")
    assert (logged.purpose, logged.fields) == ("safety", "dwelling.gas_kind")
    assert "消防救援站" in body(signed_in(world, "auditor").get(reverse("exchange")))


@pytest.mark.req("N04")
def test_small_counts_are_hidden(token: str) -> None:
    asked = {"field": "dwelling.gas_kind", "region": "PC-1", "purpose": "safety", "as": "counts"}
    found = read(token, **asked).json()
    assert found["items"] == []
    assert {one["value"]: one["count"] for one in found["counts"]}["瓶装液化气"] is None


@pytest.mark.req("N04")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "planning"}, "purpose_not_granted"),
        ({"field": "dwelling.ebike_count"}, "field_not_granted"),
        ({"region": "PC-2"}, "outside_grant"),
        ({"region": "LY-5-101"}, "outside_grant"),
        ({"region": "nowhere"}, "outside_grant"),
    ],
)
def test_outside_the_grant_nothing_is_read(token: str, changes: dict[str, str], code: str) -> None:
    answer = read(token, **{"field": "dwelling.gas_kind", "region": "PC-1", "purpose": "safety", **changes})
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert not Access.objects.exists()


@pytest.mark.req("N04")
def test_without_a_grant_or_after_its_end_nothing_is_read(
    world: World, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"field": "dwelling.gas_kind", "region": "PC-1", "purpose": "safety"}
    assert Client().get("/api/v1/facts", asked).status_code == 401
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=2))
    assert read(token, **asked).json()["code"] == "grant_expired"
    monkeypatch.setattr(clock, "now", lambda: NOW)
    sharing.revoke_grant(by=world.actor("secretary"), at=NOW, grant_id=ExchangeGrant.objects.get().pk)
    assert read(token, **asked).status_code == 401


@pytest.mark.req("N04")
def test_a_grant_needs_two_people_an_end_and_a_lawful_purpose(world: World, homes: list[Place]) -> None:
    mine = grant(world)
    with pytest.raises(Forbidden):
        sharing.approve_grant(by=world.actor("secretary"), at=NOW, grant_id=mine.pk)
    with pytest.raises(Refused):
        grant(world, "dwelling.water")
    with pytest.raises(Refused):
        grant(world, until=TODAY + dt.timedelta(days=400))
    with pytest.raises(Refused):
        grant(world, "person.skill")
    sharing.approve_grant(by=world.actor("supervisor"), at=NOW, grant_id=mine.pk)
    with pytest.raises(Conflict):
        sharing.approve_grant(by=world.actor("supervisor"), at=NOW, grant_id=mine.pk)


def test_sensitive_fields_are_given_as_counts_only(world: World, homes: list[Place]) -> None:
    wanted = sharing.ask_grant(
        by=world.actor("secretary"),
        at=NOW,
        consumer="养老中心",
        fields=["dwelling.alone_elder"],
        place=world.places["PC-1"],
        purpose="service",
        basis="老年人权益保障法",
        until=TODAY,
    )
    token = sharing.approve_grant(by=world.actor("supervisor"), at=NOW, grant_id=wanted.pk)
    asked = {"field": "dwelling.alone_elder", "region": "PC-1", "purpose": "service"}
    assert read(token, **asked).json()["code"] == "rows_not_shared"
    assert read(token, **asked, **{"as": "counts"}).status_code == 200


def test_the_pages_of_readers(world: World, homes: list[Place]) -> None:
    secretary, supervisor = signed_in(world, "secretary"), signed_in(world, "supervisor")
    sent = {"consumer": "消防站", "place": "PC-1", "purpose": "safety", "fields_wanted": ["dwelling.gas_kind"]}
    assert secretary.post(reverse("exchange"), {**sent, "basis": "消防法", "until": TODAY}).status_code == 302
    made = ExchangeGrant.objects.get()
    assert secretary.post(reverse("exchange-act", args=[made.pk, "approve"])).status_code == 403
    assert "gz_" in body(supervisor.post(reverse("exchange-act", args=[made.pk, "approve"])))
    supervisor.post(reverse("exchange-act", args=[made.pk, "revoke"]))
    made.refresh_from_db()
    assert made.revoked_at
