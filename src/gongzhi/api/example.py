"""What an example is."""

from typing import Any, NamedTuple


class Example(NamedTuple):
    """A call for the terminal, and what it answers."""

    call: str
    answer: dict[str, Any]
