"""Identifiers: time-ordered UUIDs, and short codes a person can read over the phone."""

import hashlib
import hmac
import os
import time
import uuid

# Without 0/O, 1/I/L, U/V pairs: read aloud, typed with one thumb.
_READABLE = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def uuid7() -> uuid.UUID:
    """A version-7 UUID (RFC 9562 section 5.7): 48 bits of milliseconds, 12 of the fraction, 62 random.

    The fraction (section 6.2, method 3: steps of 244 ns) keeps what one process makes in the order it was made,
    so a list ordered by time and then by id stays as it was written.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    value = (milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0x2 << 62)
    return uuid.UUID(int=value | int.from_bytes(os.urandom(8), "big") >> 2)


def readable_code(key: bytes, subject: str, length: int = 8) -> str:
    """A code derived from a key and a subject: nothing to store, nothing to guess (29^8 values)."""
    number = int.from_bytes(hmac.new(key, subject.encode(), hashlib.sha256).digest(), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_READABLE))
        letters.append(_READABLE[index])
    return "".join(letters)
