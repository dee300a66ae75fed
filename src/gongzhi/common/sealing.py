"""Sealing: AES-256-GCM under per-subject keys, which are wrapped by a master key kept outside the database.

A sealed value is nonce (12 bytes) + ciphertext + tag (16 bytes). The context binds it to its place, so a value
copied onto another row does not open. Destroying the wrapped key erases every value under it, in every backup
that holds no keys. Source: NIST SP 800-38D (GCM), SP 800-57 (key wrapping, rotation).
"""

import hashlib
import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Unreadable(Exception):
    """The key was destroyed or is not on this machine, or the value was changed."""


def new_key() -> bytes:
    return os.urandom(32)


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plaintext; raises Unreadable when key, context or bytes do not belong together."""
    try:
        return AESGCM(key).decrypt(bytes(sealed[:_NONCE]), bytes(sealed[_NONCE:]), context.encode())
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


@dataclass(frozen=True)
class Keyring:
    """Master keys by id, read from a folder of 0600 files; the newest id wraps, all can unwrap."""

    masters: dict[str, bytes]
    current: str

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        return self.current, seal(self.masters[self.current], key, f"wrap:{self.current}")

    def unwrap(self, master_id: str, wrapped: bytes) -> bytes:
        if master_id not in self.masters:
            raise Unreadable
        return unseal(self.masters[master_id], wrapped, f"wrap:{master_id}")

    def derive(self, purpose: str) -> bytes:
        """A key for one purpose. From the *first* master, so that rotation keeps look-ups and codes working."""
        return hmac.new(self.masters[min(self.masters)], purpose.encode(), hashlib.sha256).digest()

    def blind_index(self, field: str, value: str) -> bytes:
        """A keyed fingerprint for exact look-up: equal values match, nothing can be read back."""
        return hmac.new(self.derive("blind-index"), f"{field}\0{value}".encode(), hashlib.sha256).digest()


def _write_master(folder: Path, number: int) -> None:
    """Write the key aside and give it its name when it is whole: no reader ever meets half a key."""
    path = folder / f"master-{number:04d}.key"
    aside = folder / f".{path.name}.{os.getpid()}"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(new_key())
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    finally:
        aside.unlink()


def add_master(folder: Path) -> None:
    """Add a newer master key; values wrapped by older ones stay readable until rewrapped."""
    numbers = [int(path.stem.removeprefix("master-")) for path in folder.glob("master-*.key")]
    _write_master(folder, max(numbers, default=0) + 1)


def load_keyring(folder: Path) -> Keyring:
    """The keys in a folder; the first key is made when there is none. A key added since is noticed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _read_keyring(folder, folder.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read_keyring(folder: Path, _changed: int) -> Keyring:
    if not any(folder.glob("master-*.key")):
        with suppress(FileExistsError):  # another process of the same start was faster
            _write_master(folder, 1)
    masters = {path.stem.removeprefix("master-"): path.read_bytes() for path in folder.glob("master-*.key")}
    return Keyring(masters, max(masters))
