"""Functions that run: one sandbox function for each version and configuration, begun when first invoked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tutor.errors import ServiceError
from tutor.region.catalogue import Target
from tutor.region.invoking.settings import fingerprint, function_configuration
from tutor.region.invoking.surroundings import surroundings
from tutor.sandbox.functions import SandboxedFunction

if TYPE_CHECKING:
    from tutor.region.region import Region

_IDLE = 300.0  # ours: seconds of region time after which an environment is cold; AWS publishes none
_MOST = 64  # ours: functions that keep environments; of more, those used longest ago give theirs up

Key = tuple[str, str]
"""A version, and the version or alias for which its environments are provisioned (empty: on demand)."""


class LiveFunction:
    """One configuration of one version with its environments, and how many invocations use it now."""

    def __init__(self, target: Target, make: Callable[[], SandboxedFunction], now: float) -> None:
        self.configuration = target.configuration
        self.fingerprint = fingerprint(target.configuration)
        self.aws_region = target.aws_region
        self.name = target.name
        self.used = now
        self.users = 0
        self.retired = False
        self._make = make
        self._making = threading.Lock()
        self._sandboxed: SandboxedFunction | None = None
        self._abandoned = False

    @property
    def sandboxed(self) -> SandboxedFunction:
        """The function in the sandbox; made when first asked for. Raises ``ServiceError`` or ``HostError``."""
        with self._making:
            if self._sandboxed is None:
                self._sandboxed = self._make()
                if self._abandoned:  # while it was being made
                    self._sandboxed.abandon()
            return self._sandboxed

    def renew(self) -> None:
        """Have the next invocation start cold."""
        if self._sandboxed is not None:
            self._sandboxed.renew()

    def abandon(self) -> None:
        """End what runs, with no answer, and let nothing begin."""
        self._abandoned = True
        if self._sandboxed is not None:
            self._sandboxed.abandon()

    def close(self) -> None:
        """End the environments."""
        if self._sandboxed is not None:
            self._sandboxed.close()


class LiveFunctions:
    """All of a region. ``forgotten`` is told (AWS region, function) whose idle environments are gone. Safe for threads.

    What is invoked when its configuration changes runs to its end on the old one.
    """

    def __init__(self, region: "Region", forgotten: Callable[[str, str], None]) -> None:
        self._region = region
        self._forgotten = forgotten
        self._lock = threading.Lock()
        self._live: dict[Key, LiveFunction] = {}
        self._closed = False

    @contextmanager
    def serving(self, target: Target, provisioned: str = "") -> Iterator[SandboxedFunction]:
        """The target's version, to be invoked within; ``provisioned`` as in ``Key``."""
        live = self._take((target.version_key, provisioned), target)
        try:
            yield live.sandboxed
        finally:
            self._give_back(live)

    def _take(self, key: Key, target: Target) -> LiveFunction:
        gone: list[LiveFunction] = []
        with self._lock:
            if self._closed:
                raise ServiceError("ServiceException", "This region is being closed.")
            live = self._live.get(key)
            if live is not None and live.configuration is not target.configuration:
                live = self._compared(key, live, target, gone)
            if live is None:
                gone += self._surplus()
                live = self._live[key] = self._made(target)
            now = self._region.clock.now()
            stale = not live.users and not key[1] and now - live.used > _IDLE
            live.users += 1
            live.used = now
        for old in gone:
            self._end(old)
        if stale:
            live.renew()
            self._forgotten(live.aws_region, live.name)
        return live

    def _compared(self, key: Key, live: LiveFunction, target: Target, gone: list[LiveFunction]) -> LiveFunction | None:
        """The same where only what does not matter to an environment has changed; else None, and the old one ends."""
        if live.fingerprint == fingerprint(target.configuration):
            live.configuration = target.configuration
            return live
        gone += self._retire(key)
        return None

    def _made(self, target: Target) -> LiveFunction:
        state, sandbox = self._region.state, self._region.sandbox
        make = partial(
            sandbox.create,
            state.blob(target.configuration["blob"]),
            function_configuration(target),
            [state.blob(blob) for blob in target.configuration.get("layers", ())],
            partial(surroundings, self._region, target),
        )
        return LiveFunction(target, make, self._region.clock.now())

    def _give_back(self, live: LiveFunction) -> None:
        with self._lock:
            live.users -= 1
            live.used = self._region.clock.now()
            over = live.retired and not live.users
        if over:
            self._end(live)

    def _end(self, live: LiveFunction) -> None:
        live.close()
        self._forgotten(live.aws_region, live.name)

    def _surplus(self) -> list[LiveFunction]:
        """Where there are too many: the idle one that was used longest ago."""
        idle = [(live.used, key) for key, live in self._live.items() if not live.users and not key[1]]
        return self._retire(min(idle)[1]) if len(self._live) >= _MOST and idle else []

    def _retire(self, key: Key) -> list[LiveFunction]:
        """Take one out of use; it is in the list where nothing runs on it, and otherwise ends by itself."""
        live = self._live.pop(key)
        live.retired = True
        return [] if live.users else [live]

    def changed(self, function_key: str) -> None:
        """Retire what runs a configuration of the function that is no more."""
        self._retire_all([key for key, live in self._of(function_key) if self._outdated(key, live)])

    def removed(self, function_or_version_key: str) -> None:
        """Retire everything of a function, or of one version."""
        self._retire_all([key for key, _ in self._of(function_or_version_key)])

    def given_up(self, function_key: str, qualifier: str) -> None:
        """Retire the environments that are provisioned for a qualifier."""
        self._retire_all([key for key, _ in self._of(function_key) if key[1] == qualifier])

    def _of(self, prefix: str) -> list[tuple[Key, LiveFunction]]:
        with self._lock:
            return [(key, live) for key, live in self._live.items() if f"{key[0]}:".startswith(f"{prefix}:")]

    def _retire_all(self, keys: list[Key]) -> None:
        with self._lock:
            gone = [live for key in keys if key in self._live for live in self._retire(key)]
        for live in gone:
            self._end(live)

    def _outdated(self, key: Key, live: LiveFunction) -> bool:
        version = key[0].rpartition(":")[2]
        try:
            target = self._region.catalogue.target(live.aws_region, live.name, version)
        except ServiceError:
            return True
        return live.fingerprint != fingerprint(target.configuration)

    def close(self) -> None:
        """End every environment, busy ones too: an invocation that runs is not waited for. Nothing starts any more."""
        with self._lock:
            self._closed = True
            busy = [live for live in self._live.values() if live.users]
        self._retire_all(list(self._live))
        for live in busy:
            live.abandon()
