"""From uploaded bytes to a voice note: judged by content, one audio track alone, what was written beside it blanked.

Recorders of browsers make three containers: WebM and Ogg (Opus inside), MP4 (AAC inside). Each is walked by its own
structure; titles, tags, times and places are overwritten in place, so that no offset moves; anything else is refused.
Sources: RFC 9559 (Matroska), RFC 3533 and 7845 (Ogg, Opus), ISO/IEC 14496-12 (MP4). The sound itself is not decoded.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

MAX_BYTES = 3_000_000  # about ten minutes as telephones record speech
ENDINGS = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a"}


@dataclass(frozen=True)
class Sound:
    """A clean voice note and what it is."""

    content: bytes
    mime: str


def clean_sound(content: bytes) -> Sound:
    """Raises Refused `sound_empty`, `sound_too_large`, `sound_format`."""
    if not content:
        raise Refused("sound_empty", N_("这段录音是空的。请重新录，或者写字。"))
    if len(content) > MAX_BYTES:
        raise Refused("sound_too_large", N_("录音太长了，最长十分钟左右。请分两次录，或者写字。"))
    try:
        if content[:4] == b"\x1aE\xdf\xa3":
            return Sound(_clean_webm(bytearray(content)), "audio/webm")
        if content[:4] == b"OggS":
            return Sound(_clean_ogg(bytearray(content)), "audio/ogg")
        if content[4:8] == b"ftyp":
            return Sound(_clean_mp4(bytearray(content)), "audio/mp4")
    except (IndexError, ValueError, struct.error) as error:
        raise _not_a_sound() from error
    raise _not_a_sound()


def _not_a_sound() -> Refused:
    return Refused("sound_format", N_("这个文件打不开，或者不是录音。请用页面上的录音按钮录，或者写字。"))


# WebM

_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0xAE
_TRACK_TYPE, _TRACK_NAME, _AUDIO = 0x83, 0x536E, 2
_ENTERED = (_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK)
# Tags, Attachments, Chapters; Title, DateUTC, SegmentFilename; a track's name.
_BLANKED = (0x1254C367, 0x1941A469, 0x1043A770, 0x7BA9, 0x4461, 0x7384, _TRACK_NAME)


def _clean_webm(data: bytearray) -> bytes:
    if b"webm" not in data[:64]:
        raise _not_a_sound()
    types = []
    for code, start, body, end in _elements(data):
        if code == _TRACK_TYPE:
            types.append(data[body])
        elif code in _BLANKED:
            _void(data, start, end)
    if types != [_AUDIO]:
        raise _not_a_sound()
    return bytes(data)


def _elements(data: bytearray) -> Iterator[tuple[int, int, int, int]]:
    """(id, start, body, end) of every element, flat: masters of interest are entered, whatever their size says."""
    position = 0
    while position < len(data):
        start = position
        code, position = _vint(data, position, keep_mark=True)
        size, position = _vint(data, position, keep_mark=False)
        if code in _ENTERED:
            continue  # a live recorder does not know how long a segment or cluster will be
        if size < 0 or position + size > len(data):
            if code == 0xA3:
                return  # the last block was cut off with the recording
            raise ValueError("an element without a size")
        yield code, start, position, position + size
        position += size


def _vint(data: bytearray, position: int, *, keep_mark: bool) -> tuple[int, int]:
    """A number of 1 to 8 octets and where it ends; −1 for the size that means unknown."""
    first = data[position]
    length = 9 - first.bit_length() if first else 9
    if length > (4 if keep_mark else 8):
        raise ValueError("no number here")
    octets = data[position : position + length]
    if len(octets) < length:
        raise ValueError("cut off")
    value = int.from_bytes(octets, "big")
    if not keep_mark:
        value &= (1 << 7 * length) - 1
        if value == (1 << 7 * length) - 1:
            value = -1
    return value, position + length


def _void(data: bytearray, start: int, end: int) -> None:
    """An element of nothing in the same octets."""
    length = end - start
    if length - 2 < 127:
        data[start:end] = bytes([0xEC, 0x80 | (length - 2)]) + bytes(length - 2)
    else:
        data[start:end] = b"\xec\x01" + (length - 9).to_bytes(7, "big") + bytes(length - 9)


# Ogg


def _clean_ogg(data: bytearray) -> bytes:
    pages = list(_pages(data))
    serials = {bytes(data[page + 14 : page + 18]) for page, _, _ in pages}
    if len(serials) != 1 or len(pages) < 2 or data[pages[0][1] : pages[0][1] + 8] != b"OpusHead":
        raise _not_a_sound()
    start, body, end = pages[1]
    goes_on = data[body - 1] == 255  # the packet does not end on its page
    if data[body : body + 8] != b"OpusTags" or goes_on:
        raise _not_a_sound()
    vendor = struct.unpack_from("<I", data, body + 8)[0]
    comments = body + 12 + vendor
    if comments + 4 > end:
        raise ValueError("tags are cut off")
    data[body + 12 : comments] = b" " * vendor
    data[comments:end] = bytes(end - comments)  # no comments; what follows is padding (RFC 7845, 5.2)
    data[start + 22 : start + 26] = bytes(4)
    data[start + 22 : start + 26] = struct.pack("<I", _crc(data[start:end]))
    return bytes(data)


def _pages(data: bytearray) -> Iterator[tuple[int, int, int]]:
    position = 0
    while position < len(data):
        if data[position : position + 4] != b"OggS":
            raise ValueError("no page here")
        count = data[position + 26]
        body = position + 27 + count
        end = body + sum(data[position + 27 : body])
        if end > len(data):
            raise ValueError("cut off")
        yield position, body, end
        position = end


def _crc(octets: bytearray) -> int:
    """RFC 3533: polynomial 0x04C11DB7, nothing reflected, starting from 0."""
    value = 0
    for octet in octets:
        value ^= octet << 24
        for _ in range(8):
            value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


# MP4

_BOXES_ENTERED = (b"moov", b"trak", b"mdia", b"moof", b"traf", b"mvex")
_BOXES_BLANKED = (b"udta", b"meta", b"uuid", b"free", b"skip")
_DEEPEST = 8
_DATED = (b"mvhd", b"tkhd", b"mdhd")


def _clean_mp4(data: bytearray) -> bytes:
    kinds: list[bytes] = []
    _walk(data, 0, len(data), kinds)
    if kinds != [b"soun"]:
        raise _not_a_sound()
    return bytes(data)


def _walk(data: bytearray, position: int, end: int, kinds: list[bytes], depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ValueError("boxes in boxes in boxes")
    while position < end:
        size, code = struct.unpack_from(">I4s", data, position)
        body = position + 8
        if size == 1:
            size, body = struct.unpack_from(">Q", data, body)[0], body + 8
        size = size or end - position
        after = position + size
        if size < 8 or after > end:
            raise ValueError("a box of the wrong size")
        if code in _BOXES_ENTERED:
            _walk(data, body, after, kinds, depth + 1)
        elif code in _BOXES_BLANKED:
            data[position + 4 : position + 8] = b"free"
            data[body:after] = bytes(after - body)
        elif code in _DATED:
            width = 8 if data[body] == 1 else 4
            data[body + 4 : body + 4 + 2 * width] = bytes(2 * width)  # when it was made and changed
        elif code == b"hdlr":
            kinds.append(bytes(data[body + 8 : body + 12]))
        position = after
