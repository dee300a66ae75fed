"""Packs that come with the product, by kind and name."""

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"


def model_names() -> list[str]:
    """The models that can be loaded by name."""
    return sorted(path.parent.name for path in FOLDER.glob("models/*/model.toml"))


def model_folder(name: str) -> Path:
    """Where a model's pack and its places are; the name must be one of `model_names`."""
    return FOLDER / "models" / name


def model_text(name: str) -> str:
    """The pack of a shipped model; the name must be one of `model_names`."""
    return (model_folder(name) / "model.toml").read_text("utf-8")


def duty_packs(model: str) -> Iterator[Path]:
    """The duty list that comes with a model, marked as an example."""
    yield from sorted(FOLDER.glob(f"duties/{model}.toml"))


def common_packs() -> Iterator[Path]:
    """Calendars, laws, forms, dictionaries, scenes, event formats: what every instance loads; a law before its local
    texts, whose names begin with its own."""
    for kind in ("calendars", "laws", "forms", "fields", "scenes", "events", "schedules", "papers", "indicators",
                 "procedures", "funds", "projects", "agreements", "sharing", "offers", "needs", "catalogues"):
        yield from sorted((FOLDER / kind).glob("*.toml"), key=lambda path: path.stem)
