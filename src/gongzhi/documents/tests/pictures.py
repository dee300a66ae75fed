"""Pictures made for tests: what cameras write, and what attackers hide."""

import io
import struct
import zlib
from fractions import Fraction
from typing import Any

from PIL import Image, ImageDraw

SECRET_WORDS = b"SECRET-CAMERA-SERIAL"


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Left half red, the rest green: which way is up can be told."""
    image = Image.new(mode, size, "green" if mode != "L" else 90)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1]), fill="red" if mode != "L" else 200)
    return image


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def with_exif(
    *, orientation: int = 1, taken: str = "2027:03:17 20:15:00", offset: str = "+08:00", place: bool = True
) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET_WORDS.decode()
    exif.get_ifd(0x8769).update({0x9003: taken, 0x9011: offset, 0xA431: SECRET_WORDS.decode()})
    if place:
        north, east = (Fraction(32), Fraction(12), Fraction(1803, 50)), (Fraction(119), Fraction(27), Fraction(9))
        exif.get_ifd(0x8825).update({1: "N", 2: north, 3: "E", 4: east})
    return encoded(picture(), exif=exif, comment=SECRET_WORDS, icc_profile=None)


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A few hundred bytes that claim to be an enormous picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def contains(haystack: bytes, *needles: bytes) -> list[bytes]:
    return [needle for needle in needles if needle in haystack]
