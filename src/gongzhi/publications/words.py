"""Opening and sealing what an item says, under the item's own key."""

import json
from typing import Any

from gongzhi.common import sealing
from gongzhi.common.sealing import Unreadable
from gongzhi.people import vault
from gongzhi.publications.models import Correction, Publication, Reply, Review
from gongzhi.publications.rules.records import Words


def _context(publication: Publication, part: str) -> str:
    return f"publication:{publication.pk}:{part}"


def seal_part(publication: Publication, part: str, content: bytes) -> bytes:
    """Raises sealing.Unreadable for an item whose key was destroyed."""
    return sealing.seal(vault.open_key(publication.key), content, _context(publication, part))


def open_part(publication: Publication, part: str, sealed: bytes | memoryview) -> bytes:
    """The opened bytes; b"" for nothing sealed, and where the key was destroyed."""
    if not sealed:
        return b""
    try:
        return sealing.unseal(vault.open_key(publication.key), bytes(sealed), _context(publication, part))
    except Unreadable:
        if publication.key.destroyed_at is None:
            raise
        return b""


def working(publication: Publication) -> Words:
    """The text being written; empty once the key is destroyed."""
    content = open_part(publication, "words", publication.words)
    return Words.from_json(content) if content else Words()


def released(publication: Publication) -> dict[str, Any]:
    """The record as it was released, or {}."""
    content = open_part(publication, "record", publication.record)
    return json.loads(content) if content else {}


def reviewed(review: Review) -> Words:
    content = open_part(review.publication, "review", review.words)
    return Words.from_json(content) if content else Words()


def note_of(review: Review) -> str:
    return open_part(review.publication, "note", review.note).decode()


def correction_words(correction: Correction) -> dict[str, str]:
    """{wrong, right, why}, each "" where it was not said or is erased."""
    content = open_part(correction.publication, "correction", correction.words)
    return {"wrong": "", "right": "", "why": "", **(json.loads(content) if content else {})}


def corrected(correction: Correction) -> dict[str, Any]:
    """The record that the correction puts beside the old one, or {}."""
    content = open_part(correction.publication, "corrected", correction.record)
    return json.loads(content) if content else {}


def reply_words(reply: Reply) -> str:
    return open_part(reply.publication, "reply", reply.words).decode()


def reply_shown(reply: Reply) -> str:
    return open_part(reply.publication, "reply-shown", reply.shown).decode()


def reply_reason(reply: Reply) -> str:
    return open_part(reply.publication, "reply-reason", reply.reason).decode()
