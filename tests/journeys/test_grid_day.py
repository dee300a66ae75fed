"""A grid member's day on a telephone: what is to do, the buildings as cells, a finding spoken into it."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms

from gongzhi.cases.actions.patrolling import SPOKEN
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.cases.views.grid_round import FindingForm
from gongzhi.common import clock
from gongzhi.documents.models import Evidence
from gongzhi.documents.queries import open_media
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place
from tests import cast
from tests.cast import SETUP, World
from tests.journeys.street import Street, photo
from tests.support.widths import fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
# What a telephone's microphone gives: here a tone, since the machine that tests has no microphone.
MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream;
};
"""
NO_RECORDER = "delete window.MediaRecorder;"


@pytest.fixture
def world(transactional_db: None) -> World:
    made = cast.build()
    house = made.places["LY-5"]
    for room in ("101", "102", "201", "202"):
        code = f"LY-5-{room}"
        Place.objects.create(
            kind="dwelling", level="dwelling", code=code, name=f"柳园小区5栋 {room}", parent=house,
            path=f"{house.path}{code}/", valid_from=house.valid_from,
        )  # fmt: skip
    clear_units()
    packs.forget()
    return made


def wrong_on(page: Any) -> list[str]:
    wide = not fits(page)
    return [v["id"] for v in Axe().run(page).response["violations"]] + ["scrolls sideways"] * wide


@pytest.mark.req("C06", where="/grid/find")
@pytest.mark.req("L03", where="/grid/find")
def test_the_day_the_buildings_and_a_finding_that_was_spoken(street: Street, world: World) -> None:
    page = street.page_of("grid_member", 390)
    page.add_init_script(MICROPHONE)
    page.goto(f"{street.url}/grid/")
    page.get_by_role("link", name="我的楼栋").click()
    assert page.get_by_text("201").is_visible() and page.get_by_text("没来过").count() == 5
    assert wrong_on(page) == []
    page.get_by_role("link", name="公共部位").click()
    assert page.locator("[name=place]").input_value() == "LY-5"
    page.get_by_role("button", name="按一下，开始说").click()
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="说完了").click()
    page.get_by_text("录好了").wait_for()
    page.locator("[name=photos]").set_input_files(photo())
    assert wrong_on(page) == []
    page.get_by_role("button", name="送出").click()
    page.wait_for_url("**/grid/")
    assert page.get_by_text("记下了，编号").is_visible()
    case = Case.objects.select_related("key").get()
    assert (case.channel, case.place.code if case.place else "") == ("finding", "LY-5")
    rows = {row.media.kind: row.media for row in Evidence.objects.filter(subject=case.reference)}
    assert set(rows) == {"audio", "image"} and rows["audio"].mime == "audio/webm" and rows["audio"].size > 500
    heard = open_media(rows["audio"], by=SETUP, at=clock.now(), purpose="test")
    assert heard[:4] == b"\x1aE\xdf\xa3"
    page.goto(f"{street.url}/desk/{case.number}")
    assert page.get_by_role("heading", name=SPOKEN).is_visible()
    player = page.locator("audio.gz-voice")
    player.evaluate("async a => { a.preload = 'auto'; a.load(); await new Promise(r => { a.onloadedmetadata = r; }); }")
    assert player.evaluate("a => a.readyState") >= 1
    page.goto(f"{street.url}/grid/buildings")
    assert page.get_by_text("1 件在办").first.is_visible()


def test_without_a_recorder_words_are_enough(street: Street, world: World) -> None:
    page = street.page_of("grid_member", 390)
    page.add_init_script(NO_RECORDER)
    page.goto(f"{street.url}/grid/find?place=LY-5")
    assert page.get_by_role("button", name="按一下，开始说").count() == 0
    page.get_by_role("button", name="送出").click()
    assert page.get_by_text("写一句，或者录一段。").first.is_visible()
    page.locator("[name=text]").fill("消防通道堆了沙发。")
    page.get_by_role("button", name="送出").click()
    page.wait_for_url("**/grid/")
    case = Case.objects.get()
    assert case.channel == "finding" and case.category == "order.fire_lane"
    page.goto(f"{street.url}/grid/find")
    page.locator("[name=place]").select_option("LY-5")
    page.locator("[name=sound]").set_input_files({"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": b"ID3 music"})
    page.get_by_role("button", name="送出").click()
    assert page.get_by_text("不是录音").first.is_visible()


@pytest.mark.req("L03")
def test_the_form_of_a_finding_has_no_field_for_a_person() -> None:
    """No suspect lists: place, words, picture, sound, and nothing else; nor does the patrol form of the packs."""
    from gongzhi.packs import shipped
    from gongzhi.packs.reading import read_pack

    assert list(FindingForm(places=[]).fields) == ["place", "text", "photos", "sound"]
    assert not any(isinstance(f, forms.ModelChoiceField) for f in FindingForm(places=[]).fields.values())
    for path in shipped.common_packs():
        if path.stem in ("patrol", "hazard"):
            pack = read_pack(path.read_text("utf-8"))
            for field in pack.fields:  # type: ignore[union-attr]  # both are forms
                assert not any(word in field.label for word in ("姓名", "名字", "身份证", "车牌", "长相"))
