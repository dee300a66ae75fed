"""From uploaded bytes to a clean JPEG: judged by content, decoded whole, turned upright, stripped, re-encoded.

Whatever else the bytes were (an archive behind the picture, a page in a comment) is gone: only pixels survive.
"""

import datetime as dt
import io
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageOps

from gongzhi.common.errors import Refused
from gongzhi.documents import rules

_ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x0112, 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
# What decoders raise on bytes that are not what they claim to be.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    LookupError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
)


@dataclass(frozen=True)
class Photo:
    """A clean picture and its thumbnail (both JPEG), and what the camera had written beside them."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    taken_at: dt.datetime | None
    place: tuple[float, float] | None


def clean_photo(content: bytes, *, at: dt.datetime) -> Photo:
    """Raises Refused `photo_empty`, `photo_too_large`, `photo_too_many_pixels`, `photo_format`."""
    rules.check_size(len(content))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a bomb is refused by its number of pixels, before it is decoded
            return _clean(content, at)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise rules.too_many_pixels() from error
    except _BROKEN as error:
        raise rules.not_a_photo() from error


def _clean(content: bytes, at: dt.datetime) -> Photo:
    with Image.open(io.BytesIO(content), formats=rules.FORMATS) as image:
        rules.check_pixels(*image.size, image.format or "")
        image.verify()
    with Image.open(io.BytesIO(content), formats=rules.FORMATS) as image:
        exif = image.getexif()
        taken_at, place = _taken_at(exif, at), _place(exif)
        image.draft("RGB", (rules.MAX_SIDE, rules.MAX_SIDE))  # a large JPEG is decoded at half its size
        image.load()
        upright = _upright(image, exif)
    upright.thumbnail((rules.MAX_SIDE, rules.MAX_SIDE), Image.Resampling.LANCZOS)
    small = upright.copy()
    small.thumbnail((rules.THUMBNAIL_SIDE, rules.THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Photo(_jpeg(upright), _jpeg(small), upright.width, upright.height, taken_at, place)


Area = tuple[float, float, float, float]  # left, top, right, bottom as parts of width and height


def cover(jpeg: bytes, areas: Sequence[Area]) -> Photo:
    """The same picture with each area painted over: what lay there is in no pixel any more."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.load()
        picture = image.convert("RGB")
    canvas = ImageDraw.Draw(picture)
    for left, top, right, bottom in areas:
        box = (left * picture.width, top * picture.height, right * picture.width, bottom * picture.height)
        canvas.rectangle(box, fill=(0, 0, 0))
    small = picture.copy()
    small.thumbnail((rules.THUMBNAIL_SIDE, rules.THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Photo(_jpeg(picture), _jpeg(small), picture.width, picture.height, None, None)


def _upright(image: Image.Image, exif: Image.Exif) -> Image.Image:
    """RGB on white, in sRGB, turned as the camera was held, without any of its info."""
    colours = _to_srgb(image)
    if "A" in colours.getbands() or "transparency" in colours.info:
        layer = colours.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        colours = ground
    plain = colours.convert("RGB")
    plain.info = {}
    if exif.get(_ORIENTATION) in range(2, 9):
        plain.getexif()[_ORIENTATION] = exif[_ORIENTATION]
        plain = ImageOps.exif_transpose(plain)
    plain.info = {}
    return plain


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode != "RGB":
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile: the colours stay as they were written
    return turned or image


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=rules.QUALITY)
    return buffer.getvalue()


def _ifd(exif: Image.Exif, tag: int) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(tag))
    except _BROKEN:
        return {}  # a broken block says nothing; the picture itself may be whole


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    return rules.place_from_gps(_ifd(exif, _GPS_IFD))


def _taken_at(exif: Image.Exif, at: dt.datetime) -> dt.datetime | None:
    tags = _ifd(exif, _EXIF_IFD)
    return rules.time_from_exif(tags.get(_TAKEN, ""), tags.get(_TAKEN_OFFSET), at=at)
