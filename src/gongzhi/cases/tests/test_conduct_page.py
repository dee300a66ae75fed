"""反映单位和工作人员 from the residents' page: chosen by name, about a body that must be named, kept from it."""

import re
from pathlib import Path

import pytest
from django.test import Client

import gongzhi.packs as packs_room
from gongzhi.cases.models import Case
from gongzhi.cases.views.resident_report import is_named
from gongzhi.packs import queries as packs
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack, set_active_model
from tests.cast import NOW, SETUP, World

TEXT = "物业收了停车费不给票，问了几次都不理"


def sent(client: Client, about: str) -> object:
    page = client.get("/report?service=conduct").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key and 'name="channel" value="conduct"' in page
    given = {"key": key[1], "channel": "conduct", "text": TEXT, "place": "LY-5", "about_unit": about}
    return client.post("/report", given)


def test_it_is_offered_by_name_and_kept_from_the_body(world: World) -> None:
    resident = Client()
    resident.force_login(world.people["resident"])
    assert "反映单位和工作人员" in resident.get("/report").content.decode()
    page = resident.get("/report?service=conduct").content.decode()
    assert "被反映的单位看不到这件事" in page and '<details class="card" open>' in page
    answer = sent(resident, str(world.units["property-1"].pk))
    assert answer.status_code == 302, answer.content.decode()  # type: ignore[attr-defined]
    case = Case.objects.get(channel="conduct")
    assert (case.privacy, case.about_unit_id) == ("protected", world.units["property-1"].pk)
    accused = Client()
    accused.force_login(world.people["property"])
    assert accused.get(f"/desk/{case.number}").status_code == 404


def test_without_naming_the_body_it_is_not_taken(world: World) -> None:
    resident = Client()
    resident.force_login(world.people["resident"])
    answer = sent(resident, "")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "还没选反映的是哪个单位" in answer.content.decode()  # type: ignore[attr-defined]
    assert not Case.objects.filter(channel="conduct").exists()


def test_nobody_has_to_sign_in_for_it(world: World) -> None:
    assert sent(Client(), str(world.units["property-1"].pk)).status_code == 302  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_every_model_offers_it() -> None:
    folder = Path(packs_room.__file__).parent / "data"
    load_pack(by=SETUP, at=NOW, path=folder / "calendars/cn.toml")
    for name in shipped.model_names():
        load_pack(by=SETUP, at=NOW, path=folder / f"models/{name}/model.toml")
        set_active_model(by=SETUP, at=NOW, name=name)
        packs.remember()
        channel = packs.active_model().channel("conduct")
        assert channel is not None and is_named(channel) and channel.anonymous
