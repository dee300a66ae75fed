"""Progress in a terminal: one line that is rewritten; without a terminal, a line every few seconds."""

import sys
import time
from typing import TextIO

_TERMINAL_PAUSE, _LOG_PAUSE = 0.1, 5.0


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


class TerminalProgress:
    """Label, count, rate and time left, on stderr."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.label, self.total = "", None
        self.count, self.began, self.shown, self.wrote = 0, 0.0, 0.0, False

    label: str
    total: int | None

    def start(self, label: str, total: int | None = None) -> None:
        self.label, self.total, self.count = label, total, 0
        self.began = self.shown = time.monotonic()
        self.wrote = False
        if self.live:
            self._write(self._line())

    def advance(self, count: int = 1) -> None:
        self.count += count
        pause = _TERMINAL_PAUSE if self.live else _LOG_PAUSE
        if time.monotonic() - self.shown >= pause:
            self._write(self._line())

    def note(self, text: str) -> None:
        print(("\r\x1b[K" if self.live and self.wrote else "") + text, file=self.stream, flush=True)
        self.wrote = False

    def finish(self) -> None:
        """The closing line; work that was over at once leaves none in a log."""
        if self.live or self.wrote or time.monotonic() - self.began >= 1:
            self._write(self._line())
            if self.live:
                print(file=self.stream, flush=True)
        self.wrote = False

    def _line(self) -> str:
        taken = max(time.monotonic() - self.began, 1e-6)
        of = f"/{self.total:,}" if self.total else ""
        line = f"{self.label} {self.count:,}{of} · {self.count / taken:,.0f}/s · {_span(taken)}"
        if self.total and 0 < self.count < self.total:
            line += f" · 还需 {_span(taken * (self.total - self.count) / self.count)}"
        return line

    def _write(self, line: str) -> None:
        self.shown, self.wrote = time.monotonic(), True
        print(f"\r{line}\x1b[K" if self.live else line, end="" if self.live else "\n", file=self.stream)
        self.stream.flush()
