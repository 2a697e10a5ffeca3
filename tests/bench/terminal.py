"""A terminal of 120x40 that notes when a text has been painted."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

WIDTH, HEIGHT = 120, 40
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[@-Z\\-_=>78])")


@dataclass(frozen=True)
class Frame:
    """A frame counts as painted when all of ``patterns`` (regular expressions) stand in what was written so far."""

    name: str
    patterns: tuple[str, ...]


class Session:
    """A program on the terminal: wait for what it paints, press keys. Use it in ``with``; it is killed at the end."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], patience: float = 20.0) -> None:
        self.patience = patience
        self._written = ""
        self._undecoded = b""
        self.began = time.perf_counter()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            _become(command, environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def press(self, keys: str, *patterns: str) -> float:
        """Seconds from a key until all patterns stand in what was painted since."""
        self._written = ""
        pressed = time.perf_counter()
        os.write(self._terminal, keys.encode())
        return self.until(*patterns) - pressed

    def until(self, *patterns: str) -> float:
        """The moment (``perf_counter``) at which all of them stand in what was painted. Raises ``TimeoutError``."""
        deadline = time.perf_counter() + self.patience
        while not all(re.search(pattern, self._written) for pattern in patterns):
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.perf_counter()))
            if not ready:
                raise TimeoutError(f"no {patterns} within {self.patience} s; painted:\n{self._written[-3000:]}")
            self._written += _ESCAPES.sub("", self._whole(_read(self._terminal)))
        return time.perf_counter()

    def calm(self, seconds: float = 0.2) -> None:
        """Wait until nothing is painted any more."""
        while select.select([self._terminal], [], [], seconds)[0]:
            _read(self._terminal)

    def _whole(self, piece: bytes) -> str:
        """What can be read of it; an escape sequence that is not complete yet waits for the rest."""
        self._undecoded += piece
        cut = self._undecoded.rfind(b"\x1b")
        ready = self._undecoded
        if cut >= 0 and not _ESCAPES.match(self._undecoded[cut:].decode("utf-8", "replace")):
            ready = self._undecoded[:cut]
        self._undecoded = self._undecoded[len(ready) :]
        return ready.decode("utf-8", "replace")


def painted(
    command: Sequence[str], environment: Mapping[str, str], frames: Sequence[Frame], patience: float = 20.0
) -> dict[str, float]:
    """Seconds from the start of ``command`` to each frame; the program is killed when all have been seen.

    Raises ``TimeoutError`` with what was on the terminal when a frame does not come within ``patience`` seconds.
    """
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        _become(command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    try:
        return _watch(terminal, began, list(frames), patience)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def _become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        os.execve(command[0], list(command), dict(environment))
    finally:
        os._exit(127)


def _watch(terminal: int, began: float, missing: list[Frame], patience: float) -> dict[str, float]:
    written = b""
    seen: dict[str, float] = {}
    while missing:
        left = began + patience - time.perf_counter()
        ready, _, _ = select.select([terminal], [], [], max(0.0, left))
        piece = _read(terminal) if ready else b""
        now = time.perf_counter() - began
        written += piece
        text = _ESCAPES.sub("", written.decode("utf-8", "replace"))
        for frame in [frame for frame in missing if all(re.search(pattern, text) for pattern in frame.patterns)]:
            seen[frame.name] = now
            missing.remove(frame)
        if missing and not piece:
            raise TimeoutError(f"no {missing[0].name} within {patience} s; the terminal held:\n{text[-2000:]}")
    return seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the program has ended
        return b""
