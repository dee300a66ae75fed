"""Every table has a word in the glossary, and says what it is."""

import re

from django.apps import apps
from django.db.models import Model

from tests.architecture.source import ROOT, tell

GLOSSARY = ROOT / "docs/glossary.md"
_ROW = re.compile(
    r"^\| `(?P<name>\w+)` \| (?P<chinese>[^|]*?) \| (?P<legal>[^|]*?) \| (?P<room>\w+) \| [^|]+ \|$",
    re.M,
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def our_models() -> list[type[Model]]:
    return [model for app in apps.get_app_configs() if app.name.startswith("gongzhi.") for model in app.get_models()]


def words() -> dict[str, re.Match[str]]:
    return {row["name"]: row for row in _ROW.finditer(GLOSSARY.read_text("utf-8"))}


def test_every_model_is_in_the_glossary() -> None:
    known = words()
    tell(
        [f"{model._meta.app_label}.{model.__name__}" for model in our_models() if model.__name__ not in known],
        "Add a row to docs/glossary.md: | `Model` | 中文 | 法律或标准用词 | room | what it is |",
    )


def test_every_word_has_chinese_a_source_and_the_right_room() -> None:
    rooms = {model.__name__: model._meta.app_label for model in our_models()}
    wrong = [
        name
        for name, row in words().items()
        if not _CHINESE.search(row["chinese"])
        or not row["legal"].strip()
        or rooms.get(name, row["room"]) != row["room"]
    ]
    tell(
        wrong,
        "A glossary row needs the Chinese word, the legal or standard word, and the room that has the table.",
    )


def test_every_model_says_what_it_is() -> None:
    # Django writes "Case(id, number, …)" where the class has no docstring of its own.
    silent = [m._meta.label for m in our_models() if not m.__doc__ or m.__doc__.startswith(f"{m.__name__}(")]
    tell(silent, "Begin the model with a docstring that names its glossary word.")
