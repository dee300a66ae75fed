"""Voice notes: three containers, one audio track, nothing beside the sound."""

import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.documents import actions, files, queries, sounds
from gongzhi.documents.models import MediaKind
from gongzhi.documents.tests import voices
from gongzhi.people import vault
from tests.cast import NOW

HOUSE = system_actor("test")
MADE = {"audio/webm": voices.webm(), "audio/ogg": voices.ogg(), "audio/mp4": voices.mp4()}


@pytest.mark.parametrize("mime", list(MADE))
def test_the_sound_stays_and_what_was_written_beside_it_goes(mime: str) -> None:
    made = MADE[mime]
    sound = sounds.clean_sound(made)
    assert sound.mime == mime and len(sound.content) == len(made)
    assert voices.SECRET not in sound.content and b"31.2304" not in sound.content
    assert sound.content.count(b"sound") == made.count(b"sound") > 0
    assert sounds.clean_sound(sound.content).content == sound.content


def test_the_times_of_an_mp4_are_blanked() -> None:
    assert (3_900_000_000).to_bytes(4, "big") in voices.mp4()
    assert (3_900_000_000).to_bytes(4, "big") not in sounds.clean_sound(voices.mp4()).content


def test_the_page_of_an_ogg_is_summed_anew() -> None:
    content = bytearray(sounds.clean_sound(voices.ogg()).content)
    start, _, end = list(sounds._pages(content))[1]
    told = int.from_bytes(content[start + 22 : start + 26], "little")
    content[start + 22 : start + 26] = bytes(4)
    assert told == sounds._crc(content[start:end]) != 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0 a photo",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"ID3\x04 music",
        voices.webm(kind=1),
        voices.webm(tracks=2),
        voices.mp4(b"vide"),
        voices.ogg(serial=8),
        voices.mp4()[:60],
        b"\x1aE\xdf\xa3\x84webm",
        b"\0\0\0\x08ftyp" + b"\xff\xff\xff\xffmoov" * 9,
        b"<html><script>",
    ],
)
def test_what_is_no_voice_note_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"sound_(empty|format)"):
        sounds.clean_sound(content)


def test_boxes_in_boxes_do_not_exhaust_the_stack() -> None:
    nested = b""
    for _ in range(2000):
        nested = voices.box(b"moov", nested)
    with pytest.raises(Refused, match="sound_format"):
        sounds.clean_sound(voices.box(b"ftyp", bytes(8)) + nested)


def test_too_long_is_refused() -> None:
    with pytest.raises(Refused, match="sound_too_large"):
        sounds.clean_sound(b"OggS" + bytes(sounds.MAX_BYTES))


@given(st.sampled_from(sorted(MADE)), st.integers(0, 400), st.binary(max_size=40))
def test_damaged_bytes_are_cleaned_or_refused_never_an_error(mime: str, at: int, junk: bytes) -> None:
    damaged = bytearray(MADE[mime])
    damaged[at : at + len(junk)] = junk
    with suppress(Refused):
        sounds.clean_sound(bytes(damaged))


@pytest.mark.django_db
def test_it_lies_sealed_and_is_erased_with_its_key(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_DIR = tmp_path
    key, _ = vault.new_key("case", NOW)
    key.save()
    media = actions.store_sound(by=HOUSE, at=NOW, key=key, upload=io.BytesIO(voices.webm()))
    assert (media.kind, media.mime) == (MediaKind.AUDIO, "audio/webm")
    assert b"sound" not in (tmp_path / media.path).read_bytes()
    assert b"sound" in queries.open_media(media, by=HOUSE, at=NOW, purpose="view")
    with pytest.raises(Refused):
        actions.store_sound(by=HOUSE, at=NOW, key=key, upload=io.BytesIO(b"junk"))
    assert len(list(files.stored_before(float("inf")))) == 1
