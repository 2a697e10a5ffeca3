"""A runtime's company: the extensions beside it and the telemetry they hear, from one INIT to the next.

The environment tells what happens, the cell starts and ends the processes, the server's thread brings their requests; a
phase asks here whether anybody is still at work.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from tutor.awslambda import log_lines, platform_events
from tutor.awslambda.extension import Extensions, ShutdownReason
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.platform_events import PlatformEvent
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.api_server import Api, Pace
from tutor.sandbox.extensions import ExtensionsApi
from tutor.sandbox.memory import MB
from tutor.sandbox.output import Output
from tutor.sandbox.phase import Ended
from tutor.sandbox.telemetry import Telemetry
from tutor.sandbox.telemetry_api import LogsApi, TelemetryApi
from tutor.sandbox.wire import Message

Answered = Callable[[Message | None, str, float], None]
"""Told once per phase: what the runtime said (None where it broke), the outcome, and the ms since the phase began."""


class Company:
    """Everybody beside the runtime of one environment. An environment without extensions costs next to nothing."""

    def __init__(self, configuration: FunctionConfiguration, quotas: Quotas) -> None:
        self._configuration = configuration
        self._quotas = quotas
        self.telemetry = Telemetry(json_lines=configuration.logging_format == "JSON")
        self.output = Output(heard=lambda line: self.telemetry.printed("extension", line))
        self.answered: Answered | None = None
        self.streamed: Callable[[bytes, str], object] | None = None
        self.hear: Callable[[], object] = _nothing
        self._api: ExtensionsApi | None = None
        self._subscriptions: TelemetryApi | None = None
        self._initialising = True

    # What the environment tells and asks.

    def begin(self) -> None:
        """INIT begins: nobody is there yet."""
        self.telemetry.begin()
        self._api = self._subscriptions = None
        self._initialising = True

    def initialised(self) -> None:
        """INIT is over: nobody can register or subscribe any more."""
        self._initialising = False
        self.telemetry.end_subscriptions()
        if self._api is not None:
            self._api.close_registration()

    @property
    def extensions(self) -> Extensions:
        """All extensions, as they stand now."""
        return self._api.extensions if self._api else Extensions(self._quotas.extensions_max)

    def tell(self, event: Callable[[], PlatformEvent]) -> None:
        """An event of Lambda's own, made only where somebody may hear of it."""
        if self.telemetry.wanted:
            self.telemetry.tell(event())

    def account(self) -> list[tuple[str, PlatformEvent]]:
        """What the log says of subscriptions and extensions once INIT is over, as lines and as records."""
        now = time.time()
        found = [
            (log_lines.telemetry_subscription(name, types), platform_events.telemetry_subscription(now, name, types))
            for name, types in (self._subscriptions.taken if self._subscriptions else ())
        ]
        for member in self.extensions.members:
            events = [event.value for event in member.events]
            state = (member.name, member.state.value, events, member.error_type)
            event = platform_events.extension(now, *state)
            found.append((log_lines.extension(*state), event))
            self.tell(lambda event=event: event)  # type: ignore[misc] # bound now: the loop goes on
        return found

    # What the cell tells and asks.

    def serve(self, soon: Callable[[Callable[[], None]], None], names: Sequence[str]) -> list[Api]:
        """What the server answers for the company; ``names`` are the external extensions that are about to start."""
        self._api = ExtensionsApi(self._configuration, self._quotas, soon)
        self._subscriptions = TelemetryApi(self.telemetry, self._api, self._quotas)
        self._api.started(names)
        return [self._api, self._subscriptions, LogsApi()]

    @property
    def changed(self) -> int:
        """A descriptor that can be read when an extension has moved on."""
        return self._api.changed.fileno() if self._api else -1

    def look(self) -> Extensions:
        """All extensions, as they stand now; ``changed`` is quiet until the next change."""
        return self._api.look() if self._api else self.extensions

    @property
    def present(self) -> bool:
        """Whether anybody ever came."""
        return self._api is not None

    def complete(self, message: Message) -> bool:
        """Whether a phase in which the runtime has said ``message`` is over."""
        extensions = self.extensions
        if not extensions or message.header.get("kind") == "init_error":
            return True
        return extensions.initialised if self._initialising else extensions.done

    def listen(self) -> None:
        """Take in what extensions have printed."""
        self.hear()

    def heard_runtime(self, message: Message, ms: float) -> None:
        """The runtime has answered, ``ms`` after the phase began."""
        if self.answered is not None:
            self.answered(message, "message", ms)

    def broke(self, outcome: str, ms: float) -> None:
        """The phase ended in another way."""
        if self.answered is not None:
            self.answered(None, outcome, ms)

    @property
    def pace(self) -> Pace:
        """How fast a streamed answer may come."""
        return Pace(self._quotas.streaming_uncapped * MB, self._quotas.streaming_bandwidth * MB)

    def heard_piece(self, piece: bytes, content_type: str) -> None:
        """A piece of a streamed answer of that type has come; called in the server's thread."""
        if self.streamed is not None:
            self.streamed(piece, content_type)

    def invoke(self, event: dict[str, Any]) -> None:
        """An invocation begins."""
        if self._api is not None and "restore" not in event:
            self._api.invoke(event)

    def lost(self, told: dict[str, Any]) -> Ended:
        """An external extension has ended, or did not begin: how that ends the phase."""
        assert self._api is not None
        if "unstarted" in told:
            self._api.launch_failed(told["unstarted"])
            code = None
        else:
            self._api.exited(told["extension"])
            code = int(told["code"])
        return Ended("extension", 0.0, code=code, reason=self.extensions.failure or "")

    @property
    def leaving(self) -> bool:
        """Whether an external extension that runs still wants to hear of the end, or to come to its own."""
        return bool(self._api and self._api.leaving)

    @property
    def shutdown_limit_ms(self) -> int:
        """How long SHUTDOWN may take."""
        return self.extensions.shutdown_limit(self._quotas)

    def shut_down(self, reason: ShutdownReason, limit_ms: float) -> None:
        """The environment ends, or is reset."""
        self.telemetry.flush()
        if self._api is not None:
            self._api.shut_down(reason, limit_ms)

    def disband(self) -> None:
        """Their processes are gone."""
        self.telemetry.close()
        self.hear = _nothing
        if self._api is not None:
            self._api.close()


def _nothing() -> None:
    """Nobody has printed anything."""


def external_extensions(root: str) -> list[str]:
    """File names of the executables that are extensions below the environment's root, in the order of their start."""
    try:
        entries = sorted(os.scandir(f"{root}/opt/extensions"), key=lambda entry: entry.name)
    except OSError:
        return []
    return [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
