"""One region: its parts joined, and one way in for everything that is asked of it."""

import socket
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tutor.awslambda.quotas import Quotas
from tutor.awslambda.runtime import Runtimes
from tutor.region.call import ADMINISTRATOR, Call, Caller
from tutor.region.catalogue import Catalogue
from tutor.region.clock import Clock
from tutor.region.descriptors import have_many
from tutor.region.state import State
from tutor.sandbox.doors import RUNTIME_API
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.surroundings import Door

if TYPE_CHECKING:
    from tutor.region.api.listener import Listener
    from tutor.region.authority import Authority
    from tutor.region.entrance import Entrance
    from tutor.region.invoking.invoking import Invoking
    from tutor.region.mappings.mappings import Mappings
    from tutor.region.neighbours.gate import Neighbours
    from tutor.region.observing.timeline import Timeline
    from tutor.region.operations import Operation
    from tutor.region.triggers.triggers import Triggers

INSIDE = ("127.0.0.1", 9330)
"""Where the region's endpoint is found inside an execution environment."""


class Region:
    """A small AWS region: Lambda is ours, the neighbours are moto's; state under ``folder``, time from ``clock``.

    ``endpoint`` is the URL under which it is served on this host, where it is. Parts are made when first asked for;
    the neighbours, which take a second, only when somebody wants one. Close it: what runs is ended, nothing stays but
    the folder.
    """

    def __init__(
        self, folder: Path, *, clock: Clock, quotas: Quotas, runtimes: Runtimes, sandbox: SandboxedFunctions
    ) -> None:
        have_many()
        self.name = folder.name
        self.clock = clock
        self.quotas = quotas
        self.runtimes = runtimes
        self.sandbox = sandbox
        self.state = State(folder)
        self.catalogue = Catalogue(self.state)
        self.endpoint: str | None = None
        self._closed = False
        left = self.state.get("clock", "left")
        if left is not None:
            clock.resume(left["at"])

    @cached_property
    def timeline(self) -> "Timeline":
        """Every invocation, retry, throttle and delivery, a line each."""
        from tutor.region.observing.timeline import Timeline

        return Timeline(self.clock)

    @cached_property
    def neighbours(self) -> "Neighbours":
        """The other services."""
        from tutor.region.neighbourly import LambdaForNeighbours
        from tutor.region.neighbours.gate import Neighbours

        kept = self.quotas.dynamodb_stream_retention * 3600.0
        folder = self.state.folder / "neighbours"
        made = Neighbours(folder, self.clock, LambdaForNeighbours(self), stream_retention=kept)
        self.triggers.attend(made)
        return made

    @cached_property
    def authority(self) -> "Authority":
        """Who may do what with Lambda."""
        from tutor.region.authority import Authority

        return Authority(self)

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

    @cached_property
    def triggers(self) -> "Triggers":
        """What listens and what fires for a function: URLs, schedules."""
        from tutor.region.triggers.triggers import Triggers

        return Triggers(self)

    @cached_property
    def entrance(self) -> "Entrance":
        """Where every request comes in."""
        from tutor.region.entrance import Entrance

        return Entrance(self)

    @cached_property
    def listener(self) -> "Listener":
        """Serves sockets: the endpoint's, function URLs', the doors inside environments."""
        from tutor.region.api.listener import Listener

        return Listener()

    @cached_property
    def _operations(self) -> "Mapping[str, Operation]":
        from tutor.region.operations import operations

        return operations()

    @property
    def doors(self) -> tuple[Door, ...]:
        """The endpoint, as doors of every environment: at ``INSIDE``, and where it is found on this host.

        A function may have been told the host's URL, in its variables or in an event.
        """
        outside = urlsplit(self.endpoint or "")
        ports = {INSIDE[1]: None, outside.port: None}
        return tuple(Door(INSIDE[0], port, self._serve_inside) for port in ports if port not in (None, RUNTIME_API[1]))

    def _serve_inside(self, listening: socket.socket) -> Callable[[], object]:
        return self.listener.serve(listening, self.entrance.answer, self.entrance.refused).close

    def start(self) -> None:
        """Take up what was left when the region was closed or killed: updates, queued events, pollers, listeners.

        Before anything comes in, for packages that nothing refers to are taken away.
        """
        from tutor.region.operations.packages import sweep
        from tutor.region.operations.settling import settle_all

        sweep(self.state)
        settle_all(self)
        kept = {
            "invoking": ("event", "provisioned"),
            "mappings": ("mapping",),
            "triggers": ("url", "door", "schedule"),
        }
        for part, kinds in kept.items():
            if any(self.state.items(kind) for kind in kinds):
                getattr(self, part).start()

    @property
    def lost(self) -> tuple[str, ...]:
        """What of the neighbours' state could not be brought back, in sentences; empty until they are first used."""
        return self.neighbours.lost if "neighbours" in self.__dict__ else ()

    def perform(self, call: Call) -> Mapping[str, Any]:
        """Do one operation of Lambda's API for its caller. Raises ``ServiceError`` with AWS's code and text."""
        self.authority.check(call)
        return self._operations[call.operation](self, call)

    def client(self, service: str, aws_region: str = "us-east-1", caller: Caller = ADMINISTRATOR) -> Any:
        """A boto3 client of any of the region's services, in this process and without sockets."""
        from tutor.region.neighbours.wire import in_process_client

        return in_process_client(service, aws_region, lambda request: self.entrance.perform(request, caller))

    def close(self) -> None:
        """End what runs, write what waits to be written, let go of the folder. Safe to call twice."""
        for part in ("listener", "mappings", "triggers", "invoking", "neighbours"):
            if part in self.__dict__:
                self.__dict__[part].close()
        self.clock.close()
        if self.clock.mode == "fast" and not self._closed:
            self.state.put("clock", "left", {"at": self.clock.now()})
        self._closed = True
        self.state.close()
