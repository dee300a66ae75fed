"""Rows of figures of a district's page: there are hundreds of units, so one format writes a row, not thirty nodes."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
_LINKED = (
    '<td class="n" data-l="{{words[{key}]}}"><a href="{{row[{url}]}}">{{row[{key}]}}'
    '<span class="visually-hidden">：{{row[name]}}{{words[{key}]}}</span></a></td>'
)
_ROW = (
    '<tr><th scope="row"><a href="{row[url]}">{row[name]}</a></th>'
    '<td class="n" data-l="{words[received]}">{row[received]}</td>'
    + "".join(_LINKED.format(key=key, url=f"{key}_url") for key in ("open", "overdue", "deferred"))
    + '<td class="n" data-l="{words[on_time]}">{on_time}</td><td class="n" data-l="{words[closed]}">{closed}</td>'
    '<td class="n" data-l="{words[solved]}">{solved}</td></tr>'
)
_ON_TIME = '<a href="{}">{}<span class="visually-hidden">：{}</span></a>'


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}%"


@register.simple_tag
def figure_rows(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """One line of a table for each place or unit; every figure that has a list leads to it."""
    words = {key: conditional_escape(word) for key, word in _words().items()}
    return mark_safe("".join(_figures(row, words) for row in rows))  # noqa: S308 - every value is escaped


def _words() -> dict[str, str]:
    return {
        "received": _("收到"),
        "open": _("没办完"),
        "overdue": _("超期"),
        "deferred": _("挂账"),
        "on_time": _("按期结案率"),
        "closed": _("结案率"),
        "solved": _("解决率"),
    }


def _figures(row: Mapping[str, Any], words: Mapping[str, SafeString]) -> str:
    shares = {key: _percent(row[key]) for key in ("on_time", "closed", "solved")}
    if row["on_time"] is not None:
        shares["on_time"] = format_html(_ON_TIME, row["due_url"], shares["on_time"], row["name"])
    escaped = {key: conditional_escape(value) for key, value in row.items() if isinstance(value, str)}
    return _ROW.format(row={**row, **escaped}, words=words, **shares)
