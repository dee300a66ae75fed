"""The shape of schedule rules (职责周期: who must do what how often) and of paper templates (公文模板)."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Pack, Positive, Sourced, Strict, Text

Every = Literal["week", "month", "quarter", "half_year", "year", "before_expiry", "once"]
Per = Literal["holder", "organization", "place", "told"]
Told = Literal["holder", "secretary", "supervisor"]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{2,20}$")]


class Alarm(Strict, frozen=True, kw_only=True):
    """One step of the ladder: `days` before (negative) or after (positive) the last day, and who is told."""

    days: Annotated[int, msgspec.Meta(ge=-366, le=366)]
    to: Annotated[tuple[Told, ...], msgspec.Meta(min_length=1)]


class Schedule(Sourced, frozen=True, kw_only=True):
    """One rule: who (`per`, with `roles`, `titles`, `organizations`, `level`) must do `title` how often (`every`).

    `of`: the type of subject that other rooms tell of (per = "told"): what expires, what happened once.

    `counted`: by the calendar, rolling from the day on which the subject began, or from the day on which it was last
    done. `counted_by`: the rule of a law ("cn.village#disclosure.quarter") whose `quarter_mode` says it for the place.
    The last day is that of the period, or `due_day` of it (from 1), or `due_after` days (`due_unit`) behind its end or
    the telling; `shift` moves a last day that is a rest day. `before` days before its end an expiry opens. `evidence`:
    types of references that show it done; `sessions`: the kinds of gatherings that do it by being held.
    `dormant_after` missed periods in a row it counts as asleep (形同虚设).
    """

    code: Code
    title: Text
    what: str = ""
    per: Per
    roles: tuple[Code, ...] = ()
    titles: tuple[str, ...] = ()
    organizations: tuple[Code, ...] = ()
    level: str = ""
    of: str = ""
    every: Every
    counted: Literal["calendar", "rolling", "from_last"] = "calendar"
    counted_by: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9.]+#[a-z0-9_.]+)?$")] = ""
    due_day: Count = 0
    due_after: Count = 0
    due_unit: Literal["calendar_days", "working_days"] = "calendar_days"
    shift: Literal["none", "next", "previous"] = "none"
    before: Count = 0
    evidence: Annotated[tuple[Reference, ...], msgspec.Meta(min_length=1)]
    sessions: tuple[Code, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    dormant_after: Positive = 3


class SchedulesPack(Pack, frozen=True, kw_only=True):
    """职责周期规则: schedule rules; `models` names those that use them (none named: all)."""

    models: tuple[Code, ...] = ()
    schedules: Annotated[tuple[Schedule, ...], msgspec.Meta(min_length=1)]


class PaperField(Strict, frozen=True, kw_only=True):
    """One value that a paper needs; `rows` are lines of a table, each with the cells that `columns` name."""

    code: Code
    label: Text
    kind: Literal["text", "lines", "rows"] = "text"
    columns: tuple[Text, ...] = ()
    required: bool = False


class PaperPart(Strict, frozen=True, kw_only=True):
    """A heading with paragraphs, or the table of one field; left out where all its values are empty."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    table: str = ""


class PaperPack(Pack, frozen=True, kw_only=True):
    """公文模板: a paper's title, parts and closing lines with {fields}; made as .docx, .pdf and (its table) .xlsx.

    `sentences` are what a room writes one line after the other with values of its own.
    """

    heading: Text
    number: str = ""
    fields: Annotated[tuple[PaperField, ...], msgspec.Meta(min_length=1)]
    parts: Annotated[tuple[PaperPart, ...], msgspec.Meta(min_length=1)]
    closing: tuple[str, ...] = ()
    sentences: dict[str, Text] = {}
