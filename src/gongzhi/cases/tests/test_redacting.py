"""遮挡: what was covered is in no pixel that anybody is shown; the original lies sealed and unseen."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image

from gongzhi.audit.models import Entry, Link
from gongzhi.cases import actions
from gongzhi.cases.actions.redacting import redact_case_photo, uncover_case_photo
from gongzhi.cases.models import Case
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.documents import files
from gongzhi.documents.actions import erase_media
from gongzhi.documents.models import Evidence, Media
from gongzhi.documents.queries import shown_form
from gongzhi.people import vault
from tests.cast import NOW, World

Report = Callable[..., Case]
LEFT_HALF = (0.0, 0.0, 0.5, 1.0)


def red() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (400, 200), (220, 30, 30)).save(file, "JPEG")
    file.seek(0)
    return file


def colours(content: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The pixel in the middle of the left and of the right half."""
    image = Image.open(io.BytesIO(content))
    width, height = image.size
    return image.getpixel((width // 4, height // 2)), image.getpixel((3 * width // 4, height // 2))


@pytest.fixture
def photo(world: World, report: Report) -> tuple[Case, Media]:
    case = report(photos=[red()])
    return case, Evidence.objects.select_related("media").get(subject=case.reference).media


def test_everybody_sees_the_covered_photo_and_the_original_stays(world: World, photo: tuple[Case, Media]) -> None:
    case, media = photo
    redact_case_photo(
        by=world.actor("dispatcher"), at=NOW, number=case.number, media_id=media.pk, areas=[LEFT_HALF]
    )
    for who in ("dispatcher", "grid_member", "resident"):
        client = Client()
        client.force_login(world.people[who])
        for form in ("", "/small"):
            left, right = colours(client.get(f"/media/{media.pk}{form}").content)
            assert max(left) < 20 and right[0] > 150, who
    copy = shown_form(media)
    assert Client().get(f"/media/{copy.pk}").status_code == 404
    kept = files.read_sealed(media.path, vault.open_key(media.key))
    assert colours(kept)[0][0] > 150
    assert Link.objects.get(relation="redacted_as").source == f"media:{media.pk}"
    assert Entry.objects.filter(action="cases.redact_photo", subject=case.reference).exists()
    redact_case_photo(
        by=world.actor("grid_member"), at=NOW, number=case.number, media_id=media.pk, areas=[(0.5, 0, 1, 1)]
    )
    assert max(max(colours(files.read_sealed(shown_form(media).path, vault.open_key(media.key))))) < 20
    assert erase_media(by=system_actor("test"), at=NOW, key=media.key) == 3


@pytest.mark.parametrize("areas", [[], [(0.5, 0, 0.2, 1)], [(-0.1, 0, 1, 1)], [(0, 0, 1.2, 1)], [LEFT_HALF] * 21])
def test_areas_lie_inside_the_photo(world: World, photo: tuple[Case, Media], areas: list) -> None:
    case, media = photo
    with pytest.raises(Refused, match=r"no_areas|bad_area"):
        redact_case_photo(by=world.actor("dispatcher"), at=NOW, number=case.number, media_id=media.pk, areas=areas)


@pytest.mark.parametrize("who", ["resident", "neighbour", "supervisor", "auditor", "department", "other_grid_member"])
def test_only_who_works_on_it_covers(world: World, photo: tuple[Case, Media], who: str) -> None:
    case, media = photo
    with pytest.raises((Forbidden, NotFound)):
        redact_case_photo(by=world.actor(who), at=NOW, number=case.number, media_id=media.pk, areas=[LEFT_HALF])


def test_a_wrong_covering_is_taken_back_step_by_step_with_a_reason(world: World, photo: tuple[Case, Media]) -> None:
    case, media = photo
    by, bare = world.actor("dispatcher"), {"number": case.number, "media_id": media.pk}
    with pytest.raises(Conflict, match="not_covered"):
        uncover_case_photo(by=by, at=NOW, reason="没遮过", **bare)
    redact_case_photo(by=by, at=NOW, areas=[LEFT_HALF], **bare)
    first = shown_form(media)
    redact_case_photo(by=by, at=NOW, areas=[(0.5, 0, 1, 1)], **bare)
    with pytest.raises(Refused, match="missing_reason"):
        uncover_case_photo(by=by, at=NOW, reason=" ", **bare)
    for who in ("department", "auditor", "neighbour"):
        with pytest.raises((Forbidden, NotFound)):
            uncover_case_photo(by=world.actor(who), at=NOW, reason="想看看", **bare)
    uncover_case_photo(by=by, at=NOW, reason="右边是路牌，不是人", **bare)
    assert shown_form(media).pk == first.pk
    uncover_case_photo(by=by, at=NOW, reason="左边也不是", **bare)
    assert shown_form(media).pk == media.pk
    entry = Entry.objects.filter(action="documents.uncover").order_by("-id").first()
    assert entry is not None and entry.changes["reason"] == "左边也不是"
    redact_case_photo(by=by, at=NOW, areas=[LEFT_HALF], **bare)
    assert shown_form(media).pk not in (media.pk, first.pk)
    client = Client()
    client.force_login(world.people["dispatcher"])
    address = f"/desk/{case.number}/photo/{media.pk}"
    assert "撤回遮盖" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert "撤回了" in client.post(address, {"reason": "遮错了"}, follow=True).content.decode()
    assert shown_form(media).pk == media.pk and "撤回遮盖" not in client.get(address).content.decode()


def test_a_photo_of_another_case_is_not_found(world: World, photo: tuple[Case, Media], report: Report) -> None:
    _, media = photo
    with pytest.raises(NotFound):
        redact_case_photo(
            by=world.actor("dispatcher"), at=NOW, number=report().number, media_id=media.pk, areas=[LEFT_HALF]
        )


def test_the_page_works_without_script(world: World, photo: tuple[Case, Media]) -> None:
    case, media = photo
    actions.accept_case(by=world.actor("dispatcher"), at=NOW, number=case.number)
    client = Client()
    client.force_login(world.people["dispatcher"])
    address = f"/desk/{case.number}/photo/{media.pk}"
    assert address in client.get(f"/desk/{case.number}").content.decode()
    assert "看不懂" in client.post(address, {"areas": "这里"}).content.decode()
    assert client.post(address, {"areas": ""}).status_code == 422
    done = client.post(address, {"areas": "0 0 50 100"}, follow=True)
    assert "遮好了" in done.content.decode() and Media.objects.count() == 2
