"""An account erased over HTTP: nothing of the person can be read any more, and the trail still verifies."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from gongzhi.audit.jobs import seal_new, verify_trail
from gongzhi.cases import actions, words
from gongzhi.cases.models import Case, Reporter
from gongzhi.cases.rules import Where
from gongzhi.documents import files
from gongzhi.documents.models import Media
from gongzhi.notifications import jobs
from gongzhi.packs import queries as packs
from gongzhi.people import vault
from gongzhi.people.models import Person, VaultKey, VaultValue
from tests import cast

pytestmark = pytest.mark.django_db
NAME, PHONE = "resident", cast.phone_of("resident")


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("lamp.jpg", buffer.getvalue(), "image/jpeg")


@pytest.fixture
def world() -> cast.World:
    return cast.build()


def report(world: cast.World, **more: Any) -> Case:
    grid, building = world.places["PC-1-1-1"], world.places["LY-5"]
    where = Where(path=building.path, found="code", place_id=building.pk, grid_id=grid.pk)
    answer = actions.report_case(by=world.actor(NAME), at=cast.NOW, text="我家门口的灯坏了", where=where, **more)
    return Case.objects.select_related("key").get(number=answer["number"])


def finish(world: cast.World, case: Case) -> None:
    reason = next(reason.code for reason in packs.active_model().reasons if reason.kind == "refer")
    dispatcher = world.actor("dispatcher")
    actions.refer_case(by=dispatcher, at=cast.NOW, number=case.number, reason=reason, note="请到法院解决")


def erase_over_http(world: cast.World) -> None:
    browser = Client()
    browser.force_login(world.people[NAME])
    kept = browser.post("/me/erase", {"word": "不要"})
    assert kept.status_code == 200 and VaultValue.objects.filter(person=world.people[NAME]).exists()
    gone = browser.post("/me/erase", {"word": "注销"})
    assert gone.status_code == 302, gone.content.decode()
    assert browser.get("/me").status_code in (302, 401)


def test_after_an_erasure_nothing_can_be_read_and_the_trail_is_whole(world: cast.World) -> None:
    finished, opened = report(world, photos=[photo()]), report(world)
    finish(world, finished)
    jobs.deliver_due(cast.NOW)
    seal_new()  # sealed before the erasure: it may not touch what is sealed
    stored = Media.objects.get().path
    assert (files.folder() / stored).exists()

    erase_over_http(world)

    assert verify_trail().valid
    person = Person.objects.get(pk=world.people[NAME].pk)
    assert person.erased_at and not person.is_active
    assert not VaultValue.objects.filter(person=person).exists()
    assert bytes(VaultKey.objects.get(pk=person.key_id).wrapped) == b""
    assert not Reporter.objects.filter(person=person).exists()
    finished.refresh_from_db()
    assert words.open_words(VaultKey.objects.get(pk=finished.key_id), finished.words)["erased"]
    assert not files.folder().joinpath(stored).exists() or Media.objects.get().erased_at
    assert Client().get(f"/media/{Media.objects.get().pk}").status_code in (302, 401, 403, 404)
    # The lamp still gets repaired: open words stay until the case is finished, then their key goes too.
    assert words.open_words(VaultKey.objects.get(pk=opened.key_id), opened.words)["text"]
    finish(world, opened)
    assert words.open_words(VaultKey.objects.get(pk=opened.key_id), opened.words)["erased"]
    assert verify_trail().valid


def test_nobody_is_found_under_the_erased_number_any_more(world: cast.World) -> None:
    assert vault.find_person("phone", PHONE) == world.people[NAME]
    erase_over_http(world)
    assert vault.find_person("phone", PHONE) is None


def test_the_check_is_not_empty_a_changed_entry_is_found_after_an_erasure_too(world: cast.World) -> None:
    finish(world, report(world))
    erase_over_http(world)
    assert verify_trail().valid
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.maintenance', 'test', true)")
        cursor.execute("UPDATE audit_entry SET actor = 'person:nobody' WHERE action = 'people.erase'")
    assert [failure["code"] for failure in verify_trail().failures][:1] == ["entry_changed"]
