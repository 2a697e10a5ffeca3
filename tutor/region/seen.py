"""A region that a person looks at: opened, served on this host, and steered by its clock, until it is closed."""

from collections.abc import Sequence
from typing import Any

from tutor.awslambda.invocation import Invocation
from tutor.region.invoking.queued import Queued
from tutor.region.observing.timeline import TimelineEntry
from tutor.region.region import Region
from tutor.region.server import Server


class SeenRegion:
    """Serves a region, on ``preferred`` if that port is free. Owns it: a region that cannot be served is closed."""

    def __init__(self, region: Region, preferred: int = 0) -> None:
        self._region = region
        self._closed = False
        try:
            self._server = Server(region, None, preferred)
        except BaseException:
            region.close()
            raise

    @property
    def name(self) -> str:
        """The region's name."""
        return self._region.name

    @property
    def endpoint(self) -> str:
        """The URL under which it is served."""
        return self._server.url

    @property
    def lost(self) -> tuple[str, ...]:
        """What could not be brought back, in sentences."""
        return self._region.lost

    def client(self, service: str, aws_region: str = "us-east-1") -> Any:
        """A boto3 client, as the region's administrator."""
        return self._region.client(service, aws_region)

    def aws_regions(self) -> tuple[str, ...]:
        """The AWS regions that have functions."""
        return tuple(sorted({key.partition("/")[0] for key, _ in self._region.state.items("function")}))

    @property
    def begun(self) -> float:
        """When its clock began."""
        return self._region.clock.begun

    def now(self) -> float:
        """Region time."""
        return self._region.clock.now()

    @property
    def paused(self) -> bool:
        """Whether the clock waits."""
        return self._region.clock.paused

    def due(self) -> tuple[float, ...]:
        """When something other than a schedule is to happen, the next first."""
        return tuple(appointment.due for appointment in self._region.clock.due if not appointment.perpetual)

    def pause(self) -> None:
        """Let nothing more happen by itself."""
        self._region.clock.pause()

    def run(self) -> None:
        """Go on after a pause."""
        self._region.clock.run()

    def step(self) -> bool:
        """The next appointment. False where there is none: a step is not kept for later."""
        due = bool(self.due())
        if due:
            self._region.clock.step()
        return due

    def advance(self, seconds: float) -> None:
        """Go forward with everything that is due on the way."""
        self._region.clock.advance(seconds)

    def forward(self, patience: float) -> bool:
        """Go on until nothing is due; whether it came to that within ``patience`` seconds."""
        clock = self._region.clock
        paused = clock.paused
        clock.run()
        try:
            return clock.drain(patience)
        finally:
            if paused:
                clock.pause()

    def waiting(self) -> Sequence[Queued]:
        """The queue, the next event first."""
        return self._region.invoking.waiting()

    def timeline(self, since: int = 0) -> Sequence[TimelineEntry]:
        """What happened after ``since``, the oldest first."""
        return self._region.timeline.entries(since)

    @property
    def invocations(self) -> Sequence[Invocation]:
        """The last runs, in the order of completion."""
        return self._region.invoking.done

    def close(self) -> None:
        """End what runs and serve no more; the state stays. Safe to call twice."""
        if not self._closed:
            self._closed = True
            self._server.__exit__(None, None, None)
            self._region.close()
