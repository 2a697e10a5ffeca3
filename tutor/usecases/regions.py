"""Regions for the stage: the Protocols that experiments and labs need from the region."""

from collections.abc import Sequence
from typing import Any, Protocol

from tutor.awslambda.invocation import Invocation


class StagedClock(Protocol):
    """The region's clock. It stands still while nothing happens and jumps to what is due."""

    def now(self) -> float:
        """Region time in seconds since the epoch."""
        ...

    def advance(self, seconds: float) -> None:
        """Go forward, with everything that is due on the way, in its order."""
        ...

    def pause(self) -> None:
        """Let nothing happen but by ``advance``, so that it does not jump on between two calls."""
        ...

    def run(self) -> None:
        """Go on after a pause."""
        ...

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until nothing is due and nothing runs; ``timeout`` in seconds of real time. Whether it came to that."""
        ...


class StagedRegion(Protocol):
    """A region of its own, empty at the start, gone when closed."""

    @property
    def clock(self) -> StagedClock:
        """Its clock, fast."""
        ...

    @property
    def invocations(self) -> Sequence[Invocation]:
        """What ran in it so far, in the order of completion."""
        ...

    def client(self, service: str) -> Any:
        """A boto3 client (``lambda``, ``sqs``, ``iam`` …) that speaks to this region, as its administrator."""
        ...

    def close(self) -> None:
        """End what runs in it; nothing stays. Safe to call twice."""
        ...


class Regions(Protocol):
    """Where staged regions come from (joined in ``wiring``)."""

    def open(self) -> StagedRegion:
        """A new, empty region with a fast clock that begins at the same moment each time."""
        ...
