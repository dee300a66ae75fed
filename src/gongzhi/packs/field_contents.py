"""The shape of a field dictionary (数据项字典), of an emergency scene (应急场景) and of an event format (来件格式)."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Pack, Positive, Sourced, Strict, Text

FieldKind = Literal["text", "integer", "count", "decimal", "date", "yes_no", "choice"]
About = Literal["dwelling", "building", "grid", "region", "organization", "person"]
Level = Literal["L1", "L2", "L3", "L4"]


class Purpose(Strict, frozen=True, kw_only=True):
    """What facts may be asked for or read for; a field names the purposes that it may serve."""

    code: Code
    name: Text


class FieldDef(Sourced, frozen=True, kw_only=True):
    """One thing that may be known, about what, for which purposes and for how long.

    `synonyms` are other wordings under which forms ask the same. `options` only for a choice; `unit` only for a number.
    """

    code: Code
    name: Text
    kind: FieldKind
    about: About
    level: Level
    purposes: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    keep_days: Positive
    group: str = ""
    unit: str = ""
    options: tuple[Text, ...] = ()
    synonyms: tuple[Text, ...] = ()


class FieldsPack(Pack, frozen=True, kw_only=True):
    """数据项字典: what may be asked at all. `seconds_per_field`: how long asking and writing down one field takes."""

    seconds_per_field: Positive
    similar_percent: Annotated[int, msgspec.Meta(ge=1, le=100)]
    recheck_percent: Annotated[int, msgspec.Meta(ge=1, le=100)]
    recheck_least: Positive
    recheck_most: Positive
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1)]
    fields: Annotated[tuple[FieldDef, ...], msgspec.Meta(min_length=1)]


class ScenePack(Pack, frozen=True, kw_only=True):
    """应急场景: fields that may be asked only while an order holds; when it ends, what was collected is deleted."""

    basis: Text
    most_days: Positive
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1, max_length=1)]
    fields: Annotated[tuple[FieldDef, ...], msgspec.Meta(min_length=1)]


class SourceCategory(Strict, frozen=True, kw_only=True):
    """A category as the other system writes it, and ours."""

    theirs: Text
    ours: Code


class EventsPack(Pack, frozen=True, kw_only=True):
    """来件格式: how another system writes its events; a key is a path in its JSON, such as `event.id`.

    `confirm`: what comes is shown to a person first and becomes a demand only when that person says so.
    """

    channel: Code
    confirm: bool
    id_key: Text
    text_key: Text
    updated_key: str = ""
    place_key: str = ""
    category_key: str = ""
    time_key: str = ""
    longitude_key: str = ""
    latitude_key: str = ""
    state_key: str = ""
    crs: Literal["wgs84", "gcj02"] = "wgs84"
    categories: tuple[SourceCategory, ...] = ()
