"""How a value and its source are said on a page."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from gongzhi.common.personal import Viewer, seen_clear, show
from gongzhi.packs.field_contents import FieldDef
from gongzhi.registers.models import How
from gongzhi.registers.rules.facts import Said, raw


class Shown(NamedTuple):
    """One saying: its fact, the value in words and as a form sends it, from where, of which day."""

    id: int
    value: str
    raw: str
    source: str
    on: dt.date
    how: str


def value_words(field: FieldDef, value: Any, viewer: Viewer) -> str:
    """88.5 平方米, 是, 2026-03-01; "读不出" where the key is gone; stars where the viewer may not see its level."""
    if value is None:
        return _("读不出")
    words = (_("是") if value else _("否")) if isinstance(value, bool) else f"{value} {field.unit}".strip()
    return show(field.code, words, level=field.level, viewer=viewer)


def source_words(source: str) -> str:
    kind, _sep, rest = source.partition(":")
    words = {
        "form": _("表 {rest}"),
        "import": _("导入 {rest}"),
        "register": _("住户台账"),
        "recheck": _("抽查"),
        "sensor": _("设备 {rest}"),
    }
    return words.get(kind, "{rest}").format(rest=rest or source)


def said_words(field: FieldDef, fact: Said, viewer: Viewer) -> Shown:
    how = _(str(How(fact.how).label)) if fact.how in How.values else fact.how
    return Shown(
        fact.id,
        value_words(field, fact.value, viewer),
        raw(fact.value) if seen_clear(field.level, viewer) else "",
        source_words(fact.source),
        fact.observed_on,
        how,
    )
