"""Limits of an upload, and what a camera wrote about place and time. Pure."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gongzhi.common.clock import CHINA
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

MAX_BYTES = 12_000_000
# A phone's largest usual setting; above it lie decompression bombs. A JPEG is decoded at a part of its size, the
# other forms in full: their limit keeps a worker within 100 MB.
MAX_PIXELS = {"JPEG": 60_000_000, "MPO": 60_000_000}
MAX_PIXELS_ELSE = 25_000_000
MAX_SIDE = 2560
THUMBNAIL_SIDE = 480
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

# EXIF 2.32 tags: GPSLatitudeRef, GPSLatitude, GPSLongitudeRef, GPSLongitude.
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4


def check_size(size: int) -> None:
    if size == 0:
        raise Refused("photo_empty", N_("这张照片是空的。请重新选一张。"))
    if size > MAX_BYTES:
        raise Refused(
            "photo_too_large",
            N_("这张照片有 {megabytes} MB，最大 {limit} MB。请选小一点的，或截一张图再传。"),
            megabytes=math.ceil(size / 1_000_000),
            limit=MAX_BYTES // 1_000_000,
        )


def check_pixels(width: int, height: int, form: str) -> None:
    if width * height > MAX_PIXELS.get(form, MAX_PIXELS_ELSE):
        raise too_many_pixels(form)


def too_many_pixels(form: str = "") -> Refused:
    message = N_("这张照片的像素太多，最多 {limit} 万。请截一张图再传。")
    return Refused("photo_too_many_pixels", message, limit=MAX_PIXELS.get(form, MAX_PIXELS_ELSE) // 10_000)


def not_a_photo() -> Refused:
    return Refused("photo_format", N_("这个文件打不开，或者不是照片。请传 JPG、PNG、WebP 或 GIF 照片。"))


def place_from_gps(tags: Mapping[int, Any]) -> tuple[float, float] | None:
    """(longitude, latitude) in degrees from an EXIF GPS block; None when absent, broken or at 0°, 0°."""
    latitude = _degrees(tags.get(_LATITUDE), str(tags.get(_LATITUDE_REF, "N")).strip("\0 ") == "S")
    longitude = _degrees(tags.get(_LONGITUDE), str(tags.get(_LONGITUDE_REF, "E")).strip("\0 ") == "W")
    if latitude is None or longitude is None or (latitude == longitude == 0):
        return None
    return (longitude, latitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _degrees(parts: Sequence[Any] | None, negative: bool) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        return None
    return round(-value if negative else value, 7)


def time_from_exif(written: object, offset: object, *, at: dt.datetime) -> dt.datetime | None:
    """When it was taken, from DateTimeOriginal and OffsetTimeOriginal; without an offset, civil time of China.

    None when absent, unreadable, before 2000, or more than a day after `at` (a camera with a wrong clock).
    """
    try:
        taken = dt.datetime.strptime(str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone next
        zone = dt.datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo if offset else CHINA
        taken = taken.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    return taken if _EARLIEST <= taken <= at + dt.timedelta(days=1) else None


MOST_AREAS = 20


def check_areas(areas: Sequence[tuple[float, float, float, float]]) -> None:
    """One to twenty areas inside the picture. Raises Refused `no_areas`, `bad_area`."""
    if not areas:
        raise Refused("no_areas", N_("还没圈出要遮的地方。请在照片上拖一下，或者填位置。"), field="areas")
    inside = all(0 <= left < right <= 1 and 0 <= top < bottom <= 1 for left, top, right, bottom in areas)
    if len(areas) > MOST_AREAS or not inside:
        raise Refused("bad_area", N_("圈的地方要在照片里，最多 {most} 处。"), most=MOST_AREAS, field="areas")


_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{1,58}$")
LONGEST_TEXT = 60_000


def check_instrument(code: str, title: str, text: str) -> tuple[str, str]:
    """Code and title, tidy. Raises Refused `code_missing`, `title_missing`, `text_missing`, `text_too_long`."""
    code, title = code.strip().lower(), " ".join(title.split())
    if not _CODE.match(code):
        raise Refused("code_missing", N_("代号用小写字母、数字和横线，比如 liuyuan-charter。"), field="code")
    if not title:
        raise Refused("title_missing", N_("请写名称。"), field="title")
    if not text.strip():
        raise Refused("text_missing", N_("请写正文。"), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused("text_too_long", N_("正文最多 {most} 个字。请分成几份。"), most=LONGEST_TEXT, field="text")
    return code, title


def check_adoption(
    basis: str, adopted_on: dt.date, effective_from: dt.date, before: dt.date | None, today: dt.date
) -> None:
    """`before` is the first day of the version it replaces.

    Raises Refused `basis_missing`, `adopted_ahead`, `effective_too_early`.
    """
    if not basis.strip():
        raise Refused("basis_missing", N_("请写凭哪次会议或决定通过的。"), field="basis")
    if adopted_on > today:
        raise Refused("adopted_ahead", N_("通过的日期在以后。通过了再写。"), field="adopted_on")
    if effective_from < adopted_on or (before is not None and effective_from < before):
        raise Refused("effective_too_early", N_("施行不能早于通过，也不能早于上一版的施行。"), field="effective_from")
