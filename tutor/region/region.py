"""One region: its parts joined, and one way in for everything that is asked of it."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.awslambda.quotas import Quotas
from tutor.awslambda.runtime import Runtimes
from tutor.region.call import Call
from tutor.region.catalogue import Catalogue
from tutor.region.clock import Clock
from tutor.region.state import State
from tutor.sandbox.functions import SandboxedFunctions

if TYPE_CHECKING:
    from tutor.region.invoking.invoking import Invoking
    from tutor.region.mappings.mappings import Mappings
    from tutor.region.neighbours.gate import Neighbours
    from tutor.region.observing.timeline import Timeline


class Region:
    """A small AWS region: Lambda is ours, the neighbours are moto's; state under ``folder``, time from ``clock``.

    ``endpoint`` is the URL under which it is served on this host, where it is. The neighbours are loaded when first
    used. Close it: what runs is ended, nothing stays but the folder.
    """

    def __init__(
        self, folder: Path, *, clock: Clock, quotas: Quotas, runtimes: Runtimes, sandbox: SandboxedFunctions
    ) -> None:
        self.name = folder.name
        self.clock = clock
        self.quotas = quotas
        self.runtimes = runtimes
        self.sandbox = sandbox
        self.state = State(folder)
        self.catalogue = Catalogue(self.state)
        self.endpoint: str | None = None

    @cached_property
    def timeline(self) -> "Timeline":
        """Every invocation, retry, throttle and delivery, a line each."""
        from tutor.region.observing.timeline import Timeline

        return Timeline(self.clock)

    @cached_property
    def neighbours(self) -> "Neighbours":
        """The other services."""
        from tutor.region.neighbours.gate import Neighbours

        return Neighbours(self.state.folder / "neighbours", self.clock, self)

    @cached_property
    def invoking(self) -> "Invoking":
        """How functions are invoked, now or from the queue."""
        from tutor.region.invoking.invoking import Invoking

        return Invoking(self)

    @cached_property
    def mappings(self) -> "Mappings":
        """Event source mappings and their pollers."""
        from tutor.region.mappings.mappings import Mappings

        return Mappings(self)

    def perform(self, call: Call) -> Mapping[str, Any]:
        """Do one operation of Lambda's API for its caller. Raises ``ServiceError`` with AWS's code and text."""
        from tutor.region.operations import operations

        return operations()[call.operation](self, call)

    def close(self) -> None:
        """End what runs, write what waits to be written, let go of the folder."""
        for part in ("mappings", "invoking", "neighbours"):
            if part in self.__dict__:
                self.__dict__[part].close()
        self.clock.close()
        self.state.close()
