"""One phase of an environment's life, watched from outside: INIT or INVOKE, from its first byte to its verdict."""

import os
import select
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from tutor.sandbox.memory import MemoryWatch
from tutor.sandbox.wire import BrokenMessage, Message, Reader

_LOG_KEPT = 1 << 20
_LINES_KEPT = 1 << 15
_PIPE_HOLDS = 1 << 20  # the most that a process without rights can make a pipe hold
_AFTER_DEATH_S = 2.0
_FIRST_SAMPLE_MS = 1.0


class Process(Protocol):
    """The generation of processes that a phase watches."""

    @property
    def socket(self) -> int: ...

    @property
    def output_pipe(self) -> int: ...

    @property
    def ending(self) -> int: ...

    @property
    def reader(self) -> Reader: ...

    def how_it_ended(self) -> tuple[str, str]: ...

    def kill(self) -> None: ...


@dataclass
class Output:
    """What the function prints, as lines with their time; the newest megabyte of it, and the newest 32,768 lines."""

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

    def flush(self, at_ms: float) -> None:
        """The last line needs no line end to count."""
        if self._partial:
            self._add(bytes(self._partial), at_ms)
            self._partial = bytearray()

    def take(self) -> tuple[list[tuple[float, str]], int]:
        """What was printed since it was last taken: (lines with their times, bytes dropped)."""
        taken = list(self.lines), self.dropped
        self.lines, self._sizes, self.dropped, self._kept = deque(), deque(), 0, 0
        return taken

    def _add(self, line: bytes, at_ms: float) -> None:
        self.lines.append((round(at_ms, 2), line.decode(errors="replace").replace("\r", "\n")))
        self._sizes.append(len(line) + 1)
        self._kept += len(line) + 1
        while len(self.lines) > 1 and (self._kept > _LOG_KEPT or len(self.lines) > _LINES_KEPT):
            self.lines.popleft()
            gone = self._sizes.popleft()
            self._kept -= gone
            self.dropped += gone


@dataclass(frozen=True)
class Ended:
    """How a phase ended.

    ``outcome``: ``message`` (the runtime answered), ``timeout``, ``memory``, ``exit`` (``code`` as in
    subprocess: negative for a signal), ``refused`` (there is no program to start) and ``failed``
    (the host could not start it), both with a ``reason``.
    """

    outcome: str
    ms: float
    message: Message | None = None
    code: int | None = None
    reason: str = ""


class Phase:
    """Watches one generation of processes, phase after phase, until it answers, ends, or passes a limit."""

    def __init__(self, process: Process, watch: MemoryWatch, output: Output) -> None:
        self._process = process
        self._watch = watch
        self._output = output
        self._begun = 0.0
        self._outgoing = b""
        self._writing = False
        self._poll = select.poll()
        for descriptor in (process.socket, process.output_pipe, process.ending):
            self._poll.register(descriptor, select.POLLIN)

    def run(self, limit_ms: float, outgoing: bytes, name: str, value: Any) -> Ended:
        """Send ``outgoing``, then wait for a message with ``value`` under ``name``; at most ``limit_ms``."""
        self._begun = time.monotonic()
        self._watch.begin()
        self._outgoing = outgoing
        self._write()
        due = _FIRST_SAMPLE_MS
        while True:
            now = self._ms()
            if now >= limit_ms:
                return self._over("timeout", limit_ms)
            if now >= due:
                if self._watch.sample(now):
                    return self._over("memory", self._ms())
                due = now + self._watch.next_in_ms()
            ended = self._step(min(due, limit_ms) - now, name, value)
            if ended is not None:
                return ended

    def _ms(self) -> float:
        return (time.monotonic() - self._begun) * 1000

    def _write(self) -> None:
        """Hand over what the runtime takes now; the rest when it can take more."""
        if not self._outgoing:
            return
        try:
            sent = os.write(self._process.socket, self._outgoing)
            self._outgoing = self._outgoing[sent:]
        except BlockingIOError:
            pass
        except OSError:
            self._outgoing = b""
        wanted = select.POLLIN | select.POLLOUT if self._outgoing else select.POLLIN
        if self._outgoing or self._writing:
            self._writing = bool(self._outgoing)
            self._poll.modify(self._process.socket, wanted)

    def _step(self, wait_ms: float, name: str, value: Any) -> Ended | None:
        gone = False
        for descriptor, event in self._poll.poll(max(0.0, wait_ms)):
            if descriptor == self._process.socket:
                if event & select.POLLOUT:
                    self._write()
                if event & ~select.POLLOUT:
                    message = self._receive(name, value)
                    if message is not None:
                        return self._answered(message)
            elif descriptor == self._process.output_pipe:
                self.drain()
            else:
                gone = True
        return self._gone() if gone else None

    def _receive(self, name: str, value: Any) -> Message | None:
        try:
            data = os.read(self._process.socket, 1 << 18)
        except OSError:
            data = b""
        if not data:
            self._poll.unregister(self._process.socket)
            return None
        try:
            messages = self._process.reader.feed(data)
        except BrokenMessage:
            self._poll.unregister(self._process.socket)
            return None
        return next((found for found in messages if found.header.get(name) == value), None)

    def _answered(self, message: Message) -> Ended:
        ms = self._ms()
        self.drain()
        if self._watch.finish(ms):
            return self._over("memory", ms)
        self._output.flush(ms)
        return Ended("message", ms, message)

    def _gone(self) -> Ended:
        """The runtime ended by itself; the first process has told how."""
        word, rest = self._process.how_it_ended()
        ms = self._ms()
        self._finish()
        if word in ("failed", "refused"):
            return Ended(word, ms, reason=rest)
        return Ended("exit", ms, code=int(rest))

    def _over(self, outcome: str, ms: float) -> Ended:
        self._process.kill()
        self._finish()
        return Ended(outcome, ms)

    def _finish(self) -> None:
        """Kill what is left and take in what was printed up to the end."""
        self._process.kill()
        deadline = time.monotonic() + _AFTER_DEATH_S
        while self.drain() and time.monotonic() < deadline:
            select.select([self._process.output_pipe], [], [], 0.05)
        self._output.flush(self._ms())

    def drain(self) -> bool:
        """Read what the output pipe holds, and no more: a flood has no end. False once its last writer is gone."""
        pieces: list[bytes] = []
        room = _PIPE_HOLDS
        more = True
        while more and room > 0:
            try:
                data = os.read(self._process.output_pipe, room)
            except BlockingIOError:
                break
            more = bool(data)
            room -= len(data)
            pieces.append(data)
        if not more:
            self._unregister(self._process.output_pipe)
        if pieces:
            self._output.feed(b"".join(pieces), self._ms())
        return more

    def _unregister(self, descriptor: int) -> None:
        try:
            self._poll.unregister(descriptor)
        except KeyError:
            pass
