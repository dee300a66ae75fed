"""录音: a voice note stands beside the words, on the resident's report and on the record of the work."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries import row_of
from gongzhi.cases.rules.channels import SPOKEN
from gongzhi.cases.tests.joint_cast import HOUR, in_work
from gongzhi.common import clock
from gongzhi.documents.queries import evidence_of
from gongzhi.documents.tests import voices
from tests.cast import NOW, World

Report = Callable[..., Case]


def note() -> SimpleUploadedFile:
    return SimpleUploadedFile("voice.webm", voices.webm(), "audio/webm")


def kinds(case: Case) -> list[tuple[str, str]]:
    return [(row.media.kind, row.purpose) for row in evidence_of([case.reference])]


@pytest.mark.req("D01", where="/report")
def test_a_resident_may_speak_instead_of_writing(world: World) -> None:
    client = Client()
    client.force_login(world.people["resident"])
    page = client.get("/report").content.decode()
    assert 'name="sound"' in page and "data-voice-start" in page and 'name="text"' in page
    key = client.get("/report").context["form"]["key"].value()
    place = world.places["LY-5"].code
    empty = client.post("/report", {"key": key, "place": place, "text": ""})
    assert empty.status_code == 422 and "写一句，或者在下面录一段" in empty.content.decode()
    bad = client.post("/report", {"key": key, "place": place, "sound": SimpleUploadedFile("a.mp3", b"ID3 music")})
    assert bad.status_code == 422 and not Case.objects.exists()
    done = client.post("/report", {"key": key, "place": place, "text": "", "sound": note()})
    assert done.status_code == 302
    case = Case.objects.get()
    assert kinds(case) == [("audio", "report")]
    assert row_of(world.actor("resident"), case, clock.now(), reporter=True).text == SPOKEN


def test_who_does_the_work_speaks_beside_the_written_record(world: World, report: Report) -> None:
    case = in_work(world, report())
    client = Client()
    client.force_login(world.people["department"])
    page = client.get(f"/desk/{case.number}").content.decode()
    assert 'id="record-sound"' in page and "data-voice-start" in page
    address = reverse("case-move", args=[case.number, "record"])
    assert client.post(address, {"note": "", "stage": "work", "sound": note()}).status_code == 422
    assert client.post(address, {"note": "去看了", "stage": "work", "sound": note()}).status_code == 302
    assert kinds(case) == [("audio", "work")]
    assert "<audio" in client.get(f"/desk/{case.number}").content.decode()
    actions.record_work(by=world.actor("department"), at=NOW + 2 * HOUR, number=case.number, note="又去看了")
    assert len(kinds(case)) == 1
