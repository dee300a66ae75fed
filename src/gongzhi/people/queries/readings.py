"""Readings of somebody's values in plain words: when, from which body, which fields, what for. Never by name."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from gongzhi.audit.models import Access
from gongzhi.audit.wording import fields_words, purpose_word
from gongzhi.people.queries import standing_of


def told(rows: Sequence[Access]) -> list[dict[str, Any]]:
    """One line for each reading, with the numbers of the cases that it was about."""
    standing = standing_of(row.actor for row in rows)
    return [
        {
            "at": row.at,
            "who": standing.get(row.actor) or _reader(row.actor),
            "fields": fields_words(row.fields),
            "purpose": purpose_word(row.purpose),
            "cases": [one.removeprefix("case:") for one in row.subjects if one.startswith("case:")][:1],
        }
        for row in rows
    ]


def _reader(reference: str) -> str:
    kind = reference.partition(":")[0]
    return {"system": _("系统自动办理"), "token": _("接口"), "person": _("一位居民")}.get(kind, _("没有登录的人"))
