"""Papers are known by what they are; photos of any subject can be covered, the original stays sealed."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gongzhi.common.errors import Refused
from gongzhi.documents import actions, attachments, queries, templating
from gongzhi.documents.files import read_sealed
from gongzhi.documents.models import Media
from gongzhi.documents.registry import editor, forget, viewer
from gongzhi.documents.tests.test_papers import PAPER
from gongzhi.people import vault
from tests import cast
from tests.cast import NOW, World


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx"])
def test_what_our_own_house_makes_is_known(form: str) -> None:
    assert attachments.mime_of(templating.make(PAPER, form)) == templating.FORMATS[form]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90", "file_format"),
        (b"<html>", "file_format"),
        (b"PK\x03\x04broken", "file_format"),
        (zipped("a.txt"), "file_format"),
        (zipped("word/document.xml"), "file_format"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "file_has_program"),
        (b"%PDF-" + b"0" * attachments.MAX_BYTES, "file_too_large"),
    ],
)
def test_anything_else_is_refused_by_what_it_is(content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        attachments.mime_of(content)


@pytest.fixture
def world(db: Any) -> Any:
    made = cast.build()
    viewer("thing")(lambda actor, _identifier: bool(actor.scopes))
    editor("thing")(lambda actor, _identifier: "secretary" in actor.roles)
    yield made
    forget("thing")


def thing_photo(world: World) -> Media:
    buffer = io.BytesIO()
    Image.new("RGB", (100, 100), "white").save(buffer, "JPEG")
    key, _plain = vault.new_key("thing", NOW)
    key.save(force_insert=True)
    upload, by = SimpleUploadedFile("x.jpg", buffer.getvalue()), world.actor("secretary")
    media = actions.store_upload(by=by, at=NOW, key=key, upload=upload)
    actions.attach_evidence(by=by, at=NOW, media=media, subject="thing:1", purpose="other")
    return media


def test_a_photo_of_any_subject_is_covered_and_the_original_kept(world: World) -> None:
    media = thing_photo(world)
    before = read_sealed(media.path, vault.open_key(media.key))
    client = Client()
    client.force_login(world.people["secretary"])
    page = client.get(f"/media/{media.pk}/redact?back=/duties/")
    assert "遮挡照片" in page.content.decode()
    answer = client.post(f"/media/{media.pk}/redact?back=/duties/", {"areas": "0 0 50 50"})
    assert answer.headers["Location"] == "/duties/"
    shown = Image.open(io.BytesIO(client.get(f"/media/{media.pk}").content))
    assert max(shown.getpixel((10, 10))) < 40
    assert min(shown.getpixel((90, 90))) > 200
    assert read_sealed(media.path, vault.open_key(media.key)) == before
    assert queries.shown_form(media).pk != media.pk


def test_who_may_look_may_not_therefore_cover(world: World) -> None:
    media = thing_photo(world)
    for who, status in (("auditor", 403), ("resident", 404)):
        client = Client()
        client.force_login(world.people[who])
        assert client.get(f"/media/{media.pk}/redact").status_code == status
        assert client.post(f"/media/{media.pk}/redact", {"areas": "0 0 50 50"}).status_code == status
    assert Client().get(f"/media/{media.pk}/redact").status_code == 404


def test_another_site_is_never_the_way_back(world: World) -> None:
    media = thing_photo(world)
    client = Client()
    client.force_login(world.people["secretary"])
    answer = client.post(f"/media/{media.pk}/redact?back=https://other.example.org/", {"areas": "0 0 50 50"})
    assert answer.headers["Location"] == "/"


def test_areas_that_are_none_are_refused(world: World) -> None:
    media = thing_photo(world)
    client = Client()
    client.force_login(world.people["secretary"])
    for areas in ("", "abc", "50 50 10 10", "nan 0 1 1"):
        assert client.post(f"/media/{media.pk}/redact", {"areas": areas}).status_code == 422
