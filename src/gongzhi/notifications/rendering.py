"""From a kind and its codes to words: templates `notifications/messages/<kind>.txt`, subject on line one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

WHEN = N_("n月j日 H:i")
DAY = N_("n月j日")


@dataclass(frozen=True)
class Message:
    """A subject line and a text, ready for any channel that carries words."""

    subject: str
    text: str

    @property
    def words(self) -> str:
        """The text without the line that holds the address: a page has a link of its own."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if line.strip() and settings.HOST_URL not in line)

    @property
    def path(self) -> str:
        """Where that line leads inside the product, or "" where there is none."""
        _, found, after = self.text.partition(settings.HOST_URL)
        return after.split()[0] if found and after.startswith("/") else ""


def render(kind: str, params: Mapping[str, Any], language: str | None = None) -> Message:
    """The words of one message; plain text, nothing escaped (pages escape it themselves).

    Raises Refused `unknown_message` for a kind without a template.
    """
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        words = _template(kind).render(Context(_facts(params), autoescape=False))
    subject, _, text = words.strip().partition("\n")
    return Message(subject.strip(), text.strip())


def require_template(kind: str) -> None:
    """Raises Refused `unknown_message` before anything is queued that nobody could word."""
    _template(kind)


def _template(kind: str) -> Any:
    try:
        return get_template(f"notifications/messages/{kind}.txt").template  # type: ignore[attr-defined]  # the inner template: no escaping
    except TemplateDoesNotExist as error:
        words = N_("没有这种消息的文字：{kind}。请先写好它的模板。")
        raise Refused("unknown_message", words, kind=kind) from error


def _facts(params: Mapping[str, Any]) -> dict[str, Any]:
    """Template variables; the ISO times and dates of params named `*_at` become civil ones in the reader's language."""
    facts: dict[str, Any] = {"host_url": settings.HOST_URL}
    for name, value in params.items():
        facts[name] = _when(value) if name.endswith("_at") and value else value
    return facts


def _when(value: str) -> str:
    if len(value) == len("2027-03-19"):
        return date_format(dt.date.fromisoformat(value), gettext(DAY))
    return date_format(timezone.localtime(dt.datetime.fromisoformat(value)), gettext(WHEN))
