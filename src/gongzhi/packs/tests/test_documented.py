"""Every key of a pack is in the reference, in backticks."""

from pathlib import Path

import msgspec
import pytest

from gongzhi.packs import (
    contents,
    duty_contents,
    field_contents,
    indicator_contents,
    model_campaigns,
    model_contents,
    model_office,
    model_party,
    model_pattern,
    model_publications,
    model_self_government,
    procedure_contents,
    schedule_contents,
    taxonomy_contents,
)
from gongzhi.packs.contents import Strict

PAGE = Path(__file__).resolve().parents[4] / "docs/reference/packs.md"


def structs() -> list[type[Strict]]:
    found = {
        value
        for module in (
            contents,
            duty_contents,
            field_contents,
        indicator_contents,
            model_campaigns,
            model_contents,
            model_office,
            model_party,
            model_pattern,
            model_publications,
            model_self_government,
            procedure_contents,
            schedule_contents,
            taxonomy_contents,
        )
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Strict)
    }
    return sorted(found, key=lambda struct: struct.__name__)


@pytest.mark.parametrize("struct", structs(), ids=lambda struct: struct.__name__)
def test_every_key_is_documented(struct: type[Strict]) -> None:
    page = PAGE.read_text("utf-8")
    keys = [field.name for field in msgspec.structs.fields(struct)]
    missing = [key for key in keys if f"`{key}`" not in page and f"`[[{key}]]`" not in page]
    assert not missing, f"Describe in docs/reference/packs.md: {missing}"
