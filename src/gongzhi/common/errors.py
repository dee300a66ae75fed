"""One family of refusals, raised in rules and actions, translated once in web and api."""

from typing import Any


class Refused(Exception):
    """A request that cannot be done as asked; the message says what is missing and what to do.

    `code` is stable and machine-readable; `message` is a source string marked with `common.text.N_`,
    formatted with `facts` only after translation.
    """

    status = 422
    # What was asked to be read, where that was refused: (subject, fields); never a value (common.personal.asked_for).
    reading: tuple[str, str] | None = None

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.facts = facts


class Forbidden(Refused):
    """The actor holds no mandate that allows this here."""

    status = 403


class SignInRequired(Refused):
    """Nobody is signed in, and this needs somebody."""

    status = 401


class NotFound(Refused):
    """No such row, or none that this actor may know of: the two answers are the same."""

    status = 404


class Conflict(Refused):
    """The state has moved on, or the same key came with another body."""

    status = 409


class TooMany(Refused):
    """A rate limit; `facts['retry_after']` is in seconds."""

    status = 429
