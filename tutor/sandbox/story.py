"""What is told of one invocation while it goes on: its phases, its log, what it held."""

import re
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.awslambda.invocation import LogEvent, Phase
from tutor.awslambda.system_log import SystemLog
from tutor.sandbox.phase import Ended

Answered = tuple[str | None, str | None]
"""Status and error type of what a runtime answered; both None for a success."""

_NO_NAME, _LONGEST_NAME = re.compile(r"[^\w.:$-]"), 256


class Story:
    """Phases, log lines and samples, in ms from the beginning of the first phase."""

    __slots__ = ("at", "began", "curve", "dropped", "log", "phases", "system_log")

    def __init__(self, system_log: SystemLog) -> None:
        self.system_log = system_log
        self.at = 0.0
        self.began = time.time()
        self.phases: list[Phase] = []
        self.log: list[LogEvent] = []
        self.curve: list[tuple[float, float]] = []
        self.dropped = 0

    @property
    def now(self) -> float:
        """Where it has come to, in seconds since the epoch."""
        return self.began + self.at / 1000

    def platform(self, texts: Iterable[str]) -> None:
        """Add what Lambda itself says now."""
        at_ms = round(self.at, 2)
        for text in texts:
            self.log.append(LogEvent(at_ms, "platform", text))

    def take(self, lived: "Lived") -> None:
        """Add what a phase measured and printed, and go on to its end."""
        if lived.lines or lived.beside:
            self._print(lived)
        if lived.curve:
            self.curve += [(round(self.at + ms, 1), held) for ms, held in lived.curve]
        self.dropped += lived.dropped
        self.at += lived.ended.ms

    def take_init(self, lived: "Lived", phase: str, how: "Answered") -> None:
        """The same for INIT, and tell how the runtime answered, then of its extensions."""
        self.take(lived)
        self.platform(self.system_log.init_runtime_done(self.now, phase, *how))
        self.platform(lived.account)

    def take_invoke(self, lived: "Lived", request_id: str, how: "Answered") -> None:
        """The same for INVOKE."""
        self.take(lived)
        size = lived.ended.message.size if lived.ended.message else 0
        self.platform(self.system_log.runtime_done(self.now, request_id, lived.ms, size, *how))

    def _print(self, lived: "Lived") -> None:
        kept = [(ms, text) for ms, text in lived.lines if self.system_log.keeps(text)]
        printed = [LogEvent(round(self.at + ms, 2), "function", text) for ms, text in kept]
        printed += [LogEvent(round(self.at + ms, 2), "extension", text) for ms, text in lived.beside]
        self.log += sorted(printed, key=lambda event: event.at_ms) if lived.beside else printed


class Lived(NamedTuple):
    """One phase as it was: how it ended, what was printed, what was held."""

    ended: Ended
    lines: Sequence[tuple[float, str]]
    dropped: int
    curve: Sequence[tuple[float, float]]
    beside: Sequence[tuple[float, str]] = ()  # what extensions printed
    account: tuple[str, ...] = ()  # what Lambda says of extensions after INIT

    @property
    def ms(self) -> float:
        return self.ended.ms

    @property
    def kind(self) -> str | None:
        """What the runtime said: ``ready``, ``init_error``, ``response``, ``error``; None when it said nothing."""
        return self.ended.message.header.get("kind") if self.ended.message else None

    @property
    def error_type(self) -> str:
        """The name that the runtime gave to an error, as it may stand in a log line: what else it holds is left out."""
        given = str(self.ended.message.header.get("type")) if self.ended.message else ""
        return _NO_NAME.sub("?", given)[:_LONGEST_NAME]

    @property
    def body(self) -> bytes:
        return self.ended.message.body if self.ended.message else b""
