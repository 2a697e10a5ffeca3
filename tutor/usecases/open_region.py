"""The Protocol of a region that is open and served, as the use cases see it (the region, joined in ``wiring``)."""

from collections.abc import Sequence
from typing import Any, Protocol

from tutor.awslambda.invocation import Invocation


class TimelineEntry(Protocol):
    """One thing that happened. ``at`` is region time; ``order`` tells equal moments apart and grows."""

    @property
    def at(self) -> float: ...
    @property
    def order(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def function(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def attempt(self) -> int | None: ...


class WaitingEvent(Protocol):
    """An event in the queue of asynchronous invocations. ``due`` is region time; ``attempt`` the one that is next."""

    @property
    def aws_region(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def qualifier(self) -> str | None: ...
    @property
    def request_id(self) -> str: ...
    @property
    def payload(self) -> str: ...
    @property
    def due(self) -> float: ...
    @property
    def attempt(self) -> int: ...


class OpenRegion(Protocol):
    """A region in this process, with a fast clock, that clients on this host reach. Safe for threads.

    What AWS's API can tell is asked through ``client``; beside it stands what only a region here has: its clock, its
    queue, the runs as values, and the timeline. All moments are seconds since the epoch, in region time.
    """

    @property
    def name(self) -> str: ...

    @property
    def endpoint(self) -> str:
        """The URL under which it is served on this host."""
        ...

    @property
    def lost(self) -> tuple[str, ...]:
        """What could not be brought back from its folder, in sentences."""
        ...

    def client(self, service: str, aws_region: str = "us-east-1") -> Any:
        """A boto3 client of any of its services, as its administrator."""
        ...

    def aws_regions(self) -> tuple[str, ...]:
        """The AWS regions that have functions."""
        ...

    @property
    def begun(self) -> float:
        """When its clock began."""
        ...

    def now(self) -> float: ...

    @property
    def paused(self) -> bool: ...

    def due(self) -> tuple[float, ...]:
        """When something is to happen, the next first; without schedules, which never end."""
        ...

    def pause(self) -> None:
        """Let nothing more happen by itself."""
        ...

    def run(self) -> None:
        """Go on after a pause."""
        ...

    def step(self) -> bool:
        """While paused: the next appointment, and no other. False where there is none."""
        ...

    def advance(self, seconds: float) -> None:
        """Go forward with everything that is due on the way; a paused clock is paused there."""
        ...

    def forward(self, patience: float) -> bool:
        """Go on until nothing is due, at most ``patience`` seconds of real time; whether it came to that.

        A clock that was paused is paused again.
        """
        ...

    def waiting(self) -> Sequence[WaitingEvent]:
        """The queue, the next event first."""
        ...

    def timeline(self, since: int = 0) -> Sequence[TimelineEntry]:
        """The entries whose ``order`` is greater than ``since``, the oldest first."""
        ...

    @property
    def invocations(self) -> Sequence[Invocation]:
        """The last runs, in the order of completion."""
        ...

    def close(self) -> None:
        """End what runs in it and serve it no more; its state stays. Safe to call twice."""
        ...
