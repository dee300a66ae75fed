"""How a long piece of work tells how far it is, and what an import answers. The terminal's form is in `cli`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Progress(Protocol):
    """Told by the work, shown by whoever called it. `total` is None where nobody can know it."""

    def start(self, label: str, total: int | None = None) -> None: ...

    def advance(self, count: int = 1) -> None: ...

    def note(self, text: str) -> None: ...

    def finish(self) -> None: ...


class Silent:
    """A Progress that shows nothing: for tests, and for callers that want none."""

    def start(self, label: str, total: int | None = None) -> None:
        pass

    def advance(self, count: int = 1) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def finish(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import: read = imported + wrong, always; the wrong rows lie in `wrong_file`."""

    read: int
    imported: int
    wrong: int
    wrong_file: Path | None = None

    def __post_init__(self) -> None:
        if self.read != self.imported + self.wrong:
            raise ValueError(f"{self.read} read is not {self.imported} imported + {self.wrong} wrong")

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "imported": self.imported,
            "wrong": self.wrong,
            "wrong_file": str(self.wrong_file) if self.wrong_file else None,
        }
