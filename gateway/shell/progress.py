"""A progress bar on standard error, where that is a terminal; and lines beside it that stay."""

import sys
from dataclasses import dataclass, field

BAR_WIDTH = 30
SHARES = 200  # how often the bar is drawn, at most
LINES_BETWEEN = 10_000  # where nobody knows how much there is


def _is_terminal() -> bool:
    return sys.stderr.isatty()


@dataclass(slots=True)
class Progress:
    """`size`: how many bytes there are, where that is known. Leave the `with` to wipe the bar."""

    size: int | None
    is_shown: bool = field(default_factory=_is_terminal)
    _bytes: int = 0
    _lines: int = 0
    _drawn: int = -1
    _width: int = 0  # of the bar on the screen

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def add(self, length: int) -> None:
        """One more line is done."""
        self._bytes += length
        self._lines += 1
        if self.is_shown and (step := self._step()) != self._drawn:
            self._drawn = step
            self._draw()

    def say(self, line: str) -> None:
        self.wipe()
        print(line, file=sys.stderr)

    def wipe(self) -> None:
        """Before something else is written to the terminal."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
            self._width, self._drawn = 0, -1

    def _step(self) -> int:
        return self._lines // LINES_BETWEEN if not self.size else self._bytes * SHARES // self.size

    def _draw(self) -> None:
        text = f"{self._lines:,} lines"
        if self.size:
            # A file that somebody appends to is longer than it was.
            share = min(self._bytes / self.size, 1.0)
            bar = ("#" * round(share * BAR_WIDTH)).ljust(BAR_WIDTH, ".")
            text = f"[{bar}] {share:4.0%}  {text}"
        print("\r" + text.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(text))
