"""What is told of one invocation while it goes on: its phases, its log, what it held."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from tutor.awslambda.invocation import LogEvent, Phase
from tutor.awslambda.system_log import SystemLog
from tutor.sandbox.phase import Ended

_NO_NAME, _LONGEST_NAME = re.compile(r"[^\w.:$-]"), 256


@dataclass
class Story:
    """Phases, log lines and samples, in ms from the beginning of the first phase."""

    system_log: SystemLog
    at: float = 0.0
    began: float = field(default_factory=time.time)
    phases: list[Phase] = field(default_factory=list)
    log: list[LogEvent] = field(default_factory=list)
    curve: list[tuple[float, float]] = field(default_factory=list)
    dropped: int = 0

    @property
    def now(self) -> float:
        """Where it has come to, in seconds since the epoch."""
        return self.began + self.at / 1000

    def platform(self, texts: Iterable[str]) -> None:
        """Add what Lambda itself says now."""
        self.log += [LogEvent(round(self.at, 2), "platform", text) for text in texts]

    def take(self, lived: "Lived") -> None:
        """Add what a phase measured and printed, and go on to its end."""
        kept = [(ms, text) for ms, text in lived.lines if self.system_log.keeps(text)]
        printed = [LogEvent(round(self.at + ms, 2), "function", text) for ms, text in kept]
        printed += [LogEvent(round(self.at + ms, 2), "extension", text) for ms, text in lived.beside]
        self.log += sorted(printed, key=lambda event: event.at_ms) if lived.beside else printed
        self.curve += [(round(self.at + ms, 1), held) for ms, held in lived.curve]
        self.dropped += lived.dropped
        self.at += lived.ended.ms


@dataclass(frozen=True)
class Lived:
    """One phase as it was: how it ended, what was printed, what was held."""

    ended: Ended
    lines: list[tuple[float, str]]
    dropped: int
    curve: list[tuple[float, float]]
    beside: list[tuple[float, str]] = field(default_factory=list)  # what extensions printed
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
