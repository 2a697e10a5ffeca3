"""What a function prints, kept as lines with their times."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

_LOG_KEPT = 1 << 20
_LINES_KEPT = 1 << 15


@dataclass
class Output:
    """What the function prints, as lines with their time; the newest megabyte of it, and the newest 32,768 lines.

    ``heard`` hears each at once.
    """

    heard: Callable[[str], None] | None = None
    lines: deque[tuple[float, str]] = field(default_factory=deque)
    dropped: int = 0
    _sizes: deque[int] = field(default_factory=deque)
    _partial: bytearray = field(default_factory=bytearray)
    _kept: int = 0

    def feed(self, data: bytes, at_ms: float) -> None:
        """Take in what was printed; whole lines become events."""
        self._partial += data
        *whole, rest = self._partial.split(b"\n")
        self._partial = bytearray(rest)
        self.dropped += sum(len(line) + 1 for line in whole[:-_LINES_KEPT])
        for line in whole[-_LINES_KEPT:]:
            self._add(bytes(line), at_ms)
        if len(self._partial) > _LOG_KEPT:
            self.flush(at_ms)

    def __bool__(self) -> bool:
        """Whether anything was printed that was not taken yet."""
        return bool(self.lines or self._partial or self.dropped)

    def flush(self, at_ms: float) -> None:
        """The last line needs no line end to count."""
        if self._partial:
            self._add(bytes(self._partial), at_ms)
            self._partial = bytearray()

    def take(self) -> tuple[list[tuple[float, str]], int]:
        """What was printed since it was last taken: (lines with their times, bytes dropped)."""
        if not self:
            return [], 0
        taken = list(self.lines), self.dropped
        self.lines, self._sizes, self.dropped, self._kept = deque(), deque(), 0, 0
        return taken

    def _add(self, line: bytes, at_ms: float) -> None:
        text = line.decode(errors="replace").replace("\r", "\n")
        self.lines.append((round(at_ms, 2), text))
        self._sizes.append(len(line) + 1)
        if self.heard is not None:
            self.heard(text)
        self._kept += len(line) + 1
        while len(self.lines) > 1 and (self._kept > _LOG_KEPT or len(self.lines) > _LINES_KEPT):
            self.lines.popleft()
            gone = self._sizes.popleft()
            self._kept -= gone
            self.dropped += gone
