import datetime as dt
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gongzhi.common.errors import Refused
from gongzhi.documents import photos, rules
from gongzhi.documents.tests.pictures import SECRET_WORDS, contains, encoded, picture, png_of_claimed_size, with_exif

NOW = dt.datetime(2027, 3, 18, 1, 0, tzinfo=dt.UTC)


def clean(content: bytes) -> photos.Photo:
    return photos.clean_photo(content, at=NOW)


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image


def is_red(image: Image.Image, x: float, y: float) -> bool:
    red, green, _ = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))  # type: ignore[misc]
    return red > green


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_photos_of_four_formats_become_plain_jpeg(form: str) -> None:
    photo = clean(encoded(picture(), form))
    assert opened(photo.jpeg).format == "JPEG" and (photo.width, photo.height) == (640, 480)
    assert is_red(opened(photo.jpeg), 0.25, 0.5) and not is_red(opened(photo.jpeg), 0.75, 0.5)


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "1", "LA", "CMYK", "I;16"])
def test_every_mode_of_colour_is_taken(mode: str) -> None:
    image = picture(mode="L" if mode == "I;16" else "RGB").convert(mode)
    form = "TIFF" if mode == "CMYK" else "PNG"
    content = encoded(image, "JPEG") if form == "TIFF" else encoded(image, form)
    assert opened(clean(content).jpeg).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    photo = clean(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))
    assert min(opened(photo.jpeg).getpixel((20, 20))) > 250  # type: ignore[arg-type]


def test_only_the_first_picture_of_an_animation_is_kept() -> None:
    frames = [picture(), Image.new("RGB", (640, 480), "blue")]
    for form in ("GIF", "WEBP"):
        content = encoded(frames[0], form, save_all=True, append_images=frames[1:])
        assert is_red(opened(clean(content).jpeg), 0.25, 0.5)


def test_place_and_time_are_taken_out_and_nothing_else_stays() -> None:
    content = with_exif()
    assert contains(content, SECRET_WORDS, b"Exif", b"2027:03:17")
    photo = clean(content)
    assert photo.place == pytest.approx((119.4525, 32.2100167), abs=1e-6)
    assert photo.taken_at == dt.datetime(2027, 3, 17, 12, 15, tzinfo=dt.UTC)
    for stored in (photo.jpeg, photo.thumbnail):
        assert not contains(stored, SECRET_WORDS, b"Exif", b"2027:03:17", b"GPS", b"http", b"ICC_PROFILE")
        assert not opened(stored).getexif() and "comment" not in opened(stored).info


@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [(1, (0.2, 0.5)), (2, (0.8, 0.5)), (3, (0.8, 0.5)), (4, (0.2, 0.5)),
     (5, (0.5, 0.2)), (6, (0.5, 0.2)), (7, (0.5, 0.8)), (8, (0.5, 0.8))],
)  # fmt: skip
def test_a_photo_is_turned_as_the_camera_was_held(orientation: int, red_at: tuple[float, float]) -> None:
    photo = clean(with_exif(orientation=orientation))
    assert (photo.width < photo.height) == (orientation >= 5)
    for stored in (photo.jpeg, photo.thumbnail):
        assert is_red(opened(stored), *red_at) and not is_red(opened(stored), 1 - red_at[0], 1 - red_at[1])


def test_large_photos_are_made_smaller_and_small_ones_stay() -> None:
    photo = clean(encoded(picture((5200, 3900))))
    assert (photo.width, photo.height) == (2560, 1920)
    assert opened(photo.thumbnail).size == (480, 360)
    assert opened(clean(encoded(picture((300, 200)))).thumbnail).size == (300, 200)


POLYGLOTS = {
    "a page behind the picture": encoded(picture()) + b"<script>alert(1)</script>",
    "an archive behind the picture": encoded(picture()) + b"PK\x03\x04" + SECRET_WORDS,
    "a page in a comment": encoded(picture(), comment=b"<html><script>alert(1)</script>"),
    "a page in a gif comment": encoded(picture(), "GIF", comment=b"<script>alert(1)</script>"),
}


@pytest.mark.parametrize("content", POLYGLOTS.values(), ids=POLYGLOTS)
def test_of_a_polyglot_only_the_pixels_survive(content: bytes) -> None:
    photo = clean(content)
    assert not contains(photo.jpeg + photo.thumbnail, b"script", b"PK\x03\x04", SECRET_WORDS)


NOT_PHOTOS = {
    "a page named jpg": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a document": b"%PDF-1.7\n" + b"0" * 500,
    "bmp": encoded(picture(), "BMP"),
    "tiff": encoded(picture(), "TIFF"),
    "ico": encoded(picture((64, 64)), "ICO"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(w) file\n",
    "only a beginning": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "half a jpeg": encoded(picture())[: len(encoded(picture())) // 2],
    "half a png": encoded(picture(), "PNG")[:-400],
    "half a webp": encoded(picture(), "WEBP")[:-40],
    "a png with a changed byte": encoded(picture(), "PNG").replace(b"IDAT", b"IDAU", 1),
}


@pytest.mark.parametrize("content", NOT_PHOTOS.values(), ids=NOT_PHOTOS)
def test_what_is_not_a_whole_photo_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="photo_format"):
        clean(content)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (5_001, 5_000), (65_500, 1_000)])
def test_a_bomb_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    with pytest.raises(Refused, match="photo_too_many_pixels"):
        clean(png_of_claimed_size(width, height))


def test_size_is_held_to_the_byte() -> None:
    rules.check_size(rules.MAX_BYTES)
    for size, code in ((rules.MAX_BYTES + 1, "photo_too_large"), (0, "photo_empty")):
        with pytest.raises(Refused, match=code):
            rules.check_size(size)
    for width, height, form in ((10_000, 6_000, "JPEG"), (5_000, 5_000, "PNG")):
        rules.check_pixels(width, height, form)
        with pytest.raises(Refused, match="photo_too_many_pixels"):
            rules.check_pixels(width + 1, height, form)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_photos_are_cleaned_or_refused_and_nothing_else(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "EXIF"]))
    content = bytearray(with_exif() if form == "EXIF" else encoded(picture((64, 48)), form))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = clean(bytes(content))
    except Refused as refused:
        assert refused.code.startswith("photo_")
    else:
        assert opened(photo.jpeg).format == "JPEG"


@given(
    st.dictionaries(
        st.integers(0, 6),
        st.one_of(st.none(), st.sampled_from(["N", "S", "\0", "12/0"]), st.lists(st.floats()), st.integers()),
    )
)
def test_any_gps_block_gives_a_place_on_earth_or_none(tags: dict[int, object]) -> None:
    place = rules.place_from_gps(tags)
    assert place is None or (abs(place[0]) <= 180 and abs(place[1]) <= 90)


def test_places_south_and_west_and_nowhere() -> None:
    tags = {1: "S", 2: (33, 30, 0), 3: "W", 4: (70, 15, 36)}
    assert rules.place_from_gps(tags) == (-70.26, -33.5)
    assert rules.place_from_gps({2: (0, 0, 0), 4: (0, 0, 0)}) is None
    assert rules.place_from_gps({}) is None


@pytest.mark.parametrize(
    ("written", "offset", "expected"),
    [
        ("2027:03:17 20:15:00", None, dt.datetime(2027, 3, 17, 12, 15, tzinfo=dt.UTC)),
        ("2027:03:17 20:15:00", "+00:00", dt.datetime(2027, 3, 17, 20, 15, tzinfo=dt.UTC)),
        ("2027:03:17 20:15:00\0", "+08:00\0", dt.datetime(2027, 3, 17, 12, 15, tzinfo=dt.UTC)),
        ("2037:03:17 20:15:00", None, None),
        ("1970:01:01 00:00:00", None, None),
        ("0000:00:00 00:00:00", None, None),
        ("yesterday", None, None),
    ],
)
def test_the_time_of_the_camera(written: str, offset: str | None, expected: dt.datetime | None) -> None:
    assert rules.time_from_exif(written, offset, at=NOW) == expected
