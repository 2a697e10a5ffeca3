"""Patience: how long a run with changed settings may take, for no author has tried it with these."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from tutor.errors import UsageError
from tutor.usecases.regions import StagedClock


class OverTime(UsageError):
    """A run took longer than one waits for it."""


@dataclass
class Patience:
    """So many seconds of real time from now on."""

    seconds: float
    now: Callable[[], float] = monotonic
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._until = self.now() + self.seconds

    @property
    def left(self) -> float:
        """What is left of it. Raises ``OverTime`` where that is nothing."""
        left = self._until - self.now()
        if left <= 0:
            raise OverTime(f"not over after {self.seconds:g} s of real time, and given up")
        return left


@dataclass(frozen=True)
class PatientClock:
    """A staged region's clock that nobody waits for any longer than there is patience."""

    clock: StagedClock
    patience: Patience

    def now(self) -> float:
        """Region time in seconds since the epoch."""
        return self.clock.now()

    def advance(self, seconds: float) -> None:
        """Go forward, with everything that is due on the way."""
        _ = self.patience.left
        self.clock.advance(seconds)

    def pause(self) -> None:
        """Let nothing happen but by ``advance``."""
        self.clock.pause()

    def run(self) -> None:
        """Go on after a pause."""
        self.clock.run()

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until nothing is due and nothing runs. Raises ``OverTime`` where that takes too long."""
        left = self.patience.left
        done = self.clock.drain(left if timeout is None else min(timeout, left))
        _ = self.patience.left
        return done
