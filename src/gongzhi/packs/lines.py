"""Where in a TOML text a key stands: paths as msgspec writes them (`$.levels[2].name`) to line numbers.

Reads text that `tomllib` has already accepted, so it may trust the grammar and keep positions only.
"""

import re
from bisect import bisect_right

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:([\w-]+)|"((?:\\.|[^"\\])*)"|'([^']*)')[ \t]*""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[^,\]}\n#]*")


class LineIndex:
    """Line numbers (from 1) of every table, key and array element of one TOML text, read when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[str, int] = {"$": 1}
        self._arrays: dict[str, int] = {}
        self._unread = True

    def line(self, path: str) -> int:
        """The line of the path, or of the nearest enclosing thing that has one."""
        if self._unread:
            self._unread = False
            self._read_document()
        while path not in self._lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)] or "$"
        return self._lines[path]

    def _mark(self, path: str) -> None:
        self._lines.setdefault(path, bisect_right(self._breaks, self._at - 1) + 1)

    def _blank(self) -> str:
        """Skip white space and comments; the next character, or nothing at the end."""
        if match := _BLANK.match(self._text, self._at):
            self._at = match.end()
        return self._text[self._at : self._at + 1]

    def _read_document(self) -> None:
        prefix = "$"
        while character := self._blank():
            if character == "[":
                prefix = self._table()
            else:
                self._pair(prefix)

    def _dotted(self) -> list[str]:
        parts = []
        while match := _KEY_PART.match(self._text, self._at):
            parts.append(next(group for group in match.groups() if group is not None))
            self._at = match.end()
            if self._text[self._at : self._at + 1] != ".":
                break
            self._at += 1
        return parts

    def _table(self) -> str:
        """A header: `[a.b]`, or `[[a.b]]`, which opens the next element."""
        many = self._text.startswith("[[", self._at)
        start, self._at = self._at, self._at + (2 if many else 1)
        *parents, last = self._dotted()
        end, self._at = self._at + (2 if many else 1), start
        path = "$"
        for part in parents:
            path = self._element(f"{path}.{part}")
            self._mark(path)
        path += f".{last}"
        self._mark(path)
        if many:
            self._arrays[path] = self._arrays.get(path, -1) + 1
        path = self._element(path)
        self._mark(path)
        self._at = end
        return path

    def _element(self, path: str) -> str:
        return f"{path}[{self._arrays[path]}]" if path in self._arrays else path

    def _pair(self, prefix: str) -> None:
        self._blank()
        start = self._at
        parts = self._dotted()
        end, self._at = self._at + 1, start
        for part in parts:
            prefix += f".{part}"
            self._mark(prefix)
        self._at = end
        self._value(prefix)

    def _value(self, path: str) -> None:
        character = self._blank()
        self._mark(path)
        if character == "[":
            self._sequence("]", path)
        elif character == "{":
            self._sequence("}", path)
        else:
            pattern = _STRING if character in "\"'" else _BARE
            match = pattern.match(self._text, self._at)
            self._at = match.end() if match else self._at + 1

    def _sequence(self, closing: str, path: str) -> None:
        """An array or an inline table, from its opening bracket to past the closing one."""
        self._at += 1
        number = 0
        while (character := self._blank()) and character != closing:
            if character == ",":
                self._at += 1
                continue
            if closing == "]":
                self._value(f"{path}[{number}]")
            else:
                self._pair(path)
            number += 1
        self._at += 1
