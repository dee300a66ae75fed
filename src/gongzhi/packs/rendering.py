"""A pack as TOML text that reads back equal: its head, then one table an entry; what is as by default is left out."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import msgspec


def render(pack: msgspec.Struct, table: str, entries: Sequence[msgspec.Struct]) -> str:
    """`pack` with `entries` as its `[[table]]`, whatever it held there itself."""
    body = ["\n".join(["", f"[[{table}]]", *_keys(entry)]) for entry in entries]
    return "\n".join([*_keys(pack, table), *body, ""])


def _keys(struct: msgspec.Struct, left_out: str = "") -> list[str]:
    """`name = value` for every key that says something."""
    return [
        f"{field.name} = {_toml(value)}"
        for field in msgspec.structs.fields(struct)
        if field.name != left_out and (value := getattr(struct, field.name)) not in (None, "", (), {}, field.default)
    ]


def _toml(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {_toml(item)}" for key, item in value.items())
        return f"{{{inside}}}"
    # Strings, numbers, true and lists of strings are written in TOML as in JSON.
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
