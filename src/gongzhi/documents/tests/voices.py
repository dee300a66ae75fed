"""Voice notes made by hand, octet by octet, with things in them that must not survive."""

import struct

SECRET = "演示手机 31.2304,121.4737".encode()


def element(code: str, body: bytes) -> bytes:
    return bytes.fromhex(code) + b"\x01" + len(body).to_bytes(7, "big") + body


def webm(kind: int = 2, tracks: int = 1) -> bytes:
    """As Chromium records: a segment and clusters without a size; plus tags, a title and a track's name."""
    head = element("1A45DFA3", element("4282", b"webm"))
    info = element("1549A966", element("2AD7B1", b"\x0f\x42\x40") + element("7BA9", SECRET))
    entry = element("AE", element("D7", b"\x01") + element("83", bytes([kind])) + element("536E", SECRET))
    blocks = element("E7", b"\x00") + element("A3", b"\x81\x00\x00\x80" + b"sound" * 40)
    cluster = bytes.fromhex("1F43B675") + b"\x01" + b"\xff" * 7 + blocks
    tags = element("1254C367", SECRET * 20)
    segment = bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7
    return head + segment + info + element("1654AE6B", entry * tracks) + tags + cluster + cluster


def page(number: int, body: bytes, crc: int = 0, serial: int = 7) -> bytes:
    lengths = [255] * (len(body) // 255) + [len(body) % 255]
    return struct.pack("<4sBBqIII", b"OggS", 0, 0, 0, serial, number, crc) + bytes([len(lengths), *lengths]) + body


def ogg(serial: int = 7) -> bytes:
    vendor = "演示".encode().ljust(12)
    comment = b"LOCATION=" + SECRET
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<II", 1, len(comment)) + comment
    return page(0, b"OpusHead" + bytes(11)) + page(1, tags, serial=serial) + page(2, b"sound" * 100)


def box(code: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, code) + body


def mp4(kind: bytes = b"soun") -> bytes:
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 3_900_000_000, 3_900_000_001, 1000, 5000))
    mdia = box(b"mdia", box(b"hdlr", bytes(8) + kind + bytes(12)))
    moov = box(b"moov", mvhd + box(b"trak", mdia + box(b"udta", SECRET)) + box(b"udta", SECRET))
    return box(b"ftyp", b"M4A \0\0\0\0") + moov + box(b"mdat", b"sound" * 50) + box(b"meta", SECRET)
