"""The environments of one function version: as many as there are events at a time, the most recently used one first."""

import threading
import time
from collections.abc import Callable

from tutor.awslambda.execution_environment import PROVISIONED
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.errors import ServiceError
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.provisioned import ProvisionedEnvironments

_IDLE_S = 300.0  # ours: AWS retires idle environments after a time that it does not publish


class EnvironmentPool:
    """Hands each event to an idle environment or to a new one; a provisioned one goes first. Safe for threads.

    ``make`` makes an environment; it may raise ``HostError``. Idle environments are shut down after ``idle_s`` seconds.
    """

    def __init__(
        self,
        make: Callable[[], ExecutionEnvironment],
        provisioned: ProvisionedEnvironments,
        idle_s: float = _IDLE_S,
    ) -> None:
        self._make = make
        self._provisioned = provisioned
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._idle: list[tuple[float, ExecutionEnvironment]] = []  # the most recently used one last
        self._serving: set[ExecutionEnvironment] = set()
        self._abandoned = False
        self._closed = False
        self._timer: threading.Timer | None = None

    @property
    def idle(self) -> tuple[ExecutionEnvironment, ...]:
        """The environments that wait for an event, the most recently used one last."""
        with self._lock:
            return tuple(environment for _, environment in self._idle)

    def invoke(self, event: Json, request: InvocationRequest | None = None) -> Invocation:
        """Serve one event. Raises ``ServiceError`` for too large a payload, ``HostError`` as ``make`` does."""
        environment = self._take()
        usable = False
        try:
            invocation = environment.invoke(event, request)
            usable = True
            return invocation
        except ServiceError:
            usable = True
            raise
        finally:
            if usable:
                self._give_back(environment)
            else:
                self._end(environment)

    def add(self, environment: ExecutionEnvironment) -> None:
        """An environment that was made ahead waits for an event like any other."""
        self._give_back(environment)

    def _take(self) -> ExecutionEnvironment:
        """One that may serve, noted down as serving."""
        found = self._provisioned.take() if self._provisioned.count else None
        with self._lock:
            if found is None and self._idle:
                found = self._idle.pop()[1]
            if found is not None:
                return self._serves(found)
        made = self._make()
        with self._lock:
            return self._serves(made)

    def _serves(self, environment: ExecutionEnvironment) -> ExecutionEnvironment:
        self._serving.add(environment)
        if self._abandoned:
            environment.abandon()
        return environment

    def _give_back(self, environment: ExecutionEnvironment) -> None:
        """It has answered: it waits for its next event, unless it is not wanted any more."""
        provisioned = environment.initialization_type == PROVISIONED
        with self._lock:
            self._serving.discard(environment)
            closed = self._closed
            if not (closed or provisioned):
                self._idle.append((time.monotonic(), environment))
                if self._timer is None:
                    self._watch_idle()
        if provisioned:
            self._provisioned.give_back(environment)
        elif closed:
            environment.shutdown()

    def _end(self, environment: ExecutionEnvironment) -> None:
        """It could not serve."""
        with self._lock:
            self._serving.discard(environment)
        self._provisioned.forget(environment)
        environment.shutdown()

    def _watch_idle(self) -> None:
        """One timer, for the environment that has been idle longest."""
        due = self._idle[0][0] + self._idle_s - time.monotonic()
        self._timer = threading.Timer(max(0.05, due), self._retire)
        self._timer.daemon = True
        self._timer.start()

    def _retire(self) -> None:
        with self._lock:
            self._timer = None
            oldest = time.monotonic() - self._idle_s
            retired = [environment for since, environment in self._idle if since <= oldest]
            self._idle = [entry for entry in self._idle if entry[0] > oldest]
            if self._idle:
                self._watch_idle()
        for environment in retired:
            environment.shutdown()

    def empty(self) -> None:
        """Shut every idle environment down, so that the next event is a cold start."""
        with self._lock:
            idle, self._idle = self._idle, []
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for _, environment in idle:
            environment.shutdown()

    def close(self) -> None:
        """Shut down what is idle now, and what is busy when it has answered."""
        with self._lock:
            self._closed = True
        self._provisioned.close()
        self.empty()

    def abandon(self) -> None:
        """End what is busy, with no answer: whoever waits for one gets a ``HostError``."""
        with self._lock:
            self._abandoned = True
            for environment in self._serving:
                environment.abandon()
