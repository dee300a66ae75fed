"""No room for a photo: a plain refusal, and nothing half-made; the same report without the photo goes through."""

import io
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gongzhi.audit.models import Entry, RequestKey
from gongzhi.cases.models import Case
from gongzhi.documents.models import Evidence, Media
from gongzhi.notifications.models import OutboxEvent
from gongzhi.people.models import VaultKey
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 64 * 1024


def photo() -> SimpleUploadedFile:
    """Noise: a JPEG of it is far larger than the room there is."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (400, 300), os.urandom(400 * 300 * 3)).save(buffer, "JPEG", quality=95)
    return SimpleUploadedFile("lamp.jpg", buffer.getvalue(), "image/jpeg")


def send(key: str, **files: Any) -> Any:
    form = {"text": "5栋门口路灯不亮，晚上看不见台阶。", **files}
    return Client().post("/api/v1/cases", form, headers={"Idempotency-Key": key})


def rows() -> list[int]:
    counted = (Case, Media, Evidence, OutboxEvent, RequestKey)
    trail, keys = Entry.objects.filter(subject__startswith="case:"), VaultKey.objects.filter(subject_kind="case")
    return [*(model.objects.count() for model in counted), trail.count(), keys.count()]


@pytest.fixture
def full_disk(settings: Any) -> Iterator[Path]:
    """A file system of 64 KiB where root may mount one, else a limit on the size of files."""
    folder = Path(tempfile.mkdtemp(prefix="gz-full-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    settings.MEDIA_DIR = folder / "media"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE, before[1]))
    yield settings.MEDIA_DIR
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)
    shutil.rmtree(folder)


def test_a_full_disk_is_said_plainly_and_leaves_nothing(full_disk: Path) -> None:
    cast.build()
    before = rows()
    refused = send("full", **{"photos[]": photo()})
    assert (refused.status_code, refused.json()["code"]) == (507, "disk_full")
    assert "可以先不带照片送出" in refused.json()["detail"]
    assert rows() == before
    assert [path for path in full_disk.rglob("*") if path.is_file()] == []
    # The key was not used up: the same one takes the report without its photo.
    assert send("full").status_code == 201
    assert rows()[0] == before[0] + 1


def test_the_second_photo_of_two_takes_the_first_with_it(full_disk: Path) -> None:
    """What fits is not kept either: a report is whole or it is not."""
    cast.build()
    small = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(small, "JPEG")
    both = [SimpleUploadedFile("a.jpg", small.getvalue(), "image/jpeg"), photo()]
    assert send("two", **{"photos[]": both}).status_code == 507
    assert Case.objects.count() == Media.objects.count() == 0
    # The first photo's files lie without a row until the nightly sweep; the row that would show them is gone.
    left = [path.name for path in full_disk.rglob("*") if path.is_file()]
    assert all(name.endswith(".sealed") for name in left)
