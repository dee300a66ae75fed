"""The released record: its canonical form, its hash, and what changed between two texts. Pure."""

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from gongzhi.common.text import N_

SCHEMA = "gongzhi.publication/1"


@dataclass(frozen=True)
class Words:
    """The text of an item while it is written: what people read, and which findings its author stands for.

    `begins_at`, `ends_at`: ISO times with offset, or "". `facts`: field code → value.
    """

    title: str = ""
    body: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    begins_at: str = ""
    ends_at: str = ""
    about: str = ""
    confirmed: Sequence[str] = ()

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Words":
        return cls(**json.loads(content))

    def texts(self) -> dict[str, str]:
        """Everything that will be read, by field."""
        shown = {"title": self.title, "about": self.about, "body": self.body}
        return {**shown, **{f"fact_{code}": value for code, value in self.facts.items()}}

    def lines(self) -> list[str]:
        """For comparing two versions."""
        facts = [f"{code}：{value}" for code, value in sorted(self.facts.items()) if value]
        times = [text for text in (self.begins_at, self.ends_at) if text]
        return [line for line in (self.title, self.about, *facts, *times, *self.body.split("\n")) if line]


PICTURE = N_("照片（指纹 {print}）")
LINES = (N_("说的是：{value}"), N_("公开给：{value}"), N_("公开到：{value}"), N_("开始：{value}"), N_("结束：{value}"))


def lines_of(record: Mapping[str, Any], said: Callable[[str], str] = str) -> list[str]:
    """Everything that a reader sees in a record, line by line, for comparing; `said` translates the labels."""
    values = (
        record.get("subject", {}).get("about", ""),
        record.get("scope", {}).get("name", ""),
        record.get("expires_on", ""),
        record.get("begins_at", ""),
        record.get("ends_at", ""),
    )
    labelled = [said(label).format(value=value) for label, value in zip(LINES, values, strict=True) if value]
    facts = [f"{label}：{value}" for label, value in record.get("facts", ())]
    pictures = [said(PICTURE).format(print=one["sha256"][:12]) for one in record.get("pictures", ())]
    body = [line for line in str(record.get("body", "")).split("\n") if line]
    return [str(record.get("title", "")), *labelled, *body, *facts, *pictures]


def fields_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of the parts of a record that differ."""
    names = {*before, *after} - {"corrected_at"}
    return sorted(name for name in names if before.get(name) != after.get(name))


def canonical(record: Mapping[str, Any]) -> bytes:
    """One byte string for one record: UTF-8 JSON, sorted keys, no spaces."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


Change = tuple[Literal["same", "gone", "new"], str]


def difference(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """Line by line, what went and what came."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for what, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        if what == "equal":
            yield from (("same", line) for line in before[from_a:to_a])
            continue
        yield from (("gone", line) for line in before[from_a:to_a])
        yield from (("new", line) for line in after[from_b:to_b])
