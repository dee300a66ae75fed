"""Opening and sealing what a message says, under its own key."""

import json
from dataclasses import dataclass

from gongzhi.common import sealing
from gongzhi.common.sealing import Unreadable
from gongzhi.disclosure.models import Alert, Appeal, Message, Moderation
from gongzhi.people import vault


@dataclass(frozen=True, slots=True)
class Text:
    """What is read: `byline` "" is any neighbour of the compound."""

    title: str = ""
    body: str = ""
    byline: str = ""

    @property
    def heading(self) -> str:
        return self.title or self.body[:20]


def seal(message: Message, part: str, text: str) -> bytes:
    """Raises sealing.Unreadable for a message whose key was destroyed."""
    return sealing.seal(vault.open_key(message.key), text.encode(), f"message:{message.pk}:{part}")


def opened(message: Message, part: str, sealed: bytes | memoryview) -> str:
    """The words; "" for nothing sealed, and where the key was destroyed."""
    if not sealed:
        return ""
    try:
        return sealing.unseal(vault.open_key(message.key), bytes(sealed), f"message:{message.pk}:{part}").decode()
    except Unreadable:
        if message.key.destroyed_at is None:
            raise
        return ""


def seal_text(message: Message, text: Text) -> bytes:
    given = {"title": text.title, "body": text.body, "byline": text.byline}
    return seal(message, "words", json.dumps(given, ensure_ascii=False))


def text_of(message: Message) -> Text:
    content = opened(message, "words", message.words)
    return Text(**json.loads(content)) if content else Text()


def name_of(message: Message) -> str:
    return opened(message, "named", message.named_words)


def note_of(decision: Moderation) -> str:
    return opened(decision.message, "note", decision.note)


def alert_note(alert: Alert) -> str:
    return opened(alert.message, "alert", alert.note)


def appeal_words(appeal: Appeal) -> str:
    return opened(appeal.decision.message, "appeal", appeal.words)
