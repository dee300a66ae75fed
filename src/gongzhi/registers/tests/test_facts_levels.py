"""Facts by their level: what a visit shows of L3, and that a refused reading is written down without a value."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Access, Entry
from gongzhi.common import clock
from gongzhi.common.personal import Viewer
from gongzhi.places.models import Place
from gongzhi.registers.actions import sharing
from gongzhi.registers.models import ExchangeGrant
from gongzhi.registers.tests import neighbourhood as street
from gongzhi.registers.views import asking
from tests.cast import NOW, World

ELDERS = "dwelling.over60_count"


@pytest.fixture
def homes(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return street.build(world, homes=2)


def page(world: World, name: str, address: str) -> tuple[int, str]:
    client = Client()
    client.force_login(world.people[name])
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def refusals() -> list[tuple[str, str, str, str]]:
    rows = Entry.objects.filter(action="audit.refuse_reading").order_by("id")
    return [(row.actor, row.subject, row.changes["fields"], row.changes["code"]) for row in rows]


def test_a_visit_shows_of_l3_what_its_task_asks(world: World, homes: list[Place]) -> None:
    """What another task collected is there, in stars; what this one asks is shown and written down."""
    street.tell(world, homes[0], ELDERS, "2")
    street.tell(world, homes[0], "dwelling.gas_kind", "不用气")
    address = reverse("visit", args=[homes[0].code])
    street.task_of(world, street.approved(world, street.asked("dwelling.gas_kind")))
    _status, shown = page(world, "grid_member", address)
    assert "60 岁以上几人：<b class=\"gz-b\">***</b>" in shown and "不用气" in shown
    assert not Access.objects.filter(fields=ELDERS).exists()
    service = {"purpose_code": "service"}
    street.task_of(world, street.approved(world, street.asked(ELDERS), **service))
    latest = street.CollectionTask.objects.latest("pk")
    _status, asked = page(world, "grid_member", f"{address}?task={latest.pk}")
    assert "60 岁以上几人：<b class=\"gz-b\">2 人</b>" in asked
    assert Access.objects.filter(fields=ELDERS, purpose="visit", subjects=[f"place:dwelling/{homes[0].code}"]).exists()


def test_a_visit_elsewhere_is_refused_and_written_down(world: World, homes: list[Place]) -> None:
    street.tell(world, homes[0], ELDERS, "2")
    address = reverse("visit", args=[homes[0].code])
    for name in ("other_grid_member", "resident"):
        status, shown = page(world, name, address)
        assert status in (403, 404) and "60 岁以上" not in shown
    other = world.actor("other_grid_member").reference
    assert refusals()[0] == (other, f"dwelling:{homes[0].code}", "facts", "unknown_subject")
    assert not Access.objects.filter(subjects__contains=[f"place:dwelling/{homes[0].code}"]).exists()


@pytest.mark.parametrize(("field", "logged"), [(ELDERS, True), ("dwelling.gas_kind", False)])
def test_a_refused_reader_leaves_a_line_for_l3(world: World, homes: list[Place], field: str, logged: bool) -> None:
    token = sharing.approve_grant(by=world.actor("supervisor"), at=NOW, grant_id=street.grant(world).pk)
    asked = {"field": field, "region": "PC-2", "purpose": "safety"}
    answer = Client().get("/api/v1/facts", asked, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    account = f"person:{ExchangeGrant.objects.get().account_id}"
    expected = [(account, f"field:{field}", field, answer.json()["code"])]
    assert refusals() == (expected if logged else [])


@pytest.mark.parametrize(("level", "cell"), [("L1", "有"), ("L2", "有"), ("L3", "***"), ("L4", "***")])
def test_a_workbook_of_results_shows_what_the_page_shows(level: str, cell: str) -> None:
    """A protected value leaves by an approved export with its mark, not with a form's results."""
    field = SimpleNamespace(level=level)
    stands = SimpleNamespace(sure=True, fact=SimpleNamespace(value="有"))
    assert asking._cell(field, stands, Viewer(staff=True)) == cell  # type: ignore[arg-type]
