import datetime as dt
import hashlib
import io
import os
import resource
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from gongzhi.audit.models import Access, Entry
from gongzhi.common.access import ANONYMOUS, Actor, system_actor
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.sealing import Unreadable
from gongzhi.documents import actions, files, passes, queries, registry, views
from gongzhi.documents.models import Evidence, Media
from gongzhi.documents.tests.pictures import encoded, picture, with_exif
from gongzhi.people import vault
from gongzhi.people.models import VaultKey

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 18, 1, 0, tzinfo=dt.UTC)
HOUSE = system_actor("test")
OWNER, OUTSIDER = Actor("person", uuid.UUID(int=1)), Actor("person", uuid.UUID(int=2))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_DIR = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def viewers() -> Iterator[None]:
    before = dict(registry._viewers)
    registry.viewer("case")(lambda actor, identifier: actor == OWNER and identifier == "GZ-1")
    yield
    registry._viewers.clear()
    registry._viewers.update(before)


@pytest.fixture
def key() -> VaultKey:
    row, _ = vault.new_key("case", NOW)
    row.save(force_insert=True)
    return row


def store(key: VaultKey, content: bytes | None = None) -> Media:
    upload = io.BytesIO(content or with_exif())
    return actions.store_photo(by=HOUSE, at=NOW, key=key, upload=upload)


def attach(media: Media, subject: str = "case:GZ-1", purpose: str = "report") -> Evidence:
    return actions.attach_evidence(by=OWNER, at=NOW, media=media, subject=subject, purpose=purpose)


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.req("D01")
def test_a_photo_is_stored_sealed_and_opens_again(key: VaultKey, folder: Path) -> None:
    content = with_exif()
    media = Media.objects.get(pk=store(key, content).pk)
    sealed = (folder / media.path).read_bytes()
    assert hashlib.sha256(sealed).digest() == bytes(media.sha256)
    assert hashlib.sha256(content).digest() == bytes(media.original_sha256)
    assert b"JFIF" not in sealed and b"Exif" not in sealed
    assert len(stored(folder)) == 2 and {path.stat().st_mode & 0o777 for path in stored(folder)} == {0o600}
    assert (media.longitude, media.latitude) == pytest.approx((119.4525, 32.2100167), abs=1e-6)
    opened = queries.open_media(media, by=OWNER, at=NOW, purpose="view")
    assert opened[:2] == b"\xff\xd8" and b"Exif" not in opened and len(opened) == media.size
    assert len(queries.open_media(media, by=OWNER, at=NOW, purpose="view", thumbnail=True)) < media.size
    assert [row.subjects for row in Access.objects.all()] == [[f"media:{media.pk}"]] * 2


def test_a_refused_upload_leaves_nothing(key: VaultKey, folder: Path) -> None:
    with pytest.raises(Refused, match="photo_format"):
        store(key, b"<html>")
    assert not Media.objects.exists() and not folder.exists()


def test_an_upload_longer_than_the_limit_is_not_read_to_its_end(key: VaultKey) -> None:
    endless = io.BytesIO(b"\xff" * 13_000_000)
    with pytest.raises(Refused, match="photo_too_large"):
        actions.store_photo(by=HOUSE, at=NOW, key=key, upload=endless)
    assert endless.tell() == 12_000_001


def test_a_destroyed_key_stores_nothing(key: VaultKey, folder: Path) -> None:
    key.wrapped = b""
    with pytest.raises(Unreadable):
        store(key)
    assert not folder.exists()


def test_files_do_not_open_in_each_others_place(key: VaultKey, folder: Path) -> None:
    one, other = store(key), store(key)
    (folder / one.path).write_bytes((folder / other.path).read_bytes())
    with pytest.raises(Unreadable):
        queries.open_media(one, by=OWNER, at=NOW, purpose="view")


def test_a_row_that_cannot_be_written_takes_its_files_along(key: VaultKey, folder: Path) -> None:
    key.pk = uuid.uuid4()  # no such key: the foreign key refuses, at once
    with pytest.raises(IntegrityError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        store(key)
    assert not stored(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a tmpfs; the limit of file size is tested beside this")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def noise() -> bytes:
    from PIL import Image

    return encoded(Image.effect_noise((900, 700), 90).convert("RGB"), quality=90)


def test_a_full_disk_is_said_in_words_and_leaves_nothing_half_made(
    key: VaultKey, small_disk: Path, settings: Any
) -> None:
    settings.MEDIA_DIR = small_disk
    (small_disk / "filler").write_bytes(b"0" * 40_000)
    with pytest.raises(files.NoSpace, match="disk_full") as refused:
        store(key, noise())
    assert "满了" in refused.value.message and refused.value.status == 507
    assert [path.name for path in stored(small_disk)] == ["filler"] and not Media.objects.exists()
    (small_disk / "filler").unlink()
    assert store(key, encoded(picture((200, 150)))).pk


def test_a_limit_of_file_size_is_a_full_disk_too(key: VaultKey, folder: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    content = noise()
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        with pytest.raises(files.NoSpace, match="disk_full"):
            store(key, content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not stored(folder)


def test_other_errors_of_the_disk_are_not_dressed_up(key: VaultKey, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"exist|directory"):
        store(key)


def test_evidence_is_attached_once_and_never_changed(key: VaultKey) -> None:
    media = store(key)
    evidence = attach(media)
    assert Entry.objects.get(action="documents.attach_evidence").subject == "case:GZ-1"
    assert list(queries.evidence_of(["case:GZ-1", "case:GZ-2"])) == [evidence]
    assert queries.count_evidence("case:GZ-1", "report") == 1
    for act in (lambda: attach(media), lambda: Evidence.objects.update(purpose="after"), evidence.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    with pytest.raises(ValueError, match="wedding"):
        attach(store(key), purpose="wedding")


def test_only_whom_the_subjects_room_lets_may_see(key: VaultKey) -> None:
    media = store(key)
    for actor in (OWNER, OUTSIDER, ANONYMOUS):
        with pytest.raises(NotFound):
            queries.get_media_for(actor, media.pk)  # attached to nothing yet
    attach(media)
    attach(media, "gathering:7")  # no room answers for gatherings
    assert queries.get_media_for(OWNER, media.pk) == media
    for actor in (OUTSIDER, ANONYMOUS):
        with pytest.raises(NotFound):
            queries.get_media_for(actor, media.pk)
    with pytest.raises(NotFound):
        queries.get_media_for(OWNER, uuid.uuid4())


def ask(media: Media, actor: Actor, small: bool = False, **query: str) -> Any:
    request = RequestFactory().get("/media/x", query)
    request.actor = actor  # type: ignore[attr-defined]
    return (views.thumbnail if small else views.media)(request, media.pk)


def test_the_page_gives_the_picture_and_keeps_it_private(key: VaultKey) -> None:
    media = store(key)
    attach(media)
    answer = ask(media, OWNER)
    assert answer["Content-Type"] == "image/jpeg" and answer.content[:2] == b"\xff\xd8"
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"].startswith("private")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert len(ask(media, OWNER, small=True).content) < len(answer.content)
    with pytest.raises(NotFound):
        ask(media, OUTSIDER)


def test_a_pass_opens_its_own_medium_for_an_hour(key: VaultKey, monkeypatch: pytest.MonkeyPatch) -> None:
    media, other = store(key), store(key)
    word = passes.pass_for(media.pk)
    assert ask(media, ANONYMOUS, **{"pass": word}).status_code == 200
    for wrong in ("", "x", word[:-1], passes.pass_for(other.pk)):
        with pytest.raises(NotFound):
            ask(media, ANONYMOUS, **{"pass": wrong})
    monkeypatch.setattr(passes, "LASTS", -1)
    with pytest.raises(NotFound):
        ask(media, ANONYMOUS, **{"pass": word})


def test_erasing_removes_the_files_and_keeps_the_trail(
    key: VaultKey, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    media = store(key)
    attach(media)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase_media(by=HOUSE, at=NOW, key=key) == 1
        assert stored(folder)  # not before the act is certain
    assert not stored(folder)
    media.refresh_from_db()
    assert (media.path, media.longitude, media.taken_at, media.erased_at) == ("", None, None, NOW)
    with pytest.raises(NotFound):
        queries.get_media_for(OWNER, media.pk)
    assert actions.erase_media(by=HOUSE, at=NOW, key=key) == 0
    assert Evidence.objects.count() == 1


def test_the_sweep_takes_what_nobody_owns_and_only_when_it_is_old(key: VaultKey, folder: Path) -> None:
    kept = store(key)
    lost = store(key)
    Media.objects.filter(pk=lost.pk).delete()
    (folder / kept.path).with_name("broken.sealed.part").write_bytes(b"half")
    written = dt.datetime.fromtimestamp(max(path.stat().st_mtime for path in stored(folder)), dt.UTC)
    assert actions.sweep_orphans(by=HOUSE, at=written + dt.timedelta(hours=23)) == 0
    assert actions.sweep_orphans(by=HOUSE, at=written + dt.timedelta(hours=25)) == 3
    assert [path.relative_to(folder).as_posix() for path in stored(folder)] == sorted([kept.path, kept.thumbnail_path])
