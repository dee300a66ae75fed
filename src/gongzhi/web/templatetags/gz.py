"""Template tags of the shell: icons, dates, states and clocks. `{% load gz %}`."""

import datetime as dt
from typing import Any

from django import template
from django.forms import BoundField, CheckboxSelectMultiple
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gongzhi.common import clock as house_clock
from gongzhi.common import wording as words
from gongzhi.common.asking import actor_of
from gongzhi.common.page_links import PageLink, page_links
from gongzhi.common.page_notes import PageNote, page_notes
from gongzhi.web import assets, wording

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file, with its hash, so that a new version is fetched at once."""
    return assets.url(name)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; decoration unless it has a label. `size`: "", "lg", "xl"."""
    extra = f" gz-icon-{size}" if size else ""
    href = f"{assets.url('icons.svg')}#i-{name}"
    if not label:
        return format_html('<svg class="gz-icon{}" aria-hidden="true"><use href="{}"/></svg>', extra, href)
    return format_html('<svg class="gz-icon{}" role="img" aria-label="{}"><use href="{}"/></svg>', extra, label, href)


@register.simple_tag
def badge(tone: str, icon_name: str, word: str) -> SafeString:
    """A state: icon, word and colour together. `tone`: wait, now, soon, over, done or ""."""
    return format_html('<span class="badge{}">{}{}</span>', f" is-{tone}" if tone else "", icon(icon_name), word)


@register.simple_tag
def state(status: str, mine: bool = False) -> SafeString:
    """The badge of a case's status; `mine` addresses the one who reported it."""
    shown = wording.state_of(status, mine=mine)
    return badge(shown.tone, shown.icon, _(shown.word))


@register.simple_tag
def clock(
    due: dt.datetime | None,
    since: dt.datetime | None = None,
    paused: bool = False,
    done: dt.datetime | None = None,
) -> SafeString:
    """What is left of a deadline: amber in the last fifth (at least 30 minutes), red only when over."""
    reading = wording.read_clock(due, since=since, paused=paused, done=done, at=house_clock.now())
    if reading is None:
        return SafeString("")
    tone = f" is-{reading.tone}" if reading.tone else ""
    return format_html('<span class="gz-clock{}">{}{}</span>', tone, icon(reading.icon), reading.words)


@register.simple_tag
def clock_tone(
    due: dt.datetime | None,
    since: dt.datetime | None = None,
    paused: bool = False,
    done: dt.datetime | None = None,
) -> str:
    """The tone alone ("", soon, over, done), for a box or a pin."""
    reading = wording.read_clock(due, since=since, paused=paused, done=done, at=house_clock.now())
    return reading.tone if reading else ""


def _unbroken(said: str, value: dt.date | dt.datetime) -> SafeString:
    machine = value.isoformat(timespec="minutes") if isinstance(value, dt.datetime) else value.isoformat()
    return format_html('<time class="gz-nb" datetime="{}">{}</time>', machine, said)


@register.filter
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """3月18日 周三, unbroken."""
    return _unbroken(words.day(value, at=house_clock.now()), value) if value else ""


@register.filter
def short_day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """3月18日, unbroken."""
    return _unbroken(words.day(value, at=house_clock.now(), weekday=False), value) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """今天 8:40, 明天 18:00, else 3月16日 周一 9:20."""
    return _unbroken(words.moment(value, at=house_clock.now()), value) if value else ""


@register.filter
def hour(value: dt.datetime | None) -> SafeString | str:
    """9:20"""
    return _unbroken(words.hour(value), value) if value else ""


@register.filter
def lookup(table: dict[str, Any] | None, key: str) -> Any:
    """table[key], or nothing."""
    return (table or {}).get(key, "")


@register.simple_tag(takes_context=True)
def ways_on(context: dict[str, Any], kind: str, identifier: str, path: str) -> list[PageLink]:
    """What higher rooms offer from this page: {% ways_on "case" case.number case.path as ways %}."""
    request = context.get("request")
    return page_links(actor_of(request), kind, identifier, path) if request else []


@register.simple_tag(takes_context=True)
def notes_on(context: dict[str, Any], kind: str, thing: Any) -> list[PageNote]:
    """What higher rooms say on this page: {% notes_on "case" case as notes %}."""
    request = context.get("request")
    return page_notes(actor_of(request), kind, thing, house_clock.now()) if request else []


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """A form field: label, hint, what is wrong, and the control, tied together for screen readers."""
    shown = {"field": bound, "hint": hint or bound.help_text}
    if isinstance(bound.field.widget, CheckboxSelectMultiple):
        return {**shown, "ticks": [one.data for one in bound]}
    return {**shown, "control": _control(bound, hint)}


def _control(bound: BoundField, hint: str) -> SafeString:
    described = [f"{bound.id_for_label}-h"] if hint or bound.help_text else []
    described += [f"{bound.id_for_label}-e"] if bound.errors else []
    kind = getattr(bound.field.widget, "input_type", "")
    css = {"select": "form-select", "checkbox": "form-check-input"}.get(kind, "form-control")
    given = str(bound.field.widget.attrs.get("class", ""))
    attrs: dict[str, Any] = {"class": " ".join(filter(None, [css, given, "is-invalid" if bound.errors else ""]))}
    attrs["aria-describedby"] = " ".join(described) or False
    attrs["aria-invalid"] = "true" if bound.errors else False
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("web/parts/answers.html")
def answers(bound: BoundField, legend: str = "", hints: dict[str, str] | None = None) -> dict[str, Any]:
    """Radio buttons as large tiles; nothing is preselected unless the form says so."""
    rows = [
        {
            "id": f"{bound.auto_id}-{n}",
            "value": value,
            "word": word,
            "hint": (hints or {}).get(str(value), ""),
        }
        for n, (value, word) in enumerate(getattr(bound.field, "choices", []))
        if value not in ("", None)
    ]
    chosen = "" if bound.value() is None else str(bound.value())
    return {"field": bound, "rows": rows, "legend": legend or bound.label, "chosen": chosen}


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """All that is wrong, first on the page, each a link to its field."""
    wrong = [
        {"id": bound.id_for_label or bound.auto_id, "message": message} for bound in form for message in bound.errors
    ]
    return {
        "wrong": wrong,
        "general": form.non_field_errors(),
        "count": len(wrong) + len(form.non_field_errors()),
    }
